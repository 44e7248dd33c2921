"""What a stress answer says: sheets that agree with one another, and mechanisms that show where they should."""

import numpy as np
import pytest

from oresight.core.answer import Answer
from oresight.core.errors import StudyError
from oresight.market.draws import partial_rank_correlation
from oresight.market.months import MonthsSetting, simulate
from oresight.market.months_measures import restrictions
from oresight.studies import names
from oresight.studies.stress.flows import link_months
from oresight.studies.stress.platforms import worth
from oresight.studies.stress.play import Played, draws_of, play, served, shocked
from oresight.studies.stress.results import (
    InMemory,
    drivers,
    first_short,
    price_band,
    quantiles,
    together,
)
from oresight.studies.stress.scenario import Scenario, parse
from oresight.studies.stress.sheets import worst_year
from oresight.studies.stress.study import stress

G7 = names.coalition()


def cut(
    body: str, commodity: str = "gallium", seller: str = "CHN", extra: str = "", horizon: int = 18
) -> Scenario:
    """A scenario of one measure."""
    head = f'name = "test"\nhorizon = {horizon}\n{extra}\n[[measure]]\ncommodities = ["{commodity}"]\nfrom = ["{seller}"]\n'
    return parse(head + body)


def played(
    body: str, commodity: str = "gallium", extra: str = "", draws: int = 8, horizon: int = 18
) -> Played:
    """The same, played."""
    made = cut(body, commodity, extra=extra, horizon=horizon)
    return play(made, commodity, G7, draws_of(commodity, draws, 7))


@pytest.fixture(scope="module")
def answer() -> Answer:
    """Licences, then a ban, on two metals."""
    return stress("gallium-germanium-2023", draws=64)


def test_bands_are_in_order(answer: Answer) -> None:
    """impact §5: P5 <= P50 <= P95 wherever a band stands, in every sheet."""
    checked = 0
    for sheet in answer.sheets:
        banded = [n.removesuffix("_low") for n in sheet.names() if n.endswith("_low") and n != "units_low"]
        for row in sheet.records():
            for name in banded:
                low, middle, high = (row[f"{name}_low"], row[name], row[f"{name}_high"])
                if low is None:
                    continue
                assert float(str(low)) <= float(str(middle)) + 1e-12 <= float(str(high)) + 2e-12, (
                    sheet.name,
                    name,
                )
                checked += 1
    assert checked > 100


def test_members_add_up_to_the_coalition(answer: Answer) -> None:
    """The coalition's tonnes are its members'; shares lie in 0..1; the worst member is the one the sheet shows."""
    for row in answer.sheet("summary").records():
        own = [r for r in answer.sheet("members").records() if r["commodity"] == row["commodity"]]
        inside = [r for r in own if r["role"] == "coalition"]
        assert {str(r["member"]) for r in own if r["role"] == "restricting"} <= {"CHN"}
        assert all(0.0 <= float(str(r["shortage"])) <= 1.0 for r in inside)
        assert float(str(row["use_lost"])) <= sum(float(str(r["use"])) for r in inside)
        flows = [r for r in answer.sheet("flows").records() if r["commodity"] == row["commodity"]]
        bought = sum(float(str(r["before"])) for r in flows if r["buyers"] == "members")
        assert bought == pytest.approx(sum(float(str(r["use"])) for r in inside), rel=1e-6)


def test_net_is_gains_less_losses_draw_by_draw() -> None:
    """impact §2: with one draw, the columns of the costs add up exactly; every group of the run has its row."""
    one = stress("gallium-germanium-2023", draws=1)
    for row in one.sheet("costs").records():
        parts = {k: float(str(row[k])) for k in ("gain", "rent", "trade", "loss", "net")}
        assert parts["net"] == pytest.approx(
            parts["gain"] + parts["rent"] + parts["trade"] - parts["loss"], abs=1e-9
        )
    members = [r["member"] for r in one.sheet("costs").records()]
    assert set(members) == {*G7.players, "CHN", "others"}


def test_a_magnet_is_paid_once() -> None:
    """Dysprosium and neodymium are in the same magnets: together they cost what neodymium's cost alone, and it is said."""
    both = stress("rare-earths-2025-04", draws=4)
    one = stress("rare-earths-2025-04", commodity=["neodymium-praseodymium"], draws=4)
    assert both.sheet("costs").records() == one.sheet("costs").records()
    assert any("same magnets" in c for c in both.basis.cautions)
    assert not any("same magnets" in c for c in one.basis.cautions)


