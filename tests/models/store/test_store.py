"""The funnel: what is answered is kept, and one caller's trouble is nobody else's."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    StatementError,
)
from sqlmodel import Session, col, select
from structlog.testing import capture_logs

from models.network.stations import Enterprise
from models.store import Store, StoreDown, insert_once, memory_of, ping
from models.store.funnel import RETRIES
from models.store.ticks import TakenSlot
from tests.databases import Away

AN_HOUR = timedelta(hours=1)
FAILS = {"raises": LookupError, "breaks a rule": IntegrityError, "is wrong": DBAPIError}
WAYS = ("succeeds", *FAILS)


def found(session: Session, code: str, name: str = "厂") -> int:
    enterprise = Enterprise(code=code, name=name)
    session.add(enterprise)
    session.flush()
    return enterprise.id


def codes(session: Session) -> list[str]:
    return list(session.exec(select(Enterprise.code).order_by(col(Enterprise.id))).all())


def a_name(session: Session) -> str:
    return session.exec(select(Enterprise.name)).one()


def a_time(session: Session) -> datetime:
    return session.exec(select(TakenSlot.at)).one()


def found_and_fail(session: Session, code: str) -> None:
    found(session, code)
    raise LookupError("nothing of this kind")


def rename(session: Session, code: str, name: str) -> None:
    row = session.exec(select(Enterprise).where(Enterprise.code == code).with_for_update()).one()
    row.name = name


def step(session: Session) -> None:
    one = select(Enterprise).where(Enterprise.code == "counter").with_for_update()
    row = session.exec(one).one()
    row.name = str(int(row.name) + 1)


@asynccontextmanager
async def busy(store: Store) -> AsyncIterator[None]:
    """While this lasts the writer is at work, so what is asked now forms one batch."""
    begun, done = threading.Event(), threading.Event()

    def wait(session: Session) -> None:
        ping(session)
        begun.set()
        assert done.wait(10)

    waiting = asyncio.create_task(store.write(wait))
    assert await asyncio.to_thread(begun.wait, 10)
    try:
        yield
        # Let every task that was created meanwhile put its call into the queue.
        await asyncio.sleep(0)
    finally:
        done.set()
    await waiting


# What is answered


async def test_what_was_answered_is_there_for_every_other_connection(
    store: Store, store_url: str
) -> None:
    assert await store.write(found, "midea") == 1
    other = Store(store_url)
    assert await other.read(codes) == ["midea"]
    other.close()


async def test_calls_that_wait_together_are_committed_together(store: Store) -> None:
    commits: list[object] = []
    event.listen(store.engine, "commit", commits.append)
    async with busy(store):
        asked = [asyncio.create_task(store.write(found, f"e{n}")) for n in range(20)]
    await asyncio.gather(*asked)
    # One for the call that kept the writer busy, one for the twenty.
    assert len(commits) == 2
    assert len(await store.read(codes)) == 20


async def test_a_call_is_answered_only_after_its_commit(store: Store) -> None:
    order: list[str] = []
    event.listen(store.engine, "commit", lambda _connection: order.append("commit"))
    await store.write(found, "midea")
    order.append("answer")
    assert order == ["commit", "answer"]


async def test_calls_keep_their_order(store: Store) -> None:
    asked = [store.write(found, f"e{n}") for n in range(150)]
    ids = await asyncio.gather(*asked)
    assert ids == sorted(ids)
    assert await store.read(codes) == [f"e{n}" for n in range(150)]


async def test_a_thousand_steps_by_everyone_at_once_are_a_thousand_steps(store: Store) -> None:
    await store.write(found, "counter", "0")
    await asyncio.gather(*(store.write(step) for n in range(1000)))
    assert await store.read(a_name) == "1000"


async def test_two_processes_write_into_one_store(store: Store, store_url: str) -> None:
    other = Store(store_url)
    stores = (store, other)
    await asyncio.gather(*(stores[n % 2].write(found, f"e{n}") for n in range(60)))
    assert len(await store.read(codes)) == 60
    other.close()


# One caller's trouble


async def test_a_call_that_fails_is_undone_and_told(store: Store) -> None:
    with pytest.raises(LookupError, match="nothing of this kind"):
        await store.write(found_and_fail, "midea")
    assert await store.read(codes) == []


async def test_a_call_that_fails_among_others_is_undone_alone(store: Store) -> None:
    async with busy(store):
        before = asyncio.create_task(store.write(found, "before"))
        failing = asyncio.create_task(store.write(found_and_fail, "failing"))
        after = asyncio.create_task(store.write(found, "after"))
    await asyncio.gather(before, after)
    with pytest.raises(LookupError):
        await failing
    assert sorted(await store.read(codes)) == ["after", "before"]


async def test_a_rule_of_the_database_broken_by_one_is_no_trouble_to_others(store: Store) -> None:
    await store.write(found, "taken")
    async with busy(store):
        before = asyncio.create_task(store.write(found, "before"))
        failing = asyncio.create_task(store.write(found, "taken"))
        after = asyncio.create_task(store.write(found, "after"))
    await asyncio.gather(before, after)
    with pytest.raises(IntegrityError):
        await failing
    assert sorted(await store.read(codes)) == ["after", "before", "taken"]


async def test_a_value_that_cannot_be_kept_is_no_trouble_to_others(store: Store) -> None:
    def keep(session: Session, at: datetime) -> None:
        session.add(TakenSlot(name="minute", slot=1, at=at))

    async with busy(store):
        before = asyncio.create_task(store.write(found, "before"))
        # A time without its zone is refused at the door of the store.
        failing = asyncio.create_task(store.write(keep, datetime(2026, 12, 1)))  # noqa: DTZ001
        after = asyncio.create_task(store.write(found, "after"))
    await asyncio.gather(before, after)
    with pytest.raises(StatementError):
        await failing
    assert sorted(await store.read(codes)) == ["after", "before"]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(st.sampled_from(WAYS), min_size=1, max_size=6), min_size=1, max_size=4))
def test_each_call_of_any_batches_has_its_own_end(store: Store, batches: list[list[str]]) -> None:
    """Whichever fail and however: the others are kept once, in order, and answered as they ran."""
    before = len(store.read_now(codes))
    runs: Counter[str] = Counter()

    def act(session: Session, code: str, way: str) -> str:
        runs[code] += 1
        found(session, code)
        if way == "raises":
            raise LookupError(code)
        if way == "breaks a rule":
            found(session, code)
        if way == "is wrong":
            session.execute(text("SELECT nothing FROM nowhere"))
        memory_of(session).erased.append(1)
        return f"{code} run {runs[code]}"

    async def ask() -> list[tuple[str, str, Any]]:
        ends: list[tuple[str, str, Any]] = []
        for number, ways in enumerate(batches):
            names = [f"{before}-{number}-{place}" for place in range(len(ways))]
            async with busy(store):
                asked = [
                    asyncio.create_task(store.write(act, *each))
                    for each in zip(names, ways, strict=True)
                ]
            told = await asyncio.gather(*asked, return_exceptions=True)
            ends += zip(names, ways, told, strict=True)
        return ends

    with capture_logs() as logged:
        ends = asyncio.run(ask())
    kept = [code for code, way, _ in ends if way not in FAILS]
    assert store.read_now(codes)[before:] == kept
    assert [each["event"] for each in logged] == ["member erased"] * len(kept)
    for code, way, told in ends:
        # What is answered is of the run that was kept, which is the last one.
        if way in FAILS:
            assert isinstance(told, FAILS[way])
        else:
            assert told == f"{code} run {runs[code]}"
    if len(kept) == len(ends):
        assert set(runs.values()) == {1}


async def test_calls_that_wait_for_another_process_are_committed_together_after_all(
    postgresql_url: str,
) -> None:
    """Its rows are given up after some time, twice. One by one, each would wait for the disk."""
    store = Store(postgresql_url)
    commits: list[object] = []
    tries: list[object] = []
    event.listen(store.engine, "connect", _waits_for_rows_only_briefly)
    await store.write(found, "counter", "0")
    with psycopg.connect(postgresql_url) as other:
        other.execute("UPDATE enterprise SET name = '100'")

        def give_up(_connection: object) -> None:
            tries.append(1)
            if len(tries) == RETRIES - 1:
                other.commit()

        event.listen(store.engine, "rollback", give_up)
        event.listen(store.engine, "commit", commits.append)
        async with busy(store):
            asked = [asyncio.create_task(store.write(step)) for n in range(20)]
        await asyncio.gather(*asked)
    assert await store.read(a_name) == "120"
    # One for the call that kept the writer busy, one for the twenty.
    assert len(commits) == 2
    store.close()


async def test_who_waits_for_a_process_that_hangs_is_told_and_the_others_go_on(
    postgresql_url: str,
) -> None:
    store = Store(postgresql_url)
    event.listen(store.engine, "connect", _waits_for_rows_only_briefly)
    await store.write(found, "counter", "0")
    with psycopg.connect(postgresql_url) as other:
        other.execute("UPDATE enterprise SET name = '100'")
        async with busy(store):
            before = asyncio.create_task(store.write(found, "before"))
            waiting = asyncio.create_task(store.write(step))
            after = asyncio.create_task(store.write(found, "after"))
        await asyncio.gather(before, after)
        with pytest.raises(StoreDown, match="in conflict"):
            await waiting
    assert await store.read(codes) == ["counter", "before", "after"]
    store.close()


def _waits_for_rows_only_briefly(driver: Any, _record: object) -> None:
    driver.execute("SET lock_timeout = 30")
    driver.commit()


async def test_a_row_changed_by_a_failing_call_is_seen_unchanged_by_the_next(store: Store) -> None:
    await store.write(found, "midea", "美的")

    def rename_and_fail(session: Session) -> None:
        rename(session, "midea", "wrong")
        session.flush()
        raise LookupError

    async with busy(store):
        failing = asyncio.create_task(store.write(rename_and_fail))
        after = asyncio.create_task(store.write(a_name))
    assert await after == "美的"
    with pytest.raises(LookupError):
        await failing


async def test_a_mistaken_statement_is_not_taken_for_a_database_that_is_away(store: Store) -> None:
    def mistake(session: Session) -> None:
        session.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises((OperationalError, ProgrammingError)):
        await store.write(mistake)


async def test_tables_that_belong_to_another_role_are_a_store_that_is_down(
    postgresql_url: str,
) -> None:
    """Somebody restored a dump as the superuser; the operator is told the database's own words."""
    store = Store(postgresql_url)
    event.listen(store.engine, "connect", _may_read_nothing)
    with pytest.raises(StoreDown, match="permission denied"):
        await store.read(codes)
    store.close()


