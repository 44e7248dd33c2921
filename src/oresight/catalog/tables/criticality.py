"""Criticality as others have assessed it: the results of the European Union's study of 2023 and its parameters."""

from oresight.catalog.declare import Field, Origin, Table
from oresight.catalog.tables.chains import provenance

STUDY = Origin(
    "European Commission",
    "Study on the critical raw materials for the EU 2023, read in an open extraction",
    "https://doi.org/10.2873/725585",
    "2023",
    "reuse with attribution",
)

EU_CRITICALITY = Table(
    name="eu_criticality",
    about="A material's result in the European Union's criticality study of 2023.",
    key=("material",),
    fields=(
        Field("material", "material as the study names it"),
        Field(
            "commodity",
            "commodity of the catalogue it stands for; null for none",
            required=False,
            refers="commodities.id",
        ),
        Field("supply_risk", "supply risk", "number", "1", required=False, low=0.0, high=10.0),
        Field(
            "economic_importance", "economic importance", "number", "1", required=False, low=0.0, high=12.0
        ),
        Field("critical_stage", "stage with the higher risk: E extraction, P processing", required=False),
        Field("stages_assessed", "stages the study assessed", required=False),
        Field("sourcing_extraction", "supply mixes that enter: GS global, EU of the Union", required=False),
        Field("sourcing_processing", "supply mixes that enter: GS global, EU of the Union", required=False),
        Field("supply_risk_extraction", "supply risk at extraction", "number", "1", required=False, low=0.0),
        Field("supply_risk_processing", "supply risk at processing", "number", "1", required=False, low=0.0),
        Field(
            "substitution_ei",
            "substitution index of economic importance",
            "number",
            "1",
            required=False,
            low=0.0,
            high=1.0,
        ),
        Field(
            "substitution_sr",
            "substitution index of supply risk",
            "number",
            "1",
            required=False,
            low=0.0,
            high=1.0,
        ),
        Field(
            "import_reliance_extraction",
            "net import reliance at extraction",
            "number",
            "1",
            required=False,
            low=-1.0,
            high=1.0,
        ),
        Field(
            "import_reliance_processing",
            "net import reliance at processing",
            "number",
            "1",
            required=False,
            low=-1.0,
            high=1.0,
        ),
        Field(
            "recycling_input_rate",
            "end-of-life recycling input rate",
            "number",
            "1",
            required=False,
            low=0.0,
            high=1.0,
        ),
        *provenance(),
    ),
    vintage="2023",
    origins=(STUDY,),
    cautions=("Second-hand: check a figure in the report before quoting it as official.",),
)

EU_TRADE_PARAMETERS = Table(
    name="eu_trade_parameters",
    about="The trade parameter t the European Union's study of 2023 gives to a supplier; 1 unless named.",
    key=("material", "scope", "country"),
    fields=(
        Field("material", "material as the study names it"),
        Field(
            "commodity",
            "commodity of the catalogue it stands for; null for none",
            required=False,
            refers="commodities.id",
        ),
        Field(
            "scope",
            "which supply it weighs",
            one_of=("global-extraction", "global-processing", "eu-sourcing"),
        ),
        Field("country", "supplier", refers="countries.iso3"),
        Field(
            "t",
            "trade parameter: above 1 for restrictions, below for agreements",
            "number",
            "1",
            low=0.5,
            high=2.0,
        ),
        *provenance(),
    ),
    vintage="2023",
    origins=(STUDY,),
    cautions=(
        "Examples, not the full list; every other supplier counts 1.",
        "The study predates the Chinese controls of 2023-2025 on gallium, germanium, graphite and rare earths.",
    ),
)

TABLES = (EU_CRITICALITY, EU_TRADE_PARAMETERS)