def test_an_older_market_than_the_scenario_asks_for_is_said() -> None:
    """Rare earths of 2010 play on the first year in which every stage is known: the reader is told which."""
    old = stress("japan-2010", draws=1)
    years = {int(str(r["baseline_year"])) for r in old.sheet("summary").records()}
    assert 2009 not in years
    for year in years:
        assert any("not known for 2009" in c and f"market of {year}" in c for c in old.basis.cautions)
    assert not any(
        "not known for" in c for c in stress("japan-2026", commodity=["antimony"], draws=1).basis.cautions
    )


def test_drivers_are_the_partial_rank_correlations() -> None:
    """impact §5: against the market's own computation and against one by regression of ranks."""
    rng = np.random.default_rng(3)
    first, fourth, *_ = named = ("theta", "phi", "kappa", "mu-trend", "tau-supply")
    given = {n: rng.uniform(size=200) for n in named}
    outcome = 3 * given[first] - given[fourth] ** 3 + 0.1 * rng.normal(size=200)
    found = dict(drivers(outcome, given, count=5))
    direct = partial_rank_correlation(np.column_stack(list(given.values())), outcome)
    assert [found[n] for n in named] == pytest.approx(direct.tolist(), abs=1e-9)
    ranks = {n: np.argsort(np.argsort(v)).astype(float) for n, v in given.items()}
    others = np.column_stack([np.ones(200), *(ranks[n] for n in named if n != first)])
    target = np.argsort(np.argsort(outcome)).astype(float)
    left = [v - others @ np.linalg.lstsq(others, v, rcond=None)[0] for v in (ranks[first], target)]
    assert found[first] == pytest.approx(float(np.corrcoef(left)[0, 1]), abs=1e-9)
    assert [n for n, _ in drivers(outcome, given, count=2)] == [first, fourth]
    assert drivers(outcome[:8], {n: v[:8] for n, v in given.items()}) == []
    assert drivers(np.ones(200), given) == []


def test_three_parameters_are_named(answer: Answer) -> None:
    """With draws enough, each commodity names three; with one draw, none."""
    for row in answer.sheet("summary").records():
        assert len(str(row["drivers"]).split(", ")) == 3
    single = stress("gallium-germanium-2023", commodity=["gallium"], draws=1)
    assert single.sheet("summary").records()[0]["drivers"] is None


def test_rerouted_flows_balance() -> None:
    """market §2: what a maker's links carry is what it makes, and what a pool gets is what it buys, every month."""
    made = cut("cut = 0.7\nto = ['USA']\nmonths = 6", "antimony", horizon=9)
    draws = draws_of("antimony", 4, 7)
    case = shocked(made, "antimony", G7)
    path = simulate(MonthsSetting(case.market, case.measures, 9), draws)
    kept = case.market
    base = (kept.node_baseline / kept.unit_value[kept.node_product])[:, None]
    for each in link_months(path, restrictions(kept, case.measures), draws):
        sold = np.zeros((kept.node_product.size, 4))
        np.add.at(sold, kept.link_node, each.flow)
        assert float((np.abs(sold - np.nan_to_num(path.production[each.month])) / base).max()) < 2e-6


def test_bought_elsewhere_when_one_supplier_stops(answer: Answer) -> None:
    """What China sends to members falls, what others send rises, within what the sheet calls before and during."""
    flows = [
        r
        for r in answer.sheet("flows").records()
        if r["commodity"] == "germanium" and r["buyers"] == "members"
    ]
    china = next(r for r in flows if r["supplier"] == "CHN")
    assert float(str(china["during"])) < 0.9 * float(str(china["before"]))
    others = sum(float(str(r["change"])) for r in flows if r["supplier"] != "CHN")
    assert others > 0.0


def test_europe_pays_for_antimony_it_still_gets() -> None:
    """methods B, back-test: after a ban aimed at it the Union's imports from China fall, its imports in all do not;
    the price is the channel. A tonnage hole would fail."""
    made = parse(
        'name = "eu"\nstart = 2024-09-15\nhorizon = 18\n[[measure]]\ncommodities = ["antimony"]\nstages = ["refine"]\n'
        'from = ["CHN"]\nto = ["eu27"]\ncut = 1.0\n'
    )
    said = stress(made, coalition="eu27", draws=16)
    union = set(names.coalition("eu27").members)
    came = [
        r for r in said.sheet("flows").records()
        if r["stage"] == "refine" and r["buyers"] == "members" and r["supplier"] not in union
    ]  # fmt: skip
    china = next(r for r in came if r["supplier"] == "CHN")
    assert float(str(china["during"])) < 0.8 * float(str(china["before"]))
    before, during = (sum(float(str(r[k])) for r in came) for k in ("before", "during"))
    assert during > 0.9 * before
    assert float(str(said.sheet("summary").records()[0]["price_peak"])) > 1.05


