"""Let somebody help at one event until it ends, by name or by a one-time code. It is audited."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.events.events import UNLISTED, Event
from models.network import audit, roles
from models.network.helpers import Helper
from models.network.invites import BadRoleCode
from models.network.members import Caller, Member
from models.rules.events import attending, windows
from models.rules.events.windows import EventAct, Why
from models.rules.network import codes
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.store import Moment


@dataclass(frozen=True, slots=True)
class Helps:
    """This member helps at the event; ``again`` if they did already."""

    event: Event
    member: Member
    again: bool = False


@dataclass(frozen=True, slots=True)
class TooLate:
    """Nobody can help any more, for this reason."""

    why: Why


def give(
    session: Session, event_id: int, member_id: int, by: int | None, now: Moment
) -> Helps | TooLate | None:
    """Let a member help, who is told; None if there is no such member.

    This and the verbs below raise NotAllowed when ``by`` may not run the event.
    """
    event = _locked(session, event_id, by, now)
    if why := windows.refusal(EventAct.RELOCATE, event, now):
        return TooLate(why)
    member = session.get(Member, member_id)
    if member is None:
        return None
    if any(each.member_id == member_id for each, _ in of_event(session, event_id, now)):
        return Helps(event, member, again=True)
    row = _add(session, event, by, now, member_id=member_id)
    _record(session, event, by, now, "helper", helper=member_id)
    deliveries.plan_for_member(
        session,
        member_id,
        key=f"helps:{row.id}",
        topic="helps",
        facts={"event_id": event_id},
        due_at=now,
        expires_at=event.ends_at,
        now=now,
        about=by,
    )
    return Helps(event, member)


def invite(session: Session, event_id: int, by: int, now: Moment) -> str | TooLate:
    """Return a new code: the first member who sends it before the end helps at the event."""
    event = _locked(session, event_id, by, now)
    if why := windows.refusal(EventAct.RELOCATE, event, now):
        return TooLate(why)
    code = codes.make(secrets.choice)
    _add(session, event, by, now, code_hash=_hash(code))
    _record(session, event, by, now, "helper's code")
    return code


def claim(session: Session, caller: Caller, code: str, now: Moment) -> Helps | BadRoleCode:
    """Let the caller help at the event of a code, once; who made it must still be allowed to."""
    row = session.exec(
        select(Helper).where(Helper.code_hash == _hash(code)).with_for_update()
    ).first()
    if row is None:
        return BadRoleCode.UNKNOWN
    if row.withdrawn_at is not None:
        return BadRoleCode.WITHDRAWN
    if row.member_id is not None:
        return BadRoleCode.USED
    if now >= row.until:
        return BadRoleCode.EXPIRED
    event, member = session.get_one(Event, row.event_id), session.get_one(Member, caller.id)
    try:
        if row.by_member_id is None:
            return BadRoleCode.WITHDRAWN
        _require(session, event, row.by_member_id, now)
    except roles.NotAllowed:
        return BadRoleCode.WITHDRAWN
    row.member_id = caller.id
    session.add(row)
    session.flush()
    _record(session, event, row.by_member_id, now, "helper", helper=caller.id)
    return Helps(event, member)


def withdraw(session: Session, helper_id: int, by: int, now: Moment) -> Event | None:
    """End a helper's right, or a code nobody has sent; None if it has ended already.

    A helper may give it up.
    """
    row = session.exec(select(Helper).where(Helper.id == helper_id).with_for_update()).first()
    if row is None or row.withdrawn_at is not None or row.until <= now:
        return None
    event = session.get_one(Event, row.event_id)
    if row.member_id != by:
        _require(session, event, by, now)
    row.withdrawn_at = now
    session.add(row)
    session.flush()
    _record(session, event, by, now, "helper withdrawn", helper=row.member_id)
    return event


def of_event(
    session: Session, event_id: int, now: Moment
) -> Sequence[tuple[Helper, Member | None]]:
    """Return who helps at an event now, and its codes that nobody has sent, the oldest first."""
    return session.exec(
        select(Helper, Member)
        .join(Member, col(Member.id) == col(Helper.member_id), isouter=True)
        .where(Helper.event_id == event_id, col(Helper.withdrawn_at).is_(None), Helper.until > now)
        .order_by(col(Helper.id))
    ).all()


# Hours


def helped(session: Session, event_id: int) -> Sequence[tuple[Helper, Member]]:
    """Return who helped at an event until its end, the first who was named first."""
    return session.exec(
        select(Helper, Member)
        .join(Member, col(Member.id) == col(Helper.member_id))
        .where(Helper.event_id == event_id, col(Helper.withdrawn_at).is_(None))
        .order_by(col(Helper.id))
    ).all()


def minutes_of(helper: Helper, event: Event) -> int:
    """Return how long somebody helped: as long as the event took, unless it was corrected."""
    if helper.minutes is not None:
        return helper.minutes
    return attending.minutes_of(event.starts_at, event.ends_at)


def correct(session: Session, helper_id: int, minutes: int, by: int, now: Moment) -> Event | None:
    """Set how long somebody helped at an event that is over, 0: not at all; it is audited.

    None where nobody of that number helped. Raises NotAllowed when ``by`` may not run the event.
    """
    row = session.get(Helper, helper_id, with_for_update=True, populate_existing=True)
    if row is None or row.member_id is None or row.withdrawn_at is not None:
        return None
    event = _locked(session, row.event_id, by, now)
    if now < event.ends_at or not 0 <= minutes <= attending.MOST_MINUTES:
        return None
    row.minutes = minutes
    session.add(row)
    session.flush()
    _record(session, event, by, now, "helper's hours", helper=row.member_id, minutes=minutes)
    return event


def by_member(session: Session, member_id: int, now: Moment) -> list[tuple[Event, int]]:
    """Return the events at which a member helped, with the minutes; the latest first."""
    rows = session.exec(
        select(Helper, Event)
        .join(Event, col(Event.id) == col(Helper.event_id))
        .where(
            Helper.member_id == member_id,
            col(Helper.withdrawn_at).is_(None),
            col(Event.ends_at) <= now,
            col(Event.state).not_in(UNLISTED),
        )
        .order_by(col(Event.starts_at).desc(), col(Event.id))
    )
    found = {event.id: (event, minutes_of(helper, event)) for helper, event in rows}
    return [each for each in found.values() if each[1]]


def _add(
    session: Session,
    event: Event,
    by: int | None,
    now: Moment,
    *,
    member_id: int | None = None,
    code_hash: str | None = None,
) -> Helper:
    row = Helper(
        event_id=event.id,
        member_id=member_id,
        by_member_id=by,
        code_hash=code_hash,
        since=now,
        until=event.ends_at,
    )
    session.add(row)
    session.flush()
    return row


def _locked(session: Session, event_id: int, by: int | None, now: Moment) -> Event:
    event = session.get_one(Event, event_id, with_for_update=True)
    _require(session, event, by, now)
    return event


def _require(session: Session, event: Event, by: int | None, now: Moment) -> None:
    roles.require(session, by, Act.RUN_EVENT, event.station_id, now, team_id=event.team_id)


def _record(
    session: Session, event: Event, by: int | None, now: Moment, what: str, **details: object
) -> None:
    subject, place = f"event:{event.id}", event.station_id
    audit.record(session, by, Act.RUN_EVENT, subject, now, station_id=place, what=what, **details)


def _hash(code: str) -> str:
    return hashlib.sha256(codes.plain(code).encode()).hexdigest()
