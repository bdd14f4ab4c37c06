"""What people answered at sign-up: kept with their claims until a set time after the event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, delete, func, insert, or_
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, select

from models.events import forgetting
from models.events._claims import CLAIM, EVENTS, LIVE, SIGNUPS
from models.events.events import Event, Signup, SignupState
from models.events.pictures import StoredPicture
from models.events.questions import Answer, EventQuestion, MemberAnswer, of_event
from models.network import audit, roles
from models.rules.events import questions as rules
from models.rules.events.questions import Asked, Condition, QuestionKind, Values
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.store import Moment, table_of
from models.store.compiled import Row
from models.store.statements import Prepared

KEPT_KINDS = (QuestionKind.TEXT, QuestionKind.PHONE, QuestionKind.SIZE, QuestionKind.DATE)
"""Answers that say something of the person, and would be the same at the next event."""


_ANSWERS, _QUESTIONS = table_of(Answer), table_of(EventQuestion)
_KEPT = table_of(MemberAnswer)
_RULES = Prepared(
    columns_of(
        _QUESTIONS.c.id,
        _QUESTIONS.c.kind,
        _QUESTIONS.c.if_question,
        _QUESTIONS.c.if_choice,
        _QUESTIONS.c.keep_days,
        EVENTS.c.ends_at,
        EVENTS.c.state,
        _ANSWERS.c.value.label("answered"),
        _ANSWERS.c.picture_id.label("pictured"),
    )
    .join(EVENTS, EVENTS.c.id == _QUESTIONS.c.event_id)
    .outerjoin(
        _ANSWERS,
        and_(_ANSWERS.c.question_id == _QUESTIONS.c.id, _ANSWERS.c.signup_id == bindparam("id")),
    )
    .where(_QUESTIONS.c.event_id == bindparam("event_id"))
    .order_by(_QUESTIONS.c.position, _QUESTIONS.c.id)
)
_FORGET = Prepared(
    delete(_ANSWERS).where(
        _ANSWERS.c.signup_id == bindparam("id"), _ANSWERS.c.question_id == bindparam("question")
    )
)
_KEEP = Prepared(
    insert(_ANSWERS), ("signup_id", "question_id", "value", "picture_id", "at", "erase_at")
)
_WITHOUT_CHAT = Prepared(
    columns_of(SIGNUPS.c.id, SIGNUPS.c.name)
    .where(
        SIGNUPS.c.party_id == bindparam("party_id"),
        SIGNUPS.c.member_id.is_(None),
        SIGNUPS.c.state != SignupState.CANCELLED,
    )
    .order_by(SIGNUPS.c.id)
)
_OF_USE = Prepared(
    columns_of(_QUESTIONS.c.ready, _ANSWERS.c.value)
    .join(_ANSWERS, _ANSWERS.c.question_id == _QUESTIONS.c.id)
    .outerjoin(
        _KEPT, and_(_KEPT.c.key == _QUESTIONS.c.ready, _KEPT.c.member_id == bindparam("member_id"))
    )
    .where(
        or_(_KEPT.c.value.is_(None), _KEPT.c.value != _ANSWERS.c.value),
        _ANSWERS.c.signup_id == bindparam("id"),
        _QUESTIONS.c.ready != "",
        or_(*(_QUESTIONS.c.kind == each for each in KEPT_KINDS)),
        _ANSWERS.c.value != "",
    )
)
_KEPT_OF = Prepared(
    columns_of(_KEPT.c.key, _KEPT.c.value).where(_KEPT.c.member_id == bindparam("member_id"))
)
"""Prepared, as all that runs for the last answer of a rush, which decides about the seats."""


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


def keep(session: Session, event_id: int, signup_id: int, values: Values, now: Moment) -> bool:
    """Keep the answers of one claim in place of earlier ones to the same questions.

    What belongs to a question that is there no more, or is not asked after all, is dropped.
    Returns whether an ID number is asked for that is not there.
    """
    rows = _RULES.all(session, {"event_id": event_id, "id": signup_id})
    asked = {each.id: each for each in rows}
    before = [each for each in rows if each.answered is not None]
    earlier = {each.id: each.answered for each in before}
    shows = _pictures_of(session, asked, values)
    values = {number: each for number, each in values.items() if shows.get(number, 1)}
    mine = earlier | dict(values)
    shown = rules.shown([_as_asked(each) for each in asked.values()], mine)
    gone = [number for number in earlier if number in values or number not in shown]
    if gone:
        _FORGET.run_many(session, [{"id": signup_id, "question": number} for number in gone])
    new = [
        {
            "signup_id": signup_id,
            "question_id": number,
            "value": value,
            "picture_id": shows.get(number),
            "at": now,
            "erase_at": forgetting.erase_at(asked[number], asked[number].keep_days),
        }
        for number, value in values.items()
        if number in shown
    ]
    if new:
        _KEEP.run_many(session, new)
    shown_before = [each.pictured for each in before if each.id in gone]
    forgetting.erase_pictures(session, shown_before)
    return any(asked[each].kind == QuestionKind.ID_NUMBER and not mine.get(each) for each in shown)


def _pictures_of(session: Session, asked: Mapping[int, Row], values: Values) -> dict[int, int]:
    """Return the pictures of the answers that are one, by their questions.

    It is 0 for a picture that is no longer there: the question is as if it was not answered.
    """
    found = {
        number: int(value)
        for number, value in values.items()
        if value and number in asked and asked[number].kind == QuestionKind.PHOTO
    }
    if not found:
        return found
    there = select(StoredPicture.id).where(
        col(StoredPicture.id).in_(found.values()), col(StoredPicture.is_private)
    )
    known = set(session.exec(there))
    return {number: each if each in known else 0 for number, each in found.items()}


def _as_asked(each: Row) -> Asked:
    if each.if_question is None:
        return Asked(each.id)
    return Asked(each.id, Condition(each.if_question, each.if_choice))


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
    claim = CLAIM.first(session, {"event_id": event_id, "member_id": member_id})
    if claim is None or claim.state == SignupState.CANCELLED:
        return []
    others = _WITHOUT_CHAT.all(session, {"party_id": claim.id})
    values = of_claims(session, [claim.id, *(each.id for each in others)])
    return _party(claim, others, of_event(session, event_id), values)


def _party(
    claim: Row | Signup,
    others: Sequence[Row | Signup],
    questions: Sequence[EventQuestion],
    values: Mapping[int, Values],
) -> list[PersonAsked]:
    each_persons = [each for each in questions if each.per_person]
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
    claims = session.exec(
        select(Signup)
        .where(Signup.event_id == event_id, col(Signup.state) != SignupState.CANCELLED)
        .order_by(col(Signup.turn), col(Signup.id))
    ).all()
    questions, values = of_event(session, event_id), of_event_claims(session, event_id)
    along: dict[int | None, list[Signup]] = {}
    for each in claims:
        if each.member_id is None:
            along.setdefault(each.party_id, []).append(each)
    return [
        each.member_id
        for each in claims
        if each.member_id is not None
        and each.state in LIVE
        and not all(
            one.is_complete for one in _party(each, along.get(each.id, ()), questions, values)
        )
    ]


def ask_those_signed_up(
    session: Session, event: Event, by: int, now: Moment, *, dates: Sequence[Event] = ()
) -> int:
    """Plan one notice to each member who was not asked everything; return how many there are.

    With the ``dates`` of its course it is one notice for all of these. Pressed twice it asks nobody
    twice: a notice is for the newest question. Raises NotAllowed when ``by`` may not run the event.
    """
    newest = 0
    concerned: dict[int, Event] = {}
    for each in dates or (event,):
        place, team_id = each.station_id, each.team_id
        roles.require(session, by, Act.RUN_EVENT, place, now, team_id=team_id)
        audit.record(
            session,
            by,
            Act.RUN_EVENT,
            f"event:{each.id}",
            now,
            station_id=place,
            what="asked again",
        )
        newest = max([newest, *(one.id for one in of_event(session, each.id))])
        # A notice is owed until the last of the dates that it is about.
        concerned |= dict.fromkeys(unasked(session, each.id), each)
    what = f"course-{event.series_id}" if dates else f"{event.id}"
    for member_id, last in concerned.items():
        deliveries.plan_for_member(
            session,
            member_id,
            key=f"sign-up-questions:{what}:{newest}:{member_id}",
            topic="sign-up-questions",
            facts={"event_id": last.id, **({"dates": True} if dates else {})},
            due_at=now,
            expires_at=last.starts_at,
            now=now,
            about=by,
        )
    return len(concerned)


# Kept for the next event


def kept_of(session: Session, member_id: int) -> dict[str, str]:
    """Return what a member let us keep, by the questions' keys."""
    return {each.key: each.value for each in _KEPT_OF.all(session, {"member_id": member_id})}


def to_keep(session: Session, signup_id: int, member_id: int) -> dict[str, str]:
    """Return answers of a member's claim that would be of use next time and are not kept yet."""
    rows = _OF_USE.all(session, {"id": signup_id, "member_id": member_id})
    return {each.ready: each.value for each in rows}


def keep_for_next(session: Session, event_id: int, member_id: int, now: Moment) -> int:
    """Keep what a member answered here for the next event; return how many answers are new."""
    claim = CLAIM.first(session, {"event_id": event_id, "member_id": member_id})
    if claim is None or claim.state == SignupState.CANCELLED:
        return 0
    said = to_keep(session, claim.id, member_id)
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
