"""Questions of a course: asked, changed, deleted and answered at all dates to come at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from models.events import answering, answers, questionnaire, questions, series, signups
from models.events._claims import EVENT, LIVE
from models.events.answering import ListIsFixed, NoSeatForThat, Noted, Said
from models.events.answers import PersonAsked
from models.events.events import Event
from models.events.id_numbers import Likeness
from models.events.questionnaire import CHANGEABLE, NO_KEYS, Added, NewQuestion, SharesSeats
from models.events.questions import EventQuestion
from models.network.sealing import Sealing
from models.network.stations import Care
from models.rules.events import windows
from models.rules.events.questions import QuestionKind
from models.rules.events.windows import EventAct
from models.store import Moment


@dataclass(frozen=True, slots=True)
class Spread:
    """At how many dates it was done, and the numbers of those at which it could not be."""

    dates: int
    left: Sequence[int] = ()


def dates_to_come(session: Session, event: Event, now: Moment) -> list[Event]:
    """Return the dates of its course whose questions can be changed, the soonest first."""
    if event.series_id is None:
        return []
    return [
        each
        for each in series.dates_of(session, event.series_id)
        if windows.refusal(EventAct.EDIT, each, now) is None
    ]


def others(session: Session, question: EventQuestion, now: Moment) -> list[Event]:
    """Return the dates to come of its course besides its own."""
    event = session.get_one(Event, question.event_id)
    return [each for each in dates_to_come(session, event, now) if each.id != event.id]


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


# Asking those who signed up before


@dataclass(frozen=True, slots=True)
class Unasked:
    """The members who were not asked everything: at an event, and at other dates of its course."""

    here: frozenset[int]
    elsewhere: frozenset[int]

    @property
    def people(self) -> int:
        return len(self.here | self.elsewhere)


def unasked(session: Session, event: Event, now: Moment) -> Unasked:
    """Return who was not asked everything, here and at other dates to come."""
    others = [each for each in dates_to_come(session, event, now) if each.id != event.id]
    return Unasked(
        frozenset(answers.unasked(session, event.id)),
        frozenset(member for each in others for member in answers.unasked(session, each.id)),
    )


def ask_those_signed_up(session: Session, event: Event, by: int, now: Moment) -> int:
    """Plan one notice about all dates to come to each member who was not asked everything.

    Returns how many there are. Raises NotAllowed when ``by`` may not run one of them.
    """
    dates = dates_to_come(session, event, now)
    return answers.ask_those_signed_up(session, event, by, now, dates=dates) if dates else 0


def unanswered(session: Session, event: Event, member_id: int, now: Moment) -> list[Event]:
    """Return the dates to come at which a member who comes was not asked everything."""
    return [
        each
        for each in dates_to_come(session, event, now)
        if _has_claim(session, each, member_id)
        and not all(one.is_complete for one in answers.people_asked(session, each.id, member_id))
    ]


def answer(
    session: Session, event: Event, said: Said, member_id: int, care: Care, now: Moment
) -> Noted | NoSeatForThat | ListIsFixed:
    """Change answers as ``answering.put`` does, also at other dates where they have none.

    There it is what the member said of themselves: whom they bring is asked about at each date.
    """
    dates = [
        each
        for each in dates_to_come(session, event, now)
        if each.id != event.id and _has_claim(session, each, member_id)
    ]
    # In the order of their numbers, as those who sign up for all of them lock them.
    for number in sorted((event.id, *(each.id for each in dates))):
        EVENT.first(session, {"event_id": number})
    done = answering.put(session, event.id, said, care, now)
    mine = next(iter(answers.people_asked(session, event.id, member_id)), None)
    if mine is None or not isinstance(done, Noted):
        return done
    known = {
        each.likeness: mine.values[each.id] for each in mine.questions if each.id in mine.values
    }
    for each in dates:
        there = answers.people_asked(session, each.id, member_id)[0]
        new: dict[int, str] = {}
        # What is answered may open another question.
        while found := _known_of(there, new, known):
            new |= found
        if new:
            answering.put(session, each.id, {there.signup_id: new}, care, now)
    return done


def _known_of(
    person: PersonAsked, new: Mapping[int, str], known: Mapping[Likeness, str]
) -> dict[int, str]:
    asked = replace(person, values={**person.values, **new}).missing()
    return {
        each.id: known[each.likeness]
        for each in asked
        # An ID number is sealed for each date anew, as soon as it is typed.
        if each.kind is not QuestionKind.ID_NUMBER and each.likeness in known
    }


def _has_claim(session: Session, event: Event, member_id: int) -> bool:
    claim = signups.claim_of(session, event.id, member_id)
    return claim is not None and claim.state in LIVE


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
