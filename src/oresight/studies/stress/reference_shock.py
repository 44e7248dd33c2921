"""The reference shock, with any supplier in China's place."""

from oresight.studies import names
from oresight.studies.stress.scenario import Scenario
from oresight.studies.stress.scenario_named import scenario

REFERENCE = "everything-12-months"


def reference_shock(supplier: str = names.DEFAULT_SUPPLIER) -> Scenario:
    """All exports of every stage stopped for twelve months by a supplier.

    Raises:
        StudyError: A name is unknown.
    """
    preset = scenario(REFERENCE)
    sellers = names.supplier(supplier)
    if list(sellers.members) == ["CHN"]:
        return preset
    cut = preset.measure[0].model_copy(update={"sellers": list(sellers.members)})
    title = f"The reference shock: {sellers.label} stops all exports of every stage for twelve months"
    return preset.model_copy(update={"measure": [cut], "title": title})
