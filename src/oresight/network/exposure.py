"""How much of a country's supply touches a supplier anywhere on its way from mine to buyer: network §5.

A tonne walks backwards from the buyer's pool: to the country it was bought from, and on, until it meets the
plant or mine that made it; a plant leads on into the pool of the stage before, a mine ends the walk. The walk
is an absorbing Markov chain, and exposure is one minus the chance that it never enters the supplier.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import inv, lu_factor, lu_solve

from oresight.core.errors import DataError
from oresight.network.look_through import mixing, own_output
from oresight.network.records import Chain, Flags, Floats, StageNetwork


@dataclass(frozen=True)
class Exposure:
    """Exposure of every country to one set of suppliers, and its parts.

    All shares [1] of the country's supply at the last stage; nan where it has none.

    Args:
        total: (country) share that passes through the suppliers anywhere: made there, or shipped by them.
        made: (stage, country) share whose product of that stage was made there; they overlap, do not add
            them.
        made_anywhere: (country) share that was made there at one stage or more.
        transit: (country) what only passed through their trade: `total - made_anywhere`.
        direct: (country) share of supply bought from them at the last stage: imports only.
        names: Names of the stages.
    """

    total: Floats
    made: Floats
    made_anywhere: Floats
    transit: Floats
    direct: Floats
    names: tuple[str, ...]


def as_flags(suppliers: object, countries: int) -> Flags:
    """A set of positions, or flags, as flags over the country axis; raises `DataError` for a position off it.

    >>> as_flags([1], 3)
    array([False,  True, False])
    """
    given = np.atleast_1d(np.asarray(suppliers))
    if given.dtype == bool:
        if given.shape != (countries,):
            raise DataError(f"flags of shape {given.shape} for {countries} countries")
        return given
    flags = np.zeros(countries, dtype=bool)
    if given.size == 0:
        return flags
    positions = given.astype(int)
    if (positions < 0).any() or (positions >= countries).any():
        raise DataError(f"a supplier's position lies outside the {countries} countries of the axis")
    flags[positions] = True
    return flags


def direct_share(network: StageNetwork, suppliers: object, *, of: str = "supply") -> Floats:
    """Share of every country's supply, or of its imports, bought directly from a set of suppliers.

    `sum_{i in X} T_ij / pool_j`, or the same over `sum_k T_kj`; what members of X sell each other counts.

    Args:
        network: One stage.
        suppliers: Positions or flags (country) of X.
        of: "supply" (own output and imports) or "imports".

    Returns:
        Share (country) [1]; nan where there is nothing to share.

    >>> n = StageNetwork([3.0, 2.0], [[0.0, 2.0], [0.0, 0.0]], [1.0, 4.0])
    >>> direct_share(n, [0]), direct_share(n, [0], of="imports")
    (array([0. , 0.5]), array([nan,  1.]))
    """
    if of not in ("supply", "imports"):
        raise DataError(f"a direct share of {of!r}", "ask for a share of supply or of imports")
    chosen = as_flags(suppliers, network.countries)
    whole = network.imports + (own_output(network) if of == "supply" else 0.0)
    part = network.trade[chosen].sum(axis=0)
    return np.asarray(np.divide(part, whole, out=np.full(network.countries, np.nan), where=whole > 0))


def of_group(share: Floats, use: Floats, members: object) -> Floats:
    """A share of every country's supply, as one figure for a group: weighted by what each member uses.

    `sum_{j in B} c_j share_j / sum_{j in B} c_j`                                            network §5

    Args:
        share: (..., country) [1], e.g. `Exposure.total` or rows of `origin_share`; nan where a country has no supply.
        use: c (country) [t/yr], e.g. consumption of the last stage; members without a share count for nothing.
        members: Positions or flags (country) of the group B.

    Returns:
        (...) [1]; nan where no member uses anything.

    >>> float(of_group(np.array([0.5, 1.0, np.nan]), np.array([3.0, 1.0, 0.0]), [0, 1, 2]))
    0.625
    """
    values = np.asarray(share, dtype=float)
    weight = np.where(as_flags(members, values.shape[-1]), np.nan_to_num(use), 0.0)
    weights = np.where(np.isnan(values), 0.0, weight)
    whole = weights.sum(axis=-1)
    part = (weights * np.nan_to_num(values)).sum(axis=-1)
    return np.asarray(np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0))


def _world_mix(share: Floats, network: StageNetwork, unknown: float) -> Floats:
    """Shares of pools, with the mix of the world's output where a country has no recorded pool (n, ...).

    A stage nobody makes has no mix: there `unknown` stands, so that nothing is blamed on the suppliers.
    """
    made = own_output(network)
    known = ~np.isnan(share)
    if made.sum() <= 0:
        return np.where(known, share, unknown)
    mix = np.tensordot(made / made.sum(), np.where(known, share, 0.0), axes=(0, 0))
    return np.where(known, share, mix)


def exposure(chain: Chain | StageNetwork, suppliers: object) -> Exposure:
    """Exposure of all countries to a set of suppliers X, with its mine, refine and component parts.

    `exposure(j, X) = 1 - P(no stage of the path lies in X)`                                 network §5

    With `m_i` the chance that what i makes is clean (0 for i in X; at a transforming stage the chance that
    the pool of the stage before in i is clean; 1 at a mine) the clean share of a pool is
    `a_j = [j not in X] (q_j m_j + sum_i T_ij a_i) / pool_j`, one linear system per stage.

    The buyer itself is no stage of the path: for a buyer in X its own output counts (it is made in X),
    foreign tonnes that reach it by a path free of X do not. Scrap has no stage before the plant that melts
    it. A plant without recorded feed is fed by the mix in the pools of the world's producers.

    Everything is a share of supply (own output and imports): compare with `direct_share(..., of="supply")`,
    which it is never below and which it equals for one stage without transit.

    Args:
        chain: A chain, or one stage.
        suppliers: Positions or flags (country) of X; an empty set gives zeros.

    >>> hub = StageNetwork([4.0, 0.0, 0.0], [[0, 4, 0], [0, 0, 3], [0, 0, 0]], [0.0, 1.0, 3.0])
    >>> exposure(hub, [1]).total, exposure(hub, [1]).transit
    (array([0., 0., 1.]), array([0., 0., 1.]))
    """
    chain = chain if isinstance(chain, Chain) else Chain((chain,))
    count = chain.countries
    outside = ~as_flags(suppliers, count)
    clean_feed = np.ones(count)  # nothing on the path lies in X
    unmade_feed = np.ones(count)  # nothing was made in X, trade may have passed it
    made_feed = np.zeros((0, count))  # stage k of the path was made in X
    for g, network in enumerate(chain.stages):
        if g:
            scrap = chain.secondary[g - 1]
            clean_feed = scrap + (1 - scrap) * clean_feed
            unmade_feed = scrap + (1 - scrap) * unmade_feed
            made_feed = (1 - scrap) * made_feed
        among, bought, home = mixing(network)
        whole = lu_factor(np.eye(home.size) - bought)
        # clean pools: rows of X are forced to zero, buyers then read theirs off without that
        free = outside[among]
        kept = np.where(free[:, None], bought, 0.0)
        fresh = home * np.where(free, clean_feed[among], 0.0)
        held = lu_solve(lu_factor(np.eye(home.size) - kept), np.where(free, fresh, 0.0))
        seen = fresh + bought @ held
        unmade = lu_solve(whole, home * np.where(free, unmade_feed[among], 0.0))
        here = np.where(free, 0.0, 1.0)
        made = lu_solve(whole, home[:, None] * np.vstack([made_feed[:, among], here[None, :]]).T).T

        def spread(values: Floats, among: Flags = among) -> Floats:
            full = np.full((*values.shape[:-1], count), np.nan)
            full[..., among] = np.clip(values, 0.0, 1.0)
            return full

        total, unmade_pool, made_pool = spread(seen), spread(unmade), spread(made)
        clean_feed = _world_mix(spread(held), network, 1.0)
        unmade_feed = _world_mix(unmade_pool, network, 1.0)
        made_feed = _world_mix(made_pool.T, network, 0.0).T
    made_anywhere = 1.0 - unmade_pool
    touched = np.maximum(1.0 - total, made_anywhere)
    return Exposure(
        total=touched,
        made=made_pool,
        made_anywhere=made_anywhere,
        transit=touched - made_anywhere,
        direct=direct_share(chain.stages[-1], ~outside),
        names=chain.names,
    )


def exposure_to_each(chain: Chain | StageNetwork) -> Floats:
    """Exposure of every country to every single country at once.

    The same walk as `exposure` with X = {x} for all x: with `Z = (I - B)^-1` the clean pools of all x are
    `A = Z H - Z diag(Z)^-1 diag(Z H)`, which is zero on the diagonal                        network §5

    Args:
        chain: A chain, or one stage.

    Returns:
        (supplier, buyer) [1]; a column is nan where the buyer has no supply. Columns do not sum to 1: one
        tonne may be mined in one country, refined in a second and shipped by a third.

    >>> n = StageNetwork([3.0, 1.0], [[0.0, 3.0], [0.0, 0.0]], [0.0, 4.0])
    >>> exposure_to_each(n)[:, 1]
    array([0.75, 0.25])
    """
    chain = chain if isinstance(chain, Chain) else Chain((chain,))
    count = chain.countries
    clean_feed = np.ones((count, count))  # (country, supplier)
    for g, network in enumerate(chain.stages):
        if g:
            scrap = chain.secondary[g - 1][:, None]
            clean_feed = scrap + (1 - scrap) * clean_feed
        among, bought, home = mixing(network)
        inverse = inv(np.eye(home.size) - bought)
        fresh = home[:, None] * np.where(np.eye(count, dtype=bool), 0.0, clean_feed)[among]
        reach = inverse @ fresh
        within = np.flatnonzero(among)
        own = reach[np.arange(within.size), within] / np.diag(inverse)
        held = reach.copy()
        held[:, within] -= inverse * own[None, :]
        held = np.clip(held, 0.0, 1.0)
        seen = np.full((count, count), np.nan)
        seen[among] = np.clip(fresh + bought @ held, 0.0, 1.0)
        pools = np.full((count, count), np.nan)
        pools[among] = held
        clean_feed = _world_mix(pools, network, 1.0)
    return np.asarray(1.0 - seen).T
