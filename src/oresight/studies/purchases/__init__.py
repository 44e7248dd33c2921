"""What of a company's own purchases passes through a supplier. `study` is the question."""
