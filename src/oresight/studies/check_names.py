"""Names an article may use -> ids of the catalogue: countries and their capitals, minerals, bodies, companies, uses."""

import re
from functools import lru_cache

from oresight.catalog.lists import parts
from oresight.catalog.store import read
from oresight.core.coalition import Coalition
from oresight.studies import names
from oresight.text.mentions import Lexicon, Name

PEOPLES = {
    "Chinese": "CHN",
    "Beijing": "CHN",
    "MOFCOM": "CHN",
    "Japanese": "JPN",
    "Tokyo": "JPN",
    "American": "USA",
    "Washington": "USA",
    "White House": "USA",
    "Australian": "AUS",
    "Canberra": "AUS",
    "Indonesian": "IDN",
    "Jakarta": "IDN",
    "Congolese": "COD",
    "Kinshasa": "COD",
    "the Congo": "COD",
    "Congo": "COD",
    "Indian": "IND",
    "New Delhi": "IND",
    "Korean": "KOR",
    "South Korean": "KOR",
    "Seoul": "KOR",
    "Russian": "RUS",
    "Moscow": "RUS",
    "Kremlin": "RUS",
    "Canadian": "CAN",
    "Ottawa": "CAN",
    "British": "GBR",
    "German": "DEU",
    "Berlin": "DEU",
    "French": "FRA",
    "Paris": "FRA",
    "Italian": "ITA",
    "Rome": "ITA",
    "Mexican": "MEX",
    "Chilean": "CHL",
    "Brazilian": "BRA",
    "Malaysian": "MYS",
    "Kuala Lumpur": "MYS",
    "Vietnamese": "VNM",
    "Hanoi": "VNM",
    "Zimbabwean": "ZWE",
    "Harare": "ZWE",
    "South African": "ZAF",
    "Pretoria": "ZAF",
    "Ukrainian": "UKR",
    "Kyiv": "UKR",
    "Turkish": "TUR",
    "Burmese": "MMR",
    "Filipino": "PHL",
    "Philippine": "PHL",
    "Kazakh": "KAZ",
    "Saudi": "SAU",
    "Rwandan": "RWA",
    "Tajik": "TJK",
    "Guinean": "GIN",
    "European Union": "EU27",
    "EU": "EU27",
    "Brussels": "EU27",
    "European": "EU27",
    "Europe": "EU27",
    "European Commission": "EU27",
}
"""Peoples, capitals and governments beside the catalogue's own spellings; Congo alone is taken as Kinshasa."""

REGIONS = (
    "South America",
    "Latin America",
    "North America",
    "Central America",
    "South China Sea",
    "Western Australia",
    "Bank of America",
    "New Mexico",
    "Gulf of Mexico",
    "Korea Zinc",
    "Korea Strait",
    "Silicon Valley",
)
"""Names that hold a country's name and are none."""

BLOCS = {
    "G7": "g7",
    "G-7": "g7",
    "Group of Seven": "g7",
    "Quad": "quad",
    "BRICS": "brics",
    "ASEAN": "asean",
    "EU27": "eu27",
}
GROUPS = (
    "visiting countries",
    "attending countries",
    "participating countries",
    "participating nations",
    "attending nations",
    "countries at the table",
    "countries at the meeting",
    "nations at the meeting",
    "states at the meeting",
    "states at the table",
    "countries at the talks",
    "countries meeting in Washington",
    "G7 and its partners",
    "countries in attendance",
    "assembled countries",
    "these countries together",
    "coalition members",
    "coalition countries",
)
"""Words for the states that met in Washington in January 2026."""

BODIES = {
    "Export-Import Bank": "USA",
    "EXIM": "USA",
    "Ex-Im": "USA",
    "Ex-Im Bank": "USA",
    "Pentagon": "USA",
    "Department of Defense": "USA",
    "Department of War": "USA",
    "Defense Department": "USA",
    "DoD": "USA",
    "DFC": "USA",
    "Development Finance Corporation": "USA",
    "Department of Energy": "USA",
    "Treasury Department": "USA",
    "U.S. Treasury": "USA",
    "JOGMEC": "JPN",
    "JARE": "JPN",
    "NAIF": "AUS",
    "European Investment Bank": "EU27",
    "EIB": "EU27",
    "BNDES": "BRA",
}
"""Public bodies and whose they are."""

