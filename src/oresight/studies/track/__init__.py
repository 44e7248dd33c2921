"""Are we on track: promises, plants and deadlines on a day. `study` is the question."""
