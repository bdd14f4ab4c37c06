"""Looking for events in people's own words: a thing, days, a part of the day, a place.

Each may be missing, and they may stand in any order. Where nothing fits all of them, the reply says
so and shows what comes nearest: the same thing later, else something else on that day.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Lines, Reply, Sayable, lines, say
from bot.conversation.routing import Router
from bot.conversation.typed import plain
from handlers.actions import EVENTS, MINE, TEAMS, ListEvents, OpenTeam
from handlers.events import days
from handlers.events.browsing import PAGE, browse, card, choices_of, span_of
from handlers.words import DOT, station_name, team_name
from models.events import events, lookup
from models.events.events import Category, Event
from models.network import stations
from models.network.stations import Station, StationKind
from models.rules.events import windows
from models.rules.events.windows import Phase
from models.rules.understanding import slots, things
from models.rules.understanding.intents import Intent, Understood
from models.teams import teams
from models.teams.teams import Team

router = Router()

CATEGORY_WORDS = {
    Category.THOUGHT: ("学习", "思想", "思想教育", "learning"),
    Category.CULTURE: ("文体", "文艺", "体育", "文体艺术", "culture", "sport", "sports"),
    Category.LIFE: ("生活", "生活服务", "life"),
    Category.CAREER: ("职场", "职场提升", "career"),
}
HERE = re.compile("附近|周边|身边|我们?(?:这个?|那个?)?镇|本镇|这边|near ?(?:me|by)|around here")
OVER = re.compile(
    "昨天|昨晚|昨日|前天|上周|上个?星期|上个?礼拜|上个月|yesterday|last (?:week|month)"
)
LONGEST_QUOTED, LONGEST_QUOTED_EN = 8, 24
"""What is longer is no name, and is never said back."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for. ``ids`` are the events that the thing may be, the best first."""

    thing: str = ""
    ids: Sequence[int] = ()
    span: str = ""
    town: Station | None = None


@router.command("events", zh="活动", also=("event", "看活动"), about=say("Find events"))
def list_events(chat: Chat, words: str) -> Reply:
    """``/events`` alone, with a time, a category, a town, words of a title, or a number."""
    number = int(words) if words.isdecimal() and len(words) < 10 else 0
    if (event := events.get(chat.session, number)) is not None:
        return card(chat, event)
    named = slots.read(words.casefold())
    return look(chat, named.rest if named.span else words, named.span)


@router.intent(Intent.EVENTS)
def asked_for_events(chat: Chat, request: Understood) -> Reply:
    """Events by what was said; what is left of a long sentence may hold a name, and is none."""
    typed = plain(chat.incoming.text) if chat.incoming is not None else ""
    if not request.text and not (request.words and not request.certain):
        return look(chat, request.words, request.span)
    if request.words and matching(chat, request.words):
        return look(chat, request.words, request.span)
    text = slots.read(request.text or typed).rest
    named = lookup.named_in(chat.session, text, chat.now, caller=chat.member)
    if named:
        return _show(chat, Asked(ids=named, span=request.span, town=town_in(chat, text)[0]))
    if (request.text or not request.words) and (thing := things.named_in(text)):
        town = town_in(chat, text)[0]
        return search(chat, f"{town.name} {thing}" if town is not None else thing, request.span)
    return look(chat, "" if request.text else request.words, request.span)


def look(chat: Chat, words: str, span: str) -> Reply:
    """Events in a span, of the category or town that the words name, or that fit the words."""
    for category, names in CATEGORY_WORDS.items():
        if words.casefold() in names:
            return browse(chat, ListEvents(span=span, category=category))
    town, thing = town_in(chat, HERE.sub("", words).strip("的 "))
    if not thing:
        town = town or _own_town(chat)
        return browse(chat, ListEvents(span=span, station_id=town.id if town is not None else 0))
    return search(chat, words, span)


def search(chat: Chat, words: str, span: str = "") -> Reply:
    """What fits the words on those days; teams where only they do."""
    town, thing = town_in(chat, HERE.sub("", words).strip("的 "))
    ids = matching(chat, words)
    if not ids and town is not None:
        ids = matching(chat, thing)
    if ids:
        town = town if thing else None
        return _show(chat, Asked(thing or words, ids, span, town or _own_town(chat)))
    if OVER.search(words):
        return _over(chat)
    asked = Asked(thing or words, (), span, town or _own_town(chat))
    named = teams.matching(chat.session, words, 2)
    if span and not named:
        return _instead(chat, asked)
    nothing = (
        say("No coming event fits “{words}”.", words=words)
        if _quoted(words)
        else _none(chat, asked)
    )
    if named:
        there = {team.id: team for team in teams.browse(chat.session, among=named)}
        best_first = [there[each] for each in named if each in there]
        return Reply(lines(nothing, say("Teams for it:")), buttons=(*_open(best_first), EVENTS))
    if (interest := things.interest_of(thing)) is not None:
        close = teams.browse(chat.session, interests=[interest], limit=2)
        if close:
            return Reply(lines(nothing, say("Teams close to it:")), buttons=(*_open(close), EVENTS))
    return Reply(nothing, buttons=(EVENTS, TEAMS, MINE))


def instead(chat: Chat, nothing: Reply) -> Reply:
    """Events that fit what was typed, where a command of that word has nothing to show.

    比赛 and 汇报会 are commands, and events are called so as well.
    """
    words = plain(chat.incoming.text) if chat.incoming is not None else ""
    found = words and not words.startswith("/") and matching(chat, words)
    return search(chat, words) if found else nothing


def _open(shown: Sequence[Team]) -> list[Button]:
    return [Button(team_name(team), OpenTeam(team.id)) for team in shown]


