"""What the commonest jobs cost, as docs/taps.md says it."""

import re
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path

from sqlmodel import Session

from models.events import doors, draws, stops
from models.events.events import Event
from models.events.questions import EventQuestion
from models.network.members import Member
from models.rules.events.companions import Along
from models.rules.events.questions import QuestionKind
from models.rules.events.states import DrawState
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, lamp_works, local, team
from tests.stories.counting import Counted
from tests.stories.people import Person
from tests.stories.scenes import called, published, settles
from tests.stories.station import Nanhai

Story = Callable[[Nanhai], Awaitable[Counted]]
Test = Callable[[Nanhai], Awaitable[None]]

DOCUMENT = Path(__file__).parents[3] / "docs" / "taps.md"
ROW = re.compile(r"(?m)^\| ([^|]+?) \| (\d+) \| (\d+) \|")
TABLE = {
    job: (int(taps), int(messages))
    for job, taps, messages in ROW.findall(DOCUMENT.read_text("utf-8"))
}
COUNTED: set[str] = set()
"""The jobs that are told here."""

AIMS = {
    "Sign up from a poster's code": 2,
    "Publish a copy of an event": 6,
    "Announce to a team": 4,
    "Publish a tour with stops": 8,
    "Sign up with one more": 5,
    "Enter the draw of an event": 5,
}
"""Steps in all; the last three are what a plain event costs, and six, two and two more."""


async def somebody(town: Nanhai, name: str = "小安") -> Person:
    person = town.person(name)
    await person.arrives()
    return person


def costs(job: str) -> Callable[[Story], Test]:
    """A story that returns its counted person: the count is what the document says of the job."""
    COUNTED.add(job)

    def counted(story: Story) -> Test:
        @wraps(story)
        async def test(town: Nanhai) -> None:
            person = await story(town)
            assert (person.taps, person.messages) == TABLE[job]
            assert person.steps <= AIMS.get(job, person.steps)

        return test

    return counted


def test_every_row_of_the_table_is_counted() -> None:
    assert set(TABLE) == COUNTED
    assert set(AIMS) <= COUNTED


@costs("Sign up from a poster's code")
async def test_signing_up_from_a_posters_code(town: Nanhai) -> Counted:
    event = town.save(lamp_works())
    ana = Counted(await somebody(town))
    await ana.opens(f"e{event.id}")
    assert "✅ 报上了" in await ana.presses("报名")
    return ana


@costs("Sign up from the list")
async def test_signing_up_from_the_list(town: Nanhai) -> Counted:
    town.save(lamp_works())
    ana = Counted(await somebody(town))
    await ana.says("活动")
    await ana.presses("走进灯具厂")
    assert "✅ 报上了" in await ana.presses("报名")
    return ana


@costs("Sign up with one more")
async def test_signing_up_with_one_more(town: Nanhai) -> Counted:
    town.save(lamp_works(seats=9, along=Along.TWO))
    ana = Counted(await somebody(town))
    await ana.says("活动")
    await ana.presses("走进灯具厂")
    await ana.presses("带人报名")
    assert "和你一起：1 人" in await ana.presses("1 人")
    return ana


@costs("Give up a seat")
async def test_giving_up_a_seat(town: Nanhai) -> Counted:
    event = town.save(lamp_works())
    person = await somebody(town)
    await person.says(f"报名 {event.id}")
    ana = Counted(person)
    await ana.says("不去了")
    assert "取消了" in await ana.presses("取消报名")
    return ana


async def colleagues(town: Nanhai) -> tuple[Counted, Person, int]:
    event = town.save(lamp_works())
    ana, ben = town.person("小安"), town.person("小本")
    await settles(ana, "昭信")
    await settles(ben, "昭信")
    await called(ben, "李和平")
    await ana.says(f"报名 {event.id}")
    return Counted(ana), ben, event.id


@costs("Hand a seat over to a colleague")
async def test_handing_a_seat_over(town: Nanhai) -> Counted:
    ana, _ben, number = await colleagues(town)
    assert "已经去问李和平了" in await ana.says(f"转让 {number} 李和平")
    return ana


