"""Vega-Embed as the renderer of the charts ships it: made into one script once, served by the workbench itself.

It is made in a process of its own, because the renderer would hold up every page for the seconds it takes.
"""

import subprocess
import sys
from functools import lru_cache
from importlib import metadata

import vl_convert

NAME = "vega.js"
SNIPPET = "window.oresightEmbed = vegaEmbed;"
"""All that pages need of it."""


@lru_cache(maxsize=1)
def script() -> bytes:
    """The script, about 900 kB, 300 kB compressed; empty where it cannot be made, and charts stay as drawn."""
    made = subprocess.run([sys.executable, "-m", __name__], capture_output=True, check=False)
    return made.stdout if made.returncode == 0 else b""


@lru_cache(maxsize=1)
def version() -> str:
    """What the script is of: its address changes with the renderer, so that it may be kept for a year."""
    return "-".join(
        (
            metadata.version("vl-convert-python"),
            vl_convert.get_vega_version(),
            vl_convert.get_vega_embed_version(),
        )
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(vl_convert.javascript_bundle(SNIPPET).encode())
