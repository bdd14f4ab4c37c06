"""A question of one date of a course: asked, changed and deleted at all dates to come at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.events import answers, questionnaire, questions, series
from models.events.events import Event
from models.events.questionnaire import CHANGEABLE, NO_KEYS, Added, NewQuestion, SharesSeats
from models.events.questions import EventQuestion
from models.network.sealing import Sealing
from models.rules.events import windows
from models.rules.events.windows import EventAct
from models.store import Moment


@dataclass(frozen=True, slots=True)
class Spread:
    """At how many dates it was done, and the numbers of those at which it could not be."""

    dates: int
    left: Sequence[int] = ()


def others(session: Session, question: EventQuestion, now: Moment) -> list[Event]:
    """Return the dates to come of its course besides its own whose questions can be changed."""
    event = session.get_one(Event, question.event_id)
    if event.series_id is None:
        return []
    return [
        each
        for each in series.dates_of(session, event.series_id)
        if each.id != event.id and windows.refusal(EventAct.EDIT, each, now) is None
    ]


def like(session: Session, question: EventQuestion, now: Moment) -> list[EventQuestion]:
    """Return the same question at the other dates to come."""
    return [
        each
        for each in _asked_at(session, others(session, question, now))
        if each.likeness == question.likeness
    ]


def are_answered(session: Session, asked: Sequence[EventQuestion]) -> bool:
    """Return whether anybody answered one of these, so that it goes with the question."""
    return any(answers.counts(session, each.event_id).get(each.id) for each in asked)


def differing(session: Session, question: EventQuestion, now: Moment) -> list[Event]:
    """Return the other dates to come that do not ask it, or ask it otherwise."""
    dates = others(session, question, now)
    if not dates:
        return []
    asked = _asked_at(session, dates)
    known = {each.id: each for each in (*asked, *questions.of_event(session, question.event_id))}
    same = {each.event_id: each for each in asked if each.likeness == question.likeness}
    return [
        each
        for each in dates
        if each.id not in same or not _is_alike(same[each.id], question, each, known)
    ]


def spread(
    session: Session,
    question_id: int,
    by: int | None,
    now: Moment,
    *,
    sealing: Sealing = NO_KEYS,
) -> Spread | None:
    """Ask a question at all dates to come of its course as it is asked at its own.

    What it hangs on is asked there as well. None where there is no such question any more. Raises
    ``roles.NotAllowed`` as ``questionnaire.add`` does.
    """
    question = questions.get(session, question_id)
    if question is None:
        return None
    dates = differing(session, question, now)
    # In the order of their numbers, as those who sign up for all of them lock them.
    for each in sorted(dates, key=lambda each: each.id):
        _ask_alike(session, question, each, by, now, sealing)
    left = [each.id for each in differing(session, question, now)]
    return Spread(len(dates) - len(left), left)


def remove(session: Session, question_id: int, by: int, now: Moment) -> Spread | None:
    """Delete a question with its answers at all dates to come of its course.

    Where seats are shared out by it, it stays. None where there is no such question any more.
    Raises ``roles.NotAllowed`` as ``questionnaire.add`` does.
    """
    question = questions.get(session, question_id)
    if question is None:
        return None
    same = [question, *like(session, question, now)]
    left = [
        number
        for number, each in sorted((each.event_id, each.id) for each in same)
        if isinstance(questionnaire.remove(session, each, by, now), SharesSeats)
    ]
    return Spread(len(same) - len(left), left)


def _asked_at(session: Session, dates: Sequence[Event]) -> Sequence[EventQuestion]:
    if not dates:
        return []
    return session.exec(
        select(EventQuestion)
        .where(col(EventQuestion.event_id).in_([each.id for each in dates]))
        .order_by(col(EventQuestion.event_id), col(EventQuestion.position), col(EventQuestion.id))
    ).all()


def _is_alike(
    theirs: EventQuestion, ours: EventQuestion, date: Event, known: dict[int, EventQuestion]
) -> bool:
    def after(each: EventQuestion) -> tuple[tuple[str, ...], str]:
        other = known.get(each.if_question or 0)
        return (other.likeness if other is not None else ()), each.if_choice

    # What shares seats out must be answered, whatever the other dates say.
    compared = [each for each in CHANGEABLE if each != "required" or not date.quotas]
    return (
        all(getattr(theirs, each) == getattr(ours, each) for each in compared)
        and theirs.keep_days == ours.keep_days
        and after(theirs) == after(ours)
    )


def _ask_alike(
    session: Session,
    question: EventQuestion,
    date: Event,
    by: int | None,
    now: Moment,
    sealing: Sealing,
) -> EventQuestion | None:
    """Return the question of this date; None where it could not be added."""
    asked = {each.likeness: each for each in questions.of_event(session, date.id)}
    on = None
    if question.if_question is not None:
        other = questions.get(session, question.if_question)
        if other is None:
            return None
        on = asked.get(other.likeness) or _ask_alike(session, other, date, by, now, sealing)
        if on is None:
            return None
    theirs = asked.get(question.likeness)
    if theirs is None:
        new = _new_like(question, on.id if on is not None else None)
        done = questionnaire.add(session, date.id, new, by, now, sealing=sealing)
        return done.question if isinstance(done, Added) else None
    for what in CHANGEABLE:
        if getattr(theirs, what) != getattr(question, what):
            questionnaire.change(session, theirs.id, what, getattr(question, what), by, now)
    if theirs.keep_days != question.keep_days:
        questionnaire.keep_for(session, theirs.id, question.keep_days, by, now)
    hangs_on = (on.id if on is not None else None), question.if_choice
    if (theirs.if_question, theirs.if_choice) != hangs_on:
        questionnaire.ask_if(session, theirs.id, *hangs_on, by, now)
    return theirs


def _new_like(question: EventQuestion, on: int | None) -> NewQuestion:
    return NewQuestion(
        question.kind,
        question.text_of("text"),
        question.choices_said(),
        required=question.required,
        per_person=question.per_person,
        if_question=on,
        if_choice=question.if_choice,
        at_check_in=question.at_check_in,
        asked_again=question.asked_again,
        ready=question.ready,
        keep_days=question.keep_days,
    )
