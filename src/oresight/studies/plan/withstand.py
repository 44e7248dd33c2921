"""What would the plan leave of a scenario? The same measures in a later year, with and without what is built by then.

Any scenario of the stress lab is played on today's market after what builds itself, and then after the plan's plants
and stocks as well, have come into place. The plan is the cheapest way out of the dependence on whoever restricts.
"""

from collections.abc import Sequence

from oresight.core.answer import Answer, Assumption, Column, sheet
from oresight.core.coalition import Coalition
from oresight.core.errors import OresightError, StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.studies import names
from oresight.studies.basis import basis
from oresight.studies.plan.case import SHOWN, years_of
from oresight.studies.plan.replay import Seen, with_and_without
from oresight.studies.plan.study import ASSUMPTIONS, RULES, TABLES, planned, wanted
from oresight.studies.stress.play import shocked
from oresight.studies.stress.scenario import Scenario
from oresight.studies.stress.scenario_named import scenario as read_scenario
from oresight.studies.stress.sheets import SAME_MAGNETS, amount
from oresight.studies.stress.study import chosen

COLUMNS = (
    Column("commodity", "id"),
    Column("name", "commodity"),
    Column("shortage_without", "share of members' use lost in the worst month, what builds itself alone", "1", "share"),
    Column("shortage_with", "the same with the plan", "1", "share"),
    Column("price_without", "highest price members pay, what builds itself alone", "x", "number"),
    Column("price_with", "the same with the plan", "x", "number"),
    Column("loss_without", "members' consumer surplus lost, what builds itself alone", "million USD", "number"),
    Column("loss_with", "the same with the plan", "million USD", "number"),
    Column("note", "why nothing was played", "", "note"),
)  # fmt: skip
MONTH_COLUMNS = (
    Column("commodity", "id"),
    Column("month", "months since the start", "", "integer"),
    Column("shortage_without", "share of members' use lost, what builds itself alone", "1", "share"),
    Column("shortage_with", "the same with the plan", "1", "share"),
    Column("price_without", "price members pay, what builds itself alone", "x", "number"),
    Column("price_with", "the same with the plan", "x", "number"),
)
CAUTIONS = (
    "Played on the latest market, whatever the scenario's date, with central parameters: one path, no bands.",
    "What is built is scaled back by the growth of use to the size of that market; it has run for five years before.",
    "The losses of dysprosium-terbium and neodymium-praseodymium are of the same magnets: the finding counts them once.",
    "The plan's plants make what the plan has them make in a cut-off of everyone; its stocks go out as use is lost.",
)


def withstand(
    scenario: str | Scenario,
    coalition: str = names.DEFAULT_COALITION,
    year: int | None = None,
    commodity: Sequence[str] = (),
    supplier: str | None = None,
    reporter: Reporter = silent,
) -> Answer:
    """Play a scenario in a year of the plan, with the plan and without.

    Args:
        scenario: Preset, event id, file, several joined with `+`, or a scenario itself.
        coalition: Who plans.
        year: In which the scenario starts; the middle of the years shown by default.
        commodity: Only these of the scenario's commodities; all by default.
        supplier: Against whom the plan is made; whoever restricts, by default.
        reporter: Told of progress; may cancel.

    Raises:
        StudyError: The scenario or year cannot be read, or only members restrict.
    """
    made = scenario if isinstance(scenario, Scenario) else read_scenario(scenario)
    now = made.model_copy(update={"start": None})
    players = names.coalition(coalition)
    seller = supplier or restricting(made, players)
    at = year_at(year)
    goods = wanted(chosen(now, commodity))
    found = planned(
        coalition, seller, goods, reporter=lambda share, doing: reporter(0.7 * share / 0.4, doing)
    )
    plan = found.plan
    rows: list[dict[str, object]] = []
    months: list[dict[str, object]] = []
    for n, each in enumerate(goods):
        label = names.commodity_labels()[each]
        report(reporter, 0.7 + 0.3 * n / len(goods), f"{label} with the plan and without")
        row: dict[str, object] = {"commodity": each, "name": label}
        try:
            if not shocked(now, each, players).restricts:
                continue
            seen = with_and_without(found.made, plan, now, each, at)
            row["note"] = "" if seen is not None else "members use none of it"
        except OresightError as error:
            seen, row["note"] = None, str(error)
        if seen is not None:
            row |= worst(*seen)
            months += by_month(each, *seen)
        rows.append(row)
    rows.sort(key=lambda r: -spared(r))
    start = plan.case.axes.years[at]
    return Answer(
        "withstand",
        f"What would the plan leave of it in {start}: {made.title or made.name}?",
        finding(rows, players, start),
        (
            sheet("with_plan", f"The same in {start}, with the plan and without", COLUMNS, rows),
            sheet("with_plan_months", f"Month by month in {start}", MONTH_COLUMNS, months),
        ),
        basis(
            TABLES,
            (*RULES, "market §1-§7", "months §1-§7", "impact §1-§5"),
            (
                *ASSUMPTIONS,
                Assumption("plan §7 played", "plants of the plan grow from makers the market knows"),
            ),
            CAUTIONS,
        ),
        {
            "scenario": made.name,
            "title": made.title,
            "coalition": players.id,
            "supplier": list(names.supplier(seller, players).members),
            "commodities": [str(r["commodity"]) for r in rows],
            "year": start,
        },
    )


