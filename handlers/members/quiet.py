"""Quiet hours and reminders: when a member may be written to."""

from collections.abc import Generator, Mapping
from datetime import time
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import (
    Button,
    Reply,
    Sayable,
    lines,
    listing_and,
    say,
)
from bot.conversation.routing import Router
from handlers.actions import (
    MENU,
    PROFILE,
    Change,
)
from handlers.words import DOT, LEADS
from models.events import reminders
from models.members.profile import set_quiet_hours, set_reminder_leads
from models.network.members import NoticeKind
from models.rules.members.shifts import Shift
from models.rules.sending import quiet_hours
from models.rules.sending.quiet_hours import QuietHours, QuietSpan

router = Router()


# Quiet hours


@router.dialog("quiet", of_oneself=True)
def quiet(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    hours = yield Question(
        "hours",
        say("When should we keep quiet? Pick one, or write hours like 21-7."),
        options=(
            Option("22:00-08:00", "22:00–8:00"),
            Option("23:00-07:00", "23:00–7:00"),
            Option("08:00-15:00", say("8:00–15:00, after nights")),
            Option("off", say("Never quiet")),
        ),
        check=_hours,
        skip=say("As the station"),
    )
    return hours


def _hours(words: str) -> str | Wrong:
    try:
        return str(quiet_hours.parse(words))
    except ValueError:
        return Wrong(say("I read hours like 21:30-7:00."))


@quiet.done
def keep_quiet(chat: Chat, hours: str | None) -> Reply:
    set_quiet_hours(chat.session, chat.member, hours or "")
    reminders.replan_member(chat.session, chat.member.id, chat.care, chat.now)
    return Reply(
        say("✅ {hours}", hours=quiet_now(chat)),
        buttons=(Button(say("Reminders"), Change("reminders")), PROFILE, MENU),
    )


def quiet_now(chat: Chat) -> Sayable:
    """The quiet hours that hold for this member, and what their shift has to do with it."""
    return lines(_silence(chat), _by_shift(chat))


def _silence(chat: Chat) -> Sayable:
    spans = _spans(chat)
    if not spans:
        return say("You can hear from us at any hour.")
    if len(spans) > 1:
        return say("Quiet from {hours}.", hours=quiet_in_short(chat))
    [span] = spans
    return say("Quiet from {begins} to {ends}.", begins=_clock(span.begins), ends=_clock(span.ends))


def _by_shift(chat: Chat) -> Sayable | None:
    """Why it is also silent by day, or how it could be; None for hours of their own."""
    if chat.member.quiet or not chat.care.after_nights:
        return None
    if chat.member.shift == Shift.NIGHT:
        return say("You work nights, so we let you sleep by day as well.")
    if chat.member.shift == Shift.ROTATING:
        daytime = _in_short(quiet_hours.parse(chat.care.after_nights))
        return say("In a week of nights, choose {hours} here.", hours=daytime)
    return None


def quiet_in_short(chat: Chat) -> Sayable:
    spans = _spans(chat)
    return _in_short(QuietHours(spans)) if spans else say("none")


def _spans(chat: Chat) -> tuple[QuietSpan, ...]:
    member = chat.member
    return quiet_hours.parse(chat.care.quiet_of(member.quiet, member.shift)).spans


def _in_short(hours: QuietHours) -> Sayable:
    spans = (f"{_clock(span.begins)}–{_clock(span.ends)}" for span in hours.spans)
    return lines(*spans, between=DOT)


def _clock(moment: time) -> str:
    return f"{moment.hour}:{moment.minute:02}"


@router.command("quiet", zh="免打扰", also=("安静时段",), about=say("Quiet hours"))
def quiet_hours_command(chat: Chat, words: str) -> Reply:
    """``免打扰`` asks; ``免打扰 22:00-7:00`` sets them at once."""
    if words and isinstance(_hours(words), str):
        return keep_quiet(chat, str(_hours(words)))
    return quiet.begin(chat, before=quiet_now(chat))


# Reminders


@router.dialog("leads", of_oneself=True)
def leads(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    picked = yield Question(
        "leads",
        say("How long before an event shall we remind you? Pick several, then Done."),
        options=tuple(Option(str(lead), label) for lead, label in LEADS.items()),
        many=True,
        skip=say("No reminders"),
    )
    return picked


@leads.done
def keep_leads(chat: Chat, picked: list[str] | None) -> Reply:
    set_reminder_leads(chat.session, chat.member, [int(each) for each in picked or ()])
    reminders.replan_member(chat.session, chat.member.id, chat.care, chat.now)
    return Reply(reminders_now(chat), buttons=(PROFILE, MENU))


def reminders_now(chat: Chat) -> Sayable:
    leads = _leads(chat)
    return say("✅ Reminders {leads} before.", leads=leads) if leads else say("✅ No reminders.")


def reminders_in_short(chat: Chat) -> Sayable:
    leads = _leads(chat)
    return say("{leads} before", leads=leads) if leads else say("none")


def _leads(chat: Chat) -> Sayable | None:
    """The member's leads in words; None when they get no reminders."""
    leads = [LEADS[lead] for lead in chat.member.leads if lead in LEADS]
    if not leads or NoticeKind.REMINDER in chat.member.muted:
        return None
    return listing_and(*leads)
