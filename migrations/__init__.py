"""Revisions of the database schema, applied with Alembic.

A revision is a file ``versions/0007_what_it_does.py`` whose id is its number. A subject of another
distribution has a branch of its own. Alembic is imported only when there is a revision to apply: it
takes 40 MB.
"""

import importlib
import pkgutil
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.exc import DBAPIError

import models
from models.store import StoreDown, open_engine, store_failures
from models.store.failures import NO_RIGHT, state_of

HERE = Path(__file__).parent
VERSIONS = HERE / "versions"

# An arbitrary key; no other advisory lock in the database uses it.
ADVISORY_LOCK = 7_229_471

_BEFORE = re.compile(r'(?m)^down_revision\b[^=\n]*=\s*"(?P<name>\d{4})"')

LONGEST_WAIT_MS = 600_000

COPYING = "copying"
"""The revision of a database that ``yizhan copy`` has begun to fill: nobody may serve it."""


class MigrationFailed(Exception):
    """The schema could not be changed; the message is one sentence without a full stop."""


@dataclass(frozen=True, slots=True)
class Branch:
    """The revisions of one subject's tables, in files of ``folder``; ours have no ``subject``.

    Which of them a database has stands there in a table of the branch's own, so that numbers of
    different branches do not meet. The tables of a subject are called ``SUBJECT_...``.
    """

    subject: str
    folder: Path

    @property
    def version_table(self) -> str:
        return f"{VERSION_TABLE}_{self.subject}" if self.subject else VERSION_TABLE


VERSION_TABLE = "alembic_version"
OWN = Branch("", VERSIONS)


@cache
def revisions(branch: Branch = OWN) -> list[str]:
    """Every revision of a branch, oldest first, as each names the one before it."""
    following: dict[str, str] = {}
    for path in branch.folder.glob("[0-9]*.py"):
        before = _BEFORE.search(path.read_text("utf-8"))
        following[before["name"] if before is not None else ""] = path.name[:4]
    found = [following[""]] if following else []
    while found and found[-1] in following:
        found.append(following[found[-1]])
    return found


def head(branch: Branch = OWN) -> str:
    """The newest revision of a branch."""
    return revisions(branch)[-1]


def is_known(revision: str | None, branch: Branch = OWN) -> bool:
    """Whether this program can upgrade a database from this revision; None is an empty one."""
    return revision is None or revision in revisions(branch)


def current(url: str, branch: Branch = OWN) -> str | None:
    """The revision of the database; None for an empty one. Raises StoreDown."""
    engine = open_engine(url)
    try:
        with store_failures(), engine.connect() as connection:
            return _current(connection, branch)
    finally:
        engine.dispose()


def is_current(url: str, branch: Branch = OWN) -> bool:
    return current(url, branch) == head(branch)


def subjects_in(url: str) -> Collection[str]:
    """The subjects of other distributions that have tables in the database. Raises StoreDown."""
    engine = open_engine(url)
    try:
        with store_failures(), engine.connect() as connection:
            tables = inspect(connection).get_table_names()
    finally:
        engine.dispose()
    before = f"{VERSION_TABLE}_"
    return sorted(each.removeprefix(before) for each in tables if each.startswith(before))


def upgrade(url: str, to: str = "head", branch: Branch = OWN) -> None:
    """Apply the revisions up to ``to`` in one transaction; safe in several processes at once.

    Raises StoreDown when the database is unreachable, read-only or full, and MigrationFailed, in
    the database's own words, when it refuses a statement. The schema is then unchanged.
    """
    engine = open_engine(url)
    try:
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _set_up_sqlite)
        with store_failures(), engine.begin() as connection:
            _upgrade_alone(engine, connection, to, branch)
    except DBAPIError as problem:
        raise _failed(to, str(problem.orig), branch) from problem
    except StoreDown as problem:
        # A role that may not change the tables is no store that is away: waiting does not help.
        if isinstance(problem.__cause__, DBAPIError) and state_of(problem.__cause__) == NO_RIGHT:
            raise _failed(to, str(problem), branch) from problem
        raise
    finally:
        engine.dispose()


