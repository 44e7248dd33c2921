"""Coalition: who pays, who gains, who should move first? The game of every set of members, toggled and seen to move."""

from collections.abc import Mapping

from oresight.core.answer import Answer, Column, Value, sheet
from oresight.core.progress import Reporter, report
from oresight.face.charts import coalition as charts
from oresight.face.web.apart import apart, resting
from oresight.face.web.blocks import Panel, Picture, Points, View, held, panel, remaining, table
from oresight.face.web.kept import Kept
from oresight.face.web.registry import Page
from oresight.face.web.state import State
from oresight.studies import names
from oresight.studies.basis import basis
from oresight.studies.edition import edition

PLAYED = Kept[Answer](8)
"""Games that were solved, by who sat at the table."""

SPLITS = {
    "dual": "dual prices",
    "shapley": "Shapley",
    "nucleolus": "nucleolus",
    "by_demand": "by demand",
    "by_gdp": "by GDP",
}
"""Rules of splitting, as a reader sees them."""

TOLD = ("splits", "members", "core", "joining", "commodities", "outsiders", "checks")


def goods(state: State) -> list[str]:
    """The minerals asked about; none for all."""
    return [c.strip() for c in state.more.get("commodity", "").split(",") if c.strip()]


def key(coalition: str, state: State) -> tuple[object, ...]:
    """What tells one game from another."""
    return (coalition, state.supplier.id, tuple(goods(state)), edition())


def whole(state: State) -> Answer | None:
    """The game of the whole default coalition, where it was solved and somebody else sits at the table now."""
    if state.coalition.id == names.DEFAULT_COALITION:
        return None
    return PLAYED.peek(key(names.DEFAULT_COALITION, state))


def stamp(state: State) -> str:
    """Whether the page can show what moved."""
    return "moved" if whole(state) is not None else ""


def build(target: str, state: State, reporter: Reporter) -> View:
    """The Coalition page."""
    if len(state.coalition.players) < 2:
        return lonely(state)

    def solve() -> Answer:
        asked = {
            "coalition": state.coalition.id,
            "supplier": state.supplier.id,
            "commodity": goods(state),
            "out": resting().name,
        }
        return apart("share", asked, lambda share, doing: reporter(share * 0.98, doing))

    answer = PLAYED.get(key(state.coalition.id, state), solve)
    report(reporter, 0.99, "laying out the page")
    before = whole(state)
    change = movement(answer, before) if before is not None else None
    found = [
        *([moved(change)] if change is not None else []),
        *(part(answer, state) for part in (gains, cash, joining, core, commodities, outsiders, checks)),
    ]
    return View(
        "Coalition",
        answer.question,
        answer.finding,
        (*(p for p in found if p is not None), *remaining(answer, TOLD)),
        (answer, *([change] if change is not None else [])),
        form="coalition_form.html.j2",
        fields=seats(state),
    )


def lonely(state: State) -> View:
    """The page where one member sits alone: who could join it."""
    rows = [{"member": p, "name": names.label(p)} for p in names.coalition().players]
    answer = Answer(
        "share",
        "Who gains by moving together, who pays, who moves first?",
        f"{state.coalition.label} alone has nobody to share with: seat a second member.",
        (
            sheet(
                "seats",
                "Members of the default coalition",
                (Column("member", "id", "", "id"), Column("name", "member")),
                rows,
            ),
        ),
        basis(("blocs",)),
        {"coalition": state.coalition.id},
    )
    return View(
        "Coalition",
        answer.question,
        answer.finding,
        (),
        (answer,),
        form="coalition_form.html.j2",
        fields=seats(state),
    )


def seats(state: State) -> dict[str, object]:
    """Who may sit at the table, who does, and whom a reader can add."""
    usual = names.coalition().players
    own = state.coalition.players
    labels = names.country_labels()
    taken = {c for codes in (*usual.values(), *own.values()) for c in codes} | set(state.supplier.members)
    return {
        "players": [(p, names.label(p), p in own) for p in dict.fromkeys((*usual, *own))],
        "others": sorted(
            ((c, labels[c]) for c in names.sized() - taken if c in labels), key=lambda other: other[1]
        ),
        "goods": [("", "every mineral"), *names.commodity_labels().items()],
        "commodity": state.more.get("commodity", ""),
        "usual": state.coalition.id == names.DEFAULT_COALITION,
    }


def billions(value: Value) -> float:
    """Million USD as billion USD."""
    return float(str(value)) / 1e3


