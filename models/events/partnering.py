"""Which partners an event has, and what each does for it."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import UniqueConstraint, delete, insert
from sqlmodel import Field, Session, SQLModel, col, select

from models.events.events import Event
from models.network import audit, partners, roles
from models.network.partners import Part, Partner
from models.network.stations import Station
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.store import Moment, one_of

Chosen = tuple[int, Part]
"""A partner by its number, and what it does."""


class EventPartner(SQLModel, table=True):
    """A partner that does this for an event."""

    __tablename__ = "event_partner"
    __table_args__ = (UniqueConstraint("event_id", "partner_id", "part"),)

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id")
    partner_id: int = Field(foreign_key="partner.id", index=True)
    part: Part = Field(sa_type=one_of(Part))


def of_event(session: Session, event_id: int) -> Mapping[Part, Sequence[Translated]]:
    """Return the names of an event's partners by what they do, in the order of ``Part``."""
    rows = session.exec(
        select(EventPartner.part, Partner)
        .join(Partner, col(Partner.id) == col(EventPartner.partner_id))
        .where(EventPartner.event_id == event_id)
        .order_by(col(EventPartner.id))
    ).all()
    found = {part: [row.text_of("name") for each, row in rows if each is part] for part in Part}
    return {part: names for part, names in found.items() if names}


def chosen(session: Session, event_id: int) -> frozenset[Chosen]:
    """Return the partners of an event as they are chosen."""
    rows = session.exec(
        select(EventPartner.partner_id, EventPartner.part).where(EventPartner.event_id == event_id)
    )
    return frozenset((number, Part(part)) for number, part in rows)


def offered(session: Session, event: Event) -> Sequence[tuple[Partner, tuple[Part, ...]]]:
    """Return the partners that an event may have, each with its parts: and those it has."""
    station = session.get_one(Station, event.station_id)
    found = {each.id: (each, set(each.does)) for each in partners.of_station(session, station)}
    for number, part in chosen(session, event.id):
        row = session.get_one(Partner, number)
        found.setdefault(number, (row, set()))[1].add(part)
    return [(row, tuple(each for each in Part if each in does)) for row, does in found.values()]


def carry(session: Session, like_id: int, event: Event) -> None:
    """Bring along the partners of the event that this one is like.

    Only those that its own place has still: who has ended stays with the earlier event alone.
    """
    session.flush()
    station = session.get_one(Station, event.station_id)
    here = {each.id for each in partners.of_station(session, station)}
    for number, part in sorted(chosen(session, like_id) - chosen(session, event.id)):
        if number in here:
            session.add(EventPartner(event_id=event.id, partner_id=number, part=part))
    session.flush()


def choose(
    session: Session, event_id: int, wanted: Collection[Chosen], by: int | None, now: Moment
) -> bool:
    """Give an event these partners and no others; False where one of them is not offered.

    Nobody is told: who is with it changes nothing for those who come. Raises NotAllowed when
    ``by`` may not run the event.
    """
    event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
    roles.require(session, by, Act.RUN_EVENT, event.station_id, now, team_id=event.team_id)
    possible = {(row.id, part) for row, parts in offered(session, event) for part in parts}
    if not set(wanted) <= possible:
        return False
    if set(wanted) == chosen(session, event_id):
        return True
    session.execute(delete(EventPartner).where(col(EventPartner.event_id) == event_id))
    rows = [
        {"event_id": event_id, "partner_id": number, "part": part}
        for number, part in sorted(set(wanted))
    ]
    if rows:
        session.execute(insert(EventPartner), rows)
    audit.record(
        session,
        by,
        Act.RUN_EVENT,
        f"event:{event_id}",
        now,
        station_id=event.station_id,
        what="partners",
        partners=len(rows),
    )
    return True
