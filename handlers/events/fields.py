"""What can be told of a new event: each field with its label, its question and its checks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.conversation.dialogs import NO_PICTURE, PICK_ONE, Check, Option, Question, Wrong
from bot.conversation.messages import Sayable, When, lines, say
from handlers import dates
from handlers.words import CATEGORIES, COMPANIONS, KINDS, told_apart
from models.events import publishing
from models.rules.dates.pieces import Why
from models.rules.events import companions
from models.rules.events import publishing as rules
from models.rules.languages import Translated

EventForm = dict[str, Any]
"""The answers so far as plain values, by the names in FIELDS and some more of a copied event.

A dialog keeps it between its questions. ``when`` is a span as ``dates.kept`` writes it, ``for`` the
host's index in ``start["places"]``, ``seats`` 0 without a limit, ``audience`` as its column has it.
"""

Start = Mapping[str, Any]
"""What the dialog was begun with: ``known`` answers, ``places``, and ``suggested`` times."""

LONGEST_TITLE, LONGEST_PLACE, LONGEST_TEXT = 60, 80, 500
LONGEST_FACT = 60
"""Of cost and contact: they stand in one line of the card."""


@dataclass(frozen=True, slots=True)
class EventField:
    """One thing about an event: its ``label`` among the changes, and how it is asked for.

    ``ask`` makes its question under a name. ``read`` makes the values to keep of the answer, which
    is None where the question was skipped. ``outdates`` names what no longer fits a new answer.
    """

    label: Sayable
    ask: Callable[[str, Start, EventForm], Question]
    read: Callable[[Any], EventForm]
    outdates: tuple[str, ...] = ()


# The questions


def _ask_title(name: str, start: Start, form: EventForm) -> Question:
    return Question(name, say("What's it called?"), check=_title)


def _ask_when(name: str, start: Start, form: EventForm) -> Question:
    choices = form.get("choices", ())
    # A start with its end is too long for a button: the place among the choices stands for it.
    values = [*map(str, range(len(choices))), *start["suggested"]]
    times = [dates.span(each, length(form))[0] for each in (*choices, *start["suggested"])]
    suggested = tuple(
        Option(value, When(at, near=True)) for value, at in zip(values, times, strict=True)
    )
    ask: Sayable = lines(say("When?"), dates.EXAMPLE)
    if choices:
        ask = lines(say("There are several times in it. Which one?"), dates.EXAMPLE)
    elif why := form.get("unclear"):
        ask = lines(say("When?"), dates.UNCLEAR[Why(why)])
    return Question(name, ask, options=suggested, read=dates.read)


def _ask_place(name: str, start: Start, form: EventForm) -> Question:
    usual = start["places"][form.get("for", 0)]["address"]
    meet = form.get("meet", "")
    options = tuple(Option(each, each) for each in dict.fromkeys((meet, usual)) if each)
    # The time is repeated, so that a mistyped one is seen here.
    return Question(name, lines(_when(form), say("Where?")), options=options, check=_place)


def _ask_seats(name: str, start: Start, form: EventForm) -> Question:
    ask = say("How many seats? Write a number.")
    quota, counted = form.get("quota", ""), form.get("seats_said", 0)
    if not quota:
        return Question(name, ask, check=_seats, skip=say("No limit"))
    # Who gets which seats is not kept by the station: it is said, and the number asked.
    said = say(
        "It says “{quota}”. I count seats in all; the shares are yours to see to.", quota=quota
    )
    options = (Option(str(counted), str(counted)),) if counted else ()
    return Question(name, lines(said, ask), options=options, check=_seats, skip=say("No limit"))


def _ask_kind(name: str, start: Start, form: EventForm) -> Question:
    kinds = tuple(Option(str(kind), label) for kind, label in KINDS.items())
    return Question(name, say("What kind is it?"), options=kinds)


def _ask_category(name: str, start: Start, form: EventForm) -> Question:
    categories = tuple(Option(str(each), label) for each, label in CATEGORIES.items())
    return Question(name, say("Which category?"), options=categories)


def _ask_bring(name: str, start: Start, form: EventForm) -> Question:
    return Question(name, say("What shall people bring?"), check=_text, skip=say("Nothing"))


def _ask_cost(name: str, start: Start, form: EventForm) -> Question:
    ask = say("What does it cost? Like “free” or “20 yuan for the bus”.")
    return Question(name, ask, check=_fact, skip=say("Say nothing"))


def _ask_meet(name: str, start: Start, form: EventForm) -> Question:
    ask = say("Where do people meet first, and when? Several stops are fine.")
    return Question(name, ask, check=_place, skip=say("No meeting point"))


def _ask_contact(name: str, start: Start, form: EventForm) -> Question:
    ask = say("Who can be asked about it? A name, or a number that everybody may see.")
    return Question(name, ask, check=_fact, skip=say("Say nothing"))


def _ask_companions(name: str, start: Start, form: EventForm) -> Question:
    people = tuple(Option(str(each), label) for each, label in COMPANIONS.items())
    ask = say("Whom may people bring?")
    return Question(name, ask, options=people, check=_companions, skip=say("Say nothing"))


def _ask_about(name: str, start: Start, form: EventForm) -> Question:
    return Question(
        name, say("A sentence or two about it."), check=_text, skip=say("Nothing"), many_lines=True
    )


def _ask_picture(name: str, start: Start, form: EventForm) -> Question:
    return Question(
        name,
        say("Send a picture, as you send one to anybody."),
        check=_no_picture,
        skip=say("No picture"),
        pictures=True,
    )


def _ask_for(name: str, start: Start, form: EventForm) -> Question:
    hosts = start["places"]
    # A draft that was begun before 0.3.0 knows only the names.
    where = [Translated.from_json(each.get("of", each["name"])) for each in hosts]
    names = told_apart([(name_of(each), of) for each, of in zip(hosts, where, strict=True)])
    places = tuple(
        Option(str(number), _place_line(place, label))
        for number, (place, label) in enumerate(zip(hosts, names, strict=True))
    )
    return Question(name, say("Who holds it?"), options=places)


def _ask_closes(name: str, start: Start, form: EventForm) -> Question:
    ask = say("Until when can people sign up?")
    return Question(name, ask, read=_closing, skip=say("Until it begins"))


def _closing(words: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
    found = dates.read(words, now, zone)
    return found if isinstance(found, Wrong) else found.partition("/")[0]


def _read_as(name: str) -> Callable[[Any], EventForm]:
    return lambda answer: {name: answer or ""}


def _read_picture(answer: Any) -> EventForm:
    return {
        "picture": answer["picture"] if answer else None,
        "picture_name": answer["name"] if answer else "",
    }


FIELDS = {
    "title": EventField(say("Title"), _ask_title, _read_as("title")),
    "when": EventField(say("Time"), _ask_when, _read_as("when"), ("choices", "unclear")),
    "place": EventField(say("Place"), _ask_place, _read_as("place"), ("map_url",)),
    "seats": EventField(say("Seats"), _ask_seats, lambda answer: {"seats": int(answer or 0)}),
    "closes": EventField(say("Closing time"), _ask_closes, _read_as("closes")),
    "kind": EventField(say("Kind"), _ask_kind, _read_as("kind")),
    "category": EventField(say("Category"), _ask_category, _read_as("category")),
    "meet": EventField(say("Meeting point"), _ask_meet, _read_as("meet")),
    "bring": EventField(say("What to bring"), _ask_bring, _read_as("bring")),
    "cost": EventField(say("Cost"), _ask_cost, _read_as("cost")),
    "companions": EventField(say("Whom to bring"), _ask_companions, _read_as("companions")),
    "contact": EventField(say("Contact"), _ask_contact, _read_as("contact")),
    "about": EventField(say("About it"), _ask_about, _read_as("about"), ("about_said",)),
    "picture": EventField(say("Picture"), _ask_picture, _read_picture),
    "for": EventField(say("Host"), _ask_for, lambda answer: {"for": int(answer)}),
}
# What the questions say of the answers before


def _when(form: EventForm) -> When:
    starts_at, ends_at = dates.span(form["when"], length(form))
    return When(starts_at, ends_at, near=True)


def length(form: EventForm) -> timedelta:
    minutes = form.get("minutes")
    return timedelta(minutes=minutes) if minutes else publishing.USUAL_LENGTH


def name_of(place: Mapping[str, Any]) -> Translated:
    return Translated.from_json(place["name"])


def _place_line(place: Mapping[str, Any], name: Sayable) -> Sayable:
    asks = say("asks first") if place["asks"] else None
    return lines(name, asks, between=" · ")


# Checks of answers in words


def _title(words: str) -> str | Wrong:
    return words if len(words) <= LONGEST_TITLE else too_long(LONGEST_TITLE)


def _place(words: str) -> str | Wrong:
    return words if len(words) <= LONGEST_PLACE else too_long(LONGEST_PLACE)


def _text(words: str) -> str | Wrong:
    return words if len(words) <= LONGEST_TEXT else too_long(LONGEST_TEXT)


def _fact(words: str) -> str | Wrong:
    return words if len(words) <= LONGEST_FACT else too_long(LONGEST_FACT)


def _companions(words: str) -> str | Wrong:
    found = companions.read(words)
    return str(found) if found is not None else Wrong(PICK_ONE)


CHECKS: dict[str, Check] = {
    "title": _title,
    "place": _place,
    "meet": _place,
    "bring": _text,
    "cost": _fact,
    "contact": _fact,
    "about": _text,
}
"""What is taken as one of an event's texts, also in a further language."""


def too_long(most: int) -> Wrong:
    return Wrong(say("That's long; {n} characters at most.", n=most))


def _seats(words: str) -> str | Wrong:
    seats = rules.read_seats(words)
    return str(seats) if seats is not None else Wrong(say("Write a number like 20."))


def _no_picture(words: str) -> str | Wrong:
    return Wrong(NO_PICTURE)