def movement(answer: Answer, before: Answer) -> Answer:
    """Each member's gain now beside its gain with the whole default coalition, as an answer of its own."""
    was = {r["member"]: r for r in before.sheet("splits").records()}
    now = {r["member"]: r for r in answer.sheet("splits").records()}
    rows = [
        {
            "name": names.label(str(member)),
            "before": was.get(member, {}).get("dual"),
            "now": now.get(member, {}).get("dual"),
            "change": billions(now[member]["dual"]) * 1e3 - billions(was[member]["dual"]) * 1e3
            if member in was and member in now
            else None,
        }
        for member in dict.fromkeys((*was, *now))
    ]
    found = sheet(
        "moved",
        "Gain at dual prices, with the whole coalition and with those at the table now",
        (
            Column("name", "member"),
            Column("before", "gain with the whole coalition", "million USD", "number"),
            Column("now", "gain with those at the table", "million USD", "number"),
            Column("change", "what the other members' absence or presence changes", "million USD", "number"),
        ),
        rows,
    )
    known = [r for r in rows if r["change"] is not None]
    finding = "Nobody sits at both tables."
    if known:
        most = max(known, key=lambda r: abs(float(str(r["change"]))))
        change = billions(most["change"])
        finding = f"{most['name']}'s gain moves most: by {change:+,.2f} billion USD."
    return Answer(
        "share", "What moves when members come and go?", finding, (found,), answer.basis, answer.parameters
    )


def moved(answer: Answer) -> Panel:
    """What moved, as a table."""
    block = table(
        answer.sheets[0],
        titles={
            "name": "Member",
            "before": "whole coalition, million USD",
            "now": "this table",
            "change": "change",
        },
        note="An empty place: not at that table.",
    )
    return panel(answer, "moved", block)


def gains(answer: Answer, state: State) -> Panel | None:
    """What each member gains under every split, and a sentence for each."""
    splits = held(answer, "splits")
    if splits is None:
        return None
    rows = splits.records()
    top, low = rows[0], rows[-1]
    finding = f"{top['name']} gains most at dual prices, {billions(top['dual']):,.1f} billion USD" + (
        f"; {low['name']} least, {billions(low['dual']):,.2f}." if len(rows) > 1 else "."
    )
    sentences = held(answer, "members")
    said = tuple((str(r["sentence"]), "") for r in sentences.records()) if sentences is not None else ()
    block = table(
        splits,
        ("name", "demand_share", "worth_alone", *SPLITS, "leaving"),
        {
            "name": "Member",
            "demand_share": "of demand",
            "worth_alone": "saves alone",
            **SPLITS,
            "leaving": "gains by leaving, Shapley",
        },
        {"demand_share": "coalition"},
        dense=True,
        note="Million USD, discounted. Dual prices: what its resources are worth in the joint plan; always holds "
        "together. A negative gain by leaving means it loses.",
    )
    picture = Picture(
        "gains",
        "What each member gains by acting together, under four splits",
        lambda: charts.gains(splits, width=560),
        f"Dots by member. {finding}",
        block,
        "Blue: the split that always holds together. Grey: others.",
    )
    return panel(
        answer, "gains", picture, Points(said), question="What does each member gain?", finding=finding
    )


def cash(answer: Answer, state: State) -> Panel | None:
    """Who pays how much, and what it is spared."""
    splits = held(answer, "splits")
    if splits is None:
        return None
    rows = splits.records()
    most = max(rows, key=lambda r: billions(r["pays"]))
    receives = [str(r["name"]) for r in rows if billions(r["pays"]) < 0]
    finding = f"{most['name']} pays most, {billions(most['pays']):,.1f} billion USD" + (
        f"; {', '.join(receives[:4])}{' and others' if len(receives) > 4 else ''} "
        f"{'receives' if len(receives) == 1 else 'receive'}."
        if receives
        else "; nobody receives."
    )
    picture = Picture(
        "contributions",
        "What each member pays, and the loss it is spared",
        lambda: charts.contributions(splits, width=560),
        f"Two bars by member. {finding}",
        table(
            splits,
            ("name", "loss_alone", "loss_avoided", "pays", "dual"),
            {
                "name": "Member",
                "loss_alone": "loss alone, no plan",
                "loss_avoided": "spared",
                "pays": "pays",
                "dual": "gains",
            },
        ),
        "Under the dual split. Left: paid. Right: received, or loss avoided.",
    )
    return panel(answer, "cash", picture, question="Who pays?", finding=finding)


