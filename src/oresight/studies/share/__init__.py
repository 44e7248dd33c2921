"""The coalition: who pays, who gains, who moves first. `study` is the question."""
