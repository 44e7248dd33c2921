"""What may happen to a market, each a function market -> market; they compose by being applied in turn.

A ban or quota is a volume cap with a licence rent, not a change of taste: weights of open links stay. Every
shock speaks in the reader's units (tonnes, USD, shares) and names what it does not find.

>>> from oresight.market.clearing import solve
>>> from oresight.market.synthetic import chain
>>> market = chain(6, seed=1)
>>> halved = quota(market, ["C00"], None, market.products[0].name, share=0.5)
>>> bool(solve(halved).quota_rent[0] > 0)
True
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from oresight.core.errors import StudyError, unknown_name
from oresight.market.records import Basket, Floats, Ints, Market

Names = str | Sequence[str] | None


def _products(market: Market, names: Names) -> list[int]:
    known = [p.name for p in market.products]
    chosen = known if names is None else [names] if isinstance(names, str) else list(names)
    for name in chosen:
        if name not in known:
            raise unknown_name("product", name, known)
    return [known.index(name) for name in chosen]


def _share(value: float, what: str, most: float = 1.0) -> float:
    if not 0 <= value <= most:
        raise StudyError(f"{what} {value} is outside 0..{most:g}", f"give {what} as a share", {what: value})
    return float(value)


def _links(
    market: Market,
    suppliers: Sequence[str] | None,
    buyers: Sequence[str] | None,
    products: Names,
    spare_home: bool = True,
) -> Ints:
    links = market.links_between(_products(market, products), suppliers, buyers)
    if spare_home:
        home = market.node_country[market.link_node[links]] == market.pool_country[market.link_pool[links]]
        links = links[~home]
    return links


def _with_quota(market: Market, name: str, links: Ints, cap: float, leak: float, elasticity: float) -> Market:
    return replace(
        market,
        quota_name=(*market.quota_name, name),
        quota_cap=np.append(market.quota_cap, cap),
        quota_baseline=np.append(market.quota_baseline, market.link_baseline[links].sum()),
        quota_leak=np.append(market.quota_leak, leak),
        quota_leak_elasticity=np.append(market.quota_leak_elasticity, elasticity),
        quota_start=np.append(market.quota_start, market.quota_start[-1] + links.size),
        quota_link=np.append(market.quota_link, links),
    )


def ban(
    market: Market,
    suppliers: Sequence[str],
    buyers: Sequence[str] | None,
    products: Names = None,
    leak: float = 0.0,
    leak_elasticity: float = 0.0,
) -> Market:
    """No sales from suppliers to buyers (None: to everyone abroad), but for what leaks.      market §1, §7

    Without a leak the links close. With one it is a quota of cap 0 whose leak is
    `leak F0 e^(leak_elasticity y)`, one quota per product.

    Args:
        products: Product names "commodity:stage"; None for all.
        leak: Share of the baseline flow that leaves all the same [1].
    """
    if leak > 0:
        return quota(market, suppliers, buyers, products, 0.0, leak=leak, leak_elasticity=leak_elasticity)
    weight = market.link_weight.copy()
    weight[_links(market, suppliers, buyers, products)] = 0.0
    return replace(market, link_weight=weight)


def quota(
    market: Market,
    suppliers: Sequence[str],
    buyers: Sequence[str] | None,
    products: Names = None,
    share: float | None = None,
    tonnes: float | None = None,
    leak: float = 0.0,
    leak_elasticity: float = 0.0,
    name: str = "",
) -> Market:
    """A cap on what suppliers may send to buyers, with a licence rent y >= 0 of its own per product. market §1

    Args:
        share: Cap as a share of the baseline flow [1]; or
        tonnes: Cap of each product [t/yr].
        leak: Share of the baseline flow beyond the cap at no rent [1]; it grows as e^(leak_elasticity y).
    """
    if (share is None) == (tonnes is None):
        raise StudyError("a quota needs either a share or tonnes", "give exactly one of them")
    for product in _products(market, products):
        label = market.products[product].name
        links = _links(market, suppliers, buyers, label)
        if links.size == 0:
            continue
        baseline = market.link_baseline[links].sum()
        if tonnes is not None:
            cap = tonnes * market.products[product].unit_value
        else:
            cap = _share(share if share is not None else 0.0, "share", np.inf) * baseline
        title = f"{name or 'quota'} {label} from {'+'.join(suppliers)}"
        market = _with_quota(market, title, links, cap, _share(leak, "leak"), leak_elasticity)
    return market


def basket_quota(
    market: Market,
    suppliers: Sequence[str],
    buyers: Sequence[str] | None,
    products: Names,
    share: float | None = None,
    tonnes: float | None = None,
    leak: float = 0.0,
    leak_elasticity: float = 0.0,
    name: str = "basket",
) -> Market:
    """One tonnage cap on several products with one additive rent in USD/t.                      months §4"""
    if (share is None) == (tonnes is None):
        raise StudyError("a basket needs either a share or tonnes", "give exactly one of them")
    links = _links(market, suppliers, buyers, products)
    if links.size == 0:
        return market
    baseline = float(
        (market.link_baseline[links] / market.unit_value[market.node_product[market.link_node[links]]]).sum()
    )
    cap = float(tonnes) if tonnes is not None else float(share or 0.0) * baseline
    one = Basket(name, links, cap, baseline, _share(leak, "leak"), leak_elasticity)
    return replace(market, baskets=(*market.baskets, one))


def tariff(
    market: Market,
    suppliers: Sequence[str],
    buyers: Sequence[str] | None,
    products: Names = None,
    rate: float = 0.0,
) -> Market:
    """An ad valorem duty on top of what there is: ln(1 + rate) is added to the links' cost.      market §1"""
    if rate <= -1:
        raise StudyError(f"a tariff of {rate} would pay the buyer", "give a rate above -1", {"rate": rate})
    wedge = market.link_wedge.copy()
    wedge[_links(market, suppliers, buyers, products)] += np.log1p(rate)
    return replace(market, link_wedge=wedge)


