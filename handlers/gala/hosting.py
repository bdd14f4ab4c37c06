"""An evening in the hands of its organizers: the next item, and polls opened and closed."""

from dataclasses import dataclass

from bot.conversation.chat import Chat
from bot.conversation.messages import Action, Button, Choice, Reply, Sayable, lines, say, say_n
from bot.conversation.routing import Router
from handlers.events.buttons import Run
from handlers.events.running import to_run
from handlers.gala.evenings import Host, ShowStreams, next_on
from handlers.gala.shown import SOON
from handlers.words import title
from models.events.events import Event
from models.gala import polls, programme
from models.gala.polls import NotDone, Poll, PollState
from models.rules.gala.running_order import Timetable

router = Router()

MOST_BUTTONS = 3
"""While an evening is on its own steps stand there, and the way back does not."""


@dataclass(frozen=True, slots=True)
class NextItem(Action, tag="gala-next"):
    """Goes on from the item that was on when the button was shown, 0 for none."""

    event_id: int
    seen: int = 0


@dataclass(frozen=True, slots=True)
class StepBack(Action, tag="gala-back"):
    """Takes back the last step from the item that was on, 0 for none; the end as well."""

    event_id: int
    seen: int = 0


@dataclass(frozen=True, slots=True)
class PickPoll(Action, tag="gala-polls"):
    event_id: int


@dataclass(frozen=True, slots=True)
class OpenPoll(Action, tag="gala-open"):
    event_id: int
    poll_id: int


@dataclass(frozen=True, slots=True)
class GoOnPoll(Action, tag="gala-quiz"):
    """Ends the open question of a quiz, or opens the next; ``seen`` is the one that was open."""

    event_id: int
    poll_id: int
    seen: int = 0


@dataclass(frozen=True, slots=True)
class ClosePoll(Action, tag="gala-close"):
    event_id: int
    poll_id: int


@router.button(Host)
def host(chat: Chat, press: Host) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    return _host(chat, event) if event is not None else refusal


def _host(chat: Chat, event: Event, *, before: Sayable | None = None) -> Reply:
    """What is on with its cue, what comes next, and the next step."""
    table = programme.timetable(chat.session, event, chat.now)
    # Links are planned before the evening, and it goes on item by item once it is near.
    is_near = event.starts_at - chat.now <= SOON or table.now is not None
    steps = _steps(event, table) if is_near else (Button(say("Streams"), ShowStreams(event.id)),)
    shown = (*steps, Button(say("Polls"), PickPoll(event.id)), Button(say("Back"), Run(event.id)))
    return Reply(lines(before, title(event), *_told(chat, table)), buttons=shown[:MOST_BUTTONS])


def _told(chat: Chat, table: Timetable) -> list[Sayable]:
    told: list[Sayable] = []
    if table.now is not None:
        told.append(say("On now: {item}", item=table.now.item.title))
        if table.now.item.cue:
            told.append(table.now.item.cue)
    if table.next is not None:
        told.append(next_on(chat, table.next))
    if table.is_over:
        told.append(say("That was all."))
    if not table.items:
        told.append(say("Its programme is written at the desk, under “programme and screen”."))
    return told


def _steps(event: Event, table: Timetable) -> tuple[Button, ...]:
    """The same steps as on the host's page of the desk."""
    label = say("Next item") if table.next is not None else say("End it")
    on = (Button(label, NextItem(event.id, table.seen)),) if table.may_go_on else ()
    back = Button(say("One step back"), StepBack(event.id, table.seen))
    return (*on, back) if table.may_go_back else on


@router.button(NextItem)
def go_on(chat: Chat, press: NextItem) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    seen, by = press.seen or None, chat.member.id
    programme.go_on(chat.session, event.id, by, chat.now, seen=seen)
    return _host(chat, event)


@router.button(StepBack)
def go_back(chat: Chat, press: StepBack) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    seen, by = press.seen or None, chat.member.id
    programme.go_back(chat.session, event.id, by, chat.now, seen=seen)
    return _host(chat, event)


# Polls


@router.button(PickPoll)
def pick(chat: Chat, press: PickPoll) -> Reply:
    """The poll that is open, or the drafts to choose from."""
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    rows = polls.of_event(chat.session, event.id)
    running = next((each for each in rows if each.state is PollState.OPEN), None)
    if running is not None:
        return _running(chat, event, running)
    drafts = [each for each in rows if each.state is PollState.DRAFT][:5]
    if not drafts:
        none = say("No poll waits to be opened. They are written at the desk.")
        return _host(chat, event, before=none)
    return Reply(
        say("Which poll shall be opened? Everybody sees it at once."),
        tuple(
            Choice(number, each.title, OpenPoll(event.id, each.id))
            for number, each in enumerate(drafts, start=1)
        ),
        (Button(say("Back"), Host(event.id)),),
    )


@router.button(OpenPoll)
def open_poll(chat: Chat, press: OpenPoll) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    done = polls.open_one(chat.session, event.id, press.poll_id, chat.member.id, chat.now)
    return _done(chat, event, done, say("✅ It is open, and on the wall."))


@router.button(GoOnPoll)
def go_on_poll(chat: Chat, press: GoOnPoll) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    what = (event.id, press.poll_id, chat.member.id, chat.now)
    done = polls.go_on(chat.session, *what, seen=press.seen or None)
    return _done(chat, event, done, None)


@router.button(ClosePoll)
def close(chat: Chat, press: ClosePoll) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    done = polls.close(chat.session, event.id, press.poll_id, chat.member.id, chat.now)
    return _done(chat, event, done, say("✅ Closed: everybody sees the result."))


def _done(chat: Chat, event: Event, done: Poll | NotDone, said: Sayable | None) -> Reply:
    if isinstance(done, NotDone):
        return _host(chat, event, before=say("That's not possible any more."))
    if done.state is PollState.OPEN:
        return _running(chat, event, done, before=said)
    return _host(chat, event, before=said)


def _running(chat: Chat, event: Event, poll: Poll, *, before: Sayable | None = None) -> Reply:
    """An open poll with its numbers; of a quiz the question that is open, and the next step."""
    asked = polls.counted(chat.session, poll.id)
    seen = next((each.question.id for each in asked if each.question.is_open), 0)
    is_last = not any(each.question.opened_at is None for each in asked)
    step: tuple[Button, ...] = ()
    if poll.is_quiz and (seen or not is_last):
        label = say("End this question") if seen else say("Next question")
        step = (Button(label, GoOnPoll(event.id, poll.id, seen)),)
    told = [
        say_n(
            "{question} {n} answer",
            "{question} {n} answers",
            each.votes,
            question=each.question.text,
        )
        for each in asked
        if each.question.opened_at is not None
    ]
    return Reply(
        lines(before, poll.title, *told[-4:]),
        buttons=(
            *step,
            Button(say("Close it"), ClosePoll(event.id, poll.id)),
            Button(say("Back"), Host(event.id)),
        ),
    )
