"""Statements on the driver's own cursor say the same as a session would, and fail the same way."""

import asyncio
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from models.events.events import Signup
from models.network.stations import Enterprise
from models.rules.events.states import SignupState
from models.sending.deliveries import Delivery, DeliveryState
from models.store import Store, StoreDown, ping, table_of
from models.store.lists import among, listed
from models.store.statements import Prepared

A_DAY = timedelta(days=1)
A_MOMENT = datetime(2026, 12, 5, tzinfo=UTC)

FOUND = Prepared(insert(Enterprise), ["code", "name", "name_en"])
RENAME = Prepared(
    update(Enterprise)
    .where(col(Enterprise.code) == bindparam("which"))
    .values(name=bindparam("new_name"))
)
BY_CODE = Prepared(
    select(col(Enterprise.id), col(Enterprise.name)).where(
        col(Enterprise.code) == bindparam("code")
    )
)
CODES = Prepared(select(col(Enterprise.code)).order_by(col(Enterprise.id)))
QUEUE = Prepared(
    select(col(Signup.turn)).where(
        col(Signup.event_id) == bindparam("event_id"),
        col(Signup.state) == SignupState.WAITING,
        col(Signup.party_id).is_(None),
    )
)
DUE = Prepared(
    select(col(Delivery.due_at), col(Delivery.facts), col(Delivery.state), col(Delivery.message))
    .where(col(Delivery.due_at) <= bindparam("now"), col(Delivery.state) == bindparam("state"))
    .order_by(col(Delivery.due_at))
)


def row(code: str, name: str = "厂") -> dict[str, Any]:
    return {"code": code, "name": name, "name_en": ""}


def found(session: Session, code: str, name: str = "厂") -> None:
    FOUND.run(session, row(code, name))


def codes(session: Session) -> list[str]:
    return [each.code for each in CODES.all(session, {})]


async def test_rows_come_out_by_name(store: Store) -> None:
    await store.write(found, "midea", "美的")
    said = await store.read(BY_CODE.one, {"code": "midea"})
    assert (said.id, said.name) == (1, "美的")
    assert await store.read(BY_CODE.first, {"code": "gree"}) is None
    with pytest.raises(LookupError):
        await store.read(BY_CODE.one, {"code": "gree"})


async def test_many_rows_go_in_at_once(store: Store) -> None:
    await store.write(FOUND.run_many, [row(f"e{n}") for n in range(30)])
    assert await store.read(codes) == [f"e{n}" for n in range(30)]


NOTICE = Delivery(
    key="", account="web.chat", topic="reminder", due_at=A_MOMENT, expires_at=A_MOMENT
)
NOTICED = Prepared(insert(Delivery), [name for name in NOTICE.model_dump() if name != "id"])
TABLE = table_of(Delivery)
LISTED = Prepared(
    select(TABLE.c.topic, TABLE.c.reason).where(among(TABLE.c.key, "listed")).order_by(TABLE.c.id)
)
BY_NUMBER = Prepared(select(TABLE.c.id).where(among(TABLE.c.id, "listed")))


async def test_what_is_copied_in_is_what_an_insert_would_have_written(
    store: Store, now: datetime
) -> None:
    facts = {"title": "羽毛球\t第 1 场\n\\N", "none": None}
    blank = NOTICE.model_dump(exclude={"id"})
    rows = [{**blank, "key": f"{n}", "facts": facts, "due_at": now} for n in range(300)]
    odd = ("a\tb", "line\nand\rline", "\\N", "c:\\new", "", None)
    for row, topic, reason in zip(rows, odd, reversed(odd), strict=False):
        row["topic"], row["reason"] = topic or "reminder", reason or ""
    await store.write(NOTICED.insert_all, rows)
    kept = await store.read(LISTED.all, {"listed": listed(f"{n}" for n in range(len(odd)))})
    assert [(each.topic, each.reason) for each in kept] == [
        (row["topic"], row["reason"]) for row in rows[: len(odd)]
    ]
    asked = {"now": now, "state": DeliveryState.PLANNED}
    found = await store.read(DUE.all, asked)
    assert len(found) == 300
    assert {(each.due_at, each.facts["title"], each.message) for each in found} == {
        (now, facts["title"], None)
    }
    outcomes = await asyncio.gather(
        store.write(ping),
        store.write(NOTICED.insert_all, [{**rows[0], "key": "new"}, rows[1]]),
        store.write(NOTICED.insert_all, [{**rows[0], "key": "another"}]),
        return_exceptions=True,
    )
    # One that is there already undoes all of its own call, and of no other.
    assert isinstance(outcomes[1], IntegrityError)
    assert "羽毛球" not in str(outcomes[1])
    assert len(await store.read(DUE.all, asked)) == 301


