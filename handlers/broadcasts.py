"""Announcements under way: what members get, how far it is, stopping, approving, correcting."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.chat import Chat
from bot.language import Phrasebook
from bot.language import words as in_words
from bot.messages import (
    Action,
    Attachment,
    Bilingual,
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    say,
    say_n,
)
from bot.routing import Drop, Router
from handlers.actions import MENU, OpenEvent, OpenTeam
from handlers.notices import hint
from handlers.permission import denied
from handlers.words import DOT
from models import audiences, broadcasts, events, pictures, roles, teams
from models.broadcasts import Broadcast, BroadcastState, Progress, Repeat
from models.events import EventState
from models.members import NoticeKind
from models.rules.permissions import Act
from models.stations import Station

router = Router()

BEGINNING = 24
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

REASONS = {
    audiences.MUTED: say("don't want announcements"),
    audiences.NO_ADDRESS: say("have no chat with us"),
    audiences.NOT_CONSENTED: say("haven't agreed to our notice"),
    "blocked": say("have blocked us"),
    "deactivated": say("have closed their account"),
    "too late": say("couldn't be told in time"),
    broadcasts.STOPPED: say("stopped before"),
    "in_doubt": say("not sure whether it arrived"),
}
OTHER_REASON = say("can't be written to")


@dataclass(frozen=True, slots=True)
class ShowBroadcast(Action, tag="bc-show"):
    broadcast_id: int


@dataclass(frozen=True, slots=True)
class StopBroadcast(Action, tag="bc-stop"):
    """Stops it; asks once, for what went out cannot be taken back."""

    broadcast_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class NotReached(Action, tag="bc-missed"):
    broadcast_id: int


@dataclass(frozen=True, slots=True)
class Correct(Action, tag="bc-correct"):
    broadcast_id: int


@dataclass(frozen=True, slots=True)
class Recent(Action, tag="bc-recent"):
    pass


# What members get


@router.notice("broadcast")
def broadcast(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    row = broadcasts.get(chat.session, facts["broadcast_id"])
    if row is None or row.state == BroadcastState.STOPPED:
        return Drop(broadcasts.STOPPED)
    if NoticeKind.BROADCAST in chat.member.muted:
        return Drop(audiences.MUTED)
    label = link_label(chat, row)
    kind, _, number = row.link.partition(":")
    buttons: tuple[Button, ...] = (MENU,)
    if label is not None:
        opens = OpenEvent(int(number)) if kind == "event" else OpenTeam(int(number))
        buttons = (Button(label, opens), MENU)
    picture = pictures.name(chat.session, row.picture_id)
    return Reply(lines(body(row), hint(chat)), buttons=buttons, picture=picture)


def body(row: Broadcast) -> Sayable:
    """The words, in the reader's language where they were written in it."""
    said = Bilingual(row.text, row.text_en)
    return lines(say("⚠️ Correction:"), said) if row.corrects_id is not None else said


def link_label(chat: Chat, row: Broadcast) -> Sayable | None:
    """What the button below it says; None without one, or when what it leads to has gone."""
    kind, _, number = row.link.partition(":")
    if kind == "event":
        event = events.get(chat.session, int(number))
        return None if event is None or event.state == EventState.CANCELLED else say("See event")
    if kind == "team":
        return say("See team") if teams.get(chat.session, int(number)) is not None else None
    return None


# How far it is


def beginning(row: Broadcast) -> str:
    first = row.text.splitlines()[0] if row.text else ""
    return first if len(first) <= BEGINNING else first[:BEGINNING] + "…"


def when_sent(row: Broadcast) -> Sayable:
    """When it goes out, and whether again."""
    is_weekly = row.repeat == Repeat.WEEKLY
    if row.first_at is None:
        return say("Goes out now, then every week.") if is_weekly else say("Goes out now.")
    when = When(row.first_at, near=True)
    if is_weekly:
        return say("Goes out {when}, then every week.", when=when)
    return say("Goes out {when}.", when=when)


