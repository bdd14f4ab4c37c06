"""Ask at check-in what an event wants to know once more: the answer of then, confirmed or changed.

An answer that was given or confirmed since the person was checked in is not asked again; an undone
check-in asks anew.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.events import answering, checking_in
from models.events.answering import ListIsFixed, NoSeatForThat, Noted, Said
from models.events.events import Event, Signup, SignupState
from models.events.questions import Answer, EventQuestion, of_event
from models.network import audit
from models.network.stations import Care
from models.rules.events import questions as rules
from models.rules.events.questions import Values
from models.rules.network.permissions import Act
from models.store import Moment


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A person who is here, what is asked of them, and ``values``: all that holds for them.

    ``questions`` are to be asked as far as ``models.rules.events.questions.shown`` says.
    """

    claim: Signup
    questions: Sequence[EventQuestion]
    values: Values


def left(session: Session, event: Event, signup_ids: Collection[int]) -> list[AskedAgain]:
    """Return who of these is checked in and has not been asked again, in this order."""
    if not event.questions:
        return []
    asked = of_event(session, event.id)
    again = [each for each in asked if each.asked_again]
    if not again:
        return []
    each_persons = {each.id for each in asked if each.per_person}
    claims = _claims(session, event.id, signup_ids)
    leaders = {each.party_id for each in claims if each.party_id is not None}
    said = _answers(session, {each.id for each in claims} | leaders)
    found: list[AskedAgain] = []
    for claim in claims:
        mine = said.get(claim.id, {})
        own = {number: each.value for number, each in mine.items()}
        led = {number: each.value for number, each in said.get(claim.party_id or 0, {}).items()}
        values = rules.answers_of(own, led, each_persons)
        shown = rules.shown([each.asked for each in asked], values)
        of_them = again if claim.party_id is None else [e for e in again if e.per_person]
        open_yet = [
            each
            for each in of_them
            if not _was_since(mine.get(each.id), claim) or each.id not in shown
        ]
        if any(each.id in shown for each in open_yet):
            found.append(AskedAgain(claim, open_yet, values))
    return found


def note(
    session: Session, event_id: int, said: Said, by: int, care: Care, now: Moment
) -> Noted | NoSeatForThat | ListIsFixed:
    """Keep what people said at the door, by their claims; what they did not change as well.

    Of one to whose answer no seat is open nothing is changed. Raises NotAllowed when ``by`` may not
    check people in at the event.
    """
    event = checking_in.to_check_in(session, event_id, by, now)
    claims = _claims(session, event_id, said)
    before = _answers(session, said.keys())
    subject, place = f"event:{event_id}", event.station_id
    for number in [each.id for each in claims]:
        was = {question: each.value for question, each in before.get(number, {}).items()}
        if any(was.get(each) != value for each, value in said[number].items()):
            what = {"what": "answers changed", "signup": number}
            audit.record(session, by, Act.CHECK_IN, subject, now, station_id=place, **what)
    return _put(session, event_id, claims, said, care, now)


def note_own(
    session: Session, event_id: int, said: Said, member_id: int, care: Care, now: Moment
) -> Noted | NoSeatForThat | ListIsFixed:
    """Keep what a member says of themselves, and of those without a chat whom they bring."""
    session.get_one(Event, event_id, with_for_update=True)
    mine = [each for each in _claims(session, event_id, said) if _is_of(session, each, member_id)]
    return _put(session, event_id, mine, said, care, now)


def _put(
    session: Session, event_id: int, claims: Sequence[Signup], said: Said, care: Care, now: Moment
) -> Noted | NoSeatForThat | ListIsFixed:
    again = {each.id for each in of_event(session, event_id) if each.asked_again}
    done: Noted | NoSeatForThat | ListIsFixed = Noted()
    for claim in claims:
        values = {number: each for number, each in said[claim.id].items() if number in again}
        if not values:
            continue
        put = answering.put(session, event_id, {claim.id: values}, care, now)
        done = put if not isinstance(put, Noted) else done
    return done


def _claims(session: Session, event_id: int, signup_ids: Collection[int]) -> list[Signup]:
    """Return those of these claims on an event whose people are here, in this order."""
    places = {number: place for place, number in enumerate(signup_ids)}
    rows = session.exec(
        select(Signup).where(
            col(Signup.id).in_(places),
            Signup.event_id == event_id,
            Signup.state == SignupState.ATTENDED,
        )
    ).all()
    return sorted(rows, key=lambda each: places[each.id])


def _answers(session: Session, signup_ids: Collection[int]) -> dict[int, dict[int, Answer]]:
    rows = session.exec(select(Answer).where(col(Answer.signup_id).in_(signup_ids)))
    found: dict[int, dict[int, Answer]] = {}
    for each in rows:
        found.setdefault(each.signup_id, {})[each.question_id] = each
    return found


def _was_since(answer: Answer | None, claim: Signup) -> bool:
    """Return whether an answer was given since its person was checked in."""
    return answer is not None and claim.attended_at is not None and answer.at >= claim.attended_at


def _is_of(session: Session, claim: Signup, member_id: int) -> bool:
    if claim.member_id is not None or claim.party_id is None:
        return claim.member_id == member_id
    return session.get_one(Signup, claim.party_id).member_id == member_id