def capacity_loss(market: Market, country: str, products: Names = None, share: float = 1.0) -> Market:
    """That share of a country's supply is gone: its supply curve moves in, prices may call back none of it.

    v (1 - share); a standstill at share = 1. By-products of the same activity go with it.        market §1
    """
    level = market.activity_level.copy()
    for product in _products(market, products):
        level[market.activities_of(product, country)] *= 1.0 - _share(share, "share")
    return replace(market, activity_level=level)


def force_majeure(market: Market, country: str, products: Names = None, running: float = 0.0) -> Market:
    """Output is capped at a share of baseline whatever the price; the cap earns a scarcity rent.  market §1"""
    cap = market.capacity_max.copy()
    for product in _products(market, products):
        at = market.activities_of(product, country)
        cap[at] = np.minimum(cap[at], _share(running, "running") * market.activity_baseline[at])
    return replace(market, capacity_max=cap)


def home_squeeze(market: Market, country: str, products: Names = None, share: float = 0.0) -> Market:
    """Mining quotas and crackdowns of the restricting country: 0-25 % of its output goes.        market §6"""
    return capacity_loss(market, country, products, _share(share, "share"))


def demand_jump(
    market: Market,
    factor: float,
    buyers: Sequence[str] | None = None,
    products: Names = None,
    end_use: str | None = None,
) -> Market:
    """Final demand at unchanged prices is multiplied by a factor >= 0.                           market §3"""
    if not factor >= 0:
        raise StudyError(f"a demand factor of {factor} makes no sense", "give a factor of at least 0")
    where = np.isin(market.pool_product, _products(market, products))
    if buyers is not None:
        where &= np.isin(market.pool_country, [market.country_at(c) for c in buyers])
    demand = market.demand_baseline.copy()
    uses = slice(None) if end_use is None else market.end_use_at(end_use)
    demand[where, uses] *= factor
    return replace(market, demand_baseline=demand)


