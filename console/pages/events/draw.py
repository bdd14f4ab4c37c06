"""The draw of an event: its steps with what is published at each, and what its organizers do."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.conversation.messages import Sayable, When, lines, say
from console.desk import Desk
from console.pages.events.editing import SURE
from console.pages.events.section import ONE, path_of, section, to_do
from console.routing import Asked, Done, Page, Wrong
from handlers.events.drawing import WHY_NOT, stands
from handlers.words import title
from models.events import draws
from models.events.draws import NotDone
from models.events.entries import Draw
from models.events.events import Event
from models.rules.events import draws as rules
from models.rules.events.states import DrawState
from models.rules.network.permissions import Act

PATH = f"{ONE}/draw"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is, when it was done, and what was published then, word for word."""

    what: Sayable
    when: Sayable | None = None
    published: str = ""


@section.page(PATH, needs=Act.RUN_EVENT)
def draw(desk: Desk, asked: Asked) -> Page:
    """Where the draw stands; of an event without one, the way to set it up."""
    event, _station = to_do(desk, asked)
    found = draws.of_event(desk.session, event) if event.draw else None
    is_entering = event.draw == DrawState.ENTERING
    facts = {
        "event": event,
        "draw": found,
        "stands": stands(desk.chat, event, found) if found is not None else [],
        "steps": [*_steps(event, found)] if found is not None else [],
        "why_not": WHY_NOT.get(why) if (why := draws.why_not(event, desk.now)) else None,
        "can_name": is_entering and found is not None and not found.number_name,
        "can_admit_web": is_entering and found is not None and not found.admits_web,
        "can_take_back": is_entering and not event.entered,
        "waits_for_number": event.draw == DrawState.CLOSED and found is not None,
        "longest": rules.LONGEST_NAME,
        "public": desk.house.link_to(f"/draws/{event.id}"),
    }
    return Page("events/draw.html", say("Draw: {title}", title=title(event)), facts)


def _steps(event: Event, found: Draw) -> Iterator[Step]:
    commitment = rules.commitment_of(found.secret)
    opened, closed, drawn = found.opened_at, found.closed_at, found.drawn_at
    yield Step(say("The hash of our secret is published"), When(opened), commitment)
    named = say("Public number: {name}.", name=found.number_name) if found.number_name else None
    yield Step(named or say("No public number is named"))
    ends = When(event.closes_at) if closed is None else None
    yield Step(say("Entries close"), ends or When(closed or event.closes_at))
    fixed = say("The list is fixed, and its hash published")
    yield Step(fixed, When(closed) if closed else None, found.list_hash)
    if found.number_name:
        yield Step(say("The public number comes"), None, found.number or "")
    yield Step(
        say("Drawn: secret, order and seats are published"),
        When(drawn) if drawn else None,
        found.secret if drawn else "",
    )


@section.act(f"{PATH}/set-up", again=draw, needs=Act.RUN_EVENT)
def set_up(desk: Desk, asked: Asked) -> Done | Wrong:
    event, _station = to_do(desk, asked)
    done = draws.set_up(desk.session, event.id, desk.member.id, desk.now)
    return _told(event, done, say("✅ Its seats are drawn now."))


@section.act(f"{PATH}/name", again=draw, needs=Act.RUN_EVENT)
def name(desk: Desk, asked: Asked) -> Done | Wrong:
    """Name the public number, which cannot be exchanged."""
    event, _station = to_do(desk, asked)
    said = asked.word("name")
    if not said:
        return Wrong(say("Write which number it is."), "name")
    if len(said) > rules.LONGEST_NAME:
        return Wrong(say("That's long; {n} characters at most.", n=rules.LONGEST_NAME), "name")
    done = draws.name_number(desk.session, event.id, said, desk.member.id, desk.now)
    return _told(event, done, say("✅ Named. It's published with the draw."))


@section.act(f"{PATH}/number", again=draw, needs=Act.RUN_EVENT)
def enter(desk: Desk, asked: Asked) -> Done | Wrong:
    """Draw with the public number, or without it; what is about to be done is said once before."""
    event, _station = to_do(desk, asked)
    digits = ""
    if not asked.is_on("without"):
        digits = rules.number_of(asked.word("number")) or ""
        if not digits:
            return Wrong(say("Write the digits, three at least: 7 3 9."), "number")
        if not asked.is_on(SURE):
            once = say("It's drawn at once, and can't be done twice.")
            return Wrong(lines(say("Draw with {number}?", number=digits), once), SURE)
    done = draws.enter_number(desk.session, event.id, digits, desk.member.id, desk.now)
    return _told(event, done, say("⏳ It's being drawn; everybody hears the result."))


@section.act(f"{PATH}/web", again=draw, needs=Act.RUN_EVENT)
def admit_web(desk: Desk, asked: Asked) -> Done | Wrong:
    event, _station = to_do(desk, asked)
    done = draws.admit_web(desk.session, event.id, desk.member.id, desk.now)
    return _told(event, done, say("✅ Who has a web chat alone may enter, and is counted apart."))


@section.act(f"{PATH}/take-back", again=draw, needs=Act.RUN_EVENT)
def take_back(desk: Desk, asked: Asked) -> Done | Wrong:
    event, _station = to_do(desk, asked)
    done = draws.take_back(desk.session, event.id, desk.member.id, desk.now)
    return _told(event, done, say("✅ First come, first served again."))


def _told(event: Event, done: draws.Done | NotDone, said: Sayable) -> Done | Wrong:
    if isinstance(done, NotDone):
        return Wrong(WHY_NOT[done.why])
    return Done(path_of(event, "draw"), said)
