"""The usual loop over all chats, as it is written with either framework."""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlmodel import Field, Session

from benchmarks.peers.club import Table, open_engine

Send = Callable[[int, str], Awaitable[object]]
Mark = Callable[[int], None]

TEXT = "本周六下午三点，羽毛球馆有友谊赛，新手也欢迎，请带好水和毛巾。"


class Told(Table, table=True):
    """A chat that got the message: all that such a loop can resume from after a crash."""

    chat_id: int = Field(primary_key=True)
    at: datetime


def options() -> argparse.Namespace:
    """The command line of a loop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--api-base", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--first", type=int, required=True, help="the first chat's id")
    parser.add_argument("--messages", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="begin nothing after these")
    parser.add_argument("--at-once", type=int, default=1, help="how many are gathered at a time")
    parser.add_argument("--limiter", type=float, default=0, help="messages a second")
    parser.add_argument("--mark", default="", help="a store to note in who was told")
    return parser.parse_args()


async def announcement(send: Send, given: argparse.Namespace) -> None:
    """Wait for a line, write to every chat, say so, and wait for the end."""
    with _marking(given.mark) as mark:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await _tell_all(send, mark, given)
        print("done", flush=True)
        await asyncio.to_thread(sys.stdin.readline)


async def _tell_all(send: Send, mark: Mark, given: argparse.Namespace) -> None:
    async def tell(chat: int) -> None:
        await send(chat, TEXT)
        mark(chat)

    until = time.monotonic() + given.seconds
    chats = range(given.first, given.first + given.messages)
    if given.at_once == 1:
        for chat in chats:
            await tell(chat)
            if time.monotonic() > until:
                return
        return
    for place in range(0, given.messages, given.at_once):
        await asyncio.gather(*(tell(chat) for chat in chats[place : place + given.at_once]))
        if time.monotonic() > until:
            return


@contextmanager
def _marking(store: str) -> Iterator[Mark]:
    """Commit a row for each message sent, if a store is given."""
    if not store:
        yield lambda _chat: None
        return
    engine = open_engine(store)
    Table.metadata.create_all(engine)

    def mark(chat: int) -> None:
        with Session(engine) as session:
            session.add(Told(chat_id=chat, at=datetime.now(UTC)))
            session.commit()

    yield mark
    engine.dispose()