def stock_release(market: Market, buyer: str, product: str, tonnes: float) -> Market:
    """A public release of so many tonnes a year; what is bought net never falls below 0.02 c.    market §1

    The release comes on top of any that answers to price only if that one does not answer
    (`release_elasticity` 0); else it raises its level at the baseline price and its bound.
    """
    (at,) = _products(market, product)
    pool = market.pool_at(at, buyer)
    if pool < 0:
        raise StudyError(f"{buyer} buys no {product}", "name a buyer of it", {"buyer": buyer})
    amount = tonnes * market.products[at].unit_value
    release, most = market.release.copy(), market.release_max.copy()
    release[pool] += amount
    if np.isfinite(most[pool]):
        most[pool] += amount
    return replace(market, release=release, release_max=most)


def stock_building(
    market: Market, buyer: str, product: str, tonnes: float, elasticity: float = 0.0
) -> Market:
    """Purchases into stock of so many tonnes a year at the baseline price, falling with price.   market §1"""
    (at,) = _products(market, product)
    pool = market.pool_at(at, buyer)
    if pool < 0:
        raise StudyError(f"{buyer} buys no {product}", "name a buyer of it", {"buyer": buyer})
    purchase, falls = market.purchase.copy(), market.purchase_elasticity.copy()
    purchase[pool] += tonnes * market.products[at].unit_value
    falls[pool] = elasticity
    return replace(market, purchase=purchase, purchase_elasticity=falls)


def price_floor(market: Market, country: str, product: str, multiple: float) -> Market:
    """A producer is paid at least `multiple` x the baseline price (of its margin over feed).     market §1

    Its supply no longer falls below what that price calls forth; the difference is a subsidy
    (`Clearing.floor_subsidy_usd`). For a maker without feed this is a floor on its price. For a refiner or a
    by-product host it guarantees the log margin over feed instead, because a floor on the price alone is no
    gradient of a convex function; where its feed runs out such a guarantee has no equilibrium.
    """
    if not multiple > 0:
        raise StudyError(f"a price floor of {multiple} x baseline makes no sense", "give a positive multiple")
    (at,) = _products(market, product)
    makers = market.activities_of(at, country)
    if makers.size == 0:
        raise StudyError(f"{country} makes no {product}", "add the capacity first", {"country": country})
    floor = market.margin_floor.copy()
    floor[makers] = np.maximum(floor[makers], np.log(multiple))
    return replace(market, margin_floor=floor)