def _over(chat: Chat) -> Reply:
    coming = lookup.upcoming(chat.session, chat.now, caller=chat.member, limit=PAGE)
    over = lines(say("That is over."), say("What comes next:") if coming else None)
    return Reply(over, choices_of(chat, coming), (EVENTS, MINE))


def matching(chat: Chat, words: str) -> Sequence[int]:
    """The ids of coming events that the words name, the best first, or whose kind they ask for."""
    ids = lookup.matching(chat.session, words, chat.now, caller=chat.member)
    if ids or not (kind := things.kind_of(words)):
        return ids
    return lookup.of_kind(chat.session, kind, chat.now, caller=chat.member)


def fitting(chat: Chat, words: str, span: str = "", limit: int = PAGE) -> list[Event]:
    """Coming events that fit the words, the best first; the words may name a town as well."""
    ids, town = matching(chat, words), None
    if not ids:
        town, thing = town_in(chat, words)
        ids = matching(chat, thing) if town is not None and thing else ()
    return _among(chat, Asked(words, ids, span, town))[:limit]


def _among(chat: Chat, asked: Asked) -> list[Event]:
    """Those that are on the days and in the town, open ones before others, the best first."""
    since, until = span_of(asked.span, chat)
    in_part = days.begins_in_part(chat, asked.span)
    ids = [each for each in asked.ids if in_part is None or each in in_part]
    coming = lookup.upcoming(
        chat.session,
        chat.now,
        since=since,
        until=until,
        station_id=asked.town.id if asked.town is not None else None,
        among=ids,
        caller=chat.member,
        limit=len(ids),
    )
    shown = {event.id: event for event in coming}
    fits = [shown[event_id] for event_id in ids if event_id in shown]
    return sorted(fits, key=lambda event: windows.phase_of(event, chat.now) != Phase.OPEN)


def _show(chat: Chat, asked: Asked) -> Reply:
    """The events on the days that were asked for; else the same ones at another time or place."""
    fits = _among(chat, asked)[:PAGE]
    if fits:
        return Reply(_heading(chat, asked), choices_of(chat, fits), (EVENTS, MINE))
    others = lookup.upcoming(
        chat.session, chat.now, among=asked.ids, caller=chat.member, limit=PAGE
    )
    if not others:
        return _instead(chat, asked)
    text = lines(_none(chat, asked), say("At another time or place:"))
    # Where the thing was found amid other words, the days may be what was asked for.
    is_day_meant = asked.span and not asked.thing and _is_anything(chat, asked)
    then = Button(say("What's on then"), ListEvents(span=asked.span)) if is_day_meant else EVENTS
    return Reply(text, choices_of(chat, others), (then, MINE))


def _heading(chat: Chat, asked: Asked) -> Sayable:
    if asked.span or asked.town is not None:
        return Lines((*_where_and_when(chat, asked), _quoted(asked.thing)), DOT)
    if _quoted(asked.thing):
        return say("These fit “{words}”:", words=asked.thing)
    return say("I found these:")


def _instead(chat: Chat, asked: Asked) -> Reply:
    """Something else on those days, where the thing is nowhere; else what comes next."""
    station_id = asked.town.id if asked.town is not None else 0
    listed = browse(chat, ListEvents(span=asked.span, station_id=station_id))
    if not _is_anything(chat, asked):
        return listed
    text = lines(_none(chat, asked), say("What there is then:"))
    return Reply(text, listed.choices, listed.buttons)


def _is_anything(chat: Chat, asked: Asked) -> bool:
    """Whether anything at all is on those days and in that town."""
    since, until = span_of(asked.span, chat)
    found = lookup.upcoming(
        chat.session,
        chat.now,
        since=since,
        until=until,
        station_id=asked.town.id if asked.town is not None else None,
        among=days.begins_in_part(chat, asked.span),
        caller=chat.member,
        limit=1,
    )
    return bool(found)


def _none(chat: Chat, asked: Asked) -> Sayable:
    where_and_when = Lines(_where_and_when(chat, asked), DOT)
    if not where_and_when.parts:
        return say("No coming event fits that.")
    if not _quoted(asked.thing):
        return say("{when}: nothing like that.", when=where_and_when)
    return say("{when}: no “{thing}”.", when=where_and_when, thing=asked.thing)


def _where_and_when(chat: Chat, asked: Asked) -> tuple[Sayable, ...]:
    place = station_name(asked.town) if asked.town is not None else ""
    return tuple(each for each in (days.named(chat, asked.span), place) if each)


def _quoted(thing: str) -> str:
    """The thing, if it is so short that it can be a name."""
    longest = LONGEST_QUOTED_EN if thing.isascii() else LONGEST_QUOTED
    return thing if len(thing) <= longest else ""


# Places


def town_in(chat: Chat, words: str) -> tuple[Station | None, str]:
    """The town that the words name, and the words without it."""
    said = words.casefold()
    for town in stations.towns(chat.session):
        names = {each.casefold() for each in town.text_of("name").versions()}
        for name in sorted({*names, town.name[:2].casefold()}, key=len, reverse=True):
            found = re.search(rf"{_word(name)}(?:街道|镇|那边|附近)?", said)
            if found is not None:
                rest = f"{words[: found.start()]} {words[found.end() :]}"
                return town, " ".join(rest.split()).strip("的 ")
    return None, words


def _word(name: str) -> str:
    return rf"\b{re.escape(name)}\b" if name.isascii() else re.escape(name)


def _own_town(chat: Chat) -> Station | None:
    """The member's own town, where they ask for what is near."""
    typed = plain(chat.incoming.text).casefold() if chat.incoming is not None else ""
    if HERE.search(typed) is None:
        return None
    town = stations.desk_of(chat.session, chat.member.station_id)
    return town if town is not None and town.kind == StationKind.TOWN else None
