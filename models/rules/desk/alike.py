"""Group alike short texts by the pairs of characters they share."""

import unicodedata
from collections import Counter
from collections.abc import Sequence

MIN_SHARED = 0.34
"""Share of the shorter text's pairs of characters at which two texts count as alike.

Tuned on sentences of one to three clauses, where the same wish in other words shares a third.
"""

COMPARED = 120

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

    A text joins the group whose first text it is most alike. Only the first ``COMPARED``
    characters of a text count, so that a long one costs no more than a sentence.
    """
    firsts: list[frozenset[str]] = []
    members: list[list[int]] = []
    having: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        mine = _pairs(text[:COMPARED])
        shared = Counter(group for pair in mine for group in having.get(pair, ()))
        best = max(
            shared,
            key=lambda group: (_share(mine, firsts[group], shared[group]), -group),
            default=None,
        )
        if best is not None and _share(mine, firsts[best], shared[best]) >= MIN_SHARED:
            members[best].append(place)
            continue
        for pair in mine:
            having.setdefault(pair, []).append(len(firsts))
        firsts.append(mine)
        members.append([place])
    return sorted(members, key=lambda each: (-len(each), each[0]))


def _share(one: frozenset[str], other: frozenset[str], shared: int) -> float:
    return shared / min(len(one), len(other)) * _weight(one, other)


def _weight(one: frozenset[str], other: frozenset[str]) -> float:
    # A very short text shares its pairs with many long ones by chance.
    return 1.0 if min(len(one), len(other)) >= 3 else 0.5


def _pairs(text: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    for words in POLITE:
        plain = plain.replace(words, "")
    kept = "".join(letter for letter in plain if letter.isalnum())
    return frozenset(kept[place : place + 2] for place in range(len(kept) - 1))
