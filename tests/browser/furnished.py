"""The demo's Nanhai with what its desk would otherwise lack: letters, announcements, a poster.

The desk is driven over what people see in the demo, since long names and full lists are what
breaks a page. ``furnish`` tells which rows the addresses of pages name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

import demo
from demo import living
from models.announcements import announcements, streams
from models.announcements.announcements import AnnouncementState
from models.contests import fixtures, matches, sides, tournaments
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.parts import EntryPart
from models.desk import misses
from models.desk.misses import Miss
from models.desk.threads import Thread, ThreadKind, ThreadLine, ThreadState
from models.events import partnering, posters, questionnaire
from models.events.events import Event
from models.events.posters import Poster
from models.events.questionnaire import Added
from models.gala import polls, programme, screens, stage
from models.gala.lines import LineState, ScreenLine
from models.gala.polls import Poll
from models.hooks import keeping
from models.hooks.keeping import Kept
from models.loading.network import load, read
from models.network import partners, roles
from models.network.members import Address, Member
from models.network.partners import Part
from models.network.sealing import Sealing
from models.network.stations import Station
from models.rules.announcements.streaming import Stream
from models.rules.contests.states import Form
from models.rules.gala import polls as poll_rules
from models.rules.gala import running_order
from models.rules.gala.polls import Drafted
from models.rules.languages import Translated
from models.rules.network.audience import Audience
from models.rules.network.permissions import Role
from models.rules.sending.hook_kinds import HookKind
from models.rules.understanding.intents import Intent
from models.teams import teams
from tests.miniature.rows import CARE

NANHAI = Path(demo.__file__).parent / "nanhai.toml"

BOSS, CORE = "陈主任", "阿芳"
"""Who organizes the district, and who is a core member of Shishan."""


@dataclass(frozen=True, slots=True)
class Furnished:
    """``by_parameter`` is a row for each parameter of an address; the others are events.

    Its announcement has gone out, ``draft`` is one that is being written; ``reader`` organizes
    nothing.
    """

    by_parameter: Mapping[str, int | str]
    boss: int
    core: int
    reader: int
    draft: int
    drawn: int
    groups: int
    held: int
    queue: int


def furnish(session: Session, now: datetime) -> Furnished:
    """Fill an empty store."""
    load(session, read(NANHAI), CARE, now)
    living.live(session, CARE, now)
    boss = _organizer(session, BOSS, Role.DISTRICT, "nanhai", now)
    core = _organizer(session, CORE, Role.CORE_MEMBER, "shishan", now)
    reader = session.exec(select(Member).where(Member.name == "周晓彤")).one()
    tour = _event(session, living.TOUR)
    poster = posters.hang(session, tour.id, "饭堂门口", boss.id, now)
    assert isinstance(poster, Poster)
    asked = questionnaire.add(session, tour.id, questionnaire.of_ready("allergies"), boss.id, now)
    assert isinstance(asked, Added)
    thread, line = _letter(session, boss, now)
    unknown = [_miss(session, (boss, core), text, now) for text in ("哪里能打乒乓球", "有啥好玩的")]
    taught = misses.teach(session, unknown[1], Intent.EVENTS, boss.id, now)
    by_parameter: dict[str, int | str] = {
        "event": tour.id,
        "team": 1,
        "station": 2,
        "company": 1,
        "partner": _partner(session, tour, boss, now),
        "question": asked.question.id,
        "announcement": _announcement(session, boss, now, AnnouncementState.DONE),
        "thread": thread,
        "line": line,
        "answer": 1,
        "miss": unknown[0].id,
        "word": taught.id,
        "member": reader.id,
        "poster": poster.id,
        "kind": "pdf",
        "tournament": _tournament(session, boss, now),
        "stage": _contest(session, Form.STAGE),
        "award": _contest(session, Form.AWARD),
        "hook": _hook(session, boss, now),
        **_evening(session, tour, boss, now),
        **_call(session),
    }
    return Furnished(
        by_parameter,
        boss.id,
        core.id,
        reader.id,
        _announcement(session, boss, now, AnnouncementState.DRAFT),
        _event(session, living.DRAWN).id,
        _event(session, "board-games").id,
        _event(session, living.LESSONS[2]).id,
        _event(session, living.LESSONS[3]).id,
    )


def _call(session: Session) -> dict[str, int]:
    """The call of the demo, with the first picture that was handed in."""
    called = select(Contest).where(Contest.form == Form.CALL).order_by(col(Contest.id))
    contest = session.exec(called.limit(1)).one()
    part = session.exec(
        select(EntryPart)
        .join(Entry, col(Entry.id) == col(EntryPart.entry_id))
        .where(Entry.contest_id == contest.id, col(EntryPart.picture_id).is_not(None))
        .order_by(col(EntryPart.id))
        .limit(1)
    ).one()
    return {"contest": contest.id, "entry": part.entry_id, "part": part.id}


def _contest(session: Session, form: Form) -> int:
    """The newest contest of a form in the demo."""
    found = select(Contest.id).where(Contest.form == form).order_by(col(Contest.id).desc())
    return session.exec(found.limit(1)).one()


def _tournament(session: Session, boss: Member, now: datetime) -> int:
    """A tournament amid its table, with a score that both sides tell differently."""
    told = tournaments.Told(Translated("区厂际羽毛球团体赛"), promotes=2)
    station = session.exec(select(Station).where(Station.code == "nanhai")).one()
    row = tournaments.open_one(session, told, station.id, boss.id, now)
    for each in teams.browse(session, limit=5):
        sides.put_in(session, row.id, each, boss.id, now)
    fixtures.draw(session, row.id, "", boss.id, now)
    first, second, *_ = fixtures.of_tournament(session, row.id)
    matches.decide(session, first.id, 3, 1, "记录表", boss.id, now)
    matches.set_time(session, second.id, now + timedelta(days=3), "狮山体育馆", boss.id, now)
    return row.id


def _evening(session: Session, event: Event, boss: Member, now: datetime) -> dict[str, int]:
    """A programme, a screen with lines and questions, and a poll that is a draft."""
    text = "开场舞 | 木棉队 | 6 | 灯光全开，等音乐停了再上台\n合唱《十年》 | 五家企业 | 5"
    items = running_order.read(text)
    drafted = poll_rules.read("最佳节目", "哪个节目最好？\n- 开场舞\n- 合唱《十年》")
    assert isinstance(items, list)
    assert isinstance(drafted, Drafted)
    screens.open_one(session, event.id, boss.id, now)
    rows = programme.add(session, event.id, items, boss.id, now)
    programme.go_on(session, event.id, boss.id, now, seen=None)
    poll = polls.write(session, event.id, drafted, boss.id, now)
    assert isinstance(poll, Poll)
    for words, state in (("木棉队加油", LineState.WAITING), ("太好看了", LineState.SHOWN)):
        session.add(
            ScreenLine(event_id=event.id, member_id=boss.id, words=words, state=state, at=now)
        )
    stage.ask(session, event.id, boss, "明年还办吗？", now)
    told = [
        Stream("南海融媒", "https://live.example/1"),
        Stream("区总视频号", "https://v.example/2"),
    ]
    streams.name(session, event.id, told, boss.id, now)
    session.flush()
    return {"item": rows[0].id, "poll": poll.id}


def _organizer(session: Session, name: str, role: Role, station: str, now: datetime) -> Member:
    made = Member(name=name, language="zh", consented_at=now, created_at=now)
    session.add(made)
    session.flush()
    external = str(made.id)
    session.add(
        Address(member_id=made.id, account="telegram.nanhai", external=external, created_at=now)
    )
    place = session.exec(select(Station).where(Station.code == station)).one()
    roles.give(session, made.id, role, place, now)
    return made


def _event(session: Session, code: str) -> Event:
    found = select(Event).where(col(Event.code).startswith(code))
    return session.exec(found.order_by(col(Event.id)).limit(1)).one()


def _letter(session: Session, boss: Member, now: datetime) -> tuple[int, int]:
    """A question with an answer of the organizer, on which the member goes on."""
    at = now - timedelta(hours=5)
    asks = Member(name="黄小燕", station_id=2, consented_at=at, created_at=at)
    session.add(asks)
    session.flush()
    thread = Thread(
        kind=ThreadKind.QUESTION,
        member_id=asks.id,
        station_id=2,
        chosen_station_id=2,
        asked_station_id=2,
        with_name=True,
        state=ThreadState.WAITING,
        opened_at=at,
        last_at=now,
        waits_since=now,
    )
    session.add(thread)
    session.flush()
    said = (
        (
            "下班晚，迟到二十分钟还进得去吗？厂里周五七点半才下班，赶过来要八点。",
            None,
        ),
        ("进得去，从后门轻轻进来就好，给你留座。", boss.id),
        ("那太好了，谢谢！能带一个同事吗？", None),
    )
    numbers = []
    for minutes, (text, by) in enumerate(said):
        line = ThreadLine(
            thread_id=thread.id,
            text=text,
            is_answer=by is not None,
            by_member_id=by,
            at=at + timedelta(minutes=minutes),
        )
        session.add(line)
        session.flush()
        numbers.append(line.id)
    return thread.id, numbers[1]


def _hook(session: Session, boss: Member, now: datetime) -> int:
    """A program that is told of sign-ups, and has a test on its way."""
    ((grant, _station),) = roles.grants_of(session, boss.id, now)
    care = replace(CARE, sealing=Sealing((b"k" * 32,)))
    url, kinds = "https://screen.nanhai.example/told", (HookKind.SIGN_UP, HookKind.THREAD)
    made = keeping.make(session, grant.id, url, kinds, boss.id, care, now)
    assert isinstance(made, Kept)
    keeping.test(session, made.hook.id, boss.id, now)
    return made.hook.id


def _miss(session: Session, writers: Sequence[Member], text: str, now: datetime) -> Miss:
    """A text that several people wrote, so that organizers see it."""
    for each in writers:
        misses.note(session, text, "zh", each.id, now)
    return session.exec(select(Miss).where(Miss.text == text)).one()


def _announcement(session: Session, boss: Member, now: datetime, state: AnnouncementState) -> int:
    station = session.get_one(Station, 1)
    row = announcements.draft(session, station, boss.id, now, audience=Audience(stations=(2,)))
    row.text = "周六羽毛球赛还有空位，带上球拍就能来。停车请走东门，自行车可以骑进来。"
    row.state = state
    session.add(row)
    session.flush()
    return row.id


def _partner(session: Session, event: Event, boss: Member, now: datetime) -> int:
    """A partner of the event's place, which teaches there."""
    told = partners.Told(Translated("南海青少年宫"), (Part.TEACHES,))
    row = partners.add(session, event.station_id, told, boss.id, now)
    partnering.choose(session, event.id, [(row.id, Part.TEACHES)], boss.id, now)
    return row.id
