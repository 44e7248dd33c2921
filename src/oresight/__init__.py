"""oresight: who depends on whom for critical minerals, what happens if it stops, and the way out."""

import os

# Our linear systems are many and small: a second BLAS thread costs more than it gives.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
