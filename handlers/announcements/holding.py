"""Announcements that wait for a decision: held before they go out, withdrawn, not approved."""

from collections.abc import Generator, Mapping
from datetime import datetime
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question
from bot.conversation.messages import Button, Reply, When, lines, say
from bot.conversation.routing import Drop, Router
from handlers import dates
from handlers.actions import MENU
from handlers.announcements.approvals import Approve, LookAt, Refuse
from handlers.announcements.audiences import EditDraft
from handlers.announcements.progress import deciding, head
from handlers.announcements.sent import (
    AnotherTime,
    ShowAnnouncement,
    SkipWeek,
    TakeItBack,
    beginning,
    to_see,
)
from models.announcements import announcements, holding
from models.announcements.announcements import Announcement, AnnouncementState, HeldFor
from models.sending.reasons import Reason

router = Router()


def _see(row: Announcement) -> Button:
    return Button(say("Progress"), ShowAnnouncement(row.id))


def _not_held(row: Announcement) -> Reply:
    return Reply(say("It is not held any more."), buttons=(_see(row), MENU))


# What is done about one that is held


@router.dialog("announcement-later")
def later(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    answer = yield Question("when", lines(say("When?"), dates.EXAMPLE), read=dates.read)
    return start["id"], answer


@router.button(AnotherTime)
def another_time(chat: Chat, press: AnotherTime) -> Reply:
    row = to_see(chat, press.announcement_id)
    if isinstance(row, Reply):
        return row
    is_held = row.state == AnnouncementState.HELD
    return later.begin(chat, id=press.announcement_id) if is_held else _not_held(row)


@later.done
def put_off(chat: Chat, form: tuple[int, str]) -> Reply:
    row = to_see(chat, form[0])
    if isinstance(row, Reply):
        return row
    first_at = datetime.fromisoformat(form[1].partition("/")[0])
    if not holding.put_off(chat.session, row, first_at, chat.member.id, chat.now):
        return _not_held(row)
    text = say("✅ It goes out {when}.", when=When(first_at, near=True))
    return Reply(text, buttons=(_see(row), MENU))


@router.button(SkipWeek)
def skip_week(chat: Chat, press: SkipWeek) -> Reply:
    row = to_see(chat, press.announcement_id)
    if isinstance(row, Reply):
        return row
    if not holding.skip_week(chat.session, row, chat.member.id, chat.now, chat.care.zone):
        return _not_held(row)
    assert row.due_at is not None
    text = say("✅ It goes out {when}.", when=When(row.due_at, near=True))
    return Reply(text, buttons=(_see(row), MENU))


@router.button(TakeItBack)
def take_back(chat: Chat, press: TakeItBack) -> Reply:
    row = to_see(chat, press.announcement_id)
    if isinstance(row, Reply):
        return row
    if not holding.take_back(chat.session, row, chat.member.id, chat.now):
        return Reply(say("It has gone out already."), buttons=(_see(row), MENU))
    return Reply(
        say("✅ Taken back: “{words}”. It's your draft again.", words=beginning(row)),
        buttons=(Button(say("Change it"), EditDraft(row.id)), MENU),
    )


# Notices


def _held_for(chat: Chat, facts: Mapping[str, Any], why: HeldFor) -> Reply | Drop:
    row = announcements.get(chat.session, facts["announcement_id"])
    if row is None or row.state != AnnouncementState.HELD or row.held_for is not why:
        return Drop(Reason.ANSWERED)
    was_for = say("It was for {when}.", when=When(row.due_at)) if row.due_at is not None else None
    return Reply(lines(head(row, chat.now), was_for), buttons=deciding(row))


@router.notice("announcement-late")
def late(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """Its author is asked what to do with one that could not go out at its time."""
    return _held_for(chat, facts, HeldFor.LATE)


@router.notice("announcement-orphaned")
def orphaned(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """The organizers of the place decide in the place of somebody who may not any more."""
    return _held_for(chat, facts, HeldFor.RIGHT)


def _asked(chat: Chat, facts: Mapping[str, Any]) -> Announcement | Drop:
    row = announcements.get(chat.session, facts["announcement_id"])
    if row is None or row.state != AnnouncementState.ASKED:
        return Drop(Reason.ANSWERED)
    return row


@router.notice("approval-waits")
def approval_waits(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    row = _asked(chat, facts)
    if isinstance(row, Drop):
        return row
    return Reply(
        say("🔔 Its time has come, and it waits for approval: “{words}”", words=beginning(row)),
        buttons=(
            Button(say("Look at it"), LookAt(row.id)),
            Button(say("Approve"), Approve(row.id)),
            Button(say("Send back"), Refuse(row.id)),
        ),
    )


@router.notice("announcement-waits")
def still_waits(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    row = _asked(chat, facts)
    if isinstance(row, Drop):
        return row
    return Reply(
        say("⏳ Not sent, for nobody has approved it yet: “{words}”", words=beginning(row)),
        buttons=(_see(row), MENU),
    )


@router.notice("announcement-lapsed")
def lapsed(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    row = announcements.get(chat.session, facts["announcement_id"])
    if row is None or row.state != AnnouncementState.LAPSED:
        return Drop(Reason.OUTDATED)
    return Reply(
        head(row, chat.now), buttons=(Button(say("Take it back"), TakeItBack(row.id)), MENU)
    )
