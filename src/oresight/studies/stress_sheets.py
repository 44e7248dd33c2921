"""The sheets and the sentence of a stress answer, made from all draws of a run."""

from collections.abc import Sequence

import numpy as np

from oresight.core.answer import Answer, Assumption, Column, Kind, Sheet, sheet
from oresight.core.coalition import Coalition
from oresight.studies import names
from oresight.studies.basis import CHAIN_RULES, CHAIN_TABLES, basis
from oresight.studies.platforms import pictured
from oresight.studies.scenario import Scenario
from oresight.studies.stress_play import OTHERS, served
from oresight.studies.stress_results import (
    Draws,
    drivers,
    first_short,
    price_band,
    quantiles,
    together,
    total_of,
)

SAME_MAGNETS = ("dysprosium-terbium", "neodymium-praseodymium")
"""Both are counted at the value of the magnet they are in: where both are played, money counts it once."""

SUMMARY_COLUMNS = (
    Column("commodity", "id"),
    Column("name", "commodity"),
    Column("price_peak", "highest price members pay, median draw, multiple of baseline", "x", "number"),
    Column("price_peak_low", "P5", "x", "number"),
    Column("price_peak_high", "P95", "x", "number"),
    Column("price_inside", "price in the restricting countries in that month", "x", "number"),
    Column("peak_month", "month of the highest price", "", "integer"),
    Column("shortage", "share of members' use lost in the worst month, median draw", "1", "share"),
    Column("shortage_low", "P5", "1", "share"),
    Column("shortage_high", "P95", "1", "share"),
    Column("first_short", "month in which members first lose more than 5 %", "month", "number"),
    Column("use_lost", "members' use lost in the first twelve months", "t", "number"),
    Column("loss", "members' consumer surplus lost over the horizon", "million USD", "number"),
    Column("loss_low", "P5", "million USD", "number"),
    Column("loss_high", "P95", "million USD", "number"),
    Column("worst", "member that loses the largest share of its use"),
    Column("worth", "what the tonnes lost would have made"),
    Column("drivers", "what moves the shortage most, partial rank correlation"),
    Column("baseline_year", "year of the market that is shocked", "", "integer"),
)


def banded(name: str, about: str, unit: str, kind: Kind) -> tuple[Column, ...]:
    """A column with its P5 and P95."""
    return (
        Column(f"{name}_low", f"{about}, P5", unit, kind),
        Column(name, f"{about}, median", unit, kind),
        Column(f"{name}_high", f"{about}, P95", unit, kind),
    )


MONTH_COLUMNS = (
    Column("commodity", "id"),
    Column("month", "months since the start", "", "integer"),
    *banded("price_outside", "price members pay", "x", "number"),
    *banded("price_inside", "price in the restricting countries", "x", "number"),
    *banded("shortage", "share of members' use lost", "1", "share"),
    Column("stock", "months of use in members' private stocks, median", "months", "number"),
)
MEMBER_COLUMNS = (
    Column("commodity", "id"),
    Column("member", "member, restricting country, or others"),
    Column("role", "coalition, restricting, or other"),
    Column("use", "baseline use", "t", "number"),
    Column("shortage", "share of use lost in its worst month, median", "1", "share"),
    Column("first_short", "month in which it first loses more than 5 %", "month", "number"),
    Column("price_peak", "highest price it pays, median", "x", "number"),
)
COST_COLUMNS = (
    Column("member", "member, restricting country, or others"),
    Column("role", "coalition, restricting, or other"),
    Column("bill", "paid more for what is still used", "million USD", "number"),
    Column("loss", "consumer surplus lost", "million USD", "number"),
    Column("gain", "producer surplus gained", "million USD", "number"),
    Column("net", "gain less loss, median", "million USD", "number"),
    Column("net_low", "P5", "million USD", "number"),
    Column("net_high", "P95", "million USD", "number"),
)
USE_COLUMNS = (
    Column("commodity", "id"),
    Column("end_use", "end use"),
    Column("priority", "defence, essential or normal"),
    Column("share_of_use", "share of the commodity's use", "1", "share"),
    Column("lost", "share lost in the members' worst month if all uses lose alike", "1", "share"),
    Column("lost_defence_first", "share lost if priority uses are served first", "1", "share"),
)


def composed(
    scenario: Scenario, players: Coalition, found: dict[str, Draws], draws: int, seed: int
) -> Answer:
    """The answer from all draws."""
    inside = list(players.players)
    summary, months, members, used = [], [], [], []
    for commodity, d in found.items():
        restricting = [g for g in d.groups if g not in inside and g != OTHERS]
        summary.append(one_summary(commodity, d, inside, restricting))
        months += by_month(commodity, d, inside, restricting)
        members += by_member(commodity, d, inside, restricting)
        kept = 1.0 - float(str(summary[-1]["shortage"]))
        for (use, priority, share, lost), (_, _, _, first) in zip(
            served(commodity, kept, False), served(commodity, kept, True), strict=True
        ):
            used.append(
                {
                    "commodity": commodity,
                    "end_use": use,
                    "priority": priority,
                    "share_of_use": share,
                    "lost": lost,
                    "lost_defence_first": first,
                }
            )
    summary.sort(key=lambda r: -float(str(r["shortage"])))
    costs = by_cost(found, inside)
    return Answer(
        "stress",
        f"What if: {scenario.title or scenario.name}?",
        finding(scenario, players, summary, costs),
        (
            sheet("summary", "What each commodity goes through", SUMMARY_COLUMNS, summary),
            sheet("costs", "Who pays and who gains over the horizon", COST_COLUMNS, costs),
            sheet("months", "Month by month", MONTH_COLUMNS, months),
            sheet("members", "Who goes short of what, and when", MEMBER_COLUMNS, members),
            sheet("uses", "Which uses, all alike or defence first", USE_COLUMNS, used),
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
            (
                "Prices of a buyer with no other supplier are bounds: at least so much.",
                "Dysprosium-terbium and neodymium are in the same magnets; money counts the magnet once.",
                "Bands hold the parameters' spread and, for prices, the discrepancy the back-test found.",
            ),
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
    tonnes = float(np.median(lost[:12].sum(axis=0))) / 12.0 * use
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
        "shortage_high": s_high, "first_short": first_short(kept), "use_lost": max(tonnes, 0.0),
        "loss": loss[1], "loss_low": loss[0], "loss_high": loss[2],
        "worst": names.label(worst) if worst else None,
        "price_inside": float(np.median(together(d, "price", restricting)[peak])) if restricting else None,
        "worth": pictured(commodity, tonnes) if tonnes > 0 else None,
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


def by_cost(found: dict[str, Draws], inside: list[str]) -> list[dict[str, object]]:
    """Costs and gains by group over all commodities, the shared magnet counted once."""
    counted = [c for c in found if not (c == SAME_MAGNETS[0] and SAME_MAGNETS[1] in found)]
    groups = next(iter(found.values())).groups
    rows: list[dict[str, object]] = []
    for group in groups:
        bill, loss, gain = (
            np.sum(
                [np.nan_to_num(found[c].total(f, group)) for c in counted if group in found[c].groups], axis=0
            )
            / 1e6
            for f in ("bill", "loss", "gain")
        )
        net = quantiles(gain - loss)
        rows.append(
            {
                "member": group,
                "role": role(group, inside),
                "bill": quantiles(bill)[1],
                "loss": quantiles(loss)[1],
                "gain": quantiles(gain)[1],
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
        worst += f", and more than a quarter short of {short} of {len(summary)} minerals"
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
