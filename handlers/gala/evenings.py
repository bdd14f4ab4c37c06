"""An evening as it goes, in a chat: what is on, the poll, a line to the screen, the stage."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Reply,
    Sayable,
    TimeOfDay,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MENU
from handlers.events import in_hall, looking
from handlers.gala.shown import SOON, code_of
from handlers.words import DOT, title, when_now
from models.events import events, lookup, signups
from models.events.events import Event
from models.gala import lines as screen_lines
from models.gala import polls, programme, screens, stage, voting
from models.gala.lines import LineState, Taken, TooSoon
from models.gala.polls import Asked, Poll
from models.gala.screens import Moderation, Screen
from models.gala.voting import Voted
from models.network import roles
from models.network.stations import Station
from models.rules.gala import lines as rules
from models.rules.gala.running_order import Planned
from models.rules.network.permissions import Act

router = Router()

LISTED = 6
"""So many items are listed after the next one."""

# Actions


@dataclass(frozen=True, slots=True)
class ShowEvening(Action, tag="gala"):
    event_id: int


@dataclass(frozen=True, slots=True)
class Host(Action, tag="gala-host"):
    """The evening in the hands of who runs it."""

    event_id: int


@dataclass(frozen=True, slots=True)
class ShowStreams(Action, tag="streams"):
    """Where the evening is streamed, and when people are told; ``announcements`` answers it."""

    event_id: int


@dataclass(frozen=True, slots=True)
class ShowPoll(Action, tag="gala-poll"):
    event_id: int


@dataclass(frozen=True, slots=True)
class CastVote(Action, tag="gala-vote"):
    """Answers a question of a poll by one of its choices."""

    event_id: int
    choice_id: int


@dataclass(frozen=True, slots=True)
class WriteLine(Action, tag="gala-line"):
    event_id: int


@dataclass(frozen=True, slots=True)
class AskStage(Action, tag="gala-ask"):
    event_id: int


# The evening


@router.command("gala", zh="汇报会", about=say("An evening as it goes: programme, polls, lines"))
def gala(chat: Chat, words: str) -> Reply:
    """The evening that is on, or the next one; of several, those to choose from."""
    found = meant(chat)
    if not found:
        none = say("No evening with a screen is on, or to come soon.")
        return looking.instead(chat, Reply(none, buttons=(EVENTS, MENU)))
    if len(found) == 1:
        return show(chat, ShowEvening(found[0].id))
    return Reply(
        say("Which evening?"),
        tuple(
            Choice(
                number,
                title(each),
                ShowEvening(each.id),
                lines(title(each), when_now(each, chat.now), between=DOT),
            )
            for number, each in enumerate(found, start=1)
        ),
        (MENU,),
    )


def meant(chat: Chat) -> Sequence[Event]:
    """The evenings that are on or about to begin, before those of another day."""
    numbers = screens.evenings(chat.session, chat.now)
    found = lookup.upcoming(chat.session, chat.now, among=numbers, caller=chat.member, limit=5)
    return [each for each in found if is_near(chat, each)] or found


def is_near(chat: Chat, event: Event) -> bool:
    return event.starts_at - chat.now <= SOON


@router.button(ShowEvening)
def show(chat: Chat, press: ShowEvening) -> Reply:
    found = opened(chat, press.event_id)
    if isinstance(found, Reply):
        return found
    return card(chat, *found)


def opened(chat: Chat, event_id: int) -> tuple[Event, Screen] | Reply:
    """An event with its screen; or what is said where there is none."""
    event = events.get(chat.session, event_id)
    screen = screens.of_event(chat.session, event_id) if event is not None else None
    if event is None or screen is None:
        return Reply(say("That evening has no screen any more."), buttons=(EVENTS, MENU))
    return event, screen


def card(chat: Chat, event: Event, screen: Screen, *, before: Sayable | None = None) -> Reply:
    """What is on and what comes next, one's seat, and what one can do."""
    poll = polls.open_at(chat.session, event.id)
    buttons = (
        (Button(say("Vote"), ShowPoll(event.id)),) if poll is not None else (),
        (Button(say("Send a line"), WriteLine(event.id)),)
        if screen.lines is not Moderation.OFF
        else (),
        (Button(say("Ask the stage"), AskStage(event.id)),) if screen.takes_questions else (),
    )
    shown = tuple(each for some in buttons for each in some)
    station = chat.session.get(Station, event.station_id)
    if station is not None and roles.may(
        *(chat.session, chat.member.id, Act.RUN_EVENT, station, chat.now), team_id=event.team_id
    ):
        shown = (Button(say("Host it"), Host(event.id)), *shown[:2])
    claim = next(
        (
            each
            for each, its in signups.of_member(chat.session, chat.member.id, chat.now)
            if its.id == event.id
        ),
        None,
    )
    return Reply(
        lines(
            before,
            lines(title(event), when_now(event, chat.now), between=DOT),
            screen.note,
            *_on(chat, event, is_whole=before is None),
            in_hall.own(chat, event, claim),
        ),
        buttons=shown or (EVENTS, MENU),
    )


