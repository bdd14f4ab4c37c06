"""The evening of a gala at the desk: its programme, cues, polls, and what the audience writes."""

import re
from datetime import datetime

from sqlmodel import Session, col, select

from handlers.gala.shown import code_of
from models.announcements.announcements import Announcement, AnnouncementState
from models.events.events import Kind
from models.gala import lines, polls, programme, ranking, screens, stage, voting
from models.gala.lines import LineState, ScreenLine
from models.gala.polls import Poll, PollPlace, PollState
from models.gala.screens import Screen, Shows
from models.gala.stage import QuestionState, StageQuestion
from models.network import members
from models.network.members import Member
from models.rules.network.permissions import Role
from tests.console.browsing import GUICHENG, SHISHAN, Nanhai
from tests.console.rows import keep
from tests.miniature.rows import lamp_works

QUIZ = "南海在哪个市？\n- 广州\n= 佛山"


def gala(desks: Nanhai) -> tuple[int, str]:
    [event] = keep(desks, lamp_works(station_id=GUICHENG, kind=Kind.GALA, title="汇报会"))
    return event, f"/console/events/{event}/gala"


async def test_a_programme_is_pasted_put_in_order_and_gone_through(desks: Nanhai) -> None:
    event, here = gala(desks)
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    await browser.opens(here)
    wrong = await browser.sends(here, None, items="开场舞\n合唱 | 五中 | 很久")
    assert (wrong.status, "第 2 行" in wrong.text) == (422, True)
    await browser.opens(here)
    await browser.sends(here, None, items="开场舞 | 木棉队 | 6 | 灯光全开\n合唱 | 五中\n抽奖")

    def order() -> list[str]:
        rows = desks.look(lambda session: programme.of_event(session, event))
        return [each.title for each in rows]

    def order_ids() -> list[int]:
        return desks.look(lambda session: [e.id for e in programme.of_event(session, event)])

    [first, second, third] = order_ids()
    await browser.sends(f"{here}/items/{third}/move", None, earlier="1")
    assert order() == ["开场舞", "抽奖", "合唱"]
    await browser.opens(f"{here}/items/{second}")
    refused = await browser.sends(f"{here}/items/{second}", None, title="", minutes="5")
    assert refused.status == 422
    await browser.opens(f"{here}/items/{second}")
    await browser.sends(f"{here}/items/{second}", None, title="大合唱", who="五中", minutes="4")
    assert order() == ["开场舞", "抽奖", "大合唱"]
    cues = await browser.opens(f"{here}/cues")
    assert ("还没开始" in cues.text, "灯光全开" in cues.text) == (True, True)
    on = await browser.sends(f"{here}/cues/next", None, seen="0")
    again = await browser.sends(f"{here}/cues/next", None, seen="0")
    assert "还剩 6 分钟" in on.text
    assert "还剩 6 分钟" in again.text, "a double tap goes one step"
    await browser.sends(f"{here}/cues/next", None, seen=str(first))
    back = {"seen": str(order_ids()[1])}
    assert "还剩 6 分钟" in (await browser.sends(f"{here}/cues/back", None, **back)).text
    again = await browser.sends(f"{here}/cues/back", None, **back)
    assert "还剩 6 分钟" in again.text, "a double tap takes one step back"
    other = await desks.desk_of(Role.TOWN, SHISHAN)
    assert (await other.opens(f"{here}/cues")).status == 404
    await browser.opens(here)
    await browser.sends(f"{here}/items/{second}/remove")
    assert order() == ["开场舞", "抽奖"]


async def test_a_screen_is_opened_once_and_shows_what_it_is_told(desks: Nanhai) -> None:
    event, here = gala(desks)
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    await browser.opens(here)
    assert (await browser.sends(f"{here}/screen/note", None, note="请入座")).status == 422
    await browser.opens(here)
    opened = await browser.sends(f"{here}/screen")
    found = re.search(r"/screen/([\w-]{32})", opened.text)
    assert found is not None
    assert desks.look(lambda session: screens.event_of(session, found[1])) == event
    assert found[1] not in (await browser.opens(here)).text, "it is told once"
    await browser.sends(f"{here}/screen/shows", None, shows="questions")
    await browser.sends(f"{here}/screen/note", None, note="请入座")
    await browser.sends(
        f"{here}/screen/audience", None, lines="after", seconds="9", banned="傻瓜\n\n傻瓜"
    )

    def screen(session: Session) -> Screen:
        return session.exec(select(Screen)).one()

    row = desks.look(screen)
    assert (row.shows, row.note, row.lines, row.seconds, row.banned, row.takes_questions) == (
        Shows.QUESTIONS,
        "请入座",
        screens.Moderation.AFTER,
        9,
        "傻瓜",
        False,
    )
    await browser.sends(f"{here}/screen")
    assert desks.look(lambda session: screens.event_of(session, found[1])) is None


async def test_without_a_public_address_a_screen_says_what_is_missing(desks: Nanhai) -> None:
    _event, here = gala(desks)
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    desks.public = ""
    await browser.opens(here)
    refused = await browser.sends(f"{here}/screen")
    assert (refused.status, "public_url" in refused.text) == (422, True)
    assert "/screen/" not in refused.text
    assert desks.look(lambda session: session.exec(select(Screen)).all()) == []


