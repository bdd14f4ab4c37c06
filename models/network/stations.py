"""Store the network: stations in a tree, and the enterprises in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, false, func, or_
from sqlmodel import Field, Session, col, select

from models.network.sealing import Sealing
from models.network.translations import Translatable
from models.rules.announcements.trial import TrialSize
from models.rules.dates.workdays import Workdays
from models.rules.desk.help_lines import HelpLines
from models.rules.languages import Translated
from models.rules.members.shifts import Shift
from models.rules.network.permissions import SoloLimits
from models.rules.search import search
from models.rules.sending import quiet_hours
from models.store import Link, Moment, one_of


class StationKind(StrEnum):
    DISTRICT = "district"
    TOWN = "town"
    CONTACT_POINT = "contact_point"


class Enterprise(Translatable, table=True):
    """An employer. ``code`` is the name that files use for it."""

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str


class Station(Translatable, table=True):
    """A node of the network. ``path`` is ``/1/3/``: the ids from the district down to itself.

    ``search`` holds its names and their sounds, as ``models.loading.pinyin`` writes them.
    ``since`` is when it was first loaded; None: before that was kept. ``accounted_until`` is the
    end of the last month whose account its organizers were sent.
    """

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    kind: StationKind = Field(sa_type=one_of(StationKind))
    parent_id: int | None = Field(default=None, foreign_key="station.id", index=True)
    enterprise_id: int | None = Field(default=None, foreign_key="enterprise.id")
    path: str = Field(default="", index=True)
    name: str
    address: str = ""
    map_url: str = Field(default="", sa_type=Link)
    search: str = ""
    since: Moment | None = None
    accounted_until: Moment | None = None


@dataclass(frozen=True, slots=True)
class Announcing:
    """Which announcements need approval by a second organizer, and which begin with a trial."""

    alone: SoloLimits = field(default_factory=SoloLimits)
    trial: TrialSize = field(default_factory=TrialSize)


@dataclass(frozen=True, slots=True)
class Care:
    """The settings that verbs need of a station: time zone, quiet hours, caps.

    ``quiet`` holds its quiet hours as ``"22:00-08:00"`` in its zone, ``after_nights`` the
    additional ones of members who work at night. ``announcements_a_day`` is the most a member gets;
    0 sets no limit. ``help_lines`` are the numbers that people in need are told. ``answer_within``
    is how long a thread waits before the level above is asked.
    ``workdays`` knows the days off, ``sealing`` has the keys for ID numbers. ``no_shows_bar`` keeps
    whoever did not come to what they signed up for out of events that say nothing of it.
    ``reader`` is the model that reads what is not understood, ``hearer`` the one that makes text of
    voice messages, as the operator calls them. ``private_hooks`` lets programs be told of things
    at addresses of the house.
    """

    zone: ZoneInfo
    quiet: str
    after_nights: str = ""
    announcements_a_day: int = 0
    announcing: Announcing = field(default_factory=Announcing, kw_only=True)
    help_lines: HelpLines = field(default_factory=HelpLines, kw_only=True)
    reader: str = field(default="", kw_only=True)
    hearer: str = field(default="", kw_only=True)
    answer_within: timedelta = field(default=timedelta(days=1), kw_only=True)
    workdays: Workdays = field(default_factory=Workdays, kw_only=True)
    sealing: Sealing = field(default_factory=Sealing, kw_only=True)
    no_shows_bar: bool = field(default=False, kw_only=True)
    private_hooks: bool = field(default=False, kw_only=True)

    def quiet_of(self, own: str | None, shift: Shift | None) -> str:
        """Return a member's quiet hours, by their own setting or else by their shift."""
        daytime = self.after_nights if shift == Shift.NIGHT else ""
        return quiet_hours.of(own or "", self.quiet, daytime)


def get(session: Session, station_id: int | None) -> Station | None:
    return session.get(Station, station_id) if station_id is not None else None


