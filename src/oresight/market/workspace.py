"""What Newton's method works on and leaves behind, allocated once per batch and handed to compiled loops whole."""

from typing import NamedTuple

import numpy as np

from oresight.market.kernels import State, Structure, compiled, new_state
from oresight.market.records import Floats, Ints


class Workspace(NamedTuple):
    """Room for one component's solve; counts are those of its structure."""

    now: State  # at the point held
    trial: State  # at the point tried
    h: Floats  # (node, node) Hessian over nodes, then its factor
    coupling: Floats  # (pool) M_jj
    cross: Floats  # (quota, node) Hessian between quotas and nodes
    solved: Floats  # (quota, node) H^-1 of it
    own: Floats  # (quota, quota) Schur complement
    part: Floats  # (quota, pool) share of a pool that a quota bounds
    d: Floats  # (node + quota) step
    next_z: Floats  # (node + quota) point tried


@compiled
def new_workspace(st: Structure) -> Workspace:
    """An empty workspace of the right sizes."""
    nodes, quotas = st.node_scale.size, st.quota_scale.size
    links, pools, activities = st.link_node.size, st.pool_product.size, st.output_start.size - 1
    return Workspace(
        new_state(links, pools, activities, nodes, quotas),
        new_state(links, pools, activities, nodes, quotas),
        np.empty((nodes, nodes)),
        np.empty(pools),
        np.empty((quotas, nodes)),
        np.empty((quotas, nodes)),
        np.empty((quotas, quotas)),
        np.empty((quotas, pools)),
        np.empty(nodes + quotas),
        np.empty(nodes + quotas),
    )


class Solved(NamedTuple):
    """What a batch leaves behind, a line per scenario; `share` has no lines where flows are not wanted."""

    price: Floats  # (scenario, pool) ln P
    made: Floats  # (scenario, activity) L
    bought: Floats  # (scenario, pool) C
    consumed: Floats  # (scenario, pool) final demand at P
    share: Floats  # (scenario, link) s
    status: Ints  # (scenario)
    iterations: Ints  # (scenario)
    residual: Floats  # (scenario) greatest relative imbalance


@compiled
def keep(out: Solved, s: int, now: State, status: int, iterations: int, residual: float) -> None:
    """Write one scenario's end into its line."""
    out.status[s], out.iterations[s], out.residual[s] = status, iterations, residual
    out.price[s] = now.price
    out.made[s] = now.made
    out.bought[s] = now.bought
    out.consumed[s] = now.consumed
    if out.share.shape[0] > 0:
        out.share[s] = now.share
