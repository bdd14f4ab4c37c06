"""Wishes: what members ask of the station, and what organizers answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, update
from sqlmodel import Field, Session, SQLModel, col, or_, select

from models.network import audit, roles, stations
from models.network.members import Caller
from models.network.stations import Station
from models.rules.desk import alike, anonymity
from models.rules.network import permissions
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.store import Moment

MIN_ALIKE = 3
"""How many alike wishes make a group that is shown as asked often."""

MOST_A_DAY = 10
"""How many wishes a member may tell within a day: more than people have, fewer than a flood."""

SCAN_LIMIT = 300
"""How many of the newest wishes are compared."""


class Wish(SQLModel, table=True):
    """A wish in its member's words.

    Erasing the member empties ``text`` and ``member_id``; the row stays and is counted.
    ``station_id`` is the station that it is addressed to. ``with_name`` is the member's choice:
    without it no organizer learns who asked, where they work or in which minute they wrote, so
    ``at`` is the next full hour then, and no organizer sees the wish before. ``helped`` is the
    member's judgement of the answer, None before it.
    """

    id: int = Field(default=None, primary_key=True)
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    station_id: int | None = Field(default=None, foreign_key="station.id", index=True)
    text: str
    picture_id: int | None = Field(default=None, foreign_key="picture.id")
    with_name: bool = False
    at: Moment
    answer: str = ""
    answered_by: int | None = None
    answered_at: Moment | None = None
    helped: bool | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A wish was added; ``is_heard`` says whether anybody holds a role to read it."""

    wish: Wish
    is_heard: bool


@dataclass(frozen=True, slots=True)
class TooMany:
    """The member has told as many wishes as one may within a day; nothing was added."""


@dataclass(frozen=True, slots=True)
class WishGroup:
    """Alike wishes: the newest of them, and how many members told one."""

    newest: Wish
    times: int


def get(session: Session, wish_id: int) -> Wish | None:
    """The wish; None also when its words were erased with its member."""
    wish = session.get(Wish, wish_id)
    return wish if wish is not None and wish.text else None


def for_organizers(session: Session, wish_id: int, now: Moment) -> Wish | None:
    """The wish as ``get``; None also before organizers may see it."""
    wish = get(session, wish_id)
    return wish if wish is not None and wish.at <= now else None


def addressees(session: Session, caller: Caller) -> list[Station]:
    """Return the stations that this member may address a wish to, the usual one first.

    That is the town, never the contact point where they work: its organizers are their employer's,
    so it stands last and is for the wish for which the member chose it.
    """
    number = caller.station_id
    desk, own = stations.desk_of(session, number), stations.get(session, number)
    found = (desk, stations.district(session), own)
    return list({each.id: each for each in found if each is not None}.values())


def tell(
    session: Session,
    caller: Caller,
    text: str,
    now: Moment,
    *,
    to: int | None = None,
    with_name: bool = False,
    picture_id: int | None = None,
) -> Told | TooMany:
    """Add a wish and notify the organizers of its station, or of the nearest above that has any.

    ``to`` is the id of one of the ``addressees``; any other value means the usual one.
    """
    if _told_lately(session, caller.id, now) >= MOST_A_DAY:
        return TooMany()
    able = addressees(session, caller)
    station = next((each for each in able if each.id == to), able[0] if able else None)
    wish = Wish(
        member_id=caller.id,
        station_id=station.id if station is not None else None,
        text=text,
        picture_id=picture_id,
        with_name=with_name,
        at=now if with_name else anonymity.dated(now),
    )
    session.add(wish)
    session.flush()
    readers = (
        roles.who_can(session, Act.ANSWER_WISH, station, now, but=caller.id)
        if station is not None
        else ()
    )
    for organizer in readers:
        deliveries.plan_for_member(
            session,
            organizer.id,
            key=f"wish:{wish.id}:{organizer.id}",
            topic="wish",
            facts={"wish_id": wish.id},
            due_at=wish.at,
            expires_at=wish.at + deliveries.A_WEEK,
            now=now,
            about=caller.id,
        )
    return Told(wish, bool(readers))


def _told_lately(session: Session, member_id: int, now: Moment) -> int:
    lately = col(Wish.at) > now - timedelta(days=1)
    return session.exec(
        select(func.count()).select_from(Wish).where(Wish.member_id == member_id, lately)
    ).one()


