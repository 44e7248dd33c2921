"""Levers, the programme, the frontier and the coalition game. Knows mathematics, never tables."""
