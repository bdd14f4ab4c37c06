"""Correct slips: characters of the same sound, pinyin, misspelt English words.

Each function takes a normalized text and returns the corrected one, empty where it does not apply.
"""

import re
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from models.rules.search.sounds import sound
from models.rules.understanding.phrasings import PHRASINGS

LONGEST_PINYIN = 60
CHINESE = re.compile(r"[\u3400-\u9fff]")
HEARD = PHRASINGS["zh"]
"""The language whose slips are of sound; those of all others are of spelling."""
SPELLED = [each for each in PHRASINGS.values() if each is not HEARD]
ALWAYS = tuple(word for each in SPELLED for word in each.always)
OFTEN = tuple(word for each in SPELLED for word in each.often.split())
KNOWN = frozenset(word for each in SPELLED for word in each.known.split())


def put_right(tidied: str) -> str:
    """Correct the few misspellings that hardly ever mean anything else."""
    if not CHINESE.search(tidied):
        return " ".join(_word(each, ALWAYS) for each in tidied.split())
    heard = [sound(each) or "" for each in tidied]
    for word in HEARD.always:
        sounds = [sound(each) for each in word]
        for start in range(len(tidied) - len(word) + 1):
            if heard[start : start + len(word)] == sounds:
                tidied = tidied[:start] + word + tidied[start + len(word) :]
    return tidied


def _loose(sounding: str) -> str:
    """Merge sounds that many speakers and typists confuse."""
    for one, other in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n")):
        sounding = sounding.replace(one, other)
    return sounding


@cache
def _often_heard() -> dict[int, dict[str, str]]:
    by_length: dict[int, dict[str, str]] = {}
    for word in HEARD.often.split():
        heard = sound(word)
        assert heard is not None, word
        by_length.setdefault(len(word), {})[_loose(heard)] = word
    return dict(sorted(by_length.items(), reverse=True))


def by_sound(tidied: str) -> str:
    """Correct characters of the same sound: 保名 is 报名."""
    if not CHINESE.search(tidied):
        return ""
    heard = [_loose(sound(each) or "") if CHINESE.match(each) else "" for each in tidied]
    for length, words in _often_heard().items():
        for start in range(len(tidied) - length + 1):
            window = heard[start : start + length]
            word = words.get("".join(window)) if all(window) else None
            if word is not None:
                tidied = tidied[:start] + word + tidied[start + length :]
    return tidied


@cache
def _spelt() -> dict[str, str]:
    return {heard: word for word in HEARD.spelt.split() if (heard := sound(word)) is not None}


LONGEST_SPELT = 14


def from_pinyin(tidied: str) -> str:
    """Turn pinyin into characters: ``youshenme huodong`` is 有什么活动; names stay."""
    if CHINESE.search(tidied) or len(tidied) > LONGEST_PINYIN:
        return ""
    together = tidied.replace(" ", "")
    whole = _syllables(together) if together.isalpha() else None
    if whole is not None:
        return "".join(whole) if any(len(each) > 1 for each in whole) else ""
    parts: list[str] = []
    has_word = False
    for token in tidied.split():
        read = _syllables(token) or _split_off(token)
        if read is None:
            parts.append(f" {token} ")
        else:
            has_word = has_word or any(len(each) > 1 and CHINESE.match(each) for each in read)
            parts.append("".join(read))
    return " ".join("".join(parts).split()) if has_word else ""


def _split_off(token: str) -> list[str] | None:
    """``baomingyumaoqiu``: a known beginning of two syllables or more, then a name."""
    for length in range(min(len(token) - 3, LONGEST_SPELT), 4, -1):
        word = _spelt().get(token[:length])
        if word is not None and len(word) > 1:
            return [word, f" {token[length:]} "]
    return None


def _syllables(token: str) -> list[str] | None:
    """The token as known words, the longest first; None when it is not made of them."""
    words = _spelt()
    best: list[list[str] | None] = [None] * (len(token) + 1)
    best[0] = []
    for end in range(1, len(token) + 1):
        for start in range(max(0, end - LONGEST_SPELT), end):
            before, word = best[start], words.get(token[start:end])
            if before is None or word is None:
                continue
            now = best[end]
            if now is None or len(before) + 1 < len(now):
                best[end] = [*before, word]
    return best[-1]


def spelt_right(tidied: str) -> str:
    """Correct misspelt English words: ``evnets``, ``unsubscibe``, ``sing me up``."""
    right = [_word(each, OFTEN) for each in tidied.split()]
    return re.sub(r"\bsing( me| us)? up\b", r"sign\1 up", " ".join(right))


@lru_cache(maxsize=2048)
def _word(word: str, dictionary: tuple[str, ...]) -> str:
    if len(word) < 4 or not word.isascii() or not word.isalpha() or word in KNOWN:
        return word
    allowed = 1 if len(word) < 7 else 2
    nearest = process.extractOne(word, dictionary, scorer=OSA.distance, score_cutoff=allowed)
    return nearest[0] if nearest is not None and nearest[0][0] == word[0] else word
