"""The market solver beside general ones, on the same markets, over countries and stages.

    python benchmarks/market_solver.py            # everything, about ten minutes on two cores
    python benchmarks/market_solver.py --quick    # a smoke run of seconds

Every market has a binding quota and capacities. Ours is timed in three ways: per scenario in a batch from
the baseline, as one call from Python on a prepared market, and the structure alone. SciPy's methods are
given the function and its gradient in vectorised NumPy (`root+H`: our compiled gradient and Hessian, which
makes it our own Newton without its safeguards, outside the comparison); CVXPY is given a vectorised
programme, and its own time is told apart from Clarabel's. A peer counts only where it reaches the stated
imbalance, Clarabel, whose tolerance is on the gap, where its log prices are within 1e-4 of ours. The ratios
are between medians over seeds.
"""

import argparse
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import cvxpy as cp
import numpy as np
from scipy.optimize import Bounds, minimize, root

from oresight.market import hessian, kernels, workspace
from oresight.market.certificate import potential
from oresight.market.clearing import solve, solve_batch
from oresight.market.records import Market
from oresight.market.structure import Prepared, parameters_of
from oresight.market.synthetic import chain, with_quota, world

ACCURACY = 1e-6
"""Greatest relative imbalance at which a peer's answer counts; ours always reaches 1e-8."""

CHOKE_FAR = 1e6
"""Choke multiple of the sample markets: out of reach, because CVXPY cannot write the bend of demand."""

PEER_SECONDS_MAX = 20.0
"""A peer that took longer than this at one size is not asked for the next."""


PEERS = ("cvxpy", "L-BFGS-B", "trust-constr", "root", "root+H")


@dataclass(frozen=True)
class Timing:
    """One solver on one market."""

    seconds: float
    residual: float


def sample(countries: int, stages: int, seed: int) -> Market:
    """A chain with a binding export quota and a third of its makers near their capacity."""
    market = with_quota(chain(countries, stages, seed=seed), 0.3, 0.1, 0.3)
    rng = np.random.default_rng(seed)
    near = rng.random(market.activity_level.size) < 0.33
    roof = market.activity_level * rng.uniform(0.95, 1.1, near.size)
    return replace(
        market, capacity_max=np.where(near, roof, np.inf), choke=np.full(market.choke.shape, CHOKE_FAR)
    )


def clock(act: Callable[[], Any], repeat: int) -> float:
    """Median seconds of an act."""
    spent = []
    for _ in range(repeat):
        start = time.perf_counter()
        act()
        spent.append(time.perf_counter() - start)
    return median(spent)


