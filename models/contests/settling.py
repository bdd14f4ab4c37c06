"""What follows once the score of a match counts: who plays next, the knock-out, the end."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, select

from models.contests import fixtures, tournaments
from models.contests.tournaments import (
    Match,
    MatchResult,
    ResultKind,
    Side,
    Tournament,
    TournamentState,
)
from models.rules.contests import matches as rules
from models.rules.contests.matches import OPEN, WALK_OVER, MatchState, Mode, Stage
from models.store import Moment

REMIND = timedelta(days=1)
"""How long before a match its sides are reminded."""
ASK_AFTER = timedelta(hours=2)
"""How long after it began they are asked for the score."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The score counts."""

    match: Match


def side_at(session: Session, side_id: int | None) -> Side | None:
    return session.get(Side, side_id) if side_id is not None else None


def tell_time(session: Session, match: Match, now: Moment) -> None:
    """Plan what both sides of a match with a time are told; each word once a revision."""
    at = match.starts_at
    if at is None or match.home_id is None or match.away_id is None:
        return
    facts = {"match_id": match.id, "revision": match.revision}
    for side_id in (match.home_id, match.away_id):
        side = side_at(session, side_id)
        tournaments.tell(session, side, "match-set", facts, now, expires_at=max(at, now + REMIND))
        if at - REMIND > now:
            tournaments.tell(
                session, side, "match-soon", facts, now, due_at=at - REMIND, expires_at=at
            )
        asked_at = max(at, now) + ASK_AFTER
        tournaments.tell(session, side, "match-score-due", facts, now, due_at=asked_at)


def give(
    session: Session,
    row: Tournament,
    match: Match,
    winner_id: int,
    reason: str,
    by: int | None,
    now: Moment,
) -> Settled:
    """Give a match to one side, which the other left to it; ``by`` is None where nobody decided."""
    score = (WALK_OVER, 0) if winner_id == match.home_id else (0, WALK_OVER)
    note(session, match, ResultKind.WALK_OVER, score, by, now, reason)
    match.is_walk_over = True
    return settle(session, row, match, score, now, reason)


def note(
    session: Session,
    match: Match,
    kind: ResultKind,
    score: tuple[int, int],
    by: int | None,
    now: Moment,
    reason: str = "",
) -> MatchResult:
    """Keep what somebody said of a score, home first; it does not count by that."""
    said = MatchResult(
        match_id=match.id,
        kind=kind,
        home_score=score[0],
        away_score=score[1],
        by_member_id=by,
        reason=reason,
        at=now,
    )
    session.add_all((said, match))
    session.flush()
    return said


def settle(
    session: Session,
    row: Tournament,
    match: Match,
    score: tuple[int, int],
    now: Moment,
    reason: str = "",
) -> Settled:
    """Let a score count, home first: both sides are told, and what follows from it is done."""
    match.home_score, match.away_score = score
    match.state, match.reason = MatchState.SETTLED, reason
    match.winner_id = None
    if score[0] != score[1]:
        match.winner_id = match.home_id if score[0] > score[1] else match.away_id
    session.add(match)
    session.flush()
    facts = {"match_id": match.id, "score": f"{score[0]}:{score[1]}"}
    for side_id in (match.home_id, match.away_id):
        tournaments.tell(session, side_at(session, side_id), "match-settled", facts, now)
    if match.stage is Stage.CUP:
        _advance(session, row, match, now)
    _go_on(session, row, now)
    return Settled(match)


def following_of(session: Session, match: Match) -> Match | None:
    """Return the match of a knock-out that the winner of this one plays."""
    return session.exec(
        select(Match).where(
            Match.tournament_id == match.tournament_id,
            Match.stage == Stage.CUP,
            Match.round == match.round + 1,
            Match.place_in_round == match.place_in_round // 2,
        )
    ).first()


def _advance(session: Session, row: Tournament, match: Match, now: Moment) -> None:
    following = following_of(session, match)
    if following is None or match.winner_id is None:
        return
    if match.place_in_round % 2:
        following.away_id = match.winner_id
    else:
        following.home_id = match.winner_id
    session.add(following)
    session.flush()
    home, away = side_at(session, following.home_id), side_at(session, following.away_id)
    if home is None or away is None:
        return
    gone = next((each for each in (home, away) if each.withdrawn_at is not None), None)
    if gone is not None:
        other = following.other(gone.id)
        assert other is not None
        give(session, row, following, other, "", None, now)
        return
    _tell_next(session, following, now)


def _tell_next(session: Session, match: Match, now: Moment) -> None:
    facts = {"match_id": match.id, "home_id": match.home_id, "away_id": match.away_id}
    for side_id in (match.home_id, match.away_id):
        tournaments.tell(session, side_at(session, side_id), "match-next", facts, now)
    tell_time(session, match, now)


def _go_on(session: Session, row: Tournament, now: Moment) -> None:
    """Go on to the knock-out, or end, once everything has been played."""
    played = fixtures.of_tournament(session, row.id)
    if any(each.state in OPEN for each in played):
        return
    is_table = row.mode is Mode.ROUND_ROBIN and not any(each.stage is Stage.CUP for each in played)
    sides = {each.id: each for each in tournaments.sides_of(session, row.id)}
    able = [
        each.side for each in fixtures.table(session, row) if sides[each.side].withdrawn_at is None
    ]
    if is_table and row.promotes >= rules.FEWEST_SIDES and len(able) >= rules.FEWEST_SIDES:
        fixtures.make_cup(session, row, [sides[each] for each in able[: row.promotes]])
        for match in fixtures.of_tournament(session, row.id):
            is_ready = match.home_id is not None and match.away_id is not None
            if match.stage is Stage.CUP and match.state is MatchState.PLANNED and is_ready:
                _tell_next(session, match, now)
        return
    if row.state is TournamentState.PLAYING:
        row.state = TournamentState.OVER
        session.add(row)
        session.flush()
        for side in sides.values():
            tournaments.tell(session, side, "tournament-over", {"tournament_id": row.id}, now)
