"""The parts of a case: products, supplies, projects, stockpiles, buyers, cut-offs, targets, terms (plan §1).

A study fills these frozen records from the catalogue; the programme turns them into a linear programme.
Quantities are contained tonnes, money is US dollars of one currency year. A *product* is a commodity at a stage
and, where chemistry matters, by route (concentrate of one mineral, of another): feed compatibility is then only
a question of which product a plant takes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

OUTSIDE = -1
SUPPLIER = -2


@dataclass(frozen=True)
class Axes:
    """The axes all arrays share.

    Args:
        years: Calendar years of the reference path, the extension included.
        shown: How many of them are shown; the rest (five in plan §2) keeps the last shown years honest.
        commodities: Ids.
        stages: Names, in chain order.
        members: Names of the coalition's members.
    """

    years: tuple[int, ...]
    shown: int
    commodities: tuple[str, ...]
    stages: tuple[str, ...]
    members: tuple[str, ...]


@dataclass(frozen=True)
class Products:
    """What is made, traded, stocked and used.

    Args:
        name: One per product.
        commodity: Position on the commodity axis (product,).
        stage: Position on the stage axis (product,).
        price: Undisturbed reference price (product, year) [USD/t], after any haircut.
    """

    name: tuple[str, ...]
    commodity: Ints
    stage: Ints
    price: Floats


@dataclass(frozen=True)
class Supplies:
    """What exists or is committed: members' plants, free sellers, the supplier. Capital is sunk (plan §1).

    Args:
        name: One per supply.
        product: Position on the product axis (supply,).
        owner: Member's position, `OUTSIDE` (-1) for free sellers, `SUPPLIER` (-2) for those who may cut off.
        capacity: What it can sell to the whole coalition (supply, year) [t/yr]. Free supply is given as steps of
            a ladder, dearer the more is asked: outsiders bid too (plan §4).
        cost: Avoidable cost or price asked, without feed that is listed apart (supply, year) [USD/t].
        crisis_capacity: Multiple of capacity in a cut-off (supply, kind) [1]; not used for the supplier.
        crisis_cost: Multiple of cost in a cut-off (supply, kind) [1].
    """

    name: tuple[str, ...]
    product: Ints
    owner: Ints
    capacity: Floats
    cost: Floats
    crisis_capacity: Floats
    crisis_cost: Floats


@dataclass(frozen=True)
class Projects:
    """What could be built: mines, plants, recycling. One decision each, in one year (plan §1).

    Args:
        name: One per project.
        product: What it makes (project,).
        host: Member's position or `OUTSIDE` (-1) for a third country (project,).
        capacity: Nameplate (project,) [t/yr].
        capital_cost: Whole investment (project,) [USD].
        operating_cost: Without feed that is listed apart (project,) [USD/t].
        lead_time: Years from decision to first output (project,) [yr], >= 0.
        ramp: Share of nameplate in the first, second, ... year of output; nameplate afterwards (project, ramp) [1].
        earliest: Position of the first year in which it can be decided (project,).
        life: Years of output over which capital is paid back (project,) [yr].
        capital_rate: Rate of that annuity: the company's hurdle rate, or the treasury's (project,) [1/yr] (plan §3).
        public_share: Share of the capital the budget pays, spread evenly from the decision to the year before the
            first output (project,) [1].
        whole: True where it is built or not; False where any part of it can be built (project,).
        open: Largest part that may be built (project,) [1]; 1 but in the coalition game.
        crisis_capacity: Multiple of output possible in a cut-off (project, kind) [1].
    """

    name: tuple[str, ...]
    product: Ints
    host: Ints
    capacity: Floats
    capital_cost: Floats
    operating_cost: Floats
    lead_time: Ints
    ramp: Floats
    earliest: Ints
    life: Ints
    capital_rate: Floats
    public_share: Floats
    whole: Flags
    open: Floats
    crisis_capacity: Floats


@dataclass(frozen=True)
class Feeds:
    """What plants need per tonne of output (plan §2). A plant is a supply, or a project counted after all supplies.

    Args:
        plant: (feed,).
        product: What is taken (feed,).
        per_tonne: Tonnes taken per tonne of the plant's output (feed,) [t/t], > 0: 1 / recovery for an ore.
        need: Label (feed,); rows of one plant with the same label are alternatives, different labels are all needed.
    """

    plant: Ints
    product: Ints
    per_tonne: Floats
    need: Ints


@dataclass(frozen=True)
class CoProducts:
    """What plants make besides their main product (plant numbering as in `Feeds`).

    Args:
        plant: (co_product,).
        product: (co_product,).
        per_tonne: Tonnes per tonne of main output (co_product,) [t/t].
    """

    plant: Ints
    product: Ints
    per_tonne: Floats


@dataclass(frozen=True)
class Limits:
    """Joint limits on plants: a by-product's host, the scrap that comes back (plan §1, §2).

    Args:
        name: One per limit, in words a reader understands.
        bound: Sum over plants of weight x output (limit, year) [t/yr].
        owner: Member's position, or `OUTSIDE` where the bound is shared by demand (limit,).
        limit: Which limit (entry,).
        plant: Plant as in `Feeds` (entry,).
        weight: (entry,) [t/t].
    """

    name: tuple[str, ...]
    bound: Floats
    owner: Ints
    limit: Ints
    plant: Ints
    weight: Floats


@dataclass(frozen=True)
class Buyers:
    """Who needs what, by use and priority.

    Args:
        name: One per buyer group.
        product: (buyer,).
        priority: 0 defence, 1 essential, 2 normal (buyer,).
        demand: All members (buyer, year) [t/yr].
        member_share: Of that, by member, summing to 1 (buyer, member) [1].
        value: Worth of a tonne that is missing (buyer,) [USD/t]: value added of its use, never a multiple of price.
    """

    name: tuple[str, ...]
    product: Ints
    priority: Ints
    demand: Floats
    member_share: Floats
    value: Floats


@dataclass(frozen=True)
class Substitutions:
    """Levers that lower a buyer's demand for good (plan §1).

    Args:
        name: One per lever.
        buyer: (lever,).
        share_max: Largest share of demand replaced by year (lever, year) [1]; readiness.
        capital_cost: Per t/yr replaced (lever,) [USD per t/yr].
        operating_cost: Per tonne replaced, above what is saved on other inputs (lever,) [USD/t].
        life, capital_rate: Of the annuity (lever,) [yr], [1/yr].
    """

    name: tuple[str, ...]
    buyer: Ints
    share_max: Floats
    capital_cost: Floats
    operating_cost: Floats
    life: Ints
    capital_rate: Floats


@dataclass(frozen=True)
class Stockpiles:
    """Public stock, one per product that can be held; private cover beside it (plan §1, §2).

    Args:
        product: (stock,).
        initial: Held at the start (stock,) [t].
        step_multiple: Price ladder of purchases, rising (step,) [1].
        step_bound: What can be bought at each step: a share of free supply while sellers are open
            (stock, step, year) [t/yr] (plan §4).
        carrying: Storage, insurance, rotation per year as a share of price (stock,) [1/yr].
        loss: Share lost per year (stock,) [1/yr].
        restock_multiple: What a drawn tonne costs to replace, as a multiple of price (stock,) [1].
        salvage: What a tonne left at the end is worth, as a multiple of price (stock,) [1].
        private_cover: Stock of companies, used in a cut-off first and once (stock,) [t].
    """

    product: Ints
    initial: Floats
    step_multiple: Floats
    step_bound: Floats
    carrying: Floats
    loss: Floats
    restock_multiple: Floats
    salvage: Floats
    private_cover: Floats


@dataclass(frozen=True)
class Kinds:
    """What a cut-off looks like (plan §2).

    Args:
        name: One per kind.
        months: How long (kind,) [months].
        stage_cut: Which stages the supplier stops (kind, stage).
        leak: What still comes through of what is cut (kind,) [1].
        target: Against whom (kind, member).
        probability: That a cut-off of this kind starts in the year (year, kind) [1]; 0 is none. Its first node is
            the year itself. The hazard runs on to the last year.
    """

    name: tuple[str, ...]
    months: Ints
    stage_cut: Flags
    leak: Floats
    target: Flags
    probability: Floats


@dataclass(frozen=True)
class ShareCaps:
    """Limits on the supplier's share at a product, as the EU's 65 % per stage (plan §2).

    Args:
        name: One per target, in words.
        product: (target,).
        share_max: Of all that enters the product's pool (target,) [1].
        from_year: Position of the first year it holds (target,).
        price: Paid per tonne beyond, as a multiple of the product's price (target,) [1]; nan makes the target hard.
    """

    name: tuple[str, ...]
    product: Ints
    share_max: Floats
    from_year: Ints
    price: Floats


@dataclass(frozen=True)
class Ceilings:
    """Limits on what may be missing in a cut-off: "no more than a % of priority demand" (plan §2).

    Args:
        name: One per target, in words.
        commodity: (target,).
        kind: Cut-off kind it is tested against (target,).
        priority_max: Buyers of this priority or more urgent (target,).
        unserved_max: Share of their demand that may be missing (target,) [1].
        from_year: First start year it holds (target,).
        price: Paid per tonne beyond, as a multiple of the buyers' mean value (target,) [1]; nan makes it hard.
    """

    name: tuple[str, ...]
    commodity: Ints
    kind: Ints
    priority_max: Ints
    unserved_max: Floats
    from_year: Ints
    price: Floats


@dataclass(frozen=True)
class Terms:
    """How the coalition counts.

    Args:
        social_rate: Treasuries' discount rate [1/yr] (plan §3).
        risk_weight: lambda on the expected shortfall, >= 0.
        tail: Worst share 1 - tail of cut-offs starting in a year that the expected shortfall averages [1].
        budget: Public money (year, member) [USD/yr]; inf is none. Only sums over members bind.
        run_min: Least use of what is built on the reference path [1] (0.5 in plan §2).
        gap: Tolerated share of (do nothing - plan), never of total cost [1].
        budget_price: What a budget dollar is worth beyond a dollar, from the last full plan (year,) [1]; 0 in a full
            plan, so that a plan of one commodity does not pretend to be the whole (plan §2).
    """

    social_rate: float
    risk_weight: float
    tail: float
    budget: Floats
    run_min: float
    gap: float
    budget_price: Floats
