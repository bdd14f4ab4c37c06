"""Cut a text into the pieces that speak for what it asks: characters, sounds, words."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from models.rules.search.sounds import sound

LONGEST = 160
"""Characters that are read; what people ask stands in fewer."""

MOST_CHARACTERS, MOST_SYLLABLES = 3, 3
SHORTEST_WORD = 4
LETTERS = (3, 4)
START, END = "^", "$"

NUMBER = re.compile(r"\d+")
TOKEN = re.compile(r"[\u3400-\u9fff]|[a-z]+|0|[?!]")
CHINESE = re.compile(r"[\u3400-\u9fff]")
CONFUSED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))


def pieces(text: str) -> set[str]:
    """Return runs of up to three characters or words, of sounds, and the middles of words.

    Any number is ``0``. Sounds that many speakers confuse are one: so a wrong character of the same
    sound, or pinyin, still speaks with most of its pieces.
    """
    plain = NUMBER.sub("0", unicodedata.normalize("NFKC", text[:LONGEST]).casefold())
    tokens = TOKEN.findall(plain)
    found = set(_runs((START, *tokens, END), MOST_CHARACTERS, " "))
    syllables = [_sound_of(token) for token in tokens]
    found.update(f"~{run}" for run in _runs(syllables, MOST_SYLLABLES, "-"))
    for token in tokens:
        if len(token) >= SHORTEST_WORD:
            found.update(_middles(token))
    return found


def _runs(tokens: Sequence[str], longest: int, between: str) -> Iterator[str]:
    for length in range(1, longest + 1):
        for start in range(len(tokens) - length + 1):
            yield between.join(tokens[start : start + length])


@lru_cache(maxsize=4096)
def _sound_of(token: str) -> str:
    heard = (sound(token) or token) if CHINESE.match(token) else token
    for one, other in CONFUSED:
        heard = heard.replace(one, other)
    return heard


def _middles(word: str) -> Iterator[str]:
    for length in LETTERS:
        for start in range(len(word) + 2 - length + 1):
            yield f"#{f'<{word}>'[start : start + length]}"
