"""A seat is handed over: to a colleague who takes it in a tap, or by a code to somebody new."""

import re

from models.events.events import Event, Signup, SignupState
from models.events.handovers import Handover
from models.events.quotas import Quota
from models.events.reminders import Reminder
from models.network import audit
from models.rules.events.companions import Along
from models.rules.events.handing import Handing
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, lamp_works
from tests.stories.people import Person
from tests.stories.scenes import called, organizer, settles
from tests.stories.station import Nanhai


async def at_zhaoxin(town: Nanhai, who: str, name: str) -> Person:
    person = town.person(who)
    await settles(person, "昭信")
    await called(person, name)
    return person


def seats(town: Nanhai, event_id: int) -> list[tuple[SignupState, int]]:
    """The states of the claims, with how many reminders each has."""
    reminders = town.rows(Reminder)
    return [
        (each.state, sum(one.signup_id == each.id for one in reminders))
        for each in town.rows(Signup)
        if each.event_id == event_id
    ]


async def test_a_colleague_takes_the_seat_and_answers_anew(town: Nanhai) -> None:
    event = town.save(lamp_works(seats=1))
    boss = await organizer(town, Role.DISTRICT, 1)
    await boss.says(f"管理活动 {event.id}")
    await boss.presses("更多")
    await boss.presses("报名问题")
    await boss.presses("衣服尺码")
    ana = await at_zhaoxin(town, "小安", "阿梅")
    ben = await at_zhaoxin(town, "小本", "李和平")
    await ana.says(f"报名 {event.id}")
    await ana.says("XL")
    # A name that nobody goes by, then the right one.
    await ana.says(f"活动 {event.id}")
    await ana.presses("转给工友")
    assert "没有叫“张三”的" in await ana.says("张三")
    assert "已经去问李和平了" in await ana.says("李和平")
    assert "已经去问李和平了" in await ana.says(f"转让 {event.id}")
    await town.works()
    await ben.hears("🔔 阿梅想把位子转给你：走进灯具厂")
    # Refused, it stays; asked again, what the event asks comes before the seat.
    assert "位子还给原来的人" in await ben.presses("不要了")
    await town.works()
    await ana.hears("李和平接不了，位子还是你的")
    await ana.presses("再问别人")
    await ana.says("李和平")
    await town.works()
    await ben.hears("🔔 阿梅想把位子转给你：走进灯具厂")
    assert "穿几码" in await ben.presses("要")
    assert seats(town, event.id) == [(SignupState.SEATED, 2)]
    assert "✅ 报上了：走进灯具厂" in await ben.says("M")
    assert seats(town, event.id) == [(SignupState.CANCELLED, 0), (SignupState.SEATED, 2)]
    await town.works()
    await ana.hears("✅ 李和平接了你的位子")
    assert "没有可以转让的名额" in await ana.says("转让")
    # The list tells whose seat it was, and of the old answer nothing is left.
    listed = await boss.says(f"管理活动 {event.id}")
    listed = await boss.presses("名单")
    assert "李和平（接阿梅的）" in listed
    assert "XL" not in listed
    found = town.look(lambda session: audit.about(session, f"event:{event.id}"))
    assert "seat handed over" in [each.details.get("what") for each in found]
    assert town.rows(Handover) == []


async def test_a_code_brings_somebody_new_and_nobody_is_overtaken(town: Nanhai) -> None:
    event = town.save(lamp_works(seats=2, along=Along.TWO))
    ana, ben, cai = town.person("小安"), town.person("小本"), town.person("小蔡")
    for each in (ana, cai):
        await each.arrives()
    await ana.says(f"活动 {event.id}")
    await ana.presses("带人报名")
    await ana.says("小李")
    # Of a party each seat can go on; here that of who comes along.
    await ana.says(f"活动 {event.id}")
    assert "谁的位子" in await ana.presses("转给工友")
    await ana.presses("小李")
    said = await ana.presses("一次性码")
    code = re.search(r"绑定 (\w+)", said)
    assert code is not None
    # A stranger agrees first; the code comes after it, and is good once.
    await ben.arrives()
    assert "想把位子转给你" in await ben.says(f"绑定 {code[1]}")
    assert "想把位子转给你" not in await cai.says(f"绑定 {code[1]}")
    assert "✅ 报上了" in await ben.presses("要")
    states = [state for state, _ in seats(town, event.id)]
    assert states == [SignupState.SEATED, SignupState.CANCELLED, SignupState.SEATED]
    # Somebody waits: the seat is theirs, unless the organizer lets it go to anybody.
    assert "排第 1" in await cai.says(f"报名 {event.id}")
    await ben.says(f"活动 {event.id}")
    assert "转给工友" not in ben.labels
    assert "还有人在排队" in await ben.says(f"转让 {event.id} 阿梅")
    boss = await organizer(town, Role.DISTRICT, 1)
    await boss.says(f"改转让 {event.id}")
    await boss.says("谁都可以")
    await boss.presses("就这么改")
    await ben.says("把名额转给老乡")
    assert "绑定" in await ben.presses("一次性码")
    assert "位子还是你的" in await ben.presses("撤销")


