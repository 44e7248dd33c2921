"""What is the article and what is set aside: HTML, Markdown, PDF, plain text, and files that are none."""

import io
import time

import pytest
from pypdf import PdfWriter

from oresight.core.errors import DataError
from oresight.text.alike import likeness
from oresight.text.reading import BYTES_MAX, read_bytes, read_text

PAGE = """<!doctype html><html><head><title>Cobalt</title><meta property="article:published_time" content="2025-11-15T08:00:00Z">
<script>var a = "China mines 1% of cobalt.";</script><style>p{}</style></head><body>
<nav><a href="/">Home</a> <a href="/m">China mines 2% of cobalt</a></nav>
<div class="cookie-banner">We use cookies. Accept all cookies?</div>
<article><h1>Cobalt in 2025</h1><p>The DRC mines 73&nbsp;% of the world&rsquo;s cobalt, and nobody else comes near it this year.</p>
<p style="display:none">China mines 3% of cobalt.</p>
<table><caption>Cobalt mine production</caption><tr><th>Country</th><th>Share (%)</th></tr><tr><td>DR Congo</td><td>73</td></tr></table></article>
<aside>China mines 4% of cobalt.</aside><section class="related-stories"><p>China mines 5% of cobalt.</p></section>
<footer>© 2025. China mines 6% of cobalt.</footer></body></html>"""


def test_html_keeps_the_article_and_sets_the_rest_aside() -> None:
    found = read_text(PAGE)
    assert "73 % of the world" in found.text
    assert "Cobalt mine production. Country: DR Congo; Share (%): 73 %." in found.text
    assert not [n for n in "123456" if f"mines {n}%" in found.text]
    assert found.published == "2025-11-15T08:00:00Z"
    reasons = {s.reason for s in found.set_aside}
    assert {"menu", "cookie notice", "beside the article", "other stories", "page footer"} <= reasons
    assert not [s for s in found.set_aside if "mines 1%" in s.text or "mines 3%" in s.text]


def test_offsets_point_into_the_text() -> None:
    found = read_text(PAGE)
    for block in found.blocks:
        piece = found.text[block.start : block.end]
        assert piece == piece.strip() != ""


def test_markdown_is_read_without_its_marks() -> None:
    found = read_text(
        "# Nickel\n\n**Indonesia** mines [two thirds](https://x.org/a) of it.\n\n| Country | Share |\n|---|---|\n| Indonesia | 67% |\n\n```\ncode\n```\n"
    )
    assert "Indonesia mines two thirds of it." in found.text
    assert "Country: Indonesia; Share: 67%" in found.text
    assert [s.reason for s in found.set_aside] == ["code"]


def test_lines_broken_to_a_width_become_one_paragraph() -> None:
    text = "China refines about ninety per cent of the world's rare earths and the ger-\nmanium that goes into fibre optics, while the mines of other countries\ngrow more slowly than was hoped.\n"
    assert read_text(text, kind="text").text.count("\n") == 0
    assert "germanium" in read_text(text, kind="text").text


def test_what_follows_the_article_is_other_stories() -> None:
    story = "Gallium is made in China, which refines 99% of it and has licensed exports since 2023.\n\nYou May Also Like\n\nBitcoin rises to $4 billion in volume as traders cheer the news from Washington today.\n"
    found = read_text(story)
    assert "Bitcoin" not in found.text
    assert {s.reason for s in found.set_aside} == {"other stories"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"  \n\t ", "empty"),
        (bytes(range(256)) * 20, "no text"),
        (b"\x00\x01\x02" * 100, "no text"),
        (b"<html><script>x</script></html>", "no words"),
        (b"%PDF-1.7 broken", "no readable PDF"),
        (b"%PDF-1.4\n%%EOF", "PDF"),
        (b"a" * (BYTES_MAX + 1), "bytes"),
    ],
)
def test_what_cannot_be_read_says_so_in_one_line(data: bytes, words: str) -> None:
    with pytest.raises(DataError) as caught:
        read_bytes(data, "it")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_pdf_without_text_is_refused() -> None:
    writer = PdfWriter()
    writer.add_blank_page(width=100, height=100)
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(DataError, match="no text"):
        read_bytes(out.getvalue(), "blank.pdf")


def test_other_encodings_are_read() -> None:
    assert "Café" in read_bytes("Café opens in Paris.".encode("cp1252")).text
    assert "Café" in read_bytes("Café opens in Paris.".encode("utf-16")).text


@pytest.mark.parametrize(
    "text",
    [
        "<html><body>" + "<div>" * 60_000 + "China mines cobalt.",
        "<!DOCTYPE x ["
        + "".join(f"<!ENTITY e{i} '&e{i - 1};&e{i - 1};'>" for i in range(1, 40))
        + "]><html><body><p>&e39; It is cobalt.</p>",
        "<p>" + "<b" * 100_000 + ">It is cobalt.</p><p>x</p>",
        "<table>" + "<tr><td>China<td>69%" * 20_000 + "</table><p>It is cobalt.</p>",
        "# a\n- b\n- c\n" + "[" * 200_000 + "\nIt is cobalt.",
        "# a\n- b\n- c\n" + "*_`" * 100_000 + "\nIt is cobalt.",
        '"' * 200_000 + "It is cobalt.",
        "1" * 200_000 + " It is cobalt.",
        "(" * 200_000 + "It is cobalt.",
        "1,1." * 100_000 + " It is cobalt.",
    ],
    ids=[
        "deep",
        "entities",
        "open tags",
        "rows",
        "brackets",
        "marks",
        "quotes",
        "digits",
        "parentheses",
        "commas",
    ],
)
def test_hostile_pages_are_read_in_bounded_time(text: str) -> None:
    started = time.monotonic()
    found = read_text(text)
    assert time.monotonic() - started < 10
    assert len(found.text) <= len(text) + 100


def test_two_versions_of_a_text_are_one() -> None:
    first = [
        "China refines most of the world's rare earths today.",
        "Nobody else is close to it in any year.",
        "An editor added this remark.",
    ]
    second = [
        "China refines MOST of the world’s rare earths today.",
        "Nobody else is close to it in any year.",
        "It was reported from Perth on Monday.",
    ]
    found = likeness(first, second)
    assert found.same
    assert found.only_first == ("An editor added this remark.",)
    assert found.only_second == ("It was reported from Perth on Monday.",)
    assert not likeness(first, ["Bananas are yellow and sweet this time of year."]).same


def pdf_with(lines: list[str]) -> bytes:
    """A PDF of one page that shows some lines, written by hand."""
    stream = (
        b"BT /F1 12 Tf 72 720 Td 14 TL "
        + b" ".join(b"(" + line.encode() + b") Tj T*" for line in lines)
        + b" ET"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    return out + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start


def test_a_pdf_is_read_and_its_broken_lines_joined() -> None:
    data = pdf_with(
        [
            "China refines 99% of the gallium of the world, and the ger-",
            "manium that goes into fibre optics comes from there too.",
        ]
    )
    found = read_bytes(data, "news.pdf")
    assert (
        found.text
        == "China refines 99% of the gallium of the world, and the germanium that goes into fibre optics comes from there too."
    )
