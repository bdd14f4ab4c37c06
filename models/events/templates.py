"""Events that are kept as templates, and what comes along to one that is like another.

A template is an event like others, with a mark: what is asked anew of a copy is its date alone.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from models.events import partnering, quotas, repeating
from models.events.events import Event
from models.events.running import where_may
from models.network import audit, roles
from models.rules.network.permissions import Act
from models.store import Moment

MOST = 5
"""How many are offered, the newest first."""


def keep(session: Session, event_id: int, by: int, now: Moment, *, is_one: bool = True) -> Event:
    """Keep an event as a template, or no more; raises NotAllowed unless ``by`` may run it."""
    event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
    place, team_id = event.station_id, event.team_id
    roles.require(session, by, Act.RUN_EVENT, place, now, team_id=team_id)
    event.is_template = is_one
    session.add(event)
    session.flush()
    what = "template" if is_one else "no template"
    subject = f"event:{event_id}"
    audit.record(session, by, Act.RUN_EVENT, subject, now, station_id=place, what=what)
    return event


def of_member(session: Session, member_id: int, now: Moment) -> Sequence[Event]:
    """Return the templates of events that a member may run."""
    mine = where_may(session, member_id, Act.RUN_EVENT, now)
    return session.exec(
        select(Event)
        .where(col(Event.is_template).is_(True), mine)
        .order_by(col(Event.id).desc())
        .limit(MOST)
    ).all()


def carry(session: Session, like_id: int, event: Event, member_id: int, now: Moment) -> None:
    """Bring shares of seats, questions and partners along to a new event that is like another.

    Only where the member may run that one too; shares and questions where the shares fit its seats.
    """
    like = session.get(Event, like_id)
    held = where_may(session, member_id, Act.RUN_EVENT, now)
    if (
        like is None
        or session.exec(select(Event.id).where(Event.id == like_id, held)).first() is None
    ):
        return
    shares = [each.share for each in quotas.of_event(session, like_id)]
    if event.quotas or event.questions or quotas.too_much(shares, event.seats) is not None:
        partnering.carry(session, like_id, event)
        return
    repeating.carry(session, like_id, event)
    event.quotas, event.questions = like.quotas, like.questions
    if like.quotas_until is not None:
        event.quotas_until = event.starts_at - (like.starts_at - like.quotas_until)
    session.add(event)
    session.flush()