def test_priority_uses_are_the_scenario_s() -> None:
    """impact §4: defence first by default; a scenario may put normal uses first, or nobody."""
    plain = stress(cut("cut = 1.0", "neodymium-praseodymium"), draws=1)
    other = stress(cut("cut = 1.0", "neodymium-praseodymium", extra='priority = ["normal"]'), draws=1)
    none = stress(cut("cut = 1.0", "neodymium-praseodymium", extra="priority = []"), draws=1)

    def lost(answer: Answer, priority: str) -> float:
        rows = [r for r in answer.sheet("uses").records() if r["priority"] == priority]
        return max(float(str(r["lost_defence_first"])) for r in rows)

    assert lost(plain, "defence") == 0.0
    assert lost(other, "defence") == 1.0
    alike = none.sheet("uses").records()
    assert all(r["lost"] == pytest.approx(r["lost_defence_first"]) for r in alike)


def test_uses_lost_add_up_whatever_the_order() -> None:
    """impact §4: whoever is served first, the same tonnes are missing."""
    for commodity in ("neodymium-praseodymium", "dysprosium-terbium", "gallium", "tungsten", "cobalt"):
        for kept in (0.0, 0.03, 0.4, 0.97, 1.0):
            for first in (
                (),
                ("defence",),
                ("defence", "essential"),
                ("normal",),
                ("essential", "defence", "normal"),
            ):
                rows = served(commodity, kept, first)
                assert sum(share * lost for _, _, share, lost in rows) == pytest.approx(1.0 - kept, abs=1e-9)
                assert all(-1e-12 <= lost <= 1.0 + 1e-12 for *_, lost in rows)


def test_a_release_for_priority_uses_gives_them_what_they_lose() -> None:
    """months §7: the rule covers the scenario's priority uses, and gives nothing where there is none."""
    stock = '\n[[release]]\ncommodity = "{}"\ncountry = "JPN"\nstock = 1000\nrule = "priority"'
    for commodity, eased in (("dysprosium-terbium", True), ("silicon-metal", False)):
        bare = played("cut = 1.0", commodity)
        helped = played("cut = 1.0" + stock.format(commodity), commodity)
        jpn = bare.groups.index("JPN")
        more = (helped.kept[:, jpn] - bare.kept[:, jpn]).mean()
        defence = any(p == "defence" for _, p, _, _ in served(commodity, 1.0))
        assert defence is eased
        assert more > 1e-4 if eased else abs(more) < 1e-9, (commodity, more)


def test_every_release_rule_helps_its_holder() -> None:
    """months §7: fixed, proportional and priority releases leave the holder less short, and never make it worse."""
    bare = played("cut = 1.0", "dysprosium-terbium")
    jpn = bare.groups.index("JPN")
    for rule, rate in (("fixed", 200.0), ("proportional", 0.5), ("priority", 1.0)):
        text = f'\n[[release]]\ncommodity = "dysprosium-terbium"\ncountry = "JPN"\nstock = 500\nrule = "{rule}"\nrate = {rate}'
        helped = played("cut = 1.0" + text, "dysprosium-terbium")
        assert helped.kept[:, jpn].mean() > bare.kept[:, jpn].mean(), rule


def test_retaliation_is_played_with_the_measures() -> None:
    """The answer's seller is a restricting country, and what it keeps back is short for the first."""
    text = (
        'name = "both"\nhorizon = 12\n[[measure]]\ncommodities = ["gallium"]\nfrom = ["CHN"]\nto = ["JPN"]\ncut = 1.0\n'
        '[[retaliation]]\ncommodities = ["titanium-sponge"]\nfrom = ["JPN"]\nto = ["CHN"]\ncut = 1.0\nstart = 2\n'
    )
    made = parse(text)
    assert made.restrictors == ("CHN", "JPN")
    both = stress(made, coalition="USA", draws=2)
    assert {r["commodity"] for r in both.sheet("summary").records()} == {"gallium", "titanium-sponge"}
    assert {r["member"] for r in both.sheet("costs").records()} == {"USA", "CHN", "JPN", "others"}


def test_each_kind_of_measure_bites() -> None:
    """months §5, §7: cut, quota, licence and stop each leave members short, the licence most in its silence."""
    lost = {}
    for kind, body in {
        "cut": "cut = 0.8", "quota": 'kind = "quota"\nquota = 20', "licence": 'kind = "licence"\nthroughput = [0.5, 0.6]',
        "stop": 'kind = "stop"\ncut = 0.5',
    }.items():  # fmt: skip
        run = played(body)
        usa = run.groups.index("USA")
        lost[kind] = np.median(1.0 - run.kept[:, usa], axis=1)
        assert lost[kind].max() > 0.03, kind
    assert lost["licence"][:3].max() > 0


