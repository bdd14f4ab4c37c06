"""One-time pages for ID numbers: where people type theirs, and organizers read them in full.

An ID number never travels through a chat.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Field, Session, SQLModel, col, select

from models.events import answers, id_numbers, questions
from models.events._claims import LIVE
from models.events.events import Event, Signup, SignupState
from models.events.questions import EventQuestion
from models.network import audit, members, roles
from models.network.stations import Care, Station
from models.rules.events import questions as rules
from models.rules.events import windows
from models.rules.events.questions import QuestionKind
from models.rules.events.windows import EventAct
from models.rules.network import permissions
from models.rules.network.permissions import Act, Place
from models.store import Moment

LASTS = timedelta(minutes=30)
"""How long a page can be opened; it ends as well when something was typed or read on it."""

TOKEN_BYTES = 32
LONGEST_REASON = 200


class IdPage(SQLModel, table=True):
    """A page of a member: for their own numbers at an event, or with ``reads_all`` for all of it.

    Only the hash of its token is kept. The row goes when the page was used.
    """

    __tablename__ = "id_page"

    id: int = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    event_id: int = Field(foreign_key="event.id")
    member_id: int = Field(foreign_key="member.id", index=True)
    reads_all: bool = False
    expires_at: Moment = Field(index=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """A number that is asked for: of whom, by which question, and what stands there now, masked.

    ``number`` counts those who come along from 1; the member themselves is 0.
    """

    signup_id: int
    question: EventQuestion
    name: str
    number: int
    shown: str

    @property
    def field(self) -> str:
        return f"n{self.signup_id}-{self.question.id}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page is for. Without ``asked`` it is an organizer's."""

    event: Event
    asked: Sequence[Asked] = ()


@dataclass(frozen=True, slots=True)
class Mistyped:
    """Nothing was kept: these fields hold no ID number. The page can be used still."""

    shown: Shown
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Typed:
    event: Event
    number: int


@dataclass(frozen=True, slots=True)
class Read:
    """Numbers in full: whose, what was asked, the number; empty where it cannot be opened."""

    event: Event
    rows: Sequence[tuple[str, EventQuestion, str]]


def missing(session: Session, event: Event, member_id: int) -> int:
    """Return how many numbers a member has not typed yet, for themselves and those they bring."""
    return sum(not each.shown for each in _asked_of(session, event, member_id))


def event_that_asks(session: Session, member_id: int, now: Moment) -> int | None:
    """Return the next event at which a member has still to type an ID number."""
    rows = session.exec(
        select(Event)
        .join(Signup, col(Signup.event_id) == col(Event.id))
        .where(
            Signup.member_id == member_id,
            col(Signup.state).in_(LIVE),
            col(Event.questions) > 0,
            col(Event.ends_at) > now,
        )
        .order_by(col(Event.starts_at), col(Event.id))
    )
    return next((each.id for each in rows if missing(session, each, member_id)), None)


def make(session: Session, event_id: int, member_id: int, now: Moment) -> str | None:
    """Return the token of a page for a member's own numbers; None where none are asked."""
    event = session.get(Event, event_id)
    if event is None or windows.refusal(EventAct.EDIT, event, now) is not None:
        return None
    if not _asked_of(session, event, member_id):
        return None
    return _made(session, event_id, member_id, now, reads_all=False)


def make_for_all(session: Session, event_id: int, reason: str, by: int, now: Moment) -> str:
    """Return the token of a page on which all numbers of an event are read, for this reason.

    It is audited with the reason. Raises NotAllowed where ``by`` does not run the event themselves.
    """
    event = session.get_one(Event, event_id)
    if not runs_it(session, event, by, now):
        raise roles.NotAllowed(f"{by} does not run event {event_id} themselves")
    audit.record(
        session,
        by,
        Act.RUN_EVENT,
        f"event:{event_id}",
        now,
        station_id=event.station_id,
        what="ID numbers read",
        reason=reason[:LONGEST_REASON],
    )
    return _made(session, event_id, by, now, reads_all=True)


def runs_it(session: Session, event: Event, member_id: int, now: Moment) -> bool:
    """Return whether a member runs an event for its own place or team, and not from above."""
    path = session.get_one(Station, event.station_id).path
    own = [
        held
        for held in roles.held_by(session, member_id, now)
        if held.path == path or (event.team_id is not None and held.team_id == event.team_id)
    ]
    return permissions.may(Act.RUN_EVENT, own, Place(path, event.team_id), now)


def _made(session: Session, event_id: int, member_id: int, now: Moment, *, reads_all: bool) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        IdPage(
            token_hash=_hash(token),
            event_id=event_id,
            member_id=member_id,
            reads_all=reads_all,
            expires_at=now + LASTS,
        )
    )
    session.flush()
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(f"id-page:{token}".encode()).hexdigest()


# What the page shows and takes


