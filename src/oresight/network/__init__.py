"""Physical flows as arrays: contained weight, screening, reconciliation, look-through, exposure.

Knows mathematics and arrays, never tables.
"""
