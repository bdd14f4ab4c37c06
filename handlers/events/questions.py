"""The questions about a new event, and the event that their answers make."""

from collections.abc import Generator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from bot.conversation.dialogs import NO_PICTURE, Option, Question, Wrong
from bot.conversation.messages import Sayable, When, lines, say
from bot.conversation.routing import Router
from handlers import dates
from handlers.words import CATEGORIES, KINDS, event_card
from models.events import publishing
from models.events.events import Category, Kind
from models.events.publishing import Draft
from models.rules.dates import reading
from models.rules.events import publishing as rules
from models.rules.languages import Translated

router = Router()

EventForm = dict[str, Any]
"""What is known of the event so far, as plain values; a dialog keeps it between its questions."""

LONGEST_TITLE, LONGEST_PLACE, LONGEST_TEXT = 60, 80, 500
CHANGES: dict[str, Sayable] = {
    "title": say("Title"),
    "when": say("Time"),
    "place": say("Place"),
    "seats": say("Seats"),
    "kind": say("Kind"),
    "category": say("Category"),
    "bring": say("What to bring"),
    "about": say("About it"),
    "picture": say("Picture"),
    "for": say("For whom"),
}


# The questions


@router.dialog("new-event")
def new_event(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    """Ask for what is missing, show a preview, and change it until it is right."""
    form: EventForm = dict(start["known"])
    if not form.get("title"):
        first = yield Question("title", start_with(), read=_read_first)
        form |= orjson.loads(first)
    if not form.get("title"):
        form["title"] = yield _question("title", "title-alone", start, form)
    for what in ("for", "when", "place", "seats", "kind"):
        if what not in form:
            _put(form, what, (yield _question(what, what, start, form)))
            # A kind that the title names is not asked for.
            _guess(form)
    turn = 0
    while True:
        decision = yield _preview(start, form, turn)
        if decision != "change":
            place = start["places"][form["for"]]
            return {**form, "place_for": place} if decision == "publish" else None
        what = yield Question(
            f"what-{turn}",
            say("What shall be different?"),
            options=tuple(
                Option(name, label)
                for name, label in CHANGES.items()
                if name != "for" or len(start["places"]) > 1
            ),
        )
        _put(form, what, (yield _question(what, f"{what}-{turn}", start, form)))
        turn += 1


def start_with() -> Sayable:
    return lines(
        say("What's it called?"),
        say("One message may hold more: “Badminton Sat 3pm at Guicheng hall, 20 people”."),
    )


def _question(what: str, name: str, start: Mapping[str, Any], form: EventForm) -> Question:
    """How one thing about the event is asked for."""
    match what:
        case "title":
            return Question(name, say("What's it called?"), check=_title)
        case "when":
            suggested = tuple(
                Option(each, When(dates.span(each, _length(form))[0], near=True))
                for each in start["suggested"]
            )
            return Question(
                name, lines(say("When?"), dates.EXAMPLE), options=suggested, read=dates.read
            )
        case "place":
            usual = start["places"][form.get("for", 0)]["address"]
            options = (Option(usual, usual),) if usual else ()
            # The time is repeated at once, so that a slip is seen here.
            return Question(name, lines(_when(form), say("Where?")), options=options, check=_place)
        case "seats":
            return Question(
                name,
                say("How many seats? Write a number."),
                check=_seats,
                skip=say("No limit"),
            )
        case "kind":
            kinds = tuple(Option(str(kind), label) for kind, label in KINDS.items())
            return Question(name, say("What kind is it?"), options=kinds)
        case "category":
            categories = tuple(Option(str(each), label) for each, label in CATEGORIES.items())
            return Question(name, say("Which category?"), options=categories)
        case "bring":
            return Question(name, say("What shall people bring?"), check=_text, skip=say("Nothing"))
        case "about":
            return Question(
                name, say("A sentence or two about it."), check=_text, skip=say("Nothing")
            )
        case "picture":
            return Question(
                name,
                say("Send a picture, as you send one to anybody."),
                check=_no_picture,
                skip=say("No picture"),
                pictures=True,
            )
        case _:
            places = tuple(
                Option(str(number), _place_line(place))
                for number, place in enumerate(start["places"])
            )
            return Question(name, say("For whom is it?"), options=places)


def _preview(start: Mapping[str, Any], form: EventForm, turn: int) -> Question:
    place = start["places"][form["for"]]
    asks = say("{place}'s organizers are asked first.", place=_name(place))
    return Question(
        f"preview-{turn}",
        lines(
            say("This is what members will see:"),
            event_card(publishing.event_of(draft_of(form, place)), _name(place)),
            lines(KINDS[Kind(form["kind"])], CATEGORIES[Category(_category(form))], between=" · "),
            say("For: {place}", place=_name(place)),
            asks if place["asks"] else None,
        ),
        options=(
            Option("publish", say("Publish")),
            Option("change", say("Change")),
            Option("drop", say("Don't")),
        ),
        shows=form.get("picture_name", ""),
    )


def _put(form: EventForm, what: str, answer: Any) -> None:
    match what:
        case "seats":
            form["seats"] = int(answer) if answer else 0
        case "for":
            form["for"] = int(answer)
        case "picture":
            form["picture"] = answer["picture"] if answer else None
            form["picture_name"] = answer["name"] if answer else ""
        case _:
            form[what] = answer or ""
            # Translations were of the old words.
            form.get("translations", {}).pop(what, None)
            if what == "place":
                form.pop("map_url", None)


def _guess(form: EventForm) -> None:
    if "kind" not in form and (kind := rules.guess_kind(form.get("title", ""))):
        form["kind"] = kind


def _category(form: EventForm) -> str:
    category: str = form.get("category") or rules.guess_category(form["title"], form["kind"])
    return category


def _when(form: EventForm) -> When:
    starts_at, ends_at = dates.span(form["when"], _length(form))
    return When(starts_at, ends_at, near=True)


def _length(form: EventForm) -> timedelta:
    minutes = form.get("minutes")
    return timedelta(minutes=minutes) if minutes else publishing.USUAL_LENGTH


def draft_of(form: EventForm, place: Mapping[str, Any]) -> Draft:
    """The event of these answers, for one of the places that were offered."""
    starts_at, ends_at = dates.span(form["when"], _length(form))
    return Draft(
        station_id=place["station_id"],
        team_id=place["team_id"],
        title=form["title"],
        starts_at=starts_at,
        ends_at=ends_at,
        category=Category(_category(form)),
        kind=Kind(form["kind"]),
        place=form["place"],
        seats=form["seats"] or None,
        bring=form.get("bring", ""),
        about=form.get("about", ""),
        picture_id=form.get("picture"),
        map_url=form.get("map_url", ""),
        translations=form.get("translations", {}),
    )


def _name(place: Mapping[str, Any]) -> Sayable:
    return Translated.from_json(place["name"])


def _place_line(place: Mapping[str, Any]) -> Sayable:
    asks = say("asks first") if place["asks"] else None
    return lines(_name(place), asks, between=" · ")


# Answers in words


def _read_first(words: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
    """Everything the first message gives; a time that is unclear is asked for by itself."""
    form = understand(words, now, zone)
    if len(form.get("title", "")) > LONGEST_TITLE:
        return _too_long(LONGEST_TITLE)
    return orjson.dumps(form).decode()


def understand(words: str, now: datetime, zone: ZoneInfo) -> EventForm:
    time = reading.read(words, now, zone)
    form: EventForm = {}
    if isinstance(time, reading.FoundTime):
        form["when"] = dates.kept(time.starts, time.ends)
    parsed = rules.understand(time.rest)
    form |= {"title": parsed.title} if parsed.title else {}
    form |= {"place": parsed.place} if parsed.place else {}
    form |= {"seats": parsed.seats} if parsed.seats is not None else {}
    return form


def _title(words: str) -> str | Wrong:
    return words if len(words) <= LONGEST_TITLE else _too_long(LONGEST_TITLE)


def _place(words: str) -> str | Wrong:
    return words if len(words) <= LONGEST_PLACE else _too_long(LONGEST_PLACE)


def _text(words: str) -> str | Wrong:
    return words if len(words) <= LONGEST_TEXT else _too_long(LONGEST_TEXT)


def _too_long(most: int) -> Wrong:
    return Wrong(say("That's long; {n} characters at most.", n=most))


def _seats(words: str) -> str | Wrong:
    seats = rules.read_seats(words)
    return str(seats) if seats is not None else Wrong(say("Write a number like 20."))


def _no_picture(words: str) -> str | Wrong:
    return Wrong(NO_PICTURE)
