"""The account of a period for a station and all below it, for one who may see it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from models.events.events import Event
from models.network import roles, stations
from models.network.stations import Station, StationKind
from models.reports import counting
from models.reports.counting import Tree
from models.rules.languages import Translated
from models.rules.network.floors import NOBODY, Count
from models.rules.network.permissions import Act
from models.rules.reports import figures as rules
from models.rules.reports.figures import BEFORE, NOW, Figures, Held, Line, Part
from models.rules.reports.periods import Period
from models.store import Moment

DAY = timedelta(days=1)
MONTHS_SHOWN = 36


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the network in an account: a town, a contact point, or the station itself."""

    station_id: int
    name: Translated
    teams: int = 0
    clubs: int = 0
    core_members: Count = NOBODY
    contact_points: int = 0
    events: int = 0
    came: Count = NOBODY
    events_before: int = 0
    came_before: Count = NOBODY


@dataclass(frozen=True, slots=True)
class Report:
    """An account, plain values all of it. The parts of each kind add up to the events and visits.

    ``now`` are the figures of ``period``, ``before`` those of the one before. ``is_exact`` says
    that its reader may see numbers of people as they are; they are in steps of five otherwise.
    ``places`` are the stations right below, and this one last; ``enterprises`` those that held
    something, with their names. ``months`` stand by their first days, ``lines`` are the events.
    ``roles`` are what partners did, ``partners`` who did, with their names: one event may be in
    several of these.
    """

    station_id: int
    station: Translated
    kind: StationKind
    period: Period
    before_period: Period
    now: Figures
    before: Figures
    is_exact: bool
    categories: tuple[Part, ...]
    kinds: tuple[Part, ...]
    places: tuple[Place, ...]
    enterprises: tuple[tuple[Translated, Part], ...]
    months: tuple[Part, ...]
    lines: tuple[Line, ...]
    roles: tuple[Part, ...] = ()
    partners: tuple[tuple[Translated, Part], ...] = ()


@dataclass(frozen=True, slots=True)
class NotShown:
    """Nothing is shown: the member has no role there, or the period has not begun."""

    station_id: int
    is_to_come: bool = False


@dataclass(slots=True)
class _Counted:
    """The events of both periods, and the people who came."""

    now: list[Held]
    before: list[Held]
    people: rules.Attendance


def of(
    session: Session, by: int | None, station: Station, period: Period, now: Moment
) -> Report | NotShown:
    """Return the account of a period for a member; ``by`` None is the operator.

    A period that still runs is counted until now, and the one before it as far. Where there are a
    million claims it reads for half a second: on a snapshot.
    """
    if by is not None and not roles.may(session, by, Act.SEE_REPORT, station, now):
        return NotShown(station.id)
    if not period.has_begun(now):
        return NotShown(station.id, is_to_come=True)
    is_exact = by is None or roles.may(session, by, Act.SEE_REACH, station, now)
    period = period.as_of(now)
    network, both = counting.tree(session), (period, period.before)
    counted = _count(session, network, station, period, now)
    this, last = (
        rules.figures(
            counting.network_at(session, network, station, min(each.ends, now)),
            rules.total(events, is_exact=is_exact),
            people,
            letters,
            certificates,
            is_exact=is_exact,
            contested=contested,
        )
        for each, events, people, letters, certificates, contested in zip(
            both,
            (counted.now, counted.before),
            (counted.people.of(NOW), counted.people.of(BEFORE)),
            counting.letters(session, station, both, now),
            counting.certificates(session, station, both, now),
            counting.contested(session, station, both, now),
            strict=True,
        )
    )

    def parts(key: Callable[[Held], str | int | date | None]) -> list[Part]:
        return shares(lambda each: (key(each),))

    def shares(keys: Callable[[Held], Iterable[str | int | date | None]]) -> list[Part]:
        found = rules.shares(counted.now, counted.before, keys, is_exact=is_exact)
        return sorted(found.values(), key=lambda each: (-each.events, str(each.key)))

    partners = shares(lambda each: [number for number, _part in each.partners])
    named = counting.partner_names(session, [int(str(each.key)) for each in partners])

    return Report(
        station_id=station.id,
        station=station.text_of("name"),
        kind=station.kind,
        period=period,
        before_period=period.before,
        now=this,
        before=last,
        is_exact=is_exact,
        categories=tuple(parts(lambda each: each.category)),
        kinds=tuple(parts(lambda each: each.kind)),
        places=_places(
            session,
            network,
            station,
            min(period.ends, now),
            {part.key: part for part in parts(lambda each: each.place_id)},
            is_exact=is_exact,
        ),
        enterprises=_enterprises(session, parts(lambda each: each.enterprise_id)),
        months=_months(counted, period, is_exact=is_exact),
        lines=tuple(rules.line(each, is_exact=is_exact) for each in counted.now),
        roles=tuple(shares(lambda each: [part for _number, part in each.partners])),
        partners=tuple((named[int(str(each.key))], each) for each in partners),
    )


