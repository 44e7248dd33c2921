"""oresight: who depends on whom for critical minerals, what happens if it stops, and the way out."""

__version__ = "0.1.0"
