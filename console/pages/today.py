"""The first pages of the desk: what is on, what waits for somebody, and the calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.conversation.language import WEEKDAYS
from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.routing import Asked, Page, Section
from handlers.announcements import progress as words
from handlers.reports.labels import period_name
from handlers.words import title
from models.announcements import announcements, progress
from models.announcements.announcements import Announcement, AnnouncementState
from models.contests import watching
from models.desk import listing
from models.events import agenda, checking_in, publishing
from models.events.agenda import Whose
from models.events.events import Event
from models.members import binding
from models.network.stations import Station
from models.rules.network.permissions import Act
from models.rules.reports.periods import Period
from models.teams import founding

section = Section("today", label=say("Today"), path="/", needs=Act.OPEN_CONSOLE)

DAYS = 7
SHOWN = 12
IN_A_MONTH = 500
UNDER_WAY = (AnnouncementState.TRIAL, AnnouncementState.PLANNING, AnnouncementState.RUNNING)
LOOKED_AT = 30
FIRST_YEAR, LAST_YEAR = 2000, 2200


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for this organizer: what it is, of which place, and where it is done."""

    what: Sayable
    about: Sayable
    path: str


@section.page("/")
def today(desk: Desk, asked: Asked) -> Page:
    whose = whose_events(desk)
    begins = _midnight(desk, desk.now.astimezone(desk.care.zone).date())
    until = begins + timedelta(days=DAYS)
    facts = {
        "checks_in": checking_in.events_of_the_day(desk.session, desk.member.id, desk.now)[:SHOWN],
        "coming": agenda.between(desk.session, whose, begins, until, SHOWN),
        "short": agenda.short(desk.session, whose, desk.now, SHOWN),
        "waiting": [*_waiting(desk)],
        "threads": listing.waiting(desk.session, desk.member.id, desk.now, limit=SHOWN),
        "under_way": [*_under_way(desk)],
        "problems": desk.house.problems() if desk.places(Act.SEE_REACH) else {},
    }
    return Page("today.html", say("Today"), facts)


def whose_events(desk: Desk) -> Whose:
    """The places and teams of which this member may see the lists of events."""
    places = desk.places(Act.CHECK_IN)
    return Whose([each.path for each in places], desk.teams(Act.CHECK_IN), desk.helps)


def _waiting(desk: Desk) -> Iterator[Waiting]:
    session, mine = desk.session, desk.member.id
    for event in publishing.to_be_answered(session, mine, desk.now):
        yield Waiting(say("An event to approve"), title(event), f"/console/events/{event.id}")
    for row in announcements.recent(session, mine, desk.now, limit=LOOKED_AT):
        if row.state in (AnnouncementState.ASKED, AnnouncementState.HELD):
            path = f"/console/announcements/{row.id}"
            yield Waiting(say("An announcement to decide on"), _beginning(row), path)
    for place in desk.places(Act.SEE_PLACES):
        for contest in watching.suspected(session, place.path, desk.now):
            path = f"/console/contests/{contest.id}/judging"
            yield Waiting(say("A unit that voted as one"), contest.text_of("title"), path)
    for place in desk.places(Act.BIND_MEMBER):
        for row_of_file in binding.waiting(session, place.path, desk.now):
            path = f"/console/people/{row_of_file.id}"
            yield Waiting(
                say("Somebody says they are this one in the list"), row_of_file.name, path
            )
    for place in desk.places(Act.APPROVE_TEAM):
        for team in founding.waiting(session, place.path):
            path = f"/console/network/teams/{team.id}"
            yield Waiting(say("A team to approve"), team.text_of("name"), path)


def _under_way(desk: Desk) -> Iterator[tuple[Announcement, Sayable, int, int]]:
    """Announcements that go out now: their words, and how many of how many are settled."""
    for row in announcements.recent(desk.session, desk.member.id, desk.now, limit=LOOKED_AT):
        if row.state in UNDER_WAY:
            numbers = progress.of(desk.session, row.id, desk.now)
            yield row, words.head(row, desk.now), numbers.planned - numbers.pending, numbers.planned


def _beginning(row: Announcement) -> str:
    return row.text.partition("\n")[0][:40]


# The calendar


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar; ``clashes`` are events that call the same people at one time."""

    date: date
    is_of_month: bool
    is_today: bool
    events: list[tuple[Event, Station]]
    clashes: frozenset[int]


@section.page("/calendar")
def calendar(desk: Desk, asked: Asked) -> Page:
    """The events of a month, of all places that this member looks after."""
    here = desk.now.astimezone(desk.care.zone).date()
    first = month_of(asked.word("month")) or here.replace(day=1)
    begins = first - timedelta(days=first.weekday())
    following = _next(first)
    ends = following + timedelta(days=-following.weekday() % 7)
    rows = agenda.between(
        desk.session, whose_events(desk), _midnight(desk, begins), _midnight(desk, ends), IN_A_MONTH
    )
    by_day: dict[date, list[tuple[Event, Station]]] = {}
    for event, station in rows:
        by_day.setdefault(event.starts_at.astimezone(desk.care.zone).date(), []).append(
            (event, station)
        )
    weeks = [
        [
            Day(
                day,
                day.month == first.month,
                day == here,
                by_day.get(day, []),
                clashing(by_day.get(day, [])),
            )
            for day in (begins + timedelta(days=7 * week + number) for number in range(7))
        ]
        for week in range((ends - begins).days // 7)
    ]
    facts = {
        "weeks": weeks,
        "before": f"{first - timedelta(days=1):%Y-%m}",
        "after": f"{following:%Y-%m}",
        "is_cut": len(rows) == IN_A_MONTH,
        "weekdays": WEEKDAYS,
        "clock": lambda at: f"{at.astimezone(desk.care.zone):%H:%M}",
    }
    return Page("calendar.html", period_name(Period.of_months(first, 1, desk.care.zone)), facts)


def clashing(events: list[tuple[Event, Station]]) -> frozenset[int]:
    """The events of a day that are for the same people as another at the same hours."""
    found: set[int] = set()
    for number, (event, station) in enumerate(events):
        for other, place in events[number + 1 :]:
            is_at_once = event.starts_at < other.ends_at and other.starts_at < event.ends_at
            is_above = station.path.startswith(place.path) or place.path.startswith(station.path)
            is_for_same = (
                is_above
                if event.team_id is None and other.team_id is None
                else (event.team_id == other.team_id)
            )
            if is_at_once and is_for_same:
                found |= {event.id, other.id}
    return frozenset(found)


def month_of(words: str) -> date | None:
    """The first day of ``2026-12``; None for anything else, and for no year that is planned."""
    try:
        first = datetime.strptime(words, "%Y-%m").date()  # noqa: DTZ007
    except ValueError:
        return None
    return first if FIRST_YEAR <= first.year <= LAST_YEAR else None


def _next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _midnight(desk: Desk, day: date) -> datetime:
    return datetime.combine(day, time(), desk.care.zone)
