"""The questions about a new event, and the event that their answers make."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from bot.conversation.chat import Chat
from bot.conversation.dialogs import NO_PICTURE, Check, Option, Question, State, Wrong
from bot.conversation.messages import Sayable, When, lines, say
from bot.conversation.routing import Router
from handlers import dates
from handlers.events import audiences
from handlers.words import CATEGORIES, KINDS, event_card, told_apart
from models.events import publishing
from models.events.events import Category, Kind
from models.events.publishing import Draft
from models.rules.dates import reading
from models.rules.events import audience as rules_of_audience
from models.rules.events import pasted
from models.rules.events import publishing as rules
from models.rules.languages import Translated
from models.rules.texts import one_line

router = Router()

EventForm = dict[str, Any]
"""The answers so far as plain values, by the names in FIELDS and some more of a copied event.

A dialog keeps it between its questions. ``when`` is a span as ``dates.kept`` writes it, ``for`` the
host's index in ``start["places"]``, ``seats`` 0 without a limit, ``audience`` as its column has it.
"""

Start = Mapping[str, Any]
"""What the dialog was begun with: ``known`` answers, ``places``, and ``suggested`` times."""

LONGEST_TITLE, LONGEST_PLACE, LONGEST_TEXT = 60, 80, 500


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


def _has_told(chat: Chat, state: State) -> bool:
    """Whether anything was told about the event; host and kind may be guesses."""
    return bool(state.answers) or not state.start["known"].keys() <= {"for", "kind"}


@router.dialog("new-event", draft=say("Go on with the event"), worth=_has_told)
def new_event(start: Start) -> Generator[Question, Any, Any]:
    """Ask for what is missing, show a preview, and change it until it is right."""
    form: EventForm = dict(start["known"])
    if not form.get("title"):
        first = yield Question("title", start_with(), read=_read_first, many_lines=True)
        form |= orjson.loads(first)
    if not form.get("title"):
        form["title"] = yield FIELDS["title"].ask("title-alone", start, form)
    for what in REQUIRED:
        if what not in form:
            _put(form, what, (yield FIELDS[what].ask(what, start, form)))
            # A kind that the title names is not asked for.
            _guess(form)
    turn = 0
    while True:
        decision = yield _preview(start, form, turn)
        if decision != "change":
            place = start["places"][form["for"]]
            if decision == "own":
                form["audience"] = audiences.own_people(place)
            return {**form, "place_for": place} if decision != "drop" else None
        what = yield Question(
            f"what-{turn}",
            say("What shall be different?"),
            options=(
                *(
                    Option(name, field.label)
                    for name, field in FIELDS.items()
                    if name != "for" or len(start["places"]) > 1
                ),
                Option("audience", say("For whom")),
            ),
        )
        if what == "audience":
            host, now = start["places"][form["for"]], form.get("audience", "")
            form["audience"] = yield from audiences.choose(f"audience-{turn}", host, now)
        else:
            _put(form, what, (yield FIELDS[what].ask(f"{what}-{turn}", start, form)))
        turn += 1


def start_with() -> Sayable:
    return lines(
        say("What's it called?"),
        say("One message may hold more: “Badminton Sat 3pm at Guicheng hall, 20 people”."),
    )


def _ask_title(name: str, start: Start, form: EventForm) -> Question:
    return Question(name, say("What's it called?"), check=_title)


def _ask_when(name: str, start: Start, form: EventForm) -> Question:
    suggested = tuple(
        Option(each, When(dates.span(each, _length(form))[0], near=True))
        for each in start["suggested"]
    )
    return Question(name, lines(say("When?"), dates.EXAMPLE), options=suggested, read=dates.read)


def _ask_place(name: str, start: Start, form: EventForm) -> Question:
    usual = start["places"][form.get("for", 0)]["address"]
    options = (Option(usual, usual),) if usual else ()
    # The time is repeated, so that a mistyped one is seen here.
    return Question(name, lines(_when(form), say("Where?")), options=options, check=_place)


def _ask_seats(name: str, start: Start, form: EventForm) -> Question:
    ask = say("How many seats? Write a number.")
    return Question(name, ask, check=_seats, skip=say("No limit"))


def _ask_kind(name: str, start: Start, form: EventForm) -> Question:
    kinds = tuple(Option(str(kind), label) for kind, label in KINDS.items())
    return Question(name, say("What kind is it?"), options=kinds)


def _ask_category(name: str, start: Start, form: EventForm) -> Question:
    categories = tuple(Option(str(each), label) for each, label in CATEGORIES.items())
    return Question(name, say("Which category?"), options=categories)


def _ask_bring(name: str, start: Start, form: EventForm) -> Question:
    return Question(name, say("What shall people bring?"), check=_text, skip=say("Nothing"))


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
    names = told_apart([(_name(each), of) for each, of in zip(hosts, where, strict=True)])
    places = tuple(
        Option(str(number), _place_line(place, label))
        for number, (place, label) in enumerate(zip(hosts, names, strict=True))
    )
    return Question(name, say("Who holds it?"), options=places)


def _read_as(name: str) -> Callable[[Any], EventForm]:
    return lambda answer: {name: answer or ""}


def _read_picture(answer: Any) -> EventForm:
    return {
        "picture": answer["picture"] if answer else None,
        "picture_name": answer["name"] if answer else "",
    }


FIELDS = {
    "title": EventField(say("Title"), _ask_title, _read_as("title")),
    "when": EventField(say("Time"), _ask_when, _read_as("when")),
    "place": EventField(say("Place"), _ask_place, _read_as("place"), ("map_url",)),
    "seats": EventField(say("Seats"), _ask_seats, lambda answer: {"seats": int(answer or 0)}),
    "kind": EventField(say("Kind"), _ask_kind, _read_as("kind")),
    "category": EventField(say("Category"), _ask_category, _read_as("category")),
    "bring": EventField(say("What to bring"), _ask_bring, _read_as("bring")),
    "about": EventField(say("About it"), _ask_about, _read_as("about")),
    "picture": EventField(say("Picture"), _ask_picture, _read_picture),
    "for": EventField(say("Host"), _ask_for, lambda answer: {"for": int(answer)}),
}
REQUIRED = ("for", "when", "place", "seats", "kind")
"""What is asked for before the first preview, besides the title."""


def _preview(start: Start, form: EventForm, turn: int) -> Question:
    """Show the event; a contact point is asked each time whether it is for its own people only."""
    place = start["places"][form["for"]]
    asks = say("{place}'s organizers are asked first.", place=_name(place))
    may_be_own = place.get("has_own_people", False) and "audience" not in form

    def text(chat: Chat) -> Sayable:
        audience = rules_of_audience.from_column(form.get("audience", ""))
        whom = audiences.described(chat.session, audience)
        return lines(
            say("This is what members will see:"),
            event_card(publishing.event_of(draft_of(form, place)), _name(place), None),
            lines(KINDS[Kind(form["kind"])], CATEGORIES[Category(_category(form))], between=" · "),
            say("Host: {place}", place=_name(place)),
            say("For: {audience}, or only {place}?", audience=whom, place=_name(place))
            if may_be_own
            else say("For: {audience}", audience=whom),
            asks if place["asks"] else None,
        )

    return Question(
        f"preview-{turn}",
        text,
        options=(
            Option("publish", say("Publish")),
            *((Option("own", say("Only our people")),) if may_be_own else ()),
            Option("change", say("Change")),
            Option("drop", say("Don't")),
        ),
        shows=form.get("picture_name", ""),
    )


def _put(form: EventForm, what: str, answer: Any) -> None:
    form |= FIELDS[what].read(answer)
    # Translations were of the old words.
    form.get("translations", {}).pop(what, None)
    for name in FIELDS[what].outdates:
        form.pop(name, None)


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
        audience=form.get("audience", ""),
    )


def _name(place: Mapping[str, Any]) -> Translated:
    return Translated.from_json(place["name"])


def _place_line(place: Mapping[str, Any], name: Sayable) -> Sayable:
    asks = say("asks first") if place["asks"] else None
    return lines(name, asks, between=" · ")


# Answers in words


def _read_first(words: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
    """The title as it stands; or all that a message with a whole time, or with labels, gives."""
    if pasted.read(words) is not None:
        return orjson.dumps(understand(words, now, zone)).decode()
    words = one_line(words)
    time = reading.read(words, now, zone)
    is_whole = isinstance(time, reading.FoundTime) and time.dated
    names_something = bool(time.rest)
    form = {"title": words} if names_something and not is_whole else understand(words, now, zone)
    if len(form.get("title", "")) > LONGEST_TITLE:
        return _too_long(LONGEST_TITLE)
    return orjson.dumps(form).decode()


def understand(words: str, now: datetime, zone: ZoneInfo) -> EventForm:
    labelled = pasted.read(words)
    return _by_labels(labelled, now, zone) if labelled is not None else _in_a_row(words, now, zone)


def _by_labels(labelled: pasted.Labelled, now: datetime, zone: ZoneInfo) -> EventForm:
    """What stands behind the labels of a pasted announcement; what cannot be read is asked."""
    time = reading.read(labelled.time, now, zone)
    form: EventForm = {}
    if isinstance(time, reading.FoundTime):
        form["when"] = dates.kept(time.starts, time.ends)
    seats = rules.read_seats(str(labelled.seats)) if labelled.seats else None
    form |= {"title": labelled.title} if labelled.title else {}
    form |= {"place": labelled.place} if labelled.place else {}
    form |= {"bring": labelled.bring} if labelled.bring else {}
    form |= {"seats": seats} if seats is not None else {}
    return form


def _in_a_row(words: str, now: datetime, zone: ZoneInfo) -> EventForm:
    time = reading.read(words, now, zone)
    form: EventForm = {}
    if isinstance(time, reading.FoundTime):
        form["when"] = dates.kept(time.starts, time.ends)
    parsed = rules.understand(rules.words_beside(words, time, now, zone))
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


CHECKS: dict[str, Check] = {"title": _title, "place": _place, "bring": _text, "about": _text}
"""What is taken as one of an event's texts, also in a further language."""


def _too_long(most: int) -> Wrong:
    return Wrong(say("That's long; {n} characters at most.", n=most))


def _seats(words: str) -> str | Wrong:
    seats = rules.read_seats(words)
    return str(seats) if seats is not None else Wrong(say("Write a number like 20."))


def _no_picture(words: str) -> str | Wrong:
    return Wrong(NO_PICTURE)
