"""What is kept or printed of an event: its list, as a sheet and on paper, and its posters.

Lists hold names: a button records that they are opened, and the file can be had for a moment after.
"""

from datetime import timedelta

from bot.conversation.messages import say
from console.desk import Desk
from console.pages.events.section import ONE, path_of, section, to_do
from console.pages.events.showing import event_page
from console.routing import Asked, Done, File, Missing, Wrong
from handlers.events.changing import SHEET
from handlers.events.door_lists import make_door_list
from handlers.events.posters import LONGEST_PLACE, PLACES, make_poster
from handlers.events.printing import KINDS, format_of
from handlers.events.running import make_list
from handlers.words import title
from models.events import posters, running
from models.events.events import HIDDEN, Event
from models.events.posters import TooMany
from models.network.stations import Station
from models.rules.events import undated
from models.rules.network.permissions import Act
from models.rules.texts import file_name
from papers.facts import Order

OPEN_FOR = timedelta(minutes=15)
"""How long a list that was opened is shown again without its opening being recorded again."""


def called(desk: Desk, event: Event, ending: str) -> str:
    """What a file about the event is called: its title and its day."""
    day = undated.planned(event.starts_at).astimezone(desk.care.zone)
    name = file_name(desk.in_words(title(event)), f"{day:%Y-%m-%d}") or f"event-{event.id}"
    return f"{name}.{ending}"


def _file(name: str, media_type: str, made: bytes | Order) -> File:
    return File(name, media_type, made if isinstance(made, Order) else lambda: made)


def sees_places(desk: Desk, station: Station) -> bool:
    return desk.may(Act.SEE_PLACES, station)


def require_opened(desk: Desk, event: Event, what: str = "") -> None:
    """Raises Missing unless this member has opened the list of names a moment ago."""
    since = desk.now - OPEN_FOR
    if not running.has_viewed(desk.session, event, desk.member.id, since, what):
        raise Missing


@section.act(f"{ONE}/list", again=event_page)
def open_file(desk: Desk, asked: Asked) -> Done:
    """Record who takes the list, then go on to the file."""
    event, _station = to_do(desk, asked)
    running.record_view(desk.session, event, desk.member.id, desk.now, what="file")
    return Done(path_of(event, "list.pdf" if asked.word("kind") == "pdf" else "list.xlsx"))


@section.page(f"{ONE}/list.xlsx", needs=Act.RUN_EVENT)
def sheet(desk: Desk, asked: Asked) -> File:
    event, station = to_do(desk, asked)
    require_opened(desk, event, "file")
    zone, language = str(desk.care.zone), desk.reader.language
    sees = int(sees_places(desk, station))
    content = make_list(desk.session, desk.member.id, event.id, language, zone, sees)
    return _file(called(desk, event, "xlsx"), SHEET, content)


@section.page(f"{ONE}/list.pdf", needs=Act.RUN_EVENT)
def door_list(desk: Desk, asked: Asked) -> File:
    event, station = to_do(desk, asked)
    require_opened(desk, event, "file")
    order = make_door_list(
        desk.session,
        desk.member.id,
        event.id,
        desk.reader.language,
        str(desk.care.zone),
        int(sees_places(desk, station)),
        desk.now.isoformat(),
    )
    return _file(called(desk, event, "pdf"), KINDS["pdf"], order)


# Posters


@section.act(f"{ONE}/posters", again=event_page, needs=Act.RUN_EVENT)
def hang(desk: Desk, asked: Asked) -> Done | Wrong:
    """Give a place a poster with a code of its own."""
    event, _station = to_do(desk, asked)
    said = " ".join(asked.word("place").split())
    if not 0 < len(said) <= LONGEST_PLACE:
        why = say("Write the place in a few words, like “canteen, ground floor”.")
        return Wrong(why, "place")
    where = desk.in_words(PLACES[said]) if said in PLACES else said
    made = posters.hang(desk.session, event.id, where, desk.member.id, desk.now)
    if isinstance(made, TooMany):
        return Wrong(say("There are {n} posters of it already.", n=posters.MOST), "place")
    ready = say("✅ The poster of {title}, for: {place}.", title=title(event), place=made.place)
    return Done(path_of(event), ready)


@section.page(f"{ONE}/posters/{{poster:int}}/{{kind}}", needs=Act.RUN_EVENT)
def poster(desk: Desk, asked: Asked) -> File:
    """One poster as a page or as a picture."""
    event, _station = to_do(desk, asked)
    kept, kind = posters.get(desk.session, asked.number("poster")), str(asked.path["kind"])
    if kept is None or kept.event_id != event.id or event.state in HIDDEN or kind not in KINDS:
        raise Missing
    order = make_poster(
        desk.session,
        kept.id,
        desk.reader.language,
        str(desk.care.zone),
        desk.in_words(desk.house.called),
        desk.now.isoformat(),
        kind,
    )
    name = file_name(desk.in_words(title(event)), kept.place) or f"event-{event.id}"
    return _file(f"{name}.{kind}", KINDS[format_of(kind)], order)
