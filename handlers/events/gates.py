"""The conditions of an event in words, as its card, its page and its organizers read them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import Lines, Sayable, lines, say
from handlers.words import DOT, opens_later
from models.events.events import Event
from models.rules.events import gate_words
from models.rules.events import gates as rules
from models.rules.events.gates import Gates

REFUSALS: dict[str, Sayable] = {
    "full": say("There are too few seats this time"),
    "others": say("It's meant for others this time"),
    "next": say("You're welcome at the next one"),
}
"""The ready-made reasons of a refusal, by what a claim keeps of them."""


def not_this_time(reason: str) -> Sayable:
    """That somebody was refused, and why where it was said."""
    if not reason:
        return say("❌ The organizers can't take you this time.")
    why = REFUSALS.get(reason, reason)
    return say("❌ The organizers can't take you this time: {reason}", reason=why)


def in_words(event: Event, now: datetime | None, *, near: bool = True) -> list[Sayable]:
    """The conditions of an event, each in a few words; ``now`` None: of a draft."""
    said = rules.from_column(event.gates)
    opens = opens_later(event, now, near=near)
    return [
        *((opens,) if opens is not None else ()),
        *((ages(said),) if said.has_age else ()),
        *((say("only after {course}", course=said.done_title),) if said.done else ()),
        *((say("not after missing 2 events in 90 days"),) if said.comes else ()),
        *((say("missed events don't matter"),) if said.comes is False else ()),
        *((say("the organizers answer each sign-up"),) if said.approval else ()),
    ]


def ages(said: Gates) -> Sayable:
    if said.age_to is None:
        return say("from age {first}", first=said.age_from)
    if said.age_from is None:
        return say("up to age {last}", last=said.age_to)
    return say("ages {first} to {last}", first=said.age_from, last=said.age_to)


def line(event: Event, now: datetime | None, *, near: bool = True) -> Lines | None:
    """The conditions as a line of the card; None without any."""
    said = in_words(event, now, near=near)
    return lines(*said, between=DOT) if said else None


# As organizers write them

LIKE_THIS = lines(
    say("Like this: ages 18-35; after Welding basics; opens 1 Dec 20:00;"),
    say("the organizers approve; no-shows stay out."),
)


def ask(name: str, start: Mapping[str, Any], form: Mapping[str, Any]) -> Question:
    """The question for the conditions of an event that is not published yet."""
    was = rules.from_column(form.get("gates", ""))

    def reads(words: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
        said = in_a_message(words, now, zone)
        if isinstance(said, Wrong):
            return said
        opens = said.opens_at.isoformat() if said.opens_at is not None else form.get("opens", "")
        told = {"gates": said.onto(was).to_column(), "opens": "" if said.any_time else opens}
        return orjson.dumps(told).decode()

    ask = lines(say("Who may sign up, and from when?"), LIKE_THIS)
    return Question(name, ask, read=reads, skip=say("Everybody, at once"), many_lines=True)


def read(answer: str | None) -> dict[str, Any]:
    """The values of its answer in the form."""
    told: dict[str, Any] = orjson.loads(answer) if answer else {"gates": "", "opens": ""}
    return told


def in_a_message(words: str, now: datetime, zone: ZoneInfo) -> gate_words.Said | Wrong:
    """What organizers write of who may sign up and from when, or what is wrong with it."""
    said = gate_words.read(words, now, zone)
    if isinstance(said, str) and gate_words.is_of_opening(said):
        return Wrong(
            say("“{words}”: a day and an hour still to come, like 1 Dec 20:00.", words=said)
        )
    if isinstance(said, str):
        return Wrong(lines(say("“{words}” is no condition I know.", words=said), LIKE_THIS))
    return said