@router.command("sent", zh="公告记录", also=("发过的公告",))
def recent_by_words(chat: Chat, words: str) -> Reply:
    return recent(chat, Recent())


@router.button(Recent)
def recent(chat: Chat, press: Recent) -> Reply:
    """What this member has sent, each one tap from its progress."""
    found = broadcasts.recent(chat.session, chat.member.id)
    if not found:
        return Reply(say("You have sent no announcement yet."), buttons=(MENU,))
    choices = tuple(
        Choice(number, beginning(row), ShowBroadcast(row.id or 0), _line(row))
        for number, row in enumerate(found, start=1)
    )
    return Reply(say("Your announcements:"), choices, (MENU,))


def _line(row: Broadcast) -> Sayable:
    at = row.started_at or row.due_at or row.created_at
    return lines(beginning(row), When(at), STATES[row.state], between=DOT)


STATES = {
    BroadcastState.DRAFT: say("draft"),
    BroadcastState.ASKED: say("waits for approval"),
    BroadcastState.APPROVED: say("to come"),
    BroadcastState.PLANNING: say("going out"),
    BroadcastState.RUNNING: say("going out"),
    BroadcastState.STOPPED: say("stopped"),
    BroadcastState.DONE: say("sent"),
}


def to_see(chat: Chat, broadcast_id: int) -> Broadcast | Reply:
    """An announcement that this member may follow, or why they may not."""
    row = broadcasts.locked(chat.session, broadcast_id)
    if row is None or row.state == BroadcastState.DRAFT:
        return Reply(say("There is no such announcement."), buttons=(MENU,))
    station = chat.session.get_one(Station, row.station_id)
    if roles.may(chat.session, chat.member.id, Act.APPROVE_BROADCAST, station, chat.now):
        return row
    return denied(chat, broadcasts.act_of(row), station, team_id=row.team_id) or row


@router.button(ShowBroadcast)
def show(chat: Chat, press: ShowBroadcast) -> Reply:
    """How far it is; pressed again, the same message tells the newest."""
    row = to_see(chat, press.broadcast_id)
    if isinstance(row, Reply):
        return row
    assert row.id is not None
    found = broadcasts.progress(chat.session, row, chat.now)
    buttons: list[Button] = []
    if row.state in (*broadcasts.UNDER_WAY, BroadcastState.ASKED):
        buttons = [
            Button(say("Progress"), ShowBroadcast(row.id)),
            Button(say("Stop it"), StopBroadcast(row.id)),
        ]
    else:
        if _missed(found):
            buttons.append(Button(say("Who missed it"), NotReached(row.id)))
        if found.sent or found.in_doubt:
            buttons.append(Button(say("Correct it"), Correct(row.id)))
        buttons.append(MENU)
    return Reply(lines(_head(row), *_numbers(chat, row, found)), buttons=tuple(buttons), edit=True)


def _head(row: Broadcast) -> Sayable:
    words = beginning(row)
    match row.state:
        case BroadcastState.DONE:
            return say("✅ Sent: “{words}”", words=words)
        case BroadcastState.STOPPED:
            return say("❌ Stopped: “{words}”", words=words)
        case BroadcastState.ASKED:
            return say("⏳ Waits for approval: “{words}”", words=words)
        case BroadcastState.APPROVED:
            return say("⏳ To come: “{words}”", words=words)
        case _:
            return say("⏳ Going out: “{words}”", words=words)


def _numbers(chat: Chat, row: Broadcast, found: Progress) -> list[Sayable | None]:
    left = found.minutes_left
    is_moving = row.state in (BroadcastState.PLANNING, BroadcastState.RUNNING) and found.pending
    planning = say("still counting") if row.state == BroadcastState.PLANNING else None
    return [
        lines(
            say("{sent} of {planned} sent", sent=found.sent, planned=found.planned),
            planning,
            between=DOT,
        )
        if found.planned
        else None,
        say_n(
            "{n} a minute, about {left} min left",
            "{n} a minute, about {left} min left",
            max(1, round(found.per_minute)),
            left=left,
        )
        if is_moving and left is not None
        else None,
        say_n("{n} sees it on writing next", "{n} see it on writing next", found.waiting)
        if found.waiting
        else None,
        not_reached(chat, _missed(found)),
        say("Next: {when}", when=When(row.due_at, near=True)) if row.due_at is not None else None,
    ]


