"""The judges of a contest: asked, accepting or refusing, and what they are tied to."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Index, UniqueConstraint, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.contests import contests, judging
from models.contests.contests import Contest
from models.contests.judging import Judging
from models.network import roles
from models.network.members import Member
from models.network.stations import Enterprise, Station
from models.rules.contests.states import ContestState
from models.rules.network import codes
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.sending.deliveries import A_WEEK
from models.store import Moment

ASKED, ANSWERED = "judge-asked", "judge-answered"
"""Topics: to who shall judge, and to those who asked them."""


MOST_FOUND = 5
CODE_LASTS = timedelta(days=30)


class Judge(SQLModel, table=True):
    """A judge of a contest, known in its record by a random ``code`` alone.

    ``member_id`` is None after the member is erased, and while nobody has sent the one-time code of
    which ``invite_hash`` is the hash. Who has accepted and not left judges.
    """

    __table_args__ = (
        UniqueConstraint("contest_id", "member_id"),
        Index(
            "judge_invite",
            "invite_hash",
            sqlite_where=text("invite_hash <> ''"),
            postgresql_where=text("invite_hash <> ''"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    contest_id: int = Field(foreign_key="contest.id")
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    code: str = Field(unique=True)
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    invite_hash: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    asked_at: Moment
    accepted_at: Moment | None = None
    refused_at: Moment | None = None
    left_at: Moment | None = None


class JudgeTie(SQLModel, table=True):
    """A company that a judge has declared a tie to, besides the one they work for."""

    __tablename__ = "judge_tie"
    __table_args__ = (UniqueConstraint("judge_id", "enterprise_id"),)

    id: int = Field(default=None, primary_key=True)
    judge_id: int = Field(foreign_key="judge.id")
    enterprise_id: int = Field(foreign_key="enterprise.id", index=True)


@dataclass(frozen=True, slots=True)
class Invited:
    """The member was told; ``again`` says that they had been asked before."""

    judge: Judge
    again: bool = False


@dataclass(frozen=True, slots=True)
class Over:
    """The scores are unsealed, or the contest is: nobody judges any more."""

    contest: Contest


def invite(
    session: Session, contest_id: int, member_id: int, by: int | None, now: Moment
) -> Invited | Over | None:
    """Ask a member to judge, also one who refused or left before; None: there is no such member.

    Raises NotAllowed when ``by`` may not run the contest.
    """
    contest = contests.locked(session, contest_id, by, now)
    member = session.get(Member, member_id)
    if is_over(session, contest):
        return Over(contest)
    if member is None or member.consented_at is None:
        return None
    judge = of_member(session, contest_id, member_id)
    if judge is not None and judge.refused_at is None and judge.left_at is None:
        return Invited(judge, again=True)
    judge = judge or Judge(
        contest_id=contest_id, member_id=member_id, code=codes.make(secrets.choice), asked_at=now
    )
    judge.by_member_id, judge.asked_at = by, now
    judge.accepted_at = judge.refused_at = judge.left_at = None
    session.add(judge)
    session.flush()
    contests.record(session, contest, by, now, "judge asked", judge=member_id)
    deliveries.plan_for_member(
        session,
        member_id,
        key=f"{ASKED}:{judge.id}:{int(now.timestamp())}",
        topic=ASKED,
        facts={"judge": judge.id},
        due_at=now,
        expires_at=now + A_WEEK,
        now=now,
        about=by,
    )
    return Invited(judge)


def make_code(session: Session, contest_id: int, by: int, now: Moment) -> str | Over:
    """Return a new code: the first member who sends it within ``CODE_LASTS`` is asked to judge.

    Raises NotAllowed when ``by`` may not run the contest.
    """
    contest = contests.locked(session, contest_id, by, now)
    if is_over(session, contest):
        return Over(contest)
    code = codes.make(secrets.choice)
    session.add(
        Judge(
            contest_id=contest_id,
            code=codes.make(secrets.choice),
            by_member_id=by,
            invite_hash=_hash(code),
            asked_at=now,
        )
    )
    session.flush()
    contests.record(session, contest, by, now, "judge's code")
    return code


def claim(session: Session, member_id: int, code: str, now: Moment) -> Judge | None:
    """Ask the member who sent a code to judge, once; None: it is none, or is good no more.

    Who made it must still be allowed to. Who judges there already leaves the code unused.
    """
    query = select(Judge).where(Judge.invite_hash == _hash(code), col(Judge.left_at).is_(None))
    row = session.exec(query.with_for_update()).first()
    if row is None or row.by_member_id is None or now >= row.asked_at + CODE_LASTS:
        return None
    contest = session.get_one(Contest, row.contest_id)
    station = session.get_one(Station, contest.station_id)
    may = roles.may(session, row.by_member_id, Act.RUN_CONTEST, station, now)
    if is_over(session, contest) or not may:
        return None
    before = of_member(session, contest.id, member_id)
    if before is not None:
        if before.refused_at is not None or before.left_at is not None:
            before.accepted_at = before.refused_at = before.left_at = None
            before.asked_at = now
            session.add(before)
            session.delete(row)
            session.flush()
        return before
    row.member_id, row.invite_hash, row.asked_at = member_id, "", now
    session.add(row)
    session.flush()
    contests.record(session, contest, row.by_member_id, now, "judge asked", judge=member_id)
    return row


def _hash(code: str) -> str:
    return hashlib.sha256(codes.plain(code).encode()).hexdigest()


def answer(
    session: Session, judge_id: int, member_id: int, now: Moment, *, yes: bool
) -> Judge | None:
    """Accept or refuse to judge; who asked is told. None: it is not theirs, or over."""
    judge = session.get(Judge, judge_id, with_for_update=True, populate_existing=True)
    if judge is None or judge.member_id != member_id or judge.left_at is not None:
        return None
    contest = session.get_one(Contest, judge.contest_id)
    if is_over(session, contest) or judge.refused_at is not None:
        return None
    if judge.accepted_at is not None:
        # Who has accepted drops out by ``assignments.leave``, which passes on what is left.
        return judge
    judge.accepted_at, judge.refused_at = (now, None) if yes else (None, now)
    session.add(judge)
    session.flush()
    if judge.by_member_id is not None:
        deliveries.plan_for_member(
            session,
            judge.by_member_id,
            key=f"{ANSWERED}:{judge.id}:{int(now.timestamp())}",
            topic=ANSWERED,
            facts={"judge": judge.id},
            due_at=now,
            expires_at=now + A_WEEK,
            now=now,
            about=member_id,
        )
    return judge


def declare(session: Session, judge_id: int, member_id: int, enterprise_id: int) -> Judge | None:
    """Record that a judge has a tie to a company; None: it is not theirs, or there is none."""
    judge = session.get(Judge, judge_id, with_for_update=True, populate_existing=True)
    if judge is None or judge.member_id != member_id:
        return None
    if session.get(Enterprise, enterprise_id) is None:
        return None
    if enterprise_id not in ties_of(session, [judge_id]).get(judge_id, frozenset()):
        session.add(JudgeTie(judge_id=judge_id, enterprise_id=enterprise_id))
        session.flush()
    return judge


def is_over(session: Session, contest: Contest) -> bool:
    """Return whether nobody judges a contest any more."""
    row = judging.of_contest(session, contest.id)
    unsealed = row is not None and row.unsealed_at is not None
    return unsealed or contest.state in (ContestState.DECIDED, ContestState.CANCELLED)


# Reading


def active(judge: type[Judge] = Judge) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of who judges now."""
    return (
        col(judge.accepted_at).is_not(None),
        col(judge.left_at).is_(None),
        col(judge.member_id).is_not(None),
    )


