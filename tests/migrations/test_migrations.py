"""The tables made by the migrations are those of the models, on both stores."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

import migrations
from migrations import MigrationFailed
from models.store import StoreDown, open_engine
from tests import databases


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        server = request.getfixturevalue("postgresql_server")
        yield databases.create_database(server, f"empty_{request.getfixturevalue('worker_id')}")


def counted_on(url: str) -> set[str]:
    """The tables that have AUTOINCREMENT in this SQLite database."""
    engine = open_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master")).all()
    engine.dispose()
    return {name for name, sql in rows if "AUTOINCREMENT" in (sql or "")}


def test_migrations_and_models_give_the_same_tables(empty_url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    # Not on the store of the other tests: the job engine makes tables of its own there.
    migrations.upgrade(empty_url)
    migrations.import_models()
    engine = open_engine(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences: list[Any] = compare_metadata(context, SQLModel.metadata)
    engine.dispose()
    assert differences == []


def test_no_migration_lets_sqlite_give_a_number_again(tmp_path: Path) -> None:
    """A batch copies a table without its AUTOINCREMENT, and no comparison shows it.

    ``table_kwargs={"sqlite_autoincrement": True}`` keeps it; a plain ``op.add_column`` copies
    nothing.
    """
    url = f"sqlite:///{tmp_path / 'store.db'}"
    migrations.upgrade(url)
    migrations.import_models()
    numbered = {
        table.name
        for table in SQLModel.metadata.tables.values()
        if table.autoincrement_column is not None
    }
    assert {"member", "delivery"} <= numbered
    assert numbered == counted_on(url)


def test_an_empty_store_comes_to_the_newest_revision(empty_url: str) -> None:
    assert migrations.current(empty_url) is None
    assert not migrations.is_current(empty_url)
    migrations.upgrade(empty_url)
    assert migrations.current(empty_url) == migrations.head()
    assert migrations.is_current(empty_url)


def test_the_newest_revision_is_the_one_alembic_finds(store_url: str) -> None:
    from alembic.script import ScriptDirectory

    engine = open_engine(store_url)
    with engine.connect() as connection:
        scripts = ScriptDirectory.from_config(migrations.alembic_config(connection))
    engine.dispose()
    assert scripts.get_heads() == [migrations.head()]
    in_order = [script.revision for script in scripts.walk_revisions()][::-1]
    assert in_order == migrations.revisions()
    names = {path.name[:4] for path in migrations.VERSIONS.glob("[0-9]*.py")}
    assert set(in_order) == names


def test_upgrading_twice_keeps_what_is_there(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO enterprise (id, code, name, translations) VALUES (1, 'a', '甲', '{}')"
            )
        )
    migrations.upgrade(empty_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM enterprise")).scalars().all() == ["甲"]
    engine.dispose()


def test_processes_that_start_together_upgrade_once(empty_url: str) -> None:
    failures: list[BaseException] = []

    def start() -> None:
        try:
            migrations.upgrade(empty_url)
        except BaseException as problem:
            failures.append(problem)

    starting = [threading.Thread(target=start) for _ in range(3)]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join()
    assert failures == []
    assert migrations.is_current(empty_url)


def test_the_tables_of_a_newer_program_are_refused(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(MigrationFailed, match="version 9999, made by a newer Yizhan"):
        migrations.upgrade(empty_url)


def test_the_databases_own_words_say_why_it_refuses(empty_url: str) -> None:
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE audit (note TEXT)"))
    with pytest.raises(MigrationFailed, match=r'as they were: .*"?audit"? already exists$'):
        migrations.upgrade(empty_url)
    assert inspect(engine).get_table_names() == ["audit"]
    engine.dispose()


def test_the_working_directory_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / '50% off' / 'store.db'}"
    migrations.upgrade(url)
    engine = open_engine(url)
    assert inspect(engine).has_table("member")
    engine.dispose()


def test_a_database_that_is_away_is_said_to_be_away() -> None:
    with pytest.raises(StoreDown):
        migrations.current("postgresql://station@127.0.0.1:1/nothing")
