"""Interests and shifts in people's own words."""

import pytest

from models.rules.members import interests, shifts
from models.rules.members.interests import Interest
from models.rules.members.shifts import Shift


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("羽毛球", {Interest.BALL_GAMES}),
        ("羽毛球、唱歌", {Interest.BALL_GAMES, Interest.MUSIC}),
        ("我喜欢唱歌", {Interest.MUSIC}),
        ("平时爬爬山 打打牌，爱跳广场舞", {Interest.OUTDOORS, Interest.CHESS, Interest.DANCE}),
        ("I like singing and hiking", {Interest.MUSIC, Interest.OUTDOORS}),
        ("Badminton", {Interest.BALL_GAMES}),
        ("做饭 带娃", {Interest.FOOD, Interest.FAMILY}),
        ("音乐", {Interest.MUSIC}),
        ("没什么", set()),
        ("不知道", set()),
    ],
)
def test_interests(said: str, meant: set[Interest]) -> None:
    assert set(interests.named_in(said)) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("三班倒", Shift.ROTATING),
        ("我是两班倒的", Shift.ROTATING),
        ("白班夜班两班倒", Shift.ROTATING),
        ("倒班", Shift.ROTATING),
        ("中班", Shift.MIDDLE),
        ("上夜班", Shift.NIGHT),
        ("长白班", Shift.DAY),
        ("night shift", Shift.NIGHT),
        ("days", Shift.DAY),
        ("rotating", Shift.ROTATING),
        ("夜班和白班", None),
        ("随便", None),
    ],
)
def test_shifts(said: str, meant: Shift | None) -> None:
    assert shifts.named_in(said) == meant
