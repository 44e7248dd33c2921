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


def listed_members(text: str | None) -> frozenset[str]:
    """Countries of a ledger's list; the Union as itself and as its members."""
    found = set(parts(text))
    if "EU27" in found:
        found |= set(members("EU27"))
    return frozenset(found)
