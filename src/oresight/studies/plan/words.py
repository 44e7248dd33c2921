"""How the sheets of a plan name products, count money, and when something counts as built."""

from oresight.studies import names

BUILT = 1e-3
"""Smallest part of a lever that counts as built."""
TRACE = 1e-6
"""Tonnes below this share of a product's scale are rounding."""
MILLION = 1e6


def named(product: tuple[str, str]) -> str:
    """A product as a reader sees it.

    >>> named(("gallium", "refine"))
    'Gallium, refine'
    """
    return f"{names.commodity_labels().get(product[0], product[0])}, {product[1]}"
