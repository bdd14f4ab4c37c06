"""The evening of a round: who is called to the stage, and judged live.

Each verb of an organizer raises ``roles.NotAllowed`` when ``by`` may not run the contest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select

from models.contests import conflicts, contests, judges, judging, promoting, rounds, scores
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.promoting import AN_EVENING, Ended
from models.contests.rounds import (
    AHEAD,
    Appearance,
    AppearanceState,
    ContestRound,
    NotDone,
    RoundState,
    WhyNot,
)
from models.contests.scores import Assignment
from models.sending import deliveries
from models.sending.deliveries import Plan
from models.store import Moment

AHEAD_TOLD = 2
"""How many are called while somebody is on the stage."""
SOON = timedelta(minutes=20)
"""How long a call is of use."""


@dataclass(frozen=True, slots=True)
class Called:
    """Who is on the stage now, and who was called; ``result`` where the round has ended."""

    now: Appearance | None
    next: tuple[Appearance, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Points are still lacking; so many judges have not finished."""

    lacks: int


def call_next(session: Session, round_id: int, by: int | None, now: Moment) -> Called | NotDone:
    """Call the next to the stage, and the two after to be ready; judges get who performs."""
    row, contest = _locked(session, round_id, by, now)
    if row.state is not RoundState.DRAWN:
        return NotDone(WhyNot.NOT_DRAWN if row.state is RoundState.PLANNED else WhyNot.OVER)
    every = rounds.of_round(session, round_id)
    for each in every:
        if each.state is AppearanceState.ON_STAGE:
            _leaves_stage(session, each, now)
    ahead = [each for each in every if each.state in AHEAD]
    if not ahead:
        contests.record(session, contest, by, now, "stage empty", round=row.id)
        return Called(None, ())
    first, following = ahead[0], tuple(ahead[1 : 1 + AHEAD_TOLD])
    first.state, first.called_at = AppearanceState.ON_STAGE, first.called_at or now
    session.add(first)
    for each in following:
        if each.state is AppearanceState.WAITING:
            each.state, each.called_at = AppearanceState.CALLED, now
            session.add(each)
            rounds.tell(session, each, "stage-soon", now, lasts=SOON)
    session.flush()
    rounds.tell(session, first, "stage-now", now, lasts=SOON)
    _ask_judges(session, contest, row, first, now)
    contests.record(session, contest, by, now, "called", appearance=first.id)
    return Called(first, following)


def _leaves_stage(session: Session, each: Appearance, now: Moment) -> None:
    each.state, each.done_at = AppearanceState.DONE, now
    session.add(each)
    session.flush()


def mark_absent(
    session: Session, appearance_id: int, by: int | None, now: Moment
) -> Appearance | NotDone:
    """Pass somebody who did not come; they may come back at the end while the round goes on."""
    each, row, contest = _appearance(session, appearance_id, by, now)
    able = (*AHEAD, AppearanceState.ON_STAGE)
    if row.state is not RoundState.DRAWN or each.state not in able:
        return NotDone(WhyNot.OVER)
    each.state = AppearanceState.ABSENT
    _withdraw_live(session, row, each, now)
    session.add(each)
    session.flush()
    contests.record(session, contest, by, now, "absent", appearance=each.id)
    return each


def bring_back(
    session: Session, appearance_id: int, by: int | None, now: Moment
) -> Appearance | NotDone:
    """Let somebody who was absent appear at the end."""
    each, row, contest = _appearance(session, appearance_id, by, now)
    if row.state is not RoundState.DRAWN or each.state is not AppearanceState.ABSENT:
        return NotDone(WhyNot.OVER)
    last = max(other.position for other in rounds.of_round(session, row.id))
    each.state, each.position, each.called_at = AppearanceState.WAITING, last + 1, None
    session.add(each)
    session.flush()
    contests.record(session, contest, by, now, "back", appearance=each.id)
    return each


