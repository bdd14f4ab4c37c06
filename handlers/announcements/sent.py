"""What members get of an announcement; what was sent, and stopping it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Drop, Router
from handlers.actions import MENU, OpenEvent, OpenTeam
from handlers.events.browsing import open_event
from handlers.events.notices import hint
from handlers.permission import denied, sees_reach
from handlers.teams.joining import open_team
from handlers.words import DOT, station_name, team_name
from models.announcements import announcements, holding, lifecycle, progress
from models.announcements.announcements import Announcement, AnnouncementState, HeldFor, Repeat
from models.announcements.progress import Progress
from models.events import events, pictures
from models.events.events import EventState
from models.network import stations
from models.network.stations import Station
from models.rules.sending import quiet_hours
from models.sending.reasons import Reason
from models.store import cached
from models.teams import teams

router = Router()

BEGINNING = 24
PAGE = 5


@dataclass(frozen=True, slots=True)
class ShowAnnouncement(Action, tag="bc-show"):
    announcement_id: int


@dataclass(frozen=True, slots=True)
class StopAnnouncement(Action, tag="bc-stop"):
    """Stops it; asks once, for what went out cannot be taken back."""

    announcement_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class SendRest(Action, tag="bc-rest"):
    """Sends one that is held: to all though its trial did not go well, or late."""

    announcement_id: int


@dataclass(frozen=True, slots=True)
class AnotherTime(Action, tag="bc-later"):
    """Asks for another time of one that is held before it goes out."""

    announcement_id: int


@dataclass(frozen=True, slots=True)
class SkipWeek(Action, tag="bc-skip"):
    """Leaves out the week of a weekly one that is held."""

    announcement_id: int


@dataclass(frozen=True, slots=True)
class TakeItBack(Action, tag="bc-back"):
    """Makes one that has not gone out a draft again."""

    announcement_id: int


@dataclass(frozen=True, slots=True)
class OpenLink(Action, tag="bc-open"):
    """Opens what an announcement leads to, and so tells that it was read."""

    announcement_id: int


@dataclass(frozen=True, slots=True)
class NotReached(Action, tag="bc-missed"):
    announcement_id: int


@dataclass(frozen=True, slots=True)
class Correct(Action, tag="bc-correct"):
    announcement_id: int


@dataclass(frozen=True, slots=True)
class Recent(Action, tag="bc-recent"):
    """What this member has sent or may manage, from the ``skip``-th on."""

    skip: int = 0


# What members get


@router.notice("announcement")
def announcement(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    # Most of it is the same for all of its readers.
    number, hinted = facts["announcement_id"], hint(chat)
    key = "announcement", number, hinted is None
    return cached(chat.session, key, lambda: announced(chat, number, hinted))


def announced(chat: Chat, number: int, hinted: Sayable | None) -> Reply | Drop:
    """It as a member gets it, with ``hinted`` below its words."""
    row = announcements.get(chat.session, number)
    if row is None or row.state == AnnouncementState.STOPPED:
        return Drop(Reason.STOPPED)
    label = link_label(chat, row)
    buttons: tuple[Button, ...] = (MENU,)
    if label is not None:
        buttons = (Button(label, OpenLink(number)), MENU)
    picture = pictures.name(chat.session, row.picture_id)
    return Reply(lines(body(chat, row), hinted), buttons=buttons, picture=picture)


def body(chat: Chat, row: Announcement) -> Sayable:
    """Who speaks, and the words, in the reader's language where they were written in it."""
    who, text = speaker(chat, row), row.text_of("text")
    if row.corrects_id is not None:
        return lines(say("⚠️ {who}, correction:", who=who), text)
    if row.urgent:
        return lines(say("⚠️ {who}, urgent:", who=who), text)
    return say("{who}: {text}", who=who, text=text)


