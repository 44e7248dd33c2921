"""Where figures come from: one row per document, release or press piece that a figure cites."""

from oresight.catalog.declare import Field, Origin, Table

CONFIDENCE = ("high", "medium", "low", "assumption", "unverified")
"""How far a figure's source can be trusted; `assumption` has no stored source and may never be cited."""

SOURCES = Table(
    name="sources",
    about="A document, data release, filing or press piece that figures of the catalogue cite.",
    key=("id",),
    fields=(
        Field("id", "kebab-case name that rows of other tables cite"),
        Field("citation", "how to cite it, one line"),
        Field("publisher", "who published it"),
        Field("title", "what it is called"),
        Field("edition", "edition, vintage or date", required=False),
        Field("url", "where the publisher keeps it", required=False),
        Field("licence", "licence or terms as the publisher names them", required=False),
        Field(
            "kind",
            "what sort of source it is",
            one_of=("publisher", "filing", "press", "paper", "compiler", "assumption"),
        ),
    ),
    vintage="2026-11",
    origins=(Origin("oresight", "bibliography of the catalogue", "", "2026-11", "Apache-2.0"),),
    cautions=(
        "A row whose source is `assumption` rests on judgement, not on a document.",
        "A `compiler` repeats another publisher's figures; check them there before quoting.",
    ),
)

TABLES = (SOURCES,)