async def test_within_one_company_a_seat_goes_on_while_others_wait(town: Nanhai) -> None:
    event = town.save(lamp_works(seats=2, quotas=1))
    town.save(Quota(event_id=event.id, who="/s4/", least=1, most=1))
    ana = await at_zhaoxin(town, "小安", "阿梅")
    ben = await at_zhaoxin(town, "小本", "李和平")
    cai = await at_zhaoxin(town, "小蔡", "阿强")
    await ana.says(f"报名 {event.id}")
    assert "排第 1" in await cai.says(f"报名 {event.id}")
    assert "已经去问李和平了" in await ana.says(f"转让 {event.id} 李和平")
    # Past its time nothing is to be had, and the giver is told.
    await town.works()
    await ben.hears("🔔 阿梅想把位子转给你")
    await town.after(days=1, hours=1)
    await town.works()
    await ana.hears("没有人接你的位子")
    assert "不能接了" in await ben.presses("要")
    await ana.says(f"转让 {event.id} 李和平")
    await town.works()
    await ben.hears("🔔 阿梅想把位子转给你")
    assert "✅ 报上了" in await ben.presses("要")
    states = [state for state, _ in seats(town, event.id)]
    assert states == [SignupState.CANCELLED, SignupState.WAITING, SignupState.SEATED]


async def test_where_seats_are_not_handed_over_it_says_what_can_be_done(town: Nanhai) -> None:
    event = town.save(lamp_works(handing=Handing.NOBODY))
    ana = await at_zhaoxin(town, "小安", "阿梅")
    await ana.says(f"报名 {event.id}")
    assert "名额不能转让" in await ana.says(f"转让 {event.id}")
    # The card of a seat that may be handed over is still what “不去了” means.
    other = town.save(badminton())
    await ana.says(f"报名 {other.id}")
    assert "转给工友" in " ".join([await ana.says(f"活动 {other.id}"), *ana.labels])
    assert "不去羽毛球友谊赛了吗" in await ana.says("不去了")
    assert "取消了" in await ana.presses("取消报名")


async def test_whoever_brings_others_hands_their_own_seat_over_and_the_party_stays_whole(
    town: Nanhai,
) -> None:
    event = town.save(lamp_works(seats=3, along=Along.TWO))
    ana = await at_zhaoxin(town, "小安", "阿梅")
    ben = await at_zhaoxin(town, "小本", "李和平")
    cai = await at_zhaoxin(town, "小蔡", "阿强")
    await ana.says(f"活动 {event.id}")
    await ana.presses("带人报名")
    assert "和你一起" in await ana.says("阿强、小孩")
    await ana.says(f"活动 {event.id}")
    await ana.presses("转给工友")
    await ana.presses("我自己的")
    assert "已经去问李和平了" in await ana.says("李和平")
    await town.works()
    assert "✅ 报上了" in await ben.presses("要")
    assert "和你一起：阿强、小孩" in await ben.says(f"活动 {event.id}")
    assert "和李和平一起" in await cai.says(f"活动 {event.id}")
    claims = town.rows(Signup)
    assert [each.state for each in claims].count(SignupState.SEATED) == 3
    assert town.get(Event, id=event.id).held == 3
    # Whoever leads now gives up for all of them, or leaves one out.
    assert "谁去不了" in await ben.says(f"取消报名 {event.id}")
    await ben.presses("小孩")
    assert town.get(Event, id=event.id).held == 2
