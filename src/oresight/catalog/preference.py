"""Which of several published figures results use, after a build brought a new edition of one publisher.

The order of publishers is not repeated here: it is read from the table that stands, year by year.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import polars as pl

UNUSABLE = ("low", "unverified")
Group = tuple[str | int, ...]


def publisher(source_id: str) -> str:
    """The publisher a source id begins with.

    >>> publisher("usgs-mcs-2026"), publisher("wmd-2018-2024")
    ('usgs', 'wmd')
    """
    return source_id.split("-", 1)[0]


def usable() -> pl.Expr:
    """Whether results may use a row: a number of a country that can be trusted and is no upper bound."""
    return (
        (pl.col("country") != "WLD")
        & pl.col("value").is_not_null()
        & (pl.col("qualifier") != "below")
        & ~pl.col("confidence").is_in(UNUSABLE)
    )


def settled(before: pl.DataFrame, merged: pl.DataFrame, added: pl.DataFrame) -> pl.DataFrame:
    """Production after a new edition came in, with `preferred` settled.

    Of each commodity (stage) and year one edition of one publisher is preferred. A new edition takes the
    place of an older one of its publisher. Against another publisher, or a derived split, it wins where it
    mostly did in the years both cover; where nothing tells, a published figure wins over none and over a
    derived one.

    Args:
        before: The table as it stood, `preferred` set.
        merged: The table with the new rows in it.
        added: The new rows, all of one edition.
    """
    by = [c for c in ("commodity", "stage", "year") if c in before.columns]
    ranks = precedence(before, by)
    chosen: dict[Group, list[Edition]] = defaultdict(list)
    for group, edition, _ in editions(before.filter("preferred"), by):
        chosen[group].append(edition)
    takes: list[tuple[object, ...]] = []
    stays: list[tuple[object, ...]] = []
    for group, edition, _ in editions(added.filter(usable()), by):
        now = chosen[group]
        if edition in now:
            stays.append((*group, len(now) == 1))
        elif not now or wins(ranks, group[:-1], edition, now[-1]):
            takes.append((*group, *edition[:2]))
    key = [*by, "country", "source_id", "vintage"]
    old = before.select(*key, pl.col("preferred").alias("_old"))
    joined = (
        merged.join(
            groups(takes, [*by, "_source", "_vintage"], merged), on=by, how="left", maintain_order="left"
        )
        .join(groups(stays, [*by, "_alone"], merged), on=by, how="left", maintain_order="left")
        .join(old, on=key, how="left", maintain_order="left")
    )
    new = (pl.col("source_id") == added["source_id"][0]) & (pl.col("vintage") == added["vintage"][0])
    of_it = (pl.col("source_id") == pl.col("_source")) & (pl.col("vintage") == pl.col("_vintage"))
    preferred = (
        pl.when(pl.col("_source").is_not_null())
        .then(of_it & usable())
        # the same edition again: as it was, and where it stands alone also its further rows
        .when(new & pl.col("_alone").is_not_null())
        .then(usable() & pl.col("_old").fill_null(pl.col("_alone")))
        .otherwise(pl.col("preferred"))
    )
    return joined.with_columns(preferred.fill_null(False).alias("preferred")).select(merged.columns)


def groups(rows: Sequence[tuple[object, ...]], names: Sequence[str], like: pl.DataFrame) -> pl.DataFrame:
    """Groups as a frame whose columns have the types of the table's own."""
    types = {n: like.schema.get(n, pl.Boolean() if n == "_alone" else pl.String()) for n in names}
    return pl.DataFrame(rows, schema=types, orient="row")


Edition = tuple[str, str, bool]


def editions(rows: pl.DataFrame, by: Sequence[str]) -> Iterator[tuple[Group, Edition, int]]:
    """Each group's editions - source, vintage, whether derived - with the number of rows, most rows last."""
    derived = (pl.col("qualifier") == "derived").alias("_derived")
    counted = (
        rows.with_columns(derived).group_by(*by, "source_id", "vintage", "_derived").len().sort(*by, "len")
    )
    for row in counted.iter_rows():
        yield row[: len(by)], row[len(by) : len(by) + 3], row[-1]


def precedence(before: pl.DataFrame, by: Sequence[str]) -> dict[tuple[Group, str, str], int]:
    """How often, of two publishers that both had figures, the first was preferred less how often the second.

    A derived split counts as a publisher of its own.
    """
    seen: dict[Group, set[str]] = defaultdict(set)
    used: dict[Group, set[str]] = defaultdict(set)
    for group, edition, _ in editions(before.filter(usable()), by):
        seen[group].add(who(edition))
    for group, edition, _ in editions(before.filter("preferred"), by):
        used[group].add(who(edition))
    score: dict[tuple[Group, str, str], int] = defaultdict(int)
    for group, winners in used.items():
        for winner in winners:
            for loser in seen[group] - winners:
                score[group[:-1], winner, loser] += 1
                score[group[:-1], loser, winner] -= 1
    return score


def who(edition: Edition) -> str:
    """The publisher of an edition, or `derived`."""
    return "derived" if edition[2] else publisher(edition[0])


def wins(ranks: dict[tuple[Group, str, str], int], kind: Group, new: Edition, now: Edition) -> bool:
    """Whether a new edition takes the place of the one preferred now."""
    mine, other = who(new), who(now)
    if mine == other:
        return (new[1], new[0]) >= (now[1], now[0])
    score = ranks.get((kind, mine, other), 0)
    return score > 0 or (score == 0 and other == "derived")


def last_edition(merged: pl.DataFrame) -> pl.DataFrame:
    """Prices with `preferred` on the last edition of each series and period of a publisher's releases."""
    series = ["product", "place", "date", "frequency", "unit_published", "kind", "_release"]
    release = pl.col("source_id").str.extract(r"^(wb-pink|usgs-mcs)-\d{4}-(?:\d{2}|salient)$")
    marked = merged.with_columns(release.alias("_release"))
    newest = marked.group_by(series).agg(pl.col("source_id").max().alias("_newest"))
    joined = marked.join(newest, on=series, how="left", maintain_order="left", nulls_equal=True)
    last = pl.when(pl.col("_release").is_not_null()).then(pl.col("source_id") == pl.col("_newest"))
    return joined.with_columns(last.otherwise(pl.col("preferred")).alias("preferred")).select(merged.columns)
