"""ID numbers as answers: sealed, opened, and carried to the other dates of a course.

One is kept as ``440***********1234 SEALED``: what lists show, and the whole number sealed by a key
that is not in the store. What is sealed for one question does not open as the answer to another, so
that each date of a course has it sealed anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.events import answers, questions
from models.events._claims import CAME, LIVE
from models.events.events import Event, Signup
from models.events.questions import EventQuestion
from models.network.sealing import Sealing
from models.rules.events import questions as rules
from models.rules.events import windows
from models.rules.events.questions import QuestionKind
from models.rules.events.windows import EventAct
from models.store import Moment
from models.store.compiled import Row

Likeness = tuple[str, ...]


def sealed(sealing: Sealing, number: str, question_id: int) -> str:
    """Return an ID number as an answer keeps it."""
    return f"{rules.masked_id(number)} {sealing.seal(number, f'question:{question_id}')}"


def opened_of(sealing: Sealing, value: str, question_id: int) -> str:
    """Return the ID number of an answer; empty where its key is not there."""
    return sealing.open(value.partition(" ")[2], f"question:{question_id}") or ""


# The dates of a course


@dataclass(frozen=True, slots=True)
class _Date:
    """A member's claim on a date of a course, and the ID numbers that it asks and has."""

    event_id: int
    signup_id: int
    asked: Mapping[Likeness, EventQuestion]
    values: Mapping[int, str]
    is_closed: bool
    """Whether it has none any more: the date is over or cancelled, or they were checked in."""


def carry(
    session: Session, event: Event | Row, member_id: int, sealing: Sealing, now: Moment
) -> None:
    """Give the dates of a course that have no ID number of a member that of another date.

    Every verb that makes a claim or keeps answers with it calls this.
    """
    if not sealing or event.series_id is None or not event.questions:
        return
    dates = _dates(session, event, member_id, now)
    known = {
        likeness: number
        for each in dates
        for likeness, question in each.asked.items()
        if (number := opened_of(sealing, each.values.get(question.id, ""), question.id))
    }
    _keep(session, dates, known, sealing, now, in_place_of_others=False)


def spread(
    session: Session,
    event: Event,
    member_id: int,
    typed: Iterable[tuple[EventQuestion, str]],
    sealing: Sealing,
    now: Moment,
) -> None:
    """Keep the numbers that a member has just typed for one date at the others of its course."""
    known = {question.likeness: number for question, number in typed}
    dates = _dates(session, event, member_id, now)
    others = [each for each in dates if each.event_id != event.id]
    _keep(session, others, known, sealing, now, in_place_of_others=True)


def _keep(
    session: Session,
    dates: Iterable[_Date],
    known: Mapping[Likeness, str],
    sealing: Sealing,
    now: Moment,
    *,
    in_place_of_others: bool,
) -> None:
    for each in dates:
        if each.is_closed:
            continue
        values = {
            question.id: sealed(sealing, known[likeness], question.id)
            for likeness, question in each.asked.items()
            if likeness in known and (in_place_of_others or not each.values.get(question.id))
        }
        if values:
            answers.keep(session, each.event_id, each.signup_id, values, now)


def _dates(session: Session, event: Event | Row, member_id: int, now: Moment) -> list[_Date]:
    """Return the dates of the course of an event that a member has a claim on."""
    if event.series_id is None:
        return []
    claims = session.exec(
        select(Signup, Event)
        .join(Event, col(Event.id) == col(Signup.event_id))
        .where(
            Event.series_id == event.series_id,
            col(Event.questions) > 0,
            Signup.member_id == member_id,
            col(Signup.state).in_((*LIVE, *CAME)),
        )
        .order_by(col(Signup.event_id))
    ).all()
    said = answers.of_claims(session, [each.id for each, _date in claims])
    return [
        _Date(
            date.id,
            claim.id,
            {
                each.likeness: each
                for each in questions.of_event(session, date.id)
                if each.kind is QuestionKind.ID_NUMBER
                and (each.per_person or claim.party_id is None)
            },
            said.get(claim.id, {}),
            is_closed=claim.state in CAME or windows.refusal(EventAct.EDIT, date, now) is not None,
        )
        for claim, date in claims
    ]
