"""What sources and ledger rows are called, for those who read a verdict."""

from collections.abc import Iterable

import polars as pl

from oresight.catalog.store import read


def citations(ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Id -> (what a reader calls it, address or empty), for sources, events and commitments; unknown ids are left out."""
    wanted = sorted(set(ids))
    found: dict[str, tuple[str, str]] = {}
    rows = read("sources").filter(pl.col("id").is_in(wanted))
    for key, citation, url in rows.select("id", "citation", "url").iter_rows():
        found[key] = (citation, url if str(url or "").startswith("https://") else "")
    for table in ("events", "commitments"):
        for key, title, day in (
            read(table).filter(pl.col("id").is_in(wanted)).select("id", "title", "announced").iter_rows()
        ):
            found[key] = (f"{key}: {title}, {day.isoformat()}", "")
    return found
