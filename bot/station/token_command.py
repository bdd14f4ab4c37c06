"""What ``yizhan token`` does: make a token for a program without the desk, list and end tokens."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from models.members import desks
from models.network import roles, tokens
from models.network.stations import Station
from models.network.tokens import Made, NotMade
from models.rules.network import permissions
from models.rules.network.permissions import Act
from models.rules.network.scopes import Scope

NOT_MADE = {
    NotMade.NO_NAME: "--name says which program it is for.",
    NotMade.NO_SCOPE: "--may says what the program may do; none of these is this organizer's.",
    NotMade.TOO_MANY: f"They have {tokens.MOST} tokens, as many as one can have: end one first.",
}


def make(
    session: Session,
    station: Station,
    member: str,
    name: str,
    may: Collection[Scope],
    lasts: timedelta,
    now: datetime,
) -> Made | str:
    """Make a token of a station's organizer, as the desk's keeper; or a sentence that says why not.

    Where nobody organizes the station yet, a person of its name is made who does.
    """
    who = desks.keeper(session, station, member, now)
    if who is None:
        return f"{station.name} has no organizer called {member!r}."
    allowed = permissions.roles_for(Act.LET_PROGRAMS)
    grant = next(
        (
            grant
            for grant, place in roles.grants_of(session, who, now)
            if place.id == station.id and grant.role in allowed
        ),
        None,
    )
    if grant is None:
        return f"{station.name}: this person's role there lets no programs in."
    made = tokens.make(session, grant.id, name, may, lasts, who, now)
    return NOT_MADE[made] if isinstance(made, NotMade) else made


def listed(session: Session, station: Station, now: datetime) -> list[str]:
    """A line for each token of a station and all below it: its number first, for ``--end``."""
    return ["\t".join(_fields(each)) for each in tokens.below(session, station, now)]


def _fields(held: tokens.Held) -> Iterator[str]:
    token = held.token
    yield str(token.id)
    yield token.name
    yield f"{held.station.name} · {held.member.name or held.member.id}"
    yield token.scopes
    yield f"until {token.until:%Y-%m-%d}"
    yield f"used {token.used_at:%Y-%m-%d}" if token.used_at is not None else "unused"


def end(session: Session, station: Station, number: int, now: datetime) -> bool:
    """End a token of a station or below it; False where there is none of this number."""
    if all(each.token.id != number for each in tokens.below(session, station, now)):
        return False
    return tokens.end(session, number, None, now)
