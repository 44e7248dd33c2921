"""The back-test: past restrictions replayed, the model beside the prices seen. `study` is the question."""
