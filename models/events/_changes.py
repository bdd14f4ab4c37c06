"""Move, relocate and cancel events, without permission and audit.

Private to ``models.events``: ``running`` has the verbs that write the audit.
"""

from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from models.events import reminders
from models.events._claims import LIVE, SIGNUPS, count
from models.events.events import Event, EventState, Signup, SignupState
from models.network.stations import Care
from models.sending import deliveries
from models.store import Moment


def move(
    session: Session,
    event: Event,
    *,
    starts_at: Moment,
    ends_at: Moment,
    closes_at: Moment,
    reason: str,
    care: Care,
    now: Moment,
) -> int:
    """Move an event and its reminders, plan a notice for each claimant; return how many."""
    was = event.starts_at
    event.starts_at, event.ends_at, event.closes_at = starts_at, ends_at, closes_at
    event.reason = reason
    session.add(event)
    session.flush()
    # No offer outlasts sign-up; one whose deadline is now in the past lapses.
    session.execute(
        update(SIGNUPS)
        .where(
            SIGNUPS.c.event_id == event.id,
            SIGNUPS.c.state == SignupState.OFFERED,
            SIGNUPS.c.offered_until > closes_at,
        )
        .values(offered_until=closes_at)
    )
    reminders.replan_event(session, event.id, care, now)
    facts = {"event_id": event.id, "was": was.isoformat(), "reason": reason}
    facts |= _by(was, starts_at, now=now)
    return _tell_everyone(session, event, "moved", f"moved:{now.timestamp():.0f}", facts, now)


def relocate(session: Session, event: Event, *, place: str, now: Moment) -> int:
    """Change an event's place, plan a notice for each claimant; return how many.

    Translations of the place and its map are of the old one, so they are deleted.
    """
    was = event.place
    event.put_text("place", place)
    event.map_url = ""
    session.add(event)
    session.flush()
    facts = {"event_id": event.id, "was": was, "place": place}
    facts |= _by(event.starts_at, now=now)
    key = f"relocated:{now.timestamp():.0f}"
    return _tell_everyone(session, event, "relocated", key, facts, now)


def call_off(session: Session, event: Event, *, reason: str, now: Moment) -> int:
    """Cancel an event with its reminders and offers, and notify claimants; return how many."""
    event.state, event.reason = EventState.CANCELLED, reason
    session.add(event)
    session.flush()
    # Offers end here without a notice: lapsing would say that the seat goes to the next member.
    ended = session.execute(
        update(SIGNUPS)
        .where(SIGNUPS.c.event_id == event.id, SIGNUPS.c.state == SignupState.OFFERED)
        .values(state=SignupState.WAITING, offered_until=None)
        .returning(SIGNUPS.c.id)
    ).all()
    count(session, event.id, held=-len(ended), waiting=len(ended))
    session.refresh(event)
    reminders.forget_event(session, event.id)
    facts = {"event_id": event.id} | _by(event.starts_at, now=now)
    return _tell_everyone(session, event, "called-off", "called-off", facts, now)


def _by(*starts: Moment, now: Moment) -> dict[str, str]:
    """Return the fact ``by``, the latest useful time for a notice of a change: the next start."""
    ahead = [start for start in starts if start > now]
    return {"by": min(ahead).isoformat()} if ahead else {}


def _tell_everyone(
    session: Session, event: Event, topic: str, key: str, facts: dict[str, Any], now: Moment
) -> int:
    concerned = session.exec(
        select(Signup.id, Signup.member_id).where(
            Signup.event_id == event.id,
            col(Signup.state).in_(LIVE),
            col(Signup.member_id).is_not(None),
        )
    ).all()
    for signup_id, member_id in concerned:
        assert member_id is not None
        deliveries.plan_for_member(
            session,
            member_id,
            key=f"{key}:{signup_id}",
            topic=topic,
            facts=facts,
            due_at=now,
            expires_at=max(event.ends_at, now),
            now=now,
        )
    return len(concerned)
