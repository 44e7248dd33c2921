"""The threat buyers feel when a restriction is announced, scaled by what they stand to lose.

    T_j = exposure(j) at announcement, renewed by each further restriction, halving every H months   months §3

Exposure here is the share of a pool's tonnes that cross a restricted link anywhere on their way: directly,
or as the feed of what it buys. Without exposure an announcement has no effect.
"""

import numpy as np

from oresight.market.records import Floats, Ints, Market

STAGES_MAX = 6
"""Longest chain of products a tonne is followed through."""


def exposure_to_links(market: Market, restricted: Ints, link_share: Floats) -> Floats:
    """Share of each pool's tonnes that cross a restricted link anywhere upstream.       months §3, network §5

    E_j = sum_l s_l (1 if l is restricted else E_node(l)),   E_node = cost-weighted mean of its feeds' E

    Args:
        restricted: Positions of the restricted links.
        link_share: s (draw, link) [1]; a closed pool's shares are 0.

    Returns:
        Exposure (draw, pool) [1], 0..1.
    """
    crossing = np.zeros(market.link_node.size, dtype=bool)
    crossing[restricted] = True
    draws, pools, nodes = link_share.shape[0], market.pool_product.size, market.node_product.size
    eater = np.repeat(np.arange(market.activity_level.size), np.diff(market.input_start))
    maker = np.repeat(np.arange(market.activity_level.size), np.diff(market.output_start))
    fed = np.bincount(eater, market.input_share, market.activity_level.size)
    feed_weight = market.input_share / np.maximum(fed[eater], 1e-300)
    made = np.bincount(market.output_node, market.activity_level[maker] * market.output_share, nodes)
    of_node = market.activity_level[maker] * market.output_share
    of_node = of_node / np.maximum(made[market.output_node], 1e-300)
    exposure = np.zeros((draws, pools))
    for _ in range(STAGES_MAX):
        activity = np.zeros((draws, market.activity_level.size))
        np.add.at(activity.T, eater, (feed_weight * exposure[:, market.input_pool]).T)
        node = np.zeros((draws, nodes))
        np.add.at(node.T, market.output_node, (of_node * activity[:, maker]).T)
        carried = np.where(crossing, 1.0, node[:, market.link_node])
        found = np.zeros((draws, pools))
        np.add.at(found.T, market.link_pool, (link_share * carried).T)
        if np.array_equal(found, exposure):
            break
        exposure = found
    return np.clip(exposure, 0.0, 1.0)


def renewed(threat: Floats, exposure: Floats) -> Floats:
    """Threat after a further restriction: back to the exposure if it had faded below it.  months §3

    >>> renewed(np.array([0.2, 0.6]), np.array([0.5, 0.5])).tolist()
    [0.5, 0.6]
    """
    return np.asarray(np.maximum(threat, exposure))


def faded(threat: Floats, half_life: Floats) -> Floats:
    """Threat a month later: T 2^(-1/H).                                                 months §3

    >>> round(float(faded(np.array(0.8), np.array(6.0))) ** 6 / 0.8**6, 3)
    0.5
    """
    return np.asarray(threat * np.exp2(-1.0 / half_life))