def speaker(chat: Chat, row: Announcement) -> Sayable:
    """The team that it is written for, else the station that writes it."""
    team = teams.get(chat.session, row.team_id) if row.team_id is not None else None
    if team is not None:
        return team_name(team)
    return station_name(stations.get(chat.session, row.station_id))


@router.button(OpenLink)
def open_link(chat: Chat, press: OpenLink) -> Reply:
    row = announcements.get(chat.session, press.announcement_id)
    kind, _, number = row.link.partition(":") if row is not None else ("", "", "")
    if row is None or not number:
        return Reply(say("There is nothing behind it any more."), buttons=(MENU,))
    announcements.opened(chat.session, row, chat.member.id, chat.now)
    if kind == "event":
        return open_event(chat, OpenEvent(int(number)))
    return open_team(chat, OpenTeam(int(number)))


def link_label(chat: Chat, row: Announcement) -> Sayable | None:
    """The label of the button below it; None without one, or when its target is gone."""
    kind, _, number = row.link.partition(":")
    if kind == "event":
        event = events.get(chat.session, int(number))
        return None if event is None or event.state == EventState.CANCELLED else say("See event")
    if kind == "team":
        return say("See team") if teams.get(chat.session, int(number)) is not None else None
    return None


# In a line


def beginning(row: Announcement) -> str:
    first = row.text.splitlines()[0] if row.text else ""
    return first if len(first) <= BEGINNING else first[:BEGINNING] + "…"


def when_sent(row: Announcement) -> Sayable:
    """When it goes out, and whether again."""
    is_weekly = row.repeat == Repeat.WEEKLY
    if row.first_at is None:
        return say("Goes out now, then every week.") if is_weekly else say("Goes out now.")
    when = When(row.first_at, near=True)
    if is_weekly:
        return say("Goes out {when}, then every week.", when=when)
    return say("Goes out {when}.", when=when)


def by_night(chat: Chat, row: Announcement) -> Sayable | None:
    """What quiet hours mean for it: that it wakes people all the same, or reaches them later."""
    if row.urgent:
        return say("Urgent, so it goes out at night too: {reason}", reason=row.urgent)
    at, hours = row.first_at or chat.now, chat.care.quiet
    if not quiet_hours.is_quiet(at, hours, chat.care.zone):
        return None
    morning = When(quiet_hours.next_allowed(at, hours, chat.care.zone), near=True)
    return say("Whoever rests then gets it afterwards, most from {when} on.", when=morning)


@router.command("sent", zh="公告记录", also=("发过的公告",))
def recent_by_words(chat: Chat, words: str) -> Reply:
    return recent(chat, Recent())


@router.button(Recent)
def recent(chat: Chat, press: Recent) -> Reply:
    """The announcements of one's places and teams, each one tap from its progress."""
    rows = announcements.recent(
        chat.session, chat.member.id, chat.now, skip=press.skip, limit=PAGE + 1
    )
    if not rows:
        return Reply(say("You have sent no announcement yet."), buttons=(MENU,))
    choices = tuple(
        Choice(number, beginning(row), ShowAnnouncement(row.id), _line(chat, row))
        for number, row in enumerate(rows[:PAGE], start=press.skip + 1)
    )
    more = (Button(say("More"), Recent(press.skip + PAGE)),) if len(rows) > PAGE else ()
    return Reply(say("Announcements:"), choices, (*more, MENU), edit=press.skip > 0)


def _line(chat: Chat, row: Announcement) -> Sayable:
    at = row.started_at or row.first_at or row.created_at
    who = speaker(chat, row) if row.by_member_id != chat.member.id else None
    return lines(beginning(row), who, When(at), STATES[state_at(row, chat.now)], between=DOT)


STATES = {
    AnnouncementState.DRAFT: say("draft"),
    AnnouncementState.ASKED: say("waits for approval"),
    AnnouncementState.LAPSED: say("not approved in time"),
    AnnouncementState.APPROVED: say("to come"),
    AnnouncementState.TRIAL: say("going out"),
    AnnouncementState.HELD: say("held"),
    AnnouncementState.PLANNING: say("going out"),
    AnnouncementState.RUNNING: say("going out"),
    AnnouncementState.STOPPED: say("stopped"),
    AnnouncementState.DONE: say("sent"),
}


