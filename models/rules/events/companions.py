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


class Along(StrEnum):
    """How many may sign up together with one person; ``FREE``: children take no seat."""

    NOBODY = ""
    ONE = "1"
    TWO = "2"
    THREE = "3"
    FOUR = "4"
    FIVE = "5"
    ONE_FREE = "1c"
    TWO_FREE = "2c"
    THREE_FREE = "3c"
    FOUR_FREE = "4c"
    FIVE_FREE = "5c"

    @property
    def most(self) -> int:
        return int(self.value[:1] or 0)

    @property
    def children_free(self) -> bool:
        return self.value.endswith("c")


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


_NUMBERS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "俩": 2, "仨": 3}
_N = r"(?P<{}>[1-9]|[一两二三四五俩仨])"
_NOT_ALONG = re.compile(r"不带人?|无|0人?|nobody|none|no", re.IGNORECASE)
_CHILDREN_FREE = re.compile(
    r"(?:孩子?|小孩|儿童|小朋友|children|kids)[^，,；;]{0,4}"
    r"(?:不占|不算|免座|take no|don'?t count|free)",
    re.IGNORECASE,
)
_ALONG = re.compile(rf"(?:最多|可带|带|up to)?\s*{_N.format('n')}\s*(?:个?人|位|people|persons)?")


def read_along(words: str) -> Along | None:
    """Return how many an organizer's words let come along: ``2``, ``最多带3人，小孩不占座``."""
    plain = words.casefold().strip()
    if plain in tuple(Along)[1:]:
        return Along(plain)
    if _NOT_ALONG.fullmatch(plain):
        return Along.NOBODY
    found = _ALONG.search(plain)
    if found is None or not 0 < (number := _number(found["n"])) <= Along.FIVE.most:
        return None
    return Along(f"{number}{'c' if _CHILDREN_FREE.search(plain) else ''}")


_GROWN = re.compile(rf"{_N.format('n')}\s*(?:个|位)?\s*(?:大人?|成人|adults?)")
_KIDS = re.compile(
    rf"{_N.format('n')}\s*(?:个|位)?\s*(?:小(?:孩|朋友)?|孩子|儿童|娃|kids?|child(?:ren)?)"
)
_PEOPLE_ALONG = re.compile(rf"{_N.format('n')}\s*(?:个?人|位|个|people|persons|more)?")


def read_party(words: str) -> tuple[int, int] | None:
    """Return how many grown people and children come along: ``2``, ``1大1小``, ``两个孩子``."""
    plain = words.casefold().strip()
    grown, kids = _GROWN.search(plain), _KIDS.search(plain)
    if grown or kids:
        return (_number(grown["n"]) if grown else 0, _number(kids["n"]) if kids else 0)
    alone = _PEOPLE_ALONG.fullmatch(plain)
    return (_number(alone["n"]), 0) if alone else None


def _number(word: str) -> int:
    return _NUMBERS.get(word) or int(word)


_IN_ALL = re.compile(
    rf"(?:我们|咱们?|一共|共|us|we(?:'re| are)?)?\s*{_N.format('n')}\s*"
    r"(?:个人|人|位|口人|口子|of us|people|persons)"
)


def people_in_all(words: str) -> int:
    """Return how many sign up by these words, the writer among them; 0 where they do not say."""
    found = _IN_ALL.search(words.casefold())
    return _number(found["n"]) if found else 0


def without_number(words: str) -> str:
    """Return words without how many they speak of: ``31 两个人`` is ``31``."""
    return _IN_ALL.sub(" ", words).strip() if words.strip() else words
