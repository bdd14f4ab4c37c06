"""How a contest is judged: its criteria, its rules and its deadline, set before the first point."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Index, delete, false, text
from sqlmodel import Field, Session, SQLModel, col, select

from models.contests import contests
from models.contests.contests import Contest
from models.network.translations import Translatable
from models.rules.contests import scoring
from models.rules.contests.scoring import Method
from models.rules.contests.states import Form, Phase, phase_of
from models.rules.languages import Translated
from models.store import Moment, one_of

MOST_CRITERIA, MOST_POINTS, MOST_JUDGES = 8, 100, 9
"""Criteria of a contest; points of one of them; judges of one entry."""

LATER = timedelta(minutes=30)
"""For how long points may still be changed once all are in."""


class Judging(SQLModel, table=True):
    """How a contest is judged.

    ``is_normalised``: marks are replaced by T-scores of each judge. ``is_blind``: judges read an
    entry's code, and not who made it. ``shows_notes``: authors read the judges' notes afterwards.
    ``seed`` lists the codes with which entries were assigned at ``assigned_at``. Scores are
    unsealed at ``until``, or at ``unseals_at``, a while after all are in; ``unsealed_at`` is when
    they were. ``remind_at`` is when judges with something left are reminded next. On a stage points
    are given live: its ``until`` says nothing, and nothing follows from it.
    """

    __table_args__ = (
        Index(
            "judging_sealed",
            "contest_id",
            sqlite_where=text("unsealed_at IS NULL"),
            postgresql_where=text("unsealed_at IS NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    contest_id: int = Field(foreign_key="contest.id", unique=True)
    method: Method = Field(default=Method.MEAN, sa_type=one_of(Method))
    is_normalised: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    is_blind: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    shows_notes: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    per_entry: int = 3
    until: Moment
    seed: str = ""
    assigned_at: Moment | None = None
    unseals_at: Moment | None = None
    unsealed_at: Moment | None = None
    remind_at: Moment | None = None
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    changed_at: Moment


class Criterion(Translatable, table=True):
    """What judges look at: whole points up to ``most``, counted by ``weight``."""

    id: int = Field(default=None, primary_key=True)
    contest_id: int = Field(foreign_key="contest.id", index=True)
    position: int
    title: str
    weight: int
    most: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A criterion to be written."""

    title: Translated
    weight: int = 1
    most: int = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """How a contest is to be judged."""

    criteria: tuple[Asked, ...]
    until: Moment
    per_entry: int = 3
    method: Method = Method.MEAN
    is_normalised: bool = False
    is_blind: bool = False
    shows_notes: bool = False


@dataclass(frozen=True, slots=True)
class SetUp:
    judging: Judging


@dataclass(frozen=True, slots=True)
class Assigned:
    """Entries are with their judges: criteria and rules stay as they are."""

    judging: Judging


@dataclass(frozen=True, slots=True)
class TooLate:
    """The deadline would lie behind or before entries close, or the contest is over."""

    contest: Contest


@dataclass(frozen=True, slots=True)
class BadCriteria:
    """There is none, there are too many, or one has no name, no weight or no points."""


def set_up(
    session: Session, contest_id: int, plan: Plan, by: int | None, now: Moment
) -> SetUp | Assigned | TooLate | BadCriteria:
    """Write how a contest is judged, in place of what was written before.

    Once entries are assigned only the deadline can be changed, and on a stage nothing. Raises
    NotAllowed when ``by`` may not run the contest.
    """
    contest = contests.locked(session, contest_id, by, now)
    row = of_contest(session, contest_id)
    over = phase_of(contest, now) in (Phase.DECIDED, Phase.CANCELLED)
    if not has_deadline(contest):
        plan = replace(plan, until=contest.closes_at)
    elif plan.until <= max(now, contest.closes_at):
        over = True
    if over:
        return TooLate(contest)
    if row is not None and row.assigned_at is not None:
        return Assigned(row)
    if not _are_sound(plan):
        return BadCriteria()
    row = row or Judging(contest_id=contest_id, until=plan.until, changed_at=now)
    row.method, row.is_normalised, row.per_entry = plan.method, plan.is_normalised, plan.per_entry
    row.is_blind, row.shows_notes, row.until = plan.is_blind, plan.shows_notes, plan.until
    row.by_member_id, row.changed_at = by, now
    session.add(row)
    session.execute(delete(Criterion).where(col(Criterion.contest_id) == contest_id))
    for position, each in enumerate(plan.criteria, start=1):
        criterion = Criterion(
            contest_id=contest_id, position=position, title="", weight=each.weight, most=each.most
        )
        criterion.put_text("title", each.title)
        session.add(criterion)
    session.flush()
    contests.record(session, contest, by, now, "judging set up", until=plan.until.isoformat())
    return SetUp(row)


