"""Search by name as people type: characters, pinyin, initials, English, slips.

A search goes through four stages and stops at the first that finds anything, so that a guess
never stands next to what was really asked for: as typed; run together or with too many words
(``狮山羽毛球``, ``羽毛球俱乐部``); by sound (``羽毛求``, ``yumq``); with a slip forgiven.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from rapidfuzz.distance import OSA

from models.rules.search.plain import plain
from models.rules.search.sounds import sound

EXACT, PREFIX, INSIDE = 1.0, 0.9, 0.75
SOUNDS_EXACT, SOUNDS_PREFIX, SOUNDS_INSIDE = 0.97, 0.87, 0.72
INITIALS_EXACT, INITIALS_PREFIX, INITIALS_INSIDE = 0.95, 0.84, 0.68
SAME_SOUND, MIXED, SLIP = 0.6, 0.55, 0.5

# A name of its own counts more than a word about it (its town, its kind).
ALIAS = 0.02
SEVERAL_WORDS = 0.95

# Longer than any name; what is pasted by mistake must not cost more than a search.
LONGEST = 60

APART = re.compile(r"[\s,，、;；.。/|&+·:：!！?？()（）《》“”\"]+")
TONE_DIGITS = re.compile(r"(?:[a-z]{1,6}[1-5])+")
LATIN = re.compile(r"[a-z0-9]+")
CHINESE = re.compile(r"[\u3400-\u9fff]+")
SYLLABLE = re.compile(" ")
REST_OF_SYLLABLE = re.compile("[a-z]*+ ")

# What people add to the name of anything, and what therefore tells nothing.
SUFFIXES = re.compile(r"(?:兴趣|业余)?(?:俱乐部|协会|队伍|小组|社团|活动|比赛|[队社团会班组课赛])$")
ARTICLES = {"a", "an", "the", "of", "for", "in", "at", "and", "to"}
FILLERS = ARTICLES | {"team", "teams", "club", "group", "event", "events"}


@dataclass(frozen=True, slots=True, eq=False)
class _Name:
    """One line of a search text: without spaces, in words, in syllables, in initials.

    ``pieces`` are where a misspelt word may begin.
    """

    text: str
    words: tuple[str, ...]
    sounds: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    initials: str
    spaced: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    names: tuple[_Name, ...]
    everything: str


def rank(words: str, entries: Iterable[tuple[int, str]]) -> list[tuple[int, float]]:
    """The ids whose search text fits the words, with how well, the best first.

    ``entries`` are ids with texts made by ``pinyin.index``. Every word must fit. Equal
    ones stay in the order they came in.
    """
    asked = parts(words)
    if not asked:
        return []
    # "D3" may be a name, and "yu3" a sound with its tone.
    readings = dict.fromkeys((asked, toneless(asked)))
    read_entries = [(id, _read(text)) for id, text in entries]
    for stage, said in product((_as_typed, _run_together, _by_sound, _with_a_slip), readings):
        ranked = [(id, score) for id, entry in read_entries if (score := stage(entry, said)) > 0]
        if ranked:
            return sorted(ranked, key=lambda each: -each[1])
    return []


# The words of a person


def parts(words: str) -> tuple[str, ...]:
    """The words of a person, plain, each for itself."""
    narrow = unicodedata.normalize("NFKC", words[: LONGEST * 2])[:LONGEST]
    asked = (plain(each) for each in APART.split(narrow))
    return tuple(each for each in asked if each)


def _toneless(word: str) -> str:
    return re.sub("[1-5]", "", word) if TONE_DIGITS.fullmatch(word) else word


def toneless(asked: tuple[str, ...]) -> tuple[str, ...]:
    """The words without the digits of tones: ``yu3`` is ``yu``."""
    return tuple(map(_toneless, asked))


@lru_cache(maxsize=2048)
def _read(text: str) -> _Entry:
    names = tuple(_name(line) for line in text.split("\n"))
    parts = [part for name in names for part in (name.text, name.sounds, name.initials) if part]
    return _Entry(names, "\n".join(dict.fromkeys(parts)))


@lru_cache(maxsize=4096)
def _name(line: str) -> _Name:
    # Towns and kinds stand in many texts: they are read once, and compared once for each word.
    text, spaced, _ = f"{line}\t\t".split("\t", 2)
    syllables = spaced.split()
    starts: list[int] = []
    length = 0
    for syllable in syllables:
        starts.append(length)
        length += len(syllable)
    latin = tuple(LATIN.findall(unicodedata.normalize("NFKC", text).casefold()))
    joined = "".join(syllables)
    pieces = [*(joined[start:] for start in starts), *latin]
    if len(latin) > 1:
        pieces.append("".join(latin))
    return _Name(
        text=plain(text),
        words=latin,
        sounds=joined,
        starts=tuple(starts),
        ends=(*starts[1:], length),
        initials="".join(each if each.isdecimal() else each[0] for each in syllables),
        spaced=" " + spaced,
        pieces=tuple(pieces),
    )


# As typed


def _as_typed(entry: _Entry, asked: tuple[str, ...]) -> float:
    together = "".join(asked)
    whole = _fit(entry, together)
    if len(asked) == 1:
        return whole
    return max(whole, _all_fit(entry, telling(asked), _fit))


def _all_fit(entry: _Entry, asked: Iterable[str], fit: Callable[[_Entry, str], float]) -> float:
    scores = []
    for word in asked:
        score = fit(entry, word)
        if not score:
            return 0.0
        scores.append(score)
    return SEVERAL_WORDS * sum(scores) / len(scores) if scores else 0.0


def telling(asked: tuple[str, ...]) -> tuple[str, ...]:
    """The words without those that tell nothing; all of them where no other is left."""
    return tuple(word for word in asked if word not in FILLERS) or asked


def _fit(entry: _Entry, word: str) -> float:
    """How well the word fits any of the names as it stands; 0 when it does not."""
    if word not in entry.everything:
        return 0.0
    best = 0.0
    for place, name in enumerate(entry.names):
        score = max(_fit_text(name, word), _fit_sounds(name, word))
        best = max(best, score - ALIAS if score and place else score)
    return best


def _fit_text(name: _Name, word: str) -> float:
    if word == name.text:
        return EXACT
    if not word.isascii():
        if name.text.startswith(word):
            return PREFIX
        return INSIDE if word in name.text else 0.0
    if len(word) < 2:
        return 0.0
    if word in name.words:
        return PREFIX
    if any(each.startswith(word) for each in name.words):
        return PREFIX if name.text.startswith(word) else INSIDE
    # ``ball`` is in basketball; a shorter piece of a word is chance.
    if len(word) >= 4 and any(each.endswith(word) for each in name.words):
        return INSIDE
    return PREFIX if name.text.startswith(word) else 0.0


def _fit_sounds(name: _Name, word: str) -> float:
    if not name.sounds or len(word) < 2 or not word.isascii():
        return 0.0
    if word == name.sounds:
        return SOUNDS_EXACT
    if word == name.initials:
        return INITIALS_EXACT
    if name.sounds.startswith(word):
        return SOUNDS_PREFIX
    if name.initials.startswith(word):
        return INITIALS_PREFIX
    if any(name.sounds.startswith(word, start) for start in name.starts):
        return SOUNDS_INSIDE
    return INITIALS_INSIDE if word in name.initials else 0.0


# Run together, or too many words


def _run_together(entry: _Entry, asked: tuple[str, ...]) -> float:
    return _all_fit(entry, telling(asked), _fit_in_parts)


def _fit_in_parts(entry: _Entry, word: str) -> float:
    score = _fit(entry, word)
    if score or not _is_chinese(word):
        return score
    bare = without_suffix(word)
    if bare != word and (score := _fit(entry, bare)):
        return score * SEVERAL_WORDS
    if len(bare) < 4 or bare[:2] not in entry.everything or bare[-2:] not in entry.everything:
        return 0.0
    for middle in range(2, len(bare) - 1):
        first, second = _fit(entry, bare[:middle]), _fit(entry, bare[middle:])
        if first and second:
            return SEVERAL_WORDS * (first + second) / 2
    return 0.0


@lru_cache(maxsize=256)
def _is_chinese(word: str) -> bool:
    return CHINESE.fullmatch(word) is not None


@lru_cache(maxsize=256)
def without_suffix(word: str) -> str:
    """The word without suffixes that any team may have; never shorter than two characters."""
    bare = SUFFIXES.sub("", word)
    return bare if len(bare) >= 2 else word


# By sound


def _by_sound(entry: _Entry, asked: tuple[str, ...]) -> float:
    return _together_or_each(entry, asked, _fit_by_sound)


def _together_or_each(
    entry: _Entry, asked: tuple[str, ...], fit: Callable[[_Entry, str], float]
) -> float:
    several = _all_fit(entry, telling(asked), fit)
    return several if len(asked) == 1 else max(several, fit(entry, "".join(asked)))


def _fit_by_sound(entry: _Entry, word: str) -> float:
    score = _fit_in_parts(entry, word)
    if score:
        return score
    if _is_chinese(word):
        return _after_a_town(entry, word, _fit_heard)
    if len(word) >= 3 and word.isascii() and word.isalpha():
        return MIXED if any(_is_mixed(name, word) for name in entry.names) else 0.0
    return 0.0


def _after_a_town(entry: _Entry, word: str, fit: Callable[[_Entry, str], float]) -> float:
    """As ``fit``, also with a town's name before the word: ``狮山羽毛求``."""
    score = fit(entry, word)
    if not score and len(word) >= 4 and _fit(entry, word[:2]):
        return fit(entry, word[2:])
    return score


