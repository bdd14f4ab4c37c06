"""The draw of an event's seats: what its organizers do about it, and what they see of it."""

from collections.abc import Callable, Generator, Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Button, Choice, Reply, Sayable, When, lines, say
from bot.conversation.routing import Router
from handlers.events.buttons import Run, record_link
from handlers.events.fields import too_long
from handlers.events.running import run_card, to_run
from handlers.members.linking import chats_to_link
from handlers.words import in_the_draw, title
from models.events import draws, entries, running
from models.events.draws import Done, NotDone, WhyNot
from models.events.entries import Draw
from models.events.events import Event, SignupState
from models.rules.events import draws as rules
from models.rules.events import undated
from models.rules.events.states import DrawState

router = Router()

WHY_NOT = {
    WhyNot.NO_LIMIT: say("There are seats for all, so there's nothing to draw."),
    WhyNot.BY_HAND: say("You approve each sign-up, so there's nothing to draw."),
    WhyNot.HAS_CLAIMS: say("Somebody has a seat already: now it stays first come, first served."),
    WhyNot.TOO_SOON: say("It begins too soon: a draw takes some hours."),
    WhyNot.NOT_OPEN: say("Sign-up isn't open, so nobody could enter a draw."),
    WhyNot.IS_DRAWN: say("It's drawn already; that can't be done twice."),
    WhyNot.IS_FIXED: say("The list is fixed: nothing was changed."),
    WhyNot.NOT_CLOSED: say("Entries haven't closed yet."),
    WhyNot.IS_NAMED: say("A number is named already; it can't be exchanged."),
}


def show(chat: Chat, event: Event) -> Reply:
    """Where the draw stands; an event without one is set to it."""
    if event.draw:
        return page(chat, event)
    done = draws.set_up(chat.session, event.id, chat.member.id, chat.now)
    if isinstance(done, NotDone):
        return run_card(chat, event, before=WHY_NOT[done.why])
    return page(chat, done.event, before=say("✅ Its seats are drawn now."))


def page(chat: Chat, event: Event, *, before: Sayable | None = None) -> Reply:
    draw = draws.of_event(chat.session, event)
    acts = tuple(
        Choice(number, label, Run(event.id, what))
        for number, (label, what) in enumerate(_acts(event, draw), start=1)
    )
    text = lines(before, title(event), *stands(chat, event, draw))
    return Reply(text, acts, (record_link(event.id), Button(say("Back"), Run(event.id))))


def _acts(event: Event, draw: Draw) -> list[tuple[Sayable, str]]:
    if event.draw == DrawState.CLOSED and draw.number_name:
        return [(say("Enter number"), "draw-number"), (say("Draw without it"), "draw-alone")]
    if event.draw != DrawState.ENTERING:
        return []
    acts: list[tuple[Sayable, str]] = []
    if not draw.number_name:
        acts.append((say("Public number"), "draw-name"))
    if not draw.admits_web:
        acts.append((say("Web chats too"), "draw-web"))
    if not event.entered:
        acts.append((say("No draw"), "draw-back"))
    return acts


def stands(chat: Chat, event: Event, draw: Draw) -> list[Sayable | None]:
    """Where the draw is: who entered, what it waits for, what it proves."""
    if event.draw == DrawState.DRAWN:
        counts = running.counts(chat.session, event.id)
        waiting = counts.get(SignupState.WAITING, 0)
        return [
            say("Drawn {when}.", when=When(draw.drawn_at)) if draw.drawn_at is not None else None,
            say("Seats taken: {held}; waiting: {n}.", held=event.held, n=waiting),
            _number(draw),
        ]
    web = entries.web_alone(chat.session, event.id) if draw.admits_web else 0
    apart = say("{n} by a web chat alone", n=web) if web else None
    entered = in_the_draw(event)
    closes = (
        say("Entries close {when}; then it's drawn.", when=When(event.closes_at, near=True))
        if event.draw == DrawState.ENTERING
        else None
    )
    return [
        lines(entered, apart, between=" · "),
        closes,
        _nobody_can(chat, event, draw),
        *_what_next(event, draw),
    ]


def _nobody_can(chat: Chat, event: Event, draw: Draw) -> Sayable | None:
    """That web chats have to be let in, where the station has no others."""
    if event.draw != DrawState.ENTERING or draw.admits_web:
        return None
    if chats_to_link(chat) is not None:
        return None
    return say("⚠️ This station has web chats only: let them in, or hardly anybody can enter.")


def _what_next(event: Event, draw: Draw) -> list[Sayable | None]:
    if event.draw == DrawState.DRAWING:
        return [say("⏳ It's being drawn; everybody hears the result.")]
    if event.draw == DrawState.ENTERING or not draw.number_name:
        return [_number(draw)]
    if draw.closed_at is None:
        return [say("⏳ The list is being fixed.")]
    until = rules.waits_for_number_until(draw.closed_at, event.starts_at)
    return [
        say("The list is published. It waits for: {name}.", name=draw.number_name),
        None
        if undated.is_to_come(event.starts_at)
        else say("Without it, it's drawn {when}.", when=When(until, near=True)),
    ]


