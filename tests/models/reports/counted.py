"""A small network whose autumn can be counted by hand.

October: a lecture at the company (2 hours; 6 seats, 5 came, 1 did not) and a match in Shishan to
which two of the five came. November: a lecture in Guicheng where nobody was checked in, so the
three with a seat count, one of them there for the first time; one that was cancelled; one of an
evening to come. Before, in September, one had been to a visit in Guicheng.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from models.desk.threads import Thread, ThreadLine, ThreadState
from models.events.certificates import Certificate
from models.events.events import Category, Event, EventState, Kind, Signup, SignupState
from models.events.feedback import Feedback
from models.events.partnering import EventPartner
from models.network import roles
from models.network.members import Member
from models.network.partners import Part, Partner
from models.network.stations import Enterprise, Station
from models.rules.network.permissions import Role
from models.rules.teams.joining import TeamState
from tests.miniature.rows import ZONE, event, network, team

DISTRICT, GUICHENG, SHISHAN, COMPANY = 1, 2, 3, 4
ANA, BEN, CAI, DAN, EVA, FAN = range(1, 7)
MAYOR, BOSS, NOBODY = 7, 8, 9

CAME, ABSENT, SEATED = SignupState.ATTENDED, SignupState.NO_SHOW, SignupState.SEATED


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZONE)


def furnish(session: Session, now: datetime) -> None:
    network(session)
    session.add(Enterprise(code="zhaoxin", name="昭信集团"))
    session.flush()
    session.get_one(Station, COMPANY).enterprise_id = 1
    for number in range(1, 10):
        session.add(Member(id=number, name=f"人{number}", created_at=at(1, 1)))
    session.flush()
    roles.give(session, MAYOR, Role.DISTRICT, session.get_one(Station, DISTRICT), at(1, 1))
    roles.give(session, BOSS, Role.CONTACT_POINT, session.get_one(Station, COMPANY), at(1, 1))
    _teams(session)
    _events(session)
    _letters(session)


def _teams(session: Session) -> None:
    session.add(team(code="old", name="老队"))
    session.add(team(code="new", name="新队", since=at(10, 20)))
    session.add(team(code="asked", name="还没批", state=TeamState.WAITING, since=at(10, 1)))
    session.add(
        team(code="club", name="社团", station_id=COMPANY, enterprise_id=1, since=at(11, 2))
    )
    shishan, point = (session.get_one(Station, each) for each in (SHISHAN, COMPANY))
    # One person with the role at two places, one whose role has ended since.
    for station in (shishan, point):
        roles.give(session, ANA, Role.CORE_MEMBER, station, at(10, 5))
    roles.give(session, BEN, Role.CORE_MEMBER, shishan, at(9, 1), until=at(11, 10))


def _events(session: Session) -> None:
    visit = _held(session, "visit", at(9, 20), GUICHENG, Kind.TOUR, Category.CAREER)
    _claims(session, visit, {ANA: CAME})
    lecture = _held(session, "lecture", at(10, 8), COMPANY, Kind.LECTURE, Category.CAREER, seats=6)
    _claims(session, lecture, {ANA: CAME, BEN: CAME, CAI: CAME, DAN: CAME, EVA: CAME, FAN: ABSENT})
    lecture.held = 6
    for stars in (5, 5, 4, 4, 4, 1):
        session.add(Feedback(event_id=lecture.id, stars=stars))
    palace = Partner(station_id=DISTRICT, name="青少年宫", parts="teaches hosts", since=at(1, 1))
    lamps = Partner(station_id=SHISHAN, name="灯具协会", parts="sponsors", since=at(10, 1))
    session.add_all((palace, lamps))
    session.flush()
    match = _held(session, "match", at(10, 31, 23), SHISHAN, Kind.CONTEST, Category.CULTURE)
    _claims(session, match, {ANA: CAME, BEN: CAME})
    for held, partner, part in (
        (lecture, palace, Part.TEACHES),
        (lecture, palace, Part.HOSTS),
        (lecture, lamps, Part.SPONSORS),
        (match, lamps, Part.SPONSORS),
        (visit, palace, Part.TEACHES),
    ):
        session.add(EventPartner(event_id=held.id, partner_id=partner.id, part=part))
    talk = _held(session, "talk", at(11, 5), GUICHENG, Kind.LECTURE, Category.THOUGHT)
    _claims(session, talk, {ANA: SEATED, BEN: SEATED, FAN: SEATED})
    session.add(Signup(event_id=talk.id, name="老李", state=SEATED, at=at(11, 1), by_member_id=ANA))
    off = _held(session, "off", at(11, 8), GUICHENG, state=EventState.CANCELLED)
    _claims(session, off, {NOBODY: SEATED})
    coming = _held(session, "coming", at(12, 24), GUICHENG)
    _claims(session, coming, {NOBODY: SEATED})
    for number, issued in enumerate((at(10, 9), at(10, 9), at(11, 6))):
        session.add(
            Certificate(
                station_id=COMPANY,
                number=f"n{number}",
                event_id=lecture.id,
                member_id=ANA + number,
                issued_at=issued,
                revoked_at=issued if number == 1 else None,
            )
        )
    session.flush()


def _held(
    session: Session,
    code: str,
    starts_at: datetime,
    station_id: int,
    kind: Kind = Kind.SESSION,
    category: Category = Category.LIFE,
    **changed: Any,
) -> Event:
    row = event(
        code, code, starts_at, station_id=station_id, kind=kind, category=category, **changed
    )
    session.add(row)
    session.flush()
    return row


def _claims(session: Session, row: Event, states: dict[int, SignupState]) -> None:
    for member_id, state in states.items():
        session.add(Signup(event_id=row.id, member_id=member_id, state=state, at=at(9, 1)))
    session.flush()


def _letters(session: Session) -> None:
    """Two in October, answered after an hour and after three days; one in November that waits."""
    for opened_at, wait in ((at(10, 10), 1), (at(10, 11), 72), (at(11, 11), None)):
        thread = Thread(
            member_id=CAI,
            station_id=SHISHAN,
            state=ThreadState.WAITING if wait is None else ThreadState.ANSWERED,
            opened_at=opened_at,
            last_at=opened_at,
        )
        session.add(thread)
        session.flush()
        session.add(ThreadLine(thread_id=thread.id, text="?", at=opened_at))
        if wait is not None:
            for later in (wait, wait + 5):
                moment = opened_at + timedelta(hours=later)
                line = ThreadLine(thread_id=thread.id, is_answer=True, text="!", at=moment)
                session.add(line)
    session.flush()
