"""The same answers in a notebook: labelled tables as frames, charts that display themselves."""
