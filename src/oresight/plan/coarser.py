"""The same case on longer periods: small enough to be solved for every set of members (coalition §1)."""

from dataclasses import replace

import numpy as np

from oresight.core.errors import StudyError
from oresight.plan.records import Case, Floats


def coarser(case: Case, step: int) -> Case:
    """A case whose periods are `step` years long: flows summed, prices averaged, rates compounded (coalition §1).

    Quantities are tonnes per period, a cut-off of 12 months fills 1 / step of a period, lead times are rounded.
    The error this makes against the full plan is measured (`aggregation_error`), not assumed away.

    Args:
        case: In years.
        step: Years per period, a divisor of the number of years and of every cut-off's months.

    Raises:
        StudyError: The step divides neither.

    Returns:
        The case with its integer choices relaxed.
    """
    years = len(case.axes.years)
    if step < 1 or years % step or (case.kinds.months % step).any():
        fit = [s for s in range(1, years + 1) if not years % s and not (case.kinds.months % s).any()]
        raise StudyError(
            f"periods of {step} years do not divide {years} years or the cut-offs' months",
            f"take periods of {' or '.join(str(s) for s in fit)}",
        )

    def summed(values: Floats, axis: int = -1) -> Floats:
        moved = np.moveaxis(values, axis, -1)
        total = moved.reshape(*moved.shape[:-1], years // step, step).sum(-1)
        result: Floats = np.moveaxis(total, -1, axis)
        return result

    def averaged(values: Floats) -> Floats:
        mean: Floats = summed(values) / step
        return mean

    def compounded(rate: Floats) -> Floats:
        grown: Floats = (1.0 + rate) ** step - 1.0
        return grown

    j, k, sub, t = case.projects, case.stockpiles, case.substitutions, case.terms
    lead = np.maximum(np.rint(j.lead_time / step), (j.lead_time > 0).astype(float)).astype(np.int64)
    ages = -(-j.ramp.shape[1] // step) * step
    ramp = np.hstack([j.ramp, np.ones((len(j.ramp), ages - j.ramp.shape[1]))])
    return replace(
        case,
        axes=replace(case.axes, years=case.axes.years[::step], shown=-(-case.axes.shown // step)),
        products=replace(case.products, price=averaged(case.products.price)),
        supplies=replace(
            case.supplies, capacity=summed(case.supplies.capacity), cost=averaged(case.supplies.cost)
        ),
        projects=replace(
            j,
            capacity=j.capacity * step,
            lead_time=lead,
            ramp=ramp.reshape(len(ramp), ages // step, step).mean(2),
            earliest=-(-j.earliest // step),
            life=np.maximum(1, np.rint(j.life / step)).astype(np.int64),
            capital_rate=compounded(j.capital_rate),
            whole=np.zeros_like(j.whole),
        ),
        limits=replace(case.limits, bound=summed(case.limits.bound)),
        buyers=replace(case.buyers, demand=summed(case.buyers.demand)),
        substitutions=replace(
            sub,
            share_max=averaged(sub.share_max),
            capital_cost=sub.capital_cost / step,
            life=np.maximum(1, np.rint(sub.life / step)).astype(np.int64),
            capital_rate=compounded(sub.capital_rate),
        ),
        stockpiles=replace(
            k,
            step_bound=summed(k.step_bound),
            carrying=k.carrying * step,
            loss=1.0 - (1.0 - k.loss) ** step,
        ),
        kinds=replace(
            case.kinds,
            months=case.kinds.months // step,
            probability=summed(case.kinds.probability, axis=0),
        ),
        share_caps=replace(case.share_caps, from_year=-(-case.share_caps.from_year // step)),
        ceilings=replace(case.ceilings, from_year=-(-case.ceilings.from_year // step)),
        terms=replace(
            t,
            social_rate=(1.0 + t.social_rate) ** step - 1.0,
            budget=summed(t.budget, axis=0),
            budget_price=averaged(t.budget_price),
        ),
    )
