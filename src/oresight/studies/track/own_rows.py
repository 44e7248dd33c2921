"""The user's own rows laid over the ledgers: added, listed, taken away; never mixed into the packaged tables."""

from pathlib import Path

from oresight.catalog import overlay
from oresight.catalog.registry import table
from oresight.core.answer import Answer, Basis, Column, sheet


def add(path: Path, into: str | None = None) -> Answer:
    """Add the rows of a TOML or CSV file; all of them or none.

    Raises:
        DataError: A row breaks its table's promise, or the user's file is held by another program.
    """
    counts = overlay.add_file(path, into)
    rows = [{"table": name, "rows": count} for name, count in counts.items()]
    total = sum(counts.values())
    return Answer(
        "own rows",
        "What was added?",
        f"{total} own row{'' if total == 1 else 's'} now laid over {', '.join(counts) or 'nothing'}.",
        (
            sheet(
                "added", "Rows added", (Column("table", "table"), Column("rows", "rows", "", "integer")), rows
            ),
        ),
        Basis(cautions=("Own rows stay on this machine.",)),
    )


def listed() -> Answer:
    """All own rows, by table."""
    rows = [
        {"table": name, "key": ", ".join(str(r[k]) for k in table(name).key)}
        for name in overlay.OVERLAID
        for r in overlay.own(name).iter_rows(named=True)
    ]
    return Answer(
        "own rows",
        "Which rows are mine?",
        f"{len(rows)} own row{'' if len(rows) == 1 else 's'}.",
        (sheet("own", "Own rows", (Column("table", "table"), Column("key", "key of the row")), rows),),
        Basis(),
    )


def removed(name: str, key: list[str]) -> bool:
    """Take an own row away; whether there was one."""
    return overlay.remove(name, key)