class Compiled:
    """Our gradient and Hessian of one market as SciPy wants them."""

    def __init__(self, market: Market) -> None:
        self.market = market
        found, _ = next(iter(Prepared(market).patterns(parameters_of(market))))
        (part,) = found.components
        self.st = part.structure
        self.row = kernels.row_of(part.rows(parameters_of(market), market, None), 0)
        self.nodes, self.quotas = part.node.size, part.quota.size
        self.work = workspace.new_workspace(self.st)
        self.now = self.work.now
        kernels.set_factors(self.st, self.row, self.now)
        self.scale = np.concatenate([self.st.node_scale, self.st.quota_scale])
        self.unit = float(self.st.node_scale.sum())
        count = part.activity.size
        self.maker = np.repeat(np.arange(count), np.diff(self.st.output_start))
        self.eater = np.repeat(np.arange(count), np.diff(self.st.input_start))
        with np.errstate(divide="ignore"):
            self.edge = np.log(self.row.capacity / self.row.level) / self.row.elasticity

    def residual(self, z: Any) -> float:
        """Greatest relative imbalance at z."""
        inside = z.copy()
        inside[self.nodes :] = np.where(inside[self.nodes :] < 1e-9, 0.0, inside[self.nodes :])
        return float(kernels.evaluate(self.st, self.row, inside, self.now))

    def gradient(self, z: Any) -> Any:
        """Psi' over world sales, so that its size is about 1."""
        kernels.evaluate(self.st, self.row, np.ascontiguousarray(z), self.now)
        return self.now.gradient / self.unit

    def hessian(self, z: Any) -> Any:
        """Psi'' over world sales."""
        kernels.evaluate(self.st, self.row, np.ascontiguousarray(z), self.now)
        q, w = self.quotas, self.work
        hessian.hessian_nodes(self.st, self.row, w)
        hessian.hessian_quotas(self.st, self.row, z, w, q)
        full = np.tril(w.h) + np.tril(w.h, -1).T
        return np.block([[full, w.cross.T], [w.cross, w.own]]) / self.unit

    def plain(self, z: Any) -> tuple[float, Any]:
        """Psi and Psi' over world sales in vectorised NumPy, as one would write them for SciPy."""
        st, row, n = self.st, self.row, self.nodes
        theta = row.theta[st.pool_product]
        cost = z[:n][st.link_node]
        cost[st.quota_link] += z[n]
        power = row.weight * np.exp(-theta[st.link_pool] * cost)
        total = np.add.reduceat(power, st.pool_start[:-1])
        p, share = -np.log(total) / theta, power / total[st.link_pool]
        below, over = np.minimum(p[:, None], row.choke_log), np.maximum(p[:, None] - row.choke_log, 0.0)
        e = row.demand_elasticity
        near = row.demand * np.exp(-e * below)
        bought = (near * np.exp(-4 * over)).sum(axis=1)
        psi = (near / e + near / 4 * np.expm1(-4 * over)).sum()
        k, v = row.elasticity, row.level
        u = np.bincount(self.maker, st.output_share * z[st.output_node], k.size)
        u -= np.bincount(self.eater, st.input_share * p[st.input_pool], k.size)
        held = np.minimum(u, self.edge)
        made = v * np.exp(k * held)
        psi += (made / k + made * (u - held)).sum()
        bought += np.bincount(st.input_pool, st.input_share * made[self.eater], bought.size)
        flow = share * bought[st.link_pool]
        g = np.empty(z.size)
        g[:n] = np.bincount(st.output_node, st.output_share * made[self.maker], n)
        g[:n] -= np.bincount(st.link_node, flow, n)
        leak = row.quota_leak * np.exp(row.quota_leak_elasticity * z[n:])
        g[n:] = row.quota_cap + leak - flow[st.quota_link].sum()
        psi += (row.quota_cap * z[n:] + leak / row.quota_leak_elasticity).sum()
        return float(psi / self.unit), g / self.unit


def by_scipy(market: Market, method: str) -> Timing:
    """L-BFGS-B, trust-constr or root (hybr) with a NumPy gradient; `root+H` has our compiled derivatives."""
    c = Compiled(market)
    start = np.zeros(c.nodes + c.quotas)
    low = np.concatenate([np.full(c.nodes, -np.inf), np.zeros(c.quotas)])
    begin = time.perf_counter()
    if method.startswith("root"):

        def conditions(z: Any) -> Any:
            psi_slope = c.gradient(z) if method == "root+H" else c.plain(z)[1]
            g = psi_slope * c.unit / c.scale
            g[c.nodes :] = np.minimum(g[c.nodes :], z[c.nodes :])
            return g

        def jacobian(z: Any) -> Any:
            g = c.gradient(z) * c.unit / c.scale
            j = c.hessian(z) * c.unit / c.scale[:, None]
            for q in range(c.nodes, z.size):
                if z[q] < g[q]:
                    j[q] = 0.0
                    j[q, q] = 1.0
            return j

        given = jacobian if method == "root+H" else None
        answer = root(conditions, start, jac=given, method="hybr", options={"xtol": 1e-12})
    elif method == "L-BFGS-B":
        answer = minimize(
            c.plain, start, jac=True, method=method, bounds=Bounds(low, np.inf),
            options={"maxiter": 20000, "maxfun": 40000, "ftol": 1e-16, "gtol": 1e-11, "maxcor": 30},
        )  # fmt: skip
    else:
        answer = minimize(
            c.plain, start, jac=True, method="trust-constr", bounds=Bounds(low, np.inf),
            options={"maxiter": 1000, "gtol": 1e-11, "xtol": 1e-14},
        )  # fmt: skip
    return Timing(time.perf_counter() - begin, c.residual(np.ascontiguousarray(answer.x)))


