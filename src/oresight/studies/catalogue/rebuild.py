"""The catalogue rebuilt from official files, and what that changes."""

from pathlib import Path

from oresight.catalog import build as builder
from oresight.core.answer import Answer, Basis, Column, sheet
from oresight.core.progress import Reporter, silent

FILES = (
    Column("file", "official file"),
    Column("publisher", "whose it is"),
    Column("vintage", "its edition"),
    Column("rows", "rows taken from it", kind="integer"),
    Column("tables", "tables they stand in"),
    Column("notes", "what was left out and why"),
    Column("sha256", "its digest", kind="id"),
)
CHANGES = (
    Column("table", "table that changed"),
    Column("vintage_before", "edition before"),
    Column("vintage", "edition now"),
    Column("rows_before", "rows before", kind="integer"),
    Column("rows", "rows now", kind="integer"),
    Column("compared", "figures also in the publisher's last edition", kind="integer"),
    Column("revised", "of those, changed by more than one in a thousand", kind="integer"),
    Column("largest", "largest revision"),
)


def build(
    source: Path,
    vintage: str | None = None,
    home: Path | None = None,
    reporter: Reporter = silent,
    smaller: bool = False,
) -> Answer:
    """Rebuild the user's catalogue from a folder of official files and say what changed.

    Args:
        source: Folder of files as downloaded.
        vintage: Editions where files do not state their own, such as `usgs=2027`.
        home: Folder of the built catalogue; the user's own by default.
        reporter: Told how far it is.
        smaller: Take files that bring less than half of the rows they stand in for.

    Raises:
        DataError: A file or row breaks a promise; the old tables are untouched.
    """
    done = builder.build(source, vintage, home, reporter, smaller)
    files = [
        {
            "file": f.name,
            "publisher": f.publisher,
            "vintage": f.vintage,
            "rows": sum(f.rows.values()),
            "tables": ", ".join(f"{name} {count:,}" for name, count in f.rows.items()),
            "notes": "; ".join(f.notes) or None,
            "sha256": f.sha256,
        }
        for f in done.files
    ]
    files += [{"file": name, "notes": "not recognised"} for name in done.unrecognised]
    changes = [
        {
            "table": c.table,
            "vintage_before": c.vintage_before,
            "vintage": c.vintage,
            "rows_before": c.rows_before,
            "rows": c.rows,
            "compared": c.compared,
            "revised": c.revised,
            "largest": c.largest or None,
        }
        for c in done.changes
    ]
    taken = sum(sum(f.rows.values()) for f in done.files)
    strange = f"; not recognised: {', '.join(done.unrecognised)}" if done.unrecognised else ""
    return Answer(
        "data build",
        "What do the official files change?",
        f"{taken:,} rows of {len(done.files)} official files stand in {len(done.changes)} tables{strange}.",
        (
            sheet("files", "Official files", FILES, files),
            sheet("changes", "Tables that changed", CHANGES, changes),
        ),
        Basis(cautions=done.cautions),
        {"from": source.name},
    )
