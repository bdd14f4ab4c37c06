"""Matches: when they are played, what was reported of them, and what follows from a score.

A score reported by one side counts once the other one confirms it. Where it says otherwise, or says
nothing, the tournament's organizers decide; they raise ``roles.NotAllowed`` where ``by`` is none of
them. What is decided may be changed until the next round has been played.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select

from models.contests import fixtures, settling, tournaments
from models.contests.settling import Settled
from models.contests.tournaments import (
    Match,
    MatchResult,
    NotDone,
    ResultKind,
    Side,
    Tournament,
    TournamentState,
    WhyNot,
)
from models.rules.contests import matches as rules
from models.rules.contests.matches import OPEN, MatchState, Stage
from models.store import Moment

CONFIRM_WITHIN = timedelta(days=2)
"""How long the other side has before the organizers are told that it says nothing."""


@dataclass(frozen=True, slots=True)
class Reported:
    """One side has told the score; the other one is asked."""

    match: Match


@dataclass(frozen=True, slots=True)
class Disputed:
    """The sides say different things; the organizers are asked."""

    match: Match


@dataclass(frozen=True, slots=True)
class Set:
    """Time and place are set, and both sides are told."""

    match: Match


def get(session: Session, number: int) -> Match | None:
    return session.get(Match, number)


def results_of(session: Session, match_id: int) -> Sequence[MatchResult]:
    """Return what was said about the score, in order."""
    query = select(MatchResult).where(MatchResult.match_id == match_id)
    return session.exec(query.order_by(col(MatchResult.id))).all()


def _locked(session: Session, match_id: int) -> tuple[Tournament, Match]:
    """Return a match, locked with its tournament: what follows of two scores comes one by one."""
    found = session.get_one(Match, match_id)
    row = tournaments.lock(session, found.tournament_id)
    session.refresh(found)
    return row, found


# Time and place


def set_time(
    session: Session, match_id: int, starts_at: Moment, place: str, by: int | None, now: Moment
) -> Set | NotDone:
    """Set when and where a match is played; both sides are told, reminded, and asked after it."""
    row, match = _locked(session, match_id)
    tournaments.require(session, row, by, now)
    if row.state is not TournamentState.PLAYING or match.state is MatchState.SETTLED:
        return NotDone(WhyNot.SETTLED)
    match.starts_at, match.place, match.revision = starts_at, place, match.revision + 1
    session.add(match)
    session.flush()
    tournaments.record(session, row, by, now, "match set", match=match.id)
    settling.tell_time(session, match, now)
    return Set(match)


# Scores


def report(
    session: Session, match_id: int, home: int, away: int, member_id: int, now: Moment
) -> Reported | Settled | Disputed | NotDone:
    """Keep the score as one side tells it.

    Where the other side has told the same it counts, where it has told another it is disputed.
    """
    row, match = _locked(session, match_id)
    side_id = _speaks_in(session, match, member_id, now)
    why = _why_not(row, match, home, away)
    if side_id is None or why is not None:
        return NotDone(why or WhyNot.NOT_LEADING)
    said = (match.home_score, match.away_score)
    is_second = match.state is MatchState.REPORTED and match.reported_by_side != side_id
    if is_second and said == (home, away):
        return _confirmed(session, row, match, member_id, now)
    if is_second or match.state is MatchState.DISPUTED:
        settling.note(session, match, ResultKind.DISPUTED, (home, away), member_id, now)
        return _dispute(session, row, match, now)
    match.home_score, match.away_score, match.reported_by_side = home, away, side_id
    match.state = MatchState.REPORTED
    said_now = settling.note(session, match, ResultKind.REPORTED, (home, away), member_id, now)
    facts = {"match_id": match.id, "result_id": said_now.id}
    tournaments.tell(
        session, settling.side_at(session, match.other(side_id)), "match-reported", facts, now
    )
    tournaments.tell_organizers(
        session, row, "match-unconfirmed", {"match_id": match.id}, now, wait=CONFIRM_WITHIN
    )
    return Reported(match)


def confirm(session: Session, match_id: int, member_id: int, now: Moment) -> Settled | NotDone:
    """Let the score count that the other side told."""
    row, match = _locked(session, match_id)
    side_id = _speaks_in(session, match, member_id, now)
    if match.state is not MatchState.REPORTED:
        return NotDone(WhyNot.SETTLED)
    if side_id is None or side_id == match.reported_by_side:
        return NotDone(WhyNot.NOT_LEADING)
    return _confirmed(session, row, match, member_id, now)


def _confirmed(
    session: Session, row: Tournament, match: Match, member_id: int, now: Moment
) -> Settled:
    assert match.home_score is not None
    assert match.away_score is not None
    score = (match.home_score, match.away_score)
    settling.note(session, match, ResultKind.CONFIRMED, score, member_id, now)
    return settling.settle(session, row, match, score, now)


def _dispute(session: Session, row: Tournament, match: Match, now: Moment) -> Disputed:
    match.state = MatchState.DISPUTED
    session.add(match)
    session.flush()
    tournaments.tell_organizers(session, row, "match-disputed", {"match_id": match.id}, now)
    return Disputed(match)


def decide(
    session: Session, match_id: int, home: int, away: int, reason: str, by: int | None, now: Moment
) -> Settled | NotDone:
    """Decide the score as an organizer, with a reason; also of a match that is settled."""
    row, match = _locked(session, match_id)
    tournaments.require(session, row, by, now)
    why = _why_not(row, match, home, away, is_decided=True)
    if why is None and not _may_change(session, match):
        why = WhyNot.PLAYED_ON
    if why is not None:
        return NotDone(why)
    settling.note(session, match, ResultKind.DECIDED, (home, away), by, now, reason)
    tournaments.record(
        session, row, by, now, "score decided", match=match.id, score=f"{home}:{away}", why=reason
    )
    match.is_walk_over = False
    return settling.settle(session, row, match, (home, away), now, reason)


def walk_over(
    session: Session, match_id: int, winner_id: int, reason: str, by: int | None, now: Moment
) -> Settled | NotDone:
    """Give a match to the side that came, as an organizer, with a reason."""
    row, match = _locked(session, match_id)
    tournaments.require(session, row, by, now)
    if winner_id not in (match.home_id, match.away_id) or match.state not in OPEN:
        return NotDone(WhyNot.SETTLED)
    tournaments.record(session, row, by, now, "walk-over", match=match.id, why=reason)
    return settling.give(session, row, match, winner_id, reason, by, now)


def withdraw(session: Session, side_id: int, reason: str, by: int, now: Moment) -> Side | NotDone:
    """Take a side out: by who speaks for it, or by an organizer.

    Before the draw it was never in; afterwards what it has not played goes to the others.
    """
    side = session.get_one(Side, side_id)
    row = tournaments.lock(session, side.tournament_id)
    session.refresh(side)
    if not tournaments.speaks_for(session, side, by, now):
        tournaments.require(session, row, by, now)
        tournaments.record(session, row, by, now, "withdrawn", side=side.id, why=reason)
    if side.withdrawn_at is not None or row.state in (
        TournamentState.OVER,
        TournamentState.CANCELLED,
    ):
        return NotDone(WhyNot.SETTLED)
    if row.state is TournamentState.ENTERING:
        session.delete(side)
        session.flush()
        return side
    side.withdrawn_at = now
    session.add(side)
    session.flush()
    _give_up_open(session, row, side.id, by, now)
    return side


def _give_up_open(
    session: Session, row: Tournament, side_id: int, by: int | None, now: Moment
) -> None:
    """Give what a withdrawn side has not played to those that it would have met."""
    for match in fixtures.of_tournament(session, row.id):
        other = match.other(side_id)
        is_theirs = side_id in (match.home_id, match.away_id)
        if is_theirs and other is not None and match.state is MatchState.PLANNED:
            settling.give(session, row, match, other, "", by, now)


def _speaks_in(session: Session, match: Match, member_id: int, now: Moment) -> int | None:
    """Return the side of a match for which this member speaks."""
    for side_id in (match.home_id, match.away_id):
        side = settling.side_at(session, side_id)
        if side is not None and tournaments.speaks_for(session, side, member_id, now):
            return side.id
    return None


def _why_not(
    row: Tournament, match: Match, home: int, away: int, *, is_decided: bool = False
) -> WhyNot | None:
    is_open = row.state is TournamentState.PLAYING or (
        is_decided and row.state is TournamentState.OVER
    )
    if not is_open or (match.state not in OPEN and not is_decided):
        return WhyNot.SETTLED
    if match.home_id is None or match.away_id is None:
        return WhyNot.NOT_KNOWN
    return None if rules.is_score(home, away, match.stage) else WhyNot.NOT_A_SCORE


def _may_change(session: Session, match: Match) -> bool:
    """Whether nothing has been built on the score of a match yet."""
    if match.state in OPEN:
        return True
    if match.stage is Stage.TABLE:
        matches = fixtures.of_tournament(session, match.tournament_id)
        return all(each.stage is Stage.TABLE for each in matches)
    following = settling.following_of(session, match)
    return following is None or following.state is MatchState.PLANNED


# Reading


def first_of(session: Session, row: Tournament) -> int | None:
    """Return the side that won a tournament that is over."""
    if row.state is not TournamentState.OVER:
        return None
    cup = [each for each in fixtures.of_tournament(session, row.id) if each.stage is Stage.CUP]
    if cup:
        return max(cup, key=lambda each: each.round).winner_id
    rows = fixtures.table(session, row)
    return rows[0].side if rows else None


def rounds(matches: Sequence[Match]) -> Mapping[tuple[Stage, int], list[Match]]:
    """Return matches by their stage and round, in order."""
    found = dict[tuple[Stage, int], list[Match]]()
    for each in matches:
        found.setdefault((each.stage, each.round), []).append(each)
    return found
