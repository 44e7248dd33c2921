"""A question in a reader's words -> the pages that answer it, the best first.

`japan gallium`, `what is korea most vulnerable to`, `if china stops magnets`: names of countries, blocs and
commodities are found in the text, the words around them say which question is meant.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz, process

from oresight.core.answer import Answer, Column, sheet
from oresight.core.errors import StudyError
from oresight.studies import names
from oresight.studies.basis import basis
from oresight.studies.books import TRADE_LAST, modelled, whole_groups
from oresight.studies.situation import leaders

LENGTH_MAX = 300
FEEDS = 0.2
"""A maker of this share of a stage is read as the supplier, not as a buyer [1]."""

FUZZY = 88.0
"""How alike a word must be to a name to be read as it, 0..100."""

EVERYDAY = {
    "magnet": "neodymium-praseodymium",
    "magnets": "neodymium-praseodymium",
    "permanent magnets": "neodymium-praseodymium",
    "neodymium": "neodymium-praseodymium",
    "praseodymium": "neodymium-praseodymium",
    "dysprosium": "dysprosium-terbium",
    "terbium": "dysprosium-terbium",
    "heavy rare earths": "dysprosium-terbium",
    "light rare earths": "rare-earths-light",
    "rare earth": "rare-earths",
    "ree": "rare-earths",
    "anodes": "graphite-battery",
    "graphite": "graphite-natural",
    "titanium": "titanium-sponge",
    "silicon": "silicon-metal",
    "manganese": "manganese-sulphate",
    "aluminum": "aluminium",
    "bauxite": "aluminium",
    "alumina": "aluminium",
    "wolfram": "tungsten",
    "batteries": "lithium",
    "battery": "lithium",
    "chips": "gallium",
    "semiconductors": "gallium",
}
"""Everyday words for goods -> the commodity that stands for them."""

DEMONYMS = {
    "american": "USA",
    "australian": "AUS",
    "british": "GBR",
    "canadian": "CAN",
    "chinese": "CHN",
    "congo": "COD",
    "congolese": "COD",
    "french": "FRA",
    "german": "DEU",
    "holland": "NLD",
    "indian": "IND",
    "indonesian": "IDN",
    "italian": "ITA",
    "japanese": "JPN",
    "korea": "KOR",
    "korean": "KOR",
    "mexican": "MEX",
    "russian": "RUS",
    "us": "USA",
    "beijing": "CHN",
    "tokyo": "JPN",
    "seoul": "KOR",
}
"""Words for a country that are no name of it; `korea` alone is the South."""

BLOC_WORDS = {
    "eu": "eu27",
    "europe": "eu27",
    "european": "eu27",
    "g7": "g7",
    "brics": "brics",
    "quad": "quad",
}

INTENTS: dict[str, tuple[str, ...]] = {
    "stress": (
        "if", "stop", "stops", "stopped", "ban", "bans", "cut", "cuts", "embargo", "embargoes", "without",
        "shock", "shortage", "suspends", "suspend", "halts", "blocks", "happens", "restricts", "crisis",
    ),
    "tracker": (
        "track", "deadline", "deadlines", "calendar", "promise", "promised", "promises", "letters", "commitment",
        "commitments", "funded", "projects", "overdue", "money", "due",
    ),
    "plan": ("plan", "cheapest", "way", "floor", "floors", "stockpile", "invest", "independence", "budget"),
    "coalition": ("pays", "pay", "gains", "join", "joins", "first", "fair", "split", "coalition", "members"),
    "purchases": ("purchases", "purchase", "procurement", "buy", "suppliers", "vendors"),
    "check": ("true", "check", "claim", "claims", "article", "fact"),
    "sources": ("source", "sources", "licence", "license", "quality", "data", "tables", "method", "corrections"),
}  # fmt: skip
VULNERABLE = (
    "vulnerable",
    "vulnerability",
    "depend",
    "depends",
    "dependence",
    "dependent",
    "exposed",
    "exposure",
)
FILLER = frozenset(
    re.findall(
        r"\w+",
        "a an and are at by do does for from how in into is it its me most much my of on or our out show the their "
        "there to we what when where which who whose will with would be can could should world need needs makes "
        "make made country countries minerals mineral critical supply supplies imports exports price prices",
    )
)
"""Words that carry no name."""

COLUMNS = (
    Column("page", "page of the workbench"),
    Column("target", "commodity or country the page is of, empty where it is of none"),
    Column("commodity", "commodity understood"),
    Column("supplier", "supplier understood; empty where none was named"),
    Column("coalition", "buyers understood; empty where none were named"),
    Column("said", "what the page would answer"),
    Column("score", "how well it fits, the best 1", "1", "number"),
)


@dataclass(frozen=True)
class Understood:
    """What was found in a text: names in the order they were written, and the question its words ask.

    Args:
        commodities, countries, blocs: Ids in order of appearance.
        intents: Questions its words point to, each with the number of words.
        unread: Words that were neither names nor known.
        supplier: Countries that stand where a supplier stands: before `stops`, after `on` or `from`.
    """

    commodities: tuple[str, ...]
    countries: tuple[str, ...]
    blocs: tuple[str, ...]
    intents: dict[str, int]
    unread: tuple[str, ...]
    supplier: tuple[str, ...]


def words(text: str) -> list[str]:
    """Words of a text, folded; hyphens stay, signs go.

    >>> words("If China stops magnets?")
    ['if', 'china', 'stops', 'magnets']
    """
    return [w for w in re.findall(r"[^\W_]+(?:[-.'][^\W_]+)*", text.casefold()) if w]


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, tuple[str, str]]:
    """Every phrase that is a name -> (kind, id)."""
    found: dict[str, tuple[str, str]] = {}
    for spelled, code in names.country_names().items():
        # codes of two letters are English words as often as countries: "in", "it", "is", "no"
        if len(spelled) > 2 and spelled not in FILLER and code not in ("WLD", "OTH"):
            found[" ".join(words(spelled))] = ("country", code)
    for spelled, code in DEMONYMS.items():
        found.setdefault(spelled, ("country", code))
    for bloc in names.blocs():
        found.setdefault(" ".join(words(bloc)), ("bloc", bloc))
    for spelled, bloc in BLOC_WORDS.items():
        if bloc in names.blocs():
            found[spelled] = ("bloc", bloc)
    usable = set(modelled()) | set(names.commodity_labels())
    for spelled, each in names.commodity_names().items():
        if each in usable and len(spelled) > 2:
            found[" ".join(words(spelled))] = ("commodity", each)
    for spelled, each in EVERYDAY.items():
        found[spelled] = ("commodity", each)
    found.pop("", None)
    return found


def understood(text: str) -> Understood:
    """Names and intents in a text, the longest names first; a misspelt word is read as the name it resembles."""
    tokens = words(text)
    known = vocabulary()
    longest = max(len(k.split()) for k in known)
    spotted: list[tuple[str, str, int]] = []
    intents: dict[str, int] = {}
    unread: list[str] = []
    at = 0
    while at < len(tokens):
        for size in range(min(longest, len(tokens) - at), 0, -1):
            phrase = " ".join(tokens[at : at + size])
            if phrase in known:
                spotted.append((*known[phrase], at))
                at += size
                break
        else:
            word = tokens[at]
            asked = [name for name, terms in INTENTS.items() if word in terms]
            if word in VULNERABLE:
                intents["vulnerable"] = intents.get("vulnerable", 0) + 2
            for name in asked:
                intents[name] = intents.get(name, 0) + 1
            if not asked and word not in FILLER and word not in VULNERABLE:
                near = misspelt(word, known)
                if near is not None:
                    spotted.append((*near, at))
                else:
                    unread.append(word)
            at += 1
    countries = [i for kind, i, _ in spotted if kind == "country"]
    return Understood(
        tuple(dict.fromkeys(i for kind, i, _ in spotted if kind == "commodity")),
        tuple(dict.fromkeys(countries)),
        tuple(dict.fromkeys(i for kind, i, _ in spotted if kind == "bloc")),
        intents,
        tuple(unread),
        tuple(acting(spotted, tokens)),
    )


def misspelt(word: str, known: Iterable[str]) -> tuple[str, str] | None:
    """The name a word of five letters or more resembles; None where nothing is near."""
    if len(word) < 5:
        return None
    hit = process.extractOne(word, list(known), scorer=fuzz.ratio, score_cutoff=FUZZY)
    return vocabulary()[hit[0]] if hit else None


def acting(spotted: Sequence[tuple[str, str, int]], tokens: Sequence[str]) -> list[str]:
    """Countries that stand where a supplier stands: after `on`, `from`, `without`, or before a verb of stopping."""
    found = []
    for kind, code, at in spotted:
        if kind != "country":
            continue
        before = tokens[at - 1] if at > 0 else ""
        after = tokens[at + 1] if at + 1 < len(tokens) else ""
        stops = INTENTS["stress"]
        if before in ("on", "from", "without", "if", "against") or (after in stops and after != "if"):
            found.append(code)
    return found


def ask(text: str) -> Answer:
    """The pages that answer a question in a reader's words, the best first.

    Raises:
        StudyError: Nothing in the text is known, or it is empty or longer than 300 characters.
    """
    if len(text) > LENGTH_MAX:
        raise StudyError(f"a question of {len(text)} characters", f"at most {LENGTH_MAX} are read")
    if not words(text):
        raise StudyError("nothing was asked", "try: japan gallium")
    seen = understood(text)
    rows = places(seen)
    if not rows:
        near = suggestions(seen.unread or tuple(words(text)))
        mend = (
            f"did you mean {', '.join(near)}?"
            if near
            else "name a country, a commodity, or both: japan gallium"
        )
        raise StudyError(f"nothing known in {text.strip()[:60]!r}", mend, {"nearest": near})
    best = rows[0]
    return Answer(
        "ask",
        text.strip(),
        f"{best['said']}",
        (sheet("places", "Pages that answer it", COLUMNS, rows),),
        basis(("countries", "commodities", "commodity_groups", "blocs")),
        {
            "text": text.strip(),
            "commodities": list(seen.commodities),
            "countries": list(seen.countries),
            "blocs": list(seen.blocs),
            "unread": list(seen.unread),
        },
    )


def suggestions(unread: Sequence[str]) -> list[str]:
    """Names nearest to words nobody knows."""
    known = list(vocabulary())
    found: list[str] = []
    for word in unread[:4]:
        found += [
            hit[0] for hit in process.extract(word, known, scorer=fuzz.WRatio, limit=2, score_cutoff=60)
        ]
    return list(dict.fromkeys(found))[:4]


def feeds(country: str, commodity: str) -> bool:
    """Whether a country outside the default coalition makes so much of a commodity that it is asked about as supplier."""
    if not commodity or country in names.coalition().members:
        return False
    counted = whole_groups().get(commodity, commodity)
    return any(
        dict(leaders(counted, stage, TRADE_LAST)).get(country, 0.0) >= FEEDS
        for stage in modelled().get(commodity, ())
    )


def places(seen: Understood) -> list[dict[str, Any]]:
    """Pages that answer what was understood, with the question each would answer."""
    sellers = seen.supplier
    buyers = [c for c in seen.countries if c not in sellers]
    good = seen.commodities[0] if seen.commodities else ""
    acts = bool(seen.intents.get("stress")) or (len(buyers) == 1 and feeds(buyers[0], good))
    if acts and not sellers and buyers:
        sellers, buyers = (buyers[0],), buyers[1:]
    supplier = ",".join(sellers)
    coalition = ",".join((*seen.blocs, *buyers))
    label = names.commodity_labels().get(good, good.replace("-", " ")).lower()
    said_supplier = " and ".join(names.label(s) for s in sellers)
    said_buyers = " and ".join(
        [*(names.BLOC_LABELS.get(b, b) for b in seen.blocs), *map(names.label, buyers)]
    )
    rows: list[dict[str, Any]] = []

    def add(page: str, target: str, said: str, score: float, buying: str = coalition) -> None:
        rows.append(
            {
                "page": page,
                "target": target,
                "commodity": good,
                "supplier": supplier,
                "coalition": buying,
                "said": said,
                "score": score,
            }
        )

    vulnerable = bool(seen.intents.get("vulnerable"))
    if good:
        of = f", for {said_buyers}" if said_buyers else ""
        fits = 0.7 + 0.2 * bool(coalition) + 0.4 * vulnerable
        add("commodity", good, f"Who makes {label}, and who needs it{of}", fits)
    alone = list(buyers) or ([] if good and not vulnerable else list(sellers))
    for code in alone[:2]:
        fits = 0.6 + 0.3 * (not good) + 0.35 * vulnerable
        add("country", code, f"What {names.label(code)} is most vulnerable to", fits, "")
    if coalition and (seen.blocs or len(buyers) > 1):
        add("situation", "", f"How exposed {said_buyers} is, over all minerals", 0.65 + 0.3 * (not good))
    elif supplier and not good and not buyers and not vulnerable:
        add("situation", "", f"How exposed the coalition is to {said_supplier}", 0.8)
    actor = said_supplier or "the supplier"
    for name, count in seen.intents.items():
        if name == "vulnerable":
            if not alone and not good:
                add("situation", "", "How exposed the coalition is, and where it is worst", 0.7)
            continue
        said = {
            "stress": f"What happens if {actor} stops {label}" if good else f"What happens if {actor} stops",
            "tracker": "Are we on track" + (f" for {label}" if good else ""),
            "plan": "What is the cheapest way out",
            "coalition": "Who pays, who gains, who should move first",
            "purchases": "What of our own purchases passes through it",
            "check": "Is what I read true",
            "sources": "Where does it come from, how good is it",
        }[name]
        add(name, "", said, 0.55 + 0.25 * count + 0.2 * (name == "stress" and bool(sellers or good)))
    rows.sort(key=lambda r: -float(r["score"]))
    top = max((float(r["score"]) for r in rows), default=1.0)
    return [{**r, "score": round(float(r["score"]) / top, 3)} for r in rows]