async def test_times_words_and_facts_go_in_and_come_out_as_themselves(
    store: Store, now: datetime
) -> None:
    def plan(session: Session) -> None:
        session.add(
            Delivery(
                key="a",
                account="web.chat",
                topic="reminder",
                facts={"event_id": 7, "title": "羽毛球"},
                due_at=now,
                expires_at=now + A_DAY,
            )
        )
        session.flush()

    await store.write(plan)
    asked = {"now": now, "state": DeliveryState.PLANNED}
    (due,) = await store.read(DUE.all, asked)
    assert due.due_at == now
    assert due.due_at.utcoffset() == timedelta(0)
    assert due.facts == {"event_id": 7, "title": "羽毛球"}
    assert due.state is DeliveryState.PLANNED
    assert due.message is None
    assert await store.read(DUE.all, {**asked, "now": now - timedelta(seconds=1)}) == []
    assert await store.read(DUE.all, {**asked, "state": DeliveryState.SENT}) == []


async def test_what_is_still_in_the_session_is_seen(store: Store) -> None:
    def add_and_look(session: Session) -> list[str]:
        session.add(Enterprise(code="midea", name="美的"))
        return codes(session)

    assert await store.write(add_and_look) == ["midea"]


async def test_a_broken_rule_is_told_without_the_values_and_undone_alone(store: Store) -> None:
    await store.write(found, "taken")
    outcomes = await asyncio.gather(
        store.write(ping),
        store.write(found, "before"),
        store.write(found, "taken", "13800138000"),
        store.write(found, "after"),
        return_exceptions=True,
    )
    assert isinstance(outcomes[2], IntegrityError)
    assert "13800138000" not in str(outcomes[2])
    assert sorted(await store.read(codes)) == ["after", "before", "taken"]


async def test_what_needs_no_answer_is_there_for_whatever_follows(store: Store) -> None:
    def write_and_look(session: Session) -> tuple[list[str], int, int]:
        found(session, "a")
        seen = codes(session)
        found(session, "b")
        counted = session.execute(text("SELECT count(*) FROM enterprise")).scalar_one()
        found(session, "c")
        session.add(Enterprise(code="d", name="厂"))
        session.flush()
        # More than are left waiting together.
        FOUND.run_many(session, [row(f"e{n}") for n in range(200)])
        BY_CODE.one(session, {"code": "e199"})
        return seen, counted, len(codes(session))

    assert await store.write(write_and_look) == (["a"], 2, 204)
    found_last = await store.read(codes)
    assert found_last[:4] == ["a", "b", "c", "d"]


async def test_what_was_left_waiting_is_undone_with_the_rest(store: Store) -> None:
    def write_and_fail(session: Session) -> None:
        found(session, "half")
        raise LookupError

    def try_one(session: Session) -> None:
        found(session, "kept")
        with session.begin_nested() as attempt:
            session.connection()
            found(session, "tried")
            attempt.rollback()
        found(session, "also kept")

    for _ in range(2):
        with pytest.raises(LookupError):
            await store.write(write_and_fail)
    with pytest.raises(LookupError):
        store.write_now(write_and_fail)
    outcomes = await asyncio.gather(
        store.write(ping),
        store.write(write_and_fail),
        store.write(try_one),
        store.write(write_and_fail),
        return_exceptions=True,
    )
    assert [type(each) for each in outcomes] == [type(None), LookupError, type(None), LookupError]
    assert await store.read(codes) == ["kept", "also kept"]


async def test_what_is_expected_is_answered_once_and_to_nobody_else(store: Store) -> None:
    asked = {"code": "midea"}

    def expect_and_ask(session: Session) -> list[bool]:
        BY_CODE.expect(session, asked)
        BY_CODE.expect(session, {"code": "gree"})
        said = [bool(codes(session)), BY_CODE.first(session, asked) is not None]
        found(session, "midea")
        # Its answer was taken: this one is asked anew.
        said.append(BY_CODE.first(session, asked) is not None)
        BY_CODE.expect(session, {"code": "haier"})
        return [*said, BY_CODE.first(session, {"code": "haier"}) is not None]

    def expect_and_leave(session: Session) -> None:
        BY_CODE.expect(session, {"code": "galanz"})
        codes(session)

    def write_and_ask(session: Session) -> str:
        found(session, "galanz", "格兰仕")
        name: str = BY_CODE.one(session, {"code": "galanz"}).name
        return name

    assert await store.write(expect_and_ask) == [False, False, True, False]
    together = await asyncio.gather(
        store.write(ping), store.write(expect_and_leave), store.write(write_and_ask)
    )
    assert together[2] == "格兰仕"
    await store.write(expect_and_leave)
    assert await store.write(BY_CODE.first, {"code": "galanz"}) is not None


