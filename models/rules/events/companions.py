"""Whom somebody may bring along to an event, and reading that out of words."""

import re
from enum import StrEnum


class Companions(StrEnum):
    """Who may come along with somebody who signs up. Family includes the children."""

    UNSAID = ""
    NOBODY = "nobody"
    FAMILY = "family"
    CHILDREN = "children"
    FRIENDS = "friends"
    ANYONE = "anyone"


EVERYBODY = frozenset({Companions.FAMILY, Companions.CHILDREN, Companions.FRIENDS})

ADMITTED = {
    Companions.NOBODY: frozenset(),
    Companions.FAMILY: frozenset({Companions.FAMILY, Companions.CHILDREN}),
    Companions.CHILDREN: frozenset({Companions.CHILDREN}),
    Companions.FRIENDS: frozenset({Companions.FRIENDS}),
    Companions.ANYONE: EVERYBODY,
}
"""Whom each of them lets come along."""

_PEOPLE = {
    Companions.CHILDREN: re.compile(
        r"孩|娃|儿子|女儿|闺女|宝宝|宝贝|亲子|小朋友|细路|仔女|崽|\b(?:kids?|child(?:ren)?|sons?|daughters?|baby)\b"
    ),
    Companions.FAMILY: re.compile(
        r"家属|家人|家里人|全家|一家|老婆|老公|媳妇|爱人|对象|妻|丈夫|父母|爸|妈|老人|亲属"
        r"|\b(?:famil(?:y|ies)|wife|husband|partner|spouse|parents?)\b"
    ),
    Companions.FRIENDS: re.compile(
        r"(?<!小)朋友|老乡|同事|工友|同伴|伙伴|外人|\b(?:friends?|colleagues?|mates?)\b"
    ),
}
_NOBODY = re.compile(
    r"[只仅]?限本人|本人参加|谢绝|(?:不可?|不能|不许|不得|不要|勿|不接受|禁止)以?(?:携?带|陪)"
    r"|\b(?:nobody|no one|alone|yourself only|no (?:kids|children|guests|family|companions))\b"
)
_ANYONE = re.compile(r"都可以?带?|谁都|都能带|不限|随便带|\b(?:anyone|anybody|everyone|guests)\b")


def people_in(words: str) -> frozenset[Companions]:
    """Return which of children, family and friends some words speak of."""
    plain = words.casefold()
    return frozenset(each for each, speaks in _PEOPLE.items() if speaks.search(plain))


def without_people(words: str) -> str:
    """Return words without the people they speak of: 帮我老乡也报一个 names no 老乡见面会."""
    for speaks in _PEOPLE.values():
        words = speaks.sub(" ", words)
    return words


def read(words: str) -> Companions | None:
    """Return what an organizer's words allow; None where they do not tell.

    ``可带家属``, ``带小孩``, ``只限本人``, ``family welcome``. Words that allow two sorts of people
    and not all of them are not decided here, but family with children is family.
    """
    plain = words.casefold().strip()
    if plain in tuple(Companions)[1:]:
        return Companions(plain)
    people = people_in(plain)
    if _NOBODY.search(plain):
        return Companions.NOBODY
    if Companions.FRIENDS in people and people & ADMITTED[Companions.FAMILY]:
        return Companions.ANYONE
    for each in (Companions.FAMILY, Companions.CHILDREN, Companions.FRIENDS):
        if each in people:
            return each
    return Companions.ANYONE if _ANYONE.search(plain) else None