def joining(answer: Answer, state: State) -> Panel | None:
    """Who can start, and who joins in which order."""
    steps = held(answer, "joining")
    if steps is None:
        return None
    rows = steps.records()
    start = next((r for r in rows if r["step"] == 0), None)
    joins = [r for r in rows if isinstance(r["step"], int) and r["step"] > 0]
    everyone = list(answer.parameters["members"])
    finding = (
        f"No fewer than all {len(everyone)} can start."
        if start is not None and str(start["joins"]).count(", ") + 1 == len(everyone) > 2
        else f"{start['joins']} can start"
        + (f"; then {', '.join(str(r['joins']) for r in joins)} join in turn." if joins else ".")
        if start is not None
        else "No set of members can start by itself."
    )
    block = table(
        steps,
        ("joins", "worth", "insiders", "joiner"),
        {
            "joins": "Who joins",
            "worth": "worth of all in it, million USD",
            "insiders": "least gain of those in",
            "joiner": "gain of who joins",
        },
    )
    if not any(r["worth"] is not None for r in rows):
        return panel(answer, "joining", block, question="Who should move first?", finding=finding)
    picture = Picture(
        "joining",
        "What all in it save together, step by step",
        lambda: charts.joining(steps, width=560),
        f"A ladder of bars. {finding}",
        block,
        "Each step pays for those already in. Light: reached before. Dark: what the step adds.",
    )
    return panel(answer, "joining", picture, question="Who should move first?", finding=finding)


def core(answer: Answer, state: State) -> Panel | None:
    """Which splits hold together, and who would leave."""
    found = held(answer, "core")
    if found is None:
        return None
    inside = [SPLITS.get(str(r["split"]), str(r["split"])) for r in found.records() if r["inside"]]
    finding = (
        f"No set of members would leave under {listed(inside)}."
        if inside
        else "Under every split some set would leave."
    )
    block = table(
        found,
        titles={
            "split": "Split",
            "inside": "holds together",
            "short": "short, million USD",
            "leavers": "who would leave",
        },
        relabel=relabelled,
    )
    return panel(answer, "core", block, question="Which split holds together?", finding=finding)


def listed(parts: list[str]) -> str:
    """Parts as a reader says them.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def relabelled(column: str, value: Value) -> Value:
    """Names of splits for their keys."""
    return SPLITS.get(str(value), value) if column == "split" else value


def commodities(answer: Answer, state: State) -> Panel | None:
    """Where acting together saves most."""
    found = held(answer, "commodities")
    if found is None:
        return None
    top: Mapping[str, Value] = found.records()[0]
    block = table(
        found,
        titles={
            "commodities": "Minerals that share feed",
            "separate": "each alone, million USD",
            "together": "together",
            "gain": "saved",
        },
    )
    return panel(
        answer,
        "commodities",
        block,
        question="For which minerals does it matter?",
        finding=f"Pooling saves most on {str(top['commodities']).lower()}: {billions(top['gain']):,.1f} billion USD.",
    )


def outsiders(answer: Answer, state: State) -> Panel | None:
    """What it does to everyone else."""
    found = held(answer, "outsiders")
    if found is None:
        return None
    known = [r for r in found.records() if r["outsiders"] is not None]
    gain = [r for r in known if billions(r["outsiders"]) > 0]
    finding = (
        f"Those outside gain on {len(gain)} of the {len(known)} minerals that were played in the market, without paying."
        if known
        else "What it does to those outside is unknown."
    )
    block = table(
        found,
        titles={
            "name": "Mineral",
            "outsiders": "everyone else gains, million USD",
            "members": "members gain",
        },
        leads={"name": lambda r: state.href(f"/commodity/{r['commodity']}")},
    )
    return panel(answer, "outsiders", block, question="And those outside?", finding=finding)


def checks(answer: Answer, state: State) -> Panel | None:
    """What was checked of the game."""
    found = held(answer, "checks")
    if found is None:
        return None
    good = sum(str(r["result"]).startswith("yes") for r in found.records())
    asked = sum(str(r["result"]).startswith(("yes", "no")) for r in found.records())
    return panel(
        answer,
        "checks",
        table(found, titles={"check": "Check", "result": "found"}),
        question="How far to trust it?",
        finding=f"{good} of {asked} properties of the game hold.",
    )


PAGES = (
    Page(
        "coalition",
        "/coalition",
        "Coalition",
        55,
        build,
        own=("commodity",),
        lane="apart",
        switches=("supplier",),
        keeps=True,
        stamp=stamp,
    ),
)