def of_contest(session: Session, contest_id: int) -> Sequence[tuple[Judge, Member | None]]:
    """Return who was asked to judge, the first asked first, with who they are."""
    return session.exec(
        select(Judge, Member)
        .join(Member, col(Member.id) == col(Judge.member_id), isouter=True)
        .where(Judge.contest_id == contest_id)
        .order_by(col(Judge.id))
    ).all()


def of_member(session: Session, contest_id: int, member_id: int) -> Judge | None:
    query = select(Judge).where(Judge.contest_id == contest_id, Judge.member_id == member_id)
    return session.exec(query).first()


def open_for(session: Session, member_id: int) -> Sequence[tuple[Judge, Contest]]:
    """Return where a member judges now, or is asked to: contests whose scores are sealed."""
    return session.exec(
        select(Judge, Contest)
        .join(Contest, col(Contest.id) == col(Judge.contest_id))
        .join(Judging, col(Judging.contest_id) == col(Contest.id), isouter=True)
        .where(
            Judge.member_id == member_id,
            col(Judge.refused_at).is_(None),
            col(Judge.left_at).is_(None),
            col(Judging.unsealed_at).is_(None),
            col(Contest.state).not_in((ContestState.DECIDED, ContestState.CANCELLED)),
        )
        .order_by(col(Judge.id))
    ).all()