@costs("Take a seat that is handed over")
async def test_taking_a_seat_that_is_handed_over(town: Nanhai) -> Counted:
    ana, ben, number = await colleagues(town)
    await ana.says(f"转让 {number} 李和平")
    await town.works()
    await ben.hears("把位子转给你")
    taker = Counted(ben)
    assert "✅ 报上了" in await taker.presses("要")
    return taker


@costs("Take a seat that is offered")
async def test_taking_a_seat_that_is_offered(town: Nanhai) -> Counted:
    event = town.save(lamp_works(seats=1))
    ben, person = await somebody(town, "小本"), await somebody(town)
    await ben.says(f"报名 {event.id}")
    await person.says(f"报名 {event.id}")
    await ben.says(f"取消报名 {event.id}")
    await ben.presses("让出位子")
    await town.works()
    await person.hears("空出一个位子")
    ana = Counted(person)
    assert "✅ 报上了" in await ana.presses("要")
    return ana


@costs("Join a team")
async def test_joining_a_team(town: Nanhai) -> Counted:
    town.save(team())
    ana = Counted(await somebody(town))
    await ana.says("加入 羽毛球")
    assert "✅ 加入了狮山羽毛球队" in await ana.presses("加入")
    return ana


@costs("Add to the calendar")
async def test_adding_an_event_to_the_calendar(town: Nanhai) -> Counted:
    event = town.save(lamp_works())
    person = await somebody(town)
    await person.says(f"报名 {event.id}")
    ana = Counted(person)
    await ana.presses("加到日历")
    assert (await person.file()).name.endswith(".ics")
    return ana


STOPS = "8:20 桂城站；8:40 狮山站；9:00 大沥站"


@costs("Sign up for a tour with stops")
async def test_signing_up_for_a_tour(town: Nanhai) -> Counted:
    town.save(lamp_works(meet=STOPS))
    ana = Counted(await somebody(town))
    await ana.says("活动")
    await ana.presses("走进灯具厂")
    await ana.presses("报名")
    assert "上车" in await ana.presses("8:40 狮山站")
    return ana


@costs("Ask a ready-made question at sign-up")
async def test_asking_at_sign_up(town: Nanhai) -> Counted:
    event = town.save(lamp_works(station_id=4))
    boss = await somebody(town, "老陈")
    await town.appoint(boss, Role.CONTACT_POINT, 4)
    liu = Counted(boss)
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    await liu.presses("报名问题")
    assert "✅ 加上了" in await liu.presses("订餐")
    return liu


@costs("Sign up where a meal is asked")
async def test_signing_up_where_something_is_asked(town: Nanhai) -> Counted:
    event = town.save(lamp_works(questions=1))
    town.save(
        EventQuestion(
            event_id=event.id,
            position=1,
            kind=QuestionKind.CHOICE,
            text="要不要订餐？",
            choices=["要", "不要"],
            keep_days=30,
        )
    )
    ana = Counted(await somebody(town))
    await ana.says("活动")
    await ana.presses("走进灯具厂")
    await ana.presses("报名")
    assert "✅ 报上了" in await ana.presses("要")
    return ana


@costs("Call the roll at a stop")
async def test_calling_the_roll(town: Nanhai) -> Counted:
    event = town.save(lamp_works(station_id=4, meet=STOPS))
    ana, boss = await somebody(town), await somebody(town, "老陈")
    await town.appoint(boss, Role.CONTACT_POINT, 4)
    await ana.says(f"报名 {event.id}")
    await ana.presses("8:40 狮山站")
    await town.at(local(3, 10, 30))
    liu = Counted(boss)
    await liu.says("签到")
    await liu.presses("更多")
    await liu.presses("上车点")
    await liu.presses(next(each for each in boss.labels if "狮山站" in each))
    # Who is missing stands above the buttons.
    assert "签到了" in await liu.presses(boss.labels[0])
    return liu


@costs("Come without a seat")
async def test_coming_without_a_seat(town: Nanhai) -> Counted:
    event = town.save(lamp_works(station_id=4))
    ana = Counted(await somebody(town))
    await town.at(local(3, 10, 30))
    secret = town.store.write_now(doors.place_secret, event.id)
    await ana.opens(f"k{event.id}-{secret}")
    assert "✅ 你签到了" in await ana.presses("现在参加")
    return ana


