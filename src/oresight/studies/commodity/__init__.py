"""Everything known of one commodity. `study` is the question."""
