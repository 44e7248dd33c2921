"""Panels of the Coalition page: gains, cash, who moves first, what waiting costs, which split holds, on whom it stands."""

from collections.abc import Mapping

from oresight.core.answer import Answer, Value
from oresight.face.charts import coalition as charts
from oresight.face.web.blocks import Panel, Picture, Points, held, panel, table
from oresight.face.web.state import State

SPLITS = {
    "dual": "dual prices",
    "shapley": "Shapley",
    "nucleolus": "nucleolus",
    "by_demand": "by demand",
    "by_gdp": "by GDP",
}
"""Rules of splitting, as a reader sees them."""

TOLD = (
    "splits",
    "members",
    "core",
    "movers",
    "joining",
    "waiting",
    "accounts",
    "commodities",
    "pivots",
    "outsiders",
    "checks",
)
"""Sheets that stand in a panel of their own."""


def billions(value: Value) -> float:
    """Million USD as billion USD."""
    return float(str(value)) / 1e3


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
        tuple(
            c
            for c in ("name", "demand_share", "worth_alone", *SPLITS, "leaving")
            if any(v is not None for v in splits.column(c))
        ),
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
        "What each member gains by acting together, by rule of splitting",
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


def movers(answer: Answer, state: State) -> Panel | None:
    """Who starts and who follows, if gains are shared by side payments; and in steps that pay by themselves."""
    steps, joined = held(answer, "movers"), held(answer, "joining")
    if steps is None:
        return None
    rows = steps.records()
    first = rows[0]
    finding = f"{listed(str(first['joins']).split(', '))} first" + (
        f": they reach {float(str(first['reached'])):.0%} of what acting together gains."
        if first["reached"]
        else "."
    )
    picture = Picture(
        "movers",
        "What all in it save together, step by step",
        lambda: charts.joining(steps, width=560),
        f"A ladder of bars. {finding}",
        table(
            steps,
            ("joins", "worth", "adds", "reached"),
            {
                "joins": "Who joins",
                "worth": "worth of all in it, million USD",
                "adds": "to be shared",
                "reached": "of all gains",
            },
            {"reached": "coalition"},
        ),
        "Gains shared by side payments. Light: reached before. Dark: what the step adds, plans alone included.",
    )
    alone = (
        [
            table(
                joined,
                ("joins", "worth", "insiders", "joiner"),
                {
                    "joins": "Who joins",
                    "worth": "worth of all in it, million USD",
                    "insiders": "least gain of those in",
                    "joiner": "gain of who joins",
                },
                title="Without side payments: steps that pay each by itself",
            )
        ]
        if joined is not None
        else []
    )
    return panel(answer, "movers", picture, *alone, question="Who should move first?", finding=finding)


def waiting(answer: Answer, state: State) -> Panel | None:
    """What a year of waiting costs."""
    found = held(answer, "waiting")
    if found is None:
        return None
    rows = [r for r in found.records() if r["alone_waits"] is not None]
    every = sum(billions(r["all_wait"]) for r in found.records() if r["all_wait"] is not None)
    finding = f"If all wait a year, it costs them {every:,.1f} billion USD"
    if rows:
        most = max(rows, key=lambda r: billions(r["alone_waits"]))
        finding += f"; hesitating alone costs {most['name']} most, {billions(most['alone_waits']):,.1f}"
    block = table(
        found,
        ("name", "all_wait", "alone_waits", "others_lose", "together_lose"),
        {
            "name": "Member",
            "all_wait": "all wait, million USD",
            "alone_waits": "it waits alone",
            "others_lose": "the others then lose",
            "together_lose": "all then lose",
        },
        note="Losses by waiting a year; a negative one is a gain.",
    )
    return panel(answer, "waiting", block, question="What does hesitating cost?", finding=f"{finding}.")


def accounts(answer: Answer, state: State) -> Panel | None:
    """Who pays whom."""
    found = held(answer, "accounts")
    if found is None:
        return None
    block = table(
        found,
        ("name", "before", "after", "duty", "rent", "cash", "gain"),
        {
            "name": "Account",
            "before": "cost before, million USD",
            "after": "cost after",
            "duty": "owes",
            "rent": "its projects earn",
            "cash": "pays",
            "gain": "gains",
        },
        note="Pays: owed less earned; below zero it is paid. Cash of all accounts sums to zero.",
        dense=True,
    )
    return panel(answer, "accounts", block, question="Who pays whom?", finding=f"{found.title}.")


def pivots(answer: Answer, state: State) -> Panel | None:
    """Whom each mineral's pool stands on."""
    found = held(answer, "pivots")
    if found is None:
        return None
    top = found.records()[0]
    block = table(
        found,
        titles={
            "commodities": "Minerals",
            "gain": "saved, million USD",
            "veto": "nothing without",
            "most": "adds most",
            "adds": "that, million USD",
            "swing": "swings most",
            "swing_share": "of orders",
            "half": "half is reached by",
        },
        dense=True,
    )
    return panel(
        answer,
        "pivots",
        block,
        question="On whom does it stand?",
        finding=f"On {str(top['commodities']).lower()}, where pooling saves most, it stands on {top['most']}.",
    )


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


ALL = (gains, cash, movers, waiting, accounts, core, commodities, pivots, outsiders, checks)
"""Panels in reading order."""
