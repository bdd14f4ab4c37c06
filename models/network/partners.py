"""Partners: who hosts, teaches at or sponsors events, and is no part of the network."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import false
from sqlmodel import Field, Session, col, or_, select

from models.network import audit, roles
from models.network.stations import Station
from models.network.translations import Translatable
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.rules.search import sifting, sounds
from models.store import Moment

LONGEST_NAME, LONGEST_LINK, LONGEST_NOTE = 60, 300, 300


class Part(StrEnum):
    """What a partner does for an event."""

    HOSTS = "hosts"
    TEACHES = "teaches"
    SPONSORS = "sponsors"


class Partner(Translatable, table=True):
    """A partner of ``station_id`` and everything below it, until ``ended_at``.

    ``parts`` are the words of ``Part`` with spaces between. ``note`` is for organizers alone.
    """

    id: int = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    name: str
    parts: str
    link: str = ""
    note: str = ""
    since: Moment
    ended_at: Moment | None = None

    @property
    def does(self) -> tuple[Part, ...]:
        """What it does, in the order of ``Part``."""
        kept = self.parts.split()
        return tuple(part for part in Part if part in kept)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a partner. Its name is not empty, and it does something."""

    name: Translated
    does: Collection[Part]
    link: str = ""
    note: str = ""


def get(session: Session, number: int) -> Partner | None:
    return session.get(Partner, number)


def add(session: Session, station_id: int, told: Told, by: int, now: Moment) -> Partner:
    """Add a partner of a place. Raises NotAllowed when ``by`` keeps no partners there."""
    roles.require(session, by, Act.KEEP_PARTNER, station_id, now)
    row = Partner(station_id=station_id, name="", parts="", since=now)
    return _put(session, row, told, by, now, "added")


def change(session: Session, number: int, told: Told, by: int, now: Moment) -> Partner:
    """Change what is told of a partner; one that had ended is one again. Raises as ``add``."""
    row = session.get_one(Partner, number, with_for_update=True, populate_existing=True)
    roles.require(session, by, Act.KEEP_PARTNER, row.station_id, now)
    row.ended_at = None
    return _put(session, row, told, by, now, "changed")


def end(session: Session, number: int, by: int, now: Moment) -> bool:
    """End a partnership; events keep it. False where it had ended. Raises as ``add``."""
    row = session.get_one(Partner, number, with_for_update=True, populate_existing=True)
    roles.require(session, by, Act.KEEP_PARTNER, row.station_id, now)
    if row.ended_at is not None:
        return False
    row.ended_at = now
    session.add(row)
    session.flush()
    _record(session, row, by, now, "ended")
    return True


def _put(session: Session, row: Partner, told: Told, by: int, now: Moment, what: str) -> Partner:
    row.put_text("name", told.name)
    row.parts = " ".join(part for part in Part if part in told.does)
    row.link, row.note = told.link, told.note
    session.add(row)
    session.flush()
    _record(session, row, by, now, what)
    return row


def _record(session: Session, row: Partner, by: int, now: Moment, what: str) -> None:
    about = f"partner:{row.id}"
    audit.record(session, by, Act.KEEP_PARTNER, about, now, station_id=row.station_id, what=what)


# Reading


def page(
    session: Session, below: Sequence[str], words: str, after: int, limit: int
) -> Sequence[tuple[Partner, Station]]:
    """Return the partners of these paths and below, from above a number on, ended ones too.

    With words those that fit them, the best first.
    """
    under = or_(false(), *(col(Station.path).startswith(path) for path in below))
    query = (
        select(Partner, Station)
        .join(Station, col(Station.id) == col(Partner.station_id))
        .where(under)
        .order_by(col(Partner.id))
    )
    if not words:
        return session.exec(query.where(col(Partner.id) > after).limit(limit)).all()
    rows = {each.id: (each, station) for each, station in session.exec(query)}
    entries = [
        (number, sounds.index(*each.text_of("name").versions()))
        for number, (each, _station) in rows.items()
    ]
    return [rows[number] for number, _score in sifting.rank(words, entries)[:limit]]


def of_station(session: Session, station: Station) -> Sequence[Partner]:
    """Return the partners that events of this station may name: its own, and those above it."""
    line = [int(each) for each in station.path.strip("/").split("/")]
    query = select(Partner).where(col(Partner.station_id).in_(line))
    return session.exec(query.where(col(Partner.ended_at).is_(None)).order_by(Partner.name)).all()
