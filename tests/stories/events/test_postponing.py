"""Rain: an event is postponed until its date is set, and a cancellation is taken back."""

from models.events.events import Event, SignupState
from tests.miniature.rows import badminton, local
from tests.stories.people import Person
from tests.stories.scenes import gives_up, members_at, opens, organizer, signup_states
from tests.stories.station import Nanhai

WAS, STANDS_FOR_NONE = "12月5日", "242"
"""The old day; and the century in which stands what has no date, which nobody must ever see."""


async def views(town: Nanhai, ana: Person, liu: Person, event: Event) -> dict[str, str]:
    """Everything that speaks of an event of which somebody has a seat, by what it is."""
    found = {
        "card": await ana.opens(f"e{event.id}"),
        "mine": await ana.says("我的"),
        "list": await ana.says("活动"),
        "search": await ana.says("活动 羽毛球"),
        "whether it is on": await ana.says("羽毛球友谊赛还办吗"),
        "as organizer": await liu.says(f"管理活动 {event.id}"),
    }
    await liu.presses("更多")
    found["as members see it"] = await liu.presses("工友看到的")
    found["organizer's list"] = await liu.says("管理活动")
    found["page"] = (await opens(town, f"{event.id}"))[1]
    return found


async def test_a_rained_off_event_waits_for_its_date_and_everybody_keeps_their_place(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4, seats=2))
    liu = await organizer(town)
    ana, ben, cai = await members_at(town, event, "小安", "小本", "小蔡")
    assert "为什么延期" in await liu.says("下雨了延期")
    assert "会通知 3 人" in await liu.says("暴雨")
    # A bare yes agrees to what is asked, as its button does.
    assert "已经通知 3 人" in await liu.says("确定")
    await town.works()
    for each in (ana, cai):
        told = await each.hears("⚠️ 延期了：羽毛球友谊赛，原定 12月5日 周六 14:00")
        assert "原因：暴雨" in told
    for name, seen in (await views(town, ana, liu, event)).items():
        assert "日期待定" in seen or "日子还没定" in seen, name
        assert "延期" in seen, name
        assert WAS not in seen, name
        assert STANDS_FOR_NONE not in seen, name
    calendar = (await opens(town, f"{event.id}.ics"))[1]
    assert "20261205T140000" in calendar
    assert "STATUS:CANCELLED" in calendar
    assert "你排第 1" in await cai.opens(f"e{event.id}")
    assert "你排第 1" in await cai.says("什么时候轮到我")
    dan = town.person("小丹")
    await dan.arrives()
    assert "定下日子再开放报名" in await dan.says(f"报名 {event.id}")
    # Nobody is reminded of the old day, nobody can check in, and it stays when that day is over.
    await town.at(local(5, 14, 1))
    assert not [each for each in ana.unasked() if "🔔" in each]
    assert "没有要参加的" in await ana.says("签到")
    assert "没有你管的活动" in await liu.says("签到")
    await town.at(local(6, 10))
    assert "羽毛球友谊赛 · 日期待定" in await ana.says("我的")
    await cai.says("我的")
    # A seat that is given up meanwhile goes to the queue once there is a date.
    await gives_up(ben, event)
    assert signup_states(town, event)[1:] == [SignupState.CANCELLED, SignupState.WAITING]
    assert "日期待定" in await liu.says("定日子")
    assert "日期待定 → 12月12日 周六 14:00–17:00" in await liu.says("12月12日下午两点")
    assert "会通知 2 人" in liu.sees
    done = await liu.presses("就定这天")
    assert "✅ 日子定了。" in done
    assert "正在问排队的 1 人" in done
    await town.works()
    told = await ana.hears("✅ 日子定了：羽毛球友谊赛，12月12日 周六 14:00")
    assert "12月12日 周六 12:00 前说一声" in told
    assert len([each for each in ana.unasked() if "日子定了" in each]) == 1
    await cai.hears("🔔 空出一个位子：羽毛球友谊赛，12月12日")
    assert "✅ 报上了" in await cai.says(f"报名 {event.id}")
    calendar = (await opens(town, f"{event.id}.ics"))[1]
    assert "STATUS:CONFIRMED" in calendar
    await town.at(local(10, 10))
    await ana.says("我的")
    await town.at(local(11, 14, 1))
    await ana.hears("🔔 羽毛球友谊赛，12月12日")


async def test_a_cancellation_is_taken_back_and_told_to_who_read_of_it(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=1))
    liu = await organizer(town)
    ana, ben = await members_at(town, event, "小安", "小本")
    before = signup_states(town, event)
    # At night nobody has read of it yet: nobody hears of either.
    await town.at(local(2, 23))
    town.calls_off(event, "暴雨")
    await town.after(minutes=5)
    assert "照常举行" in await liu.says("取消错了恢复")
    assert "不用通知谁" in liu.sees
    assert "✅ 恢复了" in await liu.presses("恢复活动")
    await town.at(local(3, 8, 1))
    assert not [each for each in ana.unasked() if "取消" in each or "又办" in each]
    await ana.says("我的")
    await ben.says("我的")
    town.calls_off(event, "暴雨")
    await town.works()
    await ana.hears("❌ 取消了")
    assert "❌ 已取消" in await ana.says("我的")
    await liu.says(f"管理活动 {event.id}")
    await liu.presses("更多")
    assert "会通知 2 人" in await liu.presses("恢复活动")
    assert "已经通知 2 人" in await liu.presses("恢复活动")
    await town.works()
    told = await ana.hears("✅ 又办了：羽毛球友谊赛")
    assert "位子给你留着" in told
    assert signup_states(town, event) == before
    assert "✅ 你报上了" in await ana.presses("还去")
    await gives_up(ana, event)
    await town.works()
    await ben.hears("🔔 空出一个位子")
    # Nothing that would have begun by now comes back.
    town.calls_off(event, "暴雨")
    await town.at(local(5, 14))
    assert "没有合适的" in await liu.says("恢复活动")
    assert "活动开始了" in await liu.says(f"恢复活动 {event.id}")