@costs("Let somebody in without a phone")
async def test_letting_in_without_a_phone(town: Nanhai) -> Counted:
    town.save(lamp_works(station_id=4))
    boss = await somebody(town, "老陈")
    await town.appoint(boss, Role.CONTACT_POINT, 4)
    await town.at(local(3, 10, 30))
    liu = Counted(boss)
    await liu.says("签到")
    await liu.presses("现场来的")
    assert "王伟签到了" in await liu.says("王伟")
    return liu


@costs("Check somebody in")
async def test_checking_somebody_in(town: Nanhai) -> Counted:
    event = town.save(lamp_works(station_id=4))
    ana, boss = await somebody(town), await somebody(town, "老陈")
    await town.appoint(boss, Role.CONTACT_POINT, 4)
    await ana.says(f"报名 {event.id}")
    await town.at(local(3, 10, 30))
    await ana.says("签到")
    code = re.search(r"\d{6}", ana.sees)
    assert code is not None, ana.sees
    liu = Counted(boss)
    assert "签到了" in await liu.says(f"签到 {code[0]}")
    return liu


@costs("Publish a new event, question by question")
async def test_publishing_question_by_question(town: Nanhai) -> Counted:
    person = await somebody(town)
    await town.appoint(person, Role.CONTACT_POINT, 4)
    liu = Counted(person)
    await liu.says("发布活动")
    await liu.says("羽毛球友谊赛")
    await liu.says("周六下午3点")
    await liu.says("狮山体育馆")
    await liu.says("20人")
    assert "✅ 发布了" in await liu.presses("发布")
    return liu


@costs("Publish a new event, in one message")
async def test_publishing_in_one_message(town: Nanhai) -> Counted:
    person = await somebody(town)
    await town.appoint(person, Role.CONTACT_POINT, 4)
    liu = Counted(person)
    await liu.says("发布活动 周六下午3点 羽毛球赛 狮山体育馆 20人")
    assert "✅ 发布了" in await liu.presses("发布")
    return liu


@costs("Publish a tour with stops")
async def test_publishing_a_tour_with_stops(town: Nanhai) -> Counted:
    person = await somebody(town)
    await town.appoint(person, Role.CONTACT_POINT, 4)
    liu = Counted(person)
    await liu.says("发布活动 周六9点 走进灯具厂 狮山 45人")
    await liu.presses("改一改")
    await liu.presses("集合点")
    await liu.says("8:20 桂城站；8:40 狮山站")
    assert "✅ 发布了" in await liu.presses("发布")
    assert [each.name for each in stops.of(published(town)[0])] == ["桂城站", "狮山站"]
    return liu


@costs("Send an event on")
async def test_sending_an_event_on(town: Nanhai) -> Counted:
    event = town.save(lamp_works())
    ana = Counted(await somebody(town))
    await ana.says("活动")
    await ana.presses(event.title)
    assert f"/e/{event.id}" in await ana.presses("分享")
    return ana


@costs("Confirm an answer at the door")
async def test_confirming_an_answer(town: Nanhai) -> Counted:
    event = town.save(lamp_works(station_id=4, questions=1))
    town.save(
        EventQuestion(
            event_id=event.id,
            position=1,
            kind=QuestionKind.SIZE,
            text="尺码？",
            asked_again=True,
        )
    )
    ana, boss = await somebody(town), await somebody(town, "老陈")
    await town.appoint(boss, Role.CONTACT_POINT, 4)
    await ana.says(f"报名 {event.id}")
    await ana.says("M")
    await town.at(local(3, 10, 30))
    code = re.search(r"\d{6}", await ana.says("签到"))
    assert code is not None
    liu = Counted(boss)
    assert "报名时填的：M" in await liu.says(f"签到 {code[0]}")
    assert "✅ 记下了" in await liu.presses("没变")
    return liu


