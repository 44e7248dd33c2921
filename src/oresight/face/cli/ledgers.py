"""`oresight track`: the tracker's answer, own rows, and the calendar of deadlines."""

import sys
from pathlib import Path

from oresight.core.errors import StudyError
from oresight.face.cli.show import show
from oresight.face.text_tables import checked_format


def track(
    action: str | None,
    file: Path | None,
    as_of: str | None,
    member: str | None,
    commodity: str | None,
    days: int,
    table: str | None,
    sheet: str | None,
    form: str,
) -> None:
    """Answer one `oresight track` command."""
    from oresight.studies.catalogue import own_rows as own_rows
    from oresight.studies.track import deadlines as deadlines
    from oresight.studies.track import study as study

    checked_format(form)
    if action is None:
        show(study.track(as_of, member, commodity, days), form, sheet=sheet)
    elif action == "add":
        if file is None:
            raise StudyError(
                "add needs a file", "oresight track add FILE.toml, or FILE.csv --table commitments"
            )
        show(own_rows.add(file, table), form)
    elif action == "own":
        show(own_rows.listed(), form)
    elif action == "calendar":
        sys.stdout.flush()
        sys.stdout.buffer.write(deadlines.calendar_ics(as_of))
        sys.stdout.buffer.flush()
    else:
        raise StudyError(
            f"unknown action {action[:40]!r}", "oresight track, track add FILE, track own, track calendar"
        )
