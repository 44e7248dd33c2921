"""Run geopolrisk-py over its materials, countries and years, and write its scores and its time as JSON.

Runs inside the peer's own environment, which has none of ours:

    python geopolrisk_peer_sweep.py OUT TIMED YEAR...

Every score is computed by the peer's functions, handed only the rows of its year and material, which changes
nothing but the time they take. How long the peer takes is then measured as it works by itself, on its whole
table: on TIMED pairs drawn at random, or on all of them (0). The peer writes folders into the home directory, so
the caller sets HOME to a scratch place.
"""

import json
import logging
import random
import sys
import time


def main(out: str, timed: int, years: list[int]) -> None:
    from geopolrisk.assessment import core, utils  # reads its databases on import
    from geopolrisk.assessment.database import databases

    logging.disable(logging.CRITICAL)
    listed = databases.production["Country_ISO"]
    countries = [
        *dict.fromkeys(
            name for name, code in zip(listed["Country"], listed["ISO"], strict=True) if str(code).isdigit()
        )
    ]
    countries.append("EU")
    materials = list(dict.fromkeys(utils.default_rmlist()))
    begin = time.perf_counter()
    whole = utils.mapped_baci()
    mapped = time.perf_counter() - begin

    def score(year: int, material: str, country: str, data: object) -> list:
        members = databases.regionslist[country]
        numerator, trade, price = core.aggregateTrade(year, members, material, data=data)
        made = [core.HHI(material, year, utils.cvtcountry(m, type="Name")) for m in members]
        value, factor, risk = core.GeoPolRisk(numerator, trade, price, sum(p for p, _ in made), made[-1][1])
        return [year, material, country, value, factor, made[-1][1], risk, price]

    rows, failed = [], []
    for year in years:
        for material in materials:
            part = whole[(whole["period"] == year) & (whole["rawMaterial"] == material)]
            for country in countries:
                try:
                    rows.append(score(year, material, country, part))
                except Exception as error:
                    failed.append([year, material, country, repr(error)])
    pairs = [(y, m, c) for y in years for m in materials for c in countries]
    chosen = random.Random(0).sample(pairs, min(timed, len(pairs))) if timed else pairs
    begin = time.perf_counter()
    for year, material, country in chosen:
        try:
            score(year, material, country, whole)
        except Exception:
            continue
    spent = time.perf_counter() - begin
    with open(out, "w", encoding="utf-8") as file:
        json.dump(
            {
                "columns": ["year", "material", "country", "score", "factor", "hhi", "import_risk", "price"],
                "materials": materials,
                "countries": countries,
                "rows": [
                    [None if v != v else (float(v) if i > 2 else v) for i, v in enumerate(r)] for r in rows
                ],
                "failed": failed,
                "seconds_mapping": mapped,
                "seconds_sweep": spent / len(chosen) * len(pairs),
                "timed_pairs": len(chosen),
                "pairs": len(pairs),
            },
            file,
        )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), [int(y) for y in sys.argv[3:]])
