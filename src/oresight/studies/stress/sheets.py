"""The sheets and the sentence of a stress answer, made from all draws of a run."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oresight.core.answer import Answer, Assumption, Column, Sheet, sheet
from oresight.core.coalition import Coalition
from oresight.studies import names
from oresight.studies.basis import CHAIN_RULES, CHAIN_TABLES, basis
from oresight.studies.stress.columns import (
    COST_COLUMNS,
    FLOW_COLUMNS,
    MEMBER_COLUMNS,
    MONTH_COLUMNS,
    PLATFORM_COLUMNS,
    SUMMARY_COLUMNS,
    USE_COLUMNS,
)
from oresight.studies.stress.platforms import pictured, worth_sheet
from oresight.studies.stress.play import OTHERS, served
from oresight.studies.stress.results import (
    Draws,
    Floats,
    drivers,
    first_short,
    price_band,
    quantiles,
    together,
    total_of,
)
from oresight.studies.stress.run_folder import TOTAL_FIELDS
from oresight.studies.stress.scenario import Scenario

SAME_MAGNETS = ("dysprosium-terbium", "neodymium-praseodymium")
"""Both are counted at the value of the magnet they are in: where both are played, money counts it once."""

ANY_RARE_EARTH = "rare-earths-light"
"""Platform figures for `rare earths` mean all of them: they are never taken for the light ones alone."""
LEAST_TONNES = 1e-3
"""Losses below a kilogram are not pictured [t]."""


@dataclass(frozen=True)
class Told:
    """What the sheets tell of one commodity."""

    summary: dict[str, object]
    months: list[dict[str, object]]
    members: list[dict[str, object]]
    flows: list[dict[str, object]]
    uses: list[dict[str, object]]


def told(scenario: Scenario, commodity: str, d: Draws, inside: list[str]) -> Told:
    """One commodity's rows of every sheet."""
    restricting = [g for g in d.groups if g not in inside and g != OTHERS]
    summary = one_summary(commodity, d, inside, restricting)
    kept = 1.0 - float(str(summary["shortage"]))
    uses: list[dict[str, object]] = [
        {
            "commodity": commodity,
            "end_use": use,
            "priority": priority,
            "share_of_use": share,
            "lost": lost,
            "lost_defence_first": first,
        }
        for (use, priority, share, lost), (_, _, _, first) in zip(
            served(commodity, kept), served(commodity, kept, scenario.priority), strict=True
        )
    ]
    return Told(
        summary,
        by_month(commodity, d, inside, restricting),
        by_member(commodity, d, inside, restricting),
        by_route(commodity, d),
        uses,
    )


def composed(
    scenario: Scenario, players: Coalition, found: dict[str, Draws], draws: int, seed: int
) -> Answer:
    """The answer from all draws."""
    inside = list(players.players)
    parts, counted = [], Costs(list(found))
    for commodity, d in found.items():
        parts.append(told(scenario, commodity, d, inside))
        counted.add(commodity, d)
    summary = [p.summary for p in parts]
    months = [r for p in parts for r in p.months]
    members = [r for p in parts for r in p.members]
    flows = [r for p in parts for r in p.flows]
    used = [r for p in parts for r in p.uses]
    summary.sort(key=lambda r: -float(str(r["shortage"])))
    costs = by_cost(counted, inside)
    return Answer(
        "stress",
        f"What if: {scenario.title or scenario.name}?",
        finding(scenario, players, summary, costs),
        (
            sheet("summary", "What each commodity goes through", SUMMARY_COLUMNS, summary),
            sheet("costs", "Who pays and who gains over the horizon", COST_COLUMNS, costs),
            sheet("months", "Month by month", MONTH_COLUMNS, months),
            sheet("members", "Who goes short of what, and when", MEMBER_COLUMNS, members),
            sheet("uses", "Which uses, all alike or priority uses first", USE_COLUMNS, used),
            sheet("flows", "Who sells to whom, before and in the first year of the cut", FLOW_COLUMNS, flows),
            sheet(
                "platforms", "What the tonnes lost would have made", PLATFORM_COLUMNS, by_platform(summary)
            ),
        ),
        basis(
            (
                *CHAIN_TABLES,
                "demand_keys",
                "baseline_prices",
                "elasticities",
                "priors",
                "end_uses",
                "platform_uses",
            ),
            (*CHAIN_RULES, "market §1-§7", "months §1-§7", "impact §1-§5"),
            (
                Assumption("priors", "ranges of every behavioural parameter, drawn uniformly"),
                Assumption("demand_keys", "the split of world use where no customs code holds the trade"),
                Assumption("baseline_prices", "one price per stage for the whole world"),
            ),
            cautions(scenario, found),
        ),
        {
            "scenario": scenario.name,
            "title": scenario.title,
            "coalition": players.id,
            "draws": draws,
            "seed": seed,
            "horizon": scenario.horizon,
            "restricting": list(scenario.restrictors),
        },
    )


