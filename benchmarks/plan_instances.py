"""Invented cases of realistic size and shape for measuring and testing the plan; no figure in them is a fact.

Tonnages span copper to dysprosium, prices move against tonnage, the supplier holds 30 to 95 % of a stage.
"""

import numpy as np

from oresight.plan.records import (
    OUTSIDE,
    SUPPLIER,
    Axes,
    Buyers,
    Case,
    Ceilings,
    CoProducts,
    Feeds,
    Kinds,
    Limits,
    Products,
    Projects,
    ShareCaps,
    Stockpiles,
    Substitutions,
    Supplies,
    Terms,
    first_start,
)

MEMBERS = ("USA", "JPN", "DEU", "FRA", "ITA", "EU", "GBR", "CAN", "AUS", "IND", "KOR", "MEX")


def made_case(
    commodities: int = 30,
    projects: int = 250,
    shown: int = 15,
    extension: int = 5,
    start_every: int = 4,
    members: int = 12,
    budget: float = np.inf,
    seed: int = 1,
    whole: bool = True,
    targets: bool = True,
) -> Case:
    """A case of the asked size; `budget` is public money per year as a share of all projects' capital."""
    g = np.random.default_rng(seed)
    years = shown + extension
    growth = np.arange(years)
    product = {"name": [], "commodity": [], "stage": [], "price": []}
    supply = {k: [] for k in ("name", "product", "owner", "capacity", "cost", "crisis")}
    feed = {k: [] for k in ("supply", "plant", "product", "per_tonne", "need")}
    buyer = {k: [] for k in ("name", "product", "priority", "demand", "value", "share")}
    chains, demands = [], []
    weight = g.dirichlet(np.array([6, 3, 2, 1, 1, 3, 1, 1, 0.5, 3, 2, 1])[:members] * 4, commodities)
    for c in range(commodities):
        tonnes = 10 ** g.uniform(2.3, 6.5)
        price = 10 ** (9.0 + g.normal(0, 0.4)) / tonnes
        rate = g.uniform(0.0, 0.06)
        demand = tonnes * (1 + rate) ** growth
        supplier_share = g.uniform(0.3, 0.95)
        depth = 3 if c % 3 == 0 else 2
        chain = []
        for stage in range(depth):
            routes = 2 if stage == 0 and c % 4 == 0 else 1
            chain.append([])
            for route in range(routes):
                index = len(product["name"])
                chain[stage].append(index)
                product["name"].append(f"c{c} stage {stage} route {route}")
                product["commodity"].append(c)
                product["stage"].append(stage)
                unit = price * (0.45, 0.8, 1.6)[stage]
                product["price"].append(np.full(years, unit))
                home = tonnes * (1 - supplier_share) * g.uniform(0.2, 0.6) / routes
                for _ in range(2):
                    feed_cost = price * (0, 0.45, 0.8)[stage] * 1.1
                    supply["name"].append(f"home {index}")
                    supply["product"].append(index)
                    supply["owner"].append(int(g.integers(members)))
                    supply["capacity"].append(np.full(years, home / 2))
                    supply["cost"].append(
                        np.full(years, max(unit * g.uniform(0.8, 0.95) - feed_cost, 0.05 * unit))
                    )
                    supply["crisis"].append((1.0, 1.0))
                    if stage:
                        feed["supply"].append(len(supply["name"]) - 1)
                        feed["product"].append(chain[stage - 1])
                for step, multiple in enumerate((1.0, 1.4, 2.2)):
                    supply["name"].append(f"free {index} step {step}")
                    supply["product"].append(index)
                    supply["owner"].append(OUTSIDE)
                    supply["capacity"].append(demand * (1 - supplier_share) * (0.5, 0.2, 0.15)[step] / routes)
                    supply["cost"].append(np.full(years, unit * multiple))
                    supply["crisis"].append((0.8, 1.3))
                supply["name"].append(f"supplier {index}")
                supply["product"].append(index)
                supply["owner"].append(SUPPLIER)
                supply["capacity"].append(demand * 1.3)
                supply["cost"].append(np.full(years, unit * 0.98))
                supply["crisis"].append((1.0, 1.0))
        chains.append(chain)
        demands.append(demand)
        final = chain[-1][0]
        crisis_price = price * (0.45, 0.8, 1.6)[depth - 1] * 2.2 * 1.3
        for use, (priority, part) in enumerate(((0, 0.05), (1, 0.25), (2, 0.4), (2, 0.3))):
            buyer["name"].append(f"c{c} use {use}")
            buyer["product"].append(final)
            buyer["priority"].append(priority)
            buyer["demand"].append(demand * part)
            buyer["value"].append(crisis_price * (20, 8, 4, 1.5)[use] * g.uniform(1.05, 1.6))
            buyer["share"].append(weight[c])
    plants = {
        k: [] for k in ("name", "product", "host", "capacity", "capital", "operating", "lead", "earliest")
    }
    plants |= {"whole": [], "ramp": []}
    limit = {k: [] for k in ("name", "bound", "limit", "plant", "weight")}
    supplies = len(supply["name"])
    project_feed = []
    for j in range(projects):
        c = j % commodities
        stage = int(g.integers(len(chains[c])))
        options = chains[c][stage]
        index = options[int(g.integers(len(options)))]
        unit = float(product["price"][index][0])
        recycled = j % 11 == 10
        capacity = demands[c][0] * g.uniform(0.04, 0.3)
        plants["name"].append(f"project {j}")
        plants["product"].append(index)
        plants["host"].append(OUTSIDE if g.random() < 0.25 else int(g.integers(members)))
        plants["capacity"].append(capacity)
        plants["capital"].append(capacity * unit * g.uniform(1.0, 4.0))
        feed_cost = (
            float(product["price"][chains[c][stage - 1][0]][0]) * 1.1 if stage and not recycled else 0.0
        )
        plants["operating"].append(max(unit * g.uniform(0.5, 1.1) - feed_cost, 0.05 * unit))
        plants["lead"].append(int(g.integers(2, 5 + 2 * (stage == 0))))
        plants["earliest"].append(int(g.integers(0, 3)))
        plants["whole"].append(whole and not recycled)
        plants["ramp"].append((0.4, 0.8))
        if stage and not recycled:
            project_feed.append((j, chains[c][stage - 1]))
        if recycled:
            limit["name"].append(f"scrap of c{c}")
            limit["bound"].append(demands[c] * 0.1)
            limit["limit"].append(len(limit["name"]) - 1)
            limit["plant"].append(supplies + j)
            limit["weight"].append(1.0)
    for at, options in zip(feed["supply"], feed["product"], strict=True):
        project_feed.append((at - supplies, options))
    plant, taken, need, per_tonne = [], [], [], []
    for j, options in project_feed:
        for option in options:
            plant.append(j + supplies)
            taken.append(option)
            need.append(0)
            per_tonne.append(1.1)
    stocked = [s for chain in chains for level in chain[1:] for s in level]
    price_of = np.array(product["price"])
    kinds = 3
    hazard = np.zeros(years)
    starts = np.arange(0, years, start_every)
    hazard[starts] = 1 - 0.94**start_every
    finals = np.array([chain[-1][0] for chain in chains])
    steps = np.array([1.05, 1.25, 1.6])
    bound = np.stack(
        [np.stack([demands[int(product["commodity"][s])] * f for f in (0.05, 0.05, 0.05)]) for s in stocked]
    )
    count, stocks = len(plants["name"]), len(stocked)
    crisis = np.array(supply["crisis"])
    capital = np.array(plants["capital"])
    yearly = np.inf if not np.isfinite(budget) else budget * capital.sum()
    asked = commodities if targets else 0
    return Case(
        Axes(
            tuple(range(2026, 2026 + years)),
            shown,
            tuple(f"c{c}" for c in range(commodities)),
            ("mine", "refine", "component"),
            MEMBERS[:members],
        ),
        Products(
            tuple(product["name"]), np.array(product["commodity"]), np.array(product["stage"]), price_of
        ),
        Supplies(
            tuple(supply["name"]),
            np.array(supply["product"]),
            np.array(supply["owner"]),
            np.array(supply["capacity"]),
            np.array(supply["cost"]),
            np.repeat(crisis[:, :1], kinds, 1),
            np.repeat(crisis[:, 1:], kinds, 1),
        ),
        Projects(
            tuple(plants["name"]),
            np.array(plants["product"], dtype=np.int64),
            np.array(plants["host"], dtype=np.int64),
            np.array(plants["capacity"]),
            capital,
            np.array(plants["operating"]),
            np.array(plants["lead"], dtype=np.int64),
            np.array(plants["ramp"]).reshape(count, 2),
            np.array(plants["earliest"], dtype=np.int64),
            np.full(count, 15),
            np.full(count, 0.08),
            np.full(count, 0.4),
            np.array(plants["whole"], dtype=bool),
            np.ones(count),
            np.ones((count, kinds)),
        ),
        Feeds(
            np.array(plant, dtype=np.int64),
            np.array(taken, dtype=np.int64),
            np.array(per_tonne),
            np.array(need, dtype=np.int64),
        ),
        CoProducts(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)),
        Limits(
            tuple(limit["name"]),
            np.array(limit["bound"]).reshape(len(limit["name"]), years),
            np.full(len(limit["name"]), OUTSIDE),
            np.array(limit["limit"], dtype=np.int64),
            np.array(limit["plant"], dtype=np.int64),
            np.array(limit["weight"]),
        ),
        Buyers(
            tuple(buyer["name"]),
            np.array(buyer["product"]),
            np.array(buyer["priority"]),
            np.array(buyer["demand"]),
            np.array(buyer["share"]),
            np.array(buyer["value"]),
        ),
        Substitutions(
            tuple(f"less c{c}" for c in range(commodities)),
            np.arange(commodities) * 4 + 3,
            np.outer(np.full(commodities, 0.3), np.minimum(growth / 8, 1)),
            price_of[finals, 0] * 1.5,
            price_of[finals, 0] * 0.3,
            np.full(commodities, 10),
            np.full(commodities, 0.08),
        ),
        Stockpiles(
            np.array(stocked),
            np.zeros(stocks),
            steps,
            bound,
            np.full(stocks, 0.03),
            np.full(stocks, 0.0),
            np.full(stocks, 1.1),
            np.full(stocks, 0.6),
            np.array([0.1 * demands[int(product["commodity"][s])][0] for s in stocked]),
        ),
        Kinds(
            ("12 months, all stages", "36 months, refined and component", "12 months, one member"),
            np.array([12, 36, 12]),
            np.array([[1, 1, 1], [0, 1, 1], [1, 1, 1]], dtype=bool),
            np.array([0.0, 0.15, 0.3]),
            np.array(
                [[1] * members, [1] * members, [i == min(1, members - 1) for i in range(members)]], dtype=bool
            ),
            first_start(hazard, np.array([0.5, 0.2, 0.3])),
        ),
        ShareCaps(
            tuple(f"supplier at most 65 % of c{c}" for c in range(asked)),
            finals[:asked],
            np.full(asked, 0.65),
            np.full(asked, min(5, years)),
            np.full(asked, 0.5),
        ),
        Ceilings(
            tuple(f"c{c}: defence and essential uses served" for c in range(asked)),
            np.arange(asked),
            np.zeros(asked, dtype=np.int64),
            np.ones(asked, dtype=np.int64),
            np.full(asked, 0.05),
            np.full(asked, min(6, years)),
            np.full(asked, 1.0),
        ),
        Terms(0.03, 0.5, 0.8, np.full((years, members), yearly / members), 0.5, 0.005, np.zeros(years)),
    )
