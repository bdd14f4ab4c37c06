"""Lunch in the chat: words only. What is so, and what may be changed, ``menus`` decides."""

import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import Action, Attachment, Button, Days, Reply, lines, say
from bot.conversation.routing import Drop, Router
from bot.conversation.typed import plain
from handlers.actions import MENU
from handlers.permission import denied
from handlers.words import station_name
from models.network import roles, stations
from models.rules.network.permissions import Act
from models.rules.understanding.intents import Understood
from models.sending.reasons import Reason
from papers.facts import Order, Printed
from yizhan_lunch import menus
from yizhan_lunch.menus import Menu

router = Router()

ASKED = re.compile(r"(?:今天|今日|中午|今天中午)?(?:食堂)?(?:吃什么|吃啥|有什么菜|食乜)[?？]?")
"""Whole messages that ask for it in people's own words; nothing in it matches in two ways."""

LONGEST = 300


@dataclass(frozen=True, slots=True)
class TellDaily(Action, tag="lunch-daily"):
    """Lets the member be told of each day's menu, or no more."""

    on: int = 1


@router.command("lunch", zh="午饭", also=("午餐",), about=say("Today's lunch"))
def lunch(chat: Chat, words: str) -> Reply:
    """What the canteen has today."""
    menu = menus.of_day(chat.session, chat.member.station_id, menus.today(chat.now, chat.care))
    if menu is None:
        return Reply(say("There's no menu for today yet."), buttons=_buttons(chat))
    return Reply(_in_words(chat.session, menu), buttons=_buttons(chat))


@router.knows
def asked_in_own_words(chat: Chat, request: Understood) -> Reply | None:
    """The menu to whoever asks what there is to eat; None for everything else."""
    words = plain(chat.incoming.text) if chat.incoming is not None else ""
    return lunch(chat, "") if ASKED.fullmatch(words) else None


def _in_words(session: Session, menu: Menu) -> Any:
    station = stations.get(session, menu.station_id)
    assert station is not None
    return lines(
        say("{place}, {day}:", place=station_name(station), day=Days(menu.day)), menu.dishes
    )


def _buttons(chat: Chat) -> tuple[Button, ...]:
    if menus.is_told(chat.session, chat.member.id):
        return Button(say("Tell me no more"), TellDaily(0)), MENU
    return Button(say("Tell me daily"), TellDaily()), MENU


@router.button(TellDaily)
def tell_daily(chat: Chat, press: TellDaily) -> Reply:
    if press.on:
        menus.tell_daily(chat.session, chat.member.id, chat.now)
        return Reply(say("✅ You'll get the menu at half past ten."), buttons=_buttons(chat))
    menus.tell_no_more(chat.session, chat.member.id)
    return Reply(say("✅ No more menus."), buttons=_buttons(chat))


@router.notice(menus.TOPIC)
def menu_of_the_day(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """It is put into words when it is sent, so that it tells what holds then."""
    menu = menus.get(chat.session, facts["menu"])
    if menu is None:
        return Drop(Reason.TOO_LATE)
    return Reply(_in_words(chat.session, menu), buttons=_buttons(chat))


# Writing it


@router.command("newlunch", zh="发午饭", about=say("Write today's lunch"))
def begin(chat: Chat, words: str) -> Reply:
    station = roles.where(chat.session, chat.member.id, Act.PUBLISH_EVENT, chat.now)
    if station is None:
        home = stations.get(chat.session, chat.member.station_id)
        return denied(chat, Act.PUBLISH_EVENT, home) or Reply(say("That's for organizers."))
    return new_menu.begin(chat, station_id=station.id)


@router.dialog("lunch-new")
def new_menu(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    """It asks, and does not act."""
    dishes = yield Question(
        "dishes", say("What is there? One dish a line."), check=_dishes, many_lines=True
    )
    return start["station_id"], dishes


def _dishes(words: str) -> str | Wrong:
    return words if len(words) <= LONGEST else Wrong(say("That's long; a few lines will do."))


@new_menu.done
def keep(chat: Chat, form: tuple[int, str]) -> Reply:
    station_id, dishes = form
    station = stations.get(chat.session, station_id)
    assert station is not None
    today = menus.today(chat.now, chat.care)
    # It was asked before the first question; a role may have ended since.
    if (refusal := denied(chat, Act.PUBLISH_EVENT, station)) is not None:
        return refusal
    menu = menus.write(chat.session, chat.member.id, station, today, dishes, chat.now)
    paper = Attachment("lunch.pdf", "application/pdf", "lunch-menu", (menu.id,))
    return Reply(
        lines(say("✅ Written. A page to hang up:"), _in_words(chat.session, menu)),
        buttons=(MENU,),
        file=paper,
    )


@router.file("lunch-menu")
def page(session: Session, menu_id: int) -> Order:
    """The menu as a page; it is drawn after the commit, off the writer's thread."""
    menu = menus.get(session, menu_id)
    if menu is None:
        raise LookupError("the menu has been deleted")
    station = stations.get(session, menu.station_id)
    assert station is not None
    facts = {
        "place": station.name,
        "day": f"{menu.day:%Y-%m-%d}",
        "dishes": menu.dishes.split("\n"),
    }
    return Order(Printed("lunch-menu", facts))