def titles(session: Session, report: Report) -> dict[int, Translated]:
    """Return the titles of the events of an account, by number."""
    ids = [each.event_id for each in report.lines]
    found: dict[int, Translated] = {}
    for start in range(0, len(ids), 500):
        rows = session.exec(select(Event).where(col(Event.id).in_(ids[start : start + 500])))
        found |= {each.id: each.text_of("title") for each in rows}
    return found


def _count(
    session: Session, network: Tree, station: Station, period: Period, now: Moment
) -> _Counted:
    counted = _Counted([], [], counting.attendance(session))
    for counts_for, event, who in counting.events(session, network, station, period, now):
        if event is not None:
            (counted.now if counts_for == NOW else counted.before).append(event)
        ids = who.ids()
        counted.people.add(counts_for, ids, who.came - len(ids))
    return counted


def _places(
    session: Session,
    network: Tree,
    station: Station,
    at: Moment,
    parts: dict[str | int | date | None, Part],
    *,
    is_exact: bool,
) -> tuple[Place, ...]:
    teams = counting.teams_by_place(session, network, station, at)
    points = counting.contact_points_by_place(session, network, station, at)
    core: dict[int, set[int]] = {}
    for member_id, station_id in counting.core_members(session, station, at):
        core.setdefault(network.place_of(station_id, station), set()).add(member_id)
    below = [each.id for each in stations.contact_points(session, station.id)]
    found = []
    names = counting.names(session, [*below, station.id])
    for number in (*below, station.id):
        part = parts.get(number) or Part(number)
        has_teams, has_clubs = teams.get(number, (0, 0))
        place = Place(
            number,
            names[number].text_of("name"),
            has_teams,
            has_clubs,
            rules.counted(len(core.get(number, ())), is_exact),
            points.get(number, 0),
            part.events,
            part.came,
            part.events_before,
            part.came_before,
        )
        found.append(place)
    return tuple(found)


def _enterprises(session: Session, parts: Sequence[Part]) -> tuple[tuple[Translated, Part], ...]:
    ids = [each.key for each in parts if isinstance(each.key, int)]
    names = dict(stations.enterprises(session, ids))
    return tuple(
        (names[each.key], each) for each in parts if isinstance(each.key, int) and each.key in names
    )


def _months(counted: _Counted, period: Period, *, is_exact: bool) -> tuple[Part, ...]:
    """The months of the period in their order, those without an event as well."""
    found = rules.parts(counted.now, (), lambda each: each.day.replace(day=1), is_exact=is_exact)
    months: list[Part] = []
    first = period.first.replace(day=1)
    while first <= (period.until or period.last) and len(months) < MONTHS_SHOWN:
        months.append(found.get(first) or Part(first, came=rules.counted(0, is_exact)))
        first = (first.replace(day=28) + 4 * DAY).replace(day=1)
    return tuple(months)
