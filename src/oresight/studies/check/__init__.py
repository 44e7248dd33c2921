"""Is what I read true? Statements of an article, each beside the record. `study` is the question."""
