"""Reminders: when they come, when they do not, and what becomes of the late ones."""

from collections.abc import Sequence

import pytest
from sqlmodel import Session, col, select

from models.events.reminders import Reminder
from models.sending.deliveries import Delivery, DeliveryState
from tests.miniature.rows import badminton, event, lamp_works, local
from tests.stories.scenes import settles, signed_up
from tests.stories.station import PASSIVE, Nanhai


def _fates(session: Session) -> Sequence[tuple[str, str]]:
    found = select(Delivery.topic, Delivery.state).order_by(col(Delivery.id))
    return [(topic, str(state)) for topic, state in session.exec(found)]


def _owed(session: Session) -> int:
    return len(session.exec(select(Reminder.id)).all())


async def test_a_reminder_comes_a_day_and_two_hours_before(town: Nanhai) -> None:
    ana = await signed_up(town, town.save(lamp_works()))
    await town.at(local(2, 10, 59))
    assert ana.unasked() == []
    await town.at(local(2, 11))
    first = await ana.hears("🔔 走进灯具厂")
    assert "🔔 走进灯具厂，12月3日 周四 11:00–13:00（明天）。" in first
    assert "桂城站集合 · 带上：身份证" in first
    assert "想少收消息" in first
    await town.at(local(3, 9))
    second = await ana.hears("（今天）")
    # How to have fewer is said once a week at most.
    assert "想少收消息" not in second
    await town.at(local(3, 12))
    assert len(ana.unasked()) == 2
    assert town.look(_fates) == [("reminder", "sent")] * 2


async def test_people_choose_how_long_before_they_are_reminded(town: Nanhai) -> None:
    row = town.save(event("swim", "游泳课", local(2, 15)))
    ana = town.person("小安")
    await ana.arrives()
    await ana.says("资料")
    await ana.presses("提醒")
    await ana.presses("半小时")
    assert "✅ 提前半小时提醒。" in await ana.presses("选好了")
    assert "提前半小时提醒你。" in await ana.says(f"报名 {row.id}")
    await town.at(local(2, 14, 29))
    assert ana.unasked() == []
    await town.at(local(2, 14, 30))
    await ana.hears("🔔 游泳课")
    assert "提醒：提前半小时" in await ana.says("资料")


async def test_the_hours_of_reminders_are_promised_as_they_will_come(town: Nanhai) -> None:
    row = town.save(event("swim", "游泳课", local(2, 14, 30)))
    later = town.save(event("chess", "象棋赛", local(7, 12, 15)))
    ana = town.person("小安")
    await settles(ana, "桂城", shift="夜班")
    await town.at(local(1, 21))
    said = await ana.says(f"报名 {row.id}")
    assert "今晚 21:59 提醒你（那时起你在休息）。" in said
    assert ("这一页关着就收不到" in said) == (town.channel == "web")
    assert "和你的夜班撞了" in said
    again = (await ana.says(f"报名 {row.id}")).splitlines()[1:]
    assert [each for each in said.splitlines()[1:] if each != "和你的夜班撞了"] == again
    said = await ana.says(f"报名 {later.id}")
    assert "12月6日 周日 15:00、12月6日 周日 21:59 提醒你（避开你休息的时间）。" in said
    await town.at(local(1, 21, 58))
    assert ana.unasked() == []
    await town.at(local(1, 21, 59))
    await ana.hears("🔔 游泳课")
    # Whatever was promised has come: what is left for the same seat is nothing.
    assert "在那之前不再提醒" in await ana.says(f"报名 {row.id}")


async def test_other_reminders_hold_for_sign_ups_that_stand_already(town: Nanhai) -> None:
    ana = await signed_up(town, town.save(event("swim", "游泳课", local(2, 15))))
    await ana.says("资料")
    await ana.presses("提醒")
    assert "✅ 不发提醒。" in await ana.presses("不要提醒")
    await town.at(local(2, 14))
    assert ana.unasked() == []
    assert town.look(_owed) == 0
    await ana.says("资料")
    await ana.presses("提醒")
    await ana.says("两小时、半小时")
    assert "提前两小时、半小时" in ana.sees
    # Two hours before is past, half an hour before is not.
    await town.at(local(2, 14, 30))
    assert len(ana.unasked()) == 1


async def test_whoever_has_muted_everything_is_not_reminded(town: Nanhai) -> None:
    ana = await signed_up(town, town.save(lamp_works()))
    assert "活动提醒也不发" in await ana.says("退订")
    await town.at(local(2, 11))
    assert ana.unasked() == []
    assert "恢复了" in await ana.says("订阅")
    await town.at(local(3, 9))
    await ana.hears("🔔 走进灯具厂")


async def test_a_reminder_is_brought_forward_rather_than_come_at_night(town: Nanhai) -> None:
    ana = await signed_up(town, town.save(event("run", "晨跑", local(2, 7))))
    await town.at(local(1, 21, 58))
    assert ana.unasked() == []
    await town.at(local(1, 21, 59))
    await ana.hears("🔔 晨跑，12月2日 周三 7:00–9:00（明天）。")
    await town.at(local(2, 5))
    await town.at(local(2, 6, 59))
    assert len(ana.unasked()) == 1


