"""The catalogue itself as answers: its tables, given out, asked in SQL, rebuilt. `study` lists and describes."""