def restricting(scenario: Scenario, players: Coalition) -> str:
    """Those of a scenario's restricting countries that are no members.

    Raises:
        StudyError: All of them are members.
    """
    outside = [c for c in scenario.restrictors if players.player_of(c) is None]
    if not outside:
        raise StudyError(
            f"only members restrict in {scenario.name}: {players.label} makes no plan against itself",
            "name a scenario of others, or a supplier",
        )
    return ",".join(outside)


def year_at(year: int | None) -> int:
    """Position of a year among the plan's.

    Raises:
        StudyError: It is not shown.

    >>> year_at(None) == SHOWN // 2
    True
    """
    shown = years_of()[:SHOWN]
    if year is None:
        return SHOWN // 2
    if year not in shown:
        raise StudyError(f"{year} is not a year of the plan", f"name one from {shown[0]} to {shown[-1]}")
    return shown.index(year)


def worst(without: Seen, with_plan: Seen) -> dict[str, object]:
    """Worst month, highest price and loss of both paths."""
    return {
        f"{name}_{which}": value
        for which, seen in (("without", without), ("with", with_plan))
        for name, value in (
            ("shortage", float(seen.lost.max())),
            ("price", float(seen.price.max())),
            ("loss", seen.loss / 1e6),
        )
    }


def by_month(commodity: str, without: Seen, with_plan: Seen) -> list[dict[str, object]]:
    """Both paths month by month."""
    return [
        {
            "commodity": commodity,
            "month": month,
            "shortage_without": float(without.lost[month]),
            "shortage_with": float(with_plan.lost[month]),
            "price_without": float(without.price[month]),
            "price_with": float(with_plan.price[month]),
        }
        for month in range(without.price.size)
    ]


def spared(row: dict[str, object]) -> float:
    """Loss the plan spares members; below any number where nothing was played [million USD]."""
    if row.get("loss_without") is None:
        return float("-inf")
    return float(str(row["loss_without"])) - float(str(row["loss_with"]))


def finding(rows: list[dict[str, object]], players: Coalition, year: int) -> str:
    """What the plan leaves, as a sentence made from the numbers."""
    played = [r for r in rows if r.get("loss_without") is not None]
    if not played:
        return "Nothing of it could be played: the notes say why."
    top = played[0]
    every = {str(r["commodity"]) for r in played}
    once = [r for r in played if not (r["commodity"] == SAME_MAGNETS[0] and SAME_MAGNETS[1] in every)]
    before, after = (sum(float(str(r[f"loss_{w}"])) for r in once) for w in ("without", "with"))
    who = f"{players.label[0].upper()}{players.label[1:]}"
    said = (
        f"{who} would be {float(str(top['shortage_without'])):.0%} short of {str(top['name']).lower()} at worst in {year} "
        f"if only what is under way were built, {float(str(top['shortage_with'])):.0%} with the plan, at "
        f"{float(str(top['price_with'])):.2g} instead of {float(str(top['price_without'])):.2g} times the price"
    )
    over = f" over {len(played)} minerals" if len(played) > 1 else ""
    if min(before, after) >= 0:
        return f"{said}; its loss{over} would be {amount(after)} instead of {amount(before)}."
    return f"{said}; it would have {money(after)}{over} instead of {money(before)}."


def money(loss: float) -> str:
    """A loss [million USD] in words; less than nothing is a gain.

    >>> money(1234.0), money(-56.0)
    ('a loss of $1.2bn', 'a gain of $56m')
    """
    return f"a loss of {amount(loss)}" if loss >= 0 else f"a gain of {amount(-loss)}"
