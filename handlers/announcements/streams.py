"""The links of an evening's streams: named, judged by pace and reach, planned backwards."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Reply,
    Sayable,
    Text,
    When,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Router
from handlers.actions import MENU
from handlers.announcements.approvals import ask_approval
from handlers.announcements.audiences import EditDraft, own_draft
from handlers.announcements.sent import STATES, ShowAnnouncement, state_at
from handlers.announcements.writing import NOT_STARTED
from handlers.events.running import to_run
from handlers.gala.evenings import Host, ShowStreams
from handlers.hearing import not_reached, wait_for_a_word
from handlers.permission import sees_reach
from handlers.words import DOT, title, when_now
from handlers.words import people as people_in_words
from models.announcements import announcements, audiences, streams, timings
from models.announcements.announcements import Announcement, AnnouncementState
from models.announcements.lifecycle import AwaitingApproval, NotStarted, Started
from models.announcements.timings import Reach
from models.events.events import Event
from models.rules.announcements import streaming
from models.rules.languages import Translated
from models.rules.network.audience import Audience
from models.rules.network.floors import Count

router = Router()


@dataclass(frozen=True, slots=True)
class NameStreams(Action, tag="streams-name"):
    event_id: int


@dataclass(frozen=True, slots=True)
class PlanStreams(Action, tag="streams-plan"):
    event_id: int


@dataclass(frozen=True, slots=True)
class ChangeStreams(Action, tag="streams-change"):
    """What of it shall change: the links, or who gets which words."""

    event_id: int


@dataclass(frozen=True, slots=True)
class WriteStreams(Action, tag="streams-write"):
    """Makes a draft of the announcement, to be changed as any other."""

    event_id: int


@dataclass(frozen=True, slots=True)
class Looked:
    """What is counted before anything is said: who has it in time, and how many people it is."""

    reach: Reach
    people: Count


# Reading


def look(chat: Chat, event: Event) -> Looked:
    """Count those who would get it; slow where it is a whole district."""
    row = streams.announcement_of(chat.session, event.id)
    aim = row.aim if row is not None else streams.audience_of(event)
    reach = timings.reach(chat.session, aim, event.starts_at, chat.care, chat.now)
    return Looked(reach, _people(chat, event, aim))


def _people(chat: Chat, event: Event, aim: Audience) -> Count:
    sees = sees_reach(chat, event.station_id)
    return audiences.count_for(chat.session, aim, sees_reach=sees)


def _look(chat: Chat, press: ShowStreams | PlanStreams) -> Looked | None:
    event, _refusal = to_run(chat, press.event_id)
    if event is None or not streams.of_event(chat.session, event.id):
        return None
    return look(chat, event)


def words_of(chat: Chat, event: Event) -> Translated:
    """The words that bring the links, in every language."""
    links = (f"{each.name} {each.url}" for each in streams.of_event(chat.session, event.id))
    when = When(event.starts_at, event.ends_at)
    return chat.in_every_language(
        lines(say("Watch it live: {title}, {when}", title=title(event), when=when), *links)
    )


def facts(chat: Chat, event: Event, found: Looked) -> list[Sayable | None]:
    """How long it takes at each account's pace, who has it later or not at all, and when it goes.

    Who may not see the reach gets a number that tells nobody apart, and the time.
    """
    reach = found.reach
    if not sees_reach(chat, event.station_id):
        return [people_in_words(found.people), when_it_goes(reach, sees=False)]
    shares = (
        say(
            "{platform} {n} ({minutes} min)",
            platform=Text(each.platform),
            n=each.load.people,
            minutes=minutes(each.load),
        )
        for each in reach.shares
    )
    return [
        say(
            "{people}: {platforms}",
            people=people_in_words(Count(reach.people)),
            platforms=lines(*shares, between=DOT),
        )
        if reach.shares
        else None,
        wait_for_a_word(reach.shut),
        later(reach),
        not_reached(reach.not_reached),
        when_it_goes(reach, sees=True),
    ]


def minutes(load: streaming.Load) -> int:
    return max(1, ceil(load.lasts.total_seconds() / 60))


def later(reach: Reach) -> Sayable | None:
    """Those whom their own quiet hours, or what they had today, bring it after the start."""
    asleep = (
        say_n("{n} rests until after the start", "{n} rest until after the start", reach.asleep)
        if reach.asleep
        else None
    )
    capped = (
        say_n("{n} had enough for today", "{n} had enough for today", reach.capped)
        if reach.capped
        else None
    )
    return lines(asleep, capped, between=DOT) if asleep or capped else None


def when_it_goes(reach: Reach, *, sees: bool) -> Sayable:
    """When it leaves, and who has it before the start; that nobody does hears who ``sees`` it."""
    timing, later = reach.timing, reach.shut + reach.asleep + reach.capped
    if sees and not reach.people and not reach.not_reached:
        return say(
            "⚠️ Nobody would get it: those it is meant for are not here yet, or take no news."
        )
    if sees and reach.people <= max(reach.asleep, reach.capped):
        return say("⚠️ As it stands nobody would have it before the start.")
    if timing.is_late:
        return say("⚠️ Too late for all: what leaves now reaches the last after the start.")
    when = When(timing.begins_at, near=True)
    if not sees or later or reach.not_reached:
        return say("It leaves {when}; whoever can be reached has it before the start.", when=when)
    return say("It leaves {when}; everybody has it before the start.", when=when)


# The card


@router.button(ShowStreams, looks=_look)
def show(chat: Chat, press: ShowStreams, found: Looked | None) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    return _card(chat, event, found) if event is not None else refusal


def _card(
    chat: Chat, event: Event, found: Looked | None, *, before: Sayable | None = None
) -> Reply:
    back = Button(say("Back"), Host(event.id))
    named = streams.of_event(chat.session, event.id)
    if found is None or not named:
        none = say("It isn't named yet where this evening is streamed.")
        add = Button(say("Add the links"), NameStreams(event.id))
        return Reply(lines(before, none), buttons=(add, back))
    row = streams.announcement_of(chat.session, event.id)
    heading = lines(title(event), when_now(event, chat.now), between=DOT)
    links = [lines(each.name, each.url, between=" ") for each in named]
    if row is not None and row.state is not AnnouncementState.DRAFT:
        return Reply(
            lines(before, heading, *links, standing(chat, row, found.reach)),
            buttons=(
                Button(say("Progress"), ShowAnnouncement(row.id)),
                Button(say("Links"), NameStreams(event.id)),
                back,
            ),
        )
    plan = Button(say("Plan it"), PlanStreams(event.id))
    return Reply(
        lines(before, heading, *links, *facts(chat, event, found)),
        buttons=(plan, Button(say("Change it"), ChangeStreams(event.id)), back),
    )


def standing(chat: Chat, row: Announcement, reach: Reach) -> Sayable:
    """How what is planned stands, and whether more people or another start make it late."""
    if row.run or row.first_at is None:
        return STATES[state_at(row, chat.now)]
    if not streams.brings_all(chat.session, row):
        return say("⚠️ It brings other links: take it back and plan it anew.")
    goes = say("It goes out {when}.", when=When(row.first_at, near=True))
    if row.first_at <= reach.timing.begins_at:
        return lines(goes, STATES[row.state] if row.state is AnnouncementState.ASKED else None)
    needed = say(
        "⚠️ For everybody it has to leave {when}: take it back and plan it anew.",
        when=When(reach.timing.begins_at, near=True),
    )
    return lines(goes, needed)


# Naming


@router.dialog("streams")
def ask_streams(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    text = yield Question(
        "streams",
        say("Where is it streamed? A line each, at most {n}: name and address.", n=streaming.MOST),
        check=readable,
        many_lines=True,
        skip=say("Leave it"),
    )
    return start["event_id"], text


def readable(text: str) -> str | Wrong:
    """The lines as they were written, or which of them is no name with an address."""
    found = streaming.read(text)
    if isinstance(found, int):
        return Wrong(unreadable(found))
    return text


def unreadable(line: int) -> Sayable:
    return say(
        "Line {n}: a name of {m} characters at most, a space, an address with https.",
        n=line,
        m=streaming.LONGEST_NAME,
    )


@router.button(NameStreams)
def name(chat: Chat, press: NameStreams) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    return ask_streams.begin(chat, event_id=event.id) if event is not None else refusal


def _look_named(chat: Chat, form: tuple[int, str | None]) -> Looked | None:
    event, _refusal = to_run(chat, form[0])
    return look(chat, event) if event is not None else None


@ask_streams.done_after(_look_named)
def named(chat: Chat, form: tuple[int, str | None], found: Looked | None) -> Reply:
    event, refusal = to_run(chat, form[0])
    if event is None:
        return refusal
    if form[1] is None:
        return _card(chat, event, found)
    told = streaming.read(form[1])
    assert not isinstance(told, int)
    streams.name(chat.session, event.id, told, chat.member.id, chat.now)
    return _card(chat, event, found, before=say("✅ Noted."))


# Planning


@router.button(ChangeStreams)
def change(chat: Chat, press: ChangeStreams) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    return Reply(
        say("What shall change?"),
        (
            Choice(1, say("Links"), NameStreams(event.id)),
            Choice(2, say("Words, or who gets it"), WriteStreams(event.id)),
        ),
        (Button(say("Back"), ShowStreams(event.id)),),
    )


@router.button(WriteStreams)
def write(chat: Chat, press: WriteStreams) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    row = drafted(chat, event)
    if own_draft(chat, row.id) is None:
        return Reply(NOT_YOURS, buttons=(Button(say("Back"), ShowStreams(event.id)), MENU))
    return Reply(
        say("Change it as you like, then plan it here; that finds the time anew."),
        buttons=(
            Button(say("Change it"), EditDraft(row.id)),
            Button(say("Plan it"), PlanStreams(event.id)),
            Button(say("Back"), ShowStreams(event.id)),
        ),
    )


NOT_YOURS = say("Somebody else writes it already, or you may not announce there.")


def drafted(chat: Chat, event: Event) -> Announcement:
    words = words_of(chat, event)
    return streams.draft(chat.session, event.id, words, chat.member.id, chat.now)


@router.button(PlanStreams, looks=_look)
def plan(chat: Chat, press: PlanStreams, found: Looked | None) -> Reply:
    event, refusal = to_run(chat, press.event_id)
    if event is None:
        return refusal
    if found is None:
        return _card(chat, event, found)
    said, _is_done = planned(chat, event, found)
    return _card(chat, event, found, before=said)


def planned(chat: Chat, event: Event, found: Looked) -> tuple[Sayable, bool]:
    """Plan it; return what became of it in words, and whether anything was done."""
    locked = announcements.locked(chat.session, drafted(chat, event).id)
    if locked is not None and locked.state is not AnnouncementState.DRAFT:
        return standing(chat, locked, found.reach), False
    if locked is None or own_draft(chat, locked.id) is None:
        return NOT_YOURS, False
    limits, begins_at = chat.care.announcing.alone, found.reach.timing.begins_at
    done = streams.plan(
        *(chat.session, locked, begins_at, chat.member.id, chat.now),
        people=found.people,
        limits=limits,
    )
    match done:
        case Started(now=True):
            return say("✅ It's going out."), True
        case Started():
            return say("✅ Planned."), True
        case AwaitingApproval() as asked:
            ask_approval(chat, locked, asked)
            people = people_in_words(asked.people)
            return say(
                "⏳ It's for {people}; we've asked another organizer to approve it.", people=people
            ), True
        case NotStarted() as why:
            return NOT_STARTED.get(why, say("It has been sent already.")), False
