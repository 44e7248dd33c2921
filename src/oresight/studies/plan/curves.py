"""The frontier between a cheap plan and a safe one, walked by the weight of risk (plan §6).

Every point is the optimum for one weight, so all lie on the convex frontier and crowd where it bends; bounds on cost,
evenly spaced, would mostly fall where nothing is gained any more.
"""

from collections.abc import Sequence

import numpy as np

from oresight.core.progress import Reporter, report, silent
from oresight.plan.assemble import Assembly
from oresight.plan.curves import Frontier
from oresight.plan.families import MONEY
from oresight.plan.highs import Warm
from oresight.plan.records import Case

WEIGHTS = (0.0, 0.01, 0.02, 0.04, 0.08, 0.15, 0.25, 0.4, 0.6, 0.8, 1.0, 1.4, 2.0)
"""What a dollar of risk counts against a dollar of cost [1]; 1 is the plan itself."""


def frontier_by_weight(
    case: Case, assembly: Assembly, weights: Sequence[float] = WEIGHTS, reporter: Reporter = silent
) -> Frontier:
    """Least cost + w x risk for each weight w, parts of projects allowed                         plan §6

    Args:
        case: Of the plan. assembly: Its programme.
        weights: Rising.
        reporter: Told of progress.
    """
    constant = float((case.discount * assembly.baseline).sum())
    risk = assembly.cost_node + assembly.cost_overlap + assembly.cost_risk
    warm = Warm(assembly, integer=False)
    rows = []
    for done, weight in enumerate(weights):
        warm.costs(assembly.cost_plan + weight * risk, 0.0)
        x = warm.solve("a point of the frontier").x
        loss = float((assembly.cost_node + assembly.cost_overlap) @ x)
        rows.append((float(assembly.cost_plan @ x) - constant, loss, loss + float(assembly.cost_risk @ x)))
        report(reporter, (done + 1) / len(weights), "walking the frontier")
    cost, loss_left, risk_left = (np.array(v) * MONEY for v in zip(*rows, strict=True))
    return Frontier(cost, loss_left, risk_left, False)