def _may_read_nothing(driver: Any, _record: object) -> None:
    driver.execute("SET ROLE pg_monitor")
    driver.commit()


async def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "yizhan.db"
    folder.mkdir()
    store = Store(f"sqlite:///{folder}")
    with pytest.raises(StoreDown, match=str(folder)):
        await store.read(codes)
    store.close()


async def test_a_caller_who_has_gone_does_not_undo_the_call(store: Store) -> None:
    async with busy(store):
        gone = asyncio.create_task(store.write(found, "midea"))
        await asyncio.sleep(0)
        gone.cancel()
        after = asyncio.create_task(store.write(found, "gree"))
    await after
    assert await store.read(codes) == ["midea", "gree"]


async def test_a_unique_row_is_inserted_once(store: Store, now: datetime) -> None:
    row = {"name": "minute", "slot": 7, "at": now}
    assert await store.write(insert_once, TakenSlot, row) is True
    assert await store.write(insert_once, TakenSlot, {**row, "at": now + AN_HOUR}) is False
    assert await store.read(a_time) == now


# Reading


async def test_a_reader_does_not_wait_for_a_writer_nor_see_its_half(store: Store) -> None:
    begun, done = threading.Event(), threading.Event()

    def slowly(session: Session) -> None:
        found(session, "half")
        begun.set()
        assert done.wait(10)

    writing = asyncio.create_task(store.write(slowly))
    assert await asyncio.to_thread(begun.wait, 10)
    assert await asyncio.wait_for(store.read(codes), 5) == []
    done.set()
    await writing
    assert await store.read(codes) == ["half"]


