"""Seats, the queue and offers."""

from datetime import timedelta

from models.events.events import Signup, SignupState
from tests.miniature.rows import badminton, lamp_works, local
from tests.stories.scenes import settles
from tests.stories.station import Nanhai


async def test_the_last_seat_goes_to_whoever_asks_first(town: Nanhai) -> None:
    event = town.save(lamp_works(seats=1))
    ana, ben = town.person("小安"), town.person("小本")
    await ana.arrives()
    await ben.arrives()
    assert "余 1 席" in await ana.says("活动")
    await ben.says("活动")
    await ana.presses("走进灯具厂")
    await ben.presses("走进灯具厂")
    assert "✅ 报上了：走进灯具厂，12月3日 周四 11:00（后天）。" in await ana.presses("报名")
    assert "⏳ 走进灯具厂满了，你排第 1。" in await ben.presses("报名")
    assert "你已经报上了" in await ana.says(f"报名 {event.id}")
    assert "⏳ 排第 1" in await ben.says("我的")


async def test_a_seat_given_up_is_offered_to_the_next_and_then_to_the_one_after(
    town: Nanhai,
) -> None:
    event = town.save(lamp_works(seats=1))
    ana, ben, cai = town.person("小安"), town.person("小本"), town.person("小蔡")
    for each in (ana, ben, cai):
        await each.arrives()
        await each.says(f"报名 {event.id}")
    assert "你排第 2" in cai.sees
    assert "还有 2 人在排队" in await ana.says(f"取消报名 {event.id}")
    assert "取消了：走进灯具厂" in await ana.presses("让出位子")
    await town.works()
    assert "今天 12:00 前留给你" in await ben.hears("🔔 空出一个位子")
    assert "⏳ 排第 1" in await cai.says("我的")
    # Ben does not answer in time: a second later the seat goes on to Cai, who takes it.
    await town.at(local(1, 12))
    await town.after(seconds=1)
    await ben.hears("位子给了下一位")
    await cai.hears("🔔 空出一个位子")
    assert "✅ 报上了" in await cai.presses("要")
    assert "还没有报名" in await ben.says("我的")


async def test_an_offer_is_taken_with_one_tap_and_declined_with_one(town: Nanhai) -> None:
    event = town.save(lamp_works(seats=1))
    ana, ben, cai = town.person("小安"), town.person("小本"), town.person("小蔡")
    for each in (ana, ben, cai):
        await each.arrives()
        await each.says(f"报名 {event.id}")
    await ana.says(f"取消报名 {event.id}")
    await ana.presses("让出位子")
    await town.works()
    await ben.hears("🔔 空出一个位子")
    assert "好，位子给下一位了" in await ben.presses("不要了")
    await town.works()
    await cai.hears("🔔 空出一个位子")
    assert "✅ 报上了" in await cai.presses("要")
    assert "走进灯具厂 · 12月3日 周四 11:00（后天） · 桂城 · 已满" in await ana.says("活动")


async def test_nobody_is_woken_by_an_offer(town: Nanhai) -> None:
    event = town.save(lamp_works(seats=1))
    ana, ben = town.person("小安"), town.person("小本")
    for each in (ana, ben):
        await each.arrives()
        await each.says(f"报名 {event.id}")
    await town.at(local(2, 3))
    await ana.says(f"取消报名 {event.id}")
    await ana.presses("让出位子")
    await town.works()
    assert ben.unasked() == []
    await town.at(local(2, 8))
    assert "今天 10:00 前留给你" in await ben.hears("🔔 空出一个位子")


async def test_a_place_says_what_it_is_worth_and_nobody_has_to_answer_at_work(town: Nanhai) -> None:
    for number in range(3):
        begins = local(1, 9) - timedelta(days=7 * (number + 1))
        past = lamp_works(seats=10, turns=12, starts_at=begins, code=f"lamp-{number}")
        past.ends_at = past.closes_at = begins + timedelta(hours=2)
        town.save(past)
        gone = Signup(event_id=past.id, state=SignupState.ATTENDED, turn=11, at=begins)
        town.save(gone)
    event = town.save(lamp_works(seats=10, held=9, turns=9))
    ana, ben, cai = town.person("小安"), town.person("小本"), town.person("小蔡")
    await ana.arrives()
    await ana.says(f"报名 {event.id}")
    await settles(ben, "昭信", shift="白班")
    assert "一般会空出 1 个位子：多半排得上" in await ben.says(f"报名 {event.id}")
    await cai.arrives()
    assert "一般会空出 1 个位子：希望不大" in await cai.says(f"报名 {event.id}")
    assert "希望不大" in await cai.says(f"活动 {event.id}")
    # Ben works until five thirty, but for the break: two hours of his own are up at six.
    await ana.says(f"取消报名 {event.id}")
    await ana.presses("让出位子")
    await town.works()
    assert "今晚 18:00 前留给你" in await ben.hears("🔔 空出一个位子")
    # The one seat that usually comes free has.
    assert "希望不大" in await cai.says(f"活动 {event.id}")


async def test_a_name_is_enough_to_sign_up_and_a_slip_is_forgiven(town: Nanhai) -> None:
    town.save(badminton())
    ana = town.person("小安")
    await ana.arrives()
    assert "✅ 报上了：羽毛球友谊赛" in await ana.says("报名 羽毛球友谊赛")
    assert "羽毛球友谊赛" in await ana.says("ymq")
    assert "羽毛球友谊赛" in await ana.says("羽毛求")


async def test_it_is_said_when_signing_up_is_no_longer_possible(town: Nanhai) -> None:
    event = town.save(badminton())
    ana = town.person("小安")
    await ana.arrives()
    await town.at(local(5, 12, 30))
    assert "报名时间过了" in await ana.says(f"报名 {event.id}")
    assert "已经没有了" in await ana.says("报名 999")


async def test_giving_up_a_seat_nobody_waits_for_takes_one_tap(town: Nanhai) -> None:
    event = town.save(badminton())
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"报名 {event.id}")
    assert "取消了：羽毛球友谊赛" in await ana.presses("取消报名")
    assert "✅ 报上了" in await ana.presses("重新报名")


async def test_whoever_told_no_place_is_asked_once_whether_they_work_in_the_events_town(
    town: Nanhai,
) -> None:
    lamps, match = town.save(lamp_works(seats=1)), town.save(badminton())
    ana, ben = town.person("小安"), town.person("小本")
    for each in (ana, ben):
        await each.arrives()
    said = await ana.says(f"报名 {lamps.id}")
    assert "✅ 报上了" in said
    assert "你在桂城上班吗？" in said
    # The seat is theirs whatever they answer, and nobody asks again.
    assert "✅ 已报上" in await ana.says("我的")
    assert "上班吗" not in await ana.says(f"报名 {match.id}")
    said = await ben.says(f"报名 {lamps.id}")
    assert "你排第 1" in said
    assert "✅ 记下了：桂城。" in await ben.presses("对，桂城")
    assert "地方：桂城" in await ben.says("资料")
    assert "上班吗" not in await ben.says(f"报名 {match.id}")


async def test_the_town_of_an_event_can_be_declined_or_put_right(town: Nanhai) -> None:
    lamps = town.save(lamp_works())
    ana, ben = town.person("小安"), town.person("小本")
    for each in (ana, ben):
        await each.arrives()
        await each.says(f"报名 {lamps.id}")
    assert "不填也行" in await ana.presses("不想说")
    await ben.presses("在别处")
    assert "地方：狮山" in await ben.presses("狮山")
