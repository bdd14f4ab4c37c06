"""Whom people may bring, out of the words that organizers and members use."""

import pytest

from models.rules.events.companions import Companions, people_in, read

CHILDREN, FAMILY, FRIENDS = Companions.CHILDREN, Companions.FAMILY, Companions.FRIENDS


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("只限本人", Companions.NOBODY),
        ("仅限本人参加", Companions.NOBODY),
        ("不可携带家属", Companions.NOBODY),
        ("谢绝家属小孩", Companions.NOBODY),
        ("请不要带小孩", Companions.NOBODY),
        ("No guests", Companions.NOBODY),
        ("可带家属", FAMILY),
        ("可带家属、小孩", FAMILY),
        ("欢迎带老婆孩子", FAMILY),
        ("Family welcome", FAMILY),
        ("可带小孩", CHILDREN),
        ("亲子活动", CHILDREN),
        ("kids welcome", CHILDREN),
        ("可以带老乡", FRIENDS),
        ("可带家属朋友", Companions.ANYONE),
        ("都可以带", Companions.ANYONE),
        ("family and friends", Companions.ANYONE),
        ("children", CHILDREN),
        ("anyone", Companions.ANYONE),
        ("每人两瓶水", None),
        ("", None),
    ],
)
def test_what_organizers_write_says_whom_people_may_bring(
    words: str, expected: Companions | None
) -> None:
    assert read(words) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("能带小孩去吗", {CHILDREN}),
        ("可唔可以带埋老婆同埋个仔女", {FAMILY, CHILDREN}),
        ("老婆孩子能一起吗", {FAMILY, CHILDREN}),
        ("我老乡也想去", {FRIENDS}),
        ("can my wife come", {FAMILY}),
        ("几点开始", set()),
    ],
)
def test_a_question_says_of_whom_it_speaks(words: str, expected: set[Companions]) -> None:
    assert people_in(words) == expected
