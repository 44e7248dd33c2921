"""The equilibrium (one convex function), months, impact, and shocks as functions market -> market.

Knows mathematics and arrays, never tables.
"""
