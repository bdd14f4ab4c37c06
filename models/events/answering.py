"""Keep answers that may decide in which quotas of an event somebody counts, within these quotas."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from models.events import answers, id_numbers, offers, quotas
from models.events._claims import CAME, EVENT, HOLDING
from models.events.events import Event, Signup, SignupState
from models.network.stations import Care
from models.rules.events.questions import STOP, Values
from models.rules.events.states import LISTED
from models.store import Moment
from models.store.compiled import Row

Said = Mapping[int, Values]
"""Answers by the claim of who gave them."""


@dataclass(frozen=True, slots=True)
class Noted:
    pass


@dataclass(frozen=True, slots=True)
class NoSeatForThat:
    """Nothing was changed: no seat is open to who answers so."""


@dataclass(frozen=True, slots=True)
class ListIsFixed:
    """Nothing was changed: the seats are being drawn by what people had answered."""


def keep_first(session: Session, event_id: int, said: Said, care: Care, now: Moment) -> None:
    """Keep what was answered before a sign-up, which has counted it."""
    for number, values in said.items():
        if values:
            _keep(session, event_id, number, values, care, now)


def put(
    session: Session, event_id: int, said: Said, care: Care, now: Moment
) -> Noted | NoSeatForThat | ListIsFixed:
    """Change answers after a sign-up; what decides about seats only where one is open to it.

    Whoever has a seat already and had not answered yet, because they were not asked, keeps it.
    Seats that are free then are offered to the queue.
    """
    event = EVENT.one(session, {"event_id": event_id})
    decides = quotas.asked(session, event)
    concerned = {
        number: {each: value for each, value in values.items() if each in decides}
        for number, values in _with_those_along(session, said).items()
    }
    is_counted = False
    leaders = {_leader(session, each) for each, values in concerned.items() if values}
    for leader_id in sorted(leaders):
        found = _count(session, event, leader_id, concerned, now)
        if not isinstance(found, dict):
            return found
        for number, column in found.items():
            session.execute(update(Signup).where(col(Signup.id) == number).values(counts_in=column))
            is_counted = True
    for number, values in _with_those_along(session, said).items():
        _keep(session, event_id, number, values, care, now)
    if is_counted:
        offers.fill(session, event_id, care, now)
    return Noted()


def _keep(
    session: Session, event_id: int, signup_id: int, values: Values, care: Care, now: Moment
) -> None:
    misses = answers.keep(session, event_id, signup_id, _without_stop(values), now)
    if misses and care.sealing:
        # An ID number may be asked for only after one of these answers.
        member_id = session.get_one(Signup, signup_id).member_id
        if member_id is not None:
            event = session.get_one(Event, event_id)
            id_numbers.carry(session, event, member_id, care.sealing, now)
    if stop := values.get(STOP):
        _get_on(session, [signup_id], stop)


def _count(
    session: Session, event: Row, leader_id: int, said: Said, now: Moment
) -> dict[int, str] | NoSeatForThat | ListIsFixed:
    """Return the columns of a party that change, or why they may not."""
    own = or_(col(Signup.id) == leader_id, col(Signup.party_id) == leader_id)
    claims = {
        each.id: each
        for each in session.exec(
            select(Signup).where(own).execution_options(populate_existing=True)
        )
    }
    columns = quotas.columns_of_claims(session, event, changed=said, party_id=leader_id)
    changed = {
        number: column for number, column in columns.items() if claims[number].counts_in != column
    }
    if not changed:
        return changed
    if event.draw in LISTED and claims[leader_id].state == SignupState.ENTERED:
        return ListIsFixed()
    sitting = [number for number in changed if claims[number].takes_seat]
    seated = [each for each in sitting if claims[each].state in (*HOLDING, *CAME)]
    was = [quotas.person_of(claims[each].counts_in) for each in seated]
    now_in = [quotas.person_of(changed[each]) for each in seated]
    room = quotas.room_of(session, event, now)
    if seated and not room.allows(was, now_in) and _was_answered(session, event, said):
        return NoSeatForThat()
    waiting = [
        quotas.person_of(columns.get(number, each.counts_in))
        for number, each in claims.items()
        if each.state in (SignupState.WAITING, SignupState.ENTERED) and each.takes_seat
    ]
    if waiting and not room.could_fit(waiting):
        return NoSeatForThat()
    return changed


def _was_answered(session: Session, event: Row, said: Said) -> bool:
    """Return whether any of these answers takes the place of another one."""
    return any(
        before.get(each, "")
        for number, values in said.items()
        if values
        for before in [quotas.said_by(session, event, number)]
        for each in values
    )


def _leader(session: Session, signup_id: int) -> int:
    claim = session.get_one(Signup, signup_id, populate_existing=True)
    return claim.party_id or claim.id


def _with_those_along(session: Session, said: Said) -> dict[int, Values]:
    """Return the answers, with the stop of whoever brings people without a chat for these too."""
    found = dict(said)
    for number, values in said.items():
        if STOP not in values:
            continue
        for each in session.exec(
            select(Signup.id).where(Signup.party_id == number, col(Signup.member_id).is_(None))
        ):
            found[each] = {**found.get(each, {}), STOP: values[STOP]}
    return found


def _get_on(session: Session, numbers: list[int], stop: str) -> None:
    session.execute(update(Signup).where(col(Signup.id).in_(numbers)).values(stop=stop))


def _without_stop(values: Values) -> Values:
    return {number: value for number, value in values.items() if number != STOP}
