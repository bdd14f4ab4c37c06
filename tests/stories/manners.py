"""What every message of the station keeps to, checked on all that a story has shown."""

import re
from collections.abc import Iterator

from sqlmodel import Session, col, select

from bot.conversation.messages import Message
from models.sending.deliveries import Delivery
from models.sending.inbox import Inbox

MOST_BUTTONS, MOST_LINES = 3, 6
IN_FULL = {"sign-up", "give-up", "bc-send", "people", "event-chain"}
"""Buttons below what somebody asked to see in full: an event, an announcement, a list."""

HAN = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’.-]*")


def shown(session: Session) -> Iterator[Message]:
    """Every answer and every notice that is kept, as its reader saw it."""
    answers = select(Inbox.reply).where(col(Inbox.reply).is_not(None)).order_by(col(Inbox.id))
    notices = select(Delivery.message).where(col(Delivery.message).is_not(None))
    for kept in (*session.exec(answers), *session.exec(notices)):
        if kept is not None:
            yield Message.from_json(kept)


def faults(message: Message) -> Iterator[str]:
    """What is wrong with a message, each in a few words."""
    if len(message.buttons) > MOST_BUTTONS:
        yield f"{len(message.buttons)} buttons"
    for button in message.buttons:
        if is_long(button.label):
            yield f"a long button: {button.label}"
    is_in_full = any(button.data.partition(".")[0] in IN_FULL for button in message.buttons)
    # How many messages were left out is told below an answer, after an empty line.
    lines = message.text.partition("\n\n")[0].splitlines()
    if len(lines) > MOST_LINES and not message.choices and not is_in_full:
        yield f"{len(lines)} lines"
    # Whoever is erased begins anew with any word.
    if not (message.buttons or message.choices or message.forget):
        yield "no way on"
    for notice in message.notices:
        yield from faults(notice)


def is_long(label: str) -> bool:
    """More than six Chinese characters, or more than three words."""
    characters, words = len(HAN.findall(label)), len(WORD.findall(label))
    return characters + words > 6 if characters else words > 3
