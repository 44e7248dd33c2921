"""Tracker: are we on track? Promises by state, plants from announced to actual, what is due and what is overdue."""

from oresight.core.answer import Answer, Value
from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, report
from oresight.face.web.blocks import Panel, View, panel, table
from oresight.face.web.registry import Page
from oresight.face.web.state import State
from oresight.studies import names
from oresight.studies.track import study as track


def build(target: str, state: State, reporter: Reporter) -> View:
    """The Tracker page."""
    report(reporter, 0.1, "reading the ledgers")
    answer = track.track(
        state.more.get("on"), state.more.get("member"), state.more.get("commodity"), int_days(state)
    )
    found = [part(answer, state) for part in (money, due, late, capacity, framework, promises)]
    return View(
        "Tracker",
        answer.question,
        answer.finding,
        tuple(p for p in found if p is not None),
        (answer,),
        aside=(("Calendar file (ICS)", state.here("/tracker.ics")),),
    )


def int_days(state: State) -> int:
    """Days ahead that are asked for."""
    written = state.more.get("days", "")
    if not written:
        return track.HORIZON_DAYS
    if not written.isascii() or not written.isdigit():
        raise StudyError(f"{written[:40]!r} days ahead", "give 1 to 3650")
    return int(written[:6])


def money(answer: Answer, state: State) -> Panel:
    """Money by state, payer, instrument and commodity."""
    blocks = [
        table(
            answer.sheet(name),
            (),
            {
                label: title,
                "usd": "million USD",
                "public_usd": "public",
                "mixed_usd": "not told apart",
                "private_usd": "private",
                "firm_usd": "binding",
                "promises": "promises",
                "share": "of all",
            },
            {"share": "coalition"},
            relabel=millions,
            note="Million USD.",
        )
        for name, label, title in (
            ("states", "state", "State"),
            ("members", "member", "Who promises"),
            ("instruments", "instrument", "Form"),
            ("commodities", "commodity", "Mineral"),
        )
        if answer.sheet(name).rows
    ]
    total = next((r for r in answer.sheet("states").records() if r["state"] == "total"), None)
    finding = "No money is known to be promised here."
    if total and total["usd"]:
        finding = (
            f"{float(str(total['usd'])) / 1e9:,.0f} billion USD are promised, each dollar counted once; "
            f"{float(str(total['firm_usd'])) / float(str(total['usd'])):.0%} of it binds."
        )
    return panel(
        answer, "money", *blocks, question="How much is promised, and how much is firm?", finding=finding
    )


def millions(column: str, value: Value) -> Value:
    """Dollars as millions of them."""
    return value / 1e6 if column.endswith("usd") and isinstance(value, int | float) else value


def due(answer: Answer, state: State) -> Panel:
    """What is due, and the rest of the calendar."""
    sheet = answer.sheet("due")
    records = sheet.records()
    finding = (
        f"{len(records)} within {answer.parameters['days']} days; the next is {records[0]['title']}, "
        f"on {records[0]['date']}."
        if records
        else f"Nothing within {answer.parameters['days']} days."
    )
    titles = {"date": "Day", "days": "days left", "title": "What", "kind": "sort", "countries": "who"}
    columns = ("date", "days", "title", "kind", "countries", "confidence")
    later = answer.sheet("calendar")
    blocks = [table(s, columns, titles) for s in (sheet, later) if s.rows]
    return panel(answer, "due", *blocks, question="What is due?", finding=finding)


def late(answer: Answer, state: State) -> Panel | None:
    """What is overdue and of what nothing was heard."""
    sheets = [s for s in answer.sheets if s.name in ("overdue", "silent") and s.rows]
    if not sheets:
        return None
    finding = "; ".join(f"{len(s.rows)} {s.title[0].lower()}{s.title[1:]}" for s in sheets) + "."
    return panel(
        answer, "late", *(table(s, dense=True) for s in sheets), question="What is overdue?", finding=finding
    )


def capacity(answer: Answer, state: State) -> Panel | None:
    """From announced to actual."""
    sheet = answer.sheet("ladder")
    if not sheet.rows:
        return None
    known = [r for r in sheet.records() if r["funded_share"] is not None and r["stage"] != "mine"]
    finding = "No capacity is published."
    if known:
        middle = sorted(float(str(r["funded_share"])) for r in known)[len(known) // 2]
        finding = f"Beyond the mine, the median mineral has {middle:.0%} of its announced capacity funded."
    blocks = [
        table(
            sheet,
            (
                "commodity",
                "stage",
                "nameplate",
                "funded",
                "commissioned",
                "actual",
                "funded_share",
                "commissioned_share",
                "projects",
                "unknown",
                "feed",
            ),
            {
                "commodity": "Mineral",
                "nameplate": "announced, t/yr",
                "commissioned": "able to run",
                "actual": "produced",
                "funded_share": "funded of announced",
                "commissioned_share": "able to run of announced",
                "unknown": "without capacity",
            },
            {"funded_share": "secured", "commissioned_share": "secured"},
            leads={"commodity": lambda r: state.href(f"/commodity/{r['commodity']}")},
            relabel=lambda c, v: names.commodity_labels().get(str(v), v) if c == "commodity" else v,
            dense=True,
            note="Lower bounds: projects without a published capacity are counted, not summed.",
        )
    ]
    return panel(answer, "capacity", *blocks, question="Is steel in the ground?", finding=finding)


def framework(answer: Answer, state: State) -> Panel | None:
    """The framework deal's tests."""
    sheet = answer.sheet("framework")
    if not sheet.rows:
        return None
    return panel(
        answer,
        "framework",
        table(sheet),
        question="Was the framework between the United States and Australia kept?",
        finding=sheet.title,
    )


def promises(answer: Answer, state: State) -> Panel | None:
    """Every promise, the latest first."""
    sheet = answer.sheet("promises")
    if not sheet.rows:
        return None
    block = table(
        sheet,
        ("title", "announced", "by", "instrument", "state", "since", "usd", "money", "due", "confidence"),
        {"title": "Promise", "usd": "million USD", "money": "whose"},
        leads={"title": lambda r: state.href("/explain", figure=f"commitments:id={r['id']}")},
        relabel=millions,
        dense=True,
        most=200,
    )
    return panel(
        answer,
        "promises",
        block,
        question="What was promised, one by one?",
        finding=f"{len(sheet.rows)} promises.",
    )


PAGES = (
    Page(
        "tracker",
        "/tracker",
        "Tracker",
        60,
        build,
        own=("on", "member", "commodity", "days"),
        switches=(),
    ),
)
