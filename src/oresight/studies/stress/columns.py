"""Columns of the sheets of a stress answer."""

from oresight.core.answer import Column, Kind

SUMMARY_COLUMNS = (
    Column("commodity", "id"),
    Column("name", "commodity"),
    Column("price_peak", "highest price members pay, median draw, multiple of baseline", "x", "number"),
    Column("price_peak_low", "P5", "x", "number"),
    Column("price_peak_high", "P95", "x", "number"),
    Column("price_inside", "price in the restricting countries in that month", "x", "number"),
    Column("peak_month", "month of the highest price", "", "integer"),
    Column("shortage", "share of members' use lost in the worst month, median draw", "1", "share"),
    Column("shortage_low", "P5", "1", "share"),
    Column("shortage_high", "P95", "1", "share"),
    Column("first_short", "month in which members first lose more than 5 %", "month", "number"),
    Column("use_lost", "members' use lost in the worst twelve months running, median", "t", "number"),
    Column("loss", "members' consumer surplus lost over the horizon", "million USD", "number"),
    Column("loss_low", "P5", "million USD", "number"),
    Column("loss_high", "P95", "million USD", "number"),
    Column("worst", "member that loses the largest share of its use"),
    Column("worth", "what the tonnes lost would have made, had one product taken all of them"),
    Column("drivers", "what moves the shortage most, partial rank correlation"),
    Column("baseline_year", "year of the market that is shocked", "", "integer"),
)


def banded(name: str, about: str, unit: str, kind: Kind) -> tuple[Column, ...]:
    """A column with its P5 and P95."""
    return (
        Column(f"{name}_low", f"{about}, P5", unit, kind),
        Column(name, f"{about}, median", unit, kind),
        Column(f"{name}_high", f"{about}, P95", unit, kind),
    )


MONTH_COLUMNS = (
    Column("commodity", "id"),
    Column("month", "months since the start", "", "integer"),
    *banded("price_outside", "price members pay", "x", "number"),
    *banded("price_inside", "price in the restricting countries", "x", "number"),
    *banded("shortage", "share of members' use lost", "1", "share"),
    Column("stock", "months of use in members' private stocks, median", "months", "number"),
)
MEMBER_COLUMNS = (
    Column("commodity", "id"),
    Column("member", "member, restricting country, or others"),
    Column("role", "coalition, restricting, or other"),
    Column("use", "baseline use", "t", "number"),
    Column("shortage", "share of use lost in its worst month, median", "1", "share"),
    Column("first_short", "month in which it first loses more than 5 %", "month", "number"),
    Column("price_peak", "highest price it pays, median", "x", "number"),
)
COST_COLUMNS = (
    Column("member", "member, restricting country, or others"),
    Column("role", "coalition, restricting, or other"),
    Column("bill", "paid more for what is still used", "million USD", "number"),
    Column("loss", "consumer surplus lost", "million USD", "number"),
    Column("gain", "producer surplus gained, all stages", "million USD", "number"),
    Column("rent", "earned by licences and smuggling", "million USD", "number"),
    Column("trade", "gained by holders of stocks", "million USD", "number"),
    Column("net", "gain, rent and trade less loss, median", "million USD", "number"),
    Column("net_low", "P5", "million USD", "number"),
    Column("net_high", "P95", "million USD", "number"),
)
USE_COLUMNS = (
    Column("commodity", "id"),
    Column("end_use", "end use"),
    Column("priority", "defence, essential or normal"),
    Column("share_of_use", "share of the commodity's use", "1", "share"),
    Column("lost", "share lost in the members' worst month if all uses lose alike", "1", "share"),
    Column("lost_defence_first", "share lost if the scenario's priority uses are served first", "1", "share"),
)
FLOW_COLUMNS = (
    Column("commodity", "id"),
    Column("stage", "stage"),
    Column("supplier", "country that makes it"),
    Column("buyers", "members of the coalition, or countries outside"),
    Column("before", "what goes that way at baseline", "t/yr", "number"),
    *banded("during", "in the first twelve months of the cut", "t/yr", "number"),
    Column("change", "during less before, median", "t/yr", "number"),
)
PLATFORM_COLUMNS = (
    Column("commodity", "id; rare-earths for figures that mean all of them together"),
    Column("tonnes", "members' use lost in the worst twelve months running, median", "t", "number"),
    Column("platform", "platform or product"),
    Column("domain", "field of use"),
    Column("units", "units the loss would have made, had they taken all of it", "units", "number"),
    Column("units_low", "with the heaviest published figure", "units", "number"),
    Column("units_high", "with the lightest published figure", "units", "number"),
    Column("per", "unit counted"),
    Column("kg", "mass of the commodity in a unit; none where no figure is published", "kg", "number"),
    Column("figures", "published figures, which may conflict", kind="integer"),
    Column("source", "source of the figure used", kind="source"),
    Column("confidence", "trust in it"),
    Column("note", "what a reader must know", kind="note"),
)
