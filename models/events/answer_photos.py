"""Photos that people sent as answers at sign-up: who may look at which, which is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.events import events
from models.events.events import Event, Signup, SignupState
from models.events.pictures import StoredPicture
from models.events.questions import Answer, EventQuestion
from models.network import audit, roles, stations
from models.network.members import Member
from models.network.stations import Station
from models.rules.events.questions import QuestionKind
from models.rules.network.permissions import Act
from models.store import Moment


@dataclass(frozen=True, slots=True)
class Sent:
    """Who sent a photo as the answer to a question; ``member`` is None without a chat."""

    claim: Signup
    member: Member | None
    station: Station | None
    question: EventQuestion
    media_type: str


def asked(session: Session, event: Event, by: int, now: Moment) -> list[EventQuestion]:
    """Return the questions of an event whose photos a member may look at."""
    if not event.questions:
        return []
    rows = session.exec(
        select(EventQuestion)
        .where(EventQuestion.event_id == event.id, EventQuestion.kind == QuestionKind.PHOTO)
        .order_by(col(EventQuestion.position), col(EventQuestion.id))
    )
    return [each for each in rows if _may_look(session, event, each, by, now)]


def sent(
    session: Session,
    question: EventQuestion,
    *,
    after: int = 0,
    only: int | None = None,
    limit: int | None = None,
) -> Sequence[Sent]:
    """Return who sent a photo as the answer, by the number of their claim, those ``after`` one."""
    query = (
        select(Signup, Member, Station, StoredPicture.media_type)
        .join(Answer, col(Answer.signup_id) == col(Signup.id))
        .join(StoredPicture, col(StoredPicture.id) == col(Answer.picture_id))
        .join(Member, col(Member.id) == col(Signup.member_id), isouter=True)
        .join(Station, col(Station.id) == col(Member.station_id), isouter=True)
        .where(
            Answer.question_id == question.id,
            Signup.state != SignupState.CANCELLED,
            col(Signup.id) > after,
            col(StoredPicture.content) != b"",
        )
        .order_by(col(Signup.id))
    )
    if only is not None:
        query = query.where(Signup.id == only)
    rows = session.exec(query.limit(limit) if limit is not None else query)
    return [
        Sent(claim, member, station, question, media_type)
        for claim, member, station, media_type in rows
    ]


def open_one(
    session: Session, question_id: int, signup_id: int, by: int, now: Moment
) -> Sent | None:
    """Return the photo that somebody sent, and record that ``by`` opened it.

    None where there is none, or ``by`` may not look at it. Whose it is needs no record.
    """
    question = session.get(EventQuestion, question_id)
    if question is None or not may_see(session, question_id, signup_id, by, now):
        return None
    found = next(iter(sent(session, question, only=signup_id)), None)
    if found is not None and not _is_theirs(session, found.claim, by):
        event = session.get_one(Event, question.event_id)
        audit.record(
            session,
            by,
            Act.SEE_LIST,
            f"event:{event.id}",
            now,
            station_id=event.station_id,
            what="photo opened",
            signup=signup_id,
        )
    return found


def may_see(session: Session, question_id: int, signup_id: int, by: int, now: Moment) -> bool:
    """Return whether a member may look at the photo of a claim: their own, or as they run it."""
    question, claim = session.get(EventQuestion, question_id), session.get(Signup, signup_id)
    if question is None or claim is None or claim.event_id != question.event_id:
        return False
    if _is_theirs(session, claim, by):
        return True
    event = events.for_organizers(session, question.event_id)
    return event is not None and _may_look(session, event, question, by, now)


def content(session: Session, question_id: int, signup_id: int) -> bytes:
    """Return the photo that was sent as an answer; raises NoResultFound where there is none."""
    found = session.exec(
        select(StoredPicture.content)
        .join(Answer, col(Answer.picture_id) == col(StoredPicture.id))
        .where(
            Answer.question_id == question_id,
            Answer.signup_id == signup_id,
            col(StoredPicture.content) != b"",
        )
    )
    return found.one()


def _is_theirs(session: Session, claim: Signup, member_id: int) -> bool:
    """Return whether a claim is a member's own, or of somebody without a chat whom they bring."""
    if claim.member_id is not None:
        return claim.member_id == member_id
    leader = session.get(Signup, claim.party_id) if claim.party_id is not None else None
    return leader is not None and leader.member_id == member_id


def _may_look(
    session: Session, event: Event, question: EventQuestion, by: int, now: Moment
) -> bool:
    """Return whether a member runs the event, or sees what is shown at check-in."""
    station = stations.get(session, event.station_id)
    if station is None:
        return False
    if roles.may(session, by, Act.RUN_EVENT, station, now, team_id=event.team_id):
        return True
    helps = {"team_id": event.team_id, "event_id": event.id}
    return question.at_check_in and roles.may(session, by, Act.SEE_LIST, station, now, **helps)
