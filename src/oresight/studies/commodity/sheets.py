"""Columns of the sheets of one commodity."""

from oresight.catalog.own_figures import OWN
from oresight.core.answer import Column

FIGURE = Column("figure", "id for `oresight explain`", "", "id")
CONFIDENCE = Column("confidence", "trust in the row")
SOURCE = Column("source", "source", kind="source")

MAKER_COLUMNS = (
    Column("stage", "stage of the chain"),
    Column("country", "ISO code", "", "id"),
    Column("name", "country"),
    Column("kind", "supplier, coalition or other", "", "id"),
    Column("value", "output", "t contained", "number"),
    Column("low", "band, low", "t contained", "number"),
    Column("high", "band, high", "t contained", "number"),
    Column("share", "share of the world's output that is counted", "1", "share"),
    Column("year", "year of the output", "", "integer"),
    Column("qualifier", "what the publisher says of it"),
    CONFIDENCE,
    SOURCE,
    FIGURE,
)
CHAIN_COLUMNS = (
    Column("from_stage", "stage it leaves"),
    Column("source", "made in"),
    Column("source_kind", "supplier, coalition or other", "", "id"),
    Column("to_stage", "stage it enters; `use` after the last"),
    Column("target", "taken by"),
    Column("target_kind", "supplier, coalition or other", "", "id"),
    Column("tonnes", "flow at the stage it leaves, transit seen through", "t contained", "number"),
    Column("share_of_source", "share of what the maker passes on", "1", "share"),
    Column("share_of_target", "share of what the taker takes in", "1", "share"),
    Column("source_share", "maker's share of its stage", "1", "share"),
    Column("target_share", "taker's share of its stage", "1", "share"),
)
ROUTE_COLUMNS = (
    Column("stage", "stage of the chain"),
    Column("exporter", "ISO code", "", "id"),
    Column("exporter_name", "from"),
    Column("importer", "ISO code", "", "id"),
    Column("importer_name", "to"),
    Column("kind", "what the exporter is: supplier, coalition or other", "", "id"),
    Column("tonnes", "balanced flow", "t contained", "number"),
    Column("share", "share of all trade at the stage", "1", "share"),
)
MEMBER_COLUMNS = (
    Column("player", "its code", "", "id"),
    Column("name", "member"),
    Column("import_share", "supplier's share of its imports by weight", "1", "share"),
    Column("import_share_value", "supplier's share of its imports by value", "1", "share"),
    Column("look_through_share", "share of its supply made by the supplier, hubs seen through", "1", "share"),
    Column("exposure", "share of its supply that passes through the supplier at any stage", "1", "share"),
    Column("exposure_mine", "share of its supply mined there", "1", "share"),
    Column("exposure_refine", "share of its supply refined there", "1", "share"),
    Column("exposure_component", "share of its supply made into components there", "1", "share"),
    Column("net_import_reliance", "net imports over apparent consumption, last stage", "1", "share"),
    Column("supply", "its own output and imports at the last stage", "t contained", "number"),
    Column("quality", "grade of the figures, A to D"),
    Column("note", "what a reader must know", "", "note"),
    FIGURE,
)
YEAR_COLUMNS = (
    Column("stage", "stage of the chain"),
    Column("year", "calendar year", "", "integer"),
    Column("leader", "largest maker"),
    Column("leader_share", "its share of the output counted", "1", "share"),
    Column("supplier_share", "the supplier's share", "1", "share"),
    Column("herfindahl", "sum of squared shares of named makers", "1", "number"),
    Column("world", "output counted", "t contained", "number"),
)
USE_COLUMNS = (
    Column("end_use", "end use"),
    Column("share", "share of use", "1", "share"),
    Column("priority", "served first: defence, then essential, then normal"),
    Column("region", "where the split holds"),
    Column("year", "year of the split", "", "integer"),
    CONFIDENCE,
    Column("source_id", "source", kind="source"),
    Column("note", "what a reader must know", "", "note"),
)
PLATFORM_COLUMNS = (
    Column("domain", "defence, energy, digital ..."),
    Column("platform", "platform"),
    Column("material", "material"),
    Column("per", "one of what"),
    Column("kg_best", "weight", "kg", "number"),
    Column("kg_low", "band, low", "kg", "number"),
    Column("kg_high", "band, high", "kg", "number"),
    Column("kind", "mass, or only that it depends on it"),
    CONFIDENCE,
    Column("source_id", "source", kind="source"),
    Column("note", "what a reader must know", "", "note"),
)
PRICE_COLUMNS = (
    Column("product", "what is priced"),
    Column("place", "where: inside or outside the supplier, a market, the world"),
    Column("date", "day, or first day of the period", kind="date"),
    Column("frequency", "day, monthly, annual ..."),
    Column("usd_per_t", "price", "USD/t", "number"),
    Column("kind", "spot, annual average, asked, deal, or unit value of trade"),
    Column("grade", "grade or place of delivery that the source names"),
    Column("form", "product as published", "", "note"),
    CONFIDENCE,
    Column("source_id", "source", kind="source"),
    Column("id", "row of the catalogue", "", "id"),
)
PROJECT_COLUMNS = (
    Column("name", "project"),
    Column("company", "company"),
    Column("country", "country"),
    Column("stage", "stage of the chain"),
    Column("status", "how far it is"),
    Column("nameplate", "announced", "t contained/yr", "number"),
    Column("funded", "of it built or being built", "t contained/yr", "number"),
    Column("commissioned", "of it able to run", "t contained/yr", "number"),
    Column("actual", "output where published", "t contained/yr", "number"),
    Column("start_year", "year its owner names", "", "integer"),
    Column("feed", "whether it has ore or concentrate"),
    Column("capex_usd", "capital cost", "USD", "number"),
    CONFIDENCE,
    SOURCE,
    Column(OWN, "whether it is the reader's own row", "", "flag"),
    Column("id", "row of the ledger", "", "id"),
    FIGURE,
)
CONFLICT_COLUMNS = (
    Column("stage", "stage of the chain"),
    Column("name", "country"),
    Column("year", "year", "", "integer"),
    Column("lowest", "lowest figure", "t contained", "number"),
    Column("highest", "highest figure", "t contained", "number"),
    Column("gap", "gap as a share of the highest", "1", "share"),
    Column("used", "figure results use", "t contained", "number"),
    Column("said", "who says what, t contained"),
    Column("country", "ISO code", "", "id"),
    FIGURE,
)
