"""Short articles in many wordings, each statement with the verdict the catalogue supports."""

import pytest

from oresight.core.answer import Answer
from oresight.core.errors import StudyError
from oresight.studies.check.rules import TOLERANCES
from oresight.studies.check.study import check, check_file, compare

ARTICLES: dict[str, tuple[str, list[tuple[str, str, str]]]] = {
    "gallium": (
        "Published 12 December 2024\n\nBeijing banned exports of gallium, germanium and antimony to the United States on 3 December 2024. "
        "China produces about 98 percent of the world's gallium. It first imposed export licences on gallium and germanium in August 2023. "
        "The US is reliant on imports for gallium, with a net import reliance of 100%.",
        [
            ("control", "2024-12-03", "confirmed"),
            ("share", "about 98 %", "confirmed"),
            ("control", "2023-08", "confirmed"),
            ("reliance", "100 %", "confirmed"),
        ],
    ),
    "gallium, wrong": (
        "China makes barely half of the world's gallium. Export licences for gallium and germanium were introduced by China in July 2022.",
        [("share", "50 %", "wrong"), ("control", "2022-07", "wrong")],
    ),
    "cobalt": (
        "The Democratic Republic of Congo suspended all cobalt exports on February 22, 2025. The DRC mines roughly three quarters of the "
        "world's cobalt, while China refines about 76% of it. Kinshasa set a quota of 96,600 tonnes for 2026. Indonesia is the world's "
        "second-largest cobalt producer.",
        [
            ("control", "2025-02-22", "confirmed"),
            ("share", "about 75 %", "confirmed"),
            ("share", "about 76 %", "confirmed"),
            ("weight", "96,600 t", "confirmed"),
            ("rank", "", "confirmed"),
        ],
    ),
    "cobalt, wrong": (
        "The Congo accounts for 40 per cent of global cobalt mining. The DRC halted cobalt exports on 22 February 2023. Zambia is the "
        "world's largest producer of cobalt.",
        [("share", "40 %", "wrong"), ("control", "2023-02-22", "wrong"), ("rank", "", "wrong")],
    ),
    "nickel": (
        "Indonesia now mines two-thirds of the world's nickel, and refines 45% of it. Indonesia's ban on nickel ore exports took effect in "
        "January 2020. Indonesia produced 2.2 million tonnes of nickel in 2024. The Philippines is the second-biggest nickel miner.",
        [
            ("share", "67 %", "confirmed"),
            ("share", "45 %", "confirmed"),
            ("control", "2020-01", "confirmed"),
            ("weight", "2,200,000 t", "confirmed"),
            ("rank", "", "confirmed"),
        ],
    ),
    "graphite": (
        "China makes more than 90% of battery-grade graphite and mines around 80 percent of natural graphite. China announced export permits "
        "for graphite on 20 October 2023.",
        [
            ("share", "over 90 %", "confirmed"),
            ("share", "about 80 %", "confirmed"),
            ("control", "2023-10-20", "confirmed"),
        ],
    ),
    "price floor": (
        "The Pentagon agreed in July 2025 to buy $400 million of preferred stock in MP Materials, with a price floor of $110 per kilogram for "
        "NdPr oxide. In March 2026 the US signed a deal with Lynas for $96 million of rare earths, also with a floor of $110/kg.",
        [
            ("money", "$400m", "confirmed"),
            ("price", "USD 110 per kg", "confirmed"),
            ("money", "$96m", "confirmed"),
            ("price", "USD 110 per kg", "confirmed"),
        ],
    ),
    "price floor, wrong": (
        "The Pentagon bought a $900 million equity stake in MP Materials in July 2025. The deal has a price floor of $75 per kilogram for NdPr.",
        [("money", "$900m", "wrong"), ("price", "USD 75 per kg", "wrong")],
    ),
    "benchmarks": (
        "Under the EU's Critical Raw Materials Act, no more than 65% of any strategic raw material may come from a single third country by "
        "2030. The EU must mine 10 percent, process 40% and recycle 25% of its needs by 2030.",
        [
            ("target", "under 65 %", "confirmed"),
            ("target", "10 %", "confirmed"),
            ("target", "40 %", "confirmed"),
            ("target", "25 %", "confirmed"),
        ],
    ),
    "benchmarks, wrong": (
        "The EU Critical Raw Materials Act aims to process 60% of its strategic raw materials at home by 2030. It caps imports from a single "
        "country at 75% by 2030.",
        [("target", "60 %", "wrong"), ("target", "75 %", "wrong")],
    ),
    "tungsten": (
        "China mines about 80% of the world's tungsten. On 4 February 2025 China put export controls on tungsten, tellurium, bismuth, "
        "molybdenum and indium. Vietnam is the second largest tungsten producer.",
        [
            ("share", "about 80 %", "confirmed"),
            ("control", "2025-02-04", "confirmed"),
            ("rank", "", "confirmed"),
        ],
    ),
    "Japan in 2010": (
        "In September 2010 China halted rare earth shipments to Japan. Japan's dependence on China for rare earths has fallen from 90% to "
        "about 60%. The Quad, made up of the United States, Japan, India and Australia, launched a critical minerals initiative in July 2025.",
        [
            ("control", "2010-09", "confirmed"),
            ("dependence", "about 60 %", "imprecise"),
            ("agreement", "2025-07", "confirmed"),
            ("membership", "2025-07", "confirmed"),
        ],
    ),
    "the seven": (
        "The G7 members, Canada, France, Germany, Italy, Japan, Spain, the United Kingdom and the United States, met in June 2025 and agreed a "
        "Critical Minerals Action Plan. The G7 alone accounts for 60% of global demand for critical minerals.",
        [
            ("agreement", "2025-06", "confirmed"),
            ("membership", "2025-06", "wrong"),
            ("demand", "60 %", "wrong"),
        ],
    ),
    "antimony": (
        "China accounted for 60% of refined antimony. China restricted antimony exports from September 15, 2024. The EXIM bank approved a "
        "$2.9 billion loan for Perpetua's Stibnite project.",
        [
            ("share", "60 %", "confirmed"),
            ("control", "2024-09-15", "confirmed"),
            ("money", "$2.9bn", "confirmed"),
        ],
    ),
    "two allies": (
        "Washington and Canberra signed an $8.5 billion critical minerals deal on October 20, 2025. Each government pledged at least $1bn each "
        "within six months. The White House said the projects hold recoverable resources valued at $53 billion.",
        [
            ("money", "$8.5bn", "imprecise"),
            ("agreement", "2025-10-20", "confirmed"),
            ("money", "over $1bn", "confirmed"),
            ("money", "$53bn", "confirmed"),
        ],
    ),
    "other metals": (
        "Chile holds the world's largest lithium reserves. China refines 74% of lithium. Less than 1% of rare earths are recycled. South Africa "
        "mines 71% of the world's platinum; Russia mines 43% of palladium. Brazil produces nine-tenths of the world's niobium.",
        [
            ("rank", "", "confirmed"),
            ("share", "74 %", "confirmed"),
            ("recycling", "under 1 %", "confirmed"),
            ("share", "71 %", "confirmed"),
            ("share", "43 %", "confirmed"),
            ("share", "90 %", "confirmed"),
        ],
    ),
    "truce": (
        "China suspended its October 9 controls on rare earths on 7 November 2025 for a year. China's ban on gallium exports to America is "
        "suspended until 27 November 2026.",
        [
            ("control", "9 October", "confirmed"),
            ("control", "2025-11-07", "confirmed"),
            ("control", "2026-11-27", "confirmed"),
        ],
    ),
    "the meeting retold": (
        "WASHINGTON, Jan 11, 2026 (Agency) — Finance ministers from the Group of Seven, Australia, India, South Korea, Mexico and the EU "
        'gather in Washington on Monday. Together they represent three fifths of world demand for critical minerals. "Urgency is the '
        'theme of the day," a senior official said.',
        [
            ("meeting", "Monday", "confirmed"),
            ("membership", "Monday", "confirmed"),
            ("demand", "60 %", "confirmed"),
            ("attribution", "", "confirmed"),
        ],
    ),
    "denied, expected, changed": (
        "China does not produce 99% of the world's nickel. Analysts had expected China to refine 95% of cobalt. China cut its exports of rare "
        "earths to Japan by 40% in 2010. Demand for lithium grew 30% in 2024.",
        [
            ("share", "99 %", "confirmed"),
            ("share", "95 %", "unverified"),
            ("figure", "40 %", "unverified"),
            ("figure", "30 %", "unverified"),
        ],
    ),
    "past years": (
        "In 2010 China mined 97% of the world's rare earths. In 2020 the DRC accounted for 70% of mined cobalt. Indonesia's share of nickel "
        "mining was 30% in 2020.",
        [("share", "97 %", "confirmed"), ("share", "70 %", "confirmed"), ("share", "30 %", "confirmed")],
    ),
    "platforms": (
        "An F-35 contains 418 kg of rare earths and a Virginia-class submarine about 4.2 tonnes. US law bars Pentagon contractors from buying "
        "Chinese magnets from January 1, 2027. Lithium Americas got a $2.26 billion loan for Thacker Pass.",
        [
            ("weight", "0.418 t", "confirmed"),
            ("weight", "about 4.2 t", "confirmed"),
            ("control", "2027-01-01", "confirmed"),
            ("money", "$2.26bn", "confirmed"),
        ],
    ),
    "Brussels": (
        "The European Commission adopted RESourceEU on 3 December 2025, mobilising EUR 3 billion. On 25 March 2025 it selected 47 strategic "
        "projects inside the EU worth EUR 22.5 billion. The Critical Raw Materials Act entered into force on 23 May 2024. Under it, at least "
        "25% of annual consumption should come from recycling and no third country should supply over 65%.",
        [
            ("money", "EUR 3bn", "confirmed"),
            ("agreement", "2024-05-23", "confirmed"),
            ("target", "over 25 %", "confirmed"),
            ("target", "over 65 %", "confirmed"),
        ],
    ),
    "Tokyo": (
        "Japan and the United States signed a framework on securing critical minerals on October 27, 2025. China supplied 63% of Japan's rare "
        "earth imports in 2024. On 6 January 2026 China banned exports of dual-use goods to Japanese military users.",
        [
            ("agreement", "2025-10-27", "confirmed"),
            ("dependence", "63 %", "confirmed"),
            ("control", "2026-01-06", "confirmed"),
        ],
    ),
    "false, wrong": (
        "Australia refines 80% of the world's lithium. Canada is the world's largest producer of cobalt. Project Vault is a $50 billion "
        "stockpile announced on February 2, 2026. The Quad members, India, Japan, Canada and Australia, met. China's licences on antimony date "
        "from August 2022.",
        [
            ("share", "80 %", "wrong"),
            ("rank", "", "wrong"),
            ("money", "$50bn", "wrong"),
            ("membership", "", "wrong"),
            ("control", "2022-08", "wrong"),
        ],
    ),
    "what the ledgers do not hold": (
        "Russia banned exports of palladium in May 2024. The United States and Japan signed a critical minerals framework in March 2023. Tesla "
        "signed a $5 billion deal for nickel in 2022. Europe depends on China for 97% of its magnesium.",
        [
            ("control", "2024-05", "unverified"),
            ("agreement", "2023-03", "unverified"),
            ("money", "$5bn", "unverified"),
            ("dependence", "97 %", "unverified"),
        ],
    ),
    "a wire report": (
        "April 29, 2025 (Wire) - China's curbs on rare earth exports have rattled carmakers. The country accounts for about 70% of global rare "
        "earths mining and roughly 90% of processing. On April 4, Beijing placed seven medium and heavy rare earths, including dysprosium and "
        "terbium, under export licensing in response to U.S. tariffs of 145 per cent. Lynas is the largest producer outside China.",
        [
            ("share", "about 70 %", "confirmed"),
            ("share", "about 90 %", "confirmed"),
            ("control", "4 April", "confirmed"),
        ],
    ),
}


