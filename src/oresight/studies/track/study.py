"""Are we on track? Promises against money, money against plants, plants against tonnes, deadlines against days."""

import datetime
from collections.abc import Mapping, Sequence

from oresight.catalog.tables.events import LEDGER_DATE
from oresight.core.answer import Answer, Assumption, Sheet
from oresight.core.errors import StudyError
from oresight.studies import names
from oresight.studies.basis import basis
from oresight.studies.events.status import on_day, spelled
from oresight.studies.events.study import places, union_members
from oresight.studies.track.capacity import Rung, ladder
from oresight.studies.track.capacity_sheets import arrivals_sheet, ladder_sheet
from oresight.studies.track.days import calendar_sheet, passed, upcoming
from oresight.studies.track.deadlines import deadlines
from oresight.studies.track.framework import framework_sheet, resource_value
from oresight.studies.track.money import double_sheet, letters_sheet, money, promises_sheet, words
from oresight.studies.track.promises import (
    FIRM,
    STATE_WORDS,
    Piece,
    billions,
    counted_once,
    metal,
    payer,
    promises,
)
from oresight.studies.track.scope import Scope, concerns

HORIZON_DAYS = 90
TABLES = (
    "commitments",
    "commitment_history",
    "exchange_rates",
    "projects",
    "project_outputs",
    "events",
    "deadlines",
    "baseline_prices",
)


def track(
    as_of: str | datetime.date | None = None,
    member: str | None = None,
    commodity: str | None = None,
    days: int = HORIZON_DAYS,
    need: Mapping[tuple[str, str, int], float] | None = None,
) -> Answer:
    """Where promises, plants and deadlines stand on a day, each dollar counted once.

    Args:
        as_of: The day, ISO; today by default.
        member: Country, countries or bloc that promises and hosts; everyone by default.
        commodity: Commodity or group; all by default.
        days: How far ahead "due" looks.
        need: (commodity, stage, year) -> capacity a plan needs [t/yr, the commodity's own basis], to set beside
            what is announced and paid for by then.

    Raises:
        StudyError: A name or day cannot be read, or days is not from 1 to 3,650.
    """
    if not 1 <= days <= 3650:
        raise StudyError(f"{days} days ahead", "give 1 to 3650")
    day = on_day(as_of)
    wanted: tuple[str, ...] = ()
    if commodity:
        found = names.commodity(commodity)
        wanted = names.groups().get(found, (found,))
    scope = Scope(day, places(member), wanted, union_members())
    everything = promises(day)
    pieces, overlaps = counted_once(everything)
    kept = [p for p in pieces if scope.holds(p.promise)]
    mine = [p for p in everything if scope.holds(p)]
    calendar = [d for d in deadlines() if concerns(d, scope, everything)]
    rungs = ladder(scope.hosts, scope.commodities)
    late, silent = passed(mine, calendar, scope)
    due = upcoming(calendar, day, days)
    resources = resource_value(everything)
    sheets = (
        money("states", "Money by state, each dollar once", kept, "state", lambda p: STATE_WORDS[p.state]),
        money("members", "Money by who promises it", kept, "member", lambda p: payer(p.promise)),
        money(
            "instruments",
            "Money by instrument",
            kept,
            "instrument",
            lambda p: words(p.promise.row["instrument"]),
        ),
        money(
            "commodities", "Money by commodity", kept, "commodity", lambda p: metal(p.promise, names.groups())
        ),
        double_sheet([o for o in overlaps if scope.holds(o.part)]),
        due,
        late,
        silent,
        ladder_sheet(rungs),
        arrivals_sheet(scope, need),
        framework_sheet(everything, day, resources),
        letters_sheet(everything),
        resources,
        promises_sheet(mine),
        calendar_sheet([d for d in calendar if d.date >= day], day),
    )
    return Answer(
        study="track",
        question=f"Are we on track{of_whom(member, commodity)} on {spelled(day)}?",
        finding=finding(day, kept, due, late, silent, rungs),
        sheets=sheets,
        basis=basis(TABLES, assumptions=ASSUMPTIONS, cautions=cautions(day)),
        parameters={
            "as_of": day.isoformat(),
            "members": list(scope.members),
            "commodities": list(scope.commodities),
            "days": days,
        },
    )


ASSUMPTIONS = (
    Assumption("commitments.part_of", "which promises lie within another, where marked likely"),
    Assumption("project_outputs.content", "0.30 t of rare earths in a tonne of magnets or alloy"),
    Assumption("projects.funded", "a plant under construction or running is paid for, others are not"),
)


def cautions(day: datetime.date) -> tuple[str, ...]:
    """What the ledgers cannot know."""
    found = [
        "Dollars are amounts in their own currency at the mean rate of the year of announcement.",
        "Sums of capacity are lower bounds: half of the projects publish none.",
        "Nothing found is not nothing done: a silent promise may have been kept.",
        f"Projects stand as of {LEDGER_DATE} whatever the day asked about; promises and measures as of that day.",
    ]
    if day > datetime.date.fromisoformat(LEDGER_DATE):
        found.append(f"Sources were read until {LEDGER_DATE}.")
    return tuple(found)


def of_whom(member: str | None, commodity: str | None) -> str:
    """The restriction in a reader's words."""
    said = []
    if commodity:
        found = names.commodity(commodity)
        said.append(f"for {names.commodity_labels().get(found, found)}")
    if member:
        said.append(
            f"in {names.coalition(member).label if names.folded(member) not in ('eu27', 'eu') else 'the EU'}"
        )
    return f" {' '.join(said)}" if said else ""


def finding(
    day: datetime.date, pieces: Sequence[Piece], due: Sheet, late: Sheet, silent: Sheet, rungs: Sequence[Rung]
) -> str:
    """What the sheets say, as sentences made from their numbers."""
    said = []
    total = sum(p.usd for p in pieces)
    if total:
        firm = sum(p.usd for p in pieces if p.state in FIRM)
        paid = sum(p.usd for p in pieces if p.state in ("drawn", "delivered"))
        said.append(
            f"By {spelled(day)}, {billions(total)} were promised, each dollar counted once: "
            f"{firm / total:.0%} binds and {paid / total:.0%} is known to be drawn or is reported delivered"
        )
    else:
        said.append(f"By {spelled(day)} no money is known to be promised here")
    deadlines_due, gone, quiet = len(due.rows), len(late.rows), len(silent.rows)
    said.append(
        f"{counted(deadlines_due, 'deadline')} {'is' if deadlines_due == 1 else 'are'} near, "
        f"{counted(gone, 'promise or plant', 'promises or plants')} {'is' if gone == 1 else 'are'} overdue, and "
        f"{counted(quiet, 'date')} went by without word"
    )
    throats = [
        r
        for r in rungs
        if r.nameplate
        and r.stage in ("refine", "component")
        and r.projects - r.unknown >= 2
        and not r.unstated
    ]
    if throats:
        worst = min(throats, key=lambda r: (r.commissioned / r.nameplate, -r.projects))
        label = names.commodity_labels().get(worst.commodity, worst.commodity)
        said.append(
            f"the widest gap is {label} ({worst.stage}): of {worst.nameplate:,.0f} t a year announced, "
            f"{worst.funded / worst.nameplate:.0%} is funded and {worst.commissioned / worst.nameplate:.0%} can run"
        )
    return ". ".join(s[0].upper() + s[1:] for s in said) + "."


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "date"), counted(3, "date")
    ('1 date', '3 dates')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"
