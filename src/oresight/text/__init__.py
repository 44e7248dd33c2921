"""Reading articles: clean text, statements, quantities, dates, names.

Knows language, never tables; imports only `core`.
"""
