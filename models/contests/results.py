"""The result of a contest: judges and public joined, frozen, and then public."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, func, select

from models.contests import (
    contests,
    entries,
    judging,
    protocols,
    rounds,
    thanking,
    voting,
)
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.protocols import Protocol
from models.contests.votes import Vote, VoteApart
from models.contests.voting import Voting
from models.network.stations import Station, StationKind
from models.rules.contests import weighing
from models.rules.contests.protocols import Public
from models.rules.contests.states import ContestState, Form
from models.rules.contests.weighing import Ballots
from models.store import Moment

AHEAD = timedelta(hours=1)
"""For how long those who entered know their result before everybody does, at least."""

FIRST = 3
"""Up to which place those who entered are told it; the others are thanked alone."""

MARKS, VOTES, RULES, RESULT = "marks", "votes", "rules", "result"
AN_HOUR, AWARD = "an_hour", "award"


@dataclass(frozen=True, slots=True)
class Settled:
    """The result is fixed, with its record; ``places`` are entries by their numbers."""

    contest: Contest
    protocol: Protocol
    places: dict[int, int]


@dataclass(frozen=True, slots=True)
class Published:
    contest: Contest


@dataclass(frozen=True, slots=True)
class NotYet:
    """Marks are sealed, votes are taken, nothing says how places come about, or the like."""

    contest: Contest
    lacks: str


def settle(session: Session, contest_id: int, by: int | None, now: Moment) -> Settled | NotYet:
    """Fix the result, write its record, and tell who entered; where votes came from is erased.

    An award has no such result: its jury advises, and it is decided by ``deciding``. Raises
    NotAllowed when ``by`` may not run the contest.
    """
    contest = contests.locked(session, contest_id, by, now)
    if contest.form is Form.AWARD:
        return NotYet(contest, AWARD)
    how, vote = judging.of_contest(session, contest_id), voting.of_contest(session, contest_id)
    if how is None and vote is None:
        return NotYet(contest, RULES)
    over = contest.state in (ContestState.DECIDED, ContestState.CANCELLED)
    if over or settled(session, contest_id) is not None:
        return NotYet(contest, RESULT)
    is_stage = contest.form is Form.STAGE
    final = rounds.final_of(session, contest_id) if is_stage else None
    if how is not None and (how.unsealed_at is None if not is_stage else final is None):
        return NotYet(contest, MARKS)
    if vote is not None and now < vote.closes_at:
        return NotYet(contest, VOTES)
    public = public_of(session, vote) if vote is not None else None
    final_id = final.id if final is not None else None
    kept = protocols.make(session, contest_id, now, None, public, is_result=True, final_id=final_id)
    if vote is not None:
        # Where votes came from is erased in turns from now on (``sources``).
        vote.settled_at, vote.watch_at, vote.source_key = now, now, ""
        session.add(vote)
    contests.record(session, contest, by, now, "result fixed", hash=kept.hash)
    places = places_in(session, kept)
    if not is_stage:
        # Who stood on the stage heard it there.
        first = {entry_id: place for entry_id, place in places.items() if place <= FIRST}
        thanking.thank(session, contest_id, first, by, now)
    return Settled(contest, kept, places)


def publish(session: Session, contest_id: int, by: int | None, now: Moment) -> Published | NotYet:
    """Let everybody read the result and its record, an hour after those who entered at least.

    Raises NotAllowed when ``by`` may not run the contest.
    """
    contest = contests.locked(session, contest_id, by, now)
    kept = settled(session, contest_id)
    if contest.form is Form.AWARD:
        return NotYet(contest, AWARD)
    if kept is None or contest.state in (ContestState.DECIDED, ContestState.CANCELLED):
        return NotYet(contest, RESULT)
    if contest.form is not Form.STAGE and now < kept.made_at + AHEAD:
        return NotYet(contest, AN_HOUR)
    contest.state, contest.decided_at, contest.changed_at = ContestState.DECIDED, now, now
    session.add(contest)
    session.flush()
    contests.record(session, contest, by, now, "result published")
    return Published(contest)


def public_of(session: Session, row: Voting) -> Public:
    """Return what the public gave by now: weights after the ceiling, and what is counted apart."""
    codes = {each.id: each.code for each in entries.handed_in(session, row.contest_id)}
    category = {each.id: each.category_id for each in entries.handed_in(session, row.contest_id)}
    rows = session.exec(
        select(Vote.entry_id, Vote.station_id, Vote.is_web, func.count())
        .where(Vote.contest_id == row.contest_id, col(Vote.apart_id).is_(None))
        .group_by(col(Vote.entry_id), col(Vote.station_id), col(Vote.is_web))
    ).all()
    groups = _groups(session)
    least, given = least_of(session, row.contest_id), Counter[tuple[int, bool]]()
    for entry_id, _station_id, is_web, number in rows:
        given[entry_id, is_web] += number
    web, counted = Counter[str](), dict[int | None, list[Ballots]]()
    for entry_id, station_id, is_web, number in rows:
        if entry_id not in codes or given[entry_id, is_web] < least:
            continue
        if is_web:
            web[codes[entry_id]] += number
            continue
        # Places are given in each category, so a company's weight is counted in each.
        ballots = counted.setdefault(category[entry_id], [])
        ballots.append(Ballots(entry_id, groups.get(station_id or 0), number))
    weighs = {
        codes[entry_id]: weight
        for ballots in counted.values()
        for entry_id, weight in weighing.totals(ballots, row.ceiling).items()
    }
    apart = tuple(each for each in _apart(session, row.contest_id) if each[2] >= least)
    return Public(row.jury_percent, row.ceiling, weighs, dict(web), apart, least)


def least_of(session: Session, contest_id: int) -> int:
    """Return from how many votes on an entry of a contest counts; 0: each vote does."""
    contest = session.get_one(Contest, contest_id)
    station = session.get_one(Station, contest.station_id)
    return weighing.LEAST_VOTES if station.kind is StationKind.CONTACT_POINT else 0


def _groups(session: Session) -> dict[int, str]:
    """Return by which group votes of each station's people are weighed: its company, or town."""
    found = dict[int, str]()
    for each in session.exec(select(Station)).all():
        town = each.parent_id if each.kind is StationKind.CONTACT_POINT else each.id
        company = each.enterprise_id
        found[each.id] = f"company {company}" if company is not None else f"town {town}"
    return found


def _apart(session: Session, contest_id: int) -> tuple[tuple[str, str, int], ...]:
    rows = session.exec(
        select(VoteApart.sign, Entry.code, func.count())
        .join(Vote, col(Vote.apart_id) == col(VoteApart.id))
        .join(Entry, col(Entry.id) == col(VoteApart.entry_id))
        .where(VoteApart.contest_id == contest_id)
        .group_by(col(VoteApart.sign), col(Entry.code))
    )
    return tuple(rows.all())


# Reading


def places_in(session: Session, kept: Protocol) -> dict[int, int]:
    """Return the places of a record by the numbers of entries."""
    numbers = {each.code: each.id for each in entries.handed_in(session, kept.contest_id)}
    listed = kept.record.get("places") or kept.record["result"]
    return {numbers[code]: place for place, code, *_parts in listed if code in numbers}


def settled(session: Session, contest_id: int) -> Protocol | None:
    """Return the record with which the result was fixed; None before."""
    kept = protocols.of_contest(session, contest_id)
    return kept if kept is not None and kept.record.get("is_result") else None