def named(session: Session, words: str) -> Station | None:
    """Return the station with this code, or with this whole name in any language."""
    named = (Station.code == words) | (Station.name == words)
    station = session.exec(select(Station).where(named).limit(1)).first()
    if station is None:
        stations = session.exec(select(Station).order_by(col(Station.id)))
        station = next(
            (each for each in stations if words in each.text_of("name").versions()), None
        )
    if station is not None:
        session.expunge(station)
    return station


def district(session: Session) -> Station | None:
    """Return the root of the tree; None before stations are loaded."""
    return session.exec(select(Station).where(col(Station.parent_id).is_(None))).first()


def desk_of(session: Session, station_id: int | None) -> Station | None:
    """Return the station whose organizers read what a member of this station writes.

    That is never a contact point, whose organizers work for the member's employer, but the town
    above it; for a member without a station it is the district.
    """
    station = get(session, station_id)
    if station is not None and station.kind == StationKind.CONTACT_POINT:
        station = get(session, station.parent_id)
    return station or district(session)


def towns(session: Session) -> Sequence[Station]:
    query = select(Station).where(Station.kind == StationKind.TOWN).order_by(col(Station.id))
    return session.exec(query).all()


def contact_points(session: Session, town_id: int) -> Sequence[Station]:
    query = select(Station).where(Station.parent_id == town_id).order_by(col(Station.id))
    return session.exec(query).all()


def enterprises_below(session: Session, station_id: int) -> Sequence[tuple[int, Translated]]:
    """Return id and name of the enterprises with a contact point at this station or below it."""
    here = select(Station.path).where(Station.id == station_id).scalar_subquery()
    of_below = select(Station.enterprise_id).where(col(Station.path).startswith(here))
    return _names(session, col(Enterprise.id).in_(of_below))


def companies_with_several(session: Session, station_id: int) -> Sequence[tuple[int, Translated]]:
    """Return id and name of the enterprises with several contact points here or below."""
    here = select(Station.path).where(Station.id == station_id).scalar_subquery()
    several = (
        select(Station.enterprise_id)
        .where(col(Station.path).startswith(here))
        .group_by(col(Station.enterprise_id))
        .having(func.count() > 1)
    )
    return _names(session, col(Enterprise.id).in_(several))


def enterprises(session: Session, ids: Sequence[int]) -> Sequence[tuple[int, Translated]]:
    """Return id and name of each of these enterprises."""
    return _names(session, col(Enterprise.id).in_(ids)) if ids else ()


def _names(session: Session, which: ColumnElement[bool]) -> Sequence[tuple[int, Translated]]:
    query = select(Enterprise).where(which).order_by(col(Enterprise.id))
    return [(each.id, each.text_of("name")) for each in session.exec(query)]


def everything(session: Session) -> Sequence[Station]:
    return session.exec(select(Station).order_by(col(Station.id))).all()


def of_kinds(
    session: Session, kinds: Sequence[StationKind], below: Sequence[str], limit: int
) -> Sequence[Station]:
    """Return stations of these kinds at the paths ``below`` or under them, in their order."""
    query = select(Station).where(*_of_kinds(kinds, below)).order_by(col(Station.path))
    return session.exec(query.limit(limit)).all()


def _of_kinds(
    kinds: Sequence[StationKind], below: Sequence[str]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    under = [col(Station.path).startswith(path) for path in below]
    return col(Station.kind).in_(kinds), or_(*under) if under else false()


def matching(
    session: Session,
    words: str,
    limit: int,
    *,
    kinds: Sequence[StationKind] = (StationKind.TOWN, StationKind.CONTACT_POINT),
    below: Sequence[str] = ("/",),
) -> list[Station]:
    """Return stations that match the words (part of a name, pinyin, initials), best first.

    Only those of these kinds at the paths ``below`` or under them.
    """
    stations = session.exec(select(Station).where(*_of_kinds(kinds, below))).all()
    by_id = {station.id: station for station in stations}
    entries = [(number, each.search or each.name) for number, each in by_id.items()]
    ranked = search.rank(words, entries)
    return [by_id[number] for number, _score in ranked][:limit]
