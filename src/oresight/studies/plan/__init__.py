"""The way out: the catalogue as one programme, its optimum, prices, curves and second opinion. `study` is the question."""