def _on(chat: Chat, event: Event, *, is_whole: bool) -> list[Sayable]:
    """What is on and what comes next; where ``is_whole``, what comes after it as well."""
    table = programme.timetable(chat.session, event, chat.now)
    told: list[Sayable] = []
    if table.now is not None:
        item = table.now.item
        named = lines(item.title, item.who or None, between=DOT)
        told.append(say("On now: {item}", item=named))
    if table.next is not None:
        told.append(next_on(chat, table.next))
    if is_whole:
        after = table.after_next
        told += [
            lines(
                f"{each.expected_at.astimezone(chat.care.zone):%H:%M}", each.item.title, between=" "
            )
            for each in after[:LISTED]
        ]
        if len(after) > LISTED:
            told.append(say("and {n} more", n=len(after) - LISTED))
    if table.is_over:
        told.append(say("That was the evening. Thank you for being here."))
    return told


def next_on(chat: Chat, item: Planned) -> Sayable:
    """The next item with when it begins."""
    time = begins(item, chat.care.zone, chat.now)
    return say("Next, {time}: {item}", time=time, item=item.item.title)


def begins(item: Planned, zone: ZoneInfo, now: datetime) -> Sayable:
    """When an item begins, with the day where that is not today."""
    at = item.expected_at.astimezone(zone)
    is_today = at.date() == now.astimezone(zone).date()
    return f"{at:%H:%M}" if is_today else TimeOfDay(item.expected_at)


# Votes


@router.button(ShowPoll)
def show_poll(chat: Chat, press: ShowPoll) -> Reply:
    found = opened(chat, press.event_id)
    if isinstance(found, Reply):
        return found
    event, screen = found
    poll = polls.open_at(chat.session, event.id)
    if poll is None:
        return card(chat, event, screen, before=say("No poll is open now."))
    return _ask(chat, event, poll)


def _ask(chat: Chat, event: Event, poll: Poll, *, before: Sayable | None = None) -> Reply:
    """The next open question that this member has not answered; then what was answered."""
    answered = voting.answers_of(chat.session, poll.id, chat.member.id)
    asked = [e for e in polls.counted(chat.session, poll.id) if e.question.is_open]
    left = [each for each in asked if each.question.id not in answered]
    evening = Button(say("The evening"), ShowEvening(event.id))
    if not left:
        told = [_answered(each, answered, is_hidden=poll.is_hidden) for each in asked[:3]]
        done = say("You have answered everything that is open.")
        code = code_of(event.id, chat.member.id)
        known_by = say("On the screen you are {code}.", code=code) if poll.is_quiz else None
        return Reply(lines(before, done, *told, known_by), buttons=(evening,))
    question = left[0]
    return Reply(
        lines(before, question.question.text),
        tuple(
            Choice(number, each.choice.text, CastVote(event.id, each.choice.id))
            for number, each in enumerate(question.choices, start=1)
        ),
        (evening,),
    )


def _answered(asked: Asked, answered: Mapping[int, int], *, is_hidden: bool) -> Sayable:
    """A question with one's own answer, and how it stands where that is not hidden."""
    own = next((e for e in asked.choices if e.choice.id == answered.get(asked.question.id)), None)
    if own is None:
        return asked.question.text
    if is_hidden:
        return say("{question} {answer}", question=asked.question.text, answer=own.choice.text)
    return say(
        "{question} {answer} ({n} of {all})",
        question=asked.question.text,
        answer=own.choice.text,
        n=own.votes,
        all=asked.votes,
    )