MINERALS = {
    "rare earth": "rare-earths",
    "rare earths": "rare-earths",
    "rare earth element": "rare-earths",
    "rare earth elements": "rare-earths",
    "rare earth mineral": "rare-earths",
    "rare earth minerals": "rare-earths",
    "rare earth metal": "rare-earths",
    "rare earth metals": "rare-earths",
    "rare earth oxides": "rare-earths",
    "rare earth materials": "rare-earths",
    "rare earths oxides": "rare-earths",
    "REE": "rare-earths",
    "REEs": "rare-earths",
    "REO": "rare-earths",
    "heavy rare earth": "dysprosium-terbium",
    "heavy rare earths": "dysprosium-terbium",
    "heavy rare earth elements": "dysprosium-terbium",
    "medium and heavy rare earths": "dysprosium-terbium",
    "medium and heavy rare earth": "dysprosium-terbium",
    "light rare earths": "rare-earths-light",
    "magnet rare earths": "neodymium-praseodymium",
    "magnet rare earth elements": "neodymium-praseodymium",
    "NdPr": "neodymium-praseodymium",
    "neodymium": "neodymium-praseodymium",
    "praseodymium": "neodymium-praseodymium",
    "dysprosium": "dysprosium-terbium",
    "terbium": "dysprosium-terbium",
    "aluminum": "aluminium",
    "graphite": "graphite",
    "flake graphite": "graphite-natural",
    "battery-grade graphite": "graphite-battery",
    "spherical graphite": "graphite-battery",
    "synthetic graphite": "graphite-battery",
    "wolfram": "tungsten",
    "coltan": "tantalum",
    "columbium": "niobium",
    "chrome": "chromium",
    "chromite": "chromium",
    "zircon": "zirconium",
    "fluorite": "fluorspar",
    "manganese sulfate": "manganese-sulphate",
}
GOODS = {
    "rare earth magnet": "neodymium-praseodymium/component",
    "rare earth magnets": "neodymium-praseodymium/component",
    "permanent magnet": "neodymium-praseodymium/component",
    "permanent magnets": "neodymium-praseodymium/component",
    "rare earth permanent magnets": "neodymium-praseodymium/component",
    "NdFeB magnets": "neodymium-praseodymium/component",
    "neodymium magnets": "neodymium-praseodymium/component",
    "magnets": "neodymium-praseodymium/component",
    "anodes": "graphite-battery/component",
    "graphite anodes": "graphite-battery/component",
    "anode material": "graphite-battery/component",
    "bauxite": "aluminium/mine",
    "alumina": "aluminium/refine",
    "nickel ore": "nickel/mine",
    "refined nickel": "nickel/refine",
    "refined cobalt": "cobalt/refine",
    "refined copper": "copper/refine",
    "refined lithium": "lithium/refine",
    "refined tin": "tin/refine",
    "lithium hydroxide": "lithium/refine",
    "lithium carbonate": "lithium/refine",
}
LOOSE = ("rare minerals", "rare mineral", "rare metals", "rare metal", "rare materials")
VAGUE = (
    "critical minerals",
    "critical mineral",
    "critical raw materials",
    "critical metals",
    "critical materials",
    "strategic minerals",
    "strategic mineral",
    "strategic metals",
    "strategic raw materials",
    "energy transition minerals",
    "minerals",
    "mineral",
    "metals",
)
SHARED_WORDS = {
    "lead": frozenset(
        [
            "zinc",
            "refined",
            "mine",
            "mines",
            "mined",
            "mining",
            "ore",
            "smelter",
            "smelters",
            "smelting",
            "batteries",
            "battery",
            "acid",
            "copper",
            "metal",
        ]
    ),
    "tin": frozenset(
        [
            "refined",
            "mine",
            "mines",
            "mined",
            "mining",
            "ore",
            "ores",
            "smelter",
            "smelters",
            "copper",
            "tungsten",
            "tantalum",
            "solder",
            "producer",
            "exports",
            "metal",
        ]
    ),
}
"""Metals whose names mean other things too, and the words that show the metal is meant."""

