"""Names that a group collected (接龙), signed up by an organizer: who is meant, asked one by one.

Nothing is done before the last tap, and a list that is pasted again changes nothing.
"""

import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from bot.conversation import drafts
from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Tell, Wrong
from bot.conversation.messages import (
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    listing,
    say,
    say_n,
)
from bot.conversation.routing import Router
from handlers.actions import MENU
from handlers.events import meant
from handlers.events.buttons import MY_EVENTS, NewEvent, Run, ShowPeople, TakeNames
from handlers.events.running import line, to_run
from handlers.words import DOT, person_apart, seats_left, title
from models.events import chains, events, kept_names, lookup, running
from models.events.chains import Chosen, Closed, Found, Listed
from models.events.events import Event
from models.network import members, names, stations
from models.rules.dates import reading
from models.rules.dates.reading import FoundTime
from models.rules.events import chains as rules
from models.rules.events.chains import Chain
from models.rules.events.companions import Along
from models.rules.events.windows import Why

router = Router()

SHOWN = 5
"""Events, and names, that are told of a longer list."""

NO_NAMES = say("I found no names. A line each with a number, like: 1. Chen Jing")
NAME, REST, YES = "name", "rest", "yes"
_NUMBER = re.compile(
    r"(?:/e/|报名\s?|活动\s?|sign ?up\s)(?P<n>\d{1,9})(?!\d|[月点:：.])", re.IGNORECASE
)

WHY_NOT: dict[Why, Sayable] = {
    Why.NOT_FOR_THEM: say("not for them"),
    # Which of its conditions they don't fit is theirs to know.
    **dict.fromkeys(
        (
            *(Why.NOT_OF_AGE, Why.AGE_UNKNOWN, Why.NOT_DONE_BEFORE),
            *(Why.MISSED_TWICE, Why.REFUSED),
        ),
        say("sees on the event's page what is asked for"),
    ),
    Why.TOO_LARGE: say("too many at once"),
    Why.HAS_CLAIM: say("there already"),
    Why.WEB_ALONE: say("known by a web chat alone"),
    Why.BEING_DRAWN: say("only by themselves in a draw"),
}


# Which event


def offered(chat: Chat, text: str) -> Reply | None:
    """Go on with the event that a list is for; ask for it where it does not say.

    None where the list holds no names.
    """
    chain = rules.read(text)
    if not chain.entries:
        return None
    event = event_of(chat, text, chain)
    return _look(chat, event, chain) if event is not None else _which(chat, text, chain)


def event_of(chat: Chat, text: str, chain: Chain) -> Event | None:
    """The event that a list names by number or title, or that is on the screen."""
    numbers = [int(each["n"]) for each in _NUMBER.finditer(text)]
    for number in dict.fromkeys(numbers):
        if (event := meant.theirs(chat, number)) is not None:
            return event
    named = lookup.named_in(chat.session, chain.heading, chat.now) if chain.heading else []
    theirs = [each for number in named if (each := meant.theirs(chat, number)) is not None]
    when = reading.read(chain.heading, chat.now, chat.care.zone)
    if isinstance(when, FoundTime):
        # The same title on another day is another event.
        zone = chat.care.zone
        day = when.starts.astimezone(zone).date()
        theirs = [each for each in theirs if each.starts_at.astimezone(zone).date() == day]
    if theirs or named:
        return theirs[0] if len(theirs) == 1 else None
    return meant.on_screen(chat)


def _which(chat: Chat, text: str, chain: Chain) -> Reply:
    drafts.keep_words(chat, text[: rules.LONGEST])
    rows = running.events_of(chat.session, chat.member.id, chat.now, past=False, limit=SHOWN)
    rows = [each for each in rows if meant.theirs(chat, each.id) is not None]
    n = len(chain.entries)
    said = say_n("{n} name is in it.", "{n} names are in it.", n)
    new = Button(say("New event"), NewEvent())
    if not rows:
        none = say("You run no coming event. Publish one, then paste the list again.")
        return Reply(lines(said, none), buttons=(new, MENU))
    return Reply(
        lines(said, say("Which event are they to be signed up for?")),
        tuple(
            Choice(each.id, title(each), TakeNames(each.id), line(each, chat.now)) for each in rows
        ),
        (MY_EVENTS, new, MENU),
    )


@router.button(TakeNames)
def take(chat: Chat, press: TakeNames) -> Reply:
    """Go on with the list that was pasted just now, for this event."""
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    chain = rules.read(drafts.words_of(chat))
    return _look(chat, event, chain) if chain.entries else ask(chat, event)


