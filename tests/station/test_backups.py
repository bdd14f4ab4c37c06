"""A backup holds the station as it was, and who was erased since stays erased after a restore."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlmodel import Session
from typer.core import TyperGroup
from typer.main import get_command

import migrations
from bot.station import backup_command, clearing, opening
from bot.station.commands import cli
from bot.station.erased import ErasedList
from models.events import pictures
from models.network import members
from models.store import Store, blobs
from models.store.blobs import Folder
from tests import databases
from tests.commands import run, run_afresh
from tests.migrations import releases
from tests.miniature.rows import event, network

AT = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump of the server's own version, as an operator has it."""
    monkeypatch.setenv("PATH", f"{databases.programs()}:{os.environ['PATH']}")


@pytest.fixture
def folder(tmp_path: Path, store_url: str) -> Path:
    write_settings(tmp_path, store_url)
    with closing(Store(store_url)) as store:
        came = datetime.now(UTC) - timedelta(days=1)
        for name in ("mei", "ana", "li"):
            store.write_now(partial(members.meet, language="zh", now=came), "web.chat", name)
    return tmp_path


@pytest.fixture
def elsewhere(store_url: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty store of the same kind, without tables."""
    if store_url.startswith("sqlite:"):
        yield f"sqlite:///{folder}/restored/yizhan.db"
        return
    server = request.getfixturevalue("postgresql_server")
    yield databases.create_database(server, f"restored_{request.getfixturevalue('worker_id')}")


def write_settings(folder: Path, url: str) -> None:
    erased = folder / "erased.txt"
    (folder / "config.toml").write_text(
        f'[store]\nurl = "{url}"\nerased = "{erased}"\n[server]\nport = 0\n', "utf-8"
    )


def numbers(url: str) -> list[int]:
    def read(session: Session) -> list[int]:
        return list(session.execute(text("SELECT id FROM member ORDER BY id")).scalars())

    with closing(Store(url)) as store:
        return store.read_now(read)


def test_who_was_erased_since_a_backup_is_erased_again(folder: Path, elsewhere: str) -> None:
    made = run_afresh(folder, "backup", "backups")
    assert made.returncode == 0, made.stderr
    (backup,) = (folder / "backups").iterdir()
    assert made.stdout.startswith(f"backups/{backup.name}: ")
    assert backup.stat().st_mode & 0o077 == 0
    assert run(folder, "erase", "2", "99").stdout == "2: erased\n99: not there\n"
    with (folder / "erased.txt").open("a") as torn:
        # A number that is in no backup, one that was given anew since to somebody who stays, and
        # one that was cut off by a power cut.
        torn.write("2026-12-01T02:00:00+00:00 700\n2020-01-01T02:00:00+00:00 3\n")
        torn.write("2026-12-01T02:00:00+00:00 1")

    write_settings(folder, elsewhere)
    unread = run(folder, "restore", str(backup), "--erased", "nothing.txt")
    assert unread.stderr == "nothing.txt: No such file or directory.\n"
    restored = run_afresh(folder, "restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    assert "1 of 3 members of the list are erased again." in restored.stdout
    assert numbers(elsewhere) == [1, 3]
    assert migrations.is_current(elsewhere)
    # The same store is not filled a second time.
    again = run(folder, "restore", str(backup))
    assert again.returncode == 1
    assert "in the way" in again.stderr or "not empty" in again.stderr


def test_a_restore_without_a_list_says_where_to_look(folder: Path, elsewhere: str) -> None:
    assert run(folder, "backup", ".").returncode == 0
    (backup,) = folder.glob("yizhan-*")
    write_settings(folder, elsewhere)
    restored = run(folder, "restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    assert "the log of the station says who was erased since" in restored.stderr
    assert numbers(elsewhere) == [1, 2, 3]


def test_pictures_in_a_folder_are_backed_up_beside_the_store(
    tmp_path: Path, sqlite_url: str
) -> None:
    def written(url: str, name: str) -> None:
        text = f'[store]\nurl = "{url}"\npictures = "{tmp_path / name}"\n'
        (tmp_path / "config.toml").write_text(text, "utf-8")

    written(sqlite_url, "pictures")
    with closing(Store(sqlite_url, pictures=tmp_path / "pictures")) as store:
        shown = store.write_now(pictures.keep, b"\x89PNG" * 999, "image/png", None, AT)
    made = run(tmp_path, "backup", "backups")
    assert made.returncode == 0, made.stderr
    backup, packed = sorted((tmp_path / "backups").iterdir())
    assert packed.name == f"{backup.stem}.pictures.tar"

    elsewhere = f"sqlite:///{tmp_path}/new/yizhan.db"
    (tmp_path / "config.toml").write_text(f'[store]\nurl = "{elsewhere}"\n', "utf-8")
    refused = run(tmp_path, "restore", str(backup))
    assert "needs a folder: set [store] pictures" in refused.stderr
    written(elsewhere, "others")
    sealed = packed.rename(f"{packed}.sealed")
    refused = run(tmp_path, "restore", str(backup))
    assert f"{sealed.name} is encrypted: decrypt it as well" in refused.stderr
    sealed.rename(packed)
    restored = run(tmp_path, "restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    with closing(Store(elsewhere, pictures=tmp_path / "others")) as store:
        named = store.read_now(pictures.name, shown)
        assert store.read_now(pictures.named, named) == ("image/png", b"\x89PNG" * 999)


def test_a_restore_beside_a_station_leaves_its_pictures_to_it(folder: Path, elsewhere: str) -> None:
    settings = (folder / "config.toml").read_text("utf-8")
    here = next(line for line in settings.splitlines() if line.startswith("url"))
    kept = folder / "pictures"

    def written(url: str) -> None:
        line = f'url = "{url}"\npictures = "{kept}"'
        (folder / "config.toml").write_text(settings.replace(here, line), "utf-8")

    written(here.split('"')[1])
    with closing(Store(here.split('"')[1], pictures=kept)) as store:
        store.write_now(pictures.keep, b"\x89PNG" * 999, "image/png", None, AT)
        store.write_now(blobs.claim)
        had = Folder(kept).owner()
    assert run(folder, "backup", "backups").returncode == 0
    (backup,) = (each for each in (folder / "backups").iterdir() if each.suffix != ".tar")
    written(elsewhere)
    for _ in range(2):
        refused = run(folder, "restore", str(backup))
        assert refused.returncode == opening.MISUSED
        assert refused.stderr.startswith(f"[store] pictures: {kept} is the folder of the store ")
        assert refused.stderr.endswith(f"gone for good, remove {kept}/store.\n")
    assert Folder(kept).owner() == had
    (kept / "store").unlink()
    restored = run(folder, "restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    assert "pictures: each of 1 files is there" in run(folder, "check").stdout
    # From now on the other one is a copy.
    written(here.split('"')[1])
    checked = run(folder, "check")
    assert checked.returncode == opening.MISUSED
    assert f"{kept} is the folder of the store" in checked.stderr


def test_a_restore_in_the_place_of_a_broken_store_has_its_pictures(
    tmp_path: Path, sqlite_url: str
) -> None:
    kept, broken = tmp_path / "pictures", tmp_path / "broken"
    said = f'[store]\nurl = "{sqlite_url}"\npictures = "{kept}"\n'
    (tmp_path / "config.toml").write_text(said, "utf-8")
    with closing(Store(sqlite_url, pictures=kept)) as store:
        store.write_now(pictures.keep, b"\x89PNG" * 999, "image/png", None, AT)
        store.write_now(blobs.claim)
    assert run(tmp_path, "backup", "backups").returncode == 0
    (backup,) = (tmp_path / "backups").glob("*.db")
    broken.mkdir()
    for file in tmp_path.glob("yizhan.db*"):
        file.rename(broken / file.name)
    restored = run(tmp_path, "restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    assert "pictures: each of 1 files is there" in run(tmp_path, "check").stdout


@pytest.mark.parametrize("version", releases.versions())
def test_a_store_is_backed_up_before_its_upgrade_by_the_new_program(
    version: str, tmp_path: Path
) -> None:
    url = releases.restore_sqlite(releases.sqlite_path(version), tmp_path / "old.db")
    write_settings(tmp_path, url)
    before = migrations.current(url)
    made = run(tmp_path, "backup", "backups")
    assert made.returncode == 0, made.stderr
    assert migrations.current(url) == before
    (backup,) = (tmp_path / "backups").iterdir()
    elsewhere = f"sqlite:///{tmp_path}/restored/yizhan.db"
    write_settings(tmp_path, elsewhere)
    assert run(tmp_path, "restore", str(backup)).returncode == 0
    assert migrations.is_current(elsewhere)
    assert numbers(elsewhere) == numbers(url)


def test_a_store_without_tables_is_not_backed_up(tmp_path: Path) -> None:
    write_settings(tmp_path, f"sqlite:///{tmp_path}/empty.db")
    done = run(tmp_path, "backup", "backups")
    assert (done.returncode, done.stderr) == (
        opening.UNFIT,
        "The tables are missing: run yizhan migrate.\n",
    )
    assert not (tmp_path / "backups").exists()


def test_a_backup_is_encrypted_before_it_is_kept(folder: Path) -> None:
    made = run(folder, "backup", "backups", "--through", "tr a-y b-z")
    assert made.returncode == 0, made.stderr
    (sealed,) = (folder / "backups").iterdir()
    assert sealed.suffix == ".sealed"
    assert b"yizhan" not in sealed.read_bytes()
    refused = run(folder, "restore", str(sealed))
    assert refused.stderr == f"{sealed} is encrypted: decrypt it first.\n"
    failed = run(folder, "backup", "backups", "--through", "false")
    assert failed.stderr == "false ended with 1: nothing kept.\n"
    assert [each.name for each in (folder / "backups").iterdir()] == [sealed.name]


def test_old_backups_go_and_the_newest_stays(tmp_path: Path) -> None:
    days = {day: AT - timedelta(days=day) for day in (0, 29, 31, 400)}
    for at in days.values():
        (tmp_path / f"yizhan-{at:{backup_command.TIME}}.db").touch()
    for other in (
        "yizhan-notes.txt",
        "letter.db",
        "yizhan-20200101.db",
        "yizhan-20200101T000000Z.md",
    ):
        (tmp_path / other).touch()
    half = [tmp_path / f"yizhan-{days[day]:{backup_command.TIME}}.db.part" for day in (0, 29)]
    for each in half:
        each.touch()
    gone = backup_command.rotate(tmp_path, timedelta(days=30), AT)
    assert [path.name[7:15] for path in gone] == ["20251027", "20261031", "20261102"]
    assert [each.exists() for each in half] == [True, False]
    assert backup_command.rotate(tmp_path, timedelta(days=30), AT + timedelta(days=999)) != []
    assert [each.name[7:16] for each in tmp_path.glob("yizhan-20261*")] == ["20261201T"]
    assert len(list(tmp_path.iterdir())) == 5


def test_what_is_no_backup_is_said_in_one_sentence(
    tmp_path: Path, sqlite_url: str, postgresql_url: str
) -> None:
    empty = f"sqlite:///{tmp_path}/new/yizhan.db"
    (tmp_path / "torn.db").write_bytes(b"SQLite format 3\0" + bytes(5_000))
    (tmp_path / "torn.dump").write_bytes(b"PGDMP")
    for url, file, why in (
        (empty, "nothing.db", "there is no such file"),
        (empty, "torn.dump", "a backup for sqlite ends in .db"),
        (empty, "torn.db", "torn.db"),
        (postgresql_url, "torn.dump", "The database is not empty"),
        (sqlite_url, "torn.db", "is in the way: move it away first"),
    ):
        with pytest.raises(opening.Refused, match=why):
            backup_command.restore(url, tmp_path / file, None, lambda _url: 0)
    assert not (tmp_path / "new" / "yizhan.db").exists()


def test_a_password_is_in_no_command_line() -> None:
    url = "postgresql://me:s3cret@db:5433/yizhan?sslpassword=0fkey"
    with backup_command._connection(url) as (address, environment):
        assert "s3cret" not in address
        assert "0fkey" not in address
        assert environment["PGPASSWORD"] == "s3cret"
        assert "port=5433" in address
        services = Path(environment["PGSERVICEFILE"])
        assert services.parent.stat().st_mode & 0o077 == 0
        # As libpq itself reads it: the rest of the URL is left out, for there is no server.
        assert services.read_text("utf-8") == "[yizhan]\nsslpassword=0fkey\n"
        assert "service=yizhan" in address
    assert not services.exists()


def test_a_restore_that_failed_can_be_tried_again(folder: Path, elsewhere: str) -> None:
    assert run(folder, "backup", ".").returncode == 0
    (backup,) = folder.glob("yizhan-*")
    write_settings(folder, elsewhere)

    def fail(url: str) -> int:
        assert numbers(url) == [1, 2, 3]
        raise ValueError("the disk is full")

    with pytest.raises(ValueError, match="full"):
        backup_command.restore(elsewhere, backup, None, fail)
    restored = run(folder, "restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    assert numbers(elsewhere) == [1, 2, 3]


OF_THE_OPERATOR = (
    "CREATE SCHEMA {0}",
    "CREATE FUNCTION {0}_noted(number integer) RETURNS integer LANGUAGE sql AS 'SELECT number'",
    "CREATE PROCEDURE {0}_done() LANGUAGE sql AS ''",
    "CREATE TYPE {0}_kind AS ENUM ('a')",
    "CREATE DOMAIN {0}_number AS integer CHECK (value > 0)",
    "CREATE SEQUENCE {0}_counted",
    "CREATE VIEW {0}_seen AS SELECT {0}_noted(1)",
    'CREATE COLLATION {0}_order FROM "C"',
    "CREATE FUNCTION {0}.noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'",
)


def test_a_restore_that_failed_leaves_the_operators_own_in_the_database(
    postgresql_url: str, postgresql_server: str, worker_id: str, tmp_path: Path
) -> None:
    def make(url: str, name: str) -> None:
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            for statement in OF_THE_OPERATOR:
                connection.execute(statement.format(name).encode())

    def drop(url: str, name: str) -> None:
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            connection.execute(f"DROP SCHEMA {name} CASCADE".encode())
            for kind, end in (
                *(("VIEW", "seen"), ("FUNCTION", "noted"), ("PROCEDURE", "done")),
                *(("TYPE", "kind"), ("DOMAIN", "number"), ("SEQUENCE", "counted")),
                ("COLLATION", "order"),
            ):
                connection.execute(f"DROP {kind} {name}_{end}".encode())

    def fail(url: str) -> int:
        assert numbers(url) == []
        raise ValueError("the disk is full")

    make(postgresql_url, "theirs")
    try:
        backup = backup_command.backup(postgresql_url, tmp_path, AT)
    finally:
        drop(postgresql_url, "theirs")
    target = databases.create_database(postgresql_server, f"restored_{worker_id}")
    make(target, "ours")
    before = clearing.everything(target)
    with pytest.raises(ValueError, match="full"):
        backup_command.restore(target, backup, None, fail)
    assert clearing.everything(target) == before
    assert backup_command.restore(target, backup, None, lambda _url: 7) == 7
    assert clearing.everything(target) > before


def test_a_command_that_encrypts_is_read_before_anything_is_written(folder: Path) -> None:
    for through, why in ((" ", "names no command"), ("age -r 'age1", "No closing quotation")):
        refused = run(folder, "backup", "kept", "--through", through)
        assert refused.returncode == 1
        assert why in refused.stderr
        assert refused.stderr.count("\n") == 1
    assert not (folder / "kept").exists()


def test_pictures_whose_files_are_lost_are_counted_with_their_events(
    tmp_path: Path, sqlite_url: str
) -> None:
    folder = tmp_path / "pictures"
    said = f'[store]\nurl = "{sqlite_url}"\npictures = "{folder}"\n'
    (tmp_path / "config.toml").write_text(said, "utf-8")

    def fill(session: Session) -> None:
        shown, other = (
            pictures.keep(session, each * 999, "image/png", None, AT) for each in (b"a", b"b")
        )
        assert other
        network(session)
        lanterns = event("lanterns", "Lanterns", AT, ends_at=AT + timedelta(hours=2))
        lanterns.picture_id = shown
        session.add(lanterns)

    with closing(Store(sqlite_url, pictures=folder)) as store:
        store.write_now(fill)
    assert "pictures: each of 2 files is there" in run(tmp_path, "check").stdout
    digest = hashlib.sha256(b"a" * 999).hexdigest()
    (folder / digest[:2] / digest).unlink()
    checked = run(tmp_path, "check").stdout
    assert "pictures: 1 of 2 files are lost, events 1 among what shows them" in checked


def test_a_backup_of_a_file_holds_nothing_that_was_deleted(tmp_path: Path, sqlite_url: str) -> None:
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as store:
        store.execute("PRAGMA secure_delete=OFF")
        store.execute("INSERT INTO key VALUES ('gone', 'zqxname')")
        store.commit()
        store.execute("DELETE FROM key WHERE name = 'gone'")
        store.commit()
    backup = backup_command.backup(sqlite_url, tmp_path / "kept", AT)
    assert b"zqxname" not in backup.read_bytes()


def test_a_station_notes_who_is_erased_in_a_file_beside_its_store(tmp_path: Path) -> None:
    noted = ErasedList(tmp_path / "yizhan.db.erased")
    noted.add([17, 4], AT)
    noted.add([17], AT)
    assert noted.path.read_text().splitlines()[0] == "2026-12-01T02:00:00+00:00 17"
    with noted.path.open("a") as cut:
        cut.write("2026-12-01T02:00:00+00:00 1")
    noted.add([18], AT + timedelta(days=1))
    assert noted.erased() == {17: AT, 4: AT, 18: AT + timedelta(days=1)}
    ErasedList(tmp_path).add([1], AT)


def test_the_timer_backs_up_by_a_command_that_is_known() -> None:
    units = Path(__file__).parents[2] / "deploy" / "systemd"
    service = (units / "yizhan-backup@.service").read_text("utf-8")
    (line,) = [each for each in service.splitlines() if each.startswith("ExecStart=")]
    program, *arguments = line.removeprefix("ExecStart=").split()
    assert program.endswith("/bin/yizhan")
    command = get_command(cli)
    assert isinstance(command, TyperGroup)
    command.commands["backup"].make_context("backup", arguments[1:])
    assert arguments[0] == "backup"
    assert f"ReadWritePaths={arguments[1]}\n" in service
    assert "OnCalendar=" in (units / "yizhan-backup@.timer").read_text("utf-8")
