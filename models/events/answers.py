"""What people answered at sign-up: kept with their claims until a set time after the event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, or_, update
from sqlmodel import Session, col, select

from models.events._claims import LIVE
from models.events.events import Event, EventState, Signup, SignupState
from models.events.questions import Answer, EventQuestion, MemberAnswer, of_event
from models.network import audit, roles
from models.rules.events import questions as rules
from models.rules.events import undated
from models.rules.events.questions import QuestionKind, Values
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.store import Moment, table_of
from models.store.compiled import Row

KEPT_KINDS = (QuestionKind.TEXT, QuestionKind.PHONE, QuestionKind.SIZE, QuestionKind.DATE)
"""Answers that say something of the person, and would be the same at the next event."""


@dataclass(frozen=True, slots=True)
class PersonAsked:
    """A person of a claim, the questions that are for them, and what they answered so far.

    A question that was skipped is answered by the empty string. ``name`` is empty of the member
    who is asked themselves, whose ``number`` is 0; those who come along are counted from 1.
    """

    signup_id: int
    name: str
    questions: Sequence[EventQuestion]
    values: Values
    number: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether every question that is to be asked has been."""
        return not self.missing()

    def missing(self) -> list[EventQuestion]:
        """Return the questions that are to be asked and have not been."""
        numbers = rules.shown([each.asked for each in self.questions], self.values)
        return [e for e in self.questions if e.id in numbers and e.id not in self.values]


def keep(session: Session, event: Event | Row, signup_id: int, values: Values, now: Moment) -> None:
    """Keep the answers of one claim in place of earlier ones to the same questions.

    What belongs to a question that is there no more, or is not asked after all, is dropped.
    """
    asked = {each.id: each for each in of_event(session, event.id)}
    mine = of_claims(session, [signup_id]).get(signup_id, {}) | dict(values)
    shown = rules.shown([each.asked for each in asked.values()], mine)
    concerned = [*values, *(number for number in mine if number not in shown)]
    session.execute(
        delete(Answer).where(
            col(Answer.signup_id) == signup_id, col(Answer.question_id).in_(concerned)
        )
    )
    session.add_all(
        Answer(
            signup_id=signup_id,
            question_id=number,
            value=value,
            at=now,
            erase_at=_counts_from(event) + timedelta(days=asked[number].keep_days),
        )
        for number, value in values.items()
        if number in shown
    )
    session.flush()


def of_claims(session: Session, signup_ids: Sequence[int]) -> dict[int, dict[int, str]]:
    """Return the answers of these claims, by claim and question."""
    rows = session.exec(select(Answer).where(col(Answer.signup_id).in_(signup_ids)))
    found: dict[int, dict[int, str]] = {}
    for each in rows:
        found.setdefault(each.signup_id, {})[each.question_id] = each.value
    return found


def of_event_claims(session: Session, event_id: int) -> dict[int, dict[int, str]]:
    """Return the answers of all claims on an event, by claim and question."""
    ours = select(EventQuestion.id).where(EventQuestion.event_id == event_id)
    found: dict[int, dict[int, str]] = {}
    for each in session.exec(select(Answer).where(col(Answer.question_id).in_(ours))):
        found.setdefault(each.signup_id, {})[each.question_id] = each.value
    return found


def people_asked(session: Session, event_id: int, member_id: int) -> list[PersonAsked]:
    """Return a member and those who come along with them, with what each is asked.

    Who comes along with a member answers by themselves: only people without a chat are asked
    through who brings them. A question that is not for each person is asked of who leads.
    """
    claim = session.exec(
        select(Signup).where(
            Signup.event_id == event_id,
            Signup.member_id == member_id,
            col(Signup.state) != SignupState.CANCELLED,
        )
    ).first()
    if claim is None:
        return []
    others = session.exec(
        select(Signup)
        .where(
            Signup.party_id == claim.id,
            col(Signup.member_id).is_(None),
            col(Signup.state) != SignupState.CANCELLED,
        )
        .order_by(col(Signup.id))
    ).all()
    questions = of_event(session, event_id)
    each_persons = [each for each in questions if each.per_person]
    values = of_claims(session, [claim.id, *(each.id for each in others)])
    own = questions if claim.party_id is None else each_persons
    return [
        PersonAsked(claim.id, "", own, values.get(claim.id, {})),
        *(
            PersonAsked(each.id, each.name, each_persons, values.get(each.id, {}), number)
            for number, each in enumerate(others, start=1)
        ),
    ]


