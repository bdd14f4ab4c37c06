"""What can be told of a new event: each field with its label, its question and its checks."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any
from zoneinfo import ZoneInfo

from bot.conversation.dialogs import NO_PICTURE, PICK_ONE, Check, Option, Question, Wrong
from bot.conversation.messages import Sayable, When, lines, say
from handlers import dates
from handlers.events import gates
from handlers.words import CATEGORIES, COMPANIONS, HANDING, KINDS, told_apart
from models.events import publishing
from models.events.events import Event
from models.rules.dates.pieces import Why
from models.rules.events import companions, handing
from models.rules.events import publishing as rules
from models.rules.events.companions import Along
from models.rules.events.details import DETAIL_TEXTS, DETAILS
from models.rules.languages import Translated

EventForm = dict[str, Any]
"""The answers so far as plain values, by the names in FIELDS and some more of a copied event.

A dialog keeps it between its questions. ``when`` is a span as ``dates.kept`` writes it, ``for`` the
host's index in ``start["places"]``, ``seats`` 0 without a limit, ``audience`` as its column has it.
"""

Start = Mapping[str, Any]
"""What the dialog was begun with: ``known`` answers, ``places``, and ``suggested`` times."""

LONGEST_TITLE, LONGEST_PLACE, LONGEST_REASON = 60, 80, 500

Asks = Callable[[str, Start, EventForm], Question]
Reads = Callable[[Any], EventForm]


class Stands(Enum):
    """Where a detail stands on the card; what people need is in reminders as well."""

    PLACE = auto()
    """Below the place."""

    NEEDED = auto()
    """A line of its own below the seats."""

    TERMS = auto()
    """Short, in one line with the others."""

    TEXT = auto()
    """At the end, in full."""


@dataclass(frozen=True, slots=True)
class EventField:
    """One thing about an event: its ``label`` among the changes, and how it is asked for.

    ``ask`` makes its question under a name. ``read`` makes the values to keep of the answer, which
    is None where the question was skipped. ``outdates`` names what no longer fits a new answer.
    ``calls`` are the words that change it at once: ``改标题 12``. A change that concerns those who
    come is asked for by an ``act`` of its own, which tells them. A detail ``stands`` on the card,
    as its ``line`` says it; without one as its label or its text is.
    """

    label: Sayable
    ask: Asks
    read: Reads
    calls: tuple[str, ...] = ()
    act: str = ""
    outdates: tuple[str, ...] = ()
    line: Callable[[Translated], Sayable] | None = None
    stands: Stands | None = None


ALL = "all"
"""Of several times every one: a course."""
GUESS = "guess "
MOST_OFFERED = 4
"""Places that are offered: more do not fit below a question."""

# The questions


def _ask_title(name: str, start: Start, form: EventForm) -> Question:
    ask, guesses = say("What's it called?"), _guesses(form, "title")
    return Question(name, ask, options=guesses, check=CHECKS["title"])


def _guesses(form: EventForm, what: str) -> tuple[Option, ...]:
    """What a pasted text may mean; the place among the guesses stands for words too long."""
    said = form.get(f"{what}s_said", ())
    return tuple(Option(f"{GUESS}{number}", words) for number, words in enumerate(said))


def guessed(form: EventForm, what: str, answer: Any) -> Any:
    """The guess that was chosen, or the answer as it is."""
    said = form.get(f"{what}s_said", ())
    names = {f"{GUESS}{number}": words for number, words in enumerate(said)}
    return names.get(answer, answer) if isinstance(answer, str) else answer


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
        suggested = (*suggested, Option(ALL, say("All, as a course")))
        ask = lines(say("There are several times in it. Which one?"), dates.EXAMPLE)
    elif why := form.get("unclear"):
        ask = lines(say("When?"), dates.UNCLEAR[Why(why)])
    return Question(name, ask, options=suggested, read=dates.read_again)


def _ask_place(name: str, start: Start, form: EventForm) -> Question:
    usual = start["places"][form.get("for", 0)]["address"]
    meet = form.get("meet", "")
    known = tuple(Option(each, each) for each in dict.fromkeys((meet, usual)) if each)
    options = (*_guesses(form, "place"), *known)[:MOST_OFFERED]
    # The time is repeated, so that a mistyped one is seen here.
    return Question(name, lines(_when(form), say("Where?")), options=options, check=CHECKS["place"])


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


# The details


def _text(name: str, ask: Sayable, skip: Sayable) -> tuple[Asks, Reads]:
    """How a detail is asked for that is free text, and how the answer is read."""

    def question(called: str, start: Start, form: EventForm) -> Question:
        return Question(called, ask, check=CHECKS[name], skip=skip, many_lines=name == "about")

    return question, _read_as(name)


def _choice(name: str, ask: Sayable, skip: Sayable) -> tuple[Asks, Reads]:
    """The same of a detail that is one of its labels; it may be said in words as well."""
    options = tuple(Option(str(value), label) for value, label in LABELS[name].items())

    def question(called: str, start: Start, form: EventForm) -> Question:
        return Question(called, ask, options=options, check=CHECKS[name], skip=skip)

    return question, _read_as(name)


ALONG: Mapping[Any, Sayable] = {
    each: say("Up to {n} with you, children take no seat", n=each.most)
    if each.children_free
    else say("Up to {n} with you", n=each.most)
    for each in Along
    if each.most
}
LABELS: Mapping[str, Mapping[Any, Sayable]] = {
    "companions": COMPANIONS,
    "along": ALONG,
    "handing": HANDING,
}
"""What the values of a detail are called, where it is no free text."""

SAY_NOTHING = say("Say nothing")

DETAIL_FIELDS = {
    "meet": EventField(
        say("Meeting point"),
        *_text(
            "meet",
            say("Where do people meet first, and when? Several stops are fine."),
            say("No meeting point"),
        ),
        calls=("改集合点", "改集合地点", "改集合", "edit meeting point"),
        act="meet",
        line=lambda said: say("Meet: {place}", place=said),
        stands=Stands.PLACE,
    ),
    "bring": EventField(
        say("What to bring"),
        *_text("bring", say("What shall people bring?"), say("Nothing")),
        calls=("改要带什么", "改要带", "edit bring"),
        line=lambda said: say("Bring: {things}", things=said),
        stands=Stands.NEEDED,
    ),
    "cost": EventField(
        say("Cost"),
        *_text(
            "cost",
            say("What does it cost? Like “free” or “20 yuan for the bus”."),
            SAY_NOTHING,
        ),
        calls=("改费用", "改价格", "edit cost"),
        line=lambda said: say("Cost: {cost}", cost=said),
        stands=Stands.TERMS,
    ),
    "companions": EventField(
        say("Whom to bring"),
        *_choice("companions", say("Whom may people bring?"), SAY_NOTHING),
        calls=("改同行", "改带人", "edit companions"),
        stands=Stands.TERMS,
    ),
    "along": EventField(
        say("How many along"),
        *_choice("along", say("How many may sign up with one person?"), say("Nobody")),
        calls=("改带几人", "改人数", "edit how many along"),
        stands=Stands.TERMS,
    ),
    "handing": EventField(
        say("Handing over"),
        *_choice(
            "handing",
            say("To whom may people hand their seats over?"),
            say("Same share only"),
        ),
        calls=("改转让", "edit handing over"),
        stands=Stands.TERMS,
    ),
    "contact": EventField(
        say("Contact"),
        *_text(
            "contact",
            say("Who can be asked about it? A name, or a number that everybody may see."),
            SAY_NOTHING,
        ),
        calls=("改联系人", "改联系", "edit contact"),
        line=lambda said: say("Contact: {person}", person=said),
        stands=Stands.TERMS,
    ),
    "about": EventField(
        say("About it"),
        *_text("about", say("A sentence or two about it."), say("Nothing")),
        calls=("改活动介绍", "改介绍", "edit about"),
        outdates=("about_said",),
        stands=Stands.TEXT,
    ),
}
"""The words of each detail of ``models.rules.events.details``."""

FIELDS = {
    "title": EventField(
        *(say("Title"), _ask_title, _read_as("title")),
        calls=("改标题", "改名称", "改活动名", "edit title"),
        outdates=("titles_said",),
    ),
    "when": EventField(
        *(say("Time"), _ask_when, dates.put_when),
        calls=("改时间", "edit time"),
        act="time",
        outdates=("choices", "unclear"),
    ),
    "place": EventField(
        *(say("Place"), _ask_place, _read_as("place")),
        calls=("改地点", "改地方", "edit place"),
        act="place",
        outdates=("map_url", "places_said"),
    ),
    "seats": EventField(
        *(say("Seats"), _ask_seats, lambda answer: {"seats": int(answer or 0)}),
        calls=("改名额", "edit seats"),
        act="seats",
    ),
    "closes": EventField(
        *(say("Closing time"), _ask_closes, _read_as("closes")),
        calls=("改报名截止", "改截止时间", "edit closing time"),
        act="open",
        outdates=("closes_before",),
    ),
    "gates": EventField(
        *(say("Who may sign up"), gates.ask, gates.read),
        calls=("改报名条件", "edit conditions"),
        act="gates",
        outdates=("opens_before",),
    ),
    "kind": EventField(*(say("Kind"), _ask_kind, _read_as("kind")), calls=("改形式", "edit kind")),
    "category": EventField(
        *(say("Category"), _ask_category, _read_as("category")), calls=("改类别", "edit category")
    ),
    **DETAIL_FIELDS,
    "picture": EventField(
        *(say("Picture"), _ask_picture, _read_picture), calls=("改图片", "edit picture")
    ),
    "for": EventField(
        *(say("Host"), _ask_for, lambda answer: {"for": int(answer)}), calls=("改主办", "edit host")
    ),
}
"""Every field in the order of the lists; for whom an event is has a dialog of its own."""


def told(event: Event, name: str) -> Sayable | None:
    """A detail as a line says it; None where the event does not tell it."""
    field = DETAIL_FIELDS[name]
    if name in LABELS:
        return LABELS[name].get(getattr(event, name))
    said = event.text_of(name)
    if not said:
        return None
    return field.line(said) if field.line is not None else said


FOR_SIGN_UP = ("along", "handing")
"""The details that say what can be done with a seat as long as the event is to come."""


def standing(event: Event, *where: Stands, without: Collection[str] = ()) -> list[Sayable]:
    """What the event tells of the details that stand there, in their order."""
    lines_of = (
        told(event, name)
        for name, each in DETAIL_FIELDS.items()
        if each.stands in where and name not in without
    )
    return [each for each in lines_of if each is not None]


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


def _at_most(most: int) -> Check:
    return lambda words: words if len(words) <= most else too_long(most)


def _one_of(read: Callable[[str], Any]) -> Check:
    """The check of a detail that is one of its labels: ``read`` finds it in words."""

    def check(words: str) -> str | Wrong:
        found = read(words)
        return str(found) if found is not None else Wrong(PICK_ONE)

    return check


CHECKS: dict[str, Check] = {
    "title": _at_most(LONGEST_TITLE),
    "place": _at_most(LONGEST_PLACE),
    **{name: _at_most(DETAILS[name].most) for name in DETAIL_TEXTS},
    "companions": _one_of(companions.read),
    "along": _one_of(companions.read_along),
    "handing": _one_of(handing.read),
}
"""What is taken as one of an event's texts, also in a further language."""


def too_long(most: int) -> Wrong:
    return Wrong(say("That's long; {n} characters at most.", n=most))


def _seats(words: str) -> str | Wrong:
    seats = rules.read_seats(words)
    return str(seats) if seats is not None else Wrong(say("Write a number like 20."))


def _no_picture(words: str) -> str | Wrong:
    return Wrong(NO_PICTURE)
