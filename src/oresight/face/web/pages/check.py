"""Check: is what I read true? A text or file, its statements marked in place; and the figures in the news."""

from oresight.core.answer import Answer
from oresight.core.progress import Reporter, report
from oresight.face.check_page import WORDS, paragraphs
from oresight.face.web.blocks import Article, Panel, View, panel, table
from oresight.face.web.handed import checked, held
from oresight.face.web.registry import Page
from oresight.face.web.state import State
from oresight.studies import claims
from oresight.studies.check.rows import LETTERS, VERDICTS


def build(target: str, state: State, reporter: Reporter) -> View:
    """The Check page: of an article where one was handed over, of the figures in the news otherwise."""
    digest = state.more.get("article", "")
    if not digest:
        return news(state)
    article = held(digest)
    answer = checked(article, lambda share, doing: reporter(share * 0.95, doing))
    report(reporter, 0.97, "laying out the page")
    return View(
        "Check",
        "Is what I read true?",
        answer.finding,
        tuple(p for p in (marked(answer), statements(answer), aside(answer), rules(answer)) if p is not None),
        (answer,),
        form="check_form.html.j2",
    )


def news(state: State) -> View:
    """The form, and the figures told around the meeting of January 2026."""
    answer = claims.claims(state.coalition.id, state.supplier.id)
    block = table(
        answer.sheets[0], titles={"claim": "What was said", "found": "open data", "holds": "verdict"}
    )
    return View(
        "Check",
        "Is what I read true?",
        "Paste an article: every figure, date and attribution in it is held against the record.",
        (panel(answer, "claims", block),),
        (answer,),
        form="check_form.html.j2",
    )


def marked(answer: Answer) -> Panel:
    """The article with its statements marked."""
    text = str(answer.sheet("text").rows[0][0])
    records = answer.sheet("statements").records()
    counts = tuple((v, LETTERS[v], WORDS[v], sum(r["verdict"] == v for r in records)) for v in VERDICTS)
    block = Article("article", tuple(paragraphs(answer, text)), counts)
    day = answer.parameters["day"]
    dated = f"As of {day}." if answer.parameters["dated"] else f"No date in the text: read as of {day}."
    return panel(answer, "text", block, question="What does it say, and what holds?", finding=dated)


def statements(answer: Answer) -> Panel | None:
    """The statements as a table."""
    sheet = answer.sheet("statements")
    if not sheet.rows:
        return None
    block = table(
        sheet,
        ("sentence", "verdict", "said", "found", "year", "how", "corrected", "source"),
        {"sentence": "Statement", "found": "record", "corrected": "as the record has it"},
        dense=True,
        most=200,
    )
    count = len(sheet.rows)
    return panel(
        answer,
        "statements",
        block,
        question="One by one?",
        finding=f"{count} statement{'' if count == 1 else 's'} can be checked.",
    )


def aside(answer: Answer) -> Panel | None:
    """What was set aside."""
    sheet = answer.sheet("set_aside")
    if not sheet.rows:
        return None
    return panel(
        answer,
        "aside",
        table(sheet, dense=True, most=40),
        question="What was left out?",
        finding=f"{len(sheet.rows)} pieces are none of the article.",
    )


def rules(answer: Answer) -> Panel | None:
    """How it was judged."""
    sheet = answer.sheet("rules")
    if not sheet.rows:
        return None
    return panel(
        answer,
        "rules",
        table(sheet, dense=True),
        question="How was it judged?",
        finding="By these tolerances.",
    )


PAGES = (Page("check", "/check", "Check", 70, build, own=("article",), switches=()),)
