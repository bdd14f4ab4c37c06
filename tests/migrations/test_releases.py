"""A released revision never changes, and every released database comes to the newest revision."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, func, inspect, select, text
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as sqlmodel_select

import migrations
from bot.conversation.messages import Action
from handlers.desk.answering import AnswerThread, OpenThread
from handlers.desk.telling import RateAnswer
from models import census
from models.desk import threads
from models.desk.threads import Thread
from models.events import changes
from models.events.events import Event, Signup
from models.rules.events.changes import Difference, Facts, between
from models.sending.deliveries import Delivery
from models.store import Store, open_engine
from tests import databases
from tests.migrations import releases, scenario

MOST_BYTES = 300_000
Counts = dict[str, int]

DELETED_FROM = {"miss"}
"""Tables of which a revision deletes rows."""


def counts(url: str) -> Counts:
    """How many rows every table has, but those of the tools."""
    engine = open_engine(url)
    found = MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
        numbers: Counts = {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in found.tables.items()
            if name != "alembic_version"
        }
    engine.dispose()
    return numbers


def differences(url: str) -> list[Any]:
    """Where the tables of the database are not those of the models."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    migrations.import_models()
    engine = open_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        found: list[Any] = compare_metadata(context, SQLModel.metadata)
    engine.dispose()
    return found


def read_everything(session: Session) -> Counts:
    """Read every row by its class, which refuses a word or a time that is not one."""
    return {
        str(mapper.local_table): len(session.execute(select(mapper.class_)).scalars().all())
        for mapper in SQLModel._sa_registry.mappers
    }


def audiences(session: Session) -> set[str]:
    return set(session.exec(sqlmodel_select(Event.audience)))


def upgrade_and_look(url: str) -> None:
    before = counts(url)
    migrations.upgrade(url)
    assert differences(url) == []
    after = counts(url)
    fewer = {name for name in before if after.get(name, before[name]) < before[name]}
    assert fewer <= DELETED_FROM
    store = Store(url)
    try:
        assert store.read_now(read_everything) == after
        counted = store.read_now(census.count, scenario.AT)
        # Whoever could come to an event still can.
        assert store.read_now(audiences) <= {""}
    finally:
        store.close()
    assert (counted["stations"], counted["teams"], counted["events"]) == (3, 1, 2)
    assert (counted["sign-ups seated"], counted["sign-ups waiting"]) == (1, 2)


# Revisions


def test_a_released_revision_is_as_it_was_released() -> None:
    for revision, record in releases.released().items():
        assert releases.digest(revision) == record["sha256"], (
            f"{revision} was released in {record['version']}: leave it as it was and add another"
        )


def test_no_revision_is_put_among_the_released_ones() -> None:
    recorded = list(releases.released())
    assert migrations.revisions()[: len(recorded)] == recorded


# Databases


def test_every_release_left_both_databases_and_they_are_small() -> None:
    for version in releases.versions():
        for path in (releases.sqlite_path(version), releases.postgresql_path(version)):
            assert path.stat().st_size < MOST_BYTES


@pytest.mark.parametrize("version", releases.versions())
def test_a_released_sqlite_database_comes_to_now(version: str, tmp_path: Path) -> None:
    upgrade_and_look(releases.restore_sqlite(releases.sqlite_path(version), tmp_path / "store.db"))


def written_in(url: str) -> dict[str, list[str]]:
    """What every table, index and trigger of an SQLite database says, constraints in any order."""
    engine = open_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql <> ''")).all()
    engine.dispose()
    return {name: sorted(line.strip(" \t,") for line in sql.splitlines()) for name, sql in rows}


@pytest.mark.parametrize("version", releases.versions())
def test_an_upgraded_sqlite_database_is_as_a_new_one_and_counts_on(
    version: str, tmp_path: Path
) -> None:
    """Tables that are copied keep their indexes and triggers, and go on from the last number."""
    new = f"sqlite:///{tmp_path / 'new.db'}"
    url = releases.restore_sqlite(releases.sqlite_path(version), tmp_path / "store.db")
    migrations.upgrade(new)
    migrations.upgrade(url)
    assert written_in(url) == written_in(new)
    engine = open_engine(url)
    with engine.connect() as connection:
        reached = connection.execute(text("SELECT name, seq FROM sqlite_sequence")).all()
        newest = [
            (name, connection.scalar(text(f'SELECT coalesce(max(id), 0) FROM "{name}"')))
            for name, _reached in reached
        ]
    engine.dispose()
    assert len(reached) > len(DELETED_FROM)
    assert [tuple(row) for row in reached] == newest