USES = {
    "aircraft": (
        "jet",
        "jets",
        "fighter jets",
        "fighter jet",
        "fighters",
        "aircraft",
        "F-35",
        "F-35s",
        "warplanes",
    ),
    "submarine": ("submarine", "submarines"),
    "missile": ("missile", "missiles", "guided munitions", "precision-guided munitions"),
    "radar": ("radar", "radars", "radar systems"),
    "uav": ("drone", "drones", "unmanned aerial vehicles", "UAVs", "unmanned aircraft", "uncrewed aircraft"),
    "ship": ("destroyer", "destroyers", "warships", "naval vessels"),
    "ammunition": ("ammunition", "munitions"),
    "optics": (
        "night vision",
        "night-vision goggles",
        "infrared optics",
        "thermal imaging",
        "thermal imagers",
    ),
    "semiconductor": ("semiconductor", "semiconductors", "chips", "microchips", "computer chips"),
    "battery": ("battery", "batteries", "EV batteries"),
    "electric-car": ("electric vehicle", "electric vehicles", "EVs", "electric cars"),
    "wind": ("wind turbine", "wind turbines"),
    "solar": ("solar panels", "solar cells"),
    "smartphone": ("smartphone", "smartphones"),
    "defence": (
        "defense systems",
        "defence systems",
        "weapons systems",
        "weapon systems",
        "weapons",
        "military equipment",
        "military hardware",
    ),
}
USE_PATTERNS = {
    "aircraft": r"F-\d\d|jet engine|aerospace",
    "submarine": r"submarine|SSBN",
    "missile": r"missile|Tomahawk|JDAM",
    "radar": r"radar",
    "uav": r"UAV",
    "ship": r"destroyer",
    "ammunition": r"ammunition",
    "optics": r"night-vision|thermal imagers|infrared",
    "semiconductor": r"semiconductor|integrated circuits|GaAs",
    "battery": r"batter",
    "electric-car": r"electric car|electric vehicles|BEV|EV batteries",
    "wind": r"wind|generator",
    "solar": r"solar|photovoltaic",
    "smartphone": r"consumer electronics|electronics",
    "defence": r"defence|F-\d\d|Tomahawk|JDAM|destroyer|submarine|missile",
}
"""Use -> how platforms and end uses of the catalogue are called."""

WITH_ARTICLE = ("USA", "GBR", "PHL", "NLD", "ARE")
SITES = frozenset(
    ["project", "mine", "plant", "refinery", "deposit", "smelter", "site", "facility", "mines", "projects"]
)
SKIPPED = frozenset(
    [
        "other",
        "others",
        "state",
        "company",
        "companies",
        "various",
        "none",
        "unknown",
        "group",
        "private",
        "government",
        "public",
    ]
)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """All names an article may use."""
    found = Lexicon()
    for region in REGIONS:
        found.add(region, Name("region", region, True))
    for phrase in GROUPS:
        found.add(phrase, Name("group", names.DEFAULT_COALITION))
    for phrase, bloc in BLOCS.items():
        found.add(phrase, Name("bloc", bloc, True))
    for phrase, code in BODIES.items():
        found.add(phrase, Name("body", code, True))
    for phrase, code in PEOPLES.items():
        found.add(phrase, Name("place", code, True))
    add_countries(found)
    add_minerals(found)
    add_backers(found)
    for use, phrases in USES.items():
        for phrase in phrases:
            found.add(phrase, Name("use", use))
    for person in people():
        found.add(person, Name("person", person, True))
    for word in ("official", "officials", "spokesperson", "spokesman", "spokeswoman"):
        found.add(word, Name("speaker", "official"))
    for word in ("secretary", "minister", "treasury secretary"):
        found.add(word, Name("speaker", "secretary"))
    return found


def add_countries(found: Lexicon) -> None:
    """Every country by name and alias; codes only where articles write them."""
    rows = read("countries").filter(~read("countries")["kind"].is_in(["aggregate", "past"]))
    for row in rows.iter_rows(named=True):
        for phrase in (row["name"], *(row["aliases"] or "").split(";")):
            if len(phrase) > 1 and not re.search(r"[(,\d]|^Other\b", phrase):
                found.add(phrase, Name("place", row["iso3"], True))


