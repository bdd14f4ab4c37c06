"""What every story may ask for: a fresh store of either kind, and the time it is."""

import contextlib
import gc
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

import migrations
from models.store import Store
from tests import compiled, databases, needs
from tests.miniature.rows import local
from tests.stories.spread import STORES

# A row is written only where the tables that it refers to are known: alone or together, a test
# file finds all of them.
migrations.import_models()
compiled.share()

# What is logged where nobody set up a log: rich would draw an error's every frame, for a second.
structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

# A test is judged by what happens and not by when: the machine may be busy with something else.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
if not os.environ.get("CI"):
    settings.load_profile("busy")

pytest_plugins = ["tests.reporting"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--everywhere",
        action="store_true",
        help="run every story on every channel with both stores (make test-all)",
    )


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what is there until the end: modules, tests, mappers."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def now() -> datetime:
    """A Tuesday morning in Nanhai."""
    return local(1, 10)


@pytest.fixture(scope="session")
def postgresql_server(worker_id: str) -> Iterator[str]:
    """The address of a PostgreSQL server for this process, without a database."""
    try:
        with databases.server() as address:
            yield address
    except databases.NoPostgreSQL:
        needs.lack(needs.POSTGRESQL)


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str, worker_id: str) -> str:
    """A database with every table in it, used again and again by one process."""
    url = databases.create_database(postgresql_server, f"yizhan_{worker_id}")
    migrations.upgrade(url)
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with every table in it, to be copied."""
    path = tmp_path_factory.mktemp("store") / "template.db"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The address of a fresh SQLite store."""
    path = tmp_path / "yizhan.db"
    shutil.copyfile(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def emptying(migrated_postgresql: str) -> Iterator[databases.Emptying]:
    with contextlib.closing(databases.Emptying(migrated_postgresql)) as emptying:
        yield emptying


@pytest.fixture
def postgresql_url(migrated_postgresql: str, emptying: databases.Emptying) -> Iterator[str]:
    """The address of a fresh PostgreSQL store."""
    yield migrated_postgresql
    emptying.empties()


@pytest.fixture(params=STORES)
def store_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh store, of one kind and then of the other."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A fresh store, of one kind and then of the other."""
    store = Store(store_url)
    yield store
    store.close()