def told(answer: Answer) -> list[tuple[str, str, str]]:
    """Kind, figure and verdict of every statement."""
    return [
        (str(r["kind"]), str(r["said"] or ""), str(r["verdict"]))
        for r in answer.sheet("statements").records()
    ]


@pytest.mark.parametrize("name", list(ARTICLES))
def test_verdicts_on_an_article(name: str) -> None:
    text, expected = ARTICLES[name]
    found = told(check(text))
    missing = [e for e in expected if e not in found]
    assert not missing, found


@pytest.mark.parametrize("name", [n for n in ARTICLES if "wrong" not in n and n != "the seven"])
def test_nothing_true_is_called_wrong(name: str) -> None:
    assert not [t for t in told(check(ARTICLES[name][0])) if t[2] == "wrong"]


def test_unrelated_news_has_no_statement() -> None:
    text = "Shares of Apple rose 4% on Monday after it reported $90 billion in revenue. The Fed cut rates by 25 basis points on September 18, 2025."
    answer = check(text)
    assert answer.sheet("statements").rows == ()
    assert answer.finding == "No checkable statement was found."


def test_every_statement_has_source_rule_and_place() -> None:
    rules = {t.id for t in TOLERANCES}
    for text, _ in ARTICLES.values():
        answer = check(text)
        whole = str(answer.sheet("text").rows[0][0])
        for row in answer.sheet("statements").records():
            assert row["rule"] in rules
            assert whole[int(str(row["start"])) : int(str(row["end"]))] == row["sentence"]
            if row["verdict"] in ("confirmed", "imprecise", "wrong"):
                assert row["source"], row
            if row["verdict"] == "wrong":
                assert row["corrected"], row


