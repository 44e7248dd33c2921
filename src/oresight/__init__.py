"""oresight: who depends on whom for critical minerals, what happens if it stops, and the way out.

In a notebook each question is a function of this module; its answer shows itself, gives its tables as frames
(`answer.frame("summary")`) and its charts (`answer.chart("costs")`). `way_out` is the command line's `plan`.
"""

import os
from typing import Any

# Our linear systems are many and small: a second BLAS thread costs more than it gives.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"

__all__ = [
    "backtest",
    "check",
    "check_file",
    "commodity",
    "country",
    "dependence",
    "events",
    "explain",
    "indicators",
    "purchases",
    "share",
    "situation",
    "sql",
    "stress",
    "table",
    "tables",
    "track",
    "way_out",
    "withstand",
]


def __getattr__(name: str) -> Any:
    """A question, its study loaded when it is first asked."""
    if name not in __all__:
        raise AttributeError(f"module 'oresight' has no attribute {name!r}")
    from oresight.face.notebook import asking

    return getattr(asking, name)


def __dir__() -> list[str]:
    """The questions, for completion."""
    return [*__all__, "__version__"]
