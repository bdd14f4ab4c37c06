"""What has not reached a member travels below the reply to what they write next."""

from collections.abc import Callable
from dataclasses import replace

from bot.conversation.chat import Chat
from bot.conversation.messages import Message, Reply
from bot.conversation.paging import with_notice
from bot.conversation.routing import Drop
from models.events import changes
from models.sending import missed
from models.sending.deliveries import Owed

SHOWN_WITH_A_REPLY = 3
MISSED = "missed"
"""The topic that words the hint at what may be asked for. No delivery has it."""


def with_missed(
    chat: Chat,
    message: Message,
    page: int,
    compose: Callable[[Owed], Message | Drop],
    render: Callable[[Reply], Message],
) -> Message:
    """Return a reply with what has not reached its member, settled as shown with it.

    What does not fit on its ``page`` besides keeps its turn for the next reply; one notice is shown
    in any case.
    """
    session, now = chat.session, chat.now
    here = chat.member.account, chat.member.address_id
    for delivery in missed.to_show(session, chat.member.id, now, SHOWN_WITH_A_REPLY):
        if delivery.address_id is None:
            delivery.account, delivery.address_id = here
        words = compose(delivery)
        if not isinstance(words, Message):
            missed.pass_over(session, delivery, words.reason, now)
            continue
        fuller = with_notice(message, replace(words, card=None, tells=None), page)
        if fuller is None:
            break
        message = fuller
        missed.settle_shown(session, delivery, *here, now)
        if words.tells is not None:
            changes.note_told(session, {words.tells.signup_id: words.tells.facts})
    if missed.consider(session, chat.member.id, now):
        hint = chat.notices.get(MISSED)
        if hint is not None and isinstance(reply := hint(chat, {}), Reply):
            message = replace(message, notices=(*message.notices, render(reply)))
    return message
