"""What is looked up often is found without reading what it is not about, be there a million."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, insert, select, text, true
from sqlmodel import Session, col

from models.announcements import lifecycle, running
from models.announcements.announcements import Announcement, AnnouncementState
from models.events import absences, offers, reminders, repeating
from models.hooks import delivering, keeping
from models.hooks.keeping import HookDelivery
from models.network import members, roles
from models.network.members import Address, Member
from models.network.sealing import Sealing
from models.network.stations import Station, StationKind
from models.rules.network.permissions import Role
from models.rules.sending.hook_kinds import HookKind
from models.sending import claims as sending
from models.sending import history, missed, reach, recovery
from models.sending.deliveries import Delivery
from models.store import Store, libpq
from models.store.funnel import BY_INDEX
from models.store.lists import among, listed
from models.store.statements import Prepared
from tests.miniature.rows import CARE

ONE = 77
ACCOUNT = "telegram.nanhai"
SEALED = replace(CARE, sealing=Sealing((b"k" * 32,)))
Look = Callable[[Session, datetime], Any]

OF_ONE: dict[str, Look] = {
    "what was shown last": lambda session, now: history.last_shown(session, ONE),
    "what waits": lambda session, now: missed.to_show(session, ONE, now, 3),
    "whether anything waits": lambda session, now: missed.is_anything(session, ONE, now),
    "a receipt": lambda session, now: reach.acknowledge(
        session, ONE, "4711", failure="", is_refused=False, now=now
    ),
    "told since": lambda session, now: history.was_sent_since(session, ONE, now),
    "all one was told": lambda session, now: history.of_member(session, ONE),
    "erasing": lambda session, now: history.forget_member(session, ONE, now),
}

BY_THE_CLOCK: dict[str, Look] = {
    "announcements": running.any_due,
    "the step of one": lambda session, now: running.look(session, now, CARE),
    "the rest of one that was stopped": lambda session, now: lifecycle.drop_pending(
        session, session.get_one(Announcement, 1), now
    ),
    "what is lost": recovery.any_lost,
    "lost senders": recovery.recover,
    "what is too late": recovery.expire,
    "who has something to send": lambda session, now: sending.accounts_with_due(
        session, [ACCOUNT], now
    ),
    "how much there is to send": lambda session, now: sending.queue_size(session, ACCOUNT, now),
    "reminders": reminders.any_due,
    "offers": offers.any_lapsed,
    "offers that lapse": lambda session, now: offers.lapse_offers(session, now, CARE),
    "queues to tell": offers.any_queue_to_tell,
    "who was absent": absences.any_absent,
    "repeats": repeating.any_due,
}


@pytest.fixture
def store(sqlite_url: str, now: datetime) -> Iterator[Store]:
    """A station with an announcement on its way."""
    store = Store(sqlite_url)
    store.write_now(_announce, now)
    yield store
    store.close()


def _announce(session: Session, now: datetime) -> None:
    session.add(Station(id=1, code="s", kind=StationKind.TOWN, path="/1/", name="站"))
    session.flush()
    session.add(
        Announcement(
            id=1,
            station_id=1,
            state=AnnouncementState.RUNNING,
            run=1,
            created_at=now,
            started_at=now,
        )
    )


class Undone(Exception):
    pass


def steps_of(store: Store, look: Look, now: datetime) -> list[str]:
    """How SQLite goes about every statement of this look."""
    said: list[str] = []
    steps: list[str] = []

    def explain(session: Session) -> None:
        driver: Any = session.connection().connection.driver_connection
        # What the driver was told, whichever way it came there, and with the values in it.
        driver.set_trace_callback(said.append)
        look(session, now)
        session.flush()
        driver.set_trace_callback(None)
        for sql in said:
            if sql.startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
                steps.extend(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {sql}"))
        raise Undone

    with pytest.raises(Undone):
        store.write_now(explain)
    assert steps
    return steps


def scanned(steps: list[str]) -> list[str]:
    """The tables that are read through; what a subquery or a list has found already is none."""
    harmless = ("SCAN CONSTANT ROW", "SCAN anon_", "SCAN (", "SCAN json_each")
    return [each for each in steps if "SCAN" in each and not each.startswith(harmless)]


@pytest.mark.parametrize("look", OF_ONE.values(), ids=OF_ONE)
def test_one_persons_notices_are_found_by_an_index_of_theirs(
    store: Store, now: datetime, look: Look
) -> None:
    steps = steps_of(store, look, now)
    theirs = (
        "delivery_said (address_id=?",
        "delivery_missed (member_id=?",
        "delivery_notice (member_id=?",
    )
    assert any(step in each for step in theirs for each in steps)
    assert scanned(steps) == []
    assert not any("delivery_expiry" in step for step in steps)


@pytest.mark.parametrize("look", BY_THE_CLOCK.values(), ids=BY_THE_CLOCK)
def test_what_the_clock_asks_each_second_reads_no_table_through(
    store: Store, now: datetime, look: Look
) -> None:
    steps = steps_of(store, look, now + timedelta(minutes=1))
    assert scanned(steps) == []


@pytest.mark.parametrize(
    ("column", "values"),
    [(col(Member.name), ["安娜", "王强"]), (col(Address.member_id), [1, 2])],
    ids=["texts", "numbers"],
)
def test_each_of_a_list_of_values_is_found_by_an_index(
    store: Store, now: datetime, column: Any, values: list[Any]
) -> None:
    named = text("name <> ''") if column.key == "name" else true()
    found = Prepared(select(column).where(named, among(column, "listed")))
    steps = steps_of(store, lambda session, _: found.all(session, {"listed": listed(values)}), now)
    assert scanned(steps) == []


@pytest.mark.parametrize("is_analyzed", [False, True])
def test_claiming_of_an_announcement_reads_what_it_claims_and_no_more(
    postgresql_url: str, now: datetime, is_analyzed: bool
) -> None:
    """Also before PostgreSQL has analyzed what was planned just now, all for one moment."""
    rows = [
        {
            "account": ACCOUNT,
            "member_id": number,
            "topic": "announcement",
            "facts": {},
            "priority": 1,
            "due_at": now,
            "expires_at": now + timedelta(days=1),
            "announcement_id": 1,
            "run": 1,
        }
        for number in range(3000)
    ]
    sender = sending.AccountSender(ACCOUNT, ACCOUNT, "here")
    store = Store(postgresql_url)
    plans: list[str] = []

    def explain(_connection: object, cursor: Any, sql: str, values: Any, *_more: object) -> None:
        if "state = 'planned'" in sql and "priority" in sql:
            with cursor.connection.cursor() as aside:
                found = aside.execute(f"EXPLAIN {sql}", values).fetchall()
            plans.append("\n".join(row[0] for row in found))

    def plan(session: Session) -> None:
        session.execute(insert(Delivery), rows)
        if is_analyzed:
            session.execute(text("ANALYZE delivery"))

    def claim(session: Session) -> None:
        lasts = timedelta(minutes=1)
        assert sending.accounts_with_due(session, [ACCOUNT], now) == [ACCOUNT]
        assert len(sending.claim(session, sender, now, 50, lasts, lasts)) == 50  # type: ignore[arg-type]

    store.write_now(_announce, now)
    store.write_now(plan)
    event.listen(store.engine, "before_cursor_execute", explain)
    store.write_now(claim)
    store.close()
    assert len(plans) == 3
    assert not [each for each in plans if "Seq Scan on delivery" in each or "Sort" in each]


def test_postgresql_is_shown_that_deliveries_are_no_longer_few(
    postgresql_url: str, now: datetime
) -> None:
    """What was planned for an empty table is planned anew with the first batch of a run."""

    row = {"account": ACCOUNT, "member_id": 1, "topic": "offer", "facts": {}, "due_at": now}

    def begin(session: Session) -> None:
        _announce(session, now)
        session.get_one(Announcement, 1).state = AnnouncementState.PLANNING
        session.execute(text("ANALYZE delivery"))
        session.execute(insert(Delivery), [row | {"expires_at": now}] * 3)
        step = running.look(session, now, CARE)
        assert step is not None
        assert running.take(session, now, step, CARE, 100)
        known = text("SELECT reltuples FROM pg_class WHERE oid = to_regclass('delivery')")
        assert session.execute(known).scalar_one() == 3

    store = Store(postgresql_url)
    store.write_now(begin)
    store.close()


def test_postgresql_plans_anew_what_takes_long_by_the_plan_for_a_table_of_one_row(
    postgresql_url: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a hall of thousands votes at a station that had nobody when it was analyzed."""

    def meet(session: Session, numbers: range) -> None:
        for each in numbers:
            members.meet(session, ACCOUNT, str(each), language="zh", now=now)

    def plan(session: Session) -> str:
        kept = "SELECT name FROM pg_prepared_statements WHERE statement LIKE '%FOR NO KEY%'"
        name = session.execute(text(kept)).scalar_one()
        rows = session.execute(text(f"EXPLAIN EXECUTE {name}('{ACCOUNT}', '7')"))
        return "\n".join(row[0] for row in rows)

    def fill(session: Session) -> None:
        session.execute(text(BY_INDEX))
        meet(session, range(1, 400))
        assert by_address not in plan(session)
        monkeypatch.setattr(libpq, "SLOW", 0.0)
        meet(session, range(400, 401))
        meet(session, range(401, 402))
        assert by_address in plan(session)

    by_address = "address_account_external_key"
    monkeypatch.setattr(libpq, "SLOW", 60.0)
    store = Store(postgresql_url)
    store.write_now(meet, range(1))
    # As in a new database: what other stories have left in these files would count as rows.
    with psycopg.connect(postgresql_url, autocommit=True) as operator:
        operator.execute("VACUUM (FULL, ANALYZE) member, address")
    store.write_now(fill)
    store.close()