def cautions(scenario: Scenario, found: dict[str, Draws]) -> tuple[str, ...]:
    """What a reader must know of this run."""
    said = [
        "Prices of a buyer with no other supplier are bounds: at least so much.",
        "Bands hold the parameters' spread and, for prices, the discrepancy the back-test found.",
        "Feeds that are a small part of their product's cost have no price of their own to speak of when that product "
        "is bid for: money counts them up to the choke multiple.",
    ]
    if all(c in found for c in SAME_MAGNETS):
        said.append(
            "Dysprosium-terbium and neodymium-praseodymium are in the same magnets: money counts the magnet once, at "
            "neodymium-praseodymium; tonnes stand for each."
        )
    for year in sorted({d.year for d in found.values()}):
        away = [names.commodity_labels()[c].lower() for c, d in found.items() if d.year == year]
        if year != scenario.baseline_year:
            said.append(
                f"Output by country of every stage is not known for {scenario.baseline_year}: "
                f"{', '.join(away[:6])}{' and more' if len(away) > 6 else ''} "
                f"{'plays' if len(away) == 1 else 'play'} on the market of {year}, which was another."
            )
    return tuple(said)


def worst_year(lost: Floats) -> float:
    """Share of a year's use lost in the worst twelve months running, median draw; less than a year counts as it is.

    >>> round(worst_year(np.array([[0.0], [0.6], [0.6]] + [[0.6]] * 10)), 9)
    0.6
    """
    middle = np.median(lost, axis=1)
    window = min(12, middle.size)
    sums = np.convolve(middle, np.ones(window), "valid")
    at = int(np.argmax(sums))
    return float(np.median(lost[at : at + window].sum(axis=0))) / 12.0


def by_route(commodity: str, d: Draws) -> list[dict[str, object]]:
    """Flows of one commodity, the largest changes first within each stage."""
    during = d.during()
    rows: list[dict[str, object]] = []
    for i, (stage, supplier, buyers) in enumerate(d.routes):
        low, middle, high = quantiles(during[i])
        before = float(d.before[i])
        rows.append({
            "commodity": commodity, "stage": stage, "supplier": supplier, "buyers": buyers, "before": before,
            "during_low": low, "during": middle, "during_high": high, "change": (middle or 0.0) - before,
        })  # fmt: skip
    order = list(dict.fromkeys(r["stage"] for r in rows))
    return sorted(rows, key=lambda r: (order.index(r["stage"]), -abs(float(str(r["change"])))))


def by_platform(summary: list[dict[str, object]]) -> list[dict[str, object]]:
    """What the tonnes lost would have made; figures for rare earths of all kinds take the sum of those played."""
    lost = {str(r["commodity"]): float(str(r["use_lost"])) for r in summary}
    kinds = [c for c in names.groups().get("rare-earths", ()) if c in lost]
    rows: list[dict[str, object]] = []
    for commodity, tonnes in lost.items():
        if commodity == ANY_RARE_EARTH or tonnes < LEAST_TONNES:
            continue
        rows += [
            {"commodity": commodity, "tonnes": tonnes, **r} for r in worth_sheet(commodity, tonnes).records()
        ]
    together_lost = sum(lost[c] for c in kinds)
    if kinds and together_lost >= LEAST_TONNES:
        rows += [
            {"commodity": "rare-earths", "tonnes": together_lost, **r}
            for r in worth_sheet("rare-earths", together_lost).records()
            if r["kg"] is not None
        ]
    return rows