def test_tables_are_read_row_by_row() -> None:
    page = (
        "<html><body><p>China's share of refining.</p><table><tr><th>Refined mineral</th><th>China's share</th></tr><tr><td>Gallium</td>"
        "<td>99%</td></tr><tr><td>Nickel</td><td>80%</td></tr></table></body></html>"
    )
    assert [t for t in told(check(page)) if t[0] == "share"] == [
        ("share", "99 %", "confirmed"),
        ("share", "80 %", "wrong"),
    ]


def test_the_same_text_gives_the_same_answer() -> None:
    text = ARTICLES["two allies"][0]
    assert check(text).as_dict() == check(text).as_dict()


def test_versions_of_one_text_are_recognised() -> None:
    first = ARTICLES["cobalt"][0]
    second = first + " A reader wrote that prices may rise again before winter."
    answer = compare({"one": first, "two": second, "other": ARTICLES["benchmarks"][0]})
    rows = answer.sheet("reposts").records()
    same = {(r["first"], r["second"]) for r in rows if r["what"] == "likeness" and r["same"]}
    assert same == {("one", "two")}
    assert [r["text"] for r in rows if r["what"] == "only in two"] == [
        "A reader wrote that prices may rise again before winter."
    ]


def test_questions_that_cannot_be_asked() -> None:
    with pytest.raises(StudyError):
        check_file("no/such/article.txt")
    with pytest.raises(StudyError):
        check_file("a\x00b")
    with pytest.raises(StudyError):
        compare(["only one"])


def test_clauses_joined_by_and_keep_their_own_subjects() -> None:
    """`X refines ... and Y relies on Z ...` are two statements of two subjects."""
    rows = (
        check(
            "China refines 99% of the world's gallium and Japan relies on China for 60% of its rare earths."
        )
        .sheet("statements")
        .records()
    )
    assert [(r["kind"], r["subject"]) for r in rows] == [("share", "China"), ("dependence", "Japan")]
    assert rows[0]["verdict"] == "confirmed"
    assert rows[1]["verdict"] in ("confirmed", "imprecise")
