"""Synthetic markets of any size, well-formed and balanced: for benchmarks, proofs and trying the model out.

Nothing here is data: flows, prices and elasticities are random within the declared ranges.
"""

from dataclasses import replace

import numpy as np

from oresight.market.calibration import Feed, ProductNetwork, market_from_network
from oresight.market.records import Floats, Market

STAGES = ("mine", "refine", "component")


def chain(
    countries: int,
    stages: int = 1,
    seed: int = 0,
    uses: int = 3,
    theta: float = 5.0,
    prior_weight: float = 0.01,
    supply: tuple[float, float] = (0.05, 0.3),
    demand: tuple[float, float] = (0.1, 0.4),
    commodity: str = "x",
    density: float = 1.0,
) -> Market:
    """A commodity through `stages` stages among that many countries, flows over orders of magnitude."""
    networks = chain_networks(
        countries, stages, seed, uses, theta, prior_weight, supply, demand, commodity, density
    )
    return market_from_network(labels(countries), [f"u{i}" for i in range(uses)], networks, list(range(uses)))


def labels(countries: int) -> list[str]:
    """Three-letter labels."""
    return [f"C{i:02d}" for i in range(countries)]


def chain_networks(
    countries: int,
    stages: int,
    seed: int,
    uses: int,
    theta: float,
    prior_weight: float,
    supply: tuple[float, float],
    demand: tuple[float, float],
    commodity: str,
    density: float = 1.0,
    producers: int | None = None,
) -> list[ProductNetwork]:
    """The networks of `chain`, last stage last; `producers` is how many countries make each product."""
    rng = np.random.default_rng(seed)
    n, recovery = countries, 0.8
    nets: list[ProductNetwork] = []
    use: Floats = np.zeros(n)
    for s in reversed(range(stages)):
        bought = (
            rng.lognormal(0, 1.0, n) if s == stages - 1 else use + 0.05 * use.mean() * rng.lognormal(0, 1, n)
        )
        pull = rng.lognormal(0, 1.5, n)[:, None] * rng.lognormal(0, 1.0, (n, n))
        if producers is not None:
            pull[rng.permutation(n)[producers:]] = 0.0
        if density < 1:
            pull *= rng.random((n, n)) < density
            pull[np.arange(n), np.arange(n)] += 0.01
        flow = pull / pull.sum(axis=0) * bought
        feeds = (Feed(commodity, STAGES[s - 1], recovery),) if s > 0 else ()
        net = ProductNetwork(
            commodity,
            STAGES[s],
            1000.0 * 3.0**s,
            2023,
            flow,
            np.full(uses, 1 / uses),
            demand_elasticity=rng.uniform(*demand, uses),
            choke=rng.uniform(8, 30, uses),
            supply_elasticity=rng.uniform(*supply, n),
            theta=theta,
            prior_weight=prior_weight,
            feeds=feeds,
        )
        nets.insert(0, net)
        use = net.production / recovery
    return nets


def with_quota(
    market: Market, share: float, leak: float = 0.0, leak_elasticity: float = 0.0, product: int = -1
) -> Market:
    """A cap of that share of baseline on the exports of the largest producer of a product."""
    at = product % len(market.products)
    nodes = np.flatnonzero(market.node_product == at)
    big = nodes[np.argmax(market.node_baseline[nodes])]
    out = (market.link_node == big) & (market.pool_country[market.link_pool] != market.node_country[big])
    links = np.flatnonzero(out)
    baseline = market.link_baseline[links].sum()
    return replace(
        market,
        quota_name=(*market.quota_name, f"q{len(market.quota_name)}"),
        quota_cap=np.append(market.quota_cap, share * baseline),
        quota_baseline=np.append(market.quota_baseline, baseline),
        quota_leak=np.append(market.quota_leak, leak),
        quota_leak_elasticity=np.append(market.quota_leak_elasticity, leak_elasticity),
        quota_start=np.append(market.quota_start, market.quota_start[-1] + links.size),
        quota_link=np.append(market.quota_link, links),
    )


def world(commodities: int = 35, countries: int = 60, seed: int = 0) -> Market:
    """Many commodities at once, two or three stages each, 8-25 producers, every fourth a by-product.

    By-products are made where their host is refined (market §4), so the market falls into fewer parts than
    it has commodities.
    """
    rng = np.random.default_rng(seed)
    nets: list[ProductNetwork] = []
    for at in range(commodities):
        name, makers = f"m{at}", int(rng.integers(8, 26))
        stages = 1 if at % 4 == 3 else int(rng.integers(2, 4))
        new = chain_networks(
            countries, stages, seed * 1000 + at, 3, 5.0, 0.01, (0.05, 0.3), (0.1, 0.4), name, 1.0, makers
        )
        if at % 4 == 3:
            host = next(n for n in reversed(nets) if n.stage == "refine" and n.host is None)
            only = replace(new[0], stage="refine", host=(host.commodity, "refine"))
            flow = only.flow * 1e-3 * (host.production > 0)[:, None]
            if flow.sum() == 0:
                flow = only.flow * 1e-3
            new = [replace(only, flow=flow)]
        nets += new
    return market_from_network(labels(countries), [f"u{i}" for i in range(3)], nets)
