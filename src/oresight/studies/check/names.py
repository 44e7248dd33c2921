"""Names an article may use -> ids of the catalogue: countries and their capitals, minerals, bodies, companies, uses."""

from functools import lru_cache

from oresight.catalog.lists import parts
from oresight.core.coalition import Coalition
from oresight.studies import names

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

LEADERS = {
    "Trump": "USA",
    "Biden": "USA",
    "Lutnick": "USA",
    "Burgum": "USA",
    "Albanese": "AUS",
    "Xi Jinping": "CHN",
    "Takaichi": "JPN",
    "Ishiba": "JPN",
    "Kishida": "JPN",
    "Carney": "CAN",
    "Trudeau": "CAN",
    "Modi": "IND",
    "Macron": "FRA",
    "Merz": "DEU",
    "Scholz": "DEU",
    "Meloni": "ITA",
    "Starmer": "GBR",
    "von der Leyen": "EU27",
    "Prabowo": "IDN",
    "Tshisekedi": "COD",
    "Lee Jae-myung": "KOR",
    "Lee Jae Myung": "KOR",
    "Sheinbaum": "MEX",
    "Putin": "RUS",
    "Lula": "BRA",
    "Boric": "CHL",
}
"""Heads of governments of the 2020s, for whose countries their names stand when they sign or meet."""

REGIONS = (
    "South America",
    "Latin America",
    "North America",
    "Central America",
    "South China Sea",
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
