"""Votes of a crowd: one answer a person a question, counted in the transaction that takes it.

Statements here run for every vote. So a vote that was answered is counted, whatever happens then.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, update
from sqlalchemy import select as columns_of
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from models.events.events import Event
from models.gala.lines import Writer
from models.gala.polls import Poll, PollChoice, PollPlace, PollQuestion, PollTally, PollVote
from models.network.members import is_blocked
from models.store import Moment, table_of
from models.store.statements import Prepared

PARTS = 32
"""Into how many parts the votes for one choice are counted, at most."""

_POLLS, _QUESTIONS, _CHOICES = table_of(Poll), table_of(PollQuestion), table_of(PollChoice)
_VOTES, _TALLIES = table_of(PollVote), table_of(PollTally)


# Outcomes


class NotTaken(StrEnum):
    """Why a vote was not taken."""

    GONE = "no such answer"
    CLOSED = "not open"
    FINAL = "answered before"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Voted:
    """The answer of a question that counts. ``again``: it did before; ``changed``: another did."""

    question_id: int
    choice_id: int
    again: bool = False
    changed: bool = False


# A vote waits for the closing of its question, and the closing for it, so that none is counted
# after the result: PostgreSQL's FOR SHARE against the update that closes.
_CHOSEN = Prepared(
    columns_of(
        _QUESTIONS.c.id,
        _QUESTIONS.c.opened_at,
        _QUESTIONS.c.closed_at,
        _POLLS.c.event_id,
        _POLLS.c.may_change,
    )
    .select_from(_QUESTIONS)
    .join(_CHOICES, _CHOICES.c.question_id == _QUESTIONS.c.id)
    .join(_POLLS, _POLLS.c.id == _QUESTIONS.c.poll_id)
    .where(_CHOICES.c.id == bindparam("choice_id"))
    .with_for_update(of=_QUESTIONS, read=True)
)
_BEFORE = Prepared(
    columns_of(_VOTES.c.id, _VOTES.c.choice_id).where(
        _VOTES.c.question_id == bindparam("question_id"),
        _VOTES.c.member_id == bindparam("member_id"),
    )
)
_CHANGE = Prepared(
    update(_VOTES)
    .where(_VOTES.c.id == bindparam("vote_id"))
    .values(choice_id=bindparam("new_choice"), at=bindparam("new_at"))
)


@cache
def _insert_vote(dialect: str) -> Prepared:
    insert = postgresql.insert(_VOTES) if dialect == "postgresql" else sqlite.insert(_VOTES)
    columns = ("question_id", "choice_id", "member_id", "at")
    return Prepared(insert.on_conflict_do_nothing().returning(_VOTES.c.id), columns)


@cache
def _count(dialect: str) -> Prepared:
    insert = postgresql.insert(_TALLIES) if dialect == "postgresql" else sqlite.insert(_TALLIES)
    more = {"votes": _TALLIES.c.votes + insert.excluded.votes}
    upsert = insert.on_conflict_do_update(index_elements=["choice_id", "part"], set_=more)
    return Prepared(upsert, ("choice_id", "part", "votes"))


def vote(
    session: Session, event_id: int, choice_id: int, who: Writer, now: Moment
) -> Voted | NotTaken:
    """Take a member's answer to an open question of an event, in the place of an earlier one."""
    if is_blocked(who, now):
        return NotTaken.BLOCKED
    chosen = _CHOSEN.first(session, {"choice_id": choice_id})
    if chosen is None or chosen.event_id != event_id:
        return NotTaken.GONE
    if chosen.opened_at is None or chosen.closed_at is not None:
        return NotTaken.CLOSED
    question_id, dialect = chosen.id, session.get_bind().dialect.name
    values = {"question_id": question_id, "choice_id": choice_id, "member_id": who.id, "at": now}
    if _insert_vote(dialect).first(session, values) is not None:
        _add(session, choice_id, 1)
        return Voted(question_id, choice_id)
    before = _BEFORE.one(session, {"question_id": question_id, "member_id": who.id})
    if before.choice_id == choice_id:
        return Voted(question_id, choice_id, again=True)
    if not chosen.may_change:
        return NotTaken.FINAL
    _CHANGE.run(session, {"vote_id": before.id, "new_choice": choice_id, "new_at": now})
    _add(session, before.choice_id, -1)
    _add(session, choice_id, 1)
    return Voted(question_id, choice_id, changed=True)


def _add(session: Session, choice_id: int, votes: int) -> None:
    """Count votes in the part of this process; processes do not wait for each other's commits."""
    part = os.getpid() % PARTS
    counted = {"choice_id": choice_id, "part": part, "votes": votes}
    _count(session.get_bind().dialect.name).run(session, counted)


# Reading


def answers_of(session: Session, poll_id: int, member_id: int) -> Mapping[int, int]:
    """Return what a member answered in a poll: the choice by the question."""
    rows = session.exec(
        select(PollVote.question_id, PollVote.choice_id)
        .join(PollQuestion, col(PollQuestion.id) == col(PollVote.question_id))
        .where(PollQuestion.poll_id == poll_id, PollVote.member_id == member_id)
    )
    return dict(rows.all())


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return what a member answered in polls, as plain values, as long as it is known."""
    rows = session.exec(
        select(PollVote.at, Event.title, PollQuestion.text, PollChoice.text)
        .select_from(PollVote)
        .join(PollChoice, col(PollChoice.id) == col(PollVote.choice_id))
        .join(PollQuestion, col(PollQuestion.id) == col(PollVote.question_id))
        .join(Poll, col(Poll.id) == col(PollQuestion.poll_id))
        .join(Event, col(Event.id) == col(Poll.event_id))
        .where(PollVote.member_id == member_id)
        .order_by(col(PollVote.id))
    )
    answers = [
        {"event": event, "question": question, "answer": answer, "at": at}
        for at, event, question, answer in rows
    ]
    places = session.exec(
        select(PollPlace.place, Poll.title)
        .join(Poll, col(Poll.id) == col(PollPlace.poll_id))
        .where(PollPlace.member_id == member_id)
    )
    return answers + [{"quiz": title, "place": place} for place, title in places]


# Merging and forgetting


def unite(session: Session, stays: int, goes: int) -> None:
    """Give one member the votes of another; of two answers to one question the earlier counts."""
    rows = session.exec(
        select(PollVote)
        .where(col(PollVote.member_id).in_((stays, goes)))
        .order_by(col(PollVote.at), col(PollVote.id))
    ).all()
    first: dict[int, PollVote] = {}
    for each in rows:
        if each.question_id in first:
            session.delete(each)
            _add(session, each.choice_id, -1)
        first.setdefault(each.question_id, each)
    session.flush()
    for each in first.values():
        each.member_id = stays
        session.add(each)
    session.flush()


def old(session: Session, moment: datetime) -> Sequence[int]:
    """Return some votes from before a moment of which it is known whose they are."""
    rows: Sequence[int] = session.exec(
        select(PollVote.id)
        .where(PollVote.at < moment, col(PollVote.member_id).is_not(None))
        .order_by(col(PollVote.id))
        .limit(AT_ONCE)
    ).all()
    return rows


def forget(session: Session, vote_ids: Sequence[int], _now: Moment) -> None:
    """Delete these votes; they stay counted."""
    session.execute(delete(PollVote).where(col(PollVote.id).in_(vote_ids)))


AT_ONCE = 500
"""How many votes are deleted in one transaction."""