@costs("Publish from a pasted text")
async def test_publishing_from_a_pasted_text(town: Nanhai) -> Counted:
    person = await somebody(town)
    await town.appoint(person, Role.CONTACT_POINT, 4)
    liu = Counted(person)
    await liu.says("羽毛球友谊赛\n时间：12月5日下午3点\n地点：狮山体育馆\n名额：20人\n费用：免费")
    assert "工友会看到" in await liu.presses("发布一个活动")
    assert "✅ 发布了" in await liu.presses("发布")
    return liu


@costs("Sign up a list from a group")
async def test_signing_a_list_up(town: Nanhai) -> Counted:
    town.save(badminton(station_id=4))
    ana, person = await somebody(town), await somebody(town, "站长")
    await called(ana, "阿梅")
    town.change(Member, 1, station_id=4)
    town.change(Member, 2, station_id=4)
    await town.appoint(person, Role.CONTACT_POINT, 4)
    liu = Counted(person)
    assert "会报上 1 人" in await liu.says("#接龙\n羽毛球友谊赛\n1. 阿梅")
    assert "✅ 报上 1 人" in await liu.presses("报上")
    return liu


@costs("Set the cost of an event")
async def test_setting_the_cost(town: Nanhai) -> Counted:
    town.save(badminton(station_id=4))
    person = await somebody(town)
    await town.appoint(person, Role.CONTACT_POINT, 4)
    liu = Counted(person)
    await liu.says("改费用")
    assert "费用：车费 20 元" in await liu.says("车费 20 元")
    assert "✅ 改好了" in await liu.presses("就这么改")
    return liu


@costs("Publish a copy of an event")
async def test_publishing_a_copy(town: Nanhai) -> Counted:
    town.save(badminton(station_id=4))
    await town.at(local(7, 9))
    person = await somebody(town)
    await town.appoint(person, Role.CONTACT_POINT, 4)
    liu = Counted(person)
    await liu.says("管理活动")
    await liu.presses("以前的")
    await liu.presses("羽毛球友谊赛")
    await liu.presses("再办一次")
    await liu.presses("12月12日 周六 14:00（5 天后）")
    assert "✅ 发布了" in await liu.presses("发布")
    return liu


@costs("Postpone an event")
async def test_postponing_an_event(town: Nanhai) -> Counted:
    town.save(badminton(station_id=4))
    person = await somebody(town)
    await town.appoint(person, Role.CONTACT_POINT, 4)
    liu = Counted(person)
    await liu.says("下雨了延期")
    await liu.presses("不说原因")
    assert "⚠️ 延期了" in await liu.presses("延期")
    return liu


@costs("Publish an event whose seats are drawn")
async def test_publishing_an_event_whose_seats_are_drawn(town: Nanhai) -> Counted:
    person = await somebody(town)
    await town.appoint(person, Role.CONTACT_POINT, 4)
    liu = Counted(person)
    await liu.says("发布活动 周六下午3点 羽毛球赛 狮山体育馆 20人")
    await liu.presses("改一改")
    assert "抽签 20 席" in await liu.presses("改为抽签")
    assert "✅ 发布了" in await liu.presses("发布")
    assert published(town)[0].draw is DrawState.ENTERING
    return liu


def drawn(town: Nanhai, number_name: str = "") -> Event:
    """An event whose seats are drawn, among people with a web chat alone as well."""
    event = town.save(badminton(station_id=4, seats=1))

    def set_up(session: Session) -> None:
        draws.set_up(session, event.id, None, town.hands.now)
        draws.admit_web(session, event.id, None, town.hands.now)
        if number_name:
            draws.name_number(session, event.id, number_name, None, town.hands.now)

    town.store.write_now(set_up)
    return event


@costs("Enter the draw of an event")
async def test_entering_the_draw_of_an_event(town: Nanhai) -> Counted:
    event = drawn(town)
    ana = Counted(await somebody(town))
    await ana.says("活动")
    await ana.presses(event.title)
    assert "✅ 参加抽签了" in await ana.presses("参加抽签")
    return ana


@costs("Be called when sign-up opens")
async def test_being_called_when_sign_up_opens(town: Nanhai) -> Counted:
    event = town.save(badminton(opens_at=local(2, 12)))
    ana = Counted(await somebody(town))
    await ana.says("活动")
    await ana.presses(event.title)
    assert "🔔 记下了" in await ana.presses("到时叫我")
    return ana


