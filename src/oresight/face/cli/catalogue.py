"""`oresight data`: list the tables, describe one, give one out whole, rebuild from official files, lay own rows over."""

import os
import sys
from pathlib import Path

from oresight.core.errors import StudyError
from oresight.face.cli.show import progress, show
from oresight.face.text_tables import basis_lines

WHOLE = ("csv", "json", "parquet")
OWN = ("add", "own", "forget")


def data(
    table: str | None,
    source: Path | None,
    vintage: str | None,
    describe: bool,
    form: str,
    sql: str | None,
    smaller: bool,
    what: str | None = None,
    into: str | None = None,
) -> None:
    """Answer one `oresight data` command."""
    from oresight.studies.catalogue import rebuild as catalogue_build
    from oresight.studies.catalogue import sql as catalogue_sql
    from oresight.studies.catalogue import study as catalogue

    if form not in ("table", "md", *WHOLE):
        raise StudyError(f"unknown format {form[:40]!r}", "formats are table, csv, json, parquet, md")
    if sql is not None:
        show(catalogue_sql.query(sql), "table" if form == "parquet" else form, whole=False)
    elif table == "build":
        if source is None:
            raise StudyError("build needs the folder of official files", "oresight data build --from DIR")
        with progress("Reading official files") as report:
            answer = catalogue_build.build(source, vintage, reporter=report, smaller=smaller)
        show(answer, form if form != "parquet" else "table")
    elif table in OWN:
        own(table, what, into, form if form != "parquet" else "table")
    elif source is not None:
        raise StudyError("--from goes with build", "oresight data build --from DIR")
    elif table is None:
        show(catalogue.overview(), form if form != "parquet" else "table", whole=False)
    elif describe:
        show(catalogue.describe(table), form if form != "parquet" else "table")
    elif form in WHOLE:
        give_out(table, form)
    else:
        show(catalogue.rows(table), form)


def own(action: str, what: str | None, into: str | None, form: str) -> None:
    """Add the rows of a file to the user's own, list them, or take one away."""
    from oresight.studies.catalogue import own_rows as own_rows

    if action == "own":
        show(own_rows.listed(), form)
    elif what is None:
        raise StudyError(
            f"{action} needs more",
            "oresight data add FILE.csv --into refinery_production"
            if action == "add"
            else "oresight data forget 'gallium, refine, DEU, 2024, own, own' --into refinery_production",
        )
    elif action == "add":
        show(own_rows.add(Path(what), into), form)
    else:
        if into is None:
            raise StudyError("forget needs the table", "name it with --into")
        show(own_rows.forgotten(into, what), form)


def give_out(table: str, form: str) -> None:
    """A whole table on standard output, its basis on standard error."""
    from oresight.studies.catalogue import export as catalogue_export
    from oresight.studies.catalogue import study as catalogue

    described = catalogue.describe(table)
    if form == "parquet" and os.isatty(sys.stdout.fileno()):
        raise StudyError(
            "parquet is not for a screen", f"oresight data {table} --as parquet > {table}.parquet"
        )
    sys.stdout.flush()
    catalogue_export.export(table, form, sys.stdout.buffer)
    sys.stdout.buffer.flush()
    for line in basis_lines(described):
        print(line, file=sys.stderr)
