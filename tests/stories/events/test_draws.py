"""Seats that are drawn: entries, a published list, a public number, and a result for each."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from models.events import questionnaire, quotas
from models.events.entries import Draw
from models.events.events import Event, Signup, SignupState
from models.events.questions import Answer
from models.events.quotas import Share
from models.rules.events import draw_records
from models.rules.events.companions import Along
from models.rules.events.draw_records import Fault, Proven
from models.rules.events.questions import QuestionKind
from models.rules.languages import Translated
from tests.miniature.rows import badminton, lamp_works, local
from tests.stories.people import Person
from tests.stories.scenes import gives_up, members_at, organizer, settles, signup_states
from tests.stories.station import Nanhai, nanhai

NAMES = ("安", "本", "陈", "丁", "冯")


async def record(town: Nanhai, event: Event) -> Any:
    async with town.http.get(f"{town.origin}/draws/{event.id}.json") as answer:
        assert answer.status == 200
        return await answer.json()


async def page(town: Nanhai, event: Event) -> str:
    headers = {"Accept-Language": "zh"}
    async with town.http.get(f"{town.origin}/draws/{event.id}", headers=headers) as answer:
        assert answer.status == 200
        return await answer.text()


async def draws(liu: Person, event: Event, *, number: str = "") -> None:
    """Set an event to be drawn, with who has a web chat alone as well."""
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    assert "✅ 名额改为抽签" in await liu.presses("改为抽签")
    await liu.presses("网页也能抽")
    if number:
        await liu.presses("公开号码")
        assert f"公开号码：{number}。" in await liu.says(number)


async def goes_to(liu: Person, event: Event) -> str:
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    return await liu.presses("抽签")


def winners(town: Nanhai, event: Event) -> list[bool]:
    return [state is SignupState.SEATED for state in signup_states(town, event)]


async def test_seats_are_drawn_with_a_public_number_and_anybody_can_check(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=2))
    liu = await organizer(town)
    await draws(liu, event, number="排列3 第 2026322 期")
    people = await members_at(town, event, *NAMES)
    for each in people:
        assert "✅ 参加抽签了：羽毛球友谊赛" in each.sees
        assert "12月5日 周六 12:00" in each.sees
    codes = [re.search(r"[A-Z2-9]{4}(-[A-Z2-9]{4}){2}", each.sees) for each in people]
    assert all(codes)
    # The label of a button that opens a page is understood when it is typed; so is what it tells.
    assert "点一下打开" in await people[0].says("怎么抽的")
    assert "签号" in await people[0].says("我有多大机会")
    assert "抽签 2 席，5 人参加" in await people[0].says("活动")
    assert "你已经在抽签里了" in await people[0].says(f"报名 {event.id}")
    before = await record(town, event)
    assert before.keys() & {"list", "secret", "order"} == set()
    assert draw_records.verify(before) is Fault.UNFINISHED

    # WeChat lets a station speak for two days after it was spoken to.
    await town.at(local(4, 13))
    for each in (liu, *people):
        await each.says("我的")
    await town.at(local(5, 12))
    assert "等公开号码：排列3 第 2026322 期" in await liu.hears("羽毛球友谊赛 抽签报名截止了")
    closed = await record(town, event)
    assert closed["commitment"] == before["commitment"]
    assert "secret" not in closed
    entered = {code for code, _lots, _people in closed["list"]["entries"]}
    assert entered == {found[0] for found in codes if found}
    assert "正在抽签" in await people[0].says(f"报名 {event.id}") + await people[0].says("活动")

    assert "开出多少" in await liu.presses("填号码")
    assert "至少三位" in await liu.says("没看到")
    assert "用 7 3 9 抽吗" in await liu.says("７，３，９")
    await liu.presses("抽签")
    await town.works()
    after = await record(town, event)
    proven = draw_records.verify(after)
    assert proven == Proven(5, 5, 2, "排列3 第 2026322 期", "7 3 9")
    assert (after["list_hash"], after["commitment"]) == (closed["list_hash"], before["commitment"])
    # Turns are in the drawn order, so the claims by their turns are as well.
    assert winners(town, event) == [True, True, False, False, False]
    place = {code: number for number, code in enumerate(after["order"])}
    order = sorted(people, key=lambda each: place[found(codes[people.index(each)])])
    for each in order[:2]:
        assert "羽毛球友谊赛" in await each.hears("✅ 抽中了")
    for number, each in enumerate(order[2:], start=1):
        assert f"你排第 {number}" in await each.hears("这次没抽中")
    assert "7 3 9" in await page(town, event)
    assert after["secret"] in await page(town, event)

    # Nothing can be drawn twice, and the queue follows the order.
    assert "12:00 抽的" in await liu.presses("填号码")
    await gives_up(order[0], event)
    await town.works()
    assert "羽毛球友谊赛" in await order[2].hears("空出一个位子")


def found(match: re.Match[str] | None) -> str:
    assert match is not None
    return match[0]


async def test_without_a_public_number_it_is_drawn_at_closing_and_says_what_it_proves(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4, seats=2))
    liu = await organizer(town)
    await draws(liu, event)
    await members_at(town, event, *NAMES[:3])
    await town.at(local(5, 12))
    after = await record(town, event)
    assert draw_records.verify(after) == Proven(3, 3, 2, "", "")
    for path in ("/draws/999", "/draws/999.json", "/draws/x.json"):
        async with town.http.get(f"{town.origin}{path}") as answer:
            assert answer.status == 404
    assert "不证明截止前一切公正" in await page(town, event)
    assert winners(town, event) == [True, True, False]
    said = await goes_to(liu, event)
    assert "2 席有人，1 人排队" in said
    assert "不证明" in said
    # Whoever comes now stands behind all who were drawn.
    [late] = await members_at(town, event, "迟到的人")
    assert "排第 2" in late.sees


async def test_what_happens_between_the_steps(town: Nanhai) -> None:
    """A list that is opened again stays in the record, and who gives up moves nobody."""
    event = town.save(badminton(station_id=4, seats=2))
    liu = await organizer(town)
    await draws(liu, event, number="上证指数 12月4日 收盘")
    people = await members_at(town, event, *NAMES)
    assert "已退出抽签" in await people[4].says(f"取消报名 {event.id}")
    await town.at(local(5, 10))
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    await liu.presses("停止报名")
    await town.works()
    first = await record(town, event)
    assert len(first["list"]["entries"]) == 4

    await liu.presses("更多")
    await liu.presses("重新开放")
    await liu.says("今天 11:00")
    assert "✅ 参加抽签了" in await people[4].says(f"报名 {event.id}")
    await town.at(local(5, 11))
    second = await record(town, event)
    assert len(second["list"]["entries"]) == 5
    assert [each["list_hash"] for each in second["earlier"]] == [first["list_hash"]]

    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    await liu.presses("改名额")
    await liu.says("3")
    await town.works()
    third = await record(town, event)
    assert third["list"]["seats"] == 3
    assert len(third["earlier"]) == 2
    assert third["commitment"] == first["commitment"]

    # Nobody enters now, and who gives up stays on the list.
    [late] = await members_at(town, event, "迟到的人")
    assert "正在抽签" in late.sees
    assert "已退出抽签" in await people[0].says(f"取消报名 {event.id}")
    await goes_to(liu, event)
    await liu.presses("不用号码抽")
    assert "定了号码，没有用" in liu.sees
    await liu.presses("不用号码抽")
    await town.works()
    after = await record(town, event)
    assert isinstance(draw_records.verify(after), Proven)
    assert after["list_hash"] == third["list_hash"]
    assert len(after["gone"]) == 1
    assert len(after["seated"]) == 3
    assert not set(after["gone"]) & set(after["seated"])
    assert signup_states(town, event).count(SignupState.SEATED) == 3
    assert not [each for each in people[0].unasked() if "抽" in each]


async def test_a_web_chat_alone_is_asked_to_link_a_chat_that_the_station_has(
    sqlite_url: str, now: datetime
) -> None:
    async with nanhai("telegram", sqlite_url, now, has_pages=True) as town:
        event = town.save(badminton(station_id=4, seats=2))
        liu, ana = await organizer(town), town.visitor("安")
        await liu.says(f"管理 {event.id}")
        await liu.presses("更多")
        assert "只有网页" not in await liu.presses("改为抽签")
        await ana.arrives()
        said = await ana.says(f"报名 {event.id}")
        assert "先把 Telegram 和这里连起来" in said
        assert "微信" not in said
        assert "绑定账号" in ana.labels
        assert signup_states(town, event) == []


@pytest.mark.parametrize("channel", ["web"])
async def test_where_there_are_web_chats_only_nobody_is_asked_to_link_others(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=2))
    liu = await organizer(town)
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    assert "这个站只有网页" in await liu.presses("改为抽签")
    # Nothing is asked of who cannot enter anyhow.
    ask(town, event, questionnaire.NewQuestion(QuestionKind.TEXT, Translated("有什么忌口？")))
    [ana] = await members_at(town, event, "安")
    assert "一人一签" in ana.sees
    assert "Telegram" not in ana.sees
    assert ("绑定账号" in ana.labels, "问一问" in ana.labels) == (False, True)
    assert signup_states(town, event) == []
    assert "这个站只有网页" not in await liu.presses("网页也能抽")
    assert "有什么忌口？" in await ana.says(f"报名 {event.id}")
    assert "✅ 参加抽签了" in await ana.says("没有")
    assert "其中只有网页的 1 人" in await goes_to(liu, event)


async def test_a_drawn_tour_asks_keeps_parties_and_quotas_and_forgets_in_time(
    town: Nanhai,
) -> None:
    tour = lamp_works(station_id=4, seats=3, along=Along.ONE, meet="8:20 桂城站；8:40 狮山站")
    tour.starts_at, tour.ends_at, tour.closes_at = local(5, 14), local(5, 16), local(5, 12)
    event = town.save(tour)
    liu = await organizer(town)
    await draws(liu, event)
    once = questionnaire.NewQuestion(QuestionKind.TEXT, Translated("有什么忌口？"))
    each_person = questionnaire.NewQuestion(
        QuestionKind.SIZE, Translated("穿多大？"), per_person=True
    )
    ask(town, event, once, each_person)
    # One of three seats is for this company's people: of those who enter, only Ana is.
    town.store.write_now(_share, event.id, "/s4/", 1)
    people = [town.person(name) for name in ("小安", "小本", "小蔡")]
    for each, where in zip(people, ("昭信", "桂城", "桂城"), strict=True):
        await settles(each, where)
    ana = people[0]
    assert "有什么忌口？" in await ana.says(f"报名 {event.id}")
    assert "穿多大？" in await ana.says("花生")
    assert "在哪上车" in await ana.presses("M")
    assert "✅ 参加抽签了" in ana.sees
    await ana.presses("8:40 狮山站")
    for each in people[1:]:
        await each.says(f"活动 {event.id}")
        await each.presses("带人报名")
        await each.presses("1 人")
        await each.says("不吃辣")
        await each.presses("L")
        assert "第 2 位" in each.sees
        await each.presses("XL")
        assert "✅ 参加抽签了" in each.sees
        await each.presses("8:20 桂城站")
    assert {each.stop for each in town.rows(Signup)} == {"桂城站", "狮山站"}
    await town.at(local(5, 12))
    assert isinstance(draw_records.verify(await record(town, event)), Proven)
    claims = town.rows(Signup)
    seated = [each for each in claims if each.state is SignupState.SEATED]
    # Ana has the seat that was kept, and one couple the two others.
    assert len(seated) == 3
    assert len({each.party_id or each.id for each in seated}) == 2
    assert claims[0] in seated
    said = {
        each.signup_id: each.value for each in town.rows(Answer) if each.value in ("M", "L", "XL")
    }
    assert said.keys() == {each.id for each in claims}
    await liu.says("管理活动")
    await liu.presses(event.title)
    listed = await liu.presses("名单")
    assert "花生" in listed
    assert "不吃辣" in listed
    assert "✅ 抽中了" in "".join((ana.sees, *ana.unasked()))
    # Winners' and losers' answers are erased alike, a month after the event.
    await town.at(local(5, 16) + timedelta(days=29))
    assert town.count(Answer) == len(claims) + 3
    await town.at(local(5, 16) + timedelta(days=30))
    assert town.count(Answer) == 0


def ask(town: Nanhai, event: Event, *asked: questionnaire.NewQuestion) -> None:
    def add(session: Session) -> None:
        for each in asked:
            questionnaire.add(session, event.id, each, None, town.hands.now)

    town.store.write_now(add)


def _share(session: Session, event_id: int, who: str, least: int) -> None:
    event = session.get_one(Event, event_id)
    assert quotas.put(session, event, [Share(who, least)]) is None


async def test_a_number_that_nobody_enters_does_not_keep_people_waiting(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=1))
    liu = await organizer(town)
    await draws(liu, event, number="排列3 第 2026322 期")
    await members_at(town, event, *NAMES[:2])
    await town.at(local(5, 12))
    await town.at(local(5, 12, 59))
    assert town.get(Draw, event_id=event.id).drawn_at is None
    await town.at(local(5, 13))
    after = await record(town, event)
    assert draw_records.verify(after) == Proven(2, 2, 1, "排列3 第 2026322 期", "")


async def test_a_draw_is_cancelled_with_its_event_and_moved_with_it(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=1))
    liu = await organizer(town)
    await draws(liu, event)
    ana, ben = await members_at(town, event, *NAMES[:2])
    await town.at(local(4, 13))
    for each in (ana, ben):
        await each.says("我的")
    town.moves(event, local(6, 14), "场馆检修")
    await town.at(local(5, 13))
    assert "羽毛球友谊赛" in await ana.hears("⚠️ 改时间了")
    assert town.get(Draw, event_id=event.id).closed_at is None
    town.calls_off(event, "场馆检修")
    await town.at(local(6, 13))
    assert "羽毛球友谊赛" in await ben.hears("❌ 取消了")
    assert town.get(Draw, event_id=event.id).closed_at is None
    assert signup_states(town, event) == [SignupState.ENTERED] * 2


async def test_an_event_is_set_to_a_draw_only_before_the_first_seat(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=2))
    liu = await organizer(town)
    await draws(liu, event)
    assert "先到先得" in await liu.presses("不抽签了")
    await members_at(town, event, "安")
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    assert "改为抽签" not in liu.labels
    assert town.look(lambda session: session.exec(select(Draw)).all()) == []


async def test_chances_rise_with_a_loss_and_fall_with_a_win(town: Nanhai) -> None:
    first = town.save(badminton(station_id=4, seats=1))
    liu = await organizer(town)
    await draws(liu, first)
    people = await members_at(town, first, *NAMES[:3])
    await town.at(local(5, 12))
    second = town.save(
        badminton(
            code="again",
            title="乒乓球友谊赛",
            station_id=4,
            seats=1,
            starts_at=local(12, 14),
            ends_at=local(12, 17),
            closes_at=local(12, 12),
        )
    )
    await draws(liu, second)
    for each in people:
        await each.says(f"报名 {second.id}")
    await town.at(local(12, 12))
    listed = (await record(town, second))["list"]["entries"]
    assert sorted(lots for _code, lots, _people in listed) == [3, 6, 6]
