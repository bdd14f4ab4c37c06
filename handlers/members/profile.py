"""A member's profile: place, interests, shift; each can be skipped and changed."""

import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Action, Button, Choice, Reply, lines, say
from bot.conversation.routing import Router
from handlers.actions import (
    EVENTS,
    MENU,
    MINE,
    TEAMS,
    Change,
    ShowPrivacy,
    ShowProfile,
    TakeTown,
    switch_language,
)
from handlers.members import linking, muting, quiet, years
from handlers.words import DOT, INTERESTS, SHIFTS, station_name
from models.events import reminders
from models.members import linking as linked
from models.members.profile import (
    interests_of,
    set_birth_year,
    set_interests,
    set_name,
    set_shift,
    set_station,
    set_tail,
)
from models.network import members, stations
from models.network.stations import Station, StationKind
from models.rules.languages import LANGUAGES
from models.rules.members import interests as likings
from models.rules.members import shifts
from models.rules.members.interests import Interest
from models.rules.members.shifts import Shift

router = Router()

FIRST = "first"
"""Marks the three questions of the first meeting: one leads to the next."""

ASKS = re.compile(
    r"[?？]|吗$|什么|哪|怎么|几点|活动|队伍|报名|\b(?:what|where|when|which|how|sign)\b"
)
"""Words that ask for something are no answer about oneself."""

FOUND = 6
LONGEST_NAME = 20


@dataclass(frozen=True, slots=True)
class AboutMe(Action, tag="about-me"):
    """Asks the three questions later, where something else was answered first."""


ABOUT_ME = Button(say("About me"), AboutMe())


@router.button(AboutMe)
def begin_later(chat: Chat, press: AboutMe) -> Reply:
    return begin(chat)


def begin(chat: Chat) -> Reply:
    """Ask the three short questions of the first meeting."""
    thanks = say("Thanks. Three short questions; every one can be skipped.")
    return place.begin(chat, before=thanks, next=FIRST)


def _towns(session: Session) -> Sequence[Option]:
    return [_option(town) for town in stations.towns(session)]


def _places(session: Session, words: str) -> Sequence[Option]:
    return [_option(station) for station in stations.matching(session, words, FOUND)]


def _option(station: Station) -> Option:
    return Option(str(station.id), station_name(station))


