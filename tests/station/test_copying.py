"""A station moves from one kind of store to the other with everything that it knows."""

import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

import demo
import migrations
from bot.station import copy_command
from bot.station.copy_command import Place
from bot.station.opening import MISUSED, UNFIT, WRONG, Refused
from models.network.stations import Care
from models.store import Store, blobs, copying, keys
from models.store.blobs import Folder, ForeignFolder
from tests import databases
from tests.commands import Started, environment, run, run_afresh
from tests.miniature.rows import ZONE

CARE = Care(ZONE, "22:00-08:00")
NANHAI = Path(demo.__file__).parent / "nanhai.toml"

KILLED_AT = 12
CUT_SHORT = f"""
import os, signal, sys
from bot.station import copy_command
from models.store import copying
copying.BATCH = 40
written = 0
copy_table = copying._write
def write(*args):
    global written
    written += 1
    if written == {KILLED_AT}:
        os.kill(os.getpid(), signal.SIGKILL)
    copy_table(*args)
copying._write = write
copy_command.copy(*map(copy_command.place_of, sys.argv[1:]))
"""
"""The command, killed in the middle of a batch that is not committed."""


@pytest.fixture
def source(lively: Path, tmp_path: Path) -> str:
    path = tmp_path / "source.db"
    path.write_bytes(lively.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def empty_postgresql(postgresql_server: str, worker_id: str) -> str:
    """The address of a database without tables."""
    return databases.create_database(postgresql_server, f"copied_{worker_id}")


def sums(url: str, pictures: Path | None = None) -> dict[str, tuple[int, str]]:
    """Rows and hash of each table."""

    def summed(session: Session) -> dict[str, tuple[int, str]]:
        compared = copying.compare(session, session, lambda _table, _rows: None)
        return {each.table: (each.rows, each.digest) for each in compared}

    with closing(Store(url, pictures=pictures)) as store:
        return store.read_now(summed)


def scalar(url: str, query: str) -> Any:
    with closing(Store(url)) as store:
        return store.read_now(_first, query)


def _first(session: Session, query: str) -> Any:
    return session.execute(text(query)).scalar()


def _do(session: Session, statement: str) -> None:
    session.execute(text(statement))


def test_a_station_moves_to_postgresql_and_back(
    source: str, empty_postgresql: str, tmp_path: Path
) -> None:
    back = f"sqlite:///{tmp_path}/there/back.db"
    moved = run_afresh(tmp_path, "copy", source, empty_postgresql)
    assert moved.returncode == 0, moved.stderr
    assert "each is the same in both stores" in moved.stdout
    assert copy_command.copy(Place(empty_postgresql), Place(back))

    told = sums(source)
    assert all(rows for rows, _ in told.values()), "The story lacks a table."
    assert sums(empty_postgresql) == told == sums(back)
    for url in (empty_postgresql, back):
        assert migrations.is_current(url)
        assert scalar(url, "SELECT party_id > id FROM signup ORDER BY id LIMIT 1")
    # What was given to a row that is gone is given to no other.
    assert scalar(empty_postgresql, "SELECT last_value FROM event_id_seq") == 90_000
    assert scalar(back, "SELECT seq FROM sqlite_sequence WHERE name = 'quota'") == 90_000
    status = run(tmp_path, "status", "--config", _settings(tmp_path, empty_postgresql))
    assert status.returncode == 0, status.stderr


def test_pictures_move_into_a_folder_and_back(source: str, tmp_path: Path) -> None:
    folder, outside = tmp_path / "pictures", Path(tmp_path / "outside.toml")
    url = f"sqlite:///{tmp_path}/outside.db"
    with closing(Store(source)) as served:
        served.write_now(keys.shared, blobs.OWNING)
    outside.write_text(f'[store]\nurl = "{url}"\npictures = "{folder}"\n', "utf-8")
    moved = run(tmp_path, "copy", source, str(outside))
    assert moved.returncode == 0, moved.stderr
    files = [each for each in folder.glob("??/*") if each.stat().st_size > 1_000]
    assert len(files) > 3
    assert scalar(url, "SELECT max(length(content)) FROM picture") < 100
    assert sums(url, folder) == sums(source)
    back = f"sqlite:///{tmp_path}/back.db"
    # By its address alone, or by a wrong folder, every picture would be copied as nothing.
    for place in (Place(url), Place(url, tmp_path / "elsewhere")):
        with pytest.raises(Refused, match="keeps its pictures in a folder"):
            copy_command.copy(place, Place(back))
    assert copy_command.copy(Place(url, folder), Place(back))
    assert sums(back) == sums(source)


def test_a_folder_that_both_stores_have_is_the_targets_once_it_is_whole(
    source: str, empty_postgresql: str, tmp_path: Path
) -> None:
    folder, third = tmp_path / "pictures", f"sqlite:///{tmp_path}/third.db"
    url = f"sqlite:///{tmp_path}/outside.db"
    assert copy_command.copy(Place(source), Place(url, folder))
    has = Folder(folder).owner()
    assert has.endswith(f" {tmp_path}/outside.db")
    # Somebody else's is found before anything is written.
    with pytest.raises(ForeignFolder, match=r"outside\.db; each store needs one of its own"):
        copy_command.copy(Place(source), Place(third, folder))
    assert Folder(folder).owner() == has
    assert copy_command.copy(Place(url, folder), Place(empty_postgresql, folder))
    assert sums(empty_postgresql, folder) == sums(url, folder)
    assert Folder(folder).owner().split()[0] == has.split()[0]
    with closing(Store(url, pictures=folder)) as left:
        with pytest.raises(ForeignFolder):
            left.write_now(blobs.claim)
        assert left.read_now(blobs.drop_unused, datetime.now(UTC) + timedelta(hours=9)) == 0
    with closing(Store(empty_postgresql, pictures=folder)) as moved:
        moved.write_now(blobs.claim)
        assert moved.read_now(blobs.lost) == (0, len([*Folder(folder).files()]))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_copy_that_was_killed_goes_on_where_it_was(
    kind: str, source: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    target = (
        f"sqlite:///{tmp_path}/target.db"
        if kind == "sqlite"
        else request.getfixturevalue("empty_postgresql")
    )
    killed = subprocess.run(
        [sys.executable, "-P", "-c", CUT_SHORT, source, target],
        env=environment(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert killed.returncode == -9, killed.stderr
    written = scalar(target, "SELECT sum(rows) FROM copy_progress")
    assert 0 < written < scalar(source, "SELECT count(*) FROM member") + 5_000

    # Nobody serves, upgrades or fills by something else what is half a station.
    refused = run(tmp_path, "status", "--config", _settings(tmp_path, target))
    assert refused.returncode == UNFIT
    assert refused.stderr == "A copy into this store has not ended: run yizhan copy once more.\n"

    assert copy_command.copy(Place(source), Place(target))
    assert sums(target) == sums(source)


def test_a_row_that_is_not_the_same_is_found_by_its_number(
    source: str, empty_postgresql: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        whole = copying.compare
        patched.setattr(copying, "compare", lambda *args: _spoil(empty_postgresql, whole, *args))
        assert not copy_command.copy(Place(source), Place(empty_postgresql))
    said = capsys.readouterr().err
    assert "event (3) differs." in said
    assert "event (4) differs." not in said
    assert "reminder (1) is missing." in said
    assert "tick (sweep, 7) is in the target only." in said
    assert "make it anew, empty" in said
    refused = run(tmp_path, "status", "--config", _settings(tmp_path, empty_postgresql))
    assert refused.returncode == UNFIT


def _spoil(url: str, compare: Any, source: Session, target: Session, progress: Any) -> Any:
    """What a bad disk might do between the copy and its comparison."""
    with closing(Store(url)) as store:
        for change in (
            "UPDATE event SET title = title || ' ' WHERE id = 3",
            "DELETE FROM reminder WHERE id = 1",
            "INSERT INTO tick VALUES ('sweep', 7, now())",
        ):
            store.write_now(_do, change)
    return compare(source, target, progress)


def test_what_cannot_be_copied_is_said_in_one_sentence(
    source: str, migrated_sqlite: Path, tmp_path: Path
) -> None:
    here, empty = f"sqlite:///{tmp_path}", f"sqlite:///{tmp_path}/empty.db"
    (tmp_path / "old.db").write_bytes(migrated_sqlite.read_bytes())
    with closing(Store(f"{here}/old.db")) as old:
        old.write_now(_do, "UPDATE alembic_version SET version_num = '0013'")
    for given, target, why in (
        (source, source, "Both are the same store."),
        (f"{here}/nothing.db", empty, "there is no such store."),
        (f"{here}/old.db", empty, "run yizhan migrate there first."),
        (source, f"{here}/old.db", "are not of this version: name an empty one."),
        (source, _filled(source, tmp_path), "The target is not empty, it has rows in"),
        (source, "mysql://here", "A store's URL begins with sqlite:/// or postgresql://."),
        ("nothing.toml", empty, "nothing.toml: there is no such file."),
    ):
        done = run(tmp_path, "copy", given, target)
        assert done.returncode in (WRONG, MISUSED), done.stdout
        assert why in done.stderr
        assert len(done.stderr.splitlines()) == 1, done.stderr


def test_a_station_that_serves_is_not_copied(
    source: str, empty_postgresql: str, tmp_path: Path
) -> None:
    settings = Path(_settings(tmp_path, source))
    settings.write_text(settings.read_text() + "[server]\nport = 0\n", "utf-8")
    with Started(tmp_path, "serve", "--config", str(settings)) as serving:
        for line in serving.stdout:
            if line.startswith("WeCom"):
                break
        done = run(tmp_path, "copy", str(settings), f"sqlite:///{tmp_path}/new.db")
    assert done.stderr == "A station serves the source: stop it first.\n"
    migrations.upgrade(empty_postgresql)
    with closing(Store(empty_postgresql)) as other:
        other.read_now(copying.count)
        done = run(tmp_path, "copy", empty_postgresql, f"sqlite:///{tmp_path}/new.db")
    assert done.returncode == 1
    assert "The source is used by others (connections: 1): stop the station" in done.stderr


def _settings(folder: Path, url: str) -> str:
    path = folder / "moved.toml"
    path.write_text(f'[store]\nurl = "{url}"\n', "utf-8")
    return str(path)


def _filled(source: str, folder: Path) -> str:
    (folder / "filled.db").write_bytes(Path(source.removeprefix("sqlite:///")).read_bytes())
    return f"sqlite:///{folder}/filled.db"


def test_a_moment_a_word_and_bytes_are_the_same_in_either_store(now: datetime) -> None:
    assert copying.canonical((now, None, True, b"\0", {"b": 1, "a": "阿"})) == (
        b'["2026-12-01T02:00:00Z",null,true,'
        b'"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",'
        b'{"a":"\xe9\x98\xbf","b":1}]'
    ).replace(b"Z", b"+00:00")
