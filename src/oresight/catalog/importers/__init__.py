"""Readers of the publishers' official files, one module per publisher; each yields catalogue rows."""
