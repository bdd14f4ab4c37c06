"""Messages that may not have reached a member, for whoever asks for them."""

from dataclasses import dataclass

from bot.conversation.chat import Chat
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Reply,
    When,
    lines,
    say,
)
from bot.conversation.routing import Router
from handlers.actions import MENU
from handlers.words import DOT
from models.events import changes
from models.sending import missed
from models.sending.deliveries import Delivery

router = Router()

LISTED = 5
LABEL = 20


@dataclass(frozen=True, slots=True)
class ShowMissed(Action, tag="missed"):
    pass


@dataclass(frozen=True, slots=True)
class OpenMissed(Action, tag="missed-open"):
    delivery_id: int


@router.notice("missed")
def hint(chat: Chat, facts: object) -> Reply:
    """What stands below a reply when an announcement may not have arrived."""
    return Reply(
        say("⚠️ Something may not have reached you. Write “missed” to see it."),
        buttons=(Button(say("Missed"), ShowMissed()),),
    )


@router.command("missed", zh="错过的消息", also=("没收到的", "没收到的消息"))
def missed_by_words(chat: Chat, words: str) -> Reply:
    return show(chat, ShowMissed())


@router.button(ShowMissed)
def show(chat: Chat, press: ShowMissed) -> Reply:
    """The messages of the last days that did not surely arrive, each one tap away."""
    choices: list[Choice] = []
    for row in missed.listed(chat.session, chat.member.id, chat.now, LISTED * 2):
        said = _worded(chat, row)
        if said is None or len(choices) == LISTED:
            continue
        text = chat.in_words(said.text).splitlines()[0]
        label = text if len(text) <= LABEL else text[:LABEL] + "…"
        line = lines(label, When(row.due_at), between=DOT)
        choices.append(Choice(len(choices) + 1, label, OpenMissed(row.id), line))
    if not choices:
        return Reply(say("Everything of the last days has reached you."), buttons=(MENU,))
    return Reply(say("These may not have reached you:"), tuple(choices), (MENU,))


@router.button(OpenMissed)
def open_missed(chat: Chat, press: OpenMissed) -> Reply:
    """One of them in full; from then on it has reached its member."""
    row = missed.find(chat.session, chat.member.id, press.delivery_id)
    said = _worded(chat, row) if row is not None else None
    if row is None or said is None:
        return Reply(say("There is nothing behind it any more."), buttons=(MENU,))
    member = chat.member
    missed.settle_shown(chat.session, row, member.account, member.address_id, chat.now)
    if said.tells is not None:
        changes.note_told(chat.session, {said.tells.signup_id: said.tells.facts})
    return said


def _worded(chat: Chat, row: Delivery) -> Reply | None:
    """Return what a delivery would say now; None where it has nothing to say any more."""
    notice = chat.notices.get(row.topic)
    said = notice(chat, row.facts) if notice is not None else None
    return said if isinstance(said, Reply) else None
