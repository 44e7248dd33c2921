"""The nearest flows that balance, by Newton on the dual: the mathematics beneath network §3.

Knows flows that each touch one or two nodes and nothing of countries or stages.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from oresight.core.errors import ModelError
from oresight.network.records import Floats

TOLERANCE = 1e-12
"""Imbalance of a node, as a share of what passes through it, that Newton aims for [1]."""
ACCEPTED = 1e-9
"""Imbalance above which there is no answer [1]."""
STEPS = 200
LONGEST = 8.0


@dataclass(frozen=True)
class Flows:
    """Observed flows and the balances they enter.

    Args:
        size: (flow) [t] observed, above zero.
        weight: (flow) [1] confidence, above zero.
        node: (flow, 2) nodes whose balance the flow enters; the second may repeat the first with sign 0.
        sign: (flow, 2) tonnes that the node gains per tonne of flow: +1, -1, -1/recovery, or 0.
        nodes: How many nodes there are.
    """

    size: Floats
    weight: Floats
    node: NDArray[np.int_]
    sign: Floats
    nodes: int


def joined(parts: list[Flows], nodes: int) -> Flows:
    """Several sets of flows as one."""
    return Flows(
        np.concatenate([p.size for p in parts]),
        np.concatenate([p.weight for p in parts]),
        np.concatenate([p.node for p in parts]),
        np.concatenate([p.sign for p in parts]),
        nodes,
    )


def balanced(flows: Flows) -> tuple[Floats, int, float]:
    """The flows nearest to the observed ones that balance at every node.

    Minimise `sum_f w_f (x_f ln(x_f / o_f) - x_f + o_f)` subject to `sum_f a_nf x_f = 0`     network §3

    The dual has one multiplier per node, `D(l) = sum_f w_f o_f exp(a_f . l / w_f)`, smooth and convex, and
    the flows are `x_f = o_f exp(a_f . l / w_f)`: none is ever negative, none that was observed ever vanishes.

    Returns:
        x (flow) [t]; the Newton steps taken; the worst imbalance as a share of what passes through its node.

    Raises:
        ModelError: The flows observed cannot balance (a node that only receives or only sends).
    """
    scale = float(flows.size.sum())
    if scale == 0 or flows.size.size == 0:
        return flows.size.copy(), 0, 0.0
    used, node = np.unique(flows.node, return_inverse=True)
    node = node.reshape(flows.node.shape)
    count = used.size
    first, second = node[:, 0], node[:, 1]
    sign_first, sign_second = flows.sign[:, 0], flows.sign[:, 1]
    size, weight = flows.size / scale, flows.weight
    pair = first * count + second

    def at(multiplier: Floats) -> Floats:
        power = (sign_first * multiplier[first] + sign_second * multiplier[second]) / weight
        return np.asarray(size * np.exp(np.minimum(power, 500.0)))

    def imbalance(flow: Floats) -> tuple[Floats, float]:
        gain = np.bincount(first, sign_first * flow, count) + np.bincount(second, sign_second * flow, count)
        through = np.bincount(first, np.abs(sign_first) * flow, count)
        through += np.bincount(second, np.abs(sign_second) * flow, count)
        return np.asarray(gain, dtype=float), float(np.max(np.abs(gain) / np.maximum(through, 1e-300)))

    multiplier = np.zeros(count)
    flow = at(multiplier)
    gain, worst = imbalance(flow)
    value = float(weight @ flow)
    step = 0
    while worst > TOLERANCE and step < STEPS:
        step += 1
        stiff = flow / weight
        diagonal = np.bincount(first, sign_first**2 * stiff, count)
        diagonal += np.bincount(second, sign_second**2 * stiff, count)
        across = np.bincount(pair, sign_first * sign_second * stiff, count * count).reshape(count, count)
        root = np.sqrt(np.maximum(diagonal, 1e-300))
        curve = (across + across.T) / np.outer(root, root)
        curve[np.arange(count), np.arange(count)] = 1.0 + 1e-14
        try:
            move = -cho_solve(cho_factor(curve, check_finite=False), gain / root) / root
        except LinAlgError:
            curve[np.arange(count), np.arange(count)] = 1.0 + 1e-9
            move = -cho_solve(cho_factor(curve, check_finite=False), gain / root) / root
        change = np.abs(sign_first * move[first] + sign_second * move[second]) / weight
        length = min(1.0, LONGEST / max(float(change.max()), 1e-300))
        slope = float(gain @ move)
        for _ in range(40):
            trial = at(multiplier + length * move)
            trial_gain, trial_worst = imbalance(trial)
            trial_value = float(weight @ trial)
            if trial_value <= value + 1e-4 * length * slope or trial_worst < 0.9 * worst:
                break
            length *= 0.5
        else:
            break
        multiplier = multiplier + length * move
        flow, gain, worst, value = trial, trial_gain, trial_worst, trial_value
    if worst > ACCEPTED:
        at_worst = int(used[int(np.argmax(np.abs(gain)))])
        raise ModelError(
            f"the flows do not balance: {worst:.1e} of what passes through a node is left after {step} steps",
            "some node only receives or only sends; allow unrecorded flows",
            {"node": at_worst, "imbalance": worst, "steps": step},
        )
    return flow * scale, step, worst