def _missed(found: Progress) -> dict[str, int]:
    """Who did not get it, by reason."""
    missed = {**found.unreachable, **found.not_sent}
    known = (
        (audiences.MUTED, found.muted),
        (broadcasts.STOPPED, found.stopped),
        ("in_doubt", found.in_doubt),
    )
    missed |= {reason: number for reason, number in known if number}
    return missed


def not_reached(chat: Chat, by_reason: Mapping[str, int]) -> Sayable | None:
    """How many are not reached, and why, those first who are most."""
    if not by_reason:
        return None
    said: dict[str, list[Any]] = {}
    for reason, number in by_reason.items():
        words = REASONS.get(reason, OTHER_REASON)
        known = said.setdefault(words.id, [words, 0])
        known[1] += number
    ordered = sorted(said.values(), key=lambda each: (-each[1], each[0].id))
    parts = [lines(str(number), words, between=" ") for words, number in ordered]
    total = sum(by_reason.values())
    reasons = lines(*parts, between=", " if chat.language == "en" else "，")
    return say("Not reached: {n} ({reasons})", n=total, reasons=reasons)


# Stopping


@router.button(StopBroadcast)
def stop(chat: Chat, press: StopBroadcast) -> Reply:
    row = to_see(chat, press.broadcast_id)
    if isinstance(row, Reply):
        return row
    assert row.id is not None
    if not press.sure:
        found = broadcasts.progress(chat.session, row, chat.now)
        return Reply(
            say_n(
                "Stop it? {n} person has got it already, the others won't.",
                "Stop it? {n} people have got it already, the others won't.",
                found.sent,
            ),
            buttons=(
                Button(say("Go on sending"), ShowBroadcast(row.id)),
                Button(say("Stop now"), StopBroadcast(row.id, 1)),
            ),
        )
    broadcasts.stop(chat.session, row, chat.member.id, chat.now)
    return show(chat, ShowBroadcast(row.id))


# Afterwards


@router.button(NotReached)
def who_missed_it(chat: Chat, press: NotReached) -> Reply:
    """A list for those who want to tell them in another way."""
    row = to_see(chat, press.broadcast_id)
    if isinstance(row, Reply):
        return row
    assert row.id is not None
    missed = not_reached(chat, _missed(broadcasts.progress(chat.session, row, chat.now)))
    name = "没收到的人.xlsx" if chat.language != "en" else "not-reached.xlsx"
    file = Attachment(name, SPREADSHEET, "not-reached", (row.id, chat.language))
    return Reply(
        missed or say("Everybody got it."),
        buttons=(Button(say("Progress"), ShowBroadcast(row.id)), MENU),
        file=file if missed is not None else None,
    )


@router.file("not-reached")
def list_of_missed(session: Session, broadcast_id: int, language: str) -> bytes:
    """Name, place and reason of everybody who did not get it, as .xlsx."""
    from openpyxl import Workbook

    row = session.get_one(Broadcast, broadcast_id)
    reader = _phrasebook().reader(language, ZoneInfo("UTC"), row.created_at)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(in_words(say("Not reached"), reader))
    sheet.append([in_words(each, reader) for each in (say("Name"), say("Place"), say("Why"))])
    for missed in broadcasts.not_reached(session, row):
        reason = in_words(REASONS.get(missed.reason, OTHER_REASON), reader)
        # A name is somebody's own words, and a leading "=" would be a formula.
        sheet.append([_words(sheet, missed.name), missed.station, reason])
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def _words(sheet: Any, said: str) -> Any:
    """A cell of words: a name is somebody's own, and "=1+1" is no formula of ours."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, said)
    cell.data_type = "s"
    return cell


@cache
def _phrasebook() -> Phrasebook:
    return Phrasebook()
