"""What concerns a member most: their own events and teams first, and what is at the same time."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, or_
from sqlmodel import Session, col, select

from models.events import lookup
from models.events.events import Event, EventState, Signup, SignupState
from models.events.lookup import Wanted
from models.members.profile import interests_of
from models.network import memberships, stations
from models.network.members import Caller
from models.network.stations import Care, StationKind
from models.rules.events import clashes, for_me
from models.rules.events.for_me import Coming
from models.rules.languages import Translated
from models.rules.members import belonging, interests, shifts
from models.rules.members.belonging import Belongings, Own
from models.rules.members.interests import Interest
from models.store import Moment, table_of
from models.store.compiled import Row
from models.store.statements import Prepared
from models.teams import teams
from models.teams.teams import Team

_SEATS = Prepared(
    select(  # type: ignore[call-overload]
        Event.id,
        Event.title,
        Event.translations,
        Event.starts_at,
        Event.ends_at,
        col(Signup.id).label("seat"),
    )
    .join(Signup, col(Signup.event_id) == col(Event.id))
    .where(
        col(Signup.member_id) == bindparam("member_id"),
        col(Signup.state) == SignupState.SEATED,
        or_(col(Event.state) == EventState.OPEN, col(Event.state) == EventState.CLOSED),
        col(Event.ends_at) > bindparam("now", type_=table_of(Event).c.ends_at.type),
    )
)


def belongings(session: Session, caller: Caller) -> Belongings:
    """Return what the member told of themselves, and the teams they are in."""
    station = stations.get(session, caller.station_id)
    town = ""
    if station is not None and station.kind is not StationKind.DISTRICT:
        # The path of the town: of a contact point that of the station above it.
        town = "/".join(station.path.split("/")[:3]) + "/"
    return Belongings(
        town,
        station.enterprise_id if station is not None else None,
        frozenset(interests_of(session, caller.id)),
        memberships.teams_of(session, caller.id),
    )


def in_order(
    session: Session, caller: Caller, care: Care, wanted: Wanted, now: Moment, newest: int
) -> Sequence[Coming] | None:
    """Return what is wanted of the coming events in the member's order.

    ``newest`` is the last of their seats that counts, by the number of its sign-up. None where
    nothing is known that would order them otherwise than by time.
    """
    mine = belongings(session, caller)
    if not mine.any:
        return None
    rows = lookup.outline(session, now, wanted, caller)
    of_teams = _interests_of_teams(session, (each.team_id for each in rows))
    seats = [each for each in _seats(session, caller, now) if each.seat <= newest]
    found = [_coming(row, mine, of_teams) for row in rows]
    return for_me.ordered(found, now, lambda each: not _clashes(each, seats, caller, care))


def newest_seat(session: Session, caller: Caller, now: Moment) -> int:
    """Return the number of the sign-up by which the member took their last seat; 0 without one."""
    return max((each.seat for each in _seats(session, caller, now)), default=0)


def _seats(session: Session, caller: Caller, now: Moment) -> Sequence[Row]:
    return _SEATS.all(session, {"member_id": caller.id, "now": now})


def _coming(row: Any, mine: Belongings, of_teams: Mapping[int | None, Interest]) -> Coming:
    number, starts_at, ends_at, title, team_id, path, company, is_open = row
    about = interests.named_in(title)
    if team_id in of_teams:
        about = (*about, of_teams[team_id])
    why = belonging.reasons(mine, path=path, company=company, team=team_id, about=about)
    liked = belonging.liked(mine, about) if why else None
    return Coming(number, why, liked, starts_at=starts_at, ends_at=ends_at, is_open=is_open)


def _clashes(event: Coming, seats: Sequence[Row], caller: Caller, care: Care) -> bool:
    hours = hours_of_shift(caller, care)
    return any(_overlap(event, seat) for seat in seats) or clashes.falls_into(
        event.starts_at, event.ends_at, hours, care.zone
    )


def _interests_of_teams(
    session: Session, team_ids: Iterable[int | None]
) -> dict[int | None, Interest]:
    wanted = {each for each in team_ids if each is not None}
    if not wanted:
        return {}
    rows = session.exec(select(Team.id, Team.interest).where(col(Team.id).in_(wanted)))
    return {number: Interest(each) for number, each in rows}


def teams_in_order(
    session: Session, caller: Caller, interest: str, station_id: int | None
) -> Sequence[Own] | None:
    """Return the active teams, the member's own first, as ``in_order`` returns events."""
    mine = belongings(session, caller)
    if not mine.any:
        return None
    return belonging.own_first(
        [
            Own(
                row.id,
                belonging.reasons(
                    mine,
                    path=row.path,
                    company=row.enterprise_id,
                    team=row.id,
                    about=(row.interest,),
                ),
                belonging.liked(mine, (row.interest,)),
            )
            for row in teams.outline(session, interest, station_id)
        ]
    )


def hours_of_shift(caller: Caller, care: Care) -> str:
    """Return the hours, as quiet hours are written, in which the member works or sleeps.

    Empty where their shift does not tell it: who works by day, or in turn, knows best.
    """
    if caller.shift == shifts.Shift.NIGHT:
        return care.quiet_of(caller.quiet, caller.shift)
    return shifts.HOURS.get(caller.shift, "") if caller.shift is not None else ""


def seat_at_the_time(
    session: Session, event: Event, caller: Caller, now: Moment
) -> Translated | None:
    """Return the title of another event in the same hours at which the member has a seat."""
    seats = _seats(session, caller, now)
    other = next((each for each in seats if each.id != event.id and _overlap(event, each)), None)
    return Translated(other.title, other.translations.get("title", {})) if other else None


def _overlap(one: Any, other: Any) -> bool:
    """Whether two events have time in common; one has it with itself."""
    return bool(one.starts_at < other.ends_at and other.starts_at < one.ends_at)
