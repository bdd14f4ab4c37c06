"""A course of several dates: published together, signed up for whole or date by date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session, col, select

from models.events import answering, publishing, signups
from models.events._claims import EVENT
from models.events.events import UNLISTED, Event, EventState, Signup, SignupState
from models.events.groups import Mode, Series
from models.events.publishing import Asked, Draft, MayNotPublish, NobodyToAsk, Over, Published
from models.events.signups import GaveUp, Kept, Requested, SignedUp
from models.network.members import Caller
from models.network.stations import Care
from models.rules.events.questions import Values
from models.rules.events.seating import Seated
from models.store import Moment
from models.store.compiled import Row

Said = Mapping[int, Values]
"""What was answered, by the numbers of the dates."""

NOTHING_SAID: Said = {}


@dataclass(frozen=True, slots=True)
class AllSeated:
    """A seat at each of these dates; those that one had before are among them.

    ``requested``: at some an organizer is asked first.
    """

    dates: Sequence[Moment]
    requested: bool = False


@dataclass(frozen=True, slots=True)
class NotAll:
    """Nothing was claimed, because this date could not be had."""

    at: Moment
    done: SignedUp


@dataclass(frozen=True, slots=True)
class AnotherDate:
    """The seat is at this date now, and no more at the other."""

    event: Event


def publish(
    session: Session, drafts: Sequence[Draft], mode: Mode, by: int, now: Moment
) -> Published | Asked | NobodyToAsk | MayNotPublish | Over:
    """Publish the dates of a course, or ask for each; all of them or none."""
    kept = _savepoint(session)
    done = [publishing.publish(session, each, by, now) for each in drafts]
    events: list[Event] = []
    for each in done:
        if not isinstance(each, Published | Asked):
            kept.rollback()
            return each
        events.append(each.event)
    row = Series(code=f"series-{events[0].code}", station_id=events[0].station_id, mode=mode)
    session.add(row)
    session.flush()
    for event in events:
        event.series_id = row.id
        session.add(event)
    session.flush()
    kept.commit()
    return done[0]


def sign_up(
    session: Session,
    series_id: int,
    caller: Caller,
    care: Care,
    now: Moment,
    *,
    asks_first: bool = False,
    birth_year: int | None = None,
    said: Said = NOTHING_SAID,
) -> AllSeated | NotAll:
    """Claim a seat at every date that is open, or ask for it: all of them or none.

    A date that is postponed is among them: who takes a course whole comes to it as well.
    ``asks_first`` and ``birth_year`` are as in ``signups.sign_up``; ``said`` is what was answered,
    by the dates, and is kept.
    """
    kept = _savepoint(session)
    dates: list[Moment] = []
    requested = False
    # In the order of their numbers, so that two members never wait for each other.
    for number, starts_at in _open(session, series_id, now):
        done = _claim(
            session,
            number,
            caller,
            care,
            now,
            said,
            asks_first=asks_first,
            birth_year=birth_year,
            of_course=True,
        )
        assert done is not None
        if not isinstance(done.outcome, Seated | Requested):
            kept.rollback()
            return NotAll(starts_at, done)
        dates.append(starts_at)
        requested = requested or isinstance(done.outcome, Requested)
    kept.commit()
    return AllSeated(sorted(dates), requested)


def _claim(
    session: Session,
    event_id: int,
    caller: Caller,
    care: Care,
    now: Moment,
    said: Said,
    **wanted: Any,
) -> SignedUp | None:
    """Sign up for one date, and keep what was answered where that makes a new claim."""
    values = said.get(event_id, {})
    done = signups.sign_up(session, event_id, caller, care, now, said=[values], **wanted)
    is_new = done is not None and done.was in (None, SignupState.CANCELLED)
    if done is not None and is_new and done.claim is not None and values:
        answering.keep_first(session, event_id, {done.claim.id: values}, care, now)
    return done


def give_up(session: Session, series_id: int, member_id: int, care: Care, now: Moment) -> int:
    """Give up every date to come; return how many there were."""
    left = [
        signups.give_up(session, number, member_id, care, now)
        for number, _ in _open(session, series_id, now, closed=True)
    ]
    return sum(isinstance(each, GaveUp) for each in left)


def change_date(
    session: Session,
    event_id: int,
    to_id: int,
    caller: Caller,
    care: Care,
    now: Moment,
    *,
    said: Said = NOTHING_SAID,
) -> AnotherDate | SignedUp | Kept | None:
    """Take a seat at another date of the same course and give up this one; both or neither.

    ``said`` is as in ``sign_up``.
    """
    event, other = session.get(Event, event_id), session.get(Event, to_id)
    if event is None or other is None or event.series_id != other.series_id:
        return None
    # In the order of their numbers too.
    for number in sorted((event_id, to_id)):
        EVENT.first(session, {"event_id": number})
    claim = signups.claim_of(session, event_id, caller.id)
    if claim is None or is_with_others(claim):
        return None
    kept = _savepoint(session)
    done = _claim(session, to_id, caller, care, now, said, instead_of=event_id)
    if done is None or not isinstance(done.outcome, Seated):
        kept.rollback()
        return done
    left = signups.give_up(session, event_id, caller.id, care, now)
    if not isinstance(left, GaveUp):
        kept.rollback()
        return left
    kept.commit()
    return AnotherDate(other)


def is_with_others(claim: Row) -> bool:
    """Whether it is a claim of several people, whom no single one takes to another date."""
    return bool(claim.brings) or claim.party_id is not None


def _savepoint(session: Session) -> SessionTransaction:
    """Begin what is kept whole or not at all.

    It is told to the store at once: hot statements go past the session, which would tell it late.
    """
    kept = session.begin_nested()
    session.connection()
    return kept


# Reading


def of_event(session: Session, event: Event) -> Series | None:
    return session.get(Series, event.series_id) if event.series_id is not None else None


def to_come(session: Session, series_id: int, now: Moment) -> Sequence[Event]:
    """Return the dates that are taken with the whole course, the soonest first."""
    numbers = {number for number, _ in _open(session, series_id, now)}
    return [each for each in dates_of(session, series_id) if each.id in numbers]


def dates_of(session: Session, series_id: int) -> Sequence[Event]:
    """Return the dates that are held or were, in order."""
    return session.exec(
        select(Event)
        .where(Event.series_id == series_id, col(Event.state).not_in(UNLISTED))
        .order_by(col(Event.starts_at), col(Event.id))
    ).all()


def attendance(session: Session, series_id: int, member_id: int) -> tuple[int, int]:
    """Return at how many dates a member was, and for how many they have or had a seat."""
    rows = session.exec(
        select(Signup.state, func.count())
        .join(Event, col(Event.id) == col(Signup.event_id))
        .where(Event.series_id == series_id, Signup.member_id == member_id)
        .group_by(col(Signup.state))
    ).all()
    counts = {SignupState(state): number for state, number in rows}
    came = counts.get(SignupState.ATTENDED, 0)
    others = counts.get(SignupState.SEATED, 0) + counts.get(SignupState.NO_SHOW, 0)
    return came, came + others


def _open(
    session: Session, series_id: int, now: Moment, *, closed: bool = False
) -> Sequence[tuple[int, Moment]]:
    """Return the dates that are taken with the whole; ``closed``: those to come of any state."""
    query = select(Event.id, Event.starts_at).where(
        Event.series_id == series_id, col(Event.starts_at) > now
    )
    if not closed:
        # One that is postponed closes as it was planned, in the years where it stands meanwhile.
        query = query.where(Event.state == EventState.OPEN, col(Event.closes_at) > now)
    return session.exec(query.order_by(col(Event.id))).all()
