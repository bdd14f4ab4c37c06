"""An account adds up: counted by hand, in parts, and whatever became of the people since."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlmodel import Session, select

from models.events.events import Category, Event, Kind, Signup, SignupState
from models.members import merging, privacy
from models.network.members import Member
from models.network.stations import Station
from models.reports import NotShown, Report, of
from models.rules.network.floors import Count
from models.rules.reports import periods
from models.store import Store
from tests.miniature.rows import CARE, ZONE, event, local, network
from tests.models.reports.counted import (
    ANA,
    BOSS,
    COMPANY,
    DISTRICT,
    FAN,
    GUICHENG,
    MAYOR,
    NOBODY,
    SHISHAN,
    at,
    furnish,
)

NOW = local(1, 10)


class Accounts:
    """The small network, and its accounts as somebody sees them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        store.write_now(furnish, NOW)

    def seen(self, by: int | None, station_id: int, code: str) -> Report | NotShown:
        period = periods.read_code(code, ZONE)
        assert period is not None

        def look(session: Session) -> Report | NotShown:
            return of(session, by, session.get_one(Station, station_id), period, NOW)

        return self.store.read_now(look)

    def of(self, station_id: int, code: str, by: int | None = None) -> Report:
        report = self.seen(by, station_id, code)
        assert isinstance(report, Report)
        return report


@pytest.fixture
def accounts(store: Store) -> Accounts:
    return Accounts(store)


def test_october_is_as_counted_by_hand(accounts: Accounts) -> None:
    report = accounts.of(DISTRICT, "2026-10")
    now = report.now
    assert (now.events, now.came, now.absent, now.people) == (2, Count(7), Count(1), Count(5))
    # Ana had been to the visit in September.
    assert now.first_timers == Count(4)
    assert (now.seats, now.taken, now.filled) == (6, Count(6), 1.0)
    assert now.attendance == 7 / 8
    assert (now.taught, now.learnt) == (120, 5 * 120)
    # Of six answers five are told, as organizers see them at the event.
    assert (now.answers, now.stars) == (5, 4.4)
    assert (now.letters, now.answered) == (Count(2), Count(2))
    assert (now.median, now.answered_within_a_day) == (timedelta(hours=36.5), 0.5)
    # One of two certificates was withdrawn.
    assert now.certificates == Count(1)
    assert (now.teams, now.clubs, now.core_members, now.contact_points) == (2, 0, Count(2), 1)
    before = report.before
    assert (before.events, before.came, before.people) == (1, Count(1), Count(1))
    assert (before.first_timers, before.teams, before.core_members) == (Count(1), 1, Count(1))


def test_partners_count_once_an_event_and_by_what_they_do(accounts: Accounts) -> None:
    report = accounts.of(DISTRICT, "2026-10")
    assert (report.now.partners, report.now.with_partners) == (2, 2)
    # In September one partner had no partnership yet.
    assert (report.before.partners, report.before.with_partners) == (1, 1)
    parts = [(each.key, each.events, each.came, each.events_before) for each in report.roles]
    assert parts == [
        ("sponsors", 2, Count(7), 0),
        ("hosts", 1, Count(5), 0),
        ("teaches", 1, Count(5), 1),
    ]
    named = [(name.text, part.events, part.events_before) for name, part in report.partners]
    assert named == [("灯具协会", 2, 0), ("青少年宫", 1, 1)]
    shishan = accounts.of(SHISHAN, "2026-10", MAYOR).now
    assert (shishan.partners, shishan.with_partners) == (1, 2)
    november = accounts.of(DISTRICT, "2026-11")
    assert (november.now.partners, november.now.with_partners) == (2, 0)
    company = accounts.of(COMPANY, "2026-10", BOSS)
    assert {each.came for each in company.roles} == {Count(5, is_exact=False)}


def test_november_counts_seats_where_nobody_was_checked_in_and_nothing_called_off(
    accounts: Accounts,
) -> None:
    report = accounts.of(DISTRICT, "2026-11")
    now = report.now
    # Old Li has no chat: he is one of the four who came.
    assert (now.events, now.came, now.people, now.others) == (1, Count(4), Count(4), Count(1))
    assert now.first_timers == Count(1)
    assert (now.clubs, now.core_members) == (1, Count(1))
    assert (now.letters, now.answered, now.median) == (Count(1), Count(0), None)
    assert now.answered_within_a_day == 0
    assert report.before == accounts.of(DISTRICT, "2026-10").now


def test_what_still_runs_is_compared_to_the_same_day(accounts: Accounts) -> None:
    report = accounts.of(DISTRICT, "2026-12")
    assert (report.period.until, report.before_period.until) == (at(12, 1).date(), at(11, 1).date())
    # On the 1st of November nothing had been held yet.
    assert (report.now.events, report.before.events) == (0, 0)


def test_a_station_counts_itself_and_what_is_below_it(accounts: Accounts) -> None:
    assert accounts.of(SHISHAN, "2026-10").now.events == 2
    assert accounts.of(COMPANY, "2026-10").now.events == 1
    assert accounts.of(GUICHENG, "2026-10").now.events == 0
    year = accounts.of(DISTRICT, "2026")
    assert [(each.station_id, each.events) for each in year.places] == [
        (GUICHENG, 2),
        (SHISHAN, 2),
        (DISTRICT, 0),
    ]
    assert [(name.text, part.events) for name, part in year.enterprises] == [("昭信集团", 1)]
    assert [(part.key.month, part.events) for part in year.months if part.events] == [  # type: ignore[union-attr]
        (9, 1),
        (10, 2),
        (11, 1),
    ]