def _fit_heard(entry: _Entry, word: str) -> float:
    """Other characters of the same sound, as a typist picks them by mistake."""
    for heard in _heard(word):
        if heard not in entry.everything:
            continue
        for name in entry.names:
            for start in name.starts:
                if name.sounds.startswith(heard, start) and start + len(heard) in name.ends:
                    return SAME_SOUND
    return 0.0


@lru_cache(maxsize=256)
def _heard(word: str) -> tuple[str, ...]:
    sounds = (sound(each) for each in dict.fromkeys((word, without_suffix(word))) if len(each) > 1)
    return tuple(each for each in sounds if each)


@lru_cache(maxsize=8192)
def _is_mixed(name: _Name, word: str) -> bool:
    """Whether ``yumq`` is in `` yu mao qiu``: each syllable in full or in its first letters.

    All places that the letters so far may have led to are walked together, so that the cost grows
    with the product of the lengths and no faster.
    """
    spaced = name.spaced
    if not set(word) <= set(spaced):
        return False
    places = {match.end() for match in SYLLABLE.finditer(spaced)}
    for letter in word:
        here = {place + 1 for place in places if spaced.startswith(letter, place)}
        if not here:
            return False
        nexts = (REST_OF_SYLLABLE.match(spaced, place) for place in here)
        places = here | {following.end() for following in nexts if following is not None}
    return True


