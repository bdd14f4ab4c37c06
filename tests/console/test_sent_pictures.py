"""A picture sent by a form is on the disk before its turn, and only if a row may refer to it."""

import os
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlmodel import Session, select

from models.announcements.announcements import Announcement
from models.events import pictures
from models.events.events import Event
from models.events.pictures import StoredPicture
from models.rules.network.permissions import Role
from models.store import Store, blobs
from tests.console.browsing import SHISHAN, Browser, Nanhai, nanhai
from tests.console.rows import keep
from tests.miniature.rows import lamp_works
from tests.pictures import png


@pytest_asyncio.fixture
async def desks(store_url: str, tmp_path: Path, now: datetime) -> AsyncIterator[Nanhai]:
    with closing(Store(store_url, pictures=tmp_path / "pictures")) as store:
        store.write_now(blobs.claim)
        async with nanhai(store, now) as town:
            yield town


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the threads that waited for the disk to keep a file."""
    threads: list[str] = []
    fsync = os.fsync

    def noted(file: int) -> None:
        threads.append(threading.current_thread().name)
        fsync(file)

    monkeypatch.setattr(os, "fsync", noted)
    return threads


def files(folder: Path) -> int:
    return len([*folder.glob("pictures/??/*")])


async def _sends(browser: Browser, path: str, **fields: Any) -> int:
    return (await browser.sends(path, {"picture": ("a.png", png())}, **fields)).status


async def _to_an_event(desks: Nanhai, browser: Browser) -> int:
    (number,) = keep(desks, lamp_works())
    await browser.opens(f"/console/events/{number}/edit")
    return await _sends(browser, f"/console/events/{number}/picture")


async def _to_an_announcement(_desks: Nanhai, browser: Browser) -> int:
    await browser.opens("/console/announcements")
    seen = await browser.sends("/console/announcements/new")
    return await _sends(browser, seen.path, aim=1, stations=SHISHAN, text="周六停水，请备水。")


@pytest.mark.parametrize(
    ("way", "row"), [(_to_an_event, Event), (_to_an_announcement, Announcement)]
)
async def test_nobodys_turn_waits_for_the_disk(
    way: Any, row: type[Event | Announcement], desks: Nanhai, tmp_path: Path, synced: list[str]
) -> None:
    assert await way(desks, await desks.desk_of(Role.DISTRICT)) == 200
    assert files(tmp_path) == 1
    assert synced
    assert "store-write" not in synced
    shown = desks.look(lambda session: session.exec(select(row.picture_id)).one())
    name = desks.look(lambda session: pictures.name(session, shown))
    assert desks.look(lambda session: pictures.named(session, name)) is not None


async def test_what_no_row_will_refer_to_is_not_written(desks: Nanhai, tmp_path: Path) -> None:
    browser = await desks.desk_of(Role.DISTRICT)

    def sent_enough(session: Session) -> None:
        by = desks.look(lambda other: other.exec(select(Announcement.by_member_id)).one())
        for number in range(pictures.MOST_A_DAY):
            session.add(
                StoredPicture(
                    hash=str(number), media_type="image/png", content=b"", by=by, at=desks.now
                )
            )

    await browser.opens("/console/announcements")
    seen = await browser.sends("/console/announcements/new")
    form: dict[str, Any] = {"aim": 1, "stations": SHISHAN, "text": "周六停水，请备水。"}
    # A page of nobody's, and who has sent enough for today.
    assert await _sends(browser, seen.path, **form, key="another") == 400
    desks.store.write_now(sent_enough)
    await browser.opens(seen.path)
    assert await _sends(browser, seen.path, **form) == 422
    assert files(tmp_path) == 0
