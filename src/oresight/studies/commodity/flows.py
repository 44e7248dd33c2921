"""How a commodity flows: who makes each stage from whose ore, and which routes the last recorded trade takes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.core.coalition import Coalition
from oresight.network.look_through import origin_share
from oresight.studies import names
from oresight.studies.chains import BalancedChain

Floats = NDArray[np.float64]

SHOWN = 6
"""Most countries a column of the chain names; the rest are gathered."""

LEAST = 0.02
"""A country below this share of its column is gathered with the others [1]."""

ROUTES = 40
OTHERS = "Others"


@dataclass(frozen=True)
class Grouping:
    """How a column of the chain is read: countries gathered under the names a reader sees.

    Args:
        labels: Names, in the order of their size; gathered ones last.
        kinds: Name -> supplier, coalition or other.
        member: (country) position of each country's name.
    """

    labels: tuple[str, ...]
    kinds: dict[str, str]
    member: NDArray[np.int64]


def grouped(sizes: Floats, codes: tuple[str, ...], buyers: Coalition, seller: Coalition) -> Grouping:
    """The supplier, the largest countries, and the rest gathered into coalition and others."""
    total = float(sizes.sum())
    named: dict[str, str] = {}
    at: dict[int, str] = {}
    order = np.argsort(-sizes, kind="stable")
    gathered = f"{seller.label}" if len(seller.members) > 1 else names.label(seller.members[0])
    for i in order:
        code = codes[i]
        if code in seller.members and sizes[i] > 0:
            at[int(i)] = gathered
            named.setdefault(gathered, "supplier")
    chosen = 0
    for i in order:
        if int(i) in at or chosen >= SHOWN or total <= 0 or sizes[i] / total < LEAST or codes[i] == "OTH":
            continue
        label = names.label(codes[i])
        at[int(i)] = label
        named[label] = "coalition" if codes[i] in buyers.members else "other"
        chosen += 1
    rest_inside = f"Rest of {buyers.label}" if any(k == "coalition" for k in named.values()) else buyers.label
    for i in order:
        if int(i) in at or sizes[i] <= 0:
            continue
        inside = codes[i] in buyers.members
        at[int(i)] = rest_inside if inside else OTHERS
        named.setdefault(at[int(i)], "coalition" if inside else "other")
    size = {label: sum(float(sizes[i]) for i, name in at.items() if name == label) for label in named}
    ordered = sorted(named, key=lambda n: (n in (OTHERS, rest_inside), -size[n]))
    place = {label: k for k, label in enumerate(ordered)}
    member = np.array([place[at[i]] if i in at else -1 for i in range(len(codes))], dtype=np.int64)
    return Grouping(tuple(ordered), {n: named[n] for n in ordered}, member)


def chain_links(balanced: BalancedChain, buyers: Coalition, seller: Coalition) -> list[dict[str, object]]:
    """Who makes a stage from whose product of the stage before, transit seen through.        network §4

    A row per pair of names in neighbouring columns; the last column is use.
    """
    chain, codes = balanced.chain, balanced.countries
    made = [np.nan_to_num(s.production) for s in chain.stages]
    used = np.nan_to_num(chain.stages[-1].consumption)
    columns = [*balanced.stages, "use"]
    sizes = [*made, used]
    groups = [grouped(s, codes, buyers, seller) for s in sizes]
    rows: list[dict[str, object]] = []
    for k, network in enumerate(chain.stages):
        need = chain.feed(k) if k + 1 < len(chain.stages) else used
        flow = np.nan_to_num(origin_share(network)) * need[None, :]
        left, right = groups[k], groups[k + 1]
        gathered = np.zeros((len(left.labels), len(right.labels)))
        for i in np.flatnonzero(left.member >= 0):
            for j in np.flatnonzero(right.member >= 0):
                gathered[left.member[i], right.member[j]] += flow[i, j]
        for a, source in enumerate(left.labels):
            for b, target in enumerate(right.labels):
                if gathered[a, b] <= 0:
                    continue
                rows.append(
                    {
                        "from_stage": columns[k],
                        "source": source,
                        "source_kind": left.kinds[source],
                        "to_stage": columns[k + 1],
                        "target": target,
                        "target_kind": right.kinds[target],
                        "tonnes": float(gathered[a, b]),
                        "share_of_source": float(gathered[a, b] / gathered[a].sum()),
                        "share_of_target": float(gathered[a, b] / gathered[:, b].sum()),
                        "source_share": share(sizes[k], left.member == a),
                        "target_share": share(sizes[k + 1], right.member == b),
                    }
                )
    return rows


def share(sizes: Floats, chosen: NDArray[np.bool_]) -> float:
    """Share of a column's total that some countries hold [1].

    >>> share(np.array([1.0, 3.0]), np.array([False, True]))
    0.75
    """
    total = float(sizes.sum())
    return float(sizes[chosen].sum()) / total if total > 0 else 0.0


def routes(balanced: BalancedChain, buyers: Coalition, seller: Coalition) -> list[dict[str, object]]:
    """The largest country-to-country flows of the last stage whose trade customs record, balanced."""
    recorded = [k for k, stage in enumerate(balanced.stages) if stage not in balanced.filled]
    if not recorded:
        return []
    trade = balanced.chain.stages[recorded[-1]].trade
    total = float(trade.sum())
    codes = balanced.countries
    flat = np.argsort(-trade, axis=None, kind="stable")[:ROUTES]
    rows: list[dict[str, object]] = []
    for i, j in zip(*np.unravel_index(flat, trade.shape), strict=True):
        if total <= 0 or trade[i, j] < 1e-3 * total:
            break
        kind = (
            "supplier"
            if codes[i] in seller.members
            else "coalition"
            if codes[i] in buyers.members
            else "other"
        )
        rows.append(
            {
                "stage": balanced.stages[recorded[-1]],
                "exporter": codes[i],
                "exporter_name": names.label(codes[i]),
                "importer": codes[j],
                "importer_name": names.label(codes[j]),
                "kind": kind,
                "tonnes": float(trade[i, j]),
                "share": float(trade[i, j]) / total,
            }
        )
    return rows