async def test_a_reader_sees_one_moment_throughout(store: Store) -> None:
    first, written = threading.Event(), threading.Event()

    def look_twice(session: Session) -> tuple[list[str], list[str]]:
        before = codes(session)
        first.set()
        assert written.wait(10)
        return before, codes(session)

    looking = asyncio.create_task(store.read(look_twice))
    assert await asyncio.to_thread(first.wait, 10)
    await store.write(found, "meanwhile")
    written.set()
    assert await looking == ([], [])


async def test_reading_keeps_nothing(store: Store) -> None:
    # SQLite lets a reader try; PostgreSQL refuses at once.
    if store.is_sqlite:
        await store.read(found, "midea")
    else:
        with pytest.raises(Exception, match="read-only transaction"):
            await store.read(found, "midea")
    assert await store.read(codes) == []


# The command line's own way


def test_the_command_line_writes_and_reads_without_a_loop(store: Store) -> None:
    assert store.write_now(found, "midea") == 1
    with pytest.raises(LookupError):
        store.write_now(found_and_fail, "gree")
    assert store.read_now(codes) == ["midea"]


# Closing


async def test_closing_finishes_what_was_asked(store: Store, store_url: str) -> None:
    async with busy(store):
        asked = [asyncio.create_task(store.write(found, f"e{n}")) for n in range(100)]
        await asyncio.sleep(0)
        closing = asyncio.create_task(asyncio.to_thread(store.close))
    await asyncio.gather(closing, *asked)
    other = Store(store_url)
    assert len(await other.read(codes)) == 100
    other.close()