async def test_who_sleeps_by_day_is_reminded_before_they_sleep(town: Nanhai) -> None:
    row = town.save(event("chess", "象棋赛", local(2, 16)))
    ana = town.person("小安")
    await ana.arrives()
    await ana.says("免打扰 8:00-15:00")
    await ana.says(f"报名 {row.id}")
    await town.at(local(1, 16))
    await ana.hears("🔔 象棋赛")
    await town.at(local(2, 7, 58))
    assert len(ana.unasked()) == 1
    await town.at(local(2, 7, 59))
    await ana.hears("（今天）")
    await town.at(local(2, 14))
    assert len(ana.unasked()) == 2


async def test_a_moved_event_takes_its_reminders_along(town: Nanhai) -> None:
    row = town.save(lamp_works())
    ana = await signed_up(town, row)
    town.moves(row, local(4, 11), "设备检修")
    await town.works()
    told = await ana.hears("⚠️ 改时间了")
    assert (
        "⚠️ 改时间了：走进灯具厂，12月3日 周四 11:00 → 12月4日 周五 11:00–13:00（3 天后）。" in told
    )
    assert "原因：设备检修" in told
    assert "12月4日 周五 11:00–13:00" in await ana.presses("还去")
    await town.at(local(2, 11))
    await ana.says("我的")
    assert len(ana.unasked()) == 1
    await town.at(local(3, 11))
    await ana.hears("🔔 走进灯具厂，12月4日 周五 11:00–13:00（明天）。")
    assert "取消了：走进灯具厂" in await ana.presses("去不了")


async def test_a_cancelled_event_ends_its_reminders_and_says_why(town: Nanhai) -> None:
    row = town.save(lamp_works(seats=1))
    ana = await signed_up(town, row)
    ben = town.person("小本")
    await ben.arrives()
    assert "⏳ 走进灯具厂满了" in await ben.says(f"报名 {row.id}")
    town.calls_off(row, "台风")
    await town.works()
    for each in (ana, ben):
        told = await each.hears("❌ 取消了")
        assert "❌ 取消了：走进灯具厂，12月3日 周四 11:00（后天）。\n原因：台风" in told
    await town.at(local(2, 11))
    await town.at(local(3, 9))
    assert len(ana.unasked()) == len(ben.unasked()) == 1
    assert town.look(_owed) == 0


async def test_who_gave_up_their_seat_is_not_reminded(town: Nanhai) -> None:
    row = town.save(lamp_works())
    ana = await signed_up(town, row)
    await ana.says(f"取消报名 {row.id}")
    await town.at(local(2, 11))
    assert ana.unasked() == []
    await ana.says(f"报名 {row.id}")
    await town.at(local(3, 9))
    assert len(ana.unasked()) == 1


async def test_nothing_is_lost_when_the_station_is_away(town: Nanhai) -> None:
    row = town.save(lamp_works())
    ana = await signed_up(town, row)
    await town.restarts()
    assert "✅ 已报上" in await ana.says("我的")
    # It was away when the first reminder came due; that one is still of use.
    await town.at(local(2, 18))
    await ana.hears("🔔 走进灯具厂")
    await town.restarts()
    # The second came due while it was away as well, and now it is too late for it.
    await town.at(local(3, 11, 1))
    assert len(ana.unasked()) == 1
    assert town.look(_fates) == [("reminder", "sent"), ("reminder", "late")]


async def test_one_reminder_is_enough_when_several_came_due_at_once(town: Nanhai) -> None:
    ana = await signed_up(town, town.save(lamp_works()))
    await town.at(local(3, 9, 30))
    assert len(ana.unasked()) == 1
    assert town.look(_fates) == [("reminder", "late"), ("reminder", "sent")]


@pytest.mark.parametrize("channel", ["wechat", "wechat-safe"])
async def test_what_wechat_does_not_let_through_comes_with_the_next_reply(town: Nanhai) -> None:
    ana = await signed_up(town, town.save(badminton()))
    # The window closes 48 hours after their last words; this is 76.
    await town.at(local(4, 14))
    assert ana.unasked() == []
    assert town.look(_fates) == [("reminder", str(DeliveryState.WAITING))]
    answer = await ana.says("我的")
    assert "你的报名" in answer
    assert "🔔 羽毛球友谊赛，12月5日 周六 14:00–17:00（明天）。" in answer
    assert "🔔" not in await ana.says("我的")
    # Now that they have spoken, the window is open again.
    await town.at(local(5, 12))
    await ana.hears("（今天）")


@pytest.mark.parametrize("channel", [PASSIVE])
async def test_an_account_that_may_only_answer_tells_with_its_answers(town: Nanhai) -> None:
    row = town.save(lamp_works(seats=1))
    ana, ben = town.person("小安"), town.person("小本")
    for each in (ana, ben):
        await each.says("你好")
        await each.says("同意")
        for _question in range(3):
            await each.says("跳过")
        await each.says(f"报名 {row.id}")
    # Where nothing can be tapped, the label of a button is typed.
    assert "还有 1 人在排队" in await ana.says("取消报名")
    await ana.says("让出位子")
    await town.works()
    assert ben.unasked() == []
    assert (await ben.says("活动")).endswith("留给你。\n\n回复：要 / 不要了")
    assert "✅ 报上了" in await ben.says("要")
    await town.at(local(2, 11))
    assert ben.unasked() == []
    assert "🔔 走进灯具厂" in await ben.says("我的")
