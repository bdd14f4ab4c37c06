"""Dialogs that were left before their end: kept with the address, beside its open question."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import State
from bot.conversation.messages import Action, Button, Reply, lines, say
from models.network import members

KEPT = timedelta(days=14)
WORDS_KEPT = timedelta(days=1)
MOST = 3
"""How many are kept; the oldest makes room."""
MOST_BUTTONS = 3


@dataclass(frozen=True, slots=True)
class GoOn(Action, tag="go-on"):
    """Opens the draft of this number again."""

    number: int


@dataclass(frozen=True, slots=True)
class Draft:
    """``number`` is when it was left, in seconds since 1970; no two of an address share one."""

    number: int
    state: State


def is_open(chat: Chat) -> bool:
    return "topic" in (chat.member.dialog or {})


def remember(chat: Chat, state: State | None) -> None:
    """Keep the open question; None closes it. Drafts stay as they are."""
    if state is None and chat.member.dialog is None:
        return
    _keep(chat, state, _drafts(chat))


def put_aside(chat: Chat, state: State) -> None:
    """Close the open question and keep its dialog as a draft."""
    kept = _drafts(chat)
    number = max([int(chat.now.timestamp()), *(each.number + 1 for each in kept)])
    _keep(chat, None, [*kept, Draft(number, state)][-MOST:])
    chat.has_put_aside = True


def take_back(chat: Chat, before: dict[str, Any] | None) -> None:
    """Open again what was put aside for nothing; ``before`` is what was kept until then."""
    members.remember_dialog(chat.session, chat.member, before)
    chat.has_put_aside = False


def keep_words(chat: Chat, words: str) -> None:
    """Keep what was written just now, so that a button can pass it on for a day."""
    kept = {"text": words, "at": int(chat.now.timestamp())}
    members.remember_dialog(
        chat.session, chat.member, {**(chat.member.dialog or {}), "words": kept}
    )


def forget_words(chat: Chat) -> None:
    """Forget what ``keep_words`` kept."""
    kept = {name: each for name, each in (chat.member.dialog or {}).items() if name != "words"}
    members.remember_dialog(chat.session, chat.member, kept or None)


def words_of(chat: Chat) -> str:
    """Return what was written last among what is kept; empty after a day."""
    kept: dict[str, Any] = (chat.member.dialog or {}).get("words", {})
    since = (chat.now - WORDS_KEPT).timestamp()
    return str(kept["text"]) if kept and kept["at"] > since else ""


def take(chat: Chat, number: int) -> None:
    """Remove a draft from those kept."""
    _keep(chat, _open(chat), [each for each in _drafts(chat) if each.number != number])


def useful(chat: Chat) -> Sequence[Draft]:
    """Return the drafts that can be gone on with, the newest first."""
    if "drafts" not in (chat.member.dialog or {}):
        return ()
    return [
        each
        for each in reversed(_drafts(chat))
        if (dialog := chat.drafts.get(each.state.topic)) and dialog.is_worth(chat, each.state)
    ]


def go_on(chat: Chat) -> Button | None:
    """The button of the newest draft."""
    newest = next(iter(useful(chat)), None)
    if newest is None:
        return None
    return Button(chat.drafts[newest.state.topic].label, GoOn(newest.number))


def offered(chat: Chat, reply: Reply) -> Reply:
    """Return the reply to what left a dialog, with the way back into it.

    While another question is open nothing is added: its answer may be any word or number.
    """
    button = go_on(chat) if chat.has_put_aside and not is_open(chat) else None
    if button is None:
        return reply
    shown = [each.action for each in reply.buttons] + [each.action for each in reply.choices]
    if button.action in shown:
        return reply
    if len(reply.buttons) < MOST_BUTTONS:
        return replace(reply, buttons=(*reply.buttons, button))
    said = say("Your draft is kept: write “go on”.")
    return replace(reply, text=lines(reply.text, said, between="\n\n"))


def _open(chat: Chat) -> State | None:
    kept = chat.member.dialog
    return State.from_json(kept) if kept is not None and "topic" in kept else None


def _drafts(chat: Chat) -> list[Draft]:
    oldest = (chat.now - KEPT).timestamp()
    kept: list[dict[str, Any]] = (chat.member.dialog or {}).get("drafts", [])
    drafts = [Draft(each["number"], State.from_json(each["state"])) for each in kept]
    return [each for each in drafts if each.number > oldest]


def _keep(chat: Chat, state: State | None, drafts: Sequence[Draft]) -> None:
    kept = state.to_json() if state is not None else {}
    if drafts:
        kept["drafts"] = [{"number": each.number, "state": each.state.to_json()} for each in drafts]
    if words_of(chat):
        kept["words"] = (chat.member.dialog or {})["words"]
    members.remember_dialog(chat.session, chat.member, kept or None)