@router.dialog("list-of-names")
def paste(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    def check(words: str) -> str | Wrong:
        if rules.read(words).entries:
            return words[: rules.LONGEST]
        return Wrong(NO_NAMES)

    text = yield Question(
        "text",
        say("Paste the list from the group, with its numbers."),
        check=check,
        many_lines=True,
    )
    return start["event_id"], text


def ask(chat: Chat, event: Event) -> Reply:
    """Ask for a list; those whose names are kept without a chat can be taken off."""
    asked = paste.begin(chat, event_id=event.id)
    kept = Button(say("Names without a chat"), Run(event.id, "kept"))
    more = (kept,) if kept_names.kept(chat.session, event.id) else ()
    return replace(asked, buttons=(*more, Button(say("Back"), Run(event.id))))


@paste.done
def pasted(chat: Chat, form: tuple[int, str]) -> Reply:
    event, refusal = to_run(chat, form[0])
    return refusal if event is None else _look(chat, event, rules.read(form[1]))


# Who is meant


def _look(chat: Chat, event: Event, chain: Chain) -> Reply:
    """What would become of the list, and the first doubtful name below it."""
    if (why := chains.why_not(chat.session, event, chat.now)) is not None:
        return _closed(event, why)
    found = chains.look(chat.session, event.id, chain.entries, chat.member.id, chat.now)
    rows = [_row(event, each) for each in found]
    start: dict[str, Any] = {"event_id": event.id, "rows": rows, "more": chain.left_out}
    doubts = sum(each["doubt"] for each in rows)
    if not doubts and not any(each["new"] for each in rows):
        nothing = say("All of them have signed up already: nothing to do.")
        return Reply(lines(title(event), _counts(rows), nothing), buttons=_after(event))
    before = lines(*_head(event, chat), _counts(rows, doubts)) if doubts else None
    return who_is_meant.begin(chat, before=before, **start)


def _closed(event: Event, closed: Closed) -> Reply:
    if closed.by_answers:
        answers = say("Seats of {title} go by answers, so people sign up themselves.")
        return Reply(say(answers.id, title=title(event)), buttons=_after(event))
    return Reply(
        say("{title} takes no sign-ups now. Reopen it, then paste the list.", title=title(event)),
        buttons=(Button(say("Reopen sign-up"), Run(event.id, "open")), *_after(event)),
    )


def _after(event: Event) -> tuple[Button, Button]:
    return (Button(say("Names"), ShowPeople(event.id)), Button(say("Back"), Run(event.id)))


def _row(event: Event, found: Found) -> dict[str, Any]:
    """A line of the list as the dialog keeps it."""
    entry = found.entry
    is_new = not (found.is_there or found.has_left)
    brings = entry.grown + entry.kids
    return {
        "name": entry.name,
        "grown": entry.grown,
        "kids": entry.kids,
        "ids": list(found.ids),
        "seen": list(found.seen),
        "new": is_new and found.is_sure,
        "doubt": is_new and not found.is_sure,
        "left": found.has_left,
        # More than may come along are told now, and not after the tap.
        "alone": is_new and brings > Along(event.along).most,
    }


def _head(event: Event, chat: Chat) -> tuple[Sayable, ...]:
    when = When(event.starts_at, near=True)
    return (lines(title(event), when, seats_left(event, chat.now), between=DOT),)


def _people(row: Mapping[str, Any]) -> int:
    return 1 if row["alone"] else 1 + int(row["grown"]) + int(row["kids"])


def _counts(rows: Sequence[Mapping[str, Any]], doubts: int = 0, more: int = 0) -> Sayable:
    """How many people would be signed up, are doubtful, and are there already."""
    new = sum(_people(each) for each in rows if each["new"])
    left = sum(each["left"] for each in rows)
    there = sum(not (each["new"] or each["doubt"] or each["left"]) for each in rows)
    alone = sum(each["alone"] for each in rows)
    return lines(
        lines(
            say_n("{n} person to sign up", "{n} people to sign up", new) if new else None,
            say("{n} in doubt", n=doubts) if doubts else None,
            say("{n} there already", n=there) if there else None,
            say("{n} gave up before and stay away", n=left) if left else None,
            between=DOT,
        ),
        say("{n} of them would bring more than may come along: they come alone.", n=alone)
        if alone
        else None,
        say_n(
            "{n} more line wasn't read: paste it by itself.",
            "{n} more lines weren't read: paste them by themselves.",
            more,
        )
        if more
        else None,
    )


@dataclass(frozen=True, slots=True)
class Signing:
    """A list that was looked at: its ``rows``, whom each may mean, and the counts in words."""

    rows: Sequence[Mapping[str, Any]]
    options: Sequence[Sequence[tuple[str, Sayable]]]
    counts: Sayable


def signing(chat: Chat, event: Event, text: str) -> Signing | Wrong:
    """Look whom the names of a list mean, all at once; nobody is signed up by that."""
    chain = rules.read_asked(text)
    if not chain.entries:
        return Wrong(NO_NAMES)
    found = chains.look(chat.session, event.id, chain.entries, chat.member.id, chat.now)
    rows = [_row(event, each) for each in found]
    others: list[tuple[str, Sayable]] = [(NAME, say("Not here: keep the name")), ("", say("Skip"))]
    options = [
        [*((each.value, each.label) for each in _those(chat.session, row)), *others] for row in rows
    ]
    doubts = sum(each["doubt"] for each in rows)
    return Signing(rows, options, _counts(rows, doubts, chain.left_out))


@router.dialog("who-is-meant")
def who_is_meant(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    rows = [{**each, "who": str(each["ids"][0]) if each["new"] else ""} for each in start["rows"]]
    doubts = [each for each in rows if each["doubt"]]
    names_only = False
    for place, row in enumerate(doubts):
        answer: str | None = NAME
        if row["ids"] or not names_only:
            unknown = sum(not each["ids"] for each in doubts[place:])
            answer = yield _who(place, row, len(doubts), 0 if row["ids"] else unknown)
        names_only = names_only or answer == REST
        is_new = answer is not None
        row |= {"doubt": False, "new": is_new, "skipped": not is_new}
        row["who"] = NAME if answer == REST else answer
    people = [each for each in rows if each["new"]]
    if not people:
        return start["event_id"], [], None
    sure = yield Question(
        "sure",
        _summary(start, rows),
        options=(Option(YES, say("Sign them up")),),
        skip=say("No, leave it"),
    )
    return start["event_id"], people, sure


def _those(session: Session, row: Mapping[str, Any]) -> Sequence[Option]:
    """The members whom a name may mean, told apart as far as the organizer sees them."""
    rows = [members.get(session, number) for number in row["ids"]]
    namesakes = names.namesakes_of(session, row["ids"])
    return [
        Option(
            str(each.id),
            person_apart(
                each,
                stations.get(session, each.station_id or 0),
                namesakes,
                sees_places=each.id in row["seen"],
            ),
        )
        for each in rows
    ]


def _who(place: int, row: Mapping[str, Any], doubts: int, unknown: int) -> Question:
    def those(session: Session) -> Sequence[Option]:
        found = _those(session, row)
        keep = Option(NAME, say("Not here: keep the name"))
        rest = Option(REST, say("Names alone for all {n} unknown", n=unknown))
        return (*found, keep, *((rest,) if unknown > 1 else ()))

    return Question(
        f"who-{place}",
        say("Who is “{name}”? ({n} of {all})", name=row["name"], n=place + 1, all=doubts),
        offer=those,
        skip=say("Skip"),
    )


def _summary(start: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Tell:
    def text(chat: Chat) -> Sayable:
        event = events.for_organizers(chat.session, start["event_id"])
        counted = [each for each in rows if not each.get("skipped")]
        return lines(
            *(_head(event, chat) if event is not None else ()),
            _counts(counted, more=start["more"]),
            say("Members are told by whom, and can refuse. Sign them up in this order?"),
        )

    return text


# Signing up


@who_is_meant.done
def sign_up(chat: Chat, form: tuple[int, Sequence[Mapping[str, Any]], str | None]) -> Reply:
    event_id, people, sure = form
    event, refusal = to_run(chat, event_id)
    if event is None:
        return refusal
    if sure is None:
        return Reply(
            say("All right, nobody was signed up: {title}.", title=title(event)),
            buttons=_after(event),
        )
    chosen = [
        Chosen(
            each["name"],
            None if each["who"] == NAME else int(each["who"]),
            each["grown"],
            each["kids"],
        )
        for each in people
    ]
    done = chains.sign_up(chat.session, event.id, chosen, chat.member.id, chat.care, chat.now)
    return _closed(event, done) if isinstance(done, Closed) else _signed_up(event, done)


def _signed_up(event: Event, done: Listed) -> Reply:
    return Reply(lines(title(event), what_became(done)), buttons=_after(event))


def what_became(done: Listed) -> Sayable:
    """What became of a list: who has a seat, waits, was there already, and who could not be."""
    first = [
        say_n("✅ {n} person signed up", "✅ {n} people signed up", done.seated)
        if done.seated
        else None,
        say("{n} in the queue", n=done.waiting) if done.waiting else None,
        say("{n} in the draw", n=done.entered) if done.entered else None,
        say("{n} there already", n=done.there) if done.there else None,
    ]
    refused = [lines(name, WHY_NOT.get(why, ""), between=DOT) for name, why in done.refused]
    return lines(
        lines(*first, between=DOT),
        _without_seat(done.full) if done.full else None,
        say("Not signed up: {names}", names=_few(refused)) if refused else None,
    )


def _without_seat(names: Sequence[str]) -> Sayable:
    text = say("No seat for: {names}. Without a chat nobody can be asked later.")
    return say(text.id, names=_few(names))


def _few(said: Sequence[Sayable]) -> Sayable:
    rest = say("and {n} more", n=len(said) - SHOWN) if len(said) > SHOWN else None
    return listing(*said[:SHOWN], rest)
