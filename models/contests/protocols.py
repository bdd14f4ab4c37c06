"""The records of judgings: by codes alone, so that they hold when somebody is erased."""

from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy import Column as SAColumn
from sqlmodel import Field, Session, SQLModel, col, select

from models.contests import assignments, categories, entries, judging, scores
from models.contests.contests import Contest
from models.contests.judges import Judge
from models.rules.contests import protocols as rules
from models.rules.contests import scoring
from models.rules.contests.protocols import Judging as Facts
from models.rules.contests.protocols import Public
from models.rules.contests.scoring import Method, Standing
from models.rules.contests.states import ContestState
from models.store import Moment


class Protocol(SQLModel, table=True):
    """The record of a judging, or of one round of a stage; the latest one counts."""

    __table_args__ = (Index("protocol_contest", "contest_id", "round_id", "id"),)

    id: int = Field(default=None, primary_key=True)
    contest_id: int = Field(foreign_key="contest.id")
    round_id: int | None = None
    record: dict[str, Any] = Field(sa_column=SAColumn(JSON, nullable=False))
    hash: str
    made_at: Moment


def make(
    session: Session,
    contest_id: int,
    now: Moment,
    round_id: int | None = None,
    public: Public | None = None,
    *,
    is_result: bool = False,
    final_id: int | None = None,
) -> Protocol:
    """Write the record of what was judged; its scores are to be unsealed.

    ``final_id`` is the round whose marks give the result of a contest on a stage.
    """
    stage = round_id if round_id is not None else final_id
    facts = facts_of(session, contest_id, stage)
    record = rules.record_of(facts, contest_id, stage, public, is_result=is_result)
    row = Protocol(
        contest_id=contest_id,
        round_id=round_id,
        record=record,
        hash=str(record["hash"]),
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row


def standings(session: Session, contest_id: int, round_id: int | None = None) -> list[Standing]:
    """Return the entries as their marks place them: for what is unsealed."""
    facts = facts_of(session, contest_id, round_id)
    return scoring.standings(
        facts.criteria,
        facts.method,
        facts.scored,
        is_normalised=facts.is_normalised,
        groups=facts.entries,
    )


def facts_of(session: Session, contest_id: int, round_id: int | None = None) -> Facts:
    """Return all that scores and places follow from; without judges there are no points."""
    row = judging.of_contest(session, contest_id)
    marks = scores.scored(session, contest_id, round_id)
    order = {each.id: at for at, each in enumerate(categories.of_contest(session, contest_id), 1)}
    listed = {
        each.code: order.get(each.category_id or 0, 0)
        for each in entries.handed_in(session, contest_id)
    }
    marked = {each.entry for each in marks}
    if round_id is not None:
        # Whoever stood on the stage was marked, and there they stand in no categories.
        listed = {code: 0 for code in listed if code in marked}
    codes = session.exec(
        select(Judge.code).where(
            Judge.contest_id == contest_id, col(Judge.accepted_at).is_not(None)
        )
    ).all()
    counted = tuple(each for each in marks if each.entry in listed)
    pairs = {(each.entry, each.judge) for each in counted}
    known = assignments.conflicts_of(session, contest_id)
    return Facts(
        judging.in_rules(judging.criteria_of(session, contest_id)),
        row.method if row is not None else Method.MEAN,
        row is not None and row.is_normalised and round_id is None,
        row.per_entry if row is not None else 0,
        row.seed if row is not None else "",
        listed,
        tuple(codes),
        # A tie that came about after somebody had judged does not undo their mark.
        frozenset(pair for pair in known if pair[0] in listed and pair not in pairs),
        counted,
    )


# Reading


def of_contest(session: Session, contest_id: int, round_id: int | None = None) -> Protocol | None:
    """Return the latest record of a contest, or of one of its rounds; for its organizers."""
    query = select(Protocol).where(Protocol.contest_id == contest_id, Protocol.round_id == round_id)
    return session.exec(query.order_by(col(Protocol.id).desc())).first()


def published(session: Session, contest_id: int, round_id: int | None = None) -> Protocol | None:
    """Return the record that everybody may read: once the result is public.

    That of a round is written when its result is announced, and is public with it.
    """
    contest = session.get(Contest, contest_id)
    if contest is None:
        return None
    if round_id is None and contest.state is not ContestState.DECIDED:
        return None
    return of_contest(session, contest_id, round_id)
