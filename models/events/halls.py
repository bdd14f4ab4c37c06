"""What an organizer does with the hall of an event: say it, seat people, seat all anew.

Each act is audited, and raises NotAllowed when ``by`` may not run the event. Who sits where stands
in ``models.events.sitting``.
"""

from sqlmodel import Session

from models.events import changes, sitting
from models.events.events import Event
from models.events.running import Meanwhile, TooLate
from models.events.sitting import Seated
from models.network import audit, roles
from models.rules.events import halls as rules
from models.rules.events import windows
from models.rules.events.halls import Unread
from models.rules.events.windows import EventAct
from models.rules.network.permissions import Act
from models.store import Moment


def set_hall(
    session: Session, event_id: int, words: str, by: int | None, now: Moment, *, seen: int | None
) -> Seated | Unread | TooLate | Meanwhile:
    """Give an event the hall that the words tell, none if they are empty.

    Where people sit already, those whose seat is there still keep it; the others get another.
    """
    event = _locked(session, event_id, by, now)
    if why := windows.refusal(EventAct.RELOCATE, event, now):
        return TooLate(event, why)
    if seen not in (None, event.revision):
        return Meanwhile(event)
    hall = rules.read(words) if words else None
    if isinstance(hall, Unread):
        return hall
    was = sitting.of(event)
    event.hall, event.hall_seats = words, len(hall) if hall is not None else 0
    if hall is None:
        event.hall_seated_at = None
    changes.note_change(session, event, now)
    if hall is None or (was is not None and was.kind != hall.kind):
        sitting.clear(session, event.id)
    _record(session, event, by, now, "hall", hall=words)
    if hall is None or event.hall_seated_at is None:
        return Seated(event)
    return sitting.seat_all(session, event, hall, now)


def seat(
    session: Session, event_id: int, by: int | None, now: Moment, *, anew: bool = False
) -> Seated | TooLate | None:
    """Seat everybody who has no seat, or ``anew`` all; return None without a hall."""
    event = _locked(session, event_id, by, now)
    hall = sitting.of(event)
    if hall is None:
        return None
    if why := windows.refusal(EventAct.RELOCATE, event, now):
        return TooLate(event, why)
    done = sitting.seat_all(session, event, hall, now, anew=anew)
    numbers = {"given": done.given, "moved": done.moved, "stay": done.stay}
    _record(session, event, by, now, "seated anew" if anew else "seated", **numbers)
    return done


def _locked(session: Session, event_id: int, by: int | None, now: Moment) -> Event:
    event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
    roles.require(session, by, Act.RUN_EVENT, event.station_id, now, team_id=event.team_id)
    return event


def _record(
    session: Session, event: Event, by: int | None, now: Moment, what: str, **details: object
) -> None:
    subject, place = f"event:{event.id}", event.station_id
    audit.record(session, by, Act.RUN_EVENT, subject, now, station_id=place, what=what, **details)