def new_capacity(
    market: Market,
    country: str,
    product: str,
    tonnes: float,
    elasticity: float = 0.2,
    capacity: bool = True,
    cost_multiple: float = 1.0,
    reach: float = 1.0,
) -> Market:
    """A new producer of so many tonnes a year at the baseline price, in a country with or without one. market §1

    It sells to whoever the world's sellers sell to: link weights are `reach x tonnes / world output` times the
    pool's own (not renormalised: a new origin is new variety, which lowers the index by
    ln(1 + share) / theta at unchanged prices). Where the country already sells the product its links are
    widened in the same way. The activity copies the inputs of the country's makers of the product, else the
    world's mean cost shares at its own pools.

    Args:
        elasticity: Supply elasticity [1].
        capacity: Whether the tonnes are also the most it can make.
        cost_multiple: Price multiple at which it makes that much; above 1 a costly newcomer.
        reach: How well known it is among buyers, 0..1.
    """
    if not (tonnes > 0 and cost_multiple > 0):
        raise StudyError("new capacity needs positive tonnes and a positive cost", "give both above 0")
    (at,) = _products(market, product)
    value = tonnes * market.products[at].unit_value
    place = market.country_at(country)
    node = market.node_at(at, country)
    world = float(market.node_baseline[market.node_product == at].sum())
    weight, link_node, link_pool = market.link_weight, market.link_node, market.link_pool
    base, prior, wedge = market.link_baseline, market.link_prior, market.link_wedge
    changes: dict[str, object] = {}
    pools = np.flatnonzero(market.pool_product == at)
    if node < 0:
        node = market.node_product.size
        changes["node_product"] = np.append(market.node_product, at)
        changes["node_country"] = np.append(market.node_country, place)
        changes["node_baseline"] = np.append(market.node_baseline, value)
    held = set(link_pool[link_node == node].tolist())
    share = reach * value / world
    mine = (link_node == node) & (weight > 0)
    weight = np.where(mine, weight + share, weight)
    fresh = np.array([j for j in pools.tolist() if j not in held], dtype=np.int64)
    order = np.argsort(np.concatenate([link_pool, fresh]), kind="stable")
    zeros = np.zeros(fresh.size)

    def joined(old: Floats, new: Floats) -> Floats:
        return np.asarray(np.concatenate([old, new])[order])

    changes |= {
        "link_node": np.concatenate([link_node, np.full(fresh.size, node, dtype=np.int64)])[order],
        "link_pool": np.concatenate([link_pool, fresh])[order],
        "link_weight": joined(weight, np.full(fresh.size, share)),
        "link_baseline": joined(base, zeros),
        "link_prior": joined(prior, zeros),
        "link_wedge": joined(wedge, zeros),
    }
    moved = np.empty(order.size, dtype=np.int64)
    moved[order] = np.arange(order.size)
    changes["quota_link"] = moved[market.quota_link]
    changes["baskets"] = tuple(replace(b, link=moved[b.link]) for b in market.baskets)
    inputs = _inputs_for(market, at, place)
    count = market.activity_level.size
    changes |= {
        "activity_country": np.append(market.activity_country, place),
        "activity_level": np.append(market.activity_level, value * cost_multiple**-elasticity),
        "activity_baseline": np.append(market.activity_baseline, value),
        "activity_elasticity": np.append(market.activity_elasticity, elasticity),
        "capacity_max": np.append(market.capacity_max, value if capacity else np.inf),
        "margin_floor": np.append(market.margin_floor, -np.inf),
        "output_start": np.append(market.output_start, market.output_start[count] + 1),
        "output_node": np.append(market.output_node, node),
        "output_share": np.append(market.output_share, 1.0),
        "input_start": np.append(market.input_start, market.input_start[count] + len(inputs)),
        "input_pool": np.append(market.input_pool, np.array([p for p, _ in inputs], dtype=np.int64)),
        "input_share": np.append(market.input_share, np.array([a for _, a in inputs])),
    }
    return replace(market, **changes)  # type: ignore[arg-type]


def _inputs_for(market: Market, product: int, place: int) -> list[tuple[int, float]]:
    """Feed pools in that country with the cost shares of its own makers, else of the world's."""
    makers = [a for a in market.activities_of(product).tolist() if market.activity_baseline[a] > 0]
    eaten: dict[int, list[tuple[float, float]]] = {}
    at_home = [a for a in makers if market.activity_country[a] == place]
    for a in at_home or makers:
        for at in range(market.input_start[a], market.input_start[a + 1]):
            of = int(market.pool_product[market.input_pool[at]])
            eaten.setdefault(of, []).append((market.input_share[at], market.activity_baseline[a]))
    found = []
    for of, pairs in eaten.items():
        pool = np.flatnonzero((market.pool_product == of) & (market.pool_country == place))
        if pool.size == 0:
            raise StudyError(
                f"{market.countries[place]} buys no {market.products[of].name} to feed the new plant",
                "give it a supply of feed in the network first",
                {"country": market.countries[place], "feed": market.products[of].name},
            )
        total = sum(w for _, w in pairs)
        found.append((int(pool[0]), sum(s * w for s, w in pairs) / total))
    return found
