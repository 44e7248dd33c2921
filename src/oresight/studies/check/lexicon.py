"""The words an article may use, as one lexicon: countries, leaders, minerals, bodies, companies, uses."""

import re
from functools import lru_cache

from oresight.catalog.store import read
from oresight.studies import names
from oresight.studies.check.goods import GOODS, LOOSE, MINERALS, SHARED_WORDS, USES, VAGUE
from oresight.studies.check.names import BLOCS, BODIES, GROUPS, LEADERS, PEOPLES, REGIONS, SITES, SKIPPED
from oresight.text.mentions import Lexicon, Name

PROGRAMME = re.compile(r"(?:[A-Z][\w-]*)(?: (?:and|of|the|[A-Z][\w-]*))*")
"""A title of the ledger that is a name: every word begins with a capital."""


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
    for leader, code in LEADERS.items():
        found.add(leader, Name("place", code, True))
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
    for title in read("commitments")["title"]:
        if PROGRAMME.fullmatch(title):
            found.add(title, Name("project", title, True))
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
