"""plan §2 once more in readable algebra (linopy), with the same optimum as the arrays handed to HiGHS."""

import importlib.util
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from oresight.plan.floors import annuity
from oresight.plan.nodes import nodes_of
from oresight.plan.programme import cheapest_plan, undisturbed_cost
from oresight.plan.records import SUPPLIER, Case

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import linopy

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("plan_instances", ROOT / "benchmarks" / "plan_instances.py")
instances = importlib.util.module_from_spec(spec)
spec.loader.exec_module(instances)


def total(terms: list) -> linopy.LinearExpression:
    """Sum of many terms at once; adding one by one copies the sum each time."""
    return linopy.merge([1.0 * x for x in terms], cls=linopy.LinearExpression)


def readable(case: Case) -> float:
    """Optimum in USD, written rule by rule with one constraint per line of the model."""
    m = linopy.Model()
    nodes, Y = nodes_of(case), range(len(case.axes.years))
    N, t, d = range(nodes.year.size), case.terms, case.discount
    s, j, b, k, sub = case.supplies, case.projects, case.buyers, case.stockpiles, case.substitutions
    S, J, B, K = range(len(s.name)), range(len(j.name)), range(len(b.name)), range(k.product.size)
    P, R = range(len(case.products.name)), range(len(sub.name))
    price = case.products.price
    base = undisturbed_cost(case) * 1e6
    million = 1e-6
    aimed = case.demand_share() @ case.kinds.target.T

    def var(name: str, low: float = 0.0, up: float = np.inf, integer: bool = False) -> linopy.Variable:
        if integer:
            v = m.add_variables(lower=0, upper=up, integer=True, name=name)
        else:
            v = m.add_variables(lower=low, upper=up, name=name)
        return v

    build = {}
    for p in J:
        for y in Y:
            if y >= j.earliest[p] and y + j.lead_time[p] < len(Y):
                build[p, y] = var(f"build{p},{y}", up=j.open[p], integer=bool(j.whole[p]))
    objective, running = [], {n: [] for n in N}
    output = {}
    need_balance = {(q, n): [] for q in P for n in N}

    def taken(plant: int, n: int, tonnes: list) -> None:
        """Feed and by-products of a plant's output, given as terms."""
        rows = [f for f in range(case.feeds.plant.size) if case.feeds.plant[f] == plant]
        for label in {int(case.feeds.need[f]) for f in rows}:
            choice = [f for f in rows if case.feeds.need[f] == label]
            takes = [var(f"feed{f},{n}") for f in choice]
            m.add_constraints(
                sum((1.0 / case.feeds.per_tonne[f]) * v for f, v in zip(choice, takes, strict=True))
                - sum(tonnes)
                == 0
            )
            for f, v in zip(choice, takes, strict=True):
                need_balance[int(case.feeds.product[f]), n].append(-1.0 * v)
        for c in range(case.co_products.plant.size):
            if case.co_products.plant[c] == plant:
                need_balance[int(case.co_products.product[c]), n].extend(
                    [float(case.co_products.per_tonne[c]) * x for x in tonnes]
                )

    for n in N:
        y, kind, length = int(nodes.year[n]), int(nodes.kind[n]), float(nodes.length[n])
        for i in S:
            up, cost = s.capacity[i, y] * length, s.cost[i, y]
            if kind >= 0:
                cost = cost * s.crisis_cost[i, kind]
                if s.owner[i] == SUPPLIER:
                    cut = case.kinds.stage_cut[kind, case.products.stage[s.product[i]]]
                    up *= 1 - cut * aimed[s.product[i], kind] * (1 - case.kinds.leak[kind])
                else:
                    up *= s.crisis_capacity[i, kind]
            v = var(f"supply{i},{n}", up=up)
            output[i, n] = [1.0 * v]
            need_balance[int(s.product[i]), n].append(1.0 * v)
            running[n].append(cost * million * v)
            taken(i, n, output[i, n])
        for p in J:
            ready = []
            for decided in Y:
                age = y - j.lead_time[p] - decided
                if (p, decided) in build and age >= 0:
                    ramp = j.ramp[p, age] if age < j.ramp.shape[1] else 1.0
                    ready.append((float(ramp), build[p, decided]))
            if not ready:
                continue
            full = j.capacity[p] * length
            v = var(f"run{p},{n}")
            m.add_constraints(1.0 * v - sum(full * a * x for a, x in ready) <= 0)
            if kind < 0:
                m.add_constraints(1.0 * v - sum(t.run_min * full * a * x for a, x in ready) >= 0)
            output[len(S) + p, n] = [1.0 * v]
            need_balance[int(j.product[p]), n].append(1.0 * v)
            running[n].append(j.operating_cost[p] * million * v)
            taken(len(S) + p, n, output[len(S) + p, n])
    for p in J:
        decisions = [1.0 * v for (q, _), v in build.items() if q == p]
        if decisions:
            m.add_constraints(sum(decisions) <= j.open[p])
        for y in Y:
            if (p, y) in build:
                first = y + j.lead_time[p]
                paid = sum(d[z] for z in Y if first <= z < first + j.life[p])
                each = j.capital_cost[p] * annuity(float(j.capital_rate[p]), int(j.life[p]))
                objective.append(each * paid * million * build[p, y])

    # demand, substitution
    replaced = {}
    for r in R:
        buyer = int(sub.buyer[r])
        each = (
            sub.capital_cost[r] * annuity(float(sub.capital_rate[r]), int(sub.life[r]))
            + sub.operating_cost[r]
        )
        for y in Y:
            replaced[r, y] = var(f"sub{r},{y}", up=sub.share_max[r, y] * b.demand[buyer, y])
            objective.append(each * d[y] * million * replaced[r, y])
            if y and sub.share_max[r, y - 1] > 0:
                m.add_constraints(replaced[r, y] - replaced[r, y - 1] >= 0)
    unserved = {}
    for n in N:
        y, length = int(nodes.year[n]), float(nodes.length[n])
        for i in B:
            v = var(f"unserved{i},{n}")
            unserved[i, n] = v
            own = [length * replaced[r, y] for r in R if sub.buyer[r] == i]
            m.add_constraints(sum([1.0 * v, *own]) <= b.demand[i, y] * length)
            need_balance[int(b.product[i]), n].extend([1.0 * v, *own])
            running[n].append(b.value[i] * million * v)

    # stock
    bought, held = {}, {}
    for q in K:
        product = int(k.product[q])
        for y in Y:
            held[q, y] = var(f"held{q},{y}")
            release = var(f"release{q},{y}")
            terms = [1.0 * held[q, y], 1.0 * release]
            for step in range(k.step_multiple.size):
                v = var(f"bought{q},{step},{y}", up=k.step_bound[q, step, y])
                bought[q, step, y] = v
                terms.append(-1.0 * v)
                objective.append(price[product, y] * k.step_multiple[step] * d[y] * million * v)
            opening = (1 - k.loss[q]) * k.initial[q] if y == 0 else 0.0
            if y:
                terms.append(-(1 - k.loss[q]) * held[q, y - 1])
            m.add_constraints(total(terms) == opening)
            need_balance[product, y].append(1.0 * release)
            final = k.salvage[q] if y == len(Y) - 1 else 0.0
            objective.append((k.carrying[q] - final) * price[product, y] * d[y] * million * held[q, y])
        for cut in range(nodes.cut_start.size):
            mine = [n for n in N if nodes.cut[n] == cut]
            draws = []
            covers = []
            for n in mine:
                v, w = var(f"draw{q},{n}"), var(f"cover{q},{n}")
                draws.append(1.0 * v)
                covers.append(1.0 * w)
                need_balance[product, n].extend([1.0 * v, 1.0 * w])
                running[n].append(price[product, nodes.year[n]] * k.restock_multiple[q] * million * v)
                running[n].append(price[product, nodes.year[n]] * million * w)
            start = int(nodes.cut_start[cut])
            if start:
                m.add_constraints(sum(draws) - held[q, start - 1] <= 0)
            else:
                m.add_constraints(sum(draws) <= k.initial[q])
            m.add_constraints(sum(covers) <= k.private_cover[q])

    for q in P:
        for n in N:
            wanted = sum(b.demand[i, nodes.year[n]] * nodes.length[n] for i in B if b.product[i] == q)
            if need_balance[q, n]:
                m.add_constraints(total(need_balance[q, n]) >= wanted)
    for i in range(len(case.limits.name)):
        rows = np.flatnonzero(case.limits.limit == i)
        for n in N:
            terms = [
                case.limits.weight[e] * x
                for e in rows
                for x in output.get((int(case.limits.plant[e]), n), [])
            ]
            if terms:
                m.add_constraints(total(terms) <= case.limits.bound[i, nodes.year[n]] * nodes.length[n])
    for y in Y:
        if np.isfinite(t.budget[y].sum()):
            terms = []
            for p in J:
                months = max(int(j.lead_time[p]), 1)
                for z in Y:
                    if (p, z) in build and z <= y < z + months:
                        terms.append(j.capital_cost[p] * j.public_share[p] / months * million * build[p, z])
            for q in K:
                for step in range(k.step_multiple.size):
                    terms.append(
                        price[k.product[q], y] * k.step_multiple[step] * million * bought[q, step, y]
                    )
            m.add_constraints(total(terms) <= t.budget[y].sum() * million)
    for c in range(len(case.share_caps.name)):
        product, most = int(case.share_caps.product[c]), float(case.share_caps.share_max[c])
        for y in Y:
            if y < case.share_caps.from_year[c]:
                continue
            slack = var(f"cap{c},{y}")
            terms = [-1.0 * slack]
            for i in S:
                if s.product[i] == product:
                    terms.extend([((s.owner[i] == SUPPLIER) - most) * x for x in output[i, y]])
            for p in J:
                if j.product[p] == product:
                    terms.extend([-most * x for x in output.get((len(S) + p, y), [])])
            for q in K:
                if k.product[q] == product:
                    terms.append(-most * m.variables[f"release{q},{y}"])
            m.add_constraints(total(terms) <= 0)
            objective.append(case.share_caps.price[c] * price[product, y] * d[y] * million * slack)
    for c in range(len(case.ceilings.name)):
        who = [
            i
            for i in B
            if case.products.commodity[b.product[i]] == case.ceilings.commodity[c]
            and b.priority[i] <= case.ceilings.priority_max[c]
        ]
        for cut in range(nodes.cut_start.size):
            start = int(nodes.cut_start[cut])
            if nodes.cut_kind[cut] != case.ceilings.kind[c] or start < case.ceilings.from_year[c]:
                continue
            mine = [n for n in N if nodes.cut[n] == cut]
            slack = var(f"ceiling{c},{cut}")
            wanted = sum(b.demand[i, nodes.year[n]] * nodes.length[n] for i in who for n in mine)
            m.add_constraints(
                sum(1.0 * unserved[i, n] for i in who for n in mine) - slack
                <= case.ceilings.unserved_max[c] * wanted
            )
            paid = case.ceilings.price[c] * np.mean([b.value[i] for i in who])
            objective.append(paid * d[start] * million * slack)

    constant = 0.0
    for y in Y:
        weight = d[y] * (1 - nodes.overlap[y])
        objective.extend([weight * c for c in running[y]])
        constant -= d[y] * base[y] * million
    for y in set(nodes.cut_start.tolist()):
        cuts = np.flatnonzero(nodes.cut_start == y)
        chance = nodes.cut_probability[cuts]
        edge = var(f"edge{y}", low=-np.inf)
        weight = t.risk_weight * chance.sum() * d[y]
        objective.append(weight * edge)
        for cut, pi in zip(cuts, chance, strict=True):
            over = var(f"over{cut}")
            objective.append(weight * pi / chance.sum() / (1 - t.tail) * over)
            mine = [n for n in N if nodes.cut[n] == cut]
            undisturbed = sum(base[nodes.year[n]] * nodes.length[n] for n in mine) * million
            loss = total([c for n in mine for c in running[n]])
            m.add_constraints(over + edge - loss >= -undisturbed)
            for n in mine:
                objective.extend([float(pi * d[nodes.year[n]]) * c for c in running[n]])
    m.add_objective(total(objective))
    m.solve("highs", io_api="direct", mip_rel_gap=1e-9, output_flag=False)
    return (float(m.objective.value) + constant) * 1e6


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "tail"), [(1, 0.2), (2, 0.8)])
def test_both_forms_have_the_same_optimum(seed: int, tail: float) -> None:
    case = instances.made_case(1, 4, shown=2, extension=1, start_every=2, members=3, budget=0.3, seed=seed)
    case = replace(
        case,
        projects=replace(
            case.projects, lead_time=np.array([1, 1, 2, 0]), earliest=np.zeros(4, dtype=np.int64)
        ),
        terms=replace(case.terms, tail=tail, gap=1e-9),
        stockpiles=replace(
            case.stockpiles,
            initial=np.full(case.stockpiles.product.size, 10.0),
            loss=case.stockpiles.loss + 0.02,
        ),
        ceilings=replace(case.ceilings, from_year=np.array([2])),
        share_caps=replace(case.share_caps, from_year=np.array([2])),
        kinds=replace(case.kinds, months=np.array([12, 18, 6])),
    )
    plan = cheapest_plan(case)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = readable(case)
    assert plan.cost == pytest.approx(other, rel=1e-6)
    assert plan.plan_cost + plan.expected_loss + plan.risk_cost == pytest.approx(plan.cost)
