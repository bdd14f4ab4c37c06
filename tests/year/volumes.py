"""How much happens in a year."""

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class Volumes:
    """Numbers of a year; the station's clock looks every ``minutes``.

    ``weekly_teams`` hold a session each week, ``in_team`` are in each team. ``wanted`` is how many
    people on average want to come to an event; a tenth of the events is wanted most.
    ``announcements`` go to everybody and ``town_announcements`` to a town. ``entries`` are handed
    in to each of two contests, and ``votes`` are cast on each.
    """

    minutes: int
    days: int
    people: int
    companies: int
    teams: int
    in_team: int
    weekly_teams: int
    to_a_session: int
    events: int
    wanted: int
    announcements: int
    town_announcements: int
    threads: int
    entries: int
    votes: int
    watchers: int
    erased: int


DISTRICT = Volumes(
    minutes=1,
    days=365,
    people=50_000,
    companies=300,
    teams=500,
    in_team=40,
    weekly_teams=500,
    to_a_session=15,
    events=300,
    wanted=120,
    announcements=24,
    town_announcements=104,
    threads=6_000,
    entries=500,
    votes=20_000,
    watchers=50_000,
    erased=1_000,
)
"""A year of the district that the station is made for."""

FULL = Volumes(
    minutes=15,
    days=365,
    people=50_000,
    companies=300,
    teams=500,
    in_team=20,
    weekly_teams=60,
    to_a_session=10,
    events=300,
    wanted=90,
    announcements=8,
    town_announcements=30,
    threads=2_000,
    entries=500,
    votes=10_000,
    watchers=5_000,
    erased=500,
)
"""What ``make year`` plays within an hour a store."""

SMALL = Volumes(
    minutes=120,
    days=30,
    people=400,
    companies=6,
    teams=5,
    in_team=12,
    weekly_teams=3,
    to_a_session=5,
    events=14,
    wanted=16,
    announcements=3,
    town_announcements=3,
    threads=12,
    entries=12,
    votes=60,
    watchers=40,
    erased=12,
)
"""What ``make test`` plays."""


GROWS_WITH_PEOPLE = (
    *("people", "companies", "teams", "weekly_teams", "wanted", "threads"),
    *("entries", "votes", "watchers", "erased"),
)


def fraction(volumes: Volumes, one_in: int) -> Volumes:
    """The year of a district of which one person in ``one_in`` lives: as much for each of them."""
    fewer = {name: max(1, getattr(volumes, name) // one_in) for name in GROWS_WITH_PEOPLE}
    return replace(volumes, **fewer)


def scaled_down(volumes: Volumes) -> list[str]:
    """Say which numbers are smaller than those of a district's year."""
    pairs = (
        (each.name, getattr(volumes, each.name), getattr(DISTRICT, each.name))
        for each in fields(Volumes)
        if each.name != "minutes"
    )
    return [
        f"{name.replace('_', ' ')}: {own:,} of {whole:,}"
        for name, own, whole in pairs
        if own < whole
    ]
