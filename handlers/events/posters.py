"""Posters: for each place one with a code of its own, as a page and as a picture; and counts."""

from collections.abc import Generator, Mapping
from typing import Any

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import (
    Action,
    Attachment,
    Button,
    Choice,
    Lines,
    Reply,
    Sayable,
    Text,
    When,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Router
from handlers.actions import MENU
from handlers.events.buttons import HangPoster, Run, ShowPoster
from handlers.events.printing import Words, format_of, printed
from handlers.events.running import run_card, to_prepare
from handlers.words import CATEGORIES, DOT, station_name, title
from models.events import events, posters
from models.events.events import Event
from models.events.posters import Counted, Poster, TooMany
from models.network import stations
from models.rules.events import windows
from models.rules.events.windows import EventAct
from models.rules.texts import file_name
from models.sending import accounts
from papers import facts
from papers.facts import Code, Order, Row

router = Router()

LONGEST_PLACE = 40
PLACES = {
    "canteen": say("Canteen"),
    "dormitory": say("Dormitory"),
    "gate": say("Gate"),
    "group": say("Group chat"),
}


def show(chat: Chat, event: Event) -> Reply:
    """The posters of an event with what came of each; the question where to hang the first."""
    if windows.refusal(EventAct.EDIT, event, chat.now) is not None:
        return run_card(chat, event)
    counted = posters.counts(chat.session, event.id)
    if not counted:
        return place.begin(chat, event_id=event.id)
    choices = tuple(
        Choice(number, each.poster.place, ShowPoster(each.poster.id), _counted(each))
        for number, each in enumerate(counted, start=1)
    )
    another = Button(say("Another place"), HangPoster(event.id))
    heading = say("Posters of {title}:", title=title(event))
    return Reply(heading, choices, (another, Button(say("Back"), Run(event.id))))


def _counted(each: Counted) -> Lines:
    return lines(each.poster.place, _opened(each), _signed_up(each), between=DOT)


def _opened(each: Counted) -> Text:
    return say_n("{n} person opened it", "{n} people opened it", each.opened)


def _signed_up(each: Counted) -> Text:
    return say_n("{n} signed up", "{n} signed up", each.signed_up)


# Making one


@router.dialog("poster-place")
def place(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    where = yield Question(
        "place",
        say("Where will this poster hang? Each place gets a code of its own, and is counted."),
        options=tuple(Option(value, label) for value, label in PLACES.items()),
        check=_place,
    )
    return start["event_id"], where


def _place(words: str) -> str | Wrong:
    said = " ".join(words.split())
    if 0 < len(said) <= LONGEST_PLACE:
        return said
    return Wrong(say("Write the place in a few words, like “canteen, ground floor”."))


@place.done
def hang(chat: Chat, form: tuple[int, str]) -> Reply:
    event, refusal = to_prepare(chat, form[0])
    if event is None:
        return refusal
    known = PLACES.get(form[1])
    where = chat.in_words(known) if known is not None else form[1]
    match posters.hang(chat.session, event.id, where, chat.member.id, chat.now):
        case TooMany():
            many = say("There are {n} posters of it already.", n=posters.MOST)
            return Reply(many, buttons=(Button(say("Posters"), Run(event.id, "poster")), MENU))
        case Poster() as poster:
            return _poster(chat, event, Counted(poster, 0, 0), is_new=True)


@router.button(HangPoster)
def ask_where(chat: Chat, press: HangPoster) -> Reply:
    event, refusal = to_prepare(chat, press.event_id)
    return place.begin(chat, event_id=event.id) if event is not None else refusal


@router.button(ShowPoster)
def show_poster(chat: Chat, press: ShowPoster) -> Reply:
    """One poster, as a page or as a picture."""
    poster = posters.get(chat.session, press.poster_id)
    event, refusal = to_prepare(chat, poster.event_id if poster is not None else 0)
    if event is None:
        return refusal
    counted = posters.counts(chat.session, event.id)
    (this,) = (each for each in counted if each.poster.id == press.poster_id)
    return _poster(chat, event, this, is_picture=bool(press.is_picture))


def _poster(
    chat: Chat, event: Event, this: Counted, *, is_new: bool = False, is_picture: bool = False
) -> Reply:
    poster = this.poster
    ready = say("✅ The poster of {title}, for: {place}.", title=title(event), place=poster.place)
    came = (
        say("Who comes by its code and signs up is counted for this place.")
        if is_new
        else lines(_opened(this), _signed_up(this), between=DOT)
    )
    other: tuple[Sayable, Action] = (
        (say("As a page"), ShowPoster(poster.id))
        if is_picture
        else (say("As a picture"), ShowPoster(poster.id, 1))
    )
    group = say("In a group, write “sign up {n}” beside it.", n=event.id) if is_picture else None
    return Reply(
        lines(ready, came, group),
        buttons=(
            Button(*other),
            Button(say("Another place"), HangPoster(event.id)),
            Button(say("Back"), Run(event.id, "poster")),
        ),
        file=_file(chat, event, poster, is_picture=is_picture),
    )


def _file(chat: Chat, event: Event, poster: Poster, *, is_picture: bool) -> Attachment:
    called = file_name(chat.in_words(title(event)), poster.place) or f"event-{event.id}"
    return printed(chat, called, "event-poster", poster.id, is_picture=is_picture)


# The paper


@router.file("event-poster")
def make_poster(
    session: Session, poster_id: int, language: str, zone: str, station: str, at: str, format: str
) -> Order:
    """A poster with a code for each account of the station."""
    poster = posters.get(session, poster_id)
    event = events.get(session, poster.event_id) if poster is not None else None
    if poster is None or event is None:
        raise LookupError("no such poster")
    in_words = Words.of(language, zone, at)
    where = in_words(station_name(stations.get(session, event.station_id)))
    paper = facts.Poster(
        language=language,
        title=in_words(title(event)),
        station=" · ".join(dict.fromkeys(filter(None, (station, where)))),
        kind=in_words(CATEGORIES[event.category]),
        rows=tuple(_rows(event, where, in_words)),
        about=in_words(event.text_of("about")),
        call=in_words(say("Scan to sign up")),
        codes=_codes(session, poster, in_words),
        hint=in_words(say("In a group, write: sign up {n}", n=event.id)),
        hangs=poster.place,
    )
    return Order(paper, format_of(format))


def _rows(event: Event, where: str, in_words: Words) -> list[Row]:
    """What is known of the event: time and place large, the rest below."""
    seats = (
        say_n("{n} seat", "{n} seats", event.seats)
        if event.seats is not None
        else say("open to all")
    )
    said: list[tuple[Sayable, Sayable, bool]] = [
        (say("When"), When(event.starts_at, event.ends_at), True),
        (say("Where"), event.text_of("place") or where, True),
        (say("Meet"), event.text_of("meet"), False),
        (say("Cost"), event.text_of("cost"), False),
        (say("Bring"), event.text_of("bring"), False),
        (say("Seats"), seats, False),
        (say("Contact"), event.text_of("contact"), False),
    ]
    rows = [Row(in_words(label), in_words(text), leads=leads) for label, text, leads in said]
    return [row for row in rows if row.said]


def _codes(session: Session, poster: Poster, in_words: Words) -> tuple[Code, ...]:
    """A code for each account."""
    return tuple(Code(label, path) for label, path in ways(session, poster.link, in_words))


def ways(session: Session, payload: str, in_words: Words) -> list[tuple[str, str]]:
    """The accounts by their labels, each with the path that opens a deep link there.

    Two of one platform are told apart by their names.
    """
    rows = accounts.everyone(session)
    platforms = [each.platform for each in rows]
    found = []
    for each in rows:
        label = in_words(Text(each.platform))
        if platforms.count(each.platform) > 1:
            label = f"{label} · {each.account.rpartition('.')[2]}"
        found.append((label, f"/go/{each.account}/{payload}"))
    return found