def by_clarabel(market: Market) -> tuple[Timing, float]:
    """CVXPY with Clarabel: all of it (the residual is its error in log price), and Clarabel's own seconds."""
    m = market
    begin = time.perf_counter()
    x, r = cp.Variable(m.node_product.size), cp.Variable(m.activity_level.size, nonneg=True)
    y = cp.Variable(len(m.quota_name), nonneg=True)
    prices, first = [], 0
    for at, product in enumerate(m.products):
        pools, nodes = np.flatnonzero(m.pool_product == at), np.flatnonzero(m.node_product == at)
        links = np.flatnonzero(m.node_product[m.link_node] == at)
        log_weight = np.full((pools.size, nodes.size), -60.0)
        bound = np.zeros((pools.size, nodes.size))
        log_weight[m.link_pool[links] - pools[0], m.link_node[links] - nodes[0]] = np.log(
            m.link_weight[links]
        )
        held = m.quota_link[np.isin(m.quota_link, links)]
        bound[m.link_pool[held] - pools[0], m.link_node[held] - nodes[0]] = 1.0
        cost = np.ones((pools.size, 1)) @ cp.reshape(x[nodes], (1, nodes.size), order="C")
        if held.size:
            cost = cost + bound * y[0]
        prices.append(-cp.log_sum_exp(log_weight - product.theta * cost, axis=1) / product.theta)
        first += pools.size
    log_price = cp.hstack(prices)
    a = m.activity_level.size
    out, into = np.zeros((a, m.node_product.size)), np.zeros((a, m.pool_product.size))
    out[np.repeat(np.arange(a), np.diff(m.output_start)), m.output_node] = m.output_share
    into[np.repeat(np.arange(a), np.diff(m.input_start)), m.input_pool] = m.input_share
    k = m.activity_elasticity
    unit = m.node_baseline.sum()
    capped = np.isfinite(m.capacity_max)
    rents = cp.multiply(capped.astype(float), r)
    psi = cp.sum(
        cp.multiply(m.activity_level / k / unit, cp.exp(cp.multiply(k, out @ x - into @ log_price - rents)))
    )
    psi += cp.sum(cp.multiply(np.where(capped, m.capacity_max, 1.0) / unit, r))
    for use in range(m.demand_baseline.shape[1]):
        e = m.demand_elasticity[:, use]
        psi += cp.sum(cp.multiply(m.demand_baseline[:, use] / e / unit, cp.exp(cp.multiply(-e, log_price))))
    e = m.quota_leak_elasticity
    psi += cp.sum(cp.multiply(m.quota_cap / unit, y))
    psi += cp.sum(cp.multiply(m.quota_leak * m.quota_baseline / e / unit, cp.exp(cp.multiply(e, y))))
    problem = cp.Problem(cp.Minimize(psi))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            problem.solve(solver=cp.CLARABEL, tol_gap_rel=1e-10, tol_gap_abs=1e-10, tol_feas=1e-9)
        except cp.error.SolverError:
            return Timing(time.perf_counter() - begin, float("inf")), float("nan")
    spent = time.perf_counter() - begin
    if x.value is None:
        return Timing(spent, float("inf")), float("nan")
    off = np.abs(x.value - np.log(solve(market).node_price)).max()
    return Timing(spent, float(off)), float(problem.solver_stats.solve_time)


def ours(market: Market, scenarios: int, repeat: int) -> tuple[float, float, float, float]:
    """Seconds per scenario in a batch, of one call, of the structure; median iterations."""
    prepared = Prepared(market)
    rng = np.random.default_rng(0)
    base = parameters_of(market)
    varied = replace(
        base,
        quota_cap=market.quota_baseline * rng.uniform(0.1, 0.7, (scenarios, 1)),
        activity_level=base.activity_level * rng.uniform(0.9, 1.1, (scenarios, base.activity_level.shape[1])),
    )
    batch = solve_batch(prepared, varied)
    per = clock(lambda: solve_batch(prepared, varied), repeat) / scenarios
    call = clock(lambda: solve_batch(prepared), 5 * repeat)

    def structure() -> None:
        list(Prepared(market).patterns(base))

    return per, call, clock(structure, repeat), float(np.median(batch.iterations))