async def test_a_quiz_is_written_opened_answered_and_closed(desks: Nanhai) -> None:
    event, here = gala(desks)
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    await browser.opens(f"{here}/polls")
    for title, text in (
        ("", QUIZ),
        ("抢答", "南海在哪？"),
        ("抢答", f"{QUIZ}\n还有？\n- 一\n- 二"),
    ):
        refused = await browser.sends(f"{here}/polls", None, title=title, text=text)
        assert refused.status == 422, text
        await browser.opens(f"{here}/polls")
    await browser.sends(f"{here}/polls", None, title="抢答", text=QUIZ)
    [poll] = desks.look(lambda session: [each.id for each in polls.of_event(session, event)])
    one = f"{here}/polls/{poll}"
    assert "= 佛山" in (await browser.opens(one)).text
    await browser.sends(one, None, title="知识抢答", text=QUIZ)
    assert "开始了" in (await browser.sends(f"{one}/open")).text
    [asked] = desks.look(lambda session: list(polls.counted(session, poll)))

    def answer(session: Session) -> None:
        who = members.meet(session, "web.chat", "x", language="zh", now=desks.now)
        voting.vote(session, event, asked.choices[1].choice.id, who, desks.now)

    desks.store.write_now(answer)
    assert "1 人 · 进行中" in (await browser.opens(one)).text
    await browser.sends(f"{one}/next", None, seen=str(asked.question.id))
    assert "结束抢答" in (await browser.opens(one)).text
    await browser.sends(f"{one}/close")

    def state(session: Session) -> PollState:
        return session.get_one(Poll, poll).state

    assert desks.look(state) is PollState.CLOSED
    desks.store.write_now(_ranked, desks.now)
    code = desks.look(lambda s: code_of(event, s.exec(select(PollPlace.member_id)).one() or 0))
    assert f"<code>{code}</code>" in (await browser.opens(one)).html, "the host calls them out"
    await browser.opens(f"{here}/polls")
    assert (await browser.sends(f"{one}/open")).status == 422


def _ranked(session: Session, now: datetime) -> None:
    step = ranking.look(session, now)
    assert step is not None
    ranking.take(session, now, step)


async def test_lines_and_questions_are_read_before_they_are_shown(desks: Nanhai) -> None:
    event, here = gala(desks)
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    await browser.opens(here)
    await browser.sends(f"{here}/screen")

    def write(session: Session) -> None:
        for number, said in enumerate(("加油", "好听", "再来一个")):
            who = members.meet(session, "web.chat", said, language="zh", now=desks.now)
            lines.write(session, event, who, said, desks.now)
            if not number:
                stage.ask(session, event, who, "明年还办吗？", desks.now)

    desks.store.write_now(write)
    page = await browser.opens(f"{here}/audience")
    assert ("3 条等着看" in page.text, "明年还办吗" in page.text) == (True, True)

    def numbers(session: Session) -> list[int]:
        return [each.id for each in lines.queue(session, event, LineState.WAITING, 9)]

    first, *rest = desks.look(numbers)
    await browser.sends(f"{here}/audience/lines", None, line=str(first))
    shown = await browser.sends(
        f"{here}/audience/lines", None, line=[str(each) for each in rest], shown="1"
    )
    assert "2 条上屏" in shown.text
    assert [said for _id, said in desks.look(lambda s: lines.shown(s, event))] == [
        "好听",
        "再来一个",
    ]
    await browser.sends(f"{here}/audience/questions", None, question="1", state="shown")

    def asked(session: Session) -> QuestionState:
        return session.exec(select(StageQuestion)).one().state

    assert desks.look(asked) is QuestionState.SHOWN
    core = await desks.desk_of(Role.CORE_MEMBER, GUICHENG)
    assert (await core.opens(f"{here}/audience")).status == 403
    assert (await core.opens(f"{here}/cues")).status == 200

    def writers(session: Session) -> list[int | None]:
        return [each.by_member_id for each in session.exec(select(ScreenLine))]

    assert None not in desks.look(writers)


async def test_streams_are_named_judged_and_planned_at_the_desk(desks: Nanhai) -> None:
    event, here = gala(desks)
    here = f"{here}/streams"
    browser = await desks.desk_of(Role.TOWN, GUICHENG)

    def arrive(session: Session) -> None:
        members.meet(session, "web.chat", "小安", language="zh", now=desks.now)
        ana = session.exec(select(Member).order_by(col(Member.id).desc())).first()
        assert ana is not None
        ana.station_id, ana.consented_at = GUICHENG, desks.now

    desks.store.write_now(arrive)
    page = await browser.opens(here)
    assert "什么时候发" not in page.text
    wrong = await browser.sends(here, None, streams="南海融媒 live.example/1")
    assert (wrong.status, "第 1 行" in wrong.text) == (422, True)
    await browser.opens(here)
    page = await browser.sends(here, None, streams="南海融媒 https://live.example/1")
    assert ("每个账号按自己的速度" in page.text, "web.chat" in page.text) == (True, True)
    assert "看直播：汇报会" in page.text
    written = await browser.sends(f"{here}/write")
    assert "https://live.example/1" in written.text
    await browser.opens(here)
    planned = await browser.sends(f"{here}/plan")
    assert "✅" in planned.text
    [row] = desks.look(lambda session: session.exec(select(Announcement)).all())
    assert (row.state, row.link) == (AnnouncementState.APPROVED, f"event:{event}")
    assert "发出。" in planned.text
    core = await desks.desk_of(Role.CORE_MEMBER, GUICHENG)
    assert (await core.opens(here)).status == 403
    other = await desks.desk_of(Role.TOWN, SHISHAN)
    assert (await other.opens(here)).status == 404
