"""Row counts for the operator (``yizhan status``)."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.desk import listing
from models.events.events import Event, Signup, SignupState
from models.events.pictures import Photo, StoredPicture
from models.members.binding import is_unbound
from models.network.members import Member
from models.network.stations import Station
from models.sending.deliveries import Delivery
from models.store import Moment, blobs
from models.teams.teams import Team


def count(session: Session, now: Moment) -> dict[str, int]:
    """Counts by kind of row; sign-ups and deliveries also by state: ``{"events": 12, ...}``.

    "members" are people; "rows without a chat" are rows of files that nobody has bound to a chat.
    "letters unread" are those that wait while nobody holds a role to read them.
    """
    counts = {
        name: session.exec(select(func.count()).select_from(table)).one()
        for name, table in (
            ("stations", Station),
            ("teams", Team),
            ("events", Event),
            ("members", Member),
        )
    }
    unbound = select(func.count()).select_from(Member).where(is_unbound())
    counts["rows without a chat"] = session.exec(unbound).one()
    counts["members"] -= counts["rows without a chat"]
    for name, column in (("sign-ups", Signup.state), ("deliveries", Delivery.state)):
        states = session.exec(select(column, func.count()).group_by(column).order_by(column)).all()
        counts |= {f"{name} {state}": number for state, number in states}
    return counts | {"letters unread": listing.unheard(session, now).number}


def sizes(session: Session) -> tuple[int, dict[str, int]]:
    """How many members have agreed to the privacy notice, and how many sign-ups are in each state.

    A state in which none is counts 0.
    """
    agreed = select(func.count()).where(col(Member.consented_at).is_not(None))
    states = select(Signup.state, func.count()).group_by(col(Signup.state))
    found = {str(state): number for state, number in session.exec(states).all()}
    return session.exec(agreed).one(), {state: found.get(state, 0) for state in SignupState}


def lost_pictures(session: Session) -> tuple[int, int, list[int]]:
    """Return how many files of pictures and sounds are lost, of how many, and of which events.

    An event has a picture of its own, and photos of the evening.
    """
    lost, every = blobs.lost(session)
    if not lost:
        return lost, every, []
    there = blobs.there(session)
    kept = blobs.references(session, col(StoredPicture.id), col(StoredPicture.content))
    gone = {picture for picture, name in kept.items() if name not in there}
    shown = [
        *session.exec(select(Event.id, Event.picture_id).where(col(Event.picture_id).is_not(None))),
        *session.exec(select(Photo.event_id, Photo.picture_id)),
    ]
    return lost, every, sorted({event for event, picture in shown if picture in gone})
