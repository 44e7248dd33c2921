"""What happens if the supplier stops: scenarios, draws, months, sheets. `study` is the question."""