@router.dialog("place", of_oneself=True)
def place(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    station_id = yield Question(
        "station",
        say("Where do you work? Tap your town, or write part of your company's name."),
        offer=_towns,
        find=_places,
        skip=say("Skip"),
    )
    return station_id, start.get("next")


@place.done
def keep_place(chat: Chat, form: tuple[str | None, str | None]) -> Reply:
    station_id, following = form
    station = stations.get(chat.session, int(station_id)) if station_id else None
    set_station(chat.session, chat.member, station.id if station is not None else None)
    if following == FIRST:
        noted = say("Noted: {place}.", place=station_name(station)) if station is not None else None
        return interests.begin(chat, before=noted, next=FIRST)
    return show_profile(chat, ShowProfile())


@router.button(TakeTown)
def take_town(chat: Chat, press: TakeTown) -> Reply:
    """The answer to whether they work in the town of an event."""
    buttons = (EVENTS, MINE, MENU)
    if not press.station_id:
        return Reply(say("All right. You can tell it under Profile at any time."), buttons=buttons)
    station = stations.get(chat.session, press.station_id)
    if station is None or station.kind != StationKind.TOWN or chat.member.station_id is not None:
        return show_profile(chat, ShowProfile())
    set_station(chat.session, chat.member, station.id)
    return Reply(say("✅ Noted: {place}.", place=station_name(station)), buttons=buttons)


@router.dialog("name", of_oneself=True)
def name(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    called = yield Question(
        "name",
        say("What shall we call you? Organizers see it on their lists."),
        check=_short_enough,
        skip=say("No name"),
    )
    return called


def _short_enough(words: str) -> str | Wrong:
    return words if len(words) <= LONGEST_NAME else Wrong(say("That's long for a name."))


@name.done
def keep_name(chat: Chat, called: str | None) -> Reply:
    set_name(chat.session, chat.member, called or "")
    return show_profile(chat, ShowProfile())


@router.dialog("tail", of_oneself=True)
def tail(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    digits = yield Question(
        "tail",
        say("The last four digits of your phone or staff number: if another has your name."),
        check=_four_digits,
        skip=say("None"),
    )
    return digits


def _four_digits(words: str) -> str | Wrong:
    is_short = words.isascii() and words.isdecimal() and len(words) == 4
    return words if is_short else Wrong(say("Four digits, like 0317."))


@tail.done
def keep_tail(chat: Chat, digits: str | None) -> Reply:
    set_tail(chat.session, chat.member, digits or "")
    return show_profile(chat, ShowProfile())


@router.dialog("born", of_oneself=True)
def born(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    year = yield Question(
        "year",
        lines(
            say("In which year were you born? Like 1995."),
            say("Only for events that ask for an age; the organizers don't see it."),
        ),
        read=years.in_a_message,
        skip=say("Delete it"),
    )
    return year


@born.done
def keep_born(chat: Chat, year: str | None) -> Reply:
    set_birth_year(chat.session, chat.member, int(year) if year else None)
    return show_profile(chat, ShowProfile())


@router.dialog("interests", of_oneself=True)
def interests(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    picked = yield Question(
        "interests",
        say("What do you like doing? Pick as many as you like, then Done."),
        options=tuple(Option(each, INTERESTS[each]) for each in Interest),
        means=_likes,
        many=True,
        skip=say("Skip"),
    )
    return picked, start.get("next")


def _likes(words: str) -> Sequence[str]:
    return () if ASKS.search(words) else likings.named_in(words)


def _works(words: str) -> Sequence[str]:
    named = shifts.named_in(words)
    return (named,) if named is not None and not ASKS.search(words) else ()


@interests.done
def keep_interests(chat: Chat, form: tuple[list[str] | None, str | None]) -> Reply:
    picked, following = form
    set_interests(chat.session, chat.member, [Interest(each) for each in picked or ()])
    if following == FIRST:
        likes = lines(*(INTERESTS[Interest(each)] for each in picked or ()), between=DOT)
        return shift.begin(
            chat, before=say("Noted: {place}.", place=likes) if picked else None, next=FIRST
        )
    return show_profile(chat, ShowProfile())


@router.dialog("shift", of_oneself=True)
def shift(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    pattern = yield Question(
        "shift",
        say("Which shift do you work? So that we don't wake you."),
        options=tuple(Option(each, SHIFTS[each]) for each in Shift),
        means=_works,
        skip=say("Skip"),
    )
    return pattern, start.get("next")


@shift.done
def keep_shift(chat: Chat, form: tuple[str | None, str | None]) -> Reply:
    pattern, following = form
    set_shift(chat.session, chat.member, Shift(pattern) if pattern else None)
    reminders.replan_member(chat.session, chat.member.id, chat.care, chat.now)
    if following == FIRST:
        works_nights = chat.member.shift == Shift.NIGHT
        return Reply(
            lines(
                say("✅ All set. Have a look at what's on."),
                quiet.quiet_now(chat) if works_nights else None,
                say("You can write “help” at any time."),
            ),
            buttons=(EVENTS, TEAMS, MENU),
        )
    return show_profile(chat, ShowProfile())


@router.command(
    "profile", zh="资料", also=("我是谁", "设置", "settings"), about=say("Your profile")
)
def profile(chat: Chat, words: str) -> Reply:
    return show_profile(chat, ShowProfile())


@router.button(ShowProfile)
def show_profile(chat: Chat, press: ShowProfile) -> Reply:
    """What we know, and one tap to change each of it."""
    member = members.get(chat.session, chat.member.id)
    station = stations.get(chat.session, chat.member.station_id)
    liked = [INTERESTS[each] for each in interests_of(chat.session, member.id)]
    unknown = say("not given")
    place_now = station_name(station) or unknown
    shift_now = SHIFTS[member.shift] if member.shift else unknown
    chats_now = linking.in_short(linked.summary(chat.session, member.id, chat.now))
    language, switch = LANGUAGES[chat.language].name, switch_language(chat.language)
    rows = (
        (say("Name"), chat.member.name or unknown, Change("name")),
        (say("Place"), place_now, Change("place")),
        (say("Interests"), lines(*liked, between=DOT) if liked else unknown, Change("interests")),
        (say("Shift"), shift_now, Change("shift")),
        (say("Quiet hours"), quiet.quiet_in_short(chat), Change("quiet")),
        (say("Reminders"), quiet.reminders_in_short(chat), Change("reminders")),
        (say("Messages"), muting.in_short(chat), Change("messages")),
        (say("Language"), language, switch),
        (say("Last digits"), member.tail or unknown, Change("tail")),
        (say("Year of birth"), str(member.birth_year or "") or unknown, Change("born")),
        (say("Chats"), chats_now, Change("chats")),
        (say("Privacy"), say("see, take along or erase your data"), ShowPrivacy()),
    )
    return Reply(
        say("Your profile, member {n}. Send a number to change something:", n=member.id),
        tuple(
            Choice(number, label, action, say("{label}: {value}", label=label, value=value))
            for number, (label, value, action) in enumerate(rows, start=1)
        ),
        (EVENTS, TEAMS, MENU),
    )


@router.button(Change)
def change(chat: Chat, press: Change) -> Reply:
    match press.what:
        case "place":
            return place.begin(chat)
        case "name":
            return name.begin(chat)
        case "tail":
            return tail.begin(chat)
        case "born":
            return born.begin(chat)
        case "interests":
            return interests.begin(chat)
        case "shift":
            return shift.begin(chat)
        case "quiet":
            return quiet.quiet.begin(chat, before=quiet.quiet_now(chat))
        case "reminders":
            return quiet.leads.begin(chat)
        case "messages":
            return muting.show(chat)
        case "chats":
            return linking.show_chats(chat)
        case _:
            return show_profile(chat, ShowProfile())
