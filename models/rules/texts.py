"""What people type, without the characters that nobody sees.

Control characters (Unicode category Cc), formatting characters (Cf: direction marks, zero-width
spaces, joiners), surrogates and private ones go. A zero-width joiner stays inside an emoji, which
it holds together (UTS #51, 2.3), and a tag character in the flag of a region (UTS #51, C.1).
"""

import re
import unicodedata

JOINER = "\u200d"
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters of other categories that show nothing: the Hangul fillers, an empty Braille cell."""

_GONE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_PICTURE = re.compile(r"[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff\ufe0f\u20e3]")
_TAGS = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")
_LINES = re.compile(r"\r\n?|[\u0085\u2028\u2029\x0b\x0c]")


_LINK = re.compile(r"https?://[^\s/?#]+\S*")
_REFUSED = re.compile(r'[\\/:*?"<>|\s]+')
"""What some file system refuses in a name, and blanks."""

LONGEST_NAME = 60


def file_name(*parts: str) -> str:
    """Return a file's name of these parts, without its ending: what is refused becomes a space."""
    named = one_line(_REFUSED.sub(" ", " ".join(parts)))
    return named[:LONGEST_NAME].strip(" .")


def is_link(text: str) -> bool:
    """Return whether a text is a web address and nothing else: https or http, and no blanks."""
    return _LINK.fullmatch(text) is not None and visible(text) == text


def shortened(text: str, most: int) -> str:
    """Return a text of at most this many characters; what was cut off is shown by an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def visible(text: str) -> str:
    """Return a text without invisible characters; its lines stay."""
    if text.isprintable() and BLANKS.isdisjoint(text):
        return text
    text = _LINES.sub("\n", text).replace("\t", " ")
    flags = {at for match in _TAGS.finditer(text) for at in range(*match.span())}
    return "".join(each for at, each in enumerate(text) if at in flags or _is_seen(text, at))


def one_line(text: str) -> str:
    """Return a text in one line, visible characters only, single spaces, none at its ends."""
    return " ".join(visible(text).split())


def _is_seen(text: str, at: int) -> bool:
    each = text[at]
    if each in "\n ":
        return True
    if each == JOINER:
        return 0 < at < len(text) - 1 and bool(
            _PICTURE.match(text, at - 1) and _PICTURE.match(text, at + 1)
        )
    return each not in BLANKS and unicodedata.category(each) not in _GONE
