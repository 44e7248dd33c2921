"""Which parts of a market are open, and into which independent components they fall.

Closed parts leave the solve on purpose (market §3, §7): a buyer none of whose links is open, a producer
without an outlet, an activity without its feed, a cap that is a ban. What remains splits into connected
components, each a small dense problem.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from oresight.market.kernels import Row, Structure
from oresight.market.records import Flags, Floats, Ints, Market

BAN_SHARE = 1e-4
"""A cap below this share of its baseline flow is a ban: the links go, no rent is defined (market §7)."""

STANDSTILL = 1e-9
"""A level or capacity below this share of baseline stands still."""


@dataclass(frozen=True)
class Parameters:
    """The numbers of a market that a scenario may change, each with a leading axis of 1 or (scenario).

    Units and meaning as in `Market`; `theta` is (scenario, product), leaks are
    shares of baseline flow, baskets (scenario, basket) in t/yr.
    """

    theta: Floats
    link_weight: Floats
    link_wedge: Floats
    activity_level: Floats
    activity_elasticity: Floats
    capacity_max: Floats
    margin_floor: Floats
    demand_baseline: Floats
    demand_elasticity: Floats
    choke: Floats
    purchase: Floats
    purchase_elasticity: Floats
    release: Floats
    release_elasticity: Floats
    release_max: Floats
    quota_cap: Floats
    quota_leak: Floats
    quota_leak_elasticity: Floats
    basket_cap: Floats
    basket_leak: Floats
    basket_leak_elasticity: Floats

    @property
    def scenarios(self) -> int:
        """Number of scenarios: the longest leading axis."""
        return max(int(getattr(self, f.name).shape[0]) for f in fields(self))


def parameters_of(market: Market) -> Parameters:
    """The market's own numbers as one scenario."""
    apart = ("theta", "basket_cap", "basket_leak", "basket_leak_elasticity")
    lines = {f.name: getattr(market, f.name)[None] for f in fields(Parameters) if f.name not in apart}
    return Parameters(
        theta=np.array([[p.theta for p in market.products]]),
        basket_cap=np.array([[b.cap for b in market.baskets]]),
        basket_leak=np.array([[b.leak_share for b in market.baskets]]),
        basket_leak_elasticity=np.array([[b.leak_elasticity for b in market.baskets]]),
        **lines,
    )


@dataclass(frozen=True)
class Component:
    """One connected part: its positions in the market and its structure with local positions."""

    node: Ints
    pool: Ints
    activity: Ints
    link: Ints
    quota: Ints
    basket: Ints
    structure: Structure

    def rows(self, parameters: Parameters, market: Market, chosen: Ints | None) -> Row:
        """Its numbers in the chosen scenarios, contiguous; leaks as amounts."""

        def take(array: Floats, at: Ints) -> Floats:
            lines = array if chosen is None or array.shape[0] == 1 else array[chosen]
            whole = at.size == array.shape[1]
            return np.ascontiguousarray(lines if whole else lines[:, at])

        p = parameters
        return Row(
            np.ascontiguousarray(p.theta if chosen is None or p.theta.shape[0] == 1 else p.theta[chosen]),
            take(p.link_weight, self.link),
            take(p.link_wedge, self.link),
            take(p.activity_level, self.activity),
            take(p.activity_elasticity, self.activity),
            take(p.capacity_max, self.activity),
            take(p.margin_floor, self.activity),
            take(p.demand_baseline, self.pool),
            take(p.demand_elasticity, self.pool),
            np.log(take(p.choke, self.pool)),
            take(p.purchase, self.pool),
            take(p.purchase_elasticity, self.pool),
            take(p.release, self.pool),
            take(p.release_elasticity, self.pool),
            take(p.release_max, self.pool),
            take(p.quota_cap, self.quota),
            take(p.quota_leak * market.quota_baseline, self.quota),
            take(p.quota_leak_elasticity, self.quota),
            take(p.basket_cap, self.basket),
            take(p.basket_leak * np.array([b.baseline for b in market.baskets]), self.basket),
            take(p.basket_leak_elasticity, self.basket),
        )


@dataclass(frozen=True)
class Open:
    """What is open under one pattern of zeros, with its components.

    Args:
        node, pool, activity, link, quota, basket: Flags of what takes part in the solve.
        pool_cut: Pools that want to buy but reach no open seller (pool).
        components: Independent parts.
    """

    node: Flags
    pool: Flags
    activity: Flags
    link: Flags
    quota: Flags
    basket: Flags
    pool_cut: Flags
    components: tuple[Component, ...]