def state_at(row: Announcement, now: datetime) -> AnnouncementState:
    """Its state as people are told: one whose time has come goes out, before the clock ticks."""
    is_due = row.due_at is not None and row.due_at <= now
    return (
        AnnouncementState.PLANNING
        if row.state is AnnouncementState.APPROVED and is_due
        else row.state
    )


def to_see(chat: Chat, announcement_id: int) -> Announcement | Reply:
    """An announcement that this member may follow, or why they may not."""
    row = announcements.locked(chat.session, announcement_id)
    if row is None or row.state == AnnouncementState.DRAFT:
        return Reply(say("There is no such announcement."), buttons=(MENU,))
    if lifecycle.may_manage(chat.session, row, chat.member.id, chat.now):
        return row
    station = chat.session.get_one(Station, row.station_id)
    return denied(chat, lifecycle.act_of(row), station, team_id=row.team_id) or row


# Stopping, and going on


def progress_of(chat: Chat, press: ShowAnnouncement | StopAnnouncement | NotReached) -> Progress:
    """How far it is; of a million deliveries the counting takes a good part of a second."""
    row = announcements.get(chat.session, press.announcement_id)
    return progress.of(chat.session, row.id, chat.now) if row is not None else Progress()


def _progress_unless_sure(chat: Chat, press: StopAnnouncement) -> Progress:
    # Nothing is counted before it is stopped: of a million that would take a second.
    return Progress() if press.sure else progress_of(chat, press)


@router.button(StopAnnouncement, looks=_progress_unless_sure)
def stop(chat: Chat, press: StopAnnouncement, numbers: Progress) -> Reply:
    row = to_see(chat, press.announcement_id)
    if isinstance(row, Reply):
        return row
    if not lifecycle.can_be_stopped(chat.session, row):
        see = Button(say("Progress"), ShowAnnouncement(row.id))
        return Reply(say("It has ended already."), buttons=(see, MENU))
    if not press.sure:
        return Reply(
            say_n(
                "Stop it? {n} person has got it already, the others won't.",
                "Stop it? {n} people have got it already, the others won't.",
                numbers.sent,
            )
            if sees_reach(chat, row.station_id)
            else say("Stop it? Whoever hasn't got it yet won't."),
            buttons=(
                Button(say("Go on sending"), ShowAnnouncement(row.id)),
                Button(say("Stop now"), StopAnnouncement(row.id, 1)),
            ),
        )
    was_moving = row.state in (
        AnnouncementState.TRIAL,
        AnnouncementState.PLANNING,
        AnnouncementState.RUNNING,
    )
    lifecycle.stop(chat.session, row, chat.member.id, chat.now)
    return Reply(
        lines(
            say("❌ Stopped: “{words}”", words=beginning(row)),
            say("What was on its way in this very second may still arrive.")
            if was_moving
            else None,
        ),
        buttons=(Button(say("Progress"), ShowAnnouncement(row.id)), MENU),
    )


@router.button(SendRest)
def send_rest(chat: Chat, press: SendRest) -> Reply:
    row = to_see(chat, press.announcement_id)
    if isinstance(row, Reply):
        return row
    see = Button(say("Progress"), ShowAnnouncement(row.id))
    after_trial = row.held_for is HeldFor.TRIAL
    if not holding.resume(chat.session, row, chat.member.id, chat.now, chat.care.zone):
        return Reply(say("It is not held any more."), buttons=(see, MENU))
    return Reply(
        say("✅ The rest is going out.") if after_trial else say("✅ It's going out."),
        buttons=(see, Button(say("Stop it"), StopAnnouncement(row.id))),
    )