def one_summary(commodity: str, d: Draws, inside: list[str], restricting: list[str]) -> dict[str, object]:
    """One commodity's row."""
    price, kept = together(d, "price", inside), together(d, "kept", inside)
    middle = np.median(price, axis=1)
    peak = int(np.argmax(middle))
    low, at, high = price_band(price[peak], inside=False)
    lost = 1.0 - kept
    worst_month = int(np.argmax(np.median(lost, axis=1)))
    s_low, s_mid, s_high = quantiles(lost[worst_month])
    loss = quantiles(total_of(d, "loss", inside) / 1e6)
    use = float(sum(d.use[d.groups.index(g)] for g in inside))
    tonnes = max(worst_year(lost), 0.0) * use
    by_member = {
        g: float(np.median(1.0 - np.nanmin(d.months("kept", g), axis=0)))
        for g in inside
        if d.use[d.groups.index(g)] > 0
    }
    worst = max(by_member, key=lambda g: by_member[g]) if by_member else None
    found = drivers(lost[worst_month], d.parameter())
    return {
        "commodity": commodity, "name": names.commodity_labels()[commodity], "price_peak": at, "price_peak_low": low,
        "price_peak_high": high, "peak_month": peak, "shortage": max(s_mid or 0.0, 0.0), "shortage_low": s_low,
        "shortage_high": s_high, "first_short": first_short(kept), "use_lost": tonnes,
        "loss": loss[1], "loss_low": loss[0], "loss_high": loss[2],
        "worst": names.label(worst) if worst else None,
        "price_inside": float(np.median(together(d, "price", restricting)[peak])) if restricting else None,
        "worth": pictured(commodity, tonnes) if tonnes >= LEAST_TONNES and commodity != ANY_RARE_EARTH else None,
        "drivers": ", ".join(f"{n} {v:+.2f}" for n, v in found) or None,
        "baseline_year": d.year,
    }  # fmt: skip


def by_month(commodity: str, d: Draws, inside: list[str], restricting: list[str]) -> list[dict[str, object]]:
    """Months of one commodity."""
    price, kept, stock = (together(d, f, inside) for f in ("price", "kept", "stock"))
    home = together(d, "price", restricting) if restricting else np.full_like(price, np.nan)
    rows: list[dict[str, object]] = []
    for month in range(price.shape[0]):
        row: dict[str, object] = {"commodity": commodity, "month": month}
        for name, band in (
            ("price_outside", price_band(price[month], False)),
            ("price_inside", price_band(home[month], True)),
            ("shortage", quantiles(1.0 - kept[month])),
        ):
            row |= {f"{name}_low": band[0], name: band[1], f"{name}_high": band[2]}
        rows.append(row | {"stock": quantiles(stock[month])[1]})
    return rows


def by_member(commodity: str, d: Draws, inside: list[str], restricting: list[str]) -> list[dict[str, object]]:
    """Groups of one commodity."""
    rows: list[dict[str, object]] = []
    for i, group in enumerate(d.groups):
        if d.use[i] <= 0:
            continue
        kept = d.months("kept", group)
        lost = np.median(1.0 - kept, axis=1)
        rows.append({
            "commodity": commodity, "member": group, "role": role(group, inside), "use": float(d.use[i]),
            "shortage": max(float(lost.max()), 0.0), "first_short": first_short(kept),
            "price_peak": float(np.median(d.months("price", group), axis=1).max()),
        })  # fmt: skip
    return rows


def role(group: str, inside: Sequence[str]) -> str:
    """What a group is in the scenario."""
    return "coalition" if group in inside else "other" if group == OTHERS else "restricting"


class Costs:
    """Costs and gains by group, summed draw by draw over the commodities told so far."""

    def __init__(self, commodities: Sequence[str]) -> None:
        """
        Args:
            commodities: All of the run: the magnet that two of them share is counted once.
        """
        self.left_out = SAME_MAGNETS[0] if SAME_MAGNETS[1] in commodities else None
        self.groups: tuple[str, ...] = ()
        self.sums: dict[tuple[str, str], Floats] = {}

    def add(self, commodity: str, d: Draws) -> None:
        """Count one more commodity [million USD]."""
        self.groups = self.groups or d.groups
        if commodity == self.left_out:
            return
        for group in self.groups:
            for field in TOTAL_FIELDS if group in d.groups else ():
                million = np.nan_to_num(d.total(field, group)) / 1e6
                self.sums[group, field] = self.sums.get((group, field), 0.0) + million


