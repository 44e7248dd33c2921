"""Characters of a text as plain ones: one space, one hyphen, one set of digits, nothing invisible."""

import unicodedata

HYPHENS = "\u2010\u2011\u2012\u2212\ufe63"
PERCENTS = "\u066a\ufe6a"
KEPT = "\n\t"


class _Plain(dict[int, str]):
    """Code point -> plain text, worked out once per character met."""

    def __missing__(self, point: int) -> str:
        self[point] = found = plain_character(chr(point))
        return found


def plain_character(character: str) -> str:
    """One character as a plain one; empty for the invisible.

    >>> plain_character("\\u00a0"), plain_character("\\uff19"), plain_character("\\u200b")
    (' ', '9', '')
    """
    if character in KEPT:
        return character
    if character in HYPHENS:
        return "-"
    if character in PERCENTS:
        return "%"
    if 0xFF01 <= ord(character) <= 0xFF5E:
        return chr(ord(character) - 0xFEE0)
    kind = unicodedata.category(character)
    if kind == "Nd":
        return str(unicodedata.digit(character))
    if kind == "Zs":
        return " "
    if kind in ("Zl", "Zp"):
        return "\n"
    if kind[0] == "C":
        return ""
    return character


_PLAIN = _Plain()


def plain_text(text: str) -> str:
    """A text in plain characters; letters, accents and quotation marks stay.

    >>> plain_text("\\uff18\\uff10\\u00a0\\uff05\\r\\nof\\u200b it")
    '80 %\\nof it'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", lines.translate(_PLAIN))