@router.button(CastVote)
def vote(chat: Chat, press: CastVote) -> Reply:
    found = opened(chat, press.event_id)
    if isinstance(found, Reply):
        return found
    event, screen = found
    done = voting.vote(chat.session, event.id, press.choice_id, chat.member, chat.now)
    poll = polls.open_at(chat.session, event.id)
    if isinstance(done, Voted):
        said: Sayable = say("✅ Changed.") if done.changed else say("✅ Your answer counts.")
    else:
        said = NOT_COUNTED[done]
    if poll is None:
        return card(chat, event, screen, before=said)
    return _ask(chat, event, poll, before=said)


NOT_COUNTED: Mapping[voting.NotTaken, Sayable] = {
    voting.NotTaken.GONE: say("That question isn't there any more."),
    voting.NotTaken.CLOSED: say("That question is closed."),
    voting.NotTaken.FINAL: say("Your first answer counts."),
    voting.NotTaken.BLOCKED: say("You can't take part now."),
}


# Lines and questions


def _no_longer_than(most: int) -> Any:
    def check(words: str) -> str | Wrong:
        if len(words) > most:
            return Wrong(say("That's long; {n} characters at most.", n=most))
        return words

    return check


@router.dialog("screen-line")
def ask_line(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    words = yield Question(
        "words",
        say("What should the screen say? {n} characters at most.", n=rules.LONGEST),
        check=_no_longer_than(rules.LONGEST),
        skip=say("Leave it"),
    )
    return start["event_id"], words


@router.dialog("stage-question")
def ask_question(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    words = yield Question(
        "words",
        say("What do you want to ask the stage? The organizers read it first."),
        check=_no_longer_than(rules.LONGEST_QUESTION),
        skip=say("Leave it"),
    )
    return start["event_id"], words


@router.button(WriteLine)
def write_line(chat: Chat, press: WriteLine) -> Reply:
    found = opened(chat, press.event_id)
    return found if isinstance(found, Reply) else ask_line.begin(chat, event_id=press.event_id)


@router.button(AskStage)
def ask_stage(chat: Chat, press: AskStage) -> Reply:
    found = opened(chat, press.event_id)
    return found if isinstance(found, Reply) else ask_question.begin(chat, event_id=press.event_id)


@ask_line.done
def wrote_line(chat: Chat, form: tuple[int, str | None]) -> Reply:
    found = opened(chat, form[0])
    if isinstance(found, Reply):
        return found
    event, screen = found
    if form[1] is None:
        return card(chat, event, screen)
    match screen_lines.write(chat.session, event.id, chat.member, form[1], chat.now):
        case Taken(LineState.SHOWN):
            said: Sayable = say("✅ It is on the screen.")
        case Taken():
            said = say("✅ Sent. It is shown once somebody has read it.")
        case TooSoon(wait):
            seconds = -(-wait // screen_lines.A_SECOND)
            said = say_n(
                "One moment: you can send the next one in {n} second.",
                "One moment: you can send the next one in {n} seconds.",
                seconds,
            )
        case why:
            said = NOT_WRITTEN[why]
    again = Button(say("Another line"), WriteLine(event.id))
    return Reply(said, buttons=(again, Button(say("The evening"), ShowEvening(event.id))))


@ask_question.done
def asked_question(chat: Chat, form: tuple[int, str | None]) -> Reply:
    found = opened(chat, form[0])
    if isinstance(found, Reply):
        return found
    event, screen = found
    if form[1] is None:
        return card(chat, event, screen)
    done = stage.ask(chat.session, event.id, chat.member, form[1], chat.now)
    said = (
        say("✅ Sent. It is shown once somebody has read it.")
        if isinstance(done, stage.Asked)
        else NOT_WRITTEN[done]
    )
    return Reply(said, buttons=(Button(say("The evening"), ShowEvening(event.id)),))


NOT_WRITTEN: Mapping[screen_lines.NotTaken, Sayable] = {
    screen_lines.NotTaken.OFF: say("That's not open now."),
    screen_lines.NotTaken.BLOCKED: say("You can't take part now."),
    screen_lines.NotTaken.EMPTY: say("Write a few words."),
    screen_lines.NotTaken.TOO_MANY: say("You have asked enough for now."),
}
