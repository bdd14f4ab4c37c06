"""Share the seats of an event out: the quotas, who counts in them, and the room that is left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, update
from sqlalchemy import select as columns_of
from sqlmodel import Field, Session, SQLModel, col, select

from models.events import audiences, entries
from models.events._claims import CAME, HAS_SEAT, LIVE, SIGNUPS
from models.events.audiences import Somebody
from models.events.events import Event, Signup, SignupState
from models.network.members import Member
from models.rules.events import seating
from models.rules.events.seating import ANYBODY, Person, Room
from models.store import Moment
from models.store.compiled import Row
from models.store.statements import Prepared

MOST_QUOTAS = 12
"""How many quotas an event may have: more could not be told in a chat."""


class Quota(SQLModel, table=True):
    """Seats of an event for a group: at ``least`` so many are kept, it may have ``most``.

    ``who`` is the group, as the column of an event's audience. ``most`` None sets no limit.
    """

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    who: str
    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A quota as it is set: ``who`` as an audience's column, and the seats."""

    who: str
    least: int = 0
    most: int | None = None


_KINDS = {"s": "place", "e": "place", "t": "team"}
"""Quotas of one kind leave each other room; a company is a place as a contact point is."""

_HELD = Prepared(
    columns_of(SIGNUPS.c.counts_in, func.count())
    .where(
        SIGNUPS.c.event_id == bindparam("event_id"),
        HAS_SEAT,
        SIGNUPS.c.takes_seat,
    )
    .group_by(SIGNUPS.c.counts_in)
)


def of_event(session: Session, event_id: int) -> Sequence[Quota]:
    """Return the quotas of an event in the order in which they were made."""
    return session.exec(
        select(Quota).where(Quota.event_id == event_id).order_by(col(Quota.id))
    ).all()


def room_of(session: Session, event: Event | Row, now: Moment) -> Room:
    """Return the room of an event: its seats, and its quotas while they hold.

    The seats in each quota are counted from the claims, so that no counter can be wrong.
    """
    room = Room(event.seats, event.held)
    if not has_quotas(event, now):
        return room
    held: dict[int, int] = {}
    for column, number in _HELD.all(session, {"event_id": event.id}):
        for each in person_of(column):
            held[each] = held.get(each, 0) + number
    quotas = tuple(
        seating.Quota(each.id, kind_of(each.who), each.least, each.most, held.get(each.id, 0))
        for each in of_event(session, event.id)
    )
    return Room(event.seats, event.held, quotas)


def has_quotas(event: Event | Row, now: Moment) -> bool:
    """Return whether quotas share out the seats of an event now."""
    return bool(event.quotas) and (event.quotas_until is None or now < event.quotas_until)


def kind_of(who: str) -> str:
    """Return the kind of the group that an audience's column names."""
    return _KINDS[who.strip("/")[:1]]


def counts_in(session: Session, event: Event | Row, member: Somebody) -> str:
    """Return the quotas in which a member counts, as a claim's column holds them.

    They are kept with the claim also after the quotas end: the organizer's list tells them.
    """
    if not event.quotas:
        return ""
    quotas = of_event(session, event.id)
    belongs = audiences.belongs(session, [each.who for each in quotas], member)
    return _column(each.id for each, is_in in zip(quotas, belongs, strict=True) if is_in)


def _column(numbers: Iterable[int]) -> str:
    joined = "/".join(map(str, numbers))
    return f"/{joined}/" if joined else ""


def person_of(column: str) -> Person:
    """Return the quotas of a claim's column as the rules take them."""
    return frozenset(map(int, filter(None, column.split("/")))) if column else ANYBODY


# Setting them


@dataclass(frozen=True, slots=True)
class TooMuch:
    """The quotas keep more seats than there are: ``kept`` of ``seats``."""

    kept: int
    seats: int


def too_much(shares: Iterable[Share | Quota], seats: int | None) -> TooMuch | None:
    """Return that these quotas keep more seats than there are; those of one kind add up."""
    kept: dict[str, int] = {}
    for each in shares:
        kind = kind_of(each.who)
        kept[kind] = kept.get(kind, 0) + each.least
    most = max(kept.values(), default=0)
    return TooMuch(most, seats) if seats is not None and most > seats else None


def put(session: Session, event: Event, shares: Sequence[Share]) -> TooMuch | None:
    """Give a locked event these quotas in place of those it has; return why nothing was done.

    Each claim in force counts anew. Nobody loses a seat: where more hold one than a quota may
    have, nobody else of the group gets one until there are fewer. The list of a draw is fixed anew.
    """
    if (refusal := too_much(shares, event.seats)) is not None:
        return refusal
    session.execute(delete(Quota).where(col(Quota.event_id) == event.id))
    session.add_all(
        Quota(event_id=event.id, who=each.who, least=each.least, most=each.most) for each in shares
    )
    event.quotas = len(shares)
    session.add(event)
    session.flush()
    count_anew(session, event)
    entries.fix_anew(session, event)
    return None


def count_anew(session: Session, event: Event) -> None:
    """Find for each claim in force in which quotas its person counts; others as their leader."""
    claims = session.exec(
        select(Signup, Member)
        .join(Member, col(Member.id) == col(Signup.member_id))
        .where(
            Signup.event_id == event.id,
            col(Signup.state).in_((*LIVE, *CAME, SignupState.ENTERED)),
        )
        .order_by(col(Signup.id))
    ).all()
    for signup, member in claims:
        column = counts_in(session, event, member)
        concerned = col(Signup.id) == signup.id
        if signup.party_id is None:
            nameless = col(Signup.member_id).is_(None)
            concerned |= (col(Signup.party_id) == signup.id) & nameless
        session.execute(update(Signup).where(concerned).values(counts_in=column))
