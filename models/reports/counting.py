"""The queries of an account, each of the whole network or of one station and all below it.

They read a million claims in some 0.4 seconds, so they run on a snapshot and never in a transaction
that writes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, String, and_, case, cast, func, or_, type_coerce
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, select

from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.laureates import Laureate
from models.desk.threads import Thread, ThreadLine, ThreadState
from models.events.certificates import Certificate
from models.events.events import HIDDEN, Event, EventState, Kind, Signup, SignupState
from models.events.feedback import Feedback
from models.events.history import TOOK_PART
from models.events.partnering import EventPartner
from models.network.members import Member
from models.network.partners import Partner
from models.network.roles import Grant
from models.network.stations import Station, StationKind
from models.rules.contests.states import ContestState
from models.rules.events import attending
from models.rules.languages import Translated
from models.rules.network.floors import STEP
from models.rules.network.permissions import Role
from models.rules.reports.figures import (
    BEFORE,
    ELSEWHERE,
    NOW,
    Attendance,
    Contested,
    Held,
    Letters,
    Network,
)
from models.rules.reports.periods import Period
from models.rules.teams.joining import TeamState
from models.store import Moment, table_of
from models.teams.teams import Team

LEARNING = (Kind.LECTURE, Kind.TRAINING)
"""Kinds of events whose hours are hours learnt."""

COUNTED = (*TOOK_PART, SignupState.NO_SHOW)
NOT_HELD = (*HIDDEN, EventState.CANCELLED)

STATIONS, EVENTS, CLAIMS = (table_of(each) for each in (Station, Event, Signup))
FEEDBACK, CERTIFICATES = table_of(Feedback), table_of(Certificate)
THREADS, LINES = table_of(Thread), table_of(ThreadLine)


@dataclass(frozen=True, slots=True)
class Came:
    """The claims on an event that say who was there: ``members`` by their numbers, ``3,17``."""

    members: str = ""
    came: int = 0
    absent: int = 0

    def ids(self) -> list[int]:
        # JSON is read twice as fast as int() reads each of them.
        found: list[int] = orjson.loads(f"[{self.members}]")
        return found


NOBODY_CAME = Came()


@dataclass(frozen=True, slots=True)
class Tree:
    """The stations by number: their ``paths``, and to which enterprises they belong."""

    paths: Mapping[int, str]
    employers: Mapping[int, int | None]

    def place_of(self, station_id: int, top: Station) -> int:
        """The station right below ``top`` to which this one belongs; ``top`` where it is that."""
        below = self.paths[station_id].removeprefix(top.path)
        return int(below.partition("/")[0]) if below else top.id


def tree(session: Session) -> Tree:
    rows = session.execute(columns_of(STATIONS.c.id, STATIONS.c.path, STATIONS.c.enterprise_id))
    found = rows.all()
    return Tree({each.id: each.path for each in found}, {e.id: e.enterprise_id for e in found})


# Events and who came


def events(
    session: Session, network: Tree, top: Station, period: Period, now: Moment
) -> Iterator[tuple[int, Held | None, Came]]:
    """Give every event anywhere that is over and began before the period ends, the earliest first.

    For each comes what it counts for, itself where it counts, and who was there.
    """
    before, ends = period.before, period.ends
    begins, begins_before, ends_before = period.begins, before.begins, before.ends
    is_counted = (
        EVENTS.c.state.not_in(NOT_HELD),
        EVENTS.c.ends_at <= now,
        EVENTS.c.starts_at < ends,
    )
    came = _came(session, columns_of(EVENTS.c.id).where(*is_counted))
    told = _stars(session, top, begins_before)
    partners = _partners(session, top, begins_before)
    rows = session.execute(
        columns_of(
            EVENTS.c.id,
            EVENTS.c.station_id,
            type_coerce(EVENTS.c.category, String),
            type_coerce(EVENTS.c.kind, String),
            EVENTS.c.starts_at,
            EVENTS.c.ends_at,
            EVENTS.c.seats,
            EVENTS.c.held,
        )
        .where(*is_counted)
        .order_by(EVENTS.c.starts_at, EVENTS.c.id)
    )
    for event_id, station_id, category, kind, starts_at, ends_at, seats, taken in rows:
        who = came.get(event_id, NOBODY_CAME)
        is_now, is_before = starts_at >= begins, begins_before <= starts_at < ends_before
        if not (is_now or is_before) or not network.paths[station_id].startswith(top.path):
            yield ELSEWHERE, None, who
            continue
        answers, stars = told.get(event_id, (0, 0))
        this = Held(
            event_id,
            station_id,
            network.place_of(station_id, top),
            network.employers[station_id],
            category,
            kind,
            starts_at,
            starts_at.astimezone(period.zone).date(),
            seats,
            taken,
            who.came,
            who.absent,
            attending.minutes_of(starts_at, ends_at) if kind in LEARNING else 0,
            answers,
            stars,
            tuple(partners.get(event_id, ())),
        )
        yield (NOW if is_now else BEFORE), this, who


def attendance(session: Session) -> Attendance:
    """Return the counting of people, with room for every member."""
    return Attendance(session.exec(select(func.max(Member.id))).one() or 0)


def _came(session: Session, events: Any) -> dict[int, Came]:
    """Return who was at these events and who was not, from the index ``signup_queue`` alone.

    Members come as one text an event and state: that is a fifth of the work of a row each.
    """
    state = type_coerce(CLAIMS.c.state, String)
    members = func.aggregate_strings(cast(CLAIMS.c.member_id, String), ",")
    rows = session.execute(
        columns_of(CLAIMS.c.event_id, state, func.count(), members)
        .where(CLAIMS.c.event_id.in_(events), CLAIMS.c.state.in_(COUNTED))
        .group_by(CLAIMS.c.event_id, state)
    )
    found: dict[int, Came] = {}
    for event_id, how, number, ids in rows:
        was = found.get(event_id, NOBODY_CAME)
        if how == SignupState.NO_SHOW:
            found[event_id] = Came(was.members, was.came, number)
        else:
            both = ",".join(filter(None, (was.members, ids)))
            found[event_id] = Came(both, was.came + number, was.absent)
    return found


def _stars(session: Session, top: Station, since: Moment) -> dict[int, tuple[int, int]]:
    """Return by event how many answers are told of it, and the sum of their stars.

    That is what ``models.rules.events.feedback.shown`` shows of each: full fives alone. So the
    sums of any events tell of nobody.
    """
    event_id = FEEDBACK.c.event_id
    concerned = _since_then(top, since)
    given = (
        columns_of(
            event_id,
            FEEDBACK.c.stars,
            func.row_number().over(partition_by=event_id, order_by=FEEDBACK.c.id).label("place"),
            func.count().over(partition_by=event_id).label("all"),
        )
        .where(event_id.in_(concerned))
        .subquery()
    )
    rows = session.execute(
        columns_of(given.c.event_id, func.count(), func.sum(given.c.stars))
        .where(given.c.place <= given.c.all - given.c.all % STEP)
        .group_by(given.c.event_id)
    )
    return {number: (answers, int(stars)) for number, answers, stars in rows}


def _partners(session: Session, top: Station, since: Moment) -> dict[int, list[tuple[int, str]]]:
    """Return the partners by event, each with what it does."""
    partner_id, part = col(EventPartner.partner_id), type_coerce(col(EventPartner.part), String)
    rows = session.execute(
        columns_of(col(EventPartner.event_id), partner_id, part)
        .where(col(EventPartner.event_id).in_(_since_then(top, since)))
        .order_by(partner_id)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for event_id, number, does in rows:
        found.setdefault(event_id, []).append((number, does))
    return found


def _since_then(top: Station, since: Moment) -> Any:
    """Return the query of the events of a station and below that began since."""
    return columns_of(EVENTS.c.id).where(EVENTS.c.starts_at >= since, here(Event, top))


# The network


def teams_by_place(
    session: Session, network: Tree, top: Station, at: Moment
) -> dict[int, tuple[int, int]]:
    """Return teams and clubs that there were at a moment, by the place to which they belong."""
    rows = session.execute(
        columns_of(col(Team.station_id), col(Team.enterprise_id).is_not(None), func.count())
        .where(_was_active(at), _since(col(Team.since), at), here(Team, top))
        .group_by(col(Team.station_id), col(Team.enterprise_id).is_not(None))
    )
    found: dict[int, tuple[int, int]] = {}
    for station_id, is_club, number in rows:
        place = network.place_of(station_id, top)
        teams, clubs = found.get(place, (0, 0))
        found[place] = (teams, clubs + number) if is_club else (teams + number, clubs)
    return found


def _was_active(at: Moment) -> ColumnElement[bool]:
    """Whether it is a team, or was one then and is closed since."""
    was_one = and_(col(Team.state) == TeamState.CLOSED, col(Team.ended_at) > at)
    return or_(col(Team.state) == TeamState.ACTIVE, was_one)


def contact_points_by_place(
    session: Session, network: Tree, top: Station, at: Moment
) -> dict[int, int]:
    rows = session.exec(
        select(Station.id).where(
            Station.kind == StationKind.CONTACT_POINT,
            _since(col(Station.since), at),
            col(Station.path).startswith(top.path),
        )
    )
    found: dict[int, int] = {}
    for station_id in rows:
        place = network.place_of(station_id, top)
        found[place] = found.get(place, 0) + 1
    return found


def core_members(session: Session, top: Station, at: Moment) -> list[tuple[int, int]]:
    """Return member and station of every core member that there was at a moment."""
    rows = session.execute(
        columns_of(col(Grant.member_id), col(Grant.station_id)).where(
            col(Grant.role) == Role.CORE_MEMBER,
            col(Grant.since) <= at,
            or_(col(Grant.withdrawn_at).is_(None), col(Grant.withdrawn_at) > at),
            or_(col(Grant.until).is_(None), col(Grant.until) > at),
            here(Grant, top),
        )
    )
    return [(member_id, station_id) for member_id, station_id in rows]


def partners_at(session: Session, top: Station, at: Moment) -> int:
    """Return how many partners the station and those below it had at a moment."""
    ended_at = col(Partner.ended_at)
    return session.exec(
        select(func.count(col(Partner.id))).where(
            col(Partner.since) <= at, or_(ended_at.is_(None), ended_at > at), here(Partner, top)
        )
    ).one()


def network_at(session: Session, network: Tree, top: Station, at: Moment) -> Network:
    teams = teams_by_place(session, network, top, at).values()
    return Network(
        sum(each for each, _clubs in teams),
        sum(clubs for _each, clubs in teams),
        len({member_id for member_id, _station in core_members(session, top, at)}),
        sum(contact_points_by_place(session, network, top, at).values()),
        partners_at(session, top, at),
    )


# Contests


def contested(
    session: Session, top: Station, periods: Sequence[Period], now: Moment
) -> list[Contested]:
    """Return for each period the contests opened, entries handed in and laureates named in it.

    Laureates count once everybody may read of them.
    """
    return [
        Contested(
            session.exec(
                select(func.count(col(Contest.id))).where(
                    _within(Contest.opens_at, each),
                    col(Contest.state).not_in((ContestState.DRAFT, ContestState.CANCELLED)),
                    here(Contest, top),
                )
            ).one(),
            session.exec(
                select(func.count(col(Entry.id)))
                .join(Contest, col(Contest.id) == col(Entry.contest_id))
                .where(_within(Entry.handed_in_at, each), here(Contest, top))
            ).one(),
            session.exec(
                select(func.count(col(Laureate.id))).where(
                    _within(Laureate.public_at, each),
                    col(Laureate.public_at) <= now,
                    here(Laureate, top),
                )
            ).one(),
        )
        for each in periods
    ]


# Letters and certificates


def letters(
    session: Session, top: Station, periods: Sequence[Period], now: Moment
) -> list[Letters]:
    """Return the threads of each period that this station and those below it have.

    What nobody may see yet is not counted either.
    """
    first = (
        columns_of(LINES.c.thread_id, func.min(LINES.c.at).label("at"))
        .where(LINES.c.is_answer)
        .group_by(LINES.c.thread_id)
        .subquery()
    )
    opened_at = THREADS.c.opened_at
    rows = session.execute(
        columns_of(THREADS.c.state, THREADS.c.member_id, opened_at, first.c.at)
        .join_from(THREADS, first, first.c.thread_id == THREADS.c.id, isouter=True)
        .where(
            or_(*(_within(opened_at, each) for each in periods)),
            opened_at <= now,
            here(Thread, top),
        )
    ).all()
    spans = [(each.begins, each.ends) for each in periods]
    return [
        _letters([each for each in rows if begins <= each.opened_at < ends])
        for begins, ends in spans
    ]


def _letters(rows: Sequence[Any]) -> Letters:
    # What has no name is dated with the hour after it was written.
    waits = sorted(max(row.at, row.opened_at) - row.opened_at for row in rows if row.at is not None)
    answered = sum(row.at is not None or row.state != ThreadState.WAITING for row in rows)
    erased = sum(row.member_id is None for row in rows)
    return Letters(len(rows), answered, len(rows) - erased, tuple(waits))


def certificates(
    session: Session, top: Station, periods: Sequence[Period], now: Moment
) -> list[int]:
    """Return for each period how many certificates that are in force were issued."""
    issued_at = CERTIFICATES.c.issued_at
    sums = (func.sum(case((_within(issued_at, each), 1), else_=0)) for each in periods)
    row = session.execute(
        columns_of(*sums).where(
            issued_at <= now, CERTIFICATES.c.revoked_at.is_(None), here(Certificate, top)
        )
    ).one()
    return [int(each or 0) for each in row]


# What they share


def here(table: Any, top: Station) -> ColumnElement[bool]:
    """Return the condition of a row that belongs to a station or to one below it."""
    below = select(Station.id).where(col(Station.path).startswith(top.path))
    return col(table.station_id).in_(below)


def _since(column: Any, at: Moment) -> ColumnElement[bool]:
    """Whether it was there; what nobody knows the beginning of always was."""
    return or_(column.is_(None), column <= at)


def _within(column: Any, period: Period) -> ColumnElement[bool]:
    return and_(column >= period.begins, column < period.ends)


def partner_names(session: Session, ids: Iterable[int]) -> Mapping[int, Translated]:
    rows = session.exec(select(Partner).where(col(Partner.id).in_(set(ids))))
    return {each.id: each.text_of("name") for each in rows}


def names(session: Session, ids: Iterable[int]) -> Mapping[int, Station]:
    rows = session.exec(select(Station).where(col(Station.id).in_(set(ids))))
    return {each.id: each for each in rows}
