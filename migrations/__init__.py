"""The store's tables, from one revision to the next; alembic is loaded only when there is work.

A revision is a file ``versions/0007_what_it_does.py`` whose id is its number.
"""

import importlib
import pkgutil
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, inspect, text

import models
from models.store import open_engine, store_failures

HERE = Path(__file__).parent
VERSIONS = HERE / "versions"

# Any number will do, if no other use of the database takes the same one.
ADVISORY_LOCK = 7_229_471


def head() -> str:
    """The newest revision, by the names of the files: alembic takes 40 MB to say the same."""
    return max(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))


def current(url: str) -> str | None:
    """The revision this store is at; None for an empty one. Raises StoreDown."""
    engine = open_engine(url)
    try:
        with store_failures(), engine.connect() as connection:
            return _current(connection)
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    return current(url) == head()


def upgrade(url: str, to: str = "head") -> None:
    """Bring the store to a revision; several processes may do so at once. Raises StoreDown."""
    engine = open_engine(url)
    try:
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _without_foreign_keys)
        with store_failures(), engine.begin() as connection:
            _upgrade_alone(engine, connection, to)
    finally:
        engine.dispose()


def _upgrade_alone(engine: Engine, connection: Connection, to: str) -> None:
    if engine.dialect.name == "postgresql":
        # One process changes tables; the others wait for as long as that takes.
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
    if _current(connection) == (head() if to == "head" else to):
        return
    from alembic import command

    command.upgrade(alembic_config(connection), to)
    if engine.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"this would leave {len(broken)} rows without their parent row")


def alembic_config(connection: Connection) -> Any:
    """Alembic's configuration for this connection, wherever the working directory is."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def import_models() -> None:
    """Load every table, so that the metadata is whole."""
    for module in pkgutil.walk_packages(models.__path__, "models."):
        importlib.import_module(module.name)


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _without_foreign_keys(connection: Any, _record: object) -> None:
    # SQLite changes a column by copying the table and dropping the old one, which foreign keys
    # would follow by deleting rows elsewhere. The pragma does nothing inside a transaction.
    connection.execute("PRAGMA foreign_keys=OFF")