class Prepared:
    """A market's structure, with what is open found once per pattern of zeros and then remembered."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self._open: dict[bytes, Open] = {}
        self._maker = np.repeat(np.arange(market.activity_level.size), np.diff(market.output_start))
        self._eater = np.repeat(np.arange(market.activity_level.size), np.diff(market.input_start))
        self._holder = np.repeat(np.arange(len(market.quota_name)), np.diff(market.quota_start))

    def patterns(self, parameters: Parameters) -> Iterator[tuple[Open, Ints | None]]:
        """What is open, and for which scenarios (None: for all)."""
        m, p = self.market, parameters
        allowed = p.quota_cap + p.quota_leak * m.quota_baseline
        carried = np.array([b.baseline for b in m.baskets])
        running = (p.activity_level > STANDSTILL * m.activity_baseline) & (
            p.capacity_max > STANDSTILL * m.activity_baseline
        )
        flags = [
            p.link_weight > 0,
            running,
            (p.demand_baseline.sum(axis=2) + p.purchase) > 0,
            allowed < BAN_SHARE * m.quota_baseline,
            p.basket_cap + p.basket_leak * carried < BAN_SHARE * carried,
        ]
        longest = max(f.shape[0] for f in flags)
        if longest == 1:
            yield self._found(*(f[0] for f in flags)), None
            return
        packed = [np.packbits(np.broadcast_to(f, (longest, f.shape[1])), axis=1) for f in flags]
        alike: dict[bytes, list[int]] = {}
        for at, line in enumerate(np.concatenate(packed, axis=1)):
            alike.setdefault(line.tobytes(), []).append(at)
        for lines in alike.values():
            found = self._found(*(f[min(lines[0], f.shape[0] - 1)] for f in flags))
            yield found, np.array(lines, dtype=np.int64)

    def _found(self, link: Flags, running: Flags, wanting: Flags, banned: Flags, barred: Flags) -> Open:
        key = b"|".join(np.packbits(f).tobytes() for f in (link, running, wanting, banned, barred))
        if key not in self._open:
            self._open[key] = self._search(link.copy(), running.copy(), wanting, banned, barred)
        return self._open[key]

    def _search(self, link: Flags, activity: Flags, wanting: Flags, banned: Flags, barred: Flags) -> Open:
        m = self.market
        nodes, pools, activities = m.node_product.size, m.pool_product.size, activity.size
        link[m.quota_link[banned[self._holder]]] = False
        for b in np.flatnonzero(barred):
            link[m.baskets[b].link] = False
        node, pool = np.ones(nodes, dtype=bool), np.ones(pools, dtype=bool)
        while True:
            before = int(link.sum() + activity.sum() + node.sum() + pool.sum())
            made = np.bincount(m.output_node[activity[self._maker]], minlength=nodes) > 0
            sold = np.bincount(m.link_node[link], minlength=nodes) > 0
            node &= made & sold
            eaten = np.bincount(m.input_pool[activity[self._eater]], minlength=pools) > 0
            fed = np.bincount(m.link_pool[link], minlength=pools) > 0
            pool &= fed & (eaten | wanting)
            link &= node[m.link_node] & pool[m.link_pool]
            activity &= np.bincount(self._eater[~pool[m.input_pool]], minlength=activities) == 0
            activity &= np.bincount(self._maker[node[m.output_node]], minlength=activities) > 0
            if int(link.sum() + activity.sum() + node.sum() + pool.sum()) == before:
                break
        limited = np.bincount(self._holder[link[m.quota_link]], minlength=banned.size) > 0
        quota = limited & ~banned
        basket = ~barred & np.array([bool(link[b.link].any()) for b in m.baskets], dtype=bool)
        served = np.bincount(m.link_pool[link], minlength=pools) > 0
        parts = self._components(node, pool, activity, link, quota, basket)
        return Open(node, pool, activity, link, quota, basket, wanting & ~served, parts)

    def _components(
        self, node: Flags, pool: Flags, activity: Flags, link: Flags, quota: Flags, basket: Flags
    ) -> tuple[Component, ...]:
        m = self.market
        out = activity[self._maker] & node[m.output_node]
        into = activity[self._eater]
        held = quota[self._holder] & link[m.quota_link]
        n, p, a, q = node.size, pool.size, activity.size, quota.size
        ties = [
            np.stack([m.link_node[link], n + m.link_pool[link]]),
            np.stack([m.output_node[out], n + p + self._maker[out]]),
            np.stack([n + m.input_pool[into], n + p + self._eater[into]]),
            np.stack([m.link_node[m.quota_link[held]], n + p + a + self._holder[held]]),
        ]
        for b in np.flatnonzero(basket):
            ends = m.link_node[m.baskets[b].link[link[m.baskets[b].link]]]
            ties.append(np.stack([ends, np.full(ends.size, n + p + a + q + b)]))
        total = n + p + a + q + basket.size
        first, second = np.concatenate(ties, axis=1)
        graph = coo_array((np.ones(first.size), (first, second)), shape=(total, total))
        _, label = connected_components(graph, directed=False)
        parts = []
        for one in np.unique(label[:n][node]):
            mine = label == one
            parts.append(
                self._component(
                    np.flatnonzero(mine[:n] & node),
                    np.flatnonzero(mine[n : n + p] & pool),
                    np.flatnonzero(mine[n + p : n + p + a] & activity),
                    np.flatnonzero(mine[m.link_node] & link),
                    np.flatnonzero(mine[n + p + a : n + p + a + q] & quota),
                    np.flatnonzero(mine[n + p + a + q :] & basket),
                    node,
                )
            )
        return tuple(parts)

    def _component(
        self, node: Ints, pool: Ints, activity: Ints, link: Ints, quota: Ints, basket: Ints, node_open: Flags
    ) -> Component:
        m = self.market

        def position(chosen: Ints, size: int) -> Ints:
            local = np.full(size, -1, dtype=np.int64)
            local[chosen] = np.arange(chosen.size)
            return local

        node_at, pool_at = position(node, m.node_product.size), position(pool, m.pool_product.size)
        link_at = position(link, m.link_node.size)
        link_pool, link_node = pool_at[m.link_pool[link]], node_at[m.link_node[link]]
        start_out, out = _rows(m.output_start, activity, node_open[m.output_node])
        start_in, into = _rows(m.input_start, activity, np.ones(m.input_pool.size, dtype=bool))
        start_quota, held = _rows(m.quota_start, quota, link_at[m.quota_link] >= 0)
        members = [link_at[m.quota_link[held]]]
        starts, wedges = [start_quota], []
        for at, b in enumerate(basket):
            mine = link_at[m.baskets[b].link]
            mine = mine[mine >= 0]
            for seller in np.unique(link_node[mine]):
                of_seller = mine[link_node[mine] == seller]
                members.append(of_seller)
                starts.append(starts[-1][-1:] + of_seller.size)
                wedges.append((at, int(seller), float(m.link_baseline[link[of_seller]].sum())))
        wedge_node = np.array([w[1] for w in wedges], dtype=np.int64)
        wedge_product = m.node_product[node[wedge_node]]
        held_baskets = [m.baskets[b] for b in basket]
        structure = Structure(
            node_scale=m.node_baseline[node],
            node_product=m.node_product[node],
            pool_product=m.pool_product[pool],
            pool_start=np.searchsorted(link_pool, np.arange(pool.size + 1)).astype(np.int64),
            link_node=link_node,
            link_pool=link_pool,
            output_start=start_out,
            output_node=node_at[m.output_node[out]],
            output_share=m.output_share[out],
            input_start=start_in,
            input_pool=pool_at[m.input_pool[into]],
            input_share=m.input_share[into],
            quota_scale=np.concatenate([m.quota_baseline[quota], np.array([w[2] for w in wedges])]),
            quota_start=np.concatenate(starts),
            quota_link=np.concatenate(members),
            basket_scale=np.array([b.baseline for b in held_baskets], dtype=np.float64),
            basket_price=np.array([self._mean_price(b.link) for b in held_baskets], dtype=np.float64),
            wedge_basket=np.array([w[0] for w in wedges], dtype=np.int64),
            wedge_node=wedge_node,
            wedge_price=m.price_reference[wedge_product],
            wedge_worth=m.unit_value[wedge_product],
        )
        return Component(node, pool, activity, link, quota, basket, structure)

    def _mean_price(self, link: Ints) -> float:
        """Mean baseline price of what those links carry [USD/t]."""
        m = self.market
        product = m.node_product[m.link_node[link]]
        tonnes = m.link_baseline[link] / m.unit_value[product]
        return float((tonnes * m.price_reference[product]).sum() / tonnes.sum())


def _rows(start: Ints, chosen: Ints, kept: Flags) -> tuple[Ints, Ints]:
    """Compressed rows of the chosen ones with only the kept entries: new starts and old positions."""
    entries = [np.arange(start[i], start[i + 1])[kept[start[i] : start[i + 1]]] for i in chosen]
    counts = np.array([0] + [e.size for e in entries], dtype=np.int64)
    flat = np.concatenate(entries) if entries else np.zeros(0, dtype=np.int64)
    return np.cumsum(counts).astype(np.int64), flat.astype(np.int64)