def has_deadline(contest: Contest) -> bool:
    """Return whether marks are due by a time; on a stage they are given while it is watched."""
    return contest.form is not Form.STAGE


def plan_of(session: Session, contest_id: int) -> Plan:
    """Return how a contest is judged as a plan, to be changed and set up; what is usual before."""
    contest, row = session.get_one(Contest, contest_id), of_contest(session, contest_id)
    asked = tuple(
        Asked(each.text_of("title"), each.weight, each.most)
        for each in criteria_of(session, contest_id)
    )
    if row is None:
        return Plan(asked, contest.closes_at)
    return Plan(
        criteria=asked,
        until=row.until,
        per_entry=row.per_entry,
        method=row.method,
        is_normalised=row.is_normalised,
        is_blind=row.is_blind,
        shows_notes=row.shows_notes,
    )


def put_off(
    session: Session, contest_id: int, until: Moment, by: int | None, now: Moment
) -> SetUp | TooLate | None:
    """Move the deadline of a judging whose scores are sealed; None where there is none."""
    contest = contests.locked(session, contest_id, by, now)
    row = of_contest(session, contest_id)
    if row is None or row.unsealed_at is not None:
        return None
    if until <= max(now, contest.closes_at):
        return TooLate(contest)
    row.until, row.changed_at = until, now
    if row.assigned_at is not None:
        row.remind_at = next_reminder(until, now)
    session.add(row)
    session.flush()
    contests.record(session, contest, by, now, "judging put off", until=until.isoformat())
    return SetUp(row)


def _are_sound(plan: Plan) -> bool:
    return (
        0 < len(plan.criteria) <= MOST_CRITERIA
        and all(
            each.title.text.strip() and each.weight > 0 and 0 < each.most <= MOST_POINTS
            for each in plan.criteria
        )
        and 0 < plan.per_entry <= MOST_JUDGES
    )


def next_reminder(until: Moment, now: Moment) -> Moment | None:
    """Return when judges are reminded next: three days before the deadline, and one."""
    times = (until - timedelta(days=days) for days in (3, 1))
    return next((each for each in times if each > now), None)


# Reading


def of_contest(session: Session, contest_id: int) -> Judging | None:
    return session.exec(select(Judging).where(Judging.contest_id == contest_id)).first()


def locked(session: Session, contest_id: int) -> Judging:
    """Lock the judging of a contest, under which its scores and assignments change."""
    query = select(Judging).where(Judging.contest_id == contest_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()


def criteria_of(session: Session, contest_id: int) -> Sequence[Criterion]:
    """Return the criteria of a contest in their order."""
    query = select(Criterion).where(Criterion.contest_id == contest_id)
    return session.exec(query.order_by(col(Criterion.position))).all()


def in_rules(criteria: Sequence[Criterion]) -> tuple[scoring.Criterion, ...]:
    """Return criteria as the rules take them."""
    return tuple(scoring.Criterion(each.weight, each.most) for each in criteria)


def set_by(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return for which contests a member wrote how they are judged, as plain values."""
    rows = session.exec(
        select(Contest, Judging.until)
        .join(Judging, col(Judging.contest_id) == col(Contest.id))
        .where(Judging.by_member_id == member_id)
        .order_by(col(Judging.id))
    )
    return [
        {"contest": contest.title, "until": until if has_deadline(contest) else None}
        for contest, until in rows
    ]
