"""Wishes that ask for the same in other words."""

from hypothesis import given
from hypothesis import strategies as st

from models.rules.desk.alike import groups

WISHES = [
    "希望食堂晚上能开到十点",
    "想学电工",
    "食堂能不能晚上开晚一点",
    "有没有夜校可以学电工",
    "食堂晚上太早关门了",
    "厂门口装个路灯",
]


def test_the_same_wish_in_other_words_is_one_group() -> None:
    found = groups(WISHES)
    assert found[0] == [0, 2, 4]
    assert [1, 3] in found
    assert [5] in found


def test_different_wishes_stay_apart() -> None:
    assert groups(["想打羽毛球", "班车能不能多一班", "想看电影"]) == [[0], [1], [2]]


@given(st.lists(st.text(max_size=40), max_size=30))
def test_every_text_is_in_exactly_one_group(texts: list[str]) -> None:
    found = groups(texts)
    assert sorted(place for group in found for place in group) == list(range(len(texts)))
    assert [len(group) for group in found] == sorted(map(len, found), reverse=True)
