"""Charts: one Altair specification each, made from a sheet of an answer, the same object everywhere.

Notebook, brief, page and download all draw it; `theme` holds the colours and turns a chart into SVG or PNG.
"""