# With a slip


def _with_a_slip(entry: _Entry, asked: tuple[str, ...]) -> float:
    return _together_or_each(entry, asked, _fit_with_a_slip)


def _fit_with_a_slip(entry: _Entry, word: str) -> float:
    score = _fit_by_sound(entry, word)
    if score:
        return score
    if _is_chinese(word):
        return _after_a_town(entry, word, _fit_misread)
    if not word.isascii():
        return 0.0
    return SLIP if any(_is_slip(name, word) for name in entry.names) else 0.0


def _fit_misread(entry: _Entry, word: str) -> float:
    """One wrong character in three or more: any of the same sound, but no first of three."""
    bare = without_suffix(word)
    if len(bare) < 3 or sum(each in entry.everything for each in bare) < len(bare) - 1:
        return 0.0
    heard = _heard(bare)
    for name in entry.names:
        if _looks_alike(name, bare) or (heard and _sounds_alike(name, heard[0], len(bare))):
            return SLIP
    return 0.0


def _looks_alike(name: _Name, word: str) -> bool:
    spare = 0 if len(word) == 3 else 1
    for start in range(len(name.text) - 2):
        if not spare and name.text[start] != word[0]:
            continue
        for length in range(max(3, len(word) - spare), len(word) + spare + 1):
            piece = name.text[start : start + length]
            if len(piece) == length and OSA.distance(piece, word, score_cutoff=1) <= 1:
                return True
    return False


def _sounds_alike(name: _Name, heard: str, syllables: int) -> bool:
    for start, end in zip(name.starts, name.ends[syllables - 1 :], strict=False):
        if OSA.distance(name.sounds[start:end], heard, score_cutoff=1) <= 1:
            return True
    return False


@lru_cache(maxsize=8192)
def _is_slip(name: _Name, word: str) -> bool:
    """A letter wrong, missing, too many or swapped; two in a long word."""
    allowed = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
    if not allowed:
        return False
    first, swapped, least = word[0], word[1] + word[0], len(word) - allowed
    for piece in name.pieces:
        # A first letter is seldom wrong, and hiking is not biking.
        if len(piece) < least or not (piece[0] == first or piece.startswith(swapped)):
            continue
        for length in range(least, min(len(word) + allowed, len(piece)) + 1):
            if OSA.distance(piece[:length], word, score_cutoff=allowed) <= allowed:
                return True
    return False