@pytest.mark.parametrize("version", releases.versions())
def test_a_released_postgresql_database_comes_to_now(
    version: str, postgresql_server: str, worker_id: str
) -> None:
    url = databases.create_database(postgresql_server, f"released_{worker_id}")
    upgrade_and_look(releases.restore_postgresql(releases.postgresql_path(version), url))


def test_a_database_stored_now_has_rows_in_every_table(
    tmp_path: Path, postgresql_server: str, worker_id: str
) -> None:
    """The next release can be stored, and what is stored is what was there."""
    releases.store_sqlite(tmp_path / "now.gz")
    small = releases.restore_sqlite(tmp_path / "now.gz", tmp_path / "store.db")
    source = databases.create_database(postgresql_server, f"source_{worker_id}")
    releases.store_postgresql(tmp_path / "now.sql", source)
    url = databases.create_database(postgresql_server, f"stored_{worker_id}")
    large = releases.restore_postgresql(tmp_path / "now.sql", url)
    assert {name for name, rows in counts(small).items() if not rows} == set()
    assert counts(small) == counts(large) == counts(source)
    for each in (small, large):
        upgrade_and_look(each)
        engine = open_engine(each)
        assert set(inspect(engine).get_table_names()) - {"alembic_version"} == set(counts(each))
        engine.dispose()