def _number(draw: Draw) -> Sayable:
    """What the draw proves, by its public number."""
    if draw.number:
        return say("Public number: {name}, {number}.", name=draw.number_name, number=draw.number)
    if draw.number_name and draw.number is None:
        return say("Public number: {name}.", name=draw.number_name)
    return say(
        "Without a public number the draw proves that nothing changed after closing, "
        "not that all was fair before."
    )


# Acts


def _back(chat: Chat, event: Event) -> Reply:
    done = draws.take_back(chat.session, event.id, chat.member.id, chat.now)
    if isinstance(done, NotDone):
        return page(chat, done.event, before=WHY_NOT[done.why])
    return run_card(chat, done.event, before=say("✅ First come, first served again."))


def _web(chat: Chat, event: Event) -> Reply:
    done = draws.admit_web(chat.session, event.id, chat.member.id, chat.now)
    return _told(chat, done, say("✅ Who has a web chat alone may enter, and is counted apart."))


def _alone(chat: Chat, event: Event) -> Reply:
    """Ask once before it is drawn without the number that was named."""
    draw = draws.of_event(chat.session, event)
    sure = Button(say("Draw without it"), Run(event.id, "draw-sure"))
    return Reply(
        lines(
            say("Draw without {name}?", name=draw.number_name),
            say("The record will say that the number was named and not used."),
        ),
        buttons=(Button(say("Wait for it"), Run(event.id, "draw")), sure),
    )


def _sure(chat: Chat, event: Event) -> Reply:
    done = draws.enter_number(chat.session, event.id, "", chat.member.id, chat.now)
    return _told(chat, done, None)


def _told(chat: Chat, done: Done | NotDone, said: Sayable | None) -> Reply:
    before = WHY_NOT[done.why] if isinstance(done, NotDone) else said
    return page(chat, done.event, before=before) if done.event.draw else run_card(chat, done.event)


# The public number


@router.dialog("draw-name")
def name(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    said = yield Question(
        "name",
        lines(
            say("Which number? It's drawn by somebody else after entries close, like a lottery's."),
            say("Write it so that all find it: “排列 3 第 2026322 期”. It can't be exchanged."),
        ),
        check=_name,
    )
    return start["event_id"], said


def _name(words: str) -> str | Wrong:
    return words if len(words) <= rules.LONGEST_NAME else too_long(rules.LONGEST_NAME)


def _ask_name(chat: Chat, event: Event) -> Reply:
    return name.begin(chat, event_id=event.id)


@name.done
def set_name(chat: Chat, form: tuple[int, str]) -> Reply:
    event, refusal = to_run(chat, form[0])
    if event is None:
        return refusal
    done = draws.name_number(chat.session, event.id, form[1], chat.member.id, chat.now)
    return _told(chat, done, say("✅ Named. It's published with the draw."))


@router.dialog("draw-number")
def number(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    digits = yield Question(
        "number", say("What is {name}? Write its digits.", name=start["name"]), check=_digits
    )
    sure = yield Question(
        "sure",
        lines(
            say("Draw with {number}?", number=digits),
            say("It's drawn at once, and can't be done twice."),
        ),
        options=(Option("yes", say("Draw")), Option("no", say("Not yet"))),
    )
    return start["event_id"], digits if sure == "yes" else None


def _digits(words: str) -> str | Wrong:
    found = rules.number_of(words)
    return found or Wrong(say("Write the digits, three at least: 7 3 9."))


def _ask_number(chat: Chat, event: Event) -> Reply:
    if event.draw != DrawState.CLOSED:
        return page(chat, event) if event.draw else run_card(chat, event)
    return number.begin(
        chat, event_id=event.id, name=draws.of_event(chat.session, event).number_name
    )


@number.done
def draw(chat: Chat, form: tuple[int, str | None]) -> Reply:
    event, refusal = to_run(chat, form[0])
    if event is None:
        return refusal
    if form[1] is None:
        return page(chat, event, before=say("All right, nothing was drawn."))
    done = draws.enter_number(chat.session, event.id, form[1], chat.member.id, chat.now)
    return _told(chat, done, None)


ACTS: dict[str, Callable[[Chat, Event], Reply]] = {
    "draw": show,
    "draw-back": _back,
    "draw-web": _web,
    "draw-name": _ask_name,
    "draw-number": _ask_number,
    "draw-alone": _alone,
    "draw-sure": _sure,
}


def act(event: Event, chat: Chat) -> tuple[Sayable, Run] | None:
    """The way to the draw, as a line among what can be done with an event; None: there is none."""
    if event.draw:
        return say("The draw"), Run(event.id, "draw")
    if draws.why_not(event, chat.now) is None:
        return say("Draw the seats"), Run(event.id, "draw")
    return None