def withdraw(session: Session, appearance_id: int, by: int, now: Moment) -> Appearance | NotDone:
    """Take an entry out of a round that it has not performed in; a standby moves up.

    Who performs may do so; anybody else has to run the contest.
    """
    each = session.get_one(Appearance, appearance_id)
    row = session.get_one(ContestRound, each.round_id, with_for_update=True)
    contest = session.get_one(Contest, row.contest_id)
    if by not in rounds.performers(session, each.entry_id):
        contest = contests.locked(session, contest.id, by, now)
    session.refresh(each)
    if row.state is RoundState.OVER and each.goes_on:
        return _gives_up_next(session, row, contest, each, by, now)
    if row.state is not RoundState.DRAWN or each.state not in (*AHEAD, AppearanceState.STANDBY):
        return NotDone(WhyNot.OVER)
    was_standby = each.state is AppearanceState.STANDBY
    each.state = AppearanceState.WITHDRAWN
    session.add(each)
    session.flush()
    contests.record(session, contest, by, now, "withdrawn", appearance=each.id)
    if not was_standby:
        _move_up(session, row, each, now)
    return each


def _move_up(session: Session, row: ContestRound, left: Appearance, now: Moment) -> None:
    """Let the first standby of the level take a place that has come free."""
    for heat in rounds.of_level(session, row.contest_id, row.level):
        for each in rounds.of_round(session, heat.id):
            if each.state is AppearanceState.STANDBY:
                each.state, each.round_id = AppearanceState.WAITING, row.id
                each.position = left.position
                session.add(each)
                session.flush()
                rounds.tell(session, each, "stage-moved-up", now)
                return


def _gives_up_next(
    session: Session,
    row: ContestRound,
    contest: Contest,
    each: Appearance,
    by: int,
    now: Moment,
) -> Appearance | NotDone:
    """Give up the next round before its order is drawn: the first standby goes on instead."""
    if any(
        heat.drawn_at is not None
        for heat in rounds.of_level(session, row.contest_id, row.level + 1)
    ):
        return NotDone(WhyNot.IS_DRAWN)
    each.goes_on = False
    session.add(each)
    contests.record(session, contest, by, now, "gave up next round", appearance=each.id)
    waiting = [
        other
        for heat in rounds.of_level(session, row.contest_id, row.level)
        for other in rounds.of_round(session, heat.id)
        if other.standby_turn is not None
    ]
    if waiting:
        first = min(waiting, key=lambda other: other.standby_turn or 0)
        first.goes_on, first.standby_turn = True, None
        session.add(first)
        session.flush()
        rounds.tell(session, first, "stage-moved-up", now)
    session.flush()
    return each


# Judging live


def _ask_judges(
    session: Session, contest: Contest, row: ContestRound, each: Appearance, now: Moment
) -> None:
    """Give what is performed to the judges who may judge it, and tell them.

    From the first of them on the criteria stay as they are, since points are given by them.
    """
    how = judging.of_contest(session, contest.id)
    if how is None:
        return
    how.assigned_at = how.assigned_at or now
    session.add(how)
    entry = session.get_one(Entry, each.entry_id)
    able = [
        judge
        for judge, _member in judges.of_contest(session, contest.id)
        if judge.accepted_at is not None and judge.left_at is None and judge.member_id is not None
    ]
    barred, _reasons = conflicts.between(session, [entry], able, ())
    there = {known.judge_id for known in assigned(session, row.id, entry.id)}
    plans = list[Plan]()
    for judge in able:
        if judge.id in there or (entry.code, judge.code) in barred:
            continue
        given = Assignment(judge_id=judge.id, entry_id=entry.id, round_id=row.id, given_at=now)
        session.add(given)
        session.flush()
        plans.append(
            Plan(
                key=f"stage-judge:{given.id}",
                member_id=judge.member_id or 0,
                topic="stage-judge",
                facts={"assignment_id": given.id},
                due_at=now,
                expires_at=now + AN_EVENING,
            )
        )
    deliveries.plan_all(session, plans, now)


def assigned(session: Session, round_id: int, entry_id: int) -> Sequence[Assignment]:
    return session.exec(
        select(Assignment).where(
            Assignment.round_id == round_id, Assignment.entry_id == entry_id, scores.is_live()
        )
    ).all()


