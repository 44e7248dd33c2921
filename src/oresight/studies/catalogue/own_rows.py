"""The user's own rows laid over ledgers and figures: added, listed, taken away; never mixed into the packaged tables."""

from collections.abc import Mapping
from pathlib import Path

from oresight.catalog import overlay
from oresight.catalog.registry import table
from oresight.core.answer import Answer, Basis, Column, sheet
from oresight.core.errors import StudyError, nearest, unknown_name


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
        {"table": name, "key": key_words(name, r)}
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


def forgotten(name: str, key: str) -> Answer:
    """Take an own row away again; the published row it stood for is used once more.

    Args:
        name: Table. key: As `listed` shows it: the values of the row's key, by commas.

    Raises:
        StudyError: There is no own row with that key.
    """
    if name not in overlay.OVERLAID:
        raise unknown_name("table of own rows", name, overlay.OVERLAID)
    keys = {key_words(name, r): r for r in overlay.own(name).iter_rows(named=True)}
    wanted = ", ".join(part.strip() for part in key.split(","))
    if wanted not in keys:
        near = nearest(wanted, keys) or list(keys)[:3]
        raise StudyError(
            f"no own row of {name} has the key {wanted[:80]!r}",
            f"yours are {'; '.join(near)}" if near else "none of yours is there: see oresight data own",
        )
    row = keys[wanted]
    overlay.remove(name, [None if row[k] is None else str(row[k]) for k in table(name).key])
    left = listed()
    return Answer(
        "own rows",
        "What was taken away?",
        f"{wanted} is taken away from {name}. {left.finding}",
        left.sheets,
        Basis(),
    )


def key_words(name: str, row: Mapping[str, object]) -> str:
    """The key of an own row, as it is listed and named."""
    return ", ".join(str(row[k]) for k in table(name).key)