def answer(session: Session, wish: Wish, text: str, by: int, now: Moment) -> bool:
    """Answer a wish and notify its member; False when it has been answered before.

    Raises NotAllowed when ``by`` may not answer it.
    """
    locked = session.exec(select(Wish).where(Wish.id == wish.id).with_for_update()).one()
    roles.require(session, by, Act.ANSWER_WISH, locked.station_id, now)
    if locked.answered_at is not None:
        return False
    locked.answer, locked.answered_by, locked.answered_at = text, by, now
    session.add(locked)
    session.flush()
    subject = f"wish:{locked.id}"
    audit.record(session, by, Act.ANSWER_WISH, subject, now, station_id=locked.station_id)
    if locked.member_id is not None:
        deliveries.plan_for_member(
            session,
            locked.member_id,
            key=f"wish-answer:{locked.id}",
            topic="wish-answer",
            facts={"wish_id": locked.id},
            due_at=now,
            expires_at=now + deliveries.A_WEEK,
            now=now,
        )
    return True


def record_view(session: Session, wish: Wish, by: int, now: Moment) -> None:
    """Record that an organizer opened a wish with a name."""
    subject = f"wish:{wish.id}"
    audit.record(session, by, Act.SEE_LIST, subject, now, station_id=wish.station_id)


def rate(session: Session, wish: Wish, *, helped: bool) -> None:
    """Record whether the answer helped; the latest judgement counts."""
    wish.helped = helped
    session.add(wish)
    session.flush()


def forget_member(session: Session, member_id: int) -> None:
    """Erase the words and the author of an erased member's wishes; the rows stay."""
    session.execute(
        update(Wish)
        .where(col(Wish.member_id) == member_id)
        .values(member_id=None, text="", picture_id=None, with_name=False, answer="")
    )


def unanswered(session: Session, station: Station, now: Moment, limit: int = 6) -> Sequence[Wish]:
    """Unanswered wishes to a station and all below it, oldest first."""
    below = select(Station.id).where(col(Station.path).startswith(station.path))
    return session.exec(
        select(Wish)
        .where(*_waits(now), col(Wish.station_id).in_(below))
        .order_by(col(Wish.id))
        .limit(limit)
    ).all()


def _waits(now: Moment) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a wish that organizers see and none has answered."""
    return col(Wish.text) != "", col(Wish.answered_at).is_(None), col(Wish.at) <= now


def count_waiting(session: Session, member_id: int, now: Moment) -> int:
    """How many unanswered wishes this member may answer."""
    paths = [
        held.path
        for held in roles.held_by(session, member_id, now)
        if held.role in permissions.roles_for(Act.ANSWER_WISH)
    ]
    if not paths:
        return 0
    below = select(Station.id).where(or_(*(col(Station.path).startswith(path) for path in paths)))
    return session.exec(
        select(func.count()).select_from(Wish).where(*_waits(now), col(Wish.station_id).in_(below))
    ).one()


def count_unheard(session: Session, now: Moment) -> int:
    """How many unanswered wishes nobody may answer: no role is held at their station or above."""
    by_station = session.exec(
        select(Wish.station_id, func.count())
        .where(Wish.text != "", col(Wish.answered_at).is_(None))
        .group_by(col(Wish.station_id))
    ).all()
    return sum(
        number
        for station_id, number in by_station
        if (station := stations.get(session, station_id)) is None
        or not roles.who_can(session, Act.ANSWER_WISH, station, now)
    )


def asked_often(session: Session, station: Station, now: Moment, limit: int = 3) -> list[WishGroup]:
    """Groups of alike wishes of several members to a station and below, the largest first."""
    below = select(Station.id).where(col(Station.path).startswith(station.path))
    recent = session.exec(
        select(Wish)
        .where(Wish.text != "", col(Wish.at) <= now, col(Wish.station_id).in_(below))
        .order_by(col(Wish.id).desc())
        .limit(SCAN_LIMIT)
    ).all()
    groups = [
        WishGroup(recent[places[0]], len({recent[place].member_id for place in places}))
        for places in alike.groups([wish.text for wish in recent])
    ]
    often = [group for group in groups if group.times >= MIN_ALIKE]
    return sorted(often, key=lambda group: -group.times)[:limit]
