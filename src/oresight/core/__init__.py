"""The nouns of the field: errors, commodities, stages, countries, coalitions, sheets, answers.

Every other room may import this one; it imports nothing of ours.
"""
