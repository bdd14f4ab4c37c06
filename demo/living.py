"""People of the demo: what was held before it was first started, and a tour on the day.

An empty station shows no queue that moves, no certificate and nobody at the door. So the first
start tells three weeks of one, by the verbs that people use, each at its time; nobody of them has
a chat, and a personal code (``yizhan codes guicheng``) makes whoever sends it one of them. Each
start sees that there is a tour on its day.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path

from sqlmodel import Session, col, select

from demo import calling, competing, evening, voting
from models.events import (
    absences,
    checking_in,
    drawing,
    draws,
    feedback,
    helping,
    issuing,
    photos,
    pictures,
    repeating,
    signups,
    stops,
)
from models.events.events import Event, Signup, SignupState
from models.events.groups import Mode, Series
from models.loading import network as loading
from models.network import members
from models.network.members import Member
from models.network.stations import Care
from models.rules.dates import repeats
from models.rules.events.feedback import ask_at

HERE = Path(__file__).parent
EARLIER, TODAY = HERE / "earlier.toml", HERE / "today.toml"
TOLD = timedelta(days=22)
"""How long before the first start the story begins, from whose day earlier.toml counts."""

LESSONS = [f"phone-photos-{number}" for number in range(1, 5)]
COURSE = [f"cantonese-{number}" for number in range(1, 4)]
GALA = "stars-gala"
DRAWN, WEEKLY, TOUR = "lantern-making", "lake-walk", "aluminium-tour"

PUBLIC_NUMBER, DIGITS = "桂城站大厅摇号：三个球", "417"
SAID = (
    (5, "夜景原来要把手机靠稳，回去就拍成了。"),
    (5, "老师一个一个看，问什么都答。"),
    (4, "时间短了点，想再走一圈。"),
    (5, ""),
    (3, "人多，站后面听不清。"),
    (4, "照片发出来给家里看了。"),
)
"""Stars and sentences about the last lesson, in the order of those who came."""

EARLIEST, LATEST = 8, 22
"""From which hour of the day the tour may begin, and before which."""

GATHER, LASTS = timedelta(minutes=20), timedelta(hours=2, minutes=30)


def live(session: Session, care: Care, now: datetime) -> None:
    """Tell what is missing of the story; a second start of a day finds nothing missing."""
    if _event(session, LESSONS[0]) is None:
        _earlier(session, care, now)
    _tour(session, care, now)
    calling.call(session, _people(session), now)
    if (gala := _event(session, GALA)) is not None:
        evening.live(session, gala, _people(session), now)
    competing.compete(session, care, now)
    voting.vote(session, _people(session), care, now)


# Three weeks


def _earlier(session: Session, care: Care, now: datetime) -> None:
    told = now - TOLD
    report = loading.load(session, loading.read(EARLIER), care, told)
    assert not report.problems, report.problems
    people = _people(session)
    events = [_event(session, code) for code in LESSONS]
    for turn, event in enumerate(filter(None, events)):
        # Each time others are the first.
        order = people[turn:] + people[:turn]
        is_over = event.ends_at < now
        _fill(session, event, order[: 11 if is_over else 9], care, told + timedelta(hours=turn))
        if is_over:
            _hold(session, event, order[-1], care)
    _say_how_it_was(session, care)
    _draw(session, people[:10], care, told)
    _course(session, people[4:9], care, told)
    weekly = _event(session, WEEKLY)
    assert weekly is not None
    _fill(session, weekly, people[6:], care, told)
    rule = repeats.weekly(weekly.starts_at, care.zone)
    repeating.begin(session, weekly.id, rule, None, care, told)
    repeating.publish_due(session, now, care)


def _fill(session: Session, event: Event, people: list[Member], care: Care, at: datetime) -> None:
    """Let people sign up one after the other; those behind the seats wait."""
    for member in people:
        signups.sign_up(session, event.id, members.without_address(member), care, at)


def _give_up(
    session: Session, event: Event, people: list[Member], care: Care, at: datetime
) -> None:
    """Let people give their seats up, and the next of the queue take them."""
    for member in people:
        signups.give_up(session, event.id, member.id, care, at)
        # Nobody of them can be asked, so the seat is for the first who asks.
        first = _claims(session, event, SignupState.WAITING)[0]
        who = members.without_address(session.get_one(Member, first.member_id))
        signups.sign_up(session, event.id, who, care, at + timedelta(minutes=40))


def _hold(session: Session, event: Event, helper: Member, care: Care) -> None:
    """Let two give up the day before, all but one come and one help; and issue certificates."""
    claims = _claims(session, event, SignupState.SEATED)
    leaving = [session.get_one(Member, each.member_id) for each in claims[:2]]
    _give_up(session, event, leaving, care, event.starts_at - timedelta(days=1))
    came = _claims(session, event, SignupState.SEATED)[:-1]
    for claim in came:
        checking_in.check_in(session, event, claim, None, event.starts_at)
    helping.give(session, event.id, helper.id, None, event.starts_at - timedelta(hours=1))
    over = event.ends_at + timedelta(hours=12)
    absences.mark_absent(session, over)
    minutes = int((event.ends_at - event.starts_at).total_seconds()) // 60
    issuing.issue(session, event.id, minutes, None, care.zone, over)


def _say_how_it_was(session: Session, care: Care) -> None:
    """Answer about the last lesson that was held, and send its photos."""
    event = _event(session, LESSONS[2])
    assert event is not None
    at = ask_at(event.ends_at, care.zone)
    event.feedback_asked_at = at
    for claim, (stars, words) in zip(
        _claims(session, event, SignupState.ATTENDED), SAID, strict=False
    ):
        assert claim.member_id is not None
        feedback.rate(session, event.id, claim.member_id, stars, at)
        if words:
            feedback.say(session, event.id, claim.member_id, words, at)
    content = [(HERE / "pictures" / f"evening-{each}.png").read_bytes() for each in (1, 2)]
    kept = [pictures.keep(session, each, "image/png", None, at) for each in content]
    photos.send(session, event.id, kept, None, at)


def _draw(session: Session, people: list[Member], care: Care, told: datetime) -> None:
    """Let people enter a draw with a public number, and draw it when it has closed."""
    event = _event(session, DRAWN)
    assert event is not None
    draws.name_number(session, event.id, PUBLIC_NUMBER, None, told)
    _fill(session, event, people, care, told + timedelta(hours=3))
    closed = event.closes_at + timedelta(minutes=1)
    _take_steps(session, care, closed)
    draws.enter_number(session, event.id, DIGITS, None, closed + timedelta(hours=1))
    _take_steps(session, care, closed + timedelta(hours=1))


def _take_steps(session: Session, care: Care, at: datetime) -> None:
    while (step := drawing.look(session, at)) is not None:
        drawing.take(session, at, step, care)
        session.flush()


def _course(session: Session, people: list[Member], care: Care, told: datetime) -> None:
    """Make a course of its dates, and sign some people up for all of it and some for one."""
    dates = [each for each in (_event(session, code) for code in COURSE) if each is not None]
    course = Series(code=COURSE[0], station_id=dates[0].station_id, mode=Mode.BOTH)
    session.add(course)
    session.flush()
    for event in dates:
        event.series_id = course.id
    session.flush()
    for turn, event in enumerate(dates):
        _fill(session, event, people[turn:], care, told + timedelta(hours=5 + turn))


# The day


def _tour(session: Session, care: Care, now: datetime) -> None:
    """Publish a tour that begins within the hours in which people are checked in.

    Some people get on at its first stop, some at its second, and two are there already.
    """
    if session.exec(
        select(Event.id).where(col(Event.code).startswith(TOUR), col(Event.ends_at) > now)
    ).first():
        return
    begins = _begins(now.astimezone(care.zone))
    first, second = (f"{begins - GATHER * each:%-H:%M}" for each in (2, 1))
    sheets = loading.read(TODAY)
    [row] = sheets.rows["events"]
    code = f"{TOUR}-{begins:%Y%m%d}"
    when = {
        "code": code,
        "day": f"{begins:%Y-%m-%d}",
        "time": f"{begins:%H:%M}",
        "until": f"{begins + LASTS:%H:%M}",
        "meet": f"{first} 大沥站；{second} 桂城站",
        "meet_en": f"{first} Dali station; {second} Guicheng station",
    }
    sheets.rows["events"] = [replace(row, values={**row.values, **when})]
    report = loading.load(session, sheets, care, now)
    assert not report.problems, report.problems
    event = _event(session, code)
    assert event is not None
    people = _people(session)[4:]
    _fill(session, event, people, care, now)
    names: Iterator[str] = cycle(each.name for each in stops.of(event))
    for member in people:
        stops.choose(session, event.id, member.id, next(names), care, now)
    for claim in _claims(session, event, SignupState.SEATED)[:2]:
        checking_in.check_in(session, event, claim, None, now)


def _begins(now: datetime) -> datetime:
    """Return when the tour of a day begins: soon, or in the morning where it is night."""
    soon = (now + timedelta(minutes=90)).replace(minute=0, second=0, microsecond=0)
    if EARLIEST <= soon.hour < LATEST:
        return soon
    morning = soon.replace(hour=EARLIEST)
    return morning if morning > now else morning + timedelta(days=1)


# Reading


def _event(session: Session, code: str) -> Event | None:
    return session.exec(select(Event).where(Event.code == code)).first()


def _people(session: Session) -> list[Member]:
    """Return the people of the story in whose place nobody has come yet."""
    named = [str(row.values["name"]) for row in loading.read(EARLIER).rows["members"]]
    query = select(Member).where(
        col(Member.name).in_(named), Member.loaded_as != "", col(Member.consented_at).is_(None)
    )
    return list(session.exec(query.order_by(col(Member.id))))


def _claims(session: Session, event: Event, state: SignupState) -> list[Signup]:
    """Return the claims on an event in a state, in their order, as they are stored now."""
    session.expire_all()
    query = select(Signup).where(Signup.event_id == event.id, Signup.state == state)
    return list(session.exec(query.order_by(col(Signup.turn), col(Signup.id))))
