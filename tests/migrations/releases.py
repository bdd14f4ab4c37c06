"""Released revisions and the databases that each release has left.

``migrations/released.toml`` holds, by revision, the version that released it and the SHA-256 of
its file. ``databases/`` holds, by version, an SQLite file (gzip) and a script for PostgreSQL.
"""

import gzip
import hashlib
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from tempfile import TemporaryDirectory

import psycopg

import migrations
from bot import __version__
from tests import databases
from tests.migrations import scenario

RELEASED = migrations.HERE / "released.toml"
DATABASES = Path(__file__).with_name("databases")
HEADER = "# Released revisions, which are never edited: the version of the release, the SHA-256.\n"


def released() -> dict[str, dict[str, str]]:
    """``{"0001": {"version": "0.2.0", "sha256": "..."}}``"""
    return tomllib.loads(RELEASED.read_text("utf-8")) if RELEASED.exists() else {}


def versions() -> list[str]:
    return sorted(
        {each["version"] for each in released().values()},
        key=lambda version: [int(part) for part in version.split(".")],
    )


def digest(revision: str) -> str:
    (path,) = migrations.VERSIONS.glob(f"{revision}_*.py")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sqlite_path(version: str) -> Path:
    return DATABASES / f"{version}.sqlite.gz"


def postgresql_path(version: str) -> Path:
    return DATABASES / f"{version}.postgresql.sql"


def restore_sqlite(stored: Path, target: Path) -> str:
    """Unpack a stored database to this path; return its address."""
    target.write_bytes(gzip.decompress(stored.read_bytes()))
    return f"sqlite:///{target}"


def restore_postgresql(stored: Path, url: str) -> str:
    """Load a stored database into this empty one; return its address."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(stored.read_bytes())
    return url


# Writing them


def store_sqlite(target: Path) -> None:
    with TemporaryDirectory() as folder:
        whole, packed = Path(folder) / "whole.db", Path(folder) / "packed.db"
        scenario.play(f"sqlite:///{whole}")
        with closing(connect(whole)) as connection:
            connection.execute("VACUUM INTO ?", (str(packed),))
        target.write_bytes(gzip.compress(packed.read_bytes(), mtime=0))


def store_postgresql(target: Path, url: str) -> None:
    scenario.play(url)
    command = [databases.program("pg_dump"), "--inserts", "--no-owner", "--no-privileges", url]
    script = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # psql's own commands, and a setting that older servers do not know.
    kept = (
        line
        for line in script.splitlines()
        if not line.startswith(("\\", "--", "SET transaction_timeout")) and line
    )
    target.write_text("\n".join(kept) + "\n", "utf-8")


def record(version: str) -> None:
    """Write down the revisions that this version is the first to release."""
    known = {name: each for name, each in released().items() if each["version"] != version}
    for revision in migrations.revisions():
        known.setdefault(revision, {"version": version, "sha256": digest(revision)})
    tables = (
        f'\n[{name}]\nversion = "{each["version"]}"\nsha256 = "{each["sha256"]}"\n'
        for name, each in sorted(known.items())
    )
    RELEASED.write_text(HEADER + "".join(tables), "utf-8")


def main() -> None:
    """Store the databases of this version and record its revisions."""
    DATABASES.mkdir(exist_ok=True)
    store_sqlite(sqlite_path(__version__))
    with databases.server() as server:
        url = databases.create_database(server, "yizhan_release")
        store_postgresql(postgresql_path(__version__), url)
    record(__version__)
    for path in (RELEASED, sqlite_path(__version__), postgresql_path(__version__)):
        sys.stdout.write(f"{path.relative_to(Path.cwd())}: {path.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
