"""Group alike short texts by the pairs of characters they share."""

import unicodedata
from collections.abc import Sequence

MIN_SHARED = 0.34
"""Share of the shorter text's pairs of characters at which two texts count as alike.

Tuned on sentences of one to three clauses, where the same wish in other words shares a third.
"""

POLITE = (
    *(
        "能不能",
        "可不可以",
        "有没有",
        "是不是",
        "可以",
        "希望",
        "想要",
        "我想",
        "我们",
        "一点",
        "一下",
    ),
    *("please", "could you", "can you", "i would like", "we need", "i want"),
)
"""Phrases that wishes share whatever they ask for."""


def groups(texts: Sequence[str]) -> list[list[int]]:
    """Indices of alike texts, the largest group first; each text is in exactly one group.

    A text joins the group whose first text it is most alike; O(n * groups).
    """
    found: list[tuple[frozenset[str], list[int]]] = []
    for place, text in enumerate(texts):
        mine = _pairs(text)
        best = max(found, key=lambda group: _share(mine, group[0]), default=None)
        if best is not None and _share(mine, best[0]) >= MIN_SHARED:
            best[1].append(place)
        else:
            found.append((mine, [place]))
    return sorted((places for _pairs_of, places in found), key=lambda each: (-len(each), each[0]))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    if not one or not other:
        return 0.0
    return len(one & other) / min(len(one), len(other)) * _weight(one, other)


def _weight(one: frozenset[str], other: frozenset[str]) -> float:
    # A very short text shares its pairs with many long ones by chance.
    return 1.0 if min(len(one), len(other)) >= 3 else 0.5


def _pairs(text: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    for words in POLITE:
        plain = plain.replace(words, "")
    kept = "".join(letter for letter in plain if letter.isalnum())
    return frozenset(kept[place : place + 2] for place in range(len(kept) - 1))
