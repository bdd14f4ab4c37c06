"""Needs told to the station."""

import pytest
from sqlmodel import Session, col, select

from models.desk.threads import Thread, ThreadLine
from models.rules.network.permissions import Role
from tests.stories.scenes import organizer, settles
from tests.stories.spread import CHANNELS
from tests.stories.station import Nanhai


def _wishes(session: Session) -> list[tuple[str, int | None]]:
    told = select(ThreadLine.text, Thread.station_id).join(Thread).order_by(col(ThreadLine.id))
    return [(text, station_id) for text, station_id in session.exec(told)]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_wish_is_told_in_a_message_of_ones_own(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.says("你好")
    await ana.presses("同意")
    await ana.presses("狮山")
    await ana.presses("跳过")
    await ana.presses("跳过")
    assert "说给我们听，或者发一张图" in await ana.says("心愿")
    assert "多写几个字" in await ana.says("唉")
    assert "让他们看到你的称呼吗？" in await ana.says("夜班食堂能不能晚一点关门？")
    assert "✅ 记下了" in await ana.presses("不留名")
    await ana.says("许愿 想学电工")
    assert "✅ 记下了" in await ana.says("1")
    assert town.look(_wishes) == [("夜班食堂能不能晚一点关门？", 3), ("想学电工", 3)]


async def test_a_wish_can_be_put_off_and_has_an_end(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    await ana.says("心愿")
    assert "想说的时候回复“心愿”" in await ana.presses("先不说")
    assert town.look(_wishes) == []
    # What is a wish and not a command stays one, word for word.
    await ana.says("心愿")
    await ana.says("活动多一点在晚上")
    assert "✅ 记下了" in await ana.presses("留名")
    await ana.says("心愿")
    await ana.says("2 号门加个雨棚")
    assert "✅ 记下了" in await ana.presses("不留名")
    assert [text for text, _station in town.look(_wishes)] == ["活动多一点在晚上", "2 号门加个雨棚"]


async def test_nobody_floods_the_organizers_with_wishes(town: Nanhai) -> None:
    ana, boss = town.person("小安"), await organizer(town, Role.TOWN, 3, "镇长")
    await settles(ana, "桂城")
    for number in range(10):
        await ana.says(f"心愿 食堂第{number}个窗口想早点开门")
        assert "✅ 记下了" in await ana.presses("不留名")
    await ana.says("心愿 食堂第十个窗口想早点开门")
    assert "今天说得够多了" in await ana.presses("不留名")
    await town.after(hours=2)
    assert "人提到" not in await boss.says("心愿箱")
    # The limit is of a day, and of this member alone.
    await town.after(hours=23)
    await ana.says("心愿 食堂第十个窗口想早点开门")
    assert "✅ 记下了" in await ana.presses("不留名")
