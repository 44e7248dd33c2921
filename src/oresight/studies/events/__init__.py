"""The ledger of measures: how each stands on a day, what it touches. `study` is the question."""