@costs("Ask for a seat that organizers give by hand")
async def test_asking_for_a_seat(town: Nanhai) -> Counted:
    event = town.save(badminton(gates="approval"))
    ana = Counted(await somebody(town))
    await ana.says("活动")
    await ana.presses(event.title)
    assert "⏳ 申请了" in await ana.presses("申请报名")
    return ana


@costs("Let somebody in who asked")
async def test_letting_somebody_in_who_asked(town: Nanhai) -> Counted:
    event = town.save(badminton(station_id=4, gates="approval"))
    boss, person = await somebody(town, "老陈"), await somebody(town)
    await town.appoint(boss, Role.CONTACT_POINT, 4)
    await person.says(f"报名 {event.id}")
    await town.works()
    await boss.hears("🔔 想来羽毛球友谊赛")
    liu = Counted(boss)
    assert "有位子了" in await liu.presses("同意")
    return liu


@costs("Draw with a public number")
async def test_drawing_with_a_public_number(town: Nanhai) -> Counted:
    event = drawn(town, "排列3 第 2026322 期")
    boss, person = await somebody(town, "老陈"), await somebody(town)
    await town.appoint(boss, Role.CONTACT_POINT, 4)
    await person.says(f"报名 {event.id}")
    await town.at(local(4, 13))
    for each in (boss, person):
        await each.says("我的")
    await town.at(event.closes_at)
    await boss.hears("抽签报名截止了")
    liu = Counted(boss)
    await liu.presses("填号码")
    await liu.says("7 3 9")
    await liu.presses("抽签")
    await town.works()
    assert await person.hears("✅ 抽中了")
    return liu


@costs("Announce to a team")
async def test_announcing_to_a_team(town: Nanhai) -> Counted:
    row = town.save(team())
    cap, ana = await somebody(town, "阿强"), await somebody(town)
    await ana.says(f"加入 {row.id}")
    await town.appoint(cap, Role.CAPTAIN, 3, team_id=row.id)
    captain = Counted(cap)
    await captain.says("发公告")
    await captain.says("周三场地换到二楼。")
    await captain.presses("发送")
    await town.after(minutes=1)
    assert await ana.hears("周三场地换到二楼。")
    return captain


@costs("Ask about an event")
async def test_asking_about_an_event(town: Nanhai) -> Counted:
    boss, person = await somebody(town, "老陈"), await somebody(town)
    await town.appoint(boss, Role.TOWN, 2)
    event = town.save(lamp_works())
    await person.opens(f"e{event.id}")
    ana = Counted(person)
    await ana.says("能带小孩去吗")
    await ana.presses("问一问")
    assert "组织者会看" in await ana.presses("留名")
    await town.works()
    assert await boss.hears("能带小孩去吗")
    return ana


@costs("Say how an event was")
async def test_saying_how_an_event_was(town: Nanhai) -> Counted:
    event = town.save(badminton())
    person = await somebody(town)
    await person.says(f"报名 {event.id}")
    await town.at(local(5, 12))
    await person.says("我的")
    await town.at(local(6, 10, 1))
    await person.hears("怎么样")
    ana = Counted(person)
    await ana.presses("★★★★")
    assert "谢谢" in await ana.presses("好了")
    return ana


@costs("Print the account of the year")
async def test_printing_the_account_of_the_year(town: Nanhai) -> Counted:
    boss = await somebody(town, "老陈")
    await town.appoint(boss, Role.DISTRICT, 1)
    liu = Counted(boss)
    await liu.says("年报")
    await liu.presses("要打印")
    assert (await boss.file()).content.startswith(b"%PDF")
    return liu


@costs("Answer a letter")
async def test_answering_a_wish(town: Nanhai) -> Counted:
    boss, ana = await somebody(town, "老陈"), await somebody(town)
    await town.appoint(boss, Role.DISTRICT, 1)
    await ana.says("心愿 想学电工")
    await ana.presses("留名")
    await town.works()
    await boss.hears("想学电工")
    liu = Counted(boss)
    await liu.presses("回答")
    await liu.says("电工班下周三开始，在桂城站报名。")
    await town.works()
    assert await ana.hears("电工班下周三开始")
    return liu
