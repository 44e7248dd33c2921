"""Levers, the programme, the frontier and the coalition game.

Knows mathematics and arrays, never tables.
"""
