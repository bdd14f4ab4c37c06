"""How far an announcement is, in numbers; how it ended; who was not reached, and why."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.language import phrasebook
from bot.conversation.messages import (
    Attachment,
    Button,
    Reply,
    Sayable,
    When,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Drop, Router
from handlers.actions import MENU
from handlers.announcements.sent import (
    AnotherTime,
    Correct,
    NotReached,
    SendRest,
    ShowAnnouncement,
    SkipWeek,
    StopAnnouncement,
    TakeItBack,
    beginning,
    progress_of,
    state_at,
    to_see,
)
from handlers.hearing import OTHER_REASON, REASONS, by_number, not_reached
from handlers.permission import denied, sees_reach
from handlers.words import DOT, people
from models.announcements import announcements, holding, lifecycle, progress
from models.announcements.announcements import Announcement, AnnouncementState, HeldFor, Repeat
from models.announcements.progress import Progress, UnreachedMember
from models.network import roles
from models.network.stations import Station
from models.rules.network import floors
from models.rules.network.floors import Count
from models.rules.network.permissions import Act
from models.sending.reasons import Reason

router = Router()

UNDECIDED = (AnnouncementState.ASKED, AnnouncementState.HELD)
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

WAITING = {
    Reason.QUIET_HOURS: say("in quiet hours"),
    Reason.DAILY_CAP: say("got enough today"),
    Reason.OUTSIDE_WINDOW: say("see it on writing next"),
}


# How far it is


@router.button(ShowAnnouncement, looks=progress_of)
def show(chat: Chat, press: ShowAnnouncement, numbers: Progress) -> Reply:
    """How far it is; pressed again, the same message tells the newest."""
    row = to_see(chat, press.announcement_id)
    if isinstance(row, Reply):
        return row
    see = Button(say("Progress"), ShowAnnouncement(row.id))
    stop = Button(say("Stop it"), StopAnnouncement(row.id))
    sees = sees_reach(chat, row.station_id)
    # To others the buttons must not tell whether it reached anybody at all.
    got_it = reached_somebody(numbers) if sees else row.run > 0
    correct = (Button(say("Correct it"), Correct(row.id)),) if got_it else ()
    was_missed = sees and bool(who_was_missed(numbers))
    missed = (Button(say("Who missed it"), NotReached(row.id)),) if was_missed else ()
    buttons: tuple[Button, ...]
    if row.state == AnnouncementState.HELD:
        rest = Button(say("Send the rest"), SendRest(row.id))
        buttons = deciding(row) if row.held_for else (see, rest, stop)
    elif holding.can_be_taken_back(row) and row.by_member_id == chat.member.id:
        back = Button(say("Take it back"), TakeItBack(row.id))
        buttons = (see, back, stop) if lifecycle.can_be_stopped(chat.session, row) else (back, MENU)
    elif lifecycle.can_be_stopped(chat.session, row):
        buttons = (see, *correct, stop)
    else:
        buttons = (*missed, *correct, MENU)
    return Reply(
        lines(head(row, chat.now), *in_numbers(chat, row, numbers)), buttons=buttons, edit=True
    )


HELD: Mapping[HeldFor, Callable[[str], Sayable]] = {
    HeldFor.TRIAL: lambda words: say("⚠️ Held after the first few: “{words}”", words=words),
    HeldFor.LATE: lambda words: say("⚠️ Not sent, it is too late: “{words}”", words=words),
    HeldFor.RIGHT: lambda words: say(
        "⚠️ Held, its author may not send it any more: “{words}”", words=words
    ),
}


def deciding(row: Announcement) -> tuple[Button, ...]:
    """What can be done with one that is held before it goes out."""
    other = (
        Button(say("Skip this week"), SkipWeek(row.id))
        if row.repeat is Repeat.WEEKLY
        else Button(say("Another time"), AnotherTime(row.id))
    )
    stop = Button(say("Stop it"), StopAnnouncement(row.id))
    return Button(say("Send it"), SendRest(row.id)), other, stop


def reached_somebody(numbers: Progress) -> bool:
    return bool(numbers.sent or numbers.in_doubt)


def head(row: Announcement, now: datetime) -> Sayable:
    """Its state and its first words."""
    words = beginning(row)
    match state_at(row, now):
        case AnnouncementState.DONE:
            return say("✅ Sent: “{words}”", words=words)
        case AnnouncementState.STOPPED:
            return say("❌ Stopped: “{words}”", words=words)
        case AnnouncementState.ASKED:
            return say("⏳ Waits for approval: “{words}”", words=words)
        case AnnouncementState.APPROVED:
            return say("⏳ To come: “{words}”", words=words)
        case AnnouncementState.TRIAL:
            return say("⏳ First to a few: “{words}”", words=words)
        case AnnouncementState.LAPSED:
            return say("❌ Not approved in time: “{words}”", words=words)
        case AnnouncementState.HELD:
            return HELD[row.held_for](words)
        case _:
            return say("⏳ Going out: “{words}”", words=words)


def in_numbers(chat: Chat, row: Announcement, numbers: Progress) -> list[Sayable | None]:
    """How far it is, as far as this member may know (``audiences.count_for``)."""
    following = (
        say("Next: {when}", when=When(row.due_at, near=True))
        if row.due_at is not None and row.state not in UNDECIDED
        else None
    )
    if sees_reach(chat, row.station_id):
        return [*_reached(chat, row, numbers), following]
    planned = people(
        Count(numbers.planned) if row.aim.is_one_list else floors.floored(numbers.planned)
    )
    return [say("For {people}", people=planned) if row.run else None, following]


def _reached(chat: Chat, row: Announcement, numbers: Progress) -> list[Sayable | None]:
    left = numbers.minutes_left
    is_moving = (
        row.state in (AnnouncementState.PLANNING, AnnouncementState.RUNNING) and numbers.pending
    )
    planning = say("still counting") if row.state == AnnouncementState.PLANNING else None
    return [
        lines(
            say("{sent} of {planned} sent", sent=numbers.sent, planned=numbers.planned),
            planning,
            _known(numbers),
            between=DOT,
        )
        if numbers.planned
        else None,
        say_n(
            "{n} a minute, about {left} min left",
            "{n} a minute, about {left} min left",
            max(1, round(numbers.per_minute)),
            left=left,
        )
        if is_moving and left is not None
        else None,
        say("If that goes well, all the others get it by itself.")
        if row.state == AnnouncementState.TRIAL
        else None,
        _waiting(chat, numbers),
        not_reached(who_was_missed(numbers)),
    ]


def _known(numbers: Progress) -> Sayable | None:
    """What is known beyond its having been sent; most platforms do not tell."""
    return lines(
        say("{n} arrived", n=numbers.delivered) if numbers.delivered else None,
        say("{n} opened it", n=numbers.opened) if numbers.opened else None,
        between=DOT,
    )


def _waiting(chat: Chat, numbers: Progress) -> Sayable | None:
    """How many get it later, and what for."""
    by_reason = {**numbers.postponed, Reason.OUTSIDE_WINDOW: numbers.waiting}
    total = sum(by_reason.values())
    if not total:
        return None
    reasons = by_number(by_reason, WAITING, OTHER_REASON)
    return say("Waiting: {n} ({reasons})", n=total, reasons=reasons)


def who_was_missed(numbers: Progress) -> dict[Reason, int]:
    """Who did not get it, by reason."""
    missed = {**numbers.unreachable, **numbers.not_sent}
    counted = (
        (Reason.MUTED, numbers.muted),
        (Reason.STOPPED, numbers.stopped),
        (Reason.IN_DOUBT, numbers.in_doubt),
    )
    missed |= {reason: number for reason, number in counted if number}
    return missed


# Notices to the author


@router.notice("announcement-held")
def held(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """The trial failed, and an organizer must decide."""
    row = announcements.get(chat.session, facts["announcement_id"])
    if row is None or row.state != AnnouncementState.HELD:
        return Drop(Reason.ANSWERED)
    return Reply(
        lines(
            head(row, chat.now),
            *trial(chat, row, progress.count(chat.session, row, chat.now)),
            say("The others wait for your word."),
        ),
        buttons=(
            Button(say("Progress"), ShowAnnouncement(row.id)),
            Button(say("Send the rest"), SendRest(row.id)),
            Button(say("Stop it"), StopAnnouncement(row.id)),
        ),
    )


def trial(chat: Chat, row: Announcement, numbers: Progress) -> list[Sayable | None]:
    """How the trial went, for those who may know."""
    if not sees_reach(chat, row.station_id):
        return []
    return [
        say_n(
            "It went to {n} person, and {sent} got it.",
            "It went to {n} people, and {sent} got it.",
            numbers.planned,
            sent=numbers.sent,
        ),
        not_reached(who_was_missed(numbers)),
    ]


@router.notice("announcement-ended")
def ended(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """It has ended, or another organizer stopped it."""
    row = announcements.get(chat.session, facts["announcement_id"])
    if row is None:
        return Drop(Reason.GONE)
    # What was counted when it ended: this is said amid other sends, and counts nothing itself.
    numbers = Progress.from_json(row.counts)
    return Reply(
        lines(
            say("❌ Another organizer stopped it: “{words}”", words=beginning(row))
            if row.state == AnnouncementState.STOPPED
            else head(row, chat.now),
            *in_numbers(chat, row, numbers),
        ),
        buttons=(Button(say("Progress"), ShowAnnouncement(row.id)), MENU),
    )


# Who missed it


@router.button(NotReached, looks=progress_of)
def who_missed_it(chat: Chat, press: NotReached, found: Progress) -> Reply:
    """A list for those who want to tell them in another way."""
    row = to_see(chat, press.announcement_id)
    if isinstance(row, Reply):
        return row
    station = chat.session.get_one(Station, row.station_id)
    if (refusal := denied(chat, Act.SEE_REACH, station)) is not None:
        return refusal
    missed = not_reached(who_was_missed(found))
    if missed is not None:
        progress.record_view(chat.session, row, chat.member.id, chat.now)
    name = chat.in_words(say("Not reached")) + ".xlsx"
    file = Attachment(name, SPREADSHEET, "not-reached", (chat.member.id, row.id, chat.language))
    return Reply(
        missed or say("Everybody got it."),
        buttons=(Button(say("Progress"), ShowAnnouncement(row.id)), MENU),
        file=file if missed is not None else None,
    )


def _may_have_missed(session: Session, now: datetime, by: int, number: int, language: str) -> bool:
    row = announcements.get(session, number)
    station = session.get(Station, row.station_id) if row is not None else None
    if row is None or station is None or not lifecycle.may_manage(session, row, by, now):
        return False
    return roles.may(session, by, Act.SEE_REACH, station, now)


@router.file("not-reached", may=_may_have_missed)
def list_of_missed(session: Session, by: int, announcement_id: int, language: str) -> bytes:
    """Name, place and reason of everybody who did not get it, as .xlsx."""
    row = session.get_one(Announcement, announcement_id)
    return book_of_missed(progress.not_reached(session, row), language)


def book_of_missed(people: Sequence[UnreachedMember], language: str) -> bytes:
    """The list as .xlsx in a language; it asks the store for nothing."""
    from openpyxl import Workbook

    from models.events.sign_up_lists import text

    in_words = phrasebook().into(language)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(in_words(say("Not reached")))
    sheet.append([in_words(each) for each in (say("Name"), say("Place"), say("Why"))])
    for missed in people:
        reason = in_words(REASONS.get(missed.reason, OTHER_REASON))
        place = text(sheet, missed.station.to(language))
        sheet.append([text(sheet, missed.name), place, reason])
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()
