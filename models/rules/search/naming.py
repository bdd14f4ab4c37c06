"""Find which names stand in a text that says other things as well.

``search.rank`` asks that every word fits; here a question is read, ``周六那个登山几点集合``, and
what is looked for is a name of which enough stands in it.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from models.rules.search.sounds import CHARACTER_OR_WORD, CHINESE, sound

LONGEST = 200
ENOUGH = 0.8
"""How much of the best score another name must have to be meant as well."""

BY_SOUND = 0.6
SHORTEST_WORD = 3

# What stands in questions whatever they are about.
USUAL_WORDS = """
活动 报名 时间 地点 今天 明天 今晚 晚上 上午 下午 中午 周末
周六 周日 星期 几点 什么 怎么 可以 我们 参加 开始 结束 集合
一起 朋友 南海 地方 有没 没有 工友 大家
event the and for with what when where how can you are this that
"""
USUAL = frozenset(USUAL_WORDS.split())


@dataclass(frozen=True, slots=True)
class _Named:
    """The pieces of one name: pairs of characters and words; and the same by sound."""

    written: frozenset[str]
    heard: frozenset[str]


def named(text: str, entries: Sequence[tuple[int, str]]) -> list[int]:
    """Return the ids whose names stand in the text, the best first; empty where none does.

    ``entries`` are ids with texts made by ``pinyin.index``, of which the first line counts. A piece
    counts the more, the fewer names have it.
    """
    written, heard = _pieces(_plain(text))
    if not written:
        return []
    names = [(number, _name(index.partition("\n")[0])) for number, index in entries]
    shared = Counter(piece for _, name in names for piece in written & name.written)
    sounding = Counter(piece for _, name in names for piece in heard & name.heard)
    scored = []
    for number, name in names:
        score = sum(1 / shared[piece] ** 0.5 for piece in written & name.written)
        by_sound = sum(1 / sounding[piece] ** 0.5 for piece in heard & name.heard) * BY_SOUND
        if (best := max(score, by_sound)) > 0:
            scored.append((best, number))
    if not scored:
        return []
    scored.sort(key=lambda each: -each[0])
    most = scored[0][0]
    return [number for score, number in scored if score >= most * ENOUGH]


@lru_cache(maxsize=2048)
def _name(line: str) -> _Named:
    name = _plain(line.partition("\t")[0])
    return _Named(*_pieces(name))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:LONGEST]).casefold()


def _pieces(plain: str) -> tuple[frozenset[str], frozenset[str]]:
    tokens = CHARACTER_OR_WORD.findall(plain)
    written, heard = set(), set()
    for one, other in pairwise(tokens):
        if CHINESE.match(one) and CHINESE.match(other) and one + other not in USUAL:
            written.add(one + other)
            heard.add(f"{sound(one)} {sound(other)}")
    for token in tokens:
        if len(token) >= SHORTEST_WORD and not token.isdecimal() and token not in USUAL:
            written.add(token)
    return frozenset(written), frozenset(heard)