def by_cost(costs: Costs, inside: list[str]) -> list[dict[str, object]]:
    """Costs and gains by group over all commodities."""
    groups, sums = costs.groups, costs.sums
    rows: list[dict[str, object]] = []
    for group in groups:
        bill, loss, gain, rent, trade = (sums[group, f] for f in TOTAL_FIELDS)
        net = quantiles(gain + rent + trade - loss)
        rows.append(
            {
                "member": group,
                "role": role(group, inside),
                "bill": quantiles(bill)[1],
                "loss": quantiles(loss)[1],
                "gain": quantiles(gain)[1],
                "rent": quantiles(rent)[1],
                "trade": quantiles(trade)[1],
                "net": net[1],
                "net_low": net[0],
                "net_high": net[2],
            }
        )
    order = {"coalition": 0, "restricting": 1, "other": 2}
    return sorted(rows, key=lambda r: (order[str(r["role"])], float(str(r["net"]))))


def finding(
    scenario: Scenario, players: Coalition, summary: list[dict[str, object]], costs: list[dict[str, object]]
) -> str:
    """What it comes to, as a sentence made from the numbers."""
    top = summary[0]
    members = [r for r in costs if r["role"] == "coalition"]
    lost = -sum(float(str(r["net"])) for r in members)
    short = sum(float(str(r["shortage"])) > 0.25 for r in summary)
    label = players.label
    worst = (
        f"{label[0].upper()}{label[1:]} is {float(str(top['shortage'])):.0%} short of {str(top['name']).lower()} at "
        f"worst, at {float(str(top['price_peak'])):.2g} times the price"
    )
    if len(summary) > 1:
        some = f"{short} of {len(summary)} minerals" if short else f"none of {len(summary)} minerals"
        worst += f", and more than a quarter short of {some}"
    pays = max(members, key=lambda r: -float(str(r["net"])))
    money = f"it costs the members {amount(lost)} net" if lost > 0 else f"members gain {amount(-lost)} net"
    payer = (
        f", {names.label(str(pays['member']))} most ({amount(-float(str(pays['net'])))})" if lost > 0 else ""
    )
    banner = [r for r in costs if r["role"] == "restricting"]
    own = sum(float(str(r["net"])) for r in banner)
    who = ", ".join(names.label(str(r["member"])) for r in banner)
    said = f"; {who} {'gains' if own >= 0 else 'loses'} {amount(abs(own))}"
    return f"{worst}; {money}{payer}{said if banner else ''}."


def amount(million: float) -> str:
    """Money in words.

    >>> amount(1234.0), amount(56.0), amount(453.0)
    ('$1.2bn', '$56m', '$450m')
    """
    size = float(f"{million:.2g}")
    return f"${float(f'{million / 1000:.2g}'):,.12g}bn" if abs(size) >= 1000 else f"${size:,.12g}m"


def compared(first: Answer, second: Answer) -> Sheet:
    """Two scenarios side by side, commodity by commodity."""
    other = {r["commodity"]: r for r in second.sheet("summary").records()}
    rows = []
    for r in first.sheet("summary").records():
        o = other.get(r["commodity"], {})
        rows.append(
            {
                "commodity": r["commodity"],
                "name": r["name"],
                "shortage": r["shortage"],
                "shortage_other": o.get("shortage"),
                "price_peak": r["price_peak"],
                "price_peak_other": o.get("price_peak"),
                "loss": r["loss"],
                "loss_other": o.get("loss"),
            }
        )
    columns = (
        Column("commodity", "id"), Column("name", "commodity"),
        Column("shortage", "worst shortage", "1", "share"), Column("shortage_other", "in the other scenario", "1", "share"),
        Column("price_peak", "highest price", "x", "number"), Column("price_peak_other", "in the other", "x", "number"),
        Column("loss", "surplus lost", "million USD", "number"),
        Column("loss_other", "in the other", "million USD", "number"),
    )  # fmt: skip
    return sheet("compared", f"Beside {second.parameters['scenario']}", columns, rows)