@pytest.mark.parametrize("version", ["0.2.0"])
def test_wishes_to_a_contact_point_are_its_towns(version: str, tmp_path: Path) -> None:
    """They were written without a choice, and its organizers work for the writers' employer."""
    url = releases.restore_sqlite(releases.sqlite_path(version), tmp_path / "store.db")
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE wish SET station_id = 3"))
    migrations.upgrade(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT station_id FROM thread")).scalars().all() == [2]
    engine.dispose()


@pytest.mark.parametrize("version", ["0.2.0"])
def test_userids_of_wecom_are_in_small_letters(version: str, tmp_path: Path) -> None:
    url = releases.restore_sqlite(releases.sqlite_path(version), tmp_path / "store.db")
    engine = open_engine(url)
    names = ("wecom.nanhai", "ZhangSan"), ("wecom.nanhai", "zhangsan"), ("telegram.nanhai", "ID7")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM inbox"))
        ids = connection.execute(text("SELECT id FROM address ORDER BY id")).scalars().all()
        for id_, (account, external) in zip(ids, names, strict=True):
            connection.execute(
                text("UPDATE address SET account = :account, external = :external WHERE id = :id"),
                {"account": account, "external": external, "id": id_},
            )
    migrations.upgrade(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT external, unreachable FROM address ORDER BY id"))
        assert [tuple(row) for row in found] == [
            ("zhangsan", ""),
            ("case:zhangsan", "moved"),
            ("ID7", ""),
        ]
    engine.dispose()


@pytest.mark.parametrize("version", ["0.2.0"])
def test_notices_know_whom_they_name(version: str, tmp_path: Path) -> None:
    """What somebody passed on points to them; what an erased member did has lost their name."""
    url = releases.restore_sqlite(releases.sqlite_path(version), tmp_path / "store.db")
    engine = open_engine(url)
    passed_on = text(
        "UPDATE delivery SET topic = 'passed-on', key = 'pass-on:' || :by || ':run_event::1:1128',"
        ' member_id = 1, facts = \'{"name":"小安","act":"run_event"}\','
        ' message = \'{"text":"小安想请你改这个活动"}\' WHERE id = :id'
    )
    with engine.begin() as connection:
        ids = connection.execute(text("SELECT id FROM delivery ORDER BY id")).scalars().all()[:2]
        for delivery_id, by in zip(ids, (2, 99), strict=True):
            connection.execute(passed_on, {"id": delivery_id, "by": by})
    migrations.upgrade(url)
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT about_member_id, facts, message FROM delivery ORDER BY id LIMIT 2")
        ).all()
    engine.dispose()
    assert [(about, "小安" in facts, message is None) for about, facts, message in rows] == [
        (2, True, False),
        (None, False, True),
    ]


@pytest.fixture(params=["sqlite", "postgresql"])
def released(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database as 0.2.0 left it, of one kind and then of the other."""
    if request.param == "sqlite":
        return releases.restore_sqlite(releases.sqlite_path("0.2.0"), tmp_path / "store.db")
    server, worker = (request.getfixturevalue(name) for name in ("postgresql_server", "worker_id"))
    url = databases.create_database(server, f"wishes_{worker}")
    return releases.restore_postgresql(releases.postgresql_path("0.2.0"), url)


def test_wishes_become_threads_that_keep_their_numbers(released: str) -> None:
    """One waits, one was answered, the member of the last is erased; their notices go on."""
    wish = (
        "INSERT INTO wish (id, member_id, station_id, text, picture_id, with_name, at, answer,"
        " answered_by, answered_at, helped) VALUES "
    )
    at = "'2026-12-01 02:00:00+00:00'"
    engine = open_engine(released)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM wish"))
        for row in (
            f"(7, 2, 2, '想学电工', NULL, true, {at}, '', NULL, NULL, NULL)",
            f"(8, 2, 1, '食堂太早关门', NULL, false, {at}, '下月晚一点', 99, {at}, true)",
            f"(9, NULL, 2, '', NULL, false, {at}, '', 1, {at}, NULL)",
        ):
            connection.execute(text(wish + row))
        for id_, topic in ((1, "wish"), (2, "wish-answer")):
            connection.execute(
                text("UPDATE delivery SET topic = :topic, facts = :facts WHERE id = :id"),
                {"topic": topic, "facts": '{"wish_id": 8}', "id": id_},
            )
    engine.dispose()
    migrations.upgrade(released)
    store = Store(released)
    try:
        store.read_now(_were_wishes)
        # A new one has a number that was never given.
        assert store.write_now(_another_thread) == 10
    finally:
        store.close()


def _were_wishes(session: Session) -> None:
    told, answered, erased = (session.get_one(Thread, number) for number in (7, 8, 9))
    assert (told.state, told.station_id, told.chosen_station_id) == ("waiting", 2, 2)
    assert told.waits_since == told.opened_at == scenario.AT
    assert (answered.state, answered.helped, answered.waits_since) == ("answered", True, None)
    assert (erased.state, erased.member_id) == ("settled", None)
    lines = [
        [(line.text, line.is_answer, line.by_member_id) for line in threads.lines_of(session, each)]
        for each in (7, 8, 9)
    ]
    assert lines == [
        [("想学电工", False, None)],
        [("食堂太早关门", False, None), ("下月晚一点", True, None)],
        [],
    ]
    notices = session.exec(
        sqlmodel_select(Delivery).where(Delivery.id <= 2).order_by(col(Delivery.id))
    )
    assert [(each.topic, each.facts) for each in notices] == [
        ("thread", {"thread_id": 8}),
        ("thread-answer", {"thread_id": 8}),
    ]
    for number in (7, 8):
        assert Action.unpack(f"wish-open.{number}") == OpenThread(number)
        assert Action.unpack(f"wish-answer.{number}") == AnswerThread(number)
    assert Action.unpack("wish-rate.8.1") == RateAnswer(8, 1)


def _another_thread(session: Session) -> int:
    row = Thread(member_id=2, opened_at=scenario.AT, last_at=scenario.AT)
    session.add(row)
    session.flush()
    return row.id


@pytest.mark.parametrize("version", ["0.2.0"])
@pytest.mark.parametrize("on", ["sqlite", "postgresql"])
def test_changes_that_were_not_told_yet_are_kept_at_the_claims(
    version: str, on: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A move and another place wait to be told; the notice of 0.2.0 held what was before."""
    if on == "sqlite":
        url = releases.restore_sqlite(releases.sqlite_path(version), tmp_path / "store.db")
    else:
        server = request.getfixturevalue("postgresql_server")
        name = f"untold_{request.getfixturevalue('worker_id')}"
        url = databases.create_database(server, name)
        releases.restore_postgresql(releases.postgresql_path(version), url)
    engine = open_engine(url)
    moved = '{"event_id": 1, "was": "2026-12-23T06:00:00+00:00", "reason": ""}'
    relocated = '{"event_id": 1, "was": "桂城站", "place": ""}'
    with engine.begin() as connection:
        for id_, topic, facts in ((1, "moved", moved), (2, "relocated", relocated)):
            connection.execute(
                text(
                    "UPDATE delivery SET topic = :topic, facts = :facts, state = 'planned',"
                    " member_id = 2 WHERE id = :id"
                ),
                {"id": id_, "topic": topic, "facts": facts},
            )
    migrations.upgrade(url)
    store = Store(url)
    try:
        knew, event = store.read_now(_known_of_changes)
    finally:
        store.close()
        engine.dispose()
    [knows] = knew
    difference = between(Facts.from_json(knows), changes.facts_of(event))
    assert difference == Difference(time=True, place=True)
    assert (knows["starts_at"], knows["place"]) == ("2026-12-23T06:00:00+00:00", "桂城站")


def _known_of_changes(session: Session) -> tuple[list[dict[str, Any]], Event]:
    claims = session.exec(sqlmodel_select(Signup)).all()
    return [each.knows for each in claims if each.knows], session.get_one(Event, 1)
