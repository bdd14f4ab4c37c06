"""What an operator reads in the log while the database is away."""

import contextlib

import pytest
from structlog.testing import capture_logs

from models.store import Store, StoreDown, ping
from models.store.outages import REPEAT_SECONDS, Outages

AWAY = StoreDown("connection refused\nIs the server running?")


class Watch:
    """A clock that is turned by hand, in seconds."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def outages(watch: Watch) -> Outages:
    return Outages(watch)


def test_an_outage_is_said_when_it_begins_each_minute_and_when_it_ends(
    outages: Outages, watch: Watch
) -> None:
    with capture_logs() as said:
        for second in range(int(2 * REPEAT_SECONDS)):
            watch.at = float(second)
            outages.failed("write", AWAY)
            outages.failed("read", AWAY)
        assert outages.why == "connection refused"
        for doing in ("read", "write", "read", "write"):
            outages.went_well(doing)
    assert [(each["event"], each["seconds"]) for each in said] == [
        ("the store is down", 0),
        ("the store is down", 60),
        ("the store is back", 119),
    ]
    assert said[0]["problem"] == "connection refused"
    assert outages.why == ""


def test_a_full_disk_that_can_be_read_is_not_said_to_be_back(outages: Outages) -> None:
    with capture_logs() as said:
        outages.failed("write", StoreDown("database or disk is full"))
        outages.went_well("read")
        assert outages.why == "database or disk is full"
        outages.failed("write", StoreDown("database or disk is full"))
    assert [each["event"] for each in said] == ["the store is down"]


async def test_whoever_waits_for_a_store_that_is_away_adds_no_line() -> None:
    with (
        contextlib.closing(Store("postgresql://station@127.0.0.1:1/nothing")) as store,
        capture_logs() as said,
    ):
        for ask in (store.read, store.write) * 3:
            with pytest.raises(StoreDown):
                await ask(ping)
    assert [each["event"] for each in said] == ["the store is down"]
    assert "connection" in said[0]["problem"]