def test_a_quota_above_what_is_shipped_cuts_nothing() -> None:
    """No effect, said and not run; likewise a ban by a country that ships none of it, and stages that hold no flow."""
    for made in (
        cut('kind = "quota"\nquota = 1000000'),
        cut("cut = 1.0", seller="ISL"),
        cut("cut = 1.0\nto = ['ISL']", "chromium"),
    ):
        with pytest.raises(StudyError, match="has no effect"):
            stress(made, draws=1)
    with pytest.raises(StudyError, match="does not touch"):
        stress(cut("cut = 1.0"), commodity=["tin"], draws=1)
    for draws in (0, -1, 10**9):
        with pytest.raises(StudyError, match="draws"):
            stress(cut("cut = 1.0"), draws=draws)


def test_suspended_restrictions_let_go() -> None:
    """months §7: after the silence of one month and a year's suspension the shortage is gone before it comes again."""
    run = stress("october-2025", commodity=["graphite-battery"], draws=8).sheet("months").records()
    short = [float(str(r["shortage"])) for r in run]
    assert max(short[13:17]) > 2 * np.median(short[9:12])
    assert short[0] > 0.01


def test_comparison_sets_two_runs_side_by_side() -> None:
    """A milder scenario beside a harder one: each column is its own run's."""
    hard, mild = cut("cut = 1.0"), cut("cut = 0.3")
    both = stress(hard, draws=4, compare=mild)
    row = both.sheet("compared").records()[0]
    alone = stress(mild, draws=4).sheet("summary").records()[0]
    assert row["shortage_other"] == alone["shortage"] and row["loss_other"] == alone["loss"]
    assert float(str(row["shortage"])) > float(str(row["shortage_other"]))
    assert both.parameters["compared_with"] == "test"


def test_losses_are_pictured_with_their_sources() -> None:
    """Platforms: mass per unit of the catalogue; figures for all rare earths take the sum of the three groups."""
    said = stress(cut("cut = 1.0", "rare-earths"), draws=1)
    rows = said.sheet("platforms").records()
    lost = {str(r["commodity"]): float(str(r["use_lost"])) for r in said.sheet("summary").records()}
    assert len(lost) == 3
    jets = next(r for r in rows if r["platform"] == "F-35" and r["kg"] is not None)
    assert jets["commodity"] == "rare-earths" and jets["source"]
    assert jets["tonnes"] == pytest.approx(sum(lost.values()))
    known = next(w for w in worth("rare-earths", sum(lost.values())) if w.platform == "F-35")
    assert jets["units"] == pytest.approx(known.best)
    assert float(str(jets["units_low"])) <= float(str(jets["units"])) <= float(str(jets["units_high"]))
    cars = next(r for r in rows if r["commodity"] == "neodymium-praseodymium" and r["units"])
    assert cars["units"] == pytest.approx(1000 * lost["neodymium-praseodymium"] / float(str(cars["kg"])))
    assert any(r["units"] is None and "no figure is published" in str(r["note"]) for r in rows)


def test_the_finding_is_the_numbers(answer: Answer) -> None:
    """The sentence names the worst commodity with its shortage, the price and who pays most."""
    top = answer.sheet("summary").records()[0]
    assert f"{float(str(top['shortage'])):.0%} short of {str(top['name']).lower()}" in answer.finding
    costs = [r for r in answer.sheet("costs").records() if r["role"] == "coalition"]
    payer = min(costs, key=lambda r: float(str(r["net"])))
    assert names.label(str(payer["member"])) in answer.finding
    assert "China" in answer.finding


def test_small_reductions_by_hand() -> None:
    """Quantiles, bands with the discrepancy (months §8), first short month, worst year, means by use."""
    assert quantiles(np.array([np.nan, 1.0, 3.0])) == pytest.approx((1.1, 2.0, 2.9))
    assert quantiles(np.array([np.nan])) == (None, None, None)
    low, middle, high = price_band(np.full(9, 2.0), inside=False)
    assert middle == 2.0
    assert (low, high) == pytest.approx((2 * np.exp(-1.645 * 0.3), 2 * np.exp(1.645 * 0.3)), rel=1e-3)
    kept = np.array([[1.0, 1.0, 1.0], [0.9, 0.99, 0.9], [0.9, 0.9, 1.0]])
    assert first_short(kept) == 1.0
    assert first_short(np.ones((3, 3))) is None
    assert worst_year(np.full((24, 1), 0.5)) == 0.5
    assert worst_year(np.full((6, 1), 0.5)) == 0.25
    run = played("cut = 1.0", draws=2, horizon=3)
    data = InMemory((run,))
    mean = together(data, "price", ("USA", "JPN"))
    use = [run.use[run.groups.index(g)] for g in ("USA", "JPN")]
    by_hand = sum(
        u * run.price[:, run.groups.index(g)] for u, g in zip(use, ("USA", "JPN"), strict=True)
    ) / sum(use)
    assert mean == pytest.approx(by_hand)
