"""Run geopolrisk-py over its materials, countries and years, and write its scores and its time as JSON.

Runs inside the peer's own environment, which has none of ours: python geopolrisk_peer_sweep.py OUT YEAR...
The peer writes folders into the home directory, so the caller sets HOME to a scratch place.
"""

import json
import logging
import sys
import time


def main(out: str, years: list[int]) -> None:
    from geopolrisk.assessment import core, utils  # reads its databases on import
    from geopolrisk.assessment.database import databases

    logging.disable(logging.CRITICAL)
    countries = [
        name
        for name, code in zip(
            databases.production["Country_ISO"]["Country"],
            databases.production["Country_ISO"]["ISO"],
            strict=True,
        )
        if str(code).isdigit()
    ]
    countries = [*dict.fromkeys(countries), "EU"]
    materials = list(dict.fromkeys(utils.default_rmlist()))
    begin = time.perf_counter()
    data = utils.mapped_baci()
    mapped = time.perf_counter() - begin
    rows, failed = [], 0
    begin = time.perf_counter()
    for year in years:
        for material in materials:
            for country in countries:
                members = databases.regionslist[country]
                try:
                    numerator, trade, price = core.aggregateTrade(year, members, material, data=data)
                    made = [core.HHI(material, year, utils.cvtcountry(m, type="Name")) for m in members]
                    score, factor, risk = core.GeoPolRisk(
                        numerator, trade, price, sum(p for p, _ in made), made[-1][1]
                    )
                except Exception:
                    failed += 1
                    continue
                rows.append([year, material, country, score, factor, made[-1][1], risk, price])
    sweep = time.perf_counter() - begin
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
                "seconds_sweep": sweep,
            },
            file,
        )
    print(f"{len(rows)} scores, {failed} failed, mapping {mapped:.1f} s, sweep {sweep:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1], [int(y) for y in sys.argv[2:]])