def test_a_company_sees_people_in_steps_of_five_and_of_itself_alone(accounts: Accounts) -> None:
    report = accounts.of(COMPANY, "2026-10", BOSS)
    assert not report.is_exact
    assert report.now.events == 1
    assert report.now.came == Count(5, is_exact=False)
    assert report.now.absent == report.now.first_timers == Count(0, is_exact=False)
    assert report.now.attendance == 1.0
    assert report.now.median is None
    assert report.lines[0].came == Count(5, is_exact=False)
    assert {part.came.is_exact for part in (*report.kinds, *report.months)} == {False}
    assert accounts.seen(BOSS, SHISHAN, "2026-10") == NotShown(SHISHAN)
    assert accounts.of(COMPANY, "2026-10", MAYOR).now.absent == Count(1)


def test_who_has_no_role_sees_nothing_and_nobody_what_is_to_come(accounts: Accounts) -> None:
    assert accounts.seen(NOBODY, DISTRICT, "2026") == NotShown(DISTRICT)
    assert accounts.seen(MAYOR, DISTRICT, "2027") == NotShown(DISTRICT, is_to_come=True)


def test_a_merged_member_is_one_person(accounts: Accounts) -> None:
    accounts.store.write_now(merging.merge, ANA, FAN, CARE, NOW)
    now = accounts.of(DISTRICT, "2026-11").now
    # Both had a seat at the talk: the better stays. Neither is there for the first time.
    assert (now.came, now.people, now.first_timers) == (Count(3), Count(3), Count(0))


def test_who_was_erased_still_counts(accounts: Accounts) -> None:
    before = accounts.of(DISTRICT, "2026-10").now
    accounts.store.write_now(privacy.erase_member, ANA, CARE, NOW)
    now = accounts.of(DISTRICT, "2026-10").now
    assert (now.events, now.came, now.learnt) == (before.events, before.came, before.learnt)
    # She was at both: nothing tells any more that it was one person.
    assert (now.people, now.others) == (Count(6), Count(2))


@pytest.mark.parametrize("seed", range(3))
def test_the_parts_add_up_to_the_whole_whatever_happened(store: Store, seed: int) -> None:
    dice = Random(seed)
    store.write_now(_anything, dice)
    period = periods.read_code("2026", ZONE)
    assert period is not None
    stations = (DISTRICT, GUICHENG, SHISHAN, COMPANY)

    def look(session: Session) -> tuple[list[Report], list[tuple[Signup, Event]]]:
        found = [
            of(session, None, session.get_one(Station, each), period, NOW) for each in stations
        ]
        rows = session.exec(select(Signup, Event).join(Event)).all()
        return [each for each in found if isinstance(each, Report)], list(rows)

    reports, rows = store.read_now(look)
    for report in reports:
        came = report.now.came.number
        for parts in (report.categories, report.kinds, report.months, report.places):
            assert sum(each.events for each in parts) == report.now.events
            assert sum(each.came.number for each in parts) == came
        assert sum(each.came.number for each in report.lines) == came
        assert len(report.lines) == report.now.events
    whole, *towns = reports
    own = next(each for each in whole.places if each.station_id == DISTRICT)
    assert sum(each.now.events for each in towns[:2]) + own.events == whole.now.events
    came_of = [
        (claim.member_id, claim.id, event)
        for claim, event in rows
        if claim.state in (SignupState.ATTENDED, SignupState.SEATED) and event.ends_at <= NOW
    ]
    assert whole.now.people.number == len({member or -claim for member, claim, _ in came_of})
    seen: set[int] = set()
    first = 0
    for member, _claim, _event in sorted(came_of, key=lambda each: (each[2].starts_at, each[2].id)):
        first += member is not None and member not in seen
        seen |= {member} if member is not None else set()
    assert whole.now.first_timers.number == first
    firsts: Callable[[Report], int] = lambda each: each.now.first_timers.number  # noqa: E731
    assert firsts(towns[0]) + firsts(towns[1]) <= first


def _anything(session: Session, dice: Random) -> None:
    network(session)
    for number in range(1, 13):
        session.add(Member(id=number, created_at=at(1, 1)))
    session.flush()
    for number in range(25):
        row = event(
            f"e{number}",
            "随便",
            datetime(2026, 1, 1, 12, tzinfo=ZONE) + timedelta(days=dice.randrange(400)),
            station_id=dice.choice([DISTRICT, GUICHENG, SHISHAN, COMPANY]),
            kind=dice.choice(list(Kind)),
            category=dice.choice(list(Category)),
            seats=dice.choice([None, 5, 10]),
        )
        session.add(row)
        session.flush()
        for member_id in dice.sample(range(1, 13), dice.randrange(8)):
            session.add(
                Signup(
                    event_id=row.id,
                    member_id=member_id if dice.random() < 0.9 else None,
                    state=dice.choice(list(SignupState)),
                    at=at(1, 1),
                )
            )
    session.flush()
