"""Indicators as pure functions of arrays.

Knows mathematics and arrays, never tables.
"""