def shown(session: Session, token: str, now: Moment) -> Shown | None:
    """Return what a page is for; None where there is none any more. Nothing is used up."""
    page = _page(session, token, now)
    return _shown(session, page, now) if page is not None else None


def put(
    session: Session, token: str, typed: Mapping[str, str], care: Care, now: Moment
) -> Typed | Mistyped | None:
    """Keep the numbers typed on a page, by its fields; an empty field changes nothing.

    One's own holds for all dates of a course. The page ends by it. None where there is none any
    more, or no key to seal them with.
    """
    page = _page(session, token, now, locked=True)
    found = _shown(session, page, now) if page is not None and not page.reads_all else None
    if page is None or found is None or not care.sealing:
        return None
    numbers = [
        (each, rules.check(QuestionKind.ID_NUMBER, words))
        for each in found.asked
        if (words := typed.get(each.field, "").strip())
    ]
    wrong = {each.field for each, said in numbers if isinstance(said, rules.WrongAnswer)}
    if wrong or not numbers:
        fields = wrong or {each.field for each in found.asked if not each.shown}
        return Mistyped(found, frozenset(fields))
    for each, number in numbers:
        value = id_numbers.sealed(care.sealing, number, each.question.id)
        answers.keep(session, found.event.id, each.signup_id, {each.question.id: value}, now)
    own = [(each.question, number) for each, number in numbers if not each.number]
    id_numbers.spread(session, found.event, page.member_id, own, care.sealing, now)
    session.delete(page)
    session.flush()
    return Typed(found.event, len(numbers))


def read(session: Session, token: str, care: Care, now: Moment) -> Read | None:
    """Return the numbers of a page in full: a member's own, or all for who runs the event.

    The page ends by it.
    """
    page = _page(session, token, now, locked=True)
    found = _shown(session, page, now) if page is not None else None
    if page is None or found is None:
        return None
    if page.reads_all:
        rows = _all_of(session, found.event)
    else:
        values = answers.of_claims(session, [each.signup_id for each in found.asked])
        rows = [
            (each.name, each.question, values.get(each.signup_id, {}).get(each.question.id, ""))
            for each in found.asked
        ]
    opened = [
        (name, question, id_numbers.opened_of(care.sealing, value, question.id))
        for name, question, value in rows
        if value
    ]
    event = found.event
    session.delete(page)
    session.flush()
    return Read(event, opened)


def _page(session: Session, token: str, now: Moment, *, locked: bool = False) -> IdPage | None:
    query = select(IdPage).where(IdPage.token_hash == _hash(token), col(IdPage.expires_at) > now)
    return session.exec(query.with_for_update() if locked else query).first()


def _shown(session: Session, page: IdPage, now: Moment) -> Shown | None:
    event = session.get(Event, page.event_id)
    if event is None:
        return None
    if page.reads_all:
        return Shown(event) if runs_it(session, event, page.member_id, now) else None
    asked = _asked_of(session, event, page.member_id)
    return Shown(event, asked) if asked else None


def _of_event(session: Session, event_id: int) -> list[EventQuestion]:
    asked = questions.of_event(session, event_id)
    return [each for each in asked if each.kind is QuestionKind.ID_NUMBER]


def _asked_of(session: Session, event: Event, member_id: int) -> list[Asked]:
    if not event.questions:
        return []
    return [
        Asked(
            person.signup_id,
            question,
            person.name,
            person.number,
            rules.shown_of(person.values.get(question.id, "")),
        )
        for person in answers.people_asked(session, event.id, member_id)
        for question in person.questions
        if question.kind is QuestionKind.ID_NUMBER
        and question.id in rules.shown([each.asked for each in person.questions], person.values)
    ]


def _all_of(session: Session, event: Event) -> list[tuple[str, EventQuestion, str]]:
    values = answers.of_event_claims(session, event.id)
    claims = session.exec(
        select(Signup)
        .where(Signup.event_id == event.id, col(Signup.state) != SignupState.CANCELLED)
        .order_by(col(Signup.turn))
    ).all()
    numbers = [each.member_id for each in claims if each.member_id is not None]
    names = members.names_of(session, numbers)
    return [
        (
            names.get(claim.member_id or 0, "") or claim.name,
            question,
            values.get(claim.id, {}).get(question.id, ""),
        )
        for claim in claims
        for question in _of_event(session, event.id)
    ]


def forget_expired(session: Session, moment: Moment) -> None:
    """Delete the pages that ended before a moment."""
    session.execute(delete(IdPage).where(col(IdPage.expires_at) < moment))


def of_member(session: Session, member_id: int) -> list[dict[str, object]]:
    """Return the pages of a member that can be opened still, as plain values."""
    rows = session.exec(select(IdPage).where(IdPage.member_id == member_id))
    return [{"event": each.event_id, "until": each.expires_at} for each in rows]