def counts(session: Session, event_id: int) -> dict[int, dict[str, int]]:
    """Return how many people with a seat or before it gave each answer, by question.

    An answer of several choices counts in each of them.
    """
    rows = session.exec(
        select(Answer.question_id, Answer.value, func.count())
        .join(Signup, col(Signup.id) == col(Answer.signup_id))
        .where(
            Signup.event_id == event_id,
            col(Signup.state).not_in((SignupState.CANCELLED, SignupState.NO_SHOW)),
            col(Answer.value) != "",
        )
        .group_by(col(Answer.question_id), col(Answer.value))
    )
    found: dict[int, dict[str, int]] = {}
    for number, value, times in rows:
        counted = found.setdefault(number, {})
        for each in value.split("\n"):
            counted[each] = counted.get(each, 0) + times
    return found


# Asking those who signed up before a question was added


def unasked(session: Session, event_id: int) -> list[int]:
    """Return the members with a claim in force who were not asked every question yet."""
    members = session.exec(
        select(Signup.member_id)
        .where(
            Signup.event_id == event_id,
            col(Signup.member_id).is_not(None),
            col(Signup.state).in_(LIVE),
        )
        .order_by(col(Signup.turn))
    ).all()
    return [
        member
        for member in members
        if member is not None
        and not all(each.is_complete for each in people_asked(session, event_id, member))
    ]


def ask_those_signed_up(session: Session, event: Event, by: int, now: Moment) -> int:
    """Plan one notice to each member who was not asked everything; return how many there are.

    Pressed twice it asks nobody twice: a notice is for the newest question. Raises NotAllowed when
    ``by`` may not run the event.
    """
    place, team_id = event.station_id, event.team_id
    roles.require(session, by, Act.RUN_EVENT, place, now, team_id=team_id)
    audit.record(
        session, by, Act.RUN_EVENT, f"event:{event.id}", now, station_id=place, what="asked again"
    )
    newest = max((each.id for each in of_event(session, event.id)), default=0)
    concerned = unasked(session, event.id)
    for member_id in concerned:
        deliveries.plan_for_member(
            session,
            member_id,
            key=f"sign-up-questions:{event.id}:{newest}:{member_id}",
            topic="sign-up-questions",
            facts={"event_id": event.id},
            due_at=now,
            expires_at=event.starts_at,
            now=now,
            about=by,
        )
    return len(concerned)


# Kept for the next event


def kept_of(session: Session, member_id: int) -> dict[str, str]:
    """Return what a member let us keep, by the questions' keys."""
    rows = session.exec(select(MemberAnswer).where(MemberAnswer.member_id == member_id))
    return {each.key: each.value for each in rows}


def to_keep(session: Session, event_id: int, member_id: int) -> dict[str, str]:
    """Return answers of this sign-up that would be of use next time and are not kept yet."""
    people = people_asked(session, event_id, member_id)
    if not people:
        return {}
    own, kept = people[0], kept_of(session, member_id)
    said = {
        each.key: own.values.get(each.id, "")
        for each in own.questions
        if each.ready and each.kind in KEPT_KINDS
    }
    return {key: value for key, value in said.items() if value and kept.get(key) != value}


def keep_for_next(session: Session, event_id: int, member_id: int, now: Moment) -> int:
    """Keep what a member answered here for the next event; return how many answers are new."""
    said = to_keep(session, event_id, member_id)
    session.execute(
        delete(MemberAnswer).where(
            col(MemberAnswer.member_id) == member_id, col(MemberAnswer.key).in_(said)
        )
    )
    session.add_all(
        MemberAnswer(member_id=member_id, key=key, value=value, at=now)
        for key, value in said.items()
    )
    session.flush()
    return len(said)


# Forgetting


def forget_kept(session: Session, member_id: int) -> None:
    """Delete what a member let us keep for the next event."""
    session.execute(delete(MemberAnswer).where(col(MemberAnswer.member_id) == member_id))


