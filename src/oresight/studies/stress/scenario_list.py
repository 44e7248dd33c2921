"""Every scenario that can be played by name: presets and ledger events."""

from oresight.catalog.overlay import laid_over
from oresight.core.answer import Answer, Column, sheet
from oresight.studies.basis import basis
from oresight.studies.stress.scenario import parse
from oresight.studies.stress.scenario_events import playable
from oresight.studies.stress.scenario_named import presets


def scenarios() -> Answer:
    """Presets and playable events with their titles."""
    rows: list[dict[str, object]] = []
    for name, text in sorted(presets().items()):
        made = parse(text, name)
        rows.append(
            {
                "id": name,
                "kind": "preset",
                "title": made.title,
                "start": str(made.start) if made.start else None,
            }
        )
    titles = {r["id"]: r for r in laid_over("events").iter_rows(named=True)}
    for event in playable():
        rows.append(
            {
                "id": event,
                "kind": "event",
                "title": titles[event]["title"],
                "start": str(titles[event]["announced"]),
            }
        )
    columns = (
        Column("id", "name to play it by"),
        Column("kind", "preset or event"),
        Column("title", "what happens"),
        Column("start", "month 0", "", "date"),
    )
    return Answer(
        "scenarios",
        "Which scenarios can be played by name?",
        f"{len(presets())} presets and {len(playable())} events of the ledger; write your own as a short TOML file.",
        (sheet("scenarios", "Scenarios", columns, rows),),
        basis(("events", "event_codes")),
    )
