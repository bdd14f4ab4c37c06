"""An award is decided: proposed, published for objections, decided by a second person.

Both need DECIDE_AWARD at the award's station, and the verbs raise ``roles.NotAllowed`` without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Field, Session, SQLModel, col, select

from models.contests import awards, nominations
from models.contests.awards import Award, NotDone, WhyNot
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.laureates import Laureate
from models.contests.nominations import Nomination
from models.desk import telling
from models.desk.telling import TooMany
from models.desk.threads import Thread, ThreadKind, ThreadState
from models.events.certificates import CertificateRegister
from models.network import audit, registers, roles, stations
from models.network.members import Caller
from models.network.stations import Care, Station
from models.rules.contests import awarding
from models.rules.contests.awarding import Lack
from models.rules.contests.states import ContestState
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.sending.deliveries import A_WEEK, Plan
from models.store import Moment

PUBLIC_AFTER = timedelta(hours=2)
"""How long after those concerned everybody learns of a decision."""


class AwardObjection(SQLModel, table=True):
    """An objection to a proposed laureate: a thread with the organizers of the award."""

    __tablename__ = "award_objection"

    id: int = Field(default=None, primary_key=True)
    nomination_id: int = Field(foreign_key="nomination.id", index=True)
    thread_id: int = Field(foreign_key="thread.id", unique=True)
    at: Moment


@dataclass(frozen=True, slots=True)
class Proposed:
    """The laureates are published; objections are taken until the award's ``notice_until``."""

    award: Award


@dataclass(frozen=True, slots=True)
class Decided:
    award: Award
    laureates: tuple[Laureate, ...]


@dataclass(frozen=True, slots=True)
class Lacking:
    """What stands against the decision."""

    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """An objection was passed on to those who decide."""

    thread: Thread


def propose(
    session: Session, contest_id: int, nomination_ids: Sequence[int], by: int | None, now: Moment
) -> Proposed | NotDone:
    """Propose laureates, the first place first, and open the public notice."""
    contest, row = _locked(session, contest_id, by, now)
    if row.decided_at is not None:
        return NotDone(WhyNot.IS_PROPOSED)
    if not 0 < len(nomination_ids) <= row.places:
        return NotDone(WhyNot.TOO_MANY)
    found = {each.id: each for each, _entry in nominations.of_contest(session, contest_id)}
    chosen = [found[number] for number in nomination_ids if number in found]
    is_fit = all(each.is_shortlisted and each.consented_at is not None for each in chosen)
    if len(chosen) != len(set(nomination_ids)) or not is_fit:
        return NotDone(WhyNot.NOT_SHORTLISTED)
    for each in found.values():
        each.place = chosen.index(each) + 1 if each in chosen else None
    session.add_all(found.values())
    row.proposed_by, row.proposed_at = by, now
    row.notice_until = now + timedelta(days=row.notice_days)
    session.add(row)
    if contest.state is ContestState.OPEN:
        contest.state = ContestState.CLOSED
        session.add(contest)
    session.flush()
    _record(session, contest, by, now, "laureates proposed", places=len(nomination_ids))
    for each in chosen:
        _tell(session, each, "award-proposed", now)
    return Proposed(row)


def object_to(
    session: Session,
    nomination_id: int,
    text: str,
    caller: Caller,
    care: Care,
    now: Moment,
    *,
    with_name: bool,
) -> Kept | TooMany | NotDone:
    """Object to a proposed laureate, with or without a name, while the notice lasts.

    It goes to the organizers of the award, never to those of the place that it is about.
    """
    found = nominations.get(session, nomination_id)
    if found is None:
        return NotDone(WhyNot.NOT_OPEN)
    nomination, _entry, contest = found
    row = awards.lock(session, contest.id)
    is_open = row.notice_until is not None and now < row.notice_until
    if nomination.place is None or row.decided_at is not None or not is_open:
        return NotDone(WhyNot.NOT_OPEN)
    told = telling.tell(
        *(session, caller, text, care, now),
        kind=ThreadKind.REPORT,
        desk=stations.desk_of(session, contest.station_id) or stations.district(session),
        with_name=with_name,
    )
    if isinstance(told, TooMany):
        return told
    session.add(
        AwardObjection(
            nomination_id=nomination_id, thread_id=told.thread.id, at=told.thread.opened_at
        )
    )
    session.flush()
    return Kept(told.thread)