async def test_what_was_left_waiting_and_fails_is_told_to_its_own_call(store: Store) -> None:
    await store.write(found, "taken")

    def write_on(session: Session, code: str) -> list[str]:
        found(session, code)
        found(session, f"{code} too")
        return codes(session)

    for _ in range(2):
        outcomes = await asyncio.gather(
            store.write(ping),
            store.write(found, "taken"),
            store.write(write_on, "taken"),
            store.write(RENAME.run, {"which": "taken", "new_name": "美的"}),
            return_exceptions=True,
        )
        assert [isinstance(each, IntegrityError) for each in outcomes] == [False, True, True, False]
    with pytest.raises(IntegrityError):
        store.write_now(found, "taken")
    assert await store.read(codes) == ["taken"]


async def test_two_processes_that_wait_for_each_other_are_both_served(postgresql_url: str) -> None:
    one, other = Store(postgresql_url), Store(postgresql_url)
    await one.write(FOUND.run_many, [row("a"), row("b")])
    both_hold_one = threading.Barrier(2)
    attempts: list[str] = []

    def cross(session: Session, first: str, then: str) -> None:
        attempts.append(first)
        RENAME.run(session, {"which": first, "new_name": f"by {first}"})
        # Its row is held once something is asked for.
        BY_CODE.one(session, {"code": first})
        if attempts.count(first) == 1:
            both_hold_one.wait(10)
        RENAME.run(session, {"which": then, "new_name": f"by {first}"})

    await asyncio.gather(one.write(cross, "a", "b"), other.write(cross, "b", "a"))
    assert len(attempts) > 2
    a, b = [await one.read(BY_CODE.one, {"code": code}) for code in ("a", "b")]
    # Whoever came last renamed both: no half of anybody's work is left.
    assert a.name == b.name
    one.close()
    other.close()


async def test_a_connection_lost_in_the_middle_is_a_store_that_is_down(postgresql_url: str) -> None:
    store = Store(postgresql_url)

    def lose_and_write(session: Session) -> None:
        mine = session.execute(text("SELECT pg_backend_pid()")).scalar()
        with psycopg.connect(postgresql_url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (mine,))
        found(session, "half")

    with pytest.raises(StoreDown):
        await store.write(lose_and_write)
    await store.write(found, "after")
    assert await store.read(codes) == ["after"]
    store.close()


def one_delivery(session: Session) -> Delivery:
    return session.scalars(select(Delivery)).one()


async def test_moments_and_words_go_in_as_through_a_session(store: Store, now: datetime) -> None:
    """Whatever zone they are told in, and whether a word is a member of its list or plain."""
    there = now.replace(microsecond=0).astimezone(ZoneInfo("Asia/Shanghai"))
    told = {**NOTICE.model_dump(exclude={"id"}), "key": "told", "due_at": there}
    await store.write(NOTICED.run, {**told, "state": "planned"})
    kept = await store.read(one_delivery)
    assert (kept.due_at, kept.state) == (there, DeliveryState.PLANNED)
    asked = {"now": there, "state": DeliveryState.PLANNED}
    due = await store.read(DUE.one, asked)
    assert (due.due_at, due.state) == (there, DeliveryState.PLANNED)
    with pytest.raises(ValueError, match="timezone"):
        await store.write(
            NOTICED.run, {**told, "key": "naive", "due_at": there.replace(tzinfo=None)}
        )
    with pytest.raises(LookupError):
        await store.write(NOTICED.run, {**told, "key": "odd", "state": "lost"})


async def test_a_list_of_any_length_is_one_parameter(store: Store, now: datetime) -> None:
    words = ("1", "no such", 'a "quoted" one', "羽毛球")
    blank = NOTICE.model_dump(exclude={"id"})
    rows = [{**blank, "key": each, "due_at": now} for each in (*words, "another")]
    await store.write(NOTICED.insert_all, rows)
    assert len(await store.read(LISTED.all, {"listed": listed(words)})) == len(words)
    assert await store.read(LISTED.all, {"listed": listed([])}) == []
    numbers = [each.id for each in await store.read(BY_NUMBER.all, {"listed": listed([1, 2, 99])})]
    assert sorted(numbers) == [1, 2]


async def test_sqlite_plans_a_statement_once_where_a_partial_index_names_its_word(
    sqlite_url: str,
) -> None:
    """SQLite tells the authorizer of all that it plans; a word that is bound it plans each time."""
    planned: list[Any] = []

    def note(*told: Any) -> int:
        planned.append(told)
        return sqlite3.SQLITE_OK

    def ask(session: Session) -> None:
        driver: Any = session.connection().connection.driver_connection
        driver.set_authorizer(note)
        QUEUE.all(session, {"event_id": 1})
        assert planned
        planned.clear()
        for event_id in (1, 2, 2):
            QUEUE.all(session, {"event_id": event_id})
        driver.set_authorizer(None)

    store = Store(sqlite_url)
    await store.write(ask)
    store.close()
    assert planned == []
