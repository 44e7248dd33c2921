"""The equilibrium (one convex function), months, shocks as functions market -> market, impact. Knows mathematics, never tables."""
