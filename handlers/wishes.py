"""A need told to the station."""

from collections.abc import Generator, Mapping
from typing import Any

from bot.chat import Chat
from bot.dialogs import Question, Wrong
from bot.messages import Reply, say
from bot.routing import Router
from handlers.actions import EVENTS, MENU, TEAMS, TellWish
from models import wishes

router = Router()

SHORTEST, LONGEST = 2, 500


@router.dialog("wish")
def wish(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    text = yield Question(
        "text",
        say("What do you need, or wish for? Tell it in a message of your own words."),
        check=_long_enough,
        skip=say("Not now"),
    )
    return text


def _long_enough(words: str) -> str | Wrong:
    if len(words) < SHORTEST:
        return Wrong(say("A few more words, so that people understand it."))
    if len(words) > LONGEST:
        return Wrong(say("That's long; {n} characters at most.", n=LONGEST))
    return words


@wish.done
def keep_wish(chat: Chat, text: str | None) -> Reply:
    if text is None:
        later = say("All right. Write “wish” whenever you like.")
        return Reply(later, buttons=(EVENTS, TEAMS, MENU))
    wishes.tell(chat.session, chat.member.id, chat.member.station_id, text, chat.now)
    return Reply(
        say("✅ Noted. Your station's organizers read every wish."), buttons=(EVENTS, TEAMS, MENU)
    )


@router.button(TellWish)
def press_wish(chat: Chat, press: TellWish) -> Reply:
    return wish.begin(chat)


@router.command("wish", zh="心愿", also=("许愿",), about=say("Tell a wish"))
def tell_wish(chat: Chat, words: str) -> Reply:
    """``心愿`` asks; ``心愿 想学电工`` is told at once."""
    if words and isinstance(_long_enough(words), str):
        return keep_wish(chat, words)
    return wish.begin(chat)