def remove(url: str, subject: str) -> None:
    """Drop the tables of a subject with all that is in them; it need not be installed.

    Raises StoreDown, and LookupError where the database has no tables of this subject.
    """
    if subject not in subjects_in(url):
        raise LookupError(subject)
    engine = open_engine(url)
    try:
        is_sqlite = engine.dialect.name == "sqlite"
        if is_sqlite:
            # Without foreign keys the order of dropping does not matter.
            event.listen(engine, "connect", _set_up_sqlite)
        with store_failures(), engine.begin() as connection:
            for table in inspect(connection).get_table_names():
                if table.startswith((f"{subject}_", f"{VERSION_TABLE}_{subject}")):
                    cascade = "" if is_sqlite else " CASCADE"
                    connection.exec_driver_sql(f'DROP TABLE "{table}"{cascade}')
    finally:
        engine.dispose()


def _upgrade_alone(engine: Engine, connection: Connection, to: str, branch: Branch) -> None:
    if engine.dialect.name == "postgresql":
        # One process changes the schema; the others wait for it without a timeout.
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
    at = _current(connection, branch)
    if at == (head(branch) if to == "head" else to):
        return
    if not is_known(at, branch):
        raise unknown(at, branch)
    from alembic import command

    command.upgrade(alembic_config(connection, branch), to)
    if engine.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            words = f"{len(broken)} rows of {broken[0][0]} and others lose their parent"
            raise _failed(to, words, branch)


def mark(connection: Connection, revision: str) -> None:
    """Write of which revision a database is; its tables stay as they are."""
    connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})


def unknown(revision: str | None, branch: Branch = OWN) -> MigrationFailed:
    """The error for a database whose revision this program does not have."""
    if revision == COPYING:
        return MigrationFailed("A copy into this store has not ended: run yizhan copy once more")
    if branch.subject:
        return MigrationFailed(
            f"The tables of {branch.subject} are of version {revision}, which is not here"
        )
    return MigrationFailed(
        f"The tables are of version {revision}, made by a newer Yizhan: this one knows {head()}"
    )


def _failed(to: str, words: str, branch: Branch) -> MigrationFailed:
    # PostgreSQL adds the statement and a hint on further lines.
    words = words.partition("\n")[0]
    target = head(branch) if to == "head" else to
    whose = f" of {branch.subject}" if branch.subject else ""
    return MigrationFailed(
        f"The tables cannot be brought to version {target}{whose} and stay as they were: {words}"
    )


def alembic_config(connection: Connection, branch: Branch = OWN) -> Any:
    """Alembic's configuration for this connection; independent of the working directory."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("version_locations", str(branch.folder).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    config.attributes["branch"] = branch
    return config


def import_models() -> None:
    """Import every module below ``models`` that may hold a table: the metadata then has them all.

    Rules hold none, and compiling their patterns takes as long as all else.
    """
    for module in pkgutil.walk_packages(models.__path__, "models."):
        if not module.name.startswith("models.rules."):
            importlib.import_module(module.name)


def _current(connection: Connection, branch: Branch = OWN) -> str | None:
    if not inspect(connection).has_table(branch.version_table):
        return None
    found = text(f"SELECT version_num FROM {branch.version_table}")  # noqa: S608
    revision: str | None = connection.scalar(found)
    return revision


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # In batch mode Alembic copies a table and drops the old one, and with foreign keys enabled
    # SQLite deletes the rows that refer to it. The pragma has no effect inside a transaction.
    # See https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes".
    connection.execute("PRAGMA foreign_keys=OFF")
    # One process changes the schema; the others wait for it, as on PostgreSQL.
    connection.execute(f"PRAGMA busy_timeout={LONGEST_WAIT_MS}")