async def test_a_closed_store_takes_nothing_more(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(StoreDown):
        await store.write(found, "midea")
    with pytest.raises(StoreDown):
        await store.read(codes)


# Trouble with the database


async def test_a_full_disk_is_told_and_heals_without_repair(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    full = True

    def limit(connection: Any, _record: object, _proxy: object) -> None:
        connection.execute(f"PRAGMA max_page_count={1 if full else 1_000_000}")

    # The pragma never goes below what the file has already: no page can be added.
    event.listen(store.engine, "checkout", limit)
    with pytest.raises(StoreDown, match="full"):
        await store.write(found, "midea", "x" * 1_000_000)
    assert await store.read(codes) == []
    full = False
    await store.write(found, "midea", "x" * 1_000_000)
    assert await store.read(codes) == ["midea"]
    store.close()


async def test_a_store_that_cannot_be_written_can_still_be_read(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    await store.write(found, "midea")

    def protect(connection: Any, _record: object, _proxy: object) -> None:
        connection.execute("PRAGMA query_only=ON")

    event.listen(store.engine, "checkout", protect)
    with pytest.raises(StoreDown, match="readonly"):
        await store.write(found, "gree")
    assert await store.read(codes) == ["midea"]
    store.close()


@pytest.fixture
def away(postgresql_url: str) -> Iterator["Away"]:
    away = Away(postgresql_url)
    yield away
    away.come_back()


async def test_a_database_that_goes_away_is_told_and_coming_back_is_enough(
    postgresql_url: str, away: Away
) -> None:
    store = Store(postgresql_url)
    await store.write(found, "before")
    away.go()
    with pytest.raises(StoreDown):
        await store.write(found, "meanwhile")
    with pytest.raises(StoreDown):
        await store.read(codes)
    away.come_back()
    await store.write(found, "after")
    assert await store.read(codes) == ["before", "after"]
    store.close()


async def test_a_standby_that_takes_no_writes_is_a_store_that_is_down(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url, autocommit=True) as operator:
        name = operator.info.dbname
        operator.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    standby = Store(postgresql_url)
    try:
        with pytest.raises(StoreDown):
            await standby.write(found, "a")
        assert await standby.read(codes) == []
    finally:
        standby.close()
        with psycopg.connect(postgresql_url, autocommit=True) as operator:
            operator.execute("SET default_transaction_read_only = off")
            operator.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')


async def test_everyone_in_a_batch_is_told_that_the_database_is_away(
    postgresql_url: str, away: Away
) -> None:
    store = Store(postgresql_url)
    begun, done = threading.Event(), threading.Event()

    def lose_the_connection(session: Session) -> None:
        begun.set()
        assert done.wait(10)
        ping(session)

    losing = asyncio.create_task(store.write(lose_the_connection))
    assert await asyncio.to_thread(begun.wait, 10)
    asked = [asyncio.create_task(store.write(found, f"e{n}")) for n in range(30)]
    await asyncio.sleep(0)
    away.go()
    done.set()
    outcomes = await asyncio.gather(losing, *asked, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {StoreDown}
    store.close()


async def test_connections_lost_while_idle_are_replaced_unnoticed(
    postgresql_url: str, away: Away
) -> None:
    store = Store(postgresql_url)
    await store.write(found, "before")
    assert await store.read(codes) == ["before"]
    away.cut()
    await store.write(found, "after")
    assert await store.read(codes) == ["before", "after"]
    store.close()


async def test_two_processes_that_wait_for_each_other_are_both_served(postgresql_url: str) -> None:
    one, other = Store(postgresql_url), Store(postgresql_url)
    await one.write(found, "a")
    await one.write(found, "b")
    both_hold_one = threading.Barrier(2)
    attempts: list[str] = []

    def cross(session: Session, first: str, then: str) -> None:
        attempts.append(first)
        rename(session, first, f"{first} by {first}")
        session.flush()
        if attempts.count(first) == 1:
            both_hold_one.wait(10)
        rename(session, then, f"{then} by {first}")

    await asyncio.gather(one.write(cross, "a", "b"), other.write(cross, "b", "a"))
    # The database undid one of them, and it was tried again.
    assert len(attempts) > 2
    assert len(await one.read(codes)) == 2
    one.close()
    other.close()


async def test_batches_of_two_processes_on_the_same_rows_undo_nothing(
    postgresql_url: str,
) -> None:
    """Each holds what the other wants next: what ran is kept, and the rest comes after.

    So it is once calls run in savepoints, which a failure leads to.
    """
    one, other = Store(postgresql_url), Store(postgresql_url)
    await one.write(found, "a")
    await one.write(found, "b")
    for store in (one, other):
        async with busy(store):
            failing = [asyncio.create_task(store.write(found_and_fail, "c")) for _ in range(2)]
        assert all(
            isinstance(each, LookupError)
            for each in await asyncio.gather(*failing, return_exceptions=True)
        )
    both_hold_one = threading.Barrier(2)
    held: list[str] = []

    def hold(session: Session, code: str) -> None:
        rename(session, code, "held")
        session.flush()
        held.append(code)
        if held.count(code) == 1:
            both_hold_one.wait(10)

    async with busy(one), busy(other):
        asked = [
            asyncio.create_task(store.write(fn, code, *name))
            for store, first, then in ((one, "a", "b"), (other, "b", "a"))
            for fn, code, *name in ((hold, first), (rename, then, f"by {first}"))
        ]
    await asyncio.gather(*asked)
    assert sorted(held) == ["a", "b"]
    one.close()
    other.close()


# What was erased


async def test_the_log_is_emptied_after_an_erasure_once_nobody_reads_from_it(
    sqlite_url: str,
) -> None:
    store = Store(sqlite_url)

    def stored() -> bytes:
        path = Path(sqlite_url.removeprefix("sqlite:///"))
        return path.read_bytes() + path.with_name(f"{path.name}-wal").read_bytes()

    def keep(session: Session) -> None:
        session.execute(text("INSERT INTO key (name, value) VALUES ('zqx', 'zqxname')"))

    def erase(session: Session) -> None:
        session.execute(text("DELETE FROM key WHERE name = 'zqx'"))
        memory_of(session).erased.append(7)

    try:
        await store.truncate_log()
        assert not store.holds_erased
        await store.write(keep)
        assert not store.holds_erased
        reader = store.engine.execution_options(read_only=True).connect()
        reader.execute(text("SELECT * FROM key"))
        await store.write(erase)
        assert store.holds_erased
        # It neither waits for the reader nor gives up.
        await store.truncate_log()
        assert store.holds_erased
        assert b"zqxname" in stored()
        reader.close()
        await store.truncate_log()
        assert not store.holds_erased
        assert b"zqxname" not in stored()
    finally:
        store.close()


async def test_who_cannot_be_noted_is_erased_once_all_the_same(store_url: str) -> None:
    def refuse(numbers: Sequence[int]) -> None:
        raise RuntimeError(f"no disk for {numbers}")

    store, times = Store(store_url, on_erased=refuse), Counter[int]()

    def erase(session: Session, number: int) -> int:
        memory_of(session).erased.append(number)
        times[number] += 1
        return number

    try:
        with capture_logs() as logged:
            assert await store.write(erase, 1) == 1
            both = await asyncio.gather(*(store.write(erase, each) for each in (2, 3)))
            assert both == [2, 3]
            assert store.write_now(erase, 4) == 4
    finally:
        store.close()
    assert times == Counter([1, 2, 3, 4])
    assert {each["event"] for each in logged} == {"member erased", "erased members are not noted"}


async def test_an_erasure_that_was_rolled_back_is_none(store: Store) -> None:
    def fail(session: Session) -> None:
        memory_of(session).erased.append(7)
        raise ValueError

    await store.truncate_log()
    with pytest.raises(ValueError):  # noqa: PT011
        await store.write(fail)
    outcomes = await asyncio.gather(
        store.write(ping), store.write(fail), store.write(ping), return_exceptions=True
    )
    assert isinstance(outcomes[1], ValueError)
    assert not store.holds_erased
