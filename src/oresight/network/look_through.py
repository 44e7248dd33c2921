"""Where a country's supply really comes from once transit is seen through: network §4."""

import numpy as np
from scipy.linalg import lu_factor, lu_solve

from oresight.network.records import Flags, Floats, StageNetwork


def _reached(sources: Flags, links: Flags) -> Flags:
    """Countries the sources ship to, directly or through others, and the sources (country)."""
    reached = sources
    while True:
        wider = reached | links[reached].any(axis=0)
        if (wider == reached).all():
            return np.asarray(reached)
        reached = wider


def own_output(network: StageNetwork) -> Floats:
    """What each country puts into its pool itself (country) [t/yr]: recorded, or implied by its sales.

    A country that sells without having made or bought anything counts as having made what it sells; so do
    the countries of a circle of trade that no producer feeds. Nobody else's output is touched. A reconciled
    network (network §3) has neither.

    >>> own_output(StageNetwork([0.0, 0.0], [[0.0, 2.0], [0.0, 0.0]], [0.0, 2.0]))
    array([2., 0.])
    """
    made = np.nan_to_num(network.production)
    exports, links = network.exports, network.trade > 0
    roots = (made == 0) & (exports > 0) & ~links.any(axis=0)
    made = np.where(roots, exports, made)
    adrift = ~_reached(made > 0, links) & (exports > 0)
    return np.asarray(np.where(adrift, exports, made))


def mixing(network: StageNetwork) -> tuple[Flags, Floats, Floats]:
    """Who has a pool, and its shares bought from each other and made at home.

    `bought[j, i] = T_ij / pool_j`, `home[j] = q_j / pool_j`, q the `own_output`              network §4

    Returns:
        among: (country) flags of those with a pool; bought: (pool, pool) [1] and home: (pool) [1] on their
            axis.
    """
    made = own_output(network)
    pool = made + network.imports
    among = pool > 0
    trade = network.trade[np.ix_(among, among)]
    return among, trade.T / pool[among, None], made[among] / pool[among]


def origin_share(network: StageNetwork) -> Floats:
    """Share of every country's supply pool by country of origin, transit seen through.

    A pool is own output and imports, taken as mixed: `pool_j O_oj = [o = j] q_j + sum_i T_ij O_oi`, so
    `O^T = (I - diag(1/pool) T^T)^-1 diag(q/pool)`                                           network §4

    Whoever neither makes nor keeps anything (a port, a trading house's seat) vanishes as an origin. The
    network need not be balanced; an unknown output counts as none, and what a country without recorded supply
    ships counts as unknown and is left out of the pools of its buyers.

    Args:
        network: One stage; only output and trade matter.

    Returns:
        O (supplier, buyer) [1]: columns sum to 1; a column is nan where the country has no supply at all.

    Source:
        Kastner, Kastner and Nonhebel (2011), Ecological Economics 70(6), on re-exports.

    >>> hub = StageNetwork([4.0, 0.0, 0.0], [[0, 4, 0], [0, 0, 3], [0, 0, 0]], [0.0, 1.0, 3.0])
    >>> origin_share(hub)[:, 2]
    array([1., 0., 0.])
    """
    count = network.countries
    among, bought, home = mixing(network)
    shares = np.full((count, count), np.nan)
    if not among.any():
        return shares
    inside = lu_solve(lu_factor(np.eye(home.size) - bought), np.diag(home)).T
    shares[:, among] = 0.0
    shares[np.ix_(among, among)] = np.clip(inside, 0.0, 1.0)
    return shares
