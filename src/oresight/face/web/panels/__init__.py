"""Panels of the larger pages: each says a question, what the numbers answer, and shows it."""
