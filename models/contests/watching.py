"""The clock of a voting: units that vote as one are told to the station.

A unit is a company or a team. What is noticed goes to towns and the district, who may set votes
apart, and never to whoever organizes one company: pressure comes from there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from models.contests import sources
from models.contests.contests import Contest
from models.contests.votes import Vote
from models.contests.voting import Voting
from models.network import roles
from models.network.memberships import Membership
from models.network.stations import Station
from models.rules.contests import bursts
from models.rules.contests.bursts import Cast, Noticed
from models.rules.contests.states import ContestState
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.sending.deliveries import A_WEEK, Plan
from models.store import Moment

UNIT_VOTED = "unit-voted"
"""The topic: to those above companies."""

EVERY = timedelta(minutes=15)
"""How often votes are looked through while they are taken."""

AT_ONCE = 5


def any_due(session: Session, now: Moment) -> bool:
    """Return whether ``look`` finds something."""
    return session.exec(_due(now).limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Seen:
    """The units that were noticed in votings whose time has come, by contest."""

    noticed: Mapping[int, Sequence[Noticed]]


def look(session: Session, now: Moment) -> Seen | None:
    """Look through the votes whose time has come; None where there are none."""
    rows = session.exec(_due(now).limit(AT_ONCE)).all()
    if not rows:
        return None
    return Seen({each.contest_id: units(session, each.contest_id) for each in rows})


def work(session: Session, now: Moment, seen: Seen) -> int:
    """Tell of the units that were seen."""
    wanted = _due(now).where(col(Voting.contest_id).in_(seen.noticed))
    rows = session.exec(wanted.with_for_update(skip_locked=True)).all()
    for row in rows:
        contest = session.get_one(Contest, row.contest_id)
        _tell(session, contest, seen.noticed[row.contest_id], now)
        row.has_signs = bool(seen.noticed[row.contest_id])
        row.watch_at = _next(row, now)
        session.add(row)
    session.flush()
    return len(rows)


def _due(now: Moment) -> SelectOfScalar[Voting]:
    """The votings to look through; of those that are over the sources are erased instead."""
    return select(Voting).where(
        col(Voting.watch_at) <= now, col(Voting.contest_id).not_in(sources.over(now))
    )


def _next(row: Voting, now: Moment) -> Moment:
    """Return when to look next: the last time once voting has closed."""
    return min(now + EVERY, row.closes_at) if now < row.closes_at else row.closes_at + sources.KEEP


def _tell(session: Session, contest: Contest, noticed: Sequence[Noticed], now: Moment) -> None:
    """Plan a notice of each unit that voted as one; of each once, however often it is noticed."""
    if not noticed:
        return
    station = session.get_one(Station, contest.station_id)
    able = [each.id for each in roles.who_can(session, Act.SEE_PLACES, station, now)]
    plans = [
        Plan(
            key=f"{UNIT_VOTED}:{contest.id}:{each.entry}:{each.unit}:{member_id}",
            member_id=member_id,
            topic=UNIT_VOTED,
            facts={"contest": contest.id, "entry": each.entry, "votes": len(each.votes)},
            due_at=now,
            expires_at=now + A_WEEK,
        )
        for each in noticed
        for member_id in able
    ]
    deliveries.plan_all(session, plans, now)


# What is noticed


def units(session: Session, contest_id: int) -> list[Noticed]:
    """Return the units of which nearly all voted for one entry within a minute.

    Votes that were set apart are left out. Sums are read first: of thousands of votes only those
    of units that mostly voted for one entry are read one by one.
    """
    found = list[Noticed]()
    for company, places in _suspects(_by_company(session, contest_id)).items():
        of_unit = col(Vote.station_id).in_(places)
        found += _alike(session.exec(_votes(contest_id).where(of_unit)).all(), f"company-{company}")
    for team in _suspects(_by_team(session, contest_id)):
        in_team = select(Membership.member_id).where(Membership.team_id == team)
        of_unit = col(Vote.member_id).in_(in_team)
        found += _alike(session.exec(_votes(contest_id).where(of_unit)).all(), f"team-{team}")
    return found


_Sum = tuple[int, int, int, int]
"""A unit, where its votes are found, an entry, and how many votes of the unit it has there."""


def _by_company(session: Session, contest_id: int) -> Sequence[_Sum]:
    query = (
        select(Station.enterprise_id, Station.id, Vote.entry_id, func.count())
        .join(Station, col(Station.id) == col(Vote.station_id))
        .where(*_counted(contest_id), col(Station.enterprise_id).is_not(None))
        .group_by(col(Station.enterprise_id), col(Station.id), col(Vote.entry_id))
    )
    return session.exec(query).all()  # type: ignore[return-value]


def _by_team(session: Session, contest_id: int) -> Sequence[_Sum]:
    query = (
        select(Membership.team_id, Membership.team_id, Vote.entry_id, func.count())
        .join(Membership, col(Membership.member_id) == col(Vote.member_id))
        .where(*_counted(contest_id))
        .group_by(col(Membership.team_id), col(Vote.entry_id))
    )
    return session.exec(query).all()


def _counted(contest_id: int) -> tuple[ColumnElement[bool], ...]:
    return col(Vote.contest_id) == contest_id, col(Vote.apart_id).is_(None)


def _suspects(sums: Iterable[_Sum]) -> dict[int, set[int]]:
    """Return the units with enough votes for one entry, with where their votes are found."""
    entries, places = defaultdict[int, Counter[int]](Counter), defaultdict[int, set[int]](set)
    for unit, place, entry_id, number in sums:
        entries[unit][entry_id] += number
        places[unit].add(place)
    return {
        unit: places[unit]
        for unit, counts in entries.items()
        if max(counts.values()) >= bursts.fewest_of_unit(counts.total())
    }


def _votes(contest_id: int) -> SelectOfScalar[Vote]:
    return select(Vote).where(*_counted(contest_id))


def _alike(rows: Iterable[Vote], unit: str) -> list[Noticed]:
    return bursts.of_units(
        Cast(each.id, each.entry_id, each.at, each.at, units=frozenset({unit})) for each in rows
    )


# Reading


def suspected(session: Session, path: str, now: Moment) -> Sequence[Contest]:
    """Return the contests of a path and below in whose votes a unit was noticed.

    Votes are not counted for it: that is done by the clock, and when some are set apart.
    """
    return session.exec(
        select(Contest)
        .join(Voting, col(Voting.contest_id) == col(Contest.id))
        .join(Station, col(Station.id) == col(Contest.station_id))
        .where(
            col(Station.path).startswith(path),
            col(Voting.has_signs),
            col(Voting.settled_at).is_(None),
            col(Voting.opens_at) <= now,
            col(Contest.state) != ContestState.CANCELLED,
        )
        .order_by(col(Contest.id))
    ).all()
