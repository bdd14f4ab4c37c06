"""Pictures in a folder are the same to whoever reads them, and go with the rows that show them."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session
from structlog.testing import capture_logs

import migrations
from models.events import pictures
from models.events.pictures import StoredPicture
from models.store import Store, StoreDown, blobs, keys
from tests import databases

PNG = b"\x89PNG\x00\xff" * 500
AT = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def outside(store_url: str, tmp_path: Path) -> Iterator[Store]:
    """A store that keeps pictures in a folder."""
    store = Store(store_url, pictures=tmp_path / "pictures")
    store.write_now(blobs.claim)
    yield store
    store.close()


def files(folder: Path) -> list[bytes]:
    return [each.read_bytes() for each in folder.glob("pictures/??/*")]


def kept(session: Session) -> list[int]:
    """How long what stands in the rows is."""
    return list(session.execute(text("SELECT length(content) FROM picture ORDER BY id")).scalars())


def test_a_picture_stands_in_the_folder_once_and_in_the_row_by_its_hash(
    outside: Store, tmp_path: Path
) -> None:
    shown, again = (
        outside.write_now(pictures.keep, PNG, "image/png", None, at)
        for at in (AT, AT + timedelta(hours=1))
    )
    private = outside.write_now(_keep_private)
    assert again == shown != private
    assert files(tmp_path) == [PNG]
    assert outside.read_now(kept) == [blobs.LONG, blobs.LONG]
    name = outside.read_now(pictures.name, shown)
    assert outside.read_now(pictures.named, name) == ("image/png", PNG)


def _keep_private(session: Session) -> int:
    return pictures.keep(session, PNG, "image/png", None, AT, is_private=True)


def test_what_no_row_shows_goes_from_the_folder_once_it_is_not_new(
    outside: Store, tmp_path: Path
) -> None:
    shown = outside.write_now(pictures.keep, PNG, "image/png", None, AT)
    outside.write_now(pictures.keep, b"another", "image/png", None, AT)
    later = datetime.now(UTC) + timedelta(minutes=1)

    def erase(session: Session) -> None:
        row = session.get_one(StoredPicture, shown)
        row.content = b""
        session.add(row)

    assert outside.read_now(blobs.drop_unused, later) == 0
    outside.write_now(erase)
    # It may be what somebody sends at this moment.
    assert outside.read_now(blobs.drop_unused, later - timedelta(hours=1)) == 0
    assert outside.read_now(blobs.drop_unused, later) == 1
    assert files(tmp_path) == [b"another"]
    assert outside.read_now(pictures.name, shown) == ""


def test_what_somebody_wants_while_it_is_dropped_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = blobs.Folder(tmp_path)
    folder.keep(PNG)
    (file,) = folder.files()
    later, rename = datetime.now(UTC) + timedelta(seconds=1), Path.rename

    def wanted_meanwhile(path: Path, target: Path) -> Path:
        monkeypatch.undo()
        os.utime(path, (later.timestamp(), later.timestamp()))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", wanted_meanwhile)
    assert not folder.drop(file, later)
    assert [*folder.files()] == [file]
    assert folder.drop(file, later + timedelta(seconds=1))
    folder.keep(PNG)
    assert [*folder.files()] == [file]


def test_what_was_kept_before_there_was_a_folder_is_read_still(
    store: Store, outside: Store, tmp_path: Path
) -> None:
    before = store.write_now(pictures.keep, PNG, "image/png", None, AT)
    name = outside.read_now(pictures.name, before)
    assert outside.read_now(pictures.named, name) == ("image/png", PNG)
    assert files(tmp_path) == []
    # Where the folder is lost, or its setting, a picture is as if erased, and nothing fails.
    after = outside.write_now(pictures.keep, b"another", "image/png", None, AT)
    name = store.read_now(pictures.name, after)
    assert store.read_now(pictures.named, name) is None
    for file in tmp_path.glob("pictures/??/*"):
        file.unlink()
    assert outside.read_now(pictures.named, name) is None


def test_what_cannot_be_written_is_not_kept(store_url: str, tmp_path: Path) -> None:
    (tmp_path / "full").write_text("no folder")
    store = Store(store_url, pictures=tmp_path / "full")
    try:
        with pytest.raises(StoreDown, match="the folder of pictures"):
            store.write_now(pictures.keep, PNG, "image/png", None, AT)
        assert store.read_now(kept) == []
    finally:
        store.close()


def _is_taken(_session: Session) -> bool:
    return True


def _is_not_taken(_session: Session) -> bool:
    return False


async def test_what_is_kept_aside_is_written_before_the_turn_and_not_in_it(
    outside: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await outside.keep_aside([b"one too many"], _is_not_taken)
    assert files(tmp_path) == []
    await outside.keep_aside([PNG], _is_taken)
    assert files(tmp_path) == [PNG]

    def refuse(_file: int) -> None:
        raise AssertionError("the writer waits for the disk")

    monkeypatch.setattr(os, "fsync", refuse)
    shown = await outside.write(pictures.keep, PNG, "image/png", None, AT)
    name = await outside.read(pictures.name, shown)
    assert await outside.read(pictures.named, name) == ("image/png", PNG)


@pytest.fixture
def copied(outside: Store, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    """A copy of that store, as its database copies it, with the same folder."""
    if outside.is_sqlite:
        url = f"sqlite:///{tmp_path}/copied.db"
        with closing(sqlite3.connect(str(outside.engine.url.database))) as reading:
            reading.execute("VACUUM INTO ?", (url.removeprefix("sqlite:///"),))
    else:
        server = request.getfixturevalue("postgresql_server")
        url = databases.create_database(server, f"copied_{request.getfixturevalue('worker_id')}")
        migrations.upgrade(url)
        key = outside.read_now(keys.kept, blobs.OWNING)
        assert key is not None
        with closing(Store(url)) as made:
            made.write_now(_put_key, key.hex())
    with closing(Store(url, pictures=tmp_path / "pictures")) as store:
        yield store


def _put_key(session: Session, value: str) -> None:
    session.add(keys.SharedKey(name=blobs.OWNING, value=value))


def test_a_folder_of_another_store_or_of_a_copy_is_refused(
    outside: Store, copied: Store, tmp_path: Path, migrated_sqlite: Path
) -> None:
    outside.write_now(blobs.claim)
    shutil.copyfile(migrated_sqlite, tmp_path / "other.db")
    with closing(Store(f"sqlite:///{tmp_path}/other.db", pictures=tmp_path / "pictures")) as other:
        for foreign in (other, copied):
            with pytest.raises(blobs.ForeignFolder, match="is the folder of the store "):
                foreign.write_now(blobs.claim)
        # Whoever was killed while it was named leaves an empty file, which is nobody's.
        (tmp_path / "pictures" / blobs.OWNER).write_bytes(b"")
        other.write_now(blobs.claim)
        for foreign in (outside, copied):
            with pytest.raises(blobs.ForeignFolder, match=r"other\.db; each store needs one"):
                foreign.write_now(blobs.claim)


def test_two_stores_drop_none_of_each_others_files(
    outside: Store, copied: Store, tmp_path: Path
) -> None:
    shown = outside.write_now(pictures.keep, PNG, "image/png", None, AT)
    copied.write_now(pictures.keep, b"another", "image/png", None, AT)
    later = datetime.now(UTC) + timedelta(minutes=1)
    with capture_logs() as logged:
        assert copied.read_now(blobs.drop_unused, later) == 0
    assert [each["log_level"] for each in logged] == ["error"]
    # Also where a store has lost the folder while it serves, or nobody can read whose it is.
    (tmp_path / "pictures" / blobs.OWNER).unlink()
    for store in (outside, copied):
        assert store.read_now(blobs.drop_unused, later) == 0
    copied.write_now(blobs.claim)
    assert outside.read_now(blobs.drop_unused, later) == 0
    assert outside.read_now(pictures.name, shown)
    assert sorted(files(tmp_path)) == sorted([PNG, b"another"])
    assert copied.read_now(blobs.drop_unused, later) == 1
    assert files(tmp_path) == [b"another"]