def drop(session: Session, signup_id: int) -> None:
    """Delete the answers of a claim that was given up, and of those who came along with it."""
    along = select(Signup.id).where(Signup.party_id == signup_id)
    concerned = or_(col(Answer.signup_id) == signup_id, col(Answer.signup_id).in_(along))
    session.execute(delete(Answer).where(concerned))


def unite(session: Session, stays: int, goes: int) -> None:
    """Give one claim the answers of another that it has not; the rest of them goes."""
    answered = select(Answer.question_id).where(Answer.signup_id == stays)
    theirs = col(Answer.signup_id) == goes
    numbers = session.exec(answered).all()
    session.execute(delete(Answer).where(theirs, col(Answer.question_id).in_(numbers)))
    session.execute(update(Answer).where(theirs).values(signup_id=stays))


def unite_kept(session: Session, stays: int, goes: int) -> None:
    """Give one member what another let us keep; of two under one key the member's own stays."""
    own = session.exec(select(MemberAnswer.key).where(MemberAnswer.member_id == stays)).all()
    theirs = col(MemberAnswer.member_id) == goes
    session.execute(delete(MemberAnswer).where(theirs, col(MemberAnswer.key).in_(own)))
    session.execute(update(MemberAnswer).where(theirs).values(member_id=stays))


def forget_member(session: Session, member_id: int) -> None:
    """Delete what a member answered at sign-up, for themselves and for those they brought."""
    own = select(Signup.id).where(Signup.member_id == member_id)
    along = select(Signup.id).where(
        or_(col(Signup.party_id).in_(own), col(Signup.by_member_id) == member_id),
        col(Signup.member_id).is_(None),
    )
    theirs = or_(col(Answer.signup_id).in_(own), col(Answer.signup_id).in_(along))
    session.execute(delete(Answer).where(theirs))


WAITS_FOR_A_DATE = timedelta(days=180)
"""How much longer the answers of an event are kept whose date is to come."""


def _counts_from(event: Event) -> Moment:
    """Return the end from which the days count until answers are erased."""
    waits = undated.is_to_come(event.ends_at) and event.state != EventState.CANCELLED
    return undated.planned(event.ends_at) + (WAITS_FOR_A_DATE if waits else timedelta(0))


def moved(session: Session, event: Event) -> None:
    """Set anew when the answers of an event are erased, which was moved, postponed or cancelled."""
    for each in of_event(session, event.id) if event.questions else ():
        erase_at = _counts_from(event) + timedelta(days=each.keep_days)
        session.execute(
            update(Answer).where(col(Answer.question_id) == each.id).values(erase_at=erase_at)
        )


def any_due(session: Session, now: Moment) -> bool:
    """Return whether answers are to be erased."""
    due = select(Answer.id).where(col(Answer.erase_at) <= now).limit(1)
    return session.exec(due).first() is not None


CHUNK = 500


def erase_due(session: Session, now: Moment) -> int:
    """Erase answers whose time is over; return how many, at most ``CHUNK``."""
    due = select(Answer.id).where(col(Answer.erase_at) <= now).limit(CHUNK)
    numbers = session.exec(due).all()
    # The quota in which somebody counts tells what they had answered.
    told = select(Answer.signup_id).where(col(Answer.id).in_(numbers))
    session.execute(update(Signup).where(col(Signup.id).in_(told)).values(counts_in=""))
    session.execute(delete(table_of(Answer)).where(table_of(Answer).c.id.in_(numbers)))
    return len(numbers)


# The export of own data


def said(session: Session, signup_id: int) -> list[dict[str, object]]:
    """Return what the person of a claim answered, as plain values; ID numbers masked."""
    rows = session.exec(
        select(EventQuestion.text, EventQuestion.kind, Answer.value, Answer.at)
        .join(Answer, col(Answer.question_id) == col(EventQuestion.id))
        .where(Answer.signup_id == signup_id)
        .order_by(col(EventQuestion.position))
    )
    return [
        {"question": text, "answer": rules.told(QuestionKind(kind), value), "at": at}
        for text, kind, value, at in rows
    ]


def kept_for_export(session: Session, member_id: int) -> list[dict[str, object]]:
    """Return what a member let us keep for the next event, as plain values."""
    rows = session.exec(select(MemberAnswer).where(MemberAnswer.member_id == member_id))
    return [{"question": each.key, "answer": each.value, "at": each.at} for each in rows]
