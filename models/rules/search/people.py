"""Names of people as keys that an index of any database finds by their beginning.

A database may hold a million names, which nobody reads through for each search. So a name is kept
under a few keys: 李小明 under ``lixiaoming``, ``xiaoming``, ``lxm`` and 李小明. What somebody
types is found at the beginning of one of them.
"""

import re
import unicodedata
from dataclasses import dataclass

from models.rules.search.plain import plain
from models.rules.search.sounds import sound

TOKEN = re.compile(
    "[\u3400-\u9fff\U00020000-\U0003ffff]|[^\\W_\u3400-\u9fff\U00020000-\U0003ffff]+"
)
CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")

MOST_TOKENS = 8
LONGEST_KEY = 32
LAST = "\U0010ffff"
"""Behind every character, in the order of code points."""

AS_SURNAMES = {
    "曾": "zeng",
    "区": "ou",
    "单": "shan",
    "解": "xie",
    "仇": "qiu",
    "查": "zha",
    "翟": "zhai",
    "覃": "qin",
    "朴": "piao",
    "盖": "ge",
}
"""Characters that sound otherwise at the head of a name than ``sounds`` has them."""

EXACT, BEGINS, INSIDE = 1.0, 0.9, 0.75
SOUNDS, SOUNDS_SO, INITIALS, SAME_SOUND = 0.97, 0.87, 0.7, 0.6


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody types to find a person.

    ``keys`` are beginnings of keys, any of which will do; ``written`` stands in the name, where
    Chinese characters were typed.
    """

    keys: tuple[str, ...] = ()
    written: str = ""


def keys_of(name: str) -> list[str]:
    """Return the keys of a name, for an index; none for an empty one."""
    tokens = _tokens(name)
    syllables = _syllables(tokens, is_name=True)
    if not syllables:
        return []
    keys = []
    for start, token in enumerate(tokens):
        is_word = len(token) > 1 and CHINESE.match(token) is None
        # The last character alone is half of what people are called by, and finds too many.
        if not start or len(tokens) - start > 1 or is_word:
            keys.append("".join(syllables[start:]))
    if len(syllables) > 1:
        keys.append("".join(each if each.isdecimal() else each[0] for each in syllables))
    if any(CHINESE.match(token) for token in tokens):
        keys.append("".join(tokens))
    return list(dict.fromkeys(each[:LONGEST_KEY] for each in keys))


def asked(words: str) -> Asked:
    """Return where to look for the words; nothing where there is no word in them.

    One Chinese character is a surname; of two or more the last may begin any part of a name.
    """
    tokens = _tokens(words)
    if not tokens:
        return Asked()
    written = "".join(tokens)
    if not all(CHINESE.match(token) for token in tokens):
        return Asked(("".join(_syllables(tokens, is_name=False))[:LONGEST_KEY],))
    if len(tokens) == 1:
        return Asked((written,))
    ways = dict.fromkeys("".join(_syllables(tokens, is_name=each)) for each in (True, False))
    return Asked(tuple(each[:LONGEST_KEY] for each in ways), written)


def until(key: str) -> str:
    """Return the end of the range of keys that begin so."""
    return key + LAST


def fit(words: str, name: str) -> float:
    """How well a name that was found fits the words, from 0 to 1."""
    typed, called = ("".join(_tokens(each)) for each in (words, name))
    if typed == called:
        return EXACT
    if called.startswith(typed):
        return BEGINS
    if typed in called:
        return INSIDE
    tokens = _tokens(name)
    sounds = "".join(_syllables(tokens, is_name=True))
    if any(CHINESE.match(each) for each in typed):
        return SAME_SOUND
    if typed == sounds:
        return SOUNDS
    if sounds.startswith(typed):
        return SOUNDS_SO
    return INSIDE if typed in sounds else INITIALS


def _tokens(text: str) -> list[str]:
    words = unicodedata.normalize("NFKC", text[: LONGEST_KEY * 2]).casefold()
    # A Chinese character has no marks to lose, and a word may have some: Nguyễn.
    found = (token if CHINESE.match(token) else plain(token) for token in TOKEN.findall(words))
    return [token for token in found if token][:MOST_TOKENS]


def _syllables(tokens: list[str], *, is_name: bool) -> list[str]:
    syllables = [sound(token) or token if CHINESE.match(token) else token for token in tokens]
    if is_name and len(tokens) > 1 and tokens[0] in AS_SURNAMES:
        syllables[0] = AS_SURNAMES[tokens[0]]
    return syllables
