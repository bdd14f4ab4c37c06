"""What the operator does for who opens the desk: finds them, sets a password, takes it away."""

from sqlmodel import Session

from models.network import audit, consoles, members, roles, second_factors, tokens
from models.network.members import Member
from models.network.stations import Station
from models.rules.network.permissions import Act
from models.store import Moment

SHORTEST_PASSWORD = second_factors.SHORTEST_PASSWORD


def keeper(session: Session, station: Station, name: str, now: Moment) -> int | None:
    """Return the organizer of a station; with a name, the one who is called so, or None.

    Where a station has no organizer, a member is made who is: without a chat, and called as the
    station is.
    """
    found = consoles.organizer_at(session, station.id, name, now)
    if found is not None or name:
        return found.id if found is not None else None
    made = Member(name=station.name, consented_at=now, created_at=now)
    session.add(made)
    session.flush()
    role = roles.LEVELS[station.kind]
    roles.give(session, made.id, role, station, now)
    subject = f"member:{made.id}"
    audit.record(
        session, None, Act.INVITE_ORGANIZER, subject, now, station_id=station.id, role=str(role)
    )
    return made.id


def set_password(session: Session, member_id: int, password: str, now: Moment) -> None:
    """Set the password by which a member opens the desk without a chat."""
    second_factors.set_password(session, member_id, password, now)
    _record(session, member_id, now, changed="password set")


def forget(session: Session, member_id: int, now: Moment) -> None:
    """Take away what a member proves beside a link; end their sessions and tokens."""
    second_factors.take_away(session, member_id)
    consoles.end_all(session, member_id)
    tokens.end_all(session, member_id)
    _record(session, member_id, now, changed="codes and password taken away")


def _record(session: Session, member_id: int, now: Moment, **details: str) -> None:
    grants = roles.grants_of(session, members.get(session, member_id).id, now)
    station_id = grants[0][1].id if grants else None
    audit.record(
        session,
        None,
        Act.OPEN_CONSOLE,
        f"member:{member_id}",
        now,
        station_id=station_id,
        **details,
    )
