"""Tonnes as a reader pictures them: about so many jets', cars' or turbines' worth, with conflicting figures as a band."""

from dataclasses import dataclass

from oresight.catalog.store import read
from oresight.core.answer import Column, Sheet, sheet
from oresight.core.errors import StudyError
from oresight.studies import names


@dataclass(frozen=True)
class Worth:
    """How many units of a platform a quantity would have made.

    Args:
        platform: The platform, and `per` the unit it is counted in.
        domain: Field of use.
        low, best, high: Units; low with the heaviest published figure, high with the lightest.
        kg: Mass of the commodity in a unit, the figure a result uses [kg].
        figures: Published figures the band spans.
        source: Source of the figure used.
        confidence: Trust in it.
        note: What a reader must know.
    """

    platform: str
    per: str
    domain: str
    low: float
    best: float
    high: float
    kg: float
    figures: int
    source: str
    confidence: str
    note: str | None


def worth(commodity: str, tonnes: float) -> list[Worth]:
    """Units of each platform that a quantity of a commodity would have made, each as if it took all of it.

    units = 1000 tonnes / (mass per unit x content)

    Args:
        commodity: Commodity, or the group rare-earths for all of them together.
        tonnes: Quantity in the commodity's own basis [t].

    Raises:
        StudyError: The commodity is unknown or the quantity negative.
    """
    if not tonnes >= 0:
        raise StudyError(f"{tonnes} t", "give a quantity from 0 on")
    found = names.commodity(commodity)
    wanted = "rare-earths-light" if found == "rare-earths" else found
    rows = [
        row
        for row in read("platform_uses").iter_rows(named=True)
        if row["kind"] == "mass" and row["commodity"] == wanted and row["kg_best"]
    ]
    groups: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in rows:
        groups.setdefault((row["platform"], row["material"]), []).append(row)
    result = []
    for (platform, _), figures in groups.items():
        used = next(row for row in figures if row["preferred"])
        masses = [
            float(str(mass)) * float(str(row["content"] or 1.0))
            for row in figures
            for mass in (row["kg_low"], row["kg_best"], row["kg_high"])
            if mass
        ]
        kg = float(str(used["kg_best"])) * float(str(used["content"] or 1.0))
        result.append(
            Worth(
                platform,
                str(used["per"]),
                str(used["domain"]),
                1000.0 * tonnes / max(masses),
                1000.0 * tonnes / kg,
                1000.0 * tonnes / min(masses),
                kg,
                len(figures),
                str(used["source_id"]),
                str(used["confidence"]),
                None if used["note"] is None else str(used["note"]),
            )
        )
    order = ("defence", "semiconductors", "electric cars", "wind", "batteries")
    return sorted(result, key=lambda w: (order.index(w.domain), w.confidence != "high", w.platform))


def worth_sheet(commodity: str, tonnes: float) -> Sheet:
    """The same as a sheet, the platforms that cannot do without the commodity at its end."""
    columns = (
        Column("platform", "platform or product"),
        Column("domain", "field of use"),
        Column("units", "units the quantity would have made", "units", "number"),
        Column("units_low", "with the heaviest published figure", "units", "number"),
        Column("units_high", "with the lightest published figure", "units", "number"),
        Column("per", "unit counted"),
        Column("kg", "mass of the commodity in a unit; none where no figure is published", "kg", "number"),
        Column("figures", "published figures", kind="integer"),
        Column("source", "source", kind="source"),
        Column("confidence", "trust in the figure"),
        Column("note", "what a reader must know"),
    )
    records = [
        {
            "platform": w.platform,
            "domain": w.domain,
            "units": w.best,
            "units_low": w.low,
            "units_high": w.high,
            "per": w.per,
            "kg": w.kg,
            "figures": w.figures,
            "source": w.source,
            "confidence": w.confidence,
            "note": w.note,
        }
        for w in worth(commodity, tonnes)
    ]
    found = names.commodity(commodity)
    wanted = set(names.groups().get(found, (found,)))
    named = read("platform_uses").filter(kind="dependency")
    records += [
        {
            "platform": row["platform"],
            "domain": row["domain"],
            "per": row["per"],
            "source": row["source_id"],
            "confidence": row["confidence"],
            "note": f"needs {row['material']}; no figure is published",
        }
        for row in named.iter_rows(named=True)
        if row["commodity"] in wanted
    ]
    label = names.commodity_labels().get(found, found)
    return sheet("worth", f"What {tonnes:,.0f} t of {label} would have made", columns, records)


def pictured(commodity: str, tonnes: float) -> str | None:
    """One clause for a reader, by the best-sourced defence platform, else another; None without any figure.

    Two figures apart by more than a twentieth are given as a band.
    """
    found = worth(commodity, tonnes)
    if not found or not tonnes:
        return None
    first = found[0]
    if first.high > 1.05 * first.low:
        return f"{rounded(first.low)} to {rounded(first.high)} {first.platform} ({first.per})"
    return f"about {rounded(first.best)} {first.platform} ({first.per})"


def rounded(units: float) -> str:
    """Units to two significant digits, as rough as the figures behind them.

    >>> rounded(2398.1), rounded(0.42)
    ('2,400', '0.42')
    """
    return f"{float(f'{units:.2g}'):,.15g}"
