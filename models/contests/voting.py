"""How the public votes on a contest: set and published before the first vote, then frozen."""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Index, false, text
from sqlmodel import Field, Session, SQLModel, col, select

from models.contests import contests, judging
from models.contests.contests import Contest
from models.rules.contests.scoring import FULL
from models.rules.contests.states import Form, Phase, phase_of
from models.rules.contests.weighing import LEAST_CEILING
from models.store import Moment

MOST_VOTES = 10


class Voting(SQLModel, table=True):
    """How the public votes on a contest.

    Each member has ``votes``, or one in each category where it ``is_per_category``. Only who was
    known to the station before ``known_before`` votes; None: everybody. All votes of one company
    weigh ``ceiling`` at most; None: they are counted. ``jury_percent`` is the judges' part of the
    result. ``source_key`` is the key of the hashes of where on the web votes came from; from
    ``settled_at`` on, when the result was computed, both are erased (``sources``). At ``watch_at``
    votes are looked through next, or their sources erased; None: never again. ``has_signs`` says
    whether a unit voted as one when they were looked through last.
    """

    __table_args__ = (
        Index(
            "voting_watch",
            "watch_at",
            sqlite_where=text("watch_at IS NOT NULL"),
            postgresql_where=text("watch_at IS NOT NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    contest_id: int = Field(foreign_key="contest.id", unique=True)
    opens_at: Moment
    closes_at: Moment
    votes: int = 1
    is_per_category: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    known_before: Moment | None = None
    ceiling: int | None = None
    jury_percent: int = FULL
    source_key: str = ""
    settled_at: Moment | None = None
    watch_at: Moment | None = None
    has_signs: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    changed_at: Moment


@dataclass(frozen=True, slots=True)
class Plan:
    """How the public shall vote."""

    opens_at: Moment
    closes_at: Moment
    votes: int = 1
    is_per_category: bool = False
    known_before: Moment | None = None
    ceiling: int | None = None
    jury_percent: int = 0


@dataclass(frozen=True, slots=True)
class SetUp:
    voting: Voting


@dataclass(frozen=True, slots=True)
class Frozen:
    """Voting has opened: its rules and the ratio stay as they were published."""

    voting: Voting


@dataclass(frozen=True, slots=True)
class BadPlan:
    """It would close before it opens, or a number is out of its bounds."""


@dataclass(frozen=True, slots=True)
class NotJudged:
    """The judges' part would count, and nothing says how it is judged: no entry had a place."""


@dataclass(frozen=True, slots=True)
class Over:
    """The contest's result is known, or it was cancelled."""

    contest: Contest


@dataclass(frozen=True, slots=True)
class ForAward:
    """It is an award: its jury advises, organizers decide, and nobody votes on people."""

    contest: Contest


Stays = Frozen | Over | ForAward
"""Why nothing can be set up about how the public votes."""


def set_up(
    session: Session, contest_id: int, plan: Plan, by: int | None, now: Moment
) -> SetUp | BadPlan | NotJudged | Stays:
    """Write how the public votes; until it opens this may be done again.

    Raises NotAllowed when ``by`` may not run the contest.
    """
    contest = contests.locked(session, contest_id, by, now)
    refused = why_not(session, contest, now)
    if refused is not None:
        return refused
    row = of_contest(session, contest_id)
    if not _is_sound(plan, now):
        return BadPlan()
    if plan.jury_percent and judging.of_contest(session, contest_id) is None:
        return NotJudged()
    row = row or Voting(
        contest_id=contest_id,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        source_key=secrets.token_hex(32),
        changed_at=now,
    )
    row.opens_at, row.closes_at, row.votes = plan.opens_at, plan.closes_at, plan.votes
    row.is_per_category, row.known_before = plan.is_per_category, plan.known_before
    row.ceiling, row.jury_percent = plan.ceiling, plan.jury_percent
    row.watch_at = plan.opens_at
    row.by_member_id, row.changed_at = by, now
    session.add(row)
    session.flush()
    contests.record(
        session,
        contest,
        by,
        now,
        "voting set up",
        opens_at=plan.opens_at.isoformat(),
        closes_at=plan.closes_at.isoformat(),
        jury_percent=plan.jury_percent,
        ceiling=plan.ceiling,
    )
    return SetUp(row)


def _is_sound(plan: Plan, now: Moment) -> bool:
    return (
        now <= plan.opens_at < plan.closes_at
        and 1 <= plan.votes <= MOST_VOTES
        and (plan.votes == 1 or not plan.is_per_category)
        and 0 <= plan.jury_percent < FULL
        and (plan.ceiling is None or plan.ceiling >= LEAST_CEILING)
    )


# Reading


def why_not(session: Session, contest: Contest, now: Moment) -> Stays | None:
    """Return why nothing can be set up any more, or at all; None: it can."""
    if contest.form is Form.AWARD:
        return ForAward(contest)
    if phase_of(contest, now) in (Phase.DECIDED, Phase.CANCELLED):
        return Over(contest)
    row = of_contest(session, contest.id)
    return Frozen(row) if row is not None and row.opens_at <= now else None


def of_contest(session: Session, contest_id: int) -> Voting | None:
    return session.exec(select(Voting).where(Voting.contest_id == contest_id)).first()


def set_by(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return for which contests a member wrote how the public votes, as plain values."""
    rows = session.exec(
        select(Contest.title, Voting.opens_at)
        .join(Voting, col(Voting.contest_id) == col(Contest.id))
        .where(Voting.by_member_id == member_id)
        .order_by(col(Voting.id))
    )
    return [{"contest": title, "opens_at": at} for title, at in rows]
