"""A reader is asked between two transactions: nothing is held, lost, told twice or out of order."""

import asyncio
from datetime import datetime
from itertools import count

import pytest
from sqlmodel import Session, col, select

from bot.conversation.dispatch import Dispatcher
from bot.conversation.incoming import Incoming
from bot.conversation.language import phrasebook
from bot.conversation.messages import Message
from handlers import subjects
from handlers.actions import Agree
from models.desk.misses import Miss
from models.rules.languages import Translated
from models.rules.understanding.choosing import Unread
from models.rules.understanding.intents import Confidence, Intent, Understood
from models.store import Store
from tests.miniature.rows import CARE, badminton, network

UNCLEAR = "老样子的那桩事"

numbers = count(1)


class Slow:
    """A reader that answers when it is let go; ``asked`` are the words that came."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer = Understood(None)
        self.comes = asyncio.Event()
        self.goes_on = asyncio.Event()

    async def read(self, unread: Unread, chat: str) -> Understood:
        self.asked.append(unread.text)
        self.comes.set()
        await self.goes_on.wait()
        return self.answer


@pytest.fixture
def slow() -> Slow:
    return Slow()


def station(store: Store, now: datetime, slow: Slow) -> Dispatcher:
    store.write_now(furnish)
    name = Translated("创思驿站", {})
    return Dispatcher(
        store, subjects.routes(), phrasebook(), CARE, lambda: now, station=name, read=slow.read
    )


def furnish(session: Session) -> None:
    network(session)
    session.add(badminton())


def said(text: str = "", *, who: str = "7", press: str = "") -> Incoming:
    return Incoming("telegram.nanhai", who, f"k{next(numbers)}", text=text, press=press)


async def heard(to: Dispatcher, text: str, *, who: str = "7") -> str:
    message = await to.listen(said(text, who=who))
    assert message is not None
    return message.text


async def consented(to: Dispatcher, who: str = "7") -> None:
    await heard(to, "你好", who=who)
    await to.listen(said(press=Agree("e1").pack(), who=who))


def misses(session: Session) -> list[int]:
    return list(session.exec(select(Miss.count).order_by(col(Miss.id))))


async def test_one_chat_waits_for_its_turn_and_others_do_not(
    store: Store, now: datetime, slow: Slow
) -> None:
    to = station(store, now, slow)
    await consented(to)
    await consented(to, who="8")
    order: list[str] = []

    async def hears(text: str) -> None:
        await heard(to, text)
        order.append(text)

    both = [asyncio.create_task(hears(text)) for text in (UNCLEAR, "帮助", "我的")]
    await slow.comes.wait()
    # Nothing is held meanwhile: somebody else is answered, and nothing was counted yet.
    assert await heard(to, "帮助", who="8")
    assert (order, store.read_now(misses)) == ([], [])
    slow.goes_on.set()
    await asyncio.gather(*both)
    assert order == [UNCLEAR, "帮助", "我的"]
    assert store.read_now(misses) == [1]


async def test_a_repeat_gets_the_same_answer_and_is_not_read_again(
    store: Store, now: datetime, slow: Slow
) -> None:
    to = station(store, now, slow)
    await consented(to)
    slow.answer = Understood(Intent.EVENTS, confidence=Confidence.LIKELY, text=UNCLEAR)
    slow.goes_on.set()
    message = said(UNCLEAR)
    first = await to.listen(message)
    assert isinstance(first, Message)
    assert first.choices
    assert await to.listen(message) == first
    assert slow.asked == [UNCLEAR]


async def test_a_process_that_dies_while_it_asks_loses_nothing(
    store: Store, now: datetime, slow: Slow
) -> None:
    to = station(store, now, slow)
    await consented(to)
    message = said(UNCLEAR)
    dying = asyncio.create_task(to.listen(message))
    await slow.comes.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    slow.goes_on.set()
    assert "没太明白" in (await to.listen(message) or Message("")).text
    assert store.read_now(misses) == [1]


async def test_who_agrees_is_answered_without_the_reader(
    store: Store, now: datetime, slow: Slow
) -> None:
    to = station(store, now, slow)
    await heard(to, UNCLEAR)
    message = await to.listen(said(press=Agree().pack()))
    assert "没太明白" in (message or Message("")).text
    assert slow.asked == []
