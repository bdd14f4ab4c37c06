"""The form of an event: what stands in its fields, and what was typed read as values.

What cannot be taken raises NotTaken with why, in the words of the chat, and at which field.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.conversation import dialogs
from bot.conversation.messages import Sayable, When, lines, say
from console.desk import Desk
from console.routing import Asked, NotTaken
from handlers import dates
from handlers.events import audiences
from handlers.events.fields import CHECKS, FIELDS, LABELS
from handlers.words import CATEGORIES, KINDS, places_and_teams
from models.events.events import TEXTS, Category, Event, Kind
from models.network.stations import Station
from models.rules.events import audience as rules_of_audience
from models.rules.events import gate_words, undated
from models.rules.events import gates as rules_of_gates
from models.rules.events import publishing as rules
from models.rules.events.details import DETAILS
from models.rules.events.gates import LONGEST_DONE, OLDEST, YOUNGEST, Gates
from models.rules.languages import LANGUAGES, LanguageName, Translated
from models.rules.network.audience import Audience
from models.rules.texts import is_link
from models.store import Moment

LONGEST_URL = 300
TYPED = "%Y-%m-%dT%H:%M"
"""How browsers send a time of day on a day, which is the station's."""

BETWEEN = re.compile("[,，、;；]")
COMES: Sequence[tuple[str, Sayable]] = (
    ("", say("As the station has it")),
    ("yes", say("No-shows stay out")),
    ("no", say("No-shows may come")),
)
EMPTY: Mapping[str, Sayable] = {
    "companions": say("Say nothing"),
    "along": say("Nobody"),
    "handing": say("Same share only"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a form tells of an event, but for its times; ``seats`` None sets no limit."""

    texts: Mapping[str, Translated]
    details: Mapping[str, Any]
    map_url: str
    kind: Kind
    category: Category
    seats: int | None
    gates: Gates
    audience: str


# What stands in the fields


def values_of(desk: Desk, event: Event) -> dict[str, str]:
    """The fields of an event as a browser shows them, by name."""
    kept = {name: getattr(event, name) for name in TEXTS}
    for name in TEXTS:
        for code, words in event.text_of(name).translations.items():
            kept[f"{name}-{code}"] = words
    gates = rules_of_gates.from_column(event.gates)
    number = gates.done_number
    names = places_and_teams(desk.session, event.aim)
    return kept | {
        **{name: str(getattr(event, name)) for name in LABELS},
        "map_url": event.map_url,
        "kind": str(event.kind),
        "category": str(event.category),
        "seats": "" if event.seats is None else str(event.seats),
        "closes": typed(desk, event.closes_at),
        "opens": typed(desk, event.opens_at) if event.opens_at is not None else "",
        "age_from": _shown(gates.age_from),
        "age_to": _shown(gates.age_to),
        "done": str(number) if number is not None else gates.done,
        "comes": "" if gates.comes is None else "yes" if gates.comes else "no",
        "approval": "1" if gates.approval else "",
        "audience": "\n".join(desk.in_words(each) for each in names),
        "host": host_key(event.station_id, event.team_id),
    }


def _shown(number: int | None) -> str:
    return "" if number is None else str(number)


def typed(desk: Desk, at: Moment) -> str:
    """A moment as a browser's field has it; empty where the date is to come."""
    return "" if undated.is_to_come(at) else at.astimezone(desk.care.zone).strftime(TYPED)


def host_key(station_id: int, team_id: int | None) -> str:
    return f"{station_id}-{team_id or 0}"


def fields(desk: Desk, values: Mapping[str, str]) -> dict[str, Any]:
    """What the template of the form needs besides the values."""
    others = [code for code in LANGUAGES if code != desk.house.home]
    return {
        "values": values,
        "value": lambda name: values.get(name, ""),
        "texts": [
            (name, FIELDS[name].label, _most(name), [(code, f"{name}-{code}") for code in others])
            for name in TEXTS
        ],
        "language": LanguageName,
        "kinds": list(KINDS.items()),
        "categories": list(CATEGORIES.items()),
        "labels": {
            name: (FIELDS[name].label, [("", EMPTY[name]), *_but_empty(said)])
            for name, said in LABELS.items()
        },
        "comes": COMES,
    }


def _but_empty(said: Mapping[Any, Sayable]) -> list[tuple[str, Sayable]]:
    return [(str(value), label) for value, label in said.items() if str(value)]


def _most(name: str) -> int:
    """The most characters of a text in any language."""
    if name not in DETAILS:
        return 160
    return max(DETAILS[name].most, DETAILS[name].most_translated)


# What was typed


def read(desk: Desk, asked: Asked, host: Station, was: Event | None = None) -> Told:
    """Raises NotTaken at the first field that cannot be taken."""
    texts = {name: _text(asked, name) for name in TEXTS}
    if not texts["title"].text:
        raise NotTaken(say("What's it called?"), "title")
    return Told(
        texts=texts,
        details={name: DETAILS[name].value(_one_of(asked, name, LABELS[name])) for name in LABELS},
        map_url=_url(asked),
        kind=Kind(_one_of(asked, "kind", KINDS)),
        category=Category(_one_of(asked, "category", CATEGORIES)),
        seats=_seats(asked),
        gates=_gates(asked, rules_of_gates.from_column(was.gates if was is not None else "")),
        audience=audience(desk, asked, host),
    )


def _text(asked: Asked, name: str) -> Translated:
    others = {code: _checked(asked, name, f"{name}-{code}") for code in LANGUAGES}
    said = {code: words for code, words in others.items() if words}
    return Translated(_checked(asked, name, name), said)


def _checked(asked: Asked, name: str, field: str) -> str:
    words = asked.word(field)
    if name != "about":
        words = " ".join(words.split())
    if not words:
        return ""
    checked = CHECKS[name](words)
    if isinstance(checked, dialogs.Wrong):
        raise NotTaken(checked.why, field)
    return checked


def _one_of(asked: Asked, name: str, known: Mapping[Any, Any]) -> str:
    said = asked.word(name)
    if said in {str(each) for each in known} or (name in DETAILS and not said):
        return said
    raise NotTaken(say("Pick one of these."), name)


def _url(asked: Asked) -> str:
    said = asked.word("map_url")
    if said and not is_link(said):
        raise NotTaken(say("A link begins with https:// and has no spaces."), "map_url")
    if len(said) > LONGEST_URL:
        raise NotTaken(say("That's long; {n} characters at most.", n=LONGEST_URL), "map_url")
    return said


def _seats(asked: Asked) -> int | None:
    said = asked.word("seats")
    if not said:
        return None
    number = rules.read_seats(said)
    if number is None:
        raise NotTaken(say("Write a number like 20."), "seats")
    return number or None


def _gates(asked: Asked, was: Gates) -> Gates:
    first, last = _age(asked, "age_from"), _age(asked, "age_to")
    if first is not None and last is not None and first > last:
        raise NotTaken(say("The oldest is younger than the youngest."), "age_to")
    said = asked.word("done")
    if len(said) > LONGEST_DONE:
        raise NotTaken(say("That's long; {n} characters at most.", n=LONGEST_DONE), "done")
    done = gate_words.done_of(said) if said else ""
    if was.done_number is not None and done == f"#{was.done_number}":
        done = was.done
    comes = asked.word("comes")
    return Gates(
        first,
        last,
        done,
        None if comes not in ("yes", "no") else comes == "yes",
        asked.is_on("approval"),
    )


def _age(asked: Asked, name: str) -> int | None:
    said = asked.word(name)
    if not said:
        return None
    if not (said.isdecimal() and len(said) < 4 and YOUNGEST <= int(said) <= OLDEST):
        raise NotTaken(say("An age is a number like 18."), name)
    return int(said)


def audience(desk: Desk, asked: Asked, host: Station) -> str:
    """Whom it is for, by the names of places, companies and teams, one a line."""
    found = Audience()
    where = {"station_id": host.id, "team_id": None}
    for line in asked.word("audience").splitlines():
        whole = audiences.part_called(desk.session, where, line.strip())
        names = [line.strip()] if whole else filter(None, map(str.strip, BETWEEN.split(line)))
        for name in names:
            part = audiences.part_called(desk.session, where, name)
            if part is None:
                why = say("“{words}” is no place, company or team here.", words=name)
                raise NotTaken(why, "audience")
            if not found.has(*part):
                found = found.toggled(*part)
    return rules_of_audience.to_column(found)


FIRST = datetime(1970, 1, 1, tzinfo=UTC)
"""The earliest moment that a form takes."""


def moment(desk: Desk, asked: Asked, name: str) -> Moment | None:
    """A time as a browser sends it, or in the chat's words; None where the field is empty."""
    said = asked.word(name)
    if not said:
        return None
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        found = dates.read(said, desk.now, desk.care.zone)
        if isinstance(found, dialogs.Wrong):
            raise NotTaken(found.why, name) from None
        return dates.span(found, timedelta())[0]
    local = at if at.tzinfo is not None else at.replace(tzinfo=desk.care.zone)
    # At the ends of what a calendar holds it would be no moment in another zone.
    if local >= undated.BEGINS:
        raise NotTaken(say("That's too far ahead."), name)
    if local < FIRST:
        raise NotTaken(say("That moment has passed meanwhile."), name)
    return local.astimezone(desk.now.tzinfo)


def span(desk: Desk, asked: Asked) -> tuple[Moment, Moment]:
    """When it begins and ends, both still to come."""
    starts_at, ends_at = moment(desk, asked, "starts"), moment(desk, asked, "ends")
    if starts_at is None:
        raise NotTaken(lines(say("When?"), dates.EXAMPLE), "starts")
    if starts_at <= desk.now:
        raise NotTaken(say("That moment has passed meanwhile."), "starts")
    if ends_at is None:
        raise NotTaken(say("When does it end?"), "ends")
    if ends_at <= starts_at:
        raise NotTaken(say("It ends before it begins."), "ends")
    return starts_at, ends_at


def closing(desk: Desk, asked: Asked, starts_at: Moment) -> Moment:
    """When sign-up closes: with the start where nothing is said."""
    closes_at = moment(desk, asked, "closes") or starts_at
    if closes_at > starts_at:
        begins = When(starts_at)
        why = say("It begins at {when}; sign-up can't last longer.", when=begins)
        raise NotTaken(why, "closes")
    if closes_at <= desk.now:
        raise NotTaken(say("That moment has passed meanwhile."), "closes")
    return closes_at


def opening(desk: Desk, asked: Asked, closes_at: Moment) -> Moment | None:
    """When sign-up opens; None: at once."""
    opens_at = moment(desk, asked, "opens")
    if opens_at is not None and opens_at >= closes_at:
        raise NotTaken(say("That's after sign-up closes."), "opens")
    return opens_at if opens_at is not None and opens_at > desk.now else None
