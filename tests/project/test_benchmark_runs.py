"""Each benchmark of sending, in a form small enough to run with everything else."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from benchmarks import announcement, processes, reminders, rush
from benchmarks.arrivals import Arrivals, quantile, verify_once_each
from benchmarks.bots import YIZHAN
from benchmarks.plan import FIRST_CHAT, SEATS, Claim, Claims
from benchmarks.rush import Heard, verify_seats
from benchmarks.workspaces import STORES, Workspaces, workspaces
from tests import databases, needs

# What arrived


def seen(*at: float) -> Arrivals:
    return Arrivals(at, range(len(at)), ["one"] * len(at))


def test_the_pace_is_counted_by_the_platforms_own_seconds() -> None:
    arrivals = seen(10.0, 10.5, 10.9, 11.2, 12.0)
    assert arrivals.by_second() == [3, 1]
    assert arrivals.per_second == 2


def test_the_most_in_a_second_is_found_wherever_that_second_begins() -> None:
    assert seen(0.0, 0.8, 0.9, 1.0, 1.7, 2.5).most_in_a_second() == 4


def test_a_message_that_came_twice_is_noticed() -> None:
    twice = Arrivals([1, 2, 3], [7, 8, 8], ["one"] * 3)
    with pytest.raises(AssertionError, match="0 were not told, 1 were told twice"):
        verify_once_each(twice, [7, 8])


def test_a_message_that_never_came_is_noticed() -> None:
    with pytest.raises(AssertionError, match="1 were not told"):
        verify_once_each(seen(1.0, 2.0), [0, 1, 2])


def test_each_account_and_each_crowd_is_looked_at_alone() -> None:
    both = Arrivals([1, 2, 3, 4], [1, 2, 3, 4], ["one", "two", "one", "two"])
    assert both.of_account("two").chats == [2, 4]
    assert both.to(range(2, 4)).at == [2, 3]


def test_a_quantile_is_a_value_that_was_measured() -> None:
    assert quantile([4, 1, 3, 2], 0.5) == 3
    assert quantile([4, 1, 3, 2], 0.99) == 4


def test_a_reminder_is_late_since_its_own_moment() -> None:
    due = reminders.Due(reminders=2, others=0, seconds=10, pace=1)
    arrivals = Arrivals([100.5, 106.0], [FIRST_CHAT, FIRST_CHAT + 1], ["one", "one"])
    late = reminders.lateness(arrivals, datetime.fromtimestamp(100, UTC), due, skew=0)
    assert late == [0.5, 1.0]


def test_a_seat_that_was_only_told_of_is_noticed() -> None:
    claims: Claims = {(1, chat): Claim("seated", 0, 2) for chat in range(SEATS)}
    verify_seats(Heard(set(range(SEATS))), claims)
    with pytest.raises(AssertionError, match=f"{SEATS + 1} were told of a seat, {SEATS} have one"):
        verify_seats(Heard(set(range(SEATS + 1))), claims)


# Small runs


@pytest.fixture
def postgresql() -> Iterator[Workspaces]:
    if databases.programs() is None:
        needs.lack(needs.POSTGRESQL)
    with workspaces("postgresql") as found:
        yield found


@pytest.fixture(params=STORES)
def where(request: pytest.FixtureRequest) -> Iterator[Workspaces]:
    if request.param == "postgresql":
        yield request.getfixturevalue("postgresql")
        return
    with workspaces(request.param) as found:
        yield found


async def test_an_announcement_is_sent_and_counted_to_the_last(where: Workspaces) -> None:
    sent = await announcement.ours(where, latency=0.002, messages=150, pace=2000)
    assert len(sent.arrivals) == 150
    assert sent.cpu > 0


async def test_a_peer_sends_as_much_as_it_can_in_its_time() -> None:
    with workspaces("sqlite") as where:
        sent = await announcement.peer("ptb-marked", where, latency=0, messages=30, seconds=10)
    assert len(sent.arrivals) == 30


async def test_reminders_come_beside_an_announcement() -> None:
    due = reminders.Due(reminders=60, others=60, seconds=2, pace=500)
    with workspaces("sqlite") as where:
        taken = await reminders.remind(where, 0, due)
    assert len(taken.late) == 60
    # None comes before its time.
    assert min(taken.late) > -0.1


async def test_workers_share_accounts_and_hold_their_paces(postgresql: Workspaces) -> None:
    taken = await processes.send(
        postgresql, 0, workers=2, accounts=["one", "two"], each=60, pace=100
    )
    for account in ("one", "two"):
        arrivals = taken.arrivals.of_account(account)
        assert len(arrivals) == 60
        assert arrivals.most_in_a_second() <= 100


async def test_a_rush_ends_with_every_seat_sold_once() -> None:
    with workspaces("sqlite") as where:
        taken = await rush.rush(YIZHAN, where, "plain", workers=SEATS + 30, rate=0)
    assert len(taken.heard.seated) == SEATS
    assert len(taken.heard.waited) == SEATS + 30


async def test_a_rush_after_a_tour_sells_every_seat_and_keeps_quotas_and_parties() -> None:
    with workspaces("sqlite") as where:
        taken = await rush.rush(YIZHAN, where, "tour", workers=130, rate=0)
    assert taken.sold == SEATS
    assert len(taken.heard.waited) == 130
