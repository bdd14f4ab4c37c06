"""What was heard acts by a tap alone, and by the tap that belongs to it."""

from datetime import datetime
from itertools import count

import pytest
from sqlmodel import Session, select

from bot.conversation.dispatch import Dispatcher
from bot.conversation.incoming import Incoming
from bot.conversation.language import phrasebook
from bot.conversation.messages import Message
from handlers import subjects
from handlers.actions import Agree
from models.events.events import Signup
from models.rules.languages import Translated
from models.store import Store
from tests.miniature.rows import CARE, badminton, network

numbers = count(1)


@pytest.fixture
def to(store: Store, now: datetime) -> Dispatcher:
    def furnish(session: Session) -> None:
        network(session)
        session.add(badminton())

    store.write_now(furnish)
    name = Translated("创思驿站", {})
    return Dispatcher(store, subjects.routes(), phrasebook(), CARE, lambda: now, station=name)


async def listens(
    to: Dispatcher, text: str = "", *, press: str = "", aloud: bool = True
) -> Message:
    key = f"k{next(numbers)}"
    message = await to.listen(
        Incoming("telegram.nanhai", "7", key, text=text, press=press, is_heard=aloud and not press)
    )
    assert message is not None
    return message


def signed_up(session: Session) -> int:
    return len(session.exec(select(Signup.id)).all())


async def test_nothing_that_was_heard_acts_before_its_own_tap(to: Dispatcher, store: Store) -> None:
    # Not even an agreement to the notice.
    await listens(to, "你好", aloud=False)
    assert "看看细则" in [each.label for each in (await listens(to, "同意")).buttons]
    await listens(to, press=Agree("e1").pack())
    first = await listens(to, "报名 1")
    assert first.text.startswith("听到的是：“报名 1”")
    await listens(to, "/profile")
    for text in ("是的", "好的", "1", "报名", "我要报名1", "/signup 1"):
        assert (await listens(to, text)).text.startswith(f"听到的是：“{text}”")
        assert store.read_now(signed_up) == 0
    old = await listens(to, press=first.buttons[0].data)
    assert "现在不能用了" in old.text
    assert store.read_now(signed_up) == 0
    again = await listens(to, "报名 1")
    assert "✅" in (await listens(to, press=again.buttons[0].data)).text
    assert store.read_now(signed_up) == 1


async def test_a_second_tap_answers_no_later_question(to: Dispatcher, store: Store) -> None:
    await listens(to, "你好", aloud=False)
    await listens(to, press=Agree("e1").pack())
    await listens(to, "心愿", aloud=False)
    asked = await listens(to, "食堂晚一点关门")
    named = await listens(to, press=asked.buttons[0].data)
    assert "称呼" in named.text
    assert "现在不能用了" in (await listens(to, press=asked.buttons[0].data)).text
