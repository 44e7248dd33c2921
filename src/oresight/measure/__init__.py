"""Indicators as pure functions of arrays. Knows mathematics, never tables."""
