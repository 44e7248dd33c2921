"""An article checked, as one HTML page: statements marked in place, what the record says beside them."""