def decide(
    session: Session, contest_id: int, by: int | None, zone: ZoneInfo, now: Moment
) -> Decided | Lacking:
    """Decide an award as it was proposed; another one than who proposed it does.

    Those concerned are told at once, and everybody after ``PUBLIC_AFTER``.
    """
    contest, row = _locked(session, contest_id, by, now)
    lacks = lacks_of(session, row, by, now)
    if row.decided_at is not None or lacks:
        return Lacking(lacks or (Lack.PROPOSAL,))
    row.decided_by, row.decided_at, row.public_at = by, now, now + PUBLIC_AFTER
    contest.state, contest.decided_at = ContestState.DECIDED, row.public_at
    session.add_all((row, contest))
    made = _make_laureates(session, contest, row, zone, now)
    _record(session, contest, by, now, "award decided", laureates=len(made))
    won = {each.code for each in made}
    for nomination, entry in nominations.of_contest(session, contest_id):
        if nomination.consented_at is None:
            continue
        topic = "award-won" if entry.code in won else "award-not-won"
        _tell(session, nomination, topic, now)
        if nomination.by_member_id not in (None, nomination.asked_member_id):
            _tell(session, nomination, "award-nominator", now, to=nomination.by_member_id)
    return Decided(row, tuple(made))


def _make_laureates(
    session: Session, contest: Contest, row: Award, zone: ZoneInfo, now: Moment
) -> list[Laureate]:
    proposed = nominations.shown(session, contest.id)
    station = session.get_one(Station, contest.station_id)
    year = registers.year_of(now, zone)
    numbers = registers.take(session, CertificateRegister, station, year, len(proposed))
    made = [
        Laureate(
            contest_id=contest.id,
            station_id=contest.station_id,
            year=contest.year,
            of=row.of,
            title=contest.title,
            code=entry.code,
            place=nomination.place or 0,
            name=nomination.shown_name,
            member_id=_person(nomination),
            of_station_id=nomination.station_id,
            team_id=nomination.team_id,
            number=number,
            decided_at=now,
            public_at=now + PUBLIC_AFTER,
        )
        for (nomination, entry), number in zip(proposed, numbers, strict=True)
    ]
    session.add_all(made)
    session.flush()
    return made


def _person(nomination: Nomination) -> int | None:
    is_person = nomination.station_id is None and nomination.team_id is None
    return nomination.asked_member_id if is_person else None


# Reading


def lacks_of(session: Session, row: Award, by: int | None, now: Moment) -> tuple[Lack, ...]:
    """Return what stands against a decision by this member now."""
    return awarding.lacks(
        proposed_by=row.proposed_by,
        notice_until=row.notice_until,
        waiting=waiting(session, row.contest_id, now),
        decider=by,
        now=now,
    )


def objections(session: Session, contest_id: int) -> Sequence[tuple[AwardObjection, Thread]]:
    """Return the objections to an award with their threads, the first first."""
    return session.exec(
        select(AwardObjection, Thread)
        .join(Thread, col(Thread.id) == col(AwardObjection.thread_id))
        .join(Nomination, col(Nomination.id) == col(AwardObjection.nomination_id))
        .join(Entry, col(Entry.id) == col(Nomination.entry_id))
        .where(Entry.contest_id == contest_id)
        .order_by(col(AwardObjection.id))
    ).all()


def waiting(session: Session, contest_id: int, now: Moment) -> int:
    """Return how many objections nobody has answered yet."""
    return sum(
        thread.state is ThreadState.WAITING and thread.member_id is not None
        for _objection, thread in objections(session, contest_id)
    )


def _locked(
    session: Session, contest_id: int, by: int | None, now: Moment
) -> tuple[Contest, Award]:
    contest = session.get_one(Contest, contest_id, with_for_update=True, populate_existing=True)
    roles.require(session, by, Act.DECIDE_AWARD, contest.station_id, now)
    return contest, awards.lock(session, contest_id)


def _record(
    session: Session, contest: Contest, by: int | None, now: Moment, what: str, **details: object
) -> None:
    about, place = f"contest:{contest.id}", contest.station_id
    audit.record(session, by, Act.DECIDE_AWARD, about, now, station_id=place, what=what, **details)


def _tell(
    session: Session, row: Nomination, topic: str, now: Moment, *, to: int | None = None
) -> None:
    member_id = to or row.asked_member_id
    if member_id is None:
        return
    plan = Plan(
        key=f"{topic}:{row.id}:{member_id}:{now:%Y%m%d%H%M%S}",
        member_id=member_id,
        topic=topic,
        facts={"nomination_id": row.id},
        due_at=now,
        expires_at=now + 2 * A_WEEK,
    )
    deliveries.plan_all(session, [plan], now)