def own(session: Session, judge_id: int, member_id: int) -> tuple[Judge, Contest] | None:
    """Return where a member judges or is asked to; None: it is not theirs, refused or left."""
    return session.exec(
        select(Judge, Contest)
        .join(Contest, col(Contest.id) == col(Judge.contest_id))
        .where(
            Judge.id == judge_id,
            Judge.member_id == member_id,
            col(Judge.refused_at).is_(None),
            col(Judge.left_at).is_(None),
        )
    ).first()


def companies_called(session: Session, words: str) -> Sequence[Enterprise]:
    """Return the companies whose name has these words in it, a few at most."""
    query = select(Enterprise).where(col(Enterprise.name).contains(words, autoescape=True))
    return session.exec(query.order_by(col(Enterprise.id)).limit(MOST_FOUND)).all()


def ties_of(session: Session, judge_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Return the companies that judges have declared ties to, by judge."""
    rows = session.exec(select(JudgeTie).where(col(JudgeTie.judge_id).in_(judge_ids)))
    found: dict[int, frozenset[int]] = {}
    for each in rows:
        found[each.judge_id] = found.get(each.judge_id, frozenset()) | {each.enterprise_id}
    return found


# What is kept about a member


def of_one(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return where a member judges or judged, as plain values."""
    rows = session.exec(
        select(Judge, Contest.title)
        .join(Contest, col(Contest.id) == col(Judge.contest_id))
        .where(Judge.member_id == member_id)
        .order_by(col(Judge.id))
    )
    return [
        {
            "contest": title,
            "code": judge.code,
            "asked_at": judge.asked_at,
            "accepted_at": judge.accepted_at,
            "refused_at": judge.refused_at,
            "left_at": judge.left_at,
        }
        for judge, title in rows
    ]


def asked_by(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return for which contests a member asked others to judge, as plain values."""
    rows = session.exec(
        select(Contest.title, Judge.asked_at)
        .join(Judge, col(Judge.contest_id) == col(Contest.id))
        .where(Judge.by_member_id == member_id)
        .order_by(col(Judge.id))
    )
    return [{"contest": title, "asked_at": at} for title, at in rows]


def unite(session: Session, stays: int, goes: int) -> None:
    """Give one member the judging of another; where both judge one contest the second one leaves.

    What the second has scored stays under its code, and belongs to nobody.
    """
    theirs = select(Judge).where(col(Judge.member_id).in_((stays, goes))).order_by(col(Judge.id))
    known = set[int]()
    for each in session.exec(theirs).all():
        if each.contest_id in known:
            each.member_id, each.left_at = None, each.left_at or each.asked_at
            session.add(each)
        known.add(each.contest_id)
    session.flush()
    session.execute(update(Judge).where(col(Judge.member_id) == goes).values(member_id=stays))