def add_minerals(found: Lexicon) -> None:
    """Every mineral by the catalogue's name and by what articles call it."""
    for phrases, kind in ((GOODS, "good"), (MINERALS, "mineral")):
        for phrase, known in phrases.items():
            found.add(phrase, Name(kind, known, phrase.isupper() or phrase[:2].isupper()))
    for kind, words in (("loose", LOOSE), ("vague", VAGUE)):
        for phrase in words:
            found.add(phrase, Name(kind, "rare-earths" if kind == "loose" else "critical-minerals"))
    for known, label in names.commodity_labels().items():
        for phrase in {
            label.casefold(),
            known.replace("-", " "),
            known.split("-")[0] if known.endswith(("sponge", "sulphate")) else label,
        }:
            if "," not in phrase and phrase not in ("silicon",):
                found.add(
                    phrase, Name("mineral", known, needs=SHARED_WORDS.get(phrase.casefold(), frozenset()))
                )


def add_backers(found: Lexicon) -> None:
    """Companies and projects of the ledgers; a project of one word counts beside a word such as mine."""
    taken = {names.folded(n) for n in (*names.country_names(), *names.commodity_names())}
    rows = [*read("commitments")["company"].drop_nulls(), *read("projects")["company"].drop_nulls()]
    for company in sorted({part.strip() for row in rows for part in re.split(r"[;/]", row)}):
        bare = re.sub(r"\s*\(.*?\)", "", company).strip()
        if len(bare) >= 4 and names.folded(bare) not in taken | SKIPPED and bare[0].isupper():
            found.add(bare, Name("company", bare, True))
    for project in read("projects")["name"].unique().sort():
        bare = re.sub(r"\s*\(.*?\)", "", project).strip()
        if len(bare) >= 5 and bare[0].isupper() and names.folded(bare) not in taken:
            single = len(bare.split()) == 1
            found.add(bare, Name("project", bare, True, SITES if single else frozenset()))


@lru_cache(maxsize=1)
def people() -> tuple[str, ...]:
    """Persons whose words are in the record: the names before a colon or a verb of its attributions."""
    rows = read("claims").filter(read("claims")["sort"] == "attribution")["claim"]
    heads = {
        match.group(1)
        for row in rows
        if (match := re.match(r"([A-Z][a-z]+)(?:\s*:|\s+(?:spoke|said|told))", row))
    }
    return tuple(sorted(heads))


@lru_cache(maxsize=256)
def members(actor: str) -> tuple[str, ...]:
    """The countries an id stands for."""
    known = names.blocs()
    bloc = "eu27" if actor == "EU27" else actor
    if bloc in known:
        return tuple(dict.fromkeys(m for group in known[bloc].values() for m in group))
    return (actor,)


@lru_cache(maxsize=256)
def as_coalition(actors: tuple[str, ...]) -> Coalition:
    """Actors of a statement as one buyer or seller."""
    return names.coalition(",".join("eu27" if a == "EU27" else a for a in actors))


def called(actor: str) -> str:
    """What a reader calls an actor."""
    if actor in ("EU27", "eu27"):
        return "the EU"
    article = "the " if actor in WITH_ARTICLE else ""
    return names.BLOC_LABELS.get(actor) or article + names.label(actor)


def mineral_called(mineral: str) -> str:
    """What a reader calls a mineral inside a sentence."""
    plain = {
        "neodymium-praseodymium": "neodymium and praseodymium",
        "dysprosium-terbium": "heavy rare earths",
        "manganese-sulphate": "manganese",
        "titanium-sponge": "titanium",
        "graphite-natural": "natural graphite",
        "graphite-battery": "battery graphite",
        "rare-earths": "rare earths",
        "rare-earths-light": "rare earths",
        "graphite": "graphite",
        "critical-minerals": "critical minerals",
    }
    return plain.get(mineral) or names.commodity_labels().get(mineral, mineral.replace("-", " ")).lower()


def listed_members(text: str | None) -> frozenset[str]:
    """Countries of a ledger's list; the Union as itself and as its members."""
    found = set(parts(text))
    if "EU27" in found:
        found |= set(members("EU27"))
    return frozenset(found)
