"""What a member can change: the profile, quiet hours, reminders, and which notices come."""

import re

import pytest
from sqlmodel import Session, select

from models.sending.deliveries import Delivery
from tests.miniature.rows import event, lamp_works, local
from tests.stories.people import OnTelegram, OnWeChat, OnWeCom
from tests.stories.station import Nanhai


def _fates(session: Session) -> list[str]:
    return list(session.exec(select(Delivery.state)))


def _number_of(label: str, profile: str) -> str:
    """The number that stands before this line of the profile."""
    found = re.search(rf"^(\d+)\. {label}：", profile, re.MULTILINE)
    assert found is not None, profile
    return found[1]


async def test_everything_in_the_profile_is_changed_with_a_number(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    profile = await ana.says("我是谁")
    assert "免打扰：22:00–8:00" in profile
    assert "提醒：提前一天、两小时" in profile
    await ana.says(_number_of("地方", profile))
    assert "地方：狮山" in await ana.presses("狮山")
    await ana.says(_number_of("兴趣", profile))
    assert "兴趣：摄影" in await ana.says("摄影")
    await ana.says(_number_of("班次", profile))
    assert "班次：白班" in await ana.presses("白班")
    assert "厂里看不到" in await ana.says(_number_of("隐私", profile))
    assert "班次：白班" in await ana.says("资料")
    await ana.says(_number_of("语言", profile))
    assert "Place: Shishan" in await ana.says("profile")


async def test_a_question_of_the_profile_does_not_hold_anybody_up(town: Nanhai) -> None:
    town.save(lamp_works())
    ana = town.person("小安")
    await ana.arrives()
    await ana.says("资料")
    await ana.presses("班次")
    assert "走进灯具厂" in await ana.says("活动")
    # The question is closed: a number means the list again.
    assert "桂城站集合" in await ana.says("1")


async def test_quiet_hours_are_picked_or_written(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    asked = await ana.says("免打扰")
    assert "22:00 到 8:00 不打扰。" in asked
    assert "✅ 23:00 到 7:00 不打扰。" in await ana.presses("23:00–7:00")
    await ana.says("免打扰")
    assert "时间要写成 21:30-7:00 这样" in await ana.says("晚上吧")
    assert "✅ 21:30 到 6:00 不打扰。" in await ana.says("21：30～6:00")
    assert "✅ 0:15 到 9:00 不打扰。" in await ana.says("免打扰 0:15-9:00")
    await ana.says("免打扰")
    assert "任何时候都可以发消息给你" in await ana.presses("不用安静")
    assert "免打扰：不用" in await ana.says("资料")
    await ana.presses("免打扰")
    assert "22:00 到 8:00 不打扰" in await ana.presses("跟站里一样")


async def test_new_quiet_hours_hold_for_what_is_owed_already(town: Nanhai) -> None:
    row = town.save(event("run", "晨跑", local(2, 7)))
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"报名 {row.id}")
    await ana.says("免打扰 20:00-4:30")
    await town.at(local(1, 21, 59))
    assert ana.unasked() == []
    await town.at(local(2, 5))
    await ana.hears("🔔 晨跑")


async def test_who_unsubscribes_hears_no_more_but_can_still_ask(town: Nanhai) -> None:
    row = town.save(lamp_works(seats=1))
    ana, ben = town.person("小安"), town.person("小本")
    for each in (ana, ben):
        await each.arrives()
        await each.says(f"报名 {row.id}")
    assert "✅ 以后不主动发消息了" in await ben.says("退订")
    assert "排队的位置还留着，有空位不会再问你。" in ben.sees
    await ana.says(f"取消报名 {row.id}")
    await ana.presses("让出位子")
    await town.works()
    assert ben.unasked() == []
    # Nobody is left out of the queue for that: the place is kept, and a seat is seen by who looks.
    assert "🔔 有空位" in await ben.says("我的")
    assert "✅ 报上了" in await ben.says(f"报名 {row.id}")
    assert "通知关着，回复“订阅”恢复。" in await ben.says("菜单")
    assert "✅ 恢复了" in await ben.says("订阅")
    assert "通知关着" not in await ben.says("菜单")


async def test_the_milder_stop_keeps_what_concerns_ones_own_sign_ups(town: Nanhai) -> None:
    row = town.save(lamp_works())
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"报名 {row.id}")
    await ana.says("退订")
    assert "✅ 以后只发和你报名有关的消息" in await ana.presses("只留报名提醒")
    await town.at(local(2, 11))
    await ana.hears("🔔 走进灯具厂")


@pytest.mark.parametrize("channel", ["telegram", "wechat", "wecom"])
async def test_whoever_leaves_the_chat_is_left_alone_until_they_come_back(town: Nanhai) -> None:
    row = town.save(lamp_works())
    ana = town.person("小安")
    assert isinstance(ana, OnTelegram | OnWeChat | OnWeCom)
    await ana.arrives()
    await ana.says(f"报名 {row.id}")
    await ana.leaves()
    await town.at(local(2, 11))
    assert ana.unasked() == []
    assert town.look(_fates) == ["unreachable"]
    await ana.returns()
    assert "✅ 已报上" in await ana.says("我的")
    await town.at(local(3, 9))
    await ana.hears("🔔 走进灯具厂")
