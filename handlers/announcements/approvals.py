"""Wide announcements: a second organizer approves them or sends them back."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question
from bot.conversation.messages import Action, Button, Reply, Sayable, lines, say
from bot.conversation.routing import Drop, Router
from handlers.actions import MENU
from handlers.announcements import audiences as choosing
from handlers.announcements.audiences import ShowPreview
from handlers.announcements.sent import (
    ShowAnnouncement,
    beginning,
    body,
    by_night,
    link_label,
    when_sent,
)
from handlers.permission import denied, sees_reach, why_sent_back
from handlers.words import people, person
from models.announcements import announcements, lifecycle
from models.announcements.announcements import Announcement, AnnouncementState
from models.announcements.lifecycle import AwaitingApproval
from models.events import pictures
from models.network import members
from models.network.stations import Station
from models.rules.network import floors
from models.rules.network.floors import Count
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.sending.deliveries import A_WEEK
from models.sending.reasons import Reason

router = Router()


@dataclass(frozen=True, slots=True)
class LookAt(Action, tag="bc-look"):
    """Shows an approver what they are asked about."""

    announcement_id: int


@dataclass(frozen=True, slots=True)
class Approve(Action, tag="bc-approve"):
    announcement_id: int


@dataclass(frozen=True, slots=True)
class Refuse(Action, tag="bc-refuse"):
    announcement_id: int


# Asking


def ask_approval(chat: Chat, row: Announcement, asked: AwaitingApproval) -> None:
    """Plan the question to everybody who may approve it."""
    for member in asked.approvers:
        deliveries.plan_for_member(
            chat.session,
            member.id,
            key=f"approve-announcement:{row.id}:{member.id}:{int(chat.now.timestamp())}",
            topic="approve-announcement",
            facts={
                "announcement_id": row.id,
                "people": asked.people.number,
                "is_exact": asked.people.is_exact,
            },
            due_at=chat.now,
            expires_at=chat.now + A_WEEK,
            now=chat.now,
            about=row.by_member_id,
        )


@router.notice("approve-announcement")
def approve_announcement(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    row = announcements.get(chat.session, facts["announcement_id"])
    if row is None or row.state != AnnouncementState.ASKED:
        return Drop(Reason.ANSWERED)
    return Reply(
        lines(
            say(
                "🔔 {name} wants to write to {people}. May it go out?",
                name=author(chat, row),
                people=people(_size(chat, row, facts)),
            ),
            lines("“", beginning(row), "”", between=""),
            by_night(chat, row),
        ),
        buttons=(
            Button(say("Look at it"), LookAt(row.id)),
            Button(say("Approve"), Approve(row.id)),
            Button(say("Send back"), Refuse(row.id)),
        ),
    )


def _size(chat: Chat, row: Announcement, facts: Mapping[str, Any]) -> Count:
    """How many people it is for, as exactly as its author and whoever is asked may know."""
    is_exact = facts.get("is_exact", True) and sees_reach(chat, row.station_id)
    return Count(facts["people"]) if is_exact else floors.floored(facts["people"])


def author(chat: Chat, row: Announcement) -> Sayable:
    if row.by_member_id is None:
        return say("Somebody")
    return person(members.get(chat.session, row.by_member_id).name, row.by_member_id)


def _asked(chat: Chat, announcement_id: int) -> Announcement | Reply:
    """The announcement, if this member may approve it; else the refusal."""
    row = announcements.locked(chat.session, announcement_id)
    if row is None or row.state != AnnouncementState.ASKED:
        return Reply(say("It has been answered already."), buttons=(MENU,))
    station = chat.session.get_one(Station, row.station_id)
    refusal = denied(
        chat, Act.APPROVE_ANNOUNCEMENT, station, subject=f"announcement:{announcement_id}"
    )
    if refusal is not None:
        return refusal
    if row.by_member_id == chat.member.id:
        return Reply(say("It's your own; another organizer approves it."), buttons=(MENU,))
    return row


@router.button(LookAt)
def look_at(chat: Chat, press: LookAt) -> Reply:
    """All of it, as members will see it."""
    row = _asked(chat, press.announcement_id)
    if isinstance(row, Reply):
        return row
    label = link_label(chat, row)
    return Reply(
        lines(
            body(chat, row),
            say("[{button}]", button=label) if label is not None else None,
            "———",
            say("From: {name}", name=author(chat, row)),
            say("To: {who}", who=choosing.describe(chat.session, row.aim)),
            when_sent(row),
            by_night(chat, row),
        ),
        buttons=(
            Button(say("Approve"), Approve(press.announcement_id)),
            Button(say("Send back"), Refuse(press.announcement_id)),
        ),
        picture=pictures.name(chat.session, row.picture_id),
    )


@router.button(Approve)
def approve(chat: Chat, press: Approve) -> Reply:
    row = _asked(chat, press.announcement_id)
    if isinstance(row, Reply):
        return row
    started = lifecycle.approve(chat.session, row, chat.member.id, chat.now)
    assert started is not None
    tell_verdict(chat, row, "approved")
    progress = Button(say("Progress"), ShowAnnouncement(press.announcement_id))
    return Reply(
        say("✅ Approved. {name} has been told.", name=author(chat, row)), buttons=(progress, MENU)
    )


@router.button(Refuse)
def begin_refusal(chat: Chat, press: Refuse) -> Reply:
    row = _asked(chat, press.announcement_id)
    return row if isinstance(row, Reply) else refusal.begin(chat, id=press.announcement_id)


@router.dialog("refuse-announcement")
def refusal(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    reason = yield why_sent_back()
    return start["id"], reason or ""


@refusal.done
def refuse(chat: Chat, form: tuple[int, str]) -> Reply:
    row = _asked(chat, form[0])
    if isinstance(row, Reply):
        return row
    lifecycle.refuse(chat.session, row, chat.member.id, form[1], chat.now)
    tell_verdict(chat, row, "refused")
    return Reply(
        say("✅ Sent back. {name} has been told.", name=author(chat, row)), buttons=(MENU,)
    )


def tell_verdict(chat: Chat, row: Announcement, verdict: str) -> None:
    """Tell the author that it was ``approved`` or ``refused``."""
    if row.by_member_id is None:
        return
    deliveries.plan_for_member(
        chat.session,
        row.by_member_id,
        key=f"announcement-{verdict}:{row.id}:{int(chat.now.timestamp())}",
        topic="announcement-answered",
        facts={"announcement_id": row.id, "verdict": verdict, "reason": row.reason},
        due_at=chat.now,
        expires_at=chat.now + A_WEEK,
        now=chat.now,
    )


@router.notice("announcement-answered")
def announcement_answered(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    row = announcements.get(chat.session, facts["announcement_id"])
    if row is None:
        return Drop(Reason.GONE)
    if facts["verdict"] == "approved":
        text = say("✅ Approved: “{words}”.", words=beginning(row))
        return Reply(text, buttons=(Button(say("Progress"), ShowAnnouncement(row.id)), MENU))
    if row.state != AnnouncementState.DRAFT:
        return Drop(Reason.ASKED_AGAIN)
    return Reply(
        lines(
            say("Sent back: “{words}”.", words=beginning(row)),
            say("Why: {reason}", reason=facts["reason"]) if facts.get("reason") else None,
        ),
        buttons=(Button(say("Change it"), ShowPreview(row.id)), MENU),
    )