def line(cells: Sequence[str]) -> str:
    """One row of the printed table."""
    return " ".join(f"{c:>12}" for c in cells)


def sweep(sizes: Sequence[int], stages: Sequence[int], seeds: int, scenarios: int) -> list[dict[str, float]]:
    """Every size and stage with every solver; prints as it goes and returns the medians."""
    heads = "stages countries ours_batch ours_call structure iterations clarabel cvxpy L-BFGS-B trust-constr root root+H"
    print(line(heads.split()), "(milliseconds; peers only where the imbalance is <= 1e-6)")
    solve(sample(4, 1, 0))
    rows = []
    for stage in stages:
        too_slow: set[str] = set()
        for size in sizes:
            mine = [ours(sample(size, stage, s), max(scenarios // stage**2, 4), 5) for s in range(seeds)]
            row: dict[str, float] = {"stages": stage, "countries": size}
            for at, name in enumerate(("ours_batch", "ours_call", "structure", "iterations")):
                row[name] = median(m[at] for m in mine)
            for name in ("clarabel", *PEERS):
                row[name] = float("nan")
            for name in PEERS:
                if name in too_slow:
                    continue
                spent, inner, reached = [], [], []
                for seed in range(seeds):
                    market = sample(size, stage, seed)
                    if name == "cvxpy":
                        timing, own = by_clarabel(market)
                        inner.append(own)
                    else:
                        timing = by_scipy(market, name)
                    spent.append(timing.seconds)
                    reached.append(timing.residual <= (1e-4 if name == "cvxpy" else ACCURACY))
                    if timing.seconds > PEER_SECONDS_MAX:
                        too_slow.add(name)
                        break
                if all(reached):
                    row[name] = median(spent)
                    if inner:
                        row["clarabel"] = median(inner)
            rows.append(row)
            numbers = [f"{row[n] * 1e3:.3g}" for n in ("ours_batch", "ours_call", "structure")]
            peers = [f"{row[n] * 1e3:.4g}" for n in ("clarabel", *PEERS)]
            print(line([str(stage), str(size), *numbers, f"{row['iterations']:.0f}", *peers]), flush=True)
    return rows


def ratios(rows: list[dict[str, float]]) -> None:
    """How many times longer the peers take than one call of ours, and than one scenario in a batch."""
    print("\nratios to one call / to one scenario in a batch")
    for row in rows:
        best = np.nanmin([row["L-BFGS-B"], row["trust-constr"], row["root"], np.inf])
        parts = [f"{int(row['stages'])} x {int(row['countries'])}:"]
        for name, value in (
            ("CVXPY+Clarabel", row["cvxpy"]),
            ("Clarabel alone", row["clarabel"]),
            ("best SciPy", best),
            ("root with our Hessian", row["root+H"]),
        ):
            if np.isfinite(value):
                parts.append(f"{name} {value / row['ours_call']:.0f} / {value / row['ours_batch']:.0f}")
            else:
                parts.append(f"{name} did not get there")
        print("  ".join(parts))


def whole_world(quick: bool) -> None:
    """All commodities at once, with a quota on every third product."""
    market = world(4, 12) if quick else world()
    for product in range(0, len(market.products), 3):
        market = with_quota(market, 0.3, 0.1, 0.3, product)
    prepared = Prepared(market)
    c = solve(prepared)
    spent = clock(lambda: solve(prepared), 5)
    print(
        f"\nwhole world: {len(market.products)} products, {market.node_product.size} producers, "
        f"{market.link_node.size} links, {len(market.quota_name)} quotas: {spent * 1e3:.1f} ms "
        f"({clock(lambda: solve(market), 3) * 1e3:.1f} ms with its structure), {c.iterations} iterations, "
        f"Psi = {potential(market, np.log(c.node_price), c.quota_rent):.6g}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the whole comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args(arguments).quick
    rows = sweep((4, 6), (1, 2), 1, 8) if quick else sweep((10, 25, 60, 120, 200), (1, 2, 3), 3, 1000)
    ratios(rows)
    whole_world(quick)


if __name__ == "__main__":
    main()
