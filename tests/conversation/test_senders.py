"""What a member sends besides words is on the disk before its turn, and only if it is taken."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

from bot.conversation.incoming import Incoming
from bot.conversation.senders import keep_aside, sender_of
from models.network import members
from models.store import Store


@pytest.fixture
def outside(store_url: str, tmp_path: Path) -> Iterator[Store]:
    """A store that keeps pictures in a folder."""
    with closing(Store(store_url, pictures=tmp_path / "pictures")) as store:
        yield store


def files(folder: Path) -> list[bytes]:
    return sorted(each.read_bytes() for each in folder.glob("pictures/??/*"))


async def test_what_is_taken_is_on_the_disk_before_its_turn(
    outside: Store, tmp_path: Path, now: datetime
) -> None:
    sent = Incoming(account="web.chat", address="mei", key="1", text="")
    contents = (b"a sound", b"its copy")
    asked: list[int] = []

    async def kept(*, enough: bool) -> list[bytes]:
        def has_enough(_session: Session, member_id: int) -> bool:
            asked.append(member_id)
            return enough

        await keep_aside(outside, sent, contents, has_enough)
        return files(tmp_path)

    # Nobody refers to what comes from nobody.
    assert outside.read_now(sender_of, sent) is None
    assert await kept(enough=False) == []
    outside.write_now(partial(members.meet, language="zh", now=now), "web.chat", "mei")
    mei = outside.read_now(sender_of, sent)
    assert mei is not None
    assert await kept(enough=True) == []
    assert await kept(enough=False) == sorted(contents)
    assert asked == [mei.id, mei.id]