def _owe(store: Store, hooks: int, owed: int, now: datetime) -> None:
    """Hooks of one organizer, numbered from 1, each with so many things due."""

    def owe(session: Session) -> None:
        session.add(Member(id=ONE, name="安娜", created_at=now))
        session.flush()
        grant = roles.give(session, ONE, Role.TOWN, session.get_one(Station, 1), now).grant
        for _ in range(hooks):
            made = (grant.id, "https://x.example", [HookKind.SIGN_UP], ONE, SEALED, now)
            assert isinstance(keeping.make(session, *made), keeping.Kept)
        due = {"kind": HookKind.SIGN_UP, "at": now, "next_at": now}
        rows = [
            {**due, "hook_id": hook, "name": f"{hook}/{place}"}
            for hook in range(1, hooks + 1)
            for place in range(owed)
        ]
        session.execute(insert(HookDelivery), rows)

    store.write_now(owe)


def instructions_of(store: Store, look: Callable[[Session], object]) -> int:
    """How many thousands of SQLite's own instructions this look takes."""
    counted = 0

    def tick() -> int:
        nonlocal counted
        counted += 1
        return 0

    def count(session: Session) -> None:
        driver: Any = session.connection().connection.driver_connection
        driver.set_progress_handler(tick, 1000)
        look(session)
        driver.set_progress_handler(None, 0)

    store.write_now(count)
    return counted


def test_what_waits_behind_the_first_of_a_hook_is_not_read(store: Store, now: datetime) -> None:
    """Neither by what is handed out nor by whether anything is due, to hooks that have room."""
    hooks = 5
    _owe(store, hooks, 2_000, now)
    told: list[int] = []

    def look(session: Session) -> None:
        busy = dict.fromkeys(range(1, hooks), delivering.OF_ONE)
        assert delivering.any_due(session, now, busy)
        assert not delivering.any_due(session, now, {**busy, hooks: delivering.OF_ONE})
        told.extend(each.hook_id for each in delivering.hand_out(session, SEALED, now))

    assert instructions_of(store, look) < 10
    assert sorted(told) == sorted([*range(1, hooks + 1)] * delivering.OF_ONE)
