"""What is mine is shown as the event stands; offers that reach nobody go on to the next."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import Session

from models.events.events import Signup, SignupState
from tests.miniature.rows import badminton, event, local
from tests.stories.scenes import code_of, gives_up, members_at, organizer, signup_states
from tests.stories.station import Nanhai


async def test_mine_says_that_an_event_is_cancelled(town: Nanhai) -> None:
    row = town.save(badminton(seats=1))
    ana, ben = await members_at(town, row, "安", "本")
    town.calls_off(row, "雨")
    for each in (ana, ben):
        assert "❌ 已取消" in await each.says("我的")
        assert "取消报名" not in await each.presses("羽毛球友谊赛")
        assert "❌ 羽毛球友谊赛取消了" in await each.says(f"报名 {row.id}")
        assert "已经取消" in await each.says(f"取消报名 {row.id}")


async def test_an_event_called_off_after_check_in_has_no_absences(town: Nanhai) -> None:
    row = town.save(badminton(station_id=4))
    liu = await organizer(town)
    ana, ben = await members_at(town, row, "安", "本")
    await town.at(local(5, 13))
    await liu.says(f"签到 {await code_of(ana)}")
    await ben.says("我的")
    town.calls_off(row, "暴雨")
    await town.after(minutes=1)
    for each in (ana, ben):
        assert "暴雨" in await each.hears("取消了")
    await town.at(local(5, 21))
    await liu.says("管理活动")
    await liu.presses("以前的")
    await liu.presses("羽毛球友谊赛")
    assert "没来" not in await liu.presses("名单")
    assert "活动取消了" in await liu.opens(f"c{row.id}-123456")


async def test_an_event_moved_after_check_in_starts_anew(town: Nanhai) -> None:
    row = town.save(badminton(station_id=4))
    liu = await organizer(town)
    ana, _ben = await members_at(town, row, "安", "本")
    await town.at(local(5, 13))
    await liu.says(f"签到 {await code_of(ana)}")
    await liu.says(f"管理活动 {row.id}")
    await liu.presses("更多")
    await liu.presses("改时间")
    await liu.says("明天下午2点")
    assert "之前签到的 1 人要重新签到" in await liu.presses("改时间")
    await town.after(minutes=1)
    await ana.hears("⚠️ 改时间了")
    assert signup_states(town, row) == [SignupState.SEATED, SignupState.SEATED]
    await town.at(local(6, 13))
    assert "到了 1 / 2" in await liu.says(f"签到 {await code_of(ana)}")


@pytest.mark.parametrize("channel", ["telegram", "wechat", "wecom"])
async def test_blocked_and_muted_do_not_hold_the_seat(town: Nanhai) -> None:
    row = town.save(badminton(seats=1))
    ana, ben, cai, dan = await members_at(town, row, "安", "本", "蔡", "丹")
    await ben.leaves()  # type: ignore[attr-defined]
    await cai.says("退订")
    await gives_up(ana, row)
    await town.works()
    await town.after(minutes=1)
    await dan.hears("空出一个位子")
    # Who muted offers keeps the place.
    assert "⏳ 排第 2" in await cai.says("我的")


async def test_nothing_is_given_up_after_the_start(town: Nanhai) -> None:
    row = town.save(badminton(station_id=4))
    liu = await organizer(town)
    ana, ben = await members_at(town, row, "安", "本")
    await town.at(local(5, 13, 30))
    await liu.says(f"签到 {await code_of(ana)}")
    await town.at(local(5, 15))
    assert "开始了，取消不了" in await ben.says(f"取消报名 {row.id}")
    assert "进行中，到 今天 17:00" in await ben.says("我的")
    await town.at(local(5, 18))
    assert "取消了" not in await ben.says(f"取消报名 {row.id}")
    await town.at(local(5, 20, 1))
    assert signup_states(town, row) == [SignupState.ATTENDED, SignupState.NO_SHOW]


async def test_events_that_take_nobody_stand_last_and_say_why(town: Nanhai) -> None:
    fair = event("fair", "三天市集", local(1, 9), ends_at=local(3, 17))
    full = badminton(closes_at=local(1, 12))
    for each in (fair, full, event("walk", "散步", local(9, 9))):
        town.save(each)
    ana = town.person("安")
    await ana.arrives()
    await town.at(local(2, 10))
    listed = (await ana.says("活动")).splitlines()
    rows = [line.partition(". ")[2] for line in listed if ". " in line]
    assert [each.partition(" · ")[0] for each in rows] == ["散步", "三天市集", "羽毛球友谊赛"]
    assert any("三天市集 · 进行中，到 明天 17:00" in line for line in listed)
    assert any("报名已截止（12月1日" in line for line in listed)
    card = await ana.presses("三天市集")
    assert "进行中" in card
    assert "报名已截止" in card
    assert "报名" not in ana.labels


async def test_two_events_in_the_same_hours_are_asked_about_once(town: Nanhai) -> None:
    row = town.save(badminton())
    other = town.save(event("dance", "舞会", local(5, 15), seats=1))
    ana, ben = await members_at(town, row, "安", "本")
    card = await ben.opens(f"e{other.id}")
    assert "和“羽毛球友谊赛”同时" in card
    asked = await ben.presses("报名")
    assert asked.startswith(
        "舞会 · 余 1 席\n这个时间你还报了：羽毛球友谊赛，12月5日 周六 14:00。\n还要报吗？"
    )
    assert "什么都没改" in await ben.presses("不报了")
    await ben.says(f"报名 {other.id}")
    # Typed or tapped, a yes takes the seat, and what was agreed to is not told again.
    assert "✅ 报上了：舞会" in await ben.says("好")
    assert "这个时间你还报了" not in ben.sees
    await ben.says("我的")
    assert "同时" not in await ben.says(str(other.id))
    # Nobody is asked about a place in the queue: it takes nothing from anybody.
    assert "这个时间你还报了：羽毛球友谊赛" in await ana.says(f"报名 {other.id}")
    assert "排队取消了：舞会" in await ana.says(f"取消报名 {other.id}") or (
        "排队取消了：舞会" in await ana.presses("不排了")
    )


async def test_a_seat_that_goes_while_somebody_confirms_tells_the_clash_no_second_time(
    town: Nanhai,
) -> None:
    row = town.save(badminton())
    other = town.save(event("dance", "舞会", local(5, 15), seats=1))
    (ana,) = await members_at(town, row, "安")
    ben = town.person("本")
    await ben.arrives()
    assert "这个时间你还报了：羽毛球友谊赛" in await ana.says(f"报名 {other.id}")
    assert "✅ 报上了：舞会" in await ben.says(f"报名 {other.id}")
    told = await ana.presses("还是要报")
    assert ("舞会 满了" in told or "舞会满了" in told, "这个时间你还报了" in told) == (True, False)


async def test_who_queues_says_no_more_queueing(town: Nanhai) -> None:
    row = town.save(badminton(seats=1))
    _ana, ben = await members_at(town, row, "安", "本")
    asked = await ben.says("不排了")
    assert "不去" not in asked
    assert "排队取消了：羽毛球友谊赛" in await ben.presses("不排了")


@pytest.mark.parametrize("channel", ["telegram"])
async def test_a_claim_in_any_state_at_any_time_has_an_answer(town: Nanhai) -> None:
    row = town.save(badminton(station_id=4))
    (ana,) = await members_at(town, row, "安")
    boss = await organizer(town)

    def put(state: SignupState) -> None:
        until = town.hands.now + timedelta(hours=1)

        def change(session: Session) -> None:
            session.execute(update(Signup).values(state=state, offered_until=until))

        town.store.write_now(change)

    for moment in (local(1, 10), local(5, 13), local(5, 15), local(6, 9)):
        await town.at(moment)
        for state in SignupState:
            for words in (f"报名 {row.id}", "我的", f"{row.id}", f"取消报名 {row.id}"):
                put(state)
                said = await ana.says(words)
                assert said, (moment, state, words)
                assert "出了点问题" not in said, (moment, state, words)
        put(SignupState.ENTERED)
        assert "名" in await boss.says(f"改活动 {row.id}")
    await town.at(local(1, 11))
    put(SignupState.ENTERED)
    assert "你已经在抽签里了" in await ana.says(f"报名 {row.id}")
