"""Helpers for one evening: who may check in at an event until it ends, named by its organizers."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question
from bot.conversation.messages import Button, Choice, Reply, Sayable, lines, say
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MENU
from handlers.events.buttons import (
    AskHelper,
    CheckIn,
    CodeForHelper,
    EndHelp,
    NameHelper,
    Run,
)
from handlers.events.running import name_of, sees_places, to_run
from handlers.events.ticking import PAGE, Claimant, meant
from handlers.words import DOT, person, title, when_now
from models.events import events, helping, running
from models.events.events import Event
from models.events.helping import Helps, TooLate
from models.network.members import Member

router = Router()


def show(chat: Chat, event: Event, *, before: Sayable | None = None) -> Reply:
    """Who helps at the event; a tap on a name withdraws it."""
    rows = helping.of_event(chat.session, event.id, chat.now)
    heading = (
        say("They check people in at {title} until it ends:", title=title(event))
        if rows
        else say("Helpers check people in at {title} until it ends.", title=title(event))
    )
    return Reply(
        lines(before, heading),
        tuple(
            Choice(number, _label(member), EndHelp(event.id, helper.id))
            for number, (helper, member) in enumerate(rows, start=1)
        ),
        (
            Button(say("Pick a helper"), AskHelper(event.id)),
            Button(say("One-time code"), CodeForHelper(event.id)),
            Button(say("Back"), Run(event.id)),
        ),
    )


def _label(member: Member | None) -> Sayable:
    return person(member.name, member.id) if member is not None else say("a code, unused")


# Naming one


@router.dialog("helper")
def take_helper(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    words = yield Question("who", say("Or write a number or a name."), check=lambda words: words)
    return start["event_id"], words


@router.button(AskHelper)
def ask(chat: Chat, press: AskHelper) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    running.record_view(chat.session, event, chat.member.id, chat.now)
    rows = running.people(chat.session, event.id, skip=press.skip, limit=PAGE + 1)
    more = (
        (Button(say("More"), AskHelper(event.id, press.skip + PAGE)),) if len(rows) > PAGE else ()
    )
    return _ask(chat, event, rows[:PAGE], more=more, edit=press.skip > 0)


def _ask(
    chat: Chat,
    event: Event,
    rows: Sequence[Claimant],
    *,
    more: tuple[Button, ...] = (),
    before: Sayable | None = None,
    edit: bool = False,
) -> Reply:
    namesakes = running.namesakes(chat.session, event.id, [each[1] for each in rows])
    sees = sees_places(chat, event)
    question = take_helper.begin(chat, event_id=event.id)
    return replace(
        question,
        text=lines(
            before,
            say("Who of those on the list shall help? Tap, or write a number or a name."),
            say("Somebody else gets a one-time code."),
        ),
        choices=tuple(
            Choice(
                claim.turn,
                name_of(claim, member, station, namesakes, sees_places=sees),
                NameHelper(event.id, member.id),
            )
            for claim, member, station in rows
            if member is not None
        ),
        buttons=(
            *more,
            Button(say("One-time code"), CodeForHelper(event.id)),
            Button(say("Back"), Run(event.id, "helpers")),
        ),
        edit=edit,
    )


@take_helper.done
def took_helper(chat: Chat, form: tuple[int, str]) -> Reply:
    event, refusal = to_run(chat, form[0])
    if event is None:
        return refusal
    people = [each for each in running.people(chat.session, event.id) if each[1] is not None]
    match meant(form[1], people):
        case []:
            nobody = say("“{words}” is nobody on the list.", words=form[1])
            return _ask(chat, event, people[:PAGE], before=nobody)
        case several:
            # A name may stand for somebody else: the tap says who it is.
            return _ask(chat, event, several[:PAGE])


@router.button(NameHelper)
def name(chat: Chat, press: NameHelper) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    done = helping.give(chat.session, event.id, press.member_id, chat.member.id, chat.now)
    if not isinstance(done, Helps):
        return show(chat, event, before=say("That's not possible any more."))
    called = person(done.member.name, done.member.id)
    if done.again:
        text = say("{name} helps already.", name=called)
    else:
        text = say("✅ {name} may check people in until the end, and is told.", name=called)
    return show(chat, event, before=text)


@router.button(CodeForHelper)
def make_code(chat: Chat, press: CodeForHelper) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    code = helping.invite(chat.session, event.id, chat.member.id, chat.now)
    if isinstance(code, TooLate):
        return show(chat, event, before=say("That's not possible any more."))
    return Reply(
        lines(
            say("Send this to whoever helps at {title}:", title=title(event)),
            say("Write “claim {code}” here.", code=code),
            say("It works once, and until the event ends."),
        ),
        buttons=(
            Button(say("Helpers"), Run(event.id, "helpers")),
            Button(say("Back"), Run(event.id)),
        ),
    )


@router.button(EndHelp)
def end(chat: Chat, press: EndHelp) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    rows = helping.of_event(chat.session, event.id, chat.now)
    row = next((each for each in rows if each[0].id == press.helper_id), None)
    if row is None:
        return show(chat, event)
    if not press.sure:
        return Reply(
            say("{name} helps until the end. Withdraw it?", name=_label(row[1])),
            buttons=(
                Button(say("Back"), Run(event.id, "helpers")),
                Button(say("Withdraw"), EndHelp(event.id, press.helper_id, 1)),
            ),
        )
    helping.withdraw(chat.session, press.helper_id, chat.member.id, chat.now)
    return show(chat, event, before=say("Taken back."))


# What a helper hears


def welcome(chat: Chat, event: Event) -> Reply:
    """What somebody reads who may check in at an event from now on."""
    return Reply(
        lines(
            say("🔔 You help at {title}: you may check people in.", title=title(event)),
            lines(when_now(event, chat.now), event.text_of("place") or None, between=DOT),
            say("On the day write “check in”. It ends with the event."),
        ),
        buttons=(Button(say("Check in"), CheckIn(event.id)), EVENTS),
    )


@router.notice("helps")
def told(chat: Chat, facts: Mapping[str, Any]) -> Reply:
    event = events.get(chat.session, facts["event_id"])
    if event is None:
        return Reply(say("There is no such event any more."), buttons=(EVENTS, MENU))
    return welcome(chat, event)
