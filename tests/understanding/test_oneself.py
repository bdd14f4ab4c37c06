"""What is plainly said of oneself, and what only looks like it."""

import pytest

from models.rules.understanding import oneself
from models.rules.understanding.oneself import Told

PLACES = {2: ("桂城", "Guicheng"), 3: ("狮山", "Shishan"), 4: ("昭信集团", "Zhaoxin Group")}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("我上夜班", Told("shift", "night")),
        ("我转白班了", Told("shift", "day")),
        ("班次改成三班倒", Told("shift", "rotating")),
        ("i work nights now", Told("shift", "night")),
        ("搬到大沥了", Told("place", "大沥")),
        ("我换厂了", Told("place")),
        ("我现在在昭信上班。", Told("place", "昭信")),
        ("I've moved to Shishan", Told("place", "Shishan")),
        ("我叫阿强", Told("name", "阿强")),
        ("My name is Ana Li", Told("name", "Ana Li")),
        ("我喜欢打球", Told("interests", "ball_games")),
        ("兴趣", Told("interests")),
        ("我不上夜班了", None),
        ("夜班", None),
        ("我叫什么", None),
        ("我想换到周六那场", None),
        ("call me please", None),
        ("我喜欢拍照，想认识几个爱摄影的", None),
        ("我不喜欢唱歌", None),
        ("我在哪里上班", None),
        ("我想跳到河里去", None),
        ("我喜欢你", None),
    ],
)
def test_what_is_told(said: str, told: Told | None) -> None:
    assert oneself.read(said) == told


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("从桂城搬去狮山住咯", 3),
        ("i live in Shishan not Guicheng", 3),
        ("地点从狮山改成桂城谢谢", 2),
        ("狮山桂城都行", None),
        ("我不在狮山了", None),
    ],
)
def test_where_to(said: str, place: int | None) -> None:
    assert oneself.place_in(said, PLACES) == place


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("刚刚填错了 不是夜班是中班", Told("shift", "middle")),
        ("夜班转白班", Told("shift", "day")),
        ("我从普白转倒班", Told("shift", "rotating")),
        ("加个兴趣:书法", Told("interests", "reading")),
        ("我对唱歌没兴趣 帮我去掉", None),
        ("我不上夜班了", None),
        ("sunday and monday are my off days", None),
    ],
)
def test_a_guess_is_the_new_one(said: str, told: Told | None) -> None:
    assert oneself.guess(said) == told