def _withdraw_live(session: Session, row: ContestRound, each: Appearance, now: Moment) -> None:
    for given in assigned(session, row.id, each.entry_id):
        given.declined_at = now
        session.add(given)


def lacking(session: Session, round_id: int) -> int:
    """Return how many judges have not finished with somebody who performed."""
    done = select(Appearance.entry_id).where(
        Appearance.round_id == round_id, Appearance.state == AppearanceState.DONE
    )
    rows = session.exec(
        select(Assignment.judge_id)
        .distinct()
        .where(
            Assignment.round_id == round_id,
            col(Assignment.entry_id).in_(done),
            col(Assignment.done_at).is_(None),
            scores.is_live(),
        )
    ).all()
    return len(rows)


def after_score(session: Session, round_id: int, now: Moment) -> Ended | None:
    """End a round once everybody has performed and every judge has finished."""
    row = session.get_one(ContestRound, round_id, with_for_update=True, populate_existing=True)
    is_on = any(
        each.state in (*AHEAD, AppearanceState.ON_STAGE)
        for each in rounds.of_round(session, round_id)
    )
    if row.state is not RoundState.DRAWN or is_on or lacking(session, round_id):
        return None
    return promoting.end(session, row, now)


def close(
    session: Session, round_id: int, by: int | None, now: Moment, *, sure: bool = False
) -> Ended | Waiting | NotDone:
    """End a round as an organizer; points that lack are left out where they are ``sure``."""
    row, contest = _locked(session, round_id, by, now)
    if row.state is not RoundState.DRAWN:
        return NotDone(WhyNot.OVER if row.state is RoundState.OVER else WhyNot.NOT_DRAWN)
    for each in rounds.of_round(session, round_id):
        if each.state is AppearanceState.ON_STAGE:
            _leaves_stage(session, each, now)
        elif each.state in AHEAD and not sure:
            return NotDone(WhyNot.SCORES_LACK)
    lacks = lacking(session, round_id)
    if lacks and not sure:
        return Waiting(lacks)
    contests.record(session, contest, by, now, "round closed", round=row.id, lacking=lacks)
    return promoting.end(session, row, now)


def correct(
    session: Session,
    assignment_id: int,
    criterion_id: int,
    points: int,
    reason: str,
    by: int | None,
    now: Moment,
) -> Ended | NotDone:
    """Correct a judge's points of a round that is over, with a reason; who performed is told."""
    given = session.get_one(Assignment, assignment_id)
    row, contest = _locked(session, given.round_id or 0, by, now)
    following = rounds.of_level(session, contest.id, row.level + 1)
    if row.state is not RoundState.OVER or any(each.drawn_at is not None for each in following):
        return NotDone(WhyNot.IS_DRAWN if row.state is RoundState.OVER else WhyNot.NOT_DRAWN)
    score = scores.points_of(session, [given.id]).get(given.id, {}).get(criterion_id)
    criterion = next(
        (each for each in judging.criteria_of(session, contest.id) if each.id == criterion_id), None
    )
    if score is None or criterion is None or not 0 <= points <= criterion.most:
        return NotDone(WhyNot.NOT_JUDGED)
    was, score.points = score.points, points
    session.add(score)
    session.flush()
    contests.record(
        session,
        contest,
        by,
        now,
        "points corrected",
        entry=session.get_one(Entry, given.entry_id).code,
        before=was,
        after=points,
        why=reason,
    )
    return promoting.end(session, row, now, is_corrected=True)


# Locking


def _locked(
    session: Session, round_id: int, by: int | None, now: Moment
) -> tuple[ContestRound, Contest]:
    """Lock a round and its contest. Raises NotAllowed when ``by`` may not run it."""
    found = session.get_one(ContestRound, round_id)
    contest = contests.locked(session, found.contest_id, by, now)
    session.refresh(found)
    return found, contest


def _appearance(
    session: Session, appearance_id: int, by: int | None, now: Moment
) -> tuple[Appearance, ContestRound, Contest]:
    each = session.get_one(Appearance, appearance_id)
    row, contest = _locked(session, each.round_id, by, now)
    session.refresh(each)
    return each, row, contest
