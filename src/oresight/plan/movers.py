"""Who should move first where each step's gain is shared by side payments (coalition §4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from oresight.plan.game import Floats


@dataclass(frozen=True)
class Movers:
    """An order of joining by what each adds.

    Args:
        order: Members in that order; the first two start.
        sets: After each step, the start first, as bitmasks.
        worth: Of each of those sets [unit of v].
        adds: What the step's member adds beyond its worth alone; for the start, its gain over both alone [unit of v].
    """

    order: tuple[int, ...]
    sets: tuple[int, ...]
    worth: Floats
    adds: Floats

    def reaching(self, part: float) -> int:
        """The first of its sets that gains a part of all that pooling gains."""
        whole = float(self.adds.sum())
        enough = np.flatnonzero(np.cumsum(self.adds) >= part * whole - 1e-12 * abs(whole))
        return self.sets[int(enough[0])]


def movers(
    count: int,
    worth: Callable[[int], float],
    ask: Callable[[Sequence[int], str], None] = lambda sets, doing: None,
) -> Movers:
    """The member the others would miss most and who gains most with it, then whoever adds most      coalition §4

    In a superadditive game any order pays if what a step adds is shared by side payments; this one gains as much as
    it can as soon as it can, one step at a time. About n^2 / 2 sets are asked for instead of 2^n.

    Args:
        count: Number of players.
        worth: v of a bitmask.
        ask: Told which worths will be needed next, to solve them together.

    >>> v = np.array([0.0, 0, 0, 1, 0, 5, 0, 6])
    >>> found = movers(3, lambda s: float(v[s]))
    >>> found.order, found.adds.tolist()
    ((0, 2, 1), [5.0, 1.0])
    """
    everyone = (1 << count) - 1
    singles = [1 << i for i in range(count)]
    ask([*singles, everyone, *(everyone & ~s for s in singles)], "plans of each alone and of all but one")
    alone = np.array([worth(s) for s in singles])
    missed = worth(everyone) - np.array([worth(everyone & ~s) for s in singles]) - alone
    order = [int(missed.argmax())]
    now = singles[order[0]]
    sets: list[int] = []
    adds: list[float] = []
    while now != everyone:
        others = [i for i in range(count) if not now >> i & 1]
        ask([now | singles[i] for i in others], f"who joins as number {len(order) + 1}")
        gain = np.array([worth(now | singles[i]) - worth(now) - alone[i] for i in others])
        best = others[int(gain.argmax())]
        now |= singles[best]
        order.append(best)
        sets.append(now)
        adds.append(float(gain.max()))
    return Movers(tuple(order), tuple(sets), np.array([worth(s) for s in sets]), np.array(adds))
