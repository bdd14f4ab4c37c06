"""What the station says by itself: reminders, offers, changes; and how to have fewer of them."""

from collections.abc import Generator, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from bot.chat import Chat
from bot.dialogs import Option, Question, Wrong
from bot.messages import Bilingual, Button, Card, Clock, Reply, Sayable, When, lines, say
from bot.routing import Drop, Router
from handlers.actions import (
    EVENTS,
    MENU,
    MINE,
    PROFILE,
    Change,
    GiveUp,
    OpenEvent,
    SignUp,
    Ticket,
)
from handlers.events.signups import LEADS
from handlers.words import DOT, title
from models.events import events, reminders, signups
from models.events.events import Event, EventState, SignupState
from models.network import members
from models.network.members import NoticeKind, Shift
from models.rules.sending import quiet_hours
from models.rules.sending.quiet_hours import Hours, Span
from models.sending import deliveries

router = Router()

HINT_EVERY = timedelta(days=7)
AT_THE_DOOR = timedelta(hours=3)
"""A reminder so near the beginning leads to the check-in code, not to the details."""


# Notices


@router.notice("reminder")
def remind(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event, claim = _mine(chat, facts)
    if event is None or event.state == EventState.CANCELLED:
        return Drop("the event is off")
    if claim is None or claim.state != SignupState.SEATED:
        return Drop("not signed up any more")
    if facts.get("starts_at") not in (None, event.starts_at.isoformat()):
        # Planned before the event was moved, which has reminders of its own now.
        return Drop("the event was moved")
    if NoticeKind.REMINDER in chat.member.muted:
        return Drop("muted")
    assert event.id is not None
    bring = Bilingual(event.bring, event.bring_en)
    text = lines(
        say(
            "🔔 {title}, {when}.",
            title=title(event),
            when=When(event.starts_at, event.ends_at, near=True),
        ),
        lines(
            Bilingual(event.place, event.place_en),
            say("Bring: {things}", things=bring) if bring else None,
            between=DOT,
        ),
        hint(chat),
    )
    map_ = (Button(say("Map"), url=event.map_url),) if event.map_url else ()
    first = (
        Button(say("Check-in code"), Ticket(event.id))
        if event.starts_at - chat.now <= AT_THE_DOOR
        else Button(say("Details"), OpenEvent(event.id))
    )
    return Reply(
        text,
        buttons=(
            first,
            *map_,
            Button(say("Can't make it"), GiveUp(event.id)),
        ),
        card=as_card(
            event, say("Bring: {things}", things=bring) if bring else say("See you there")
        ),
    )


@router.notice("offer")
def offer(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event, claim = _mine(chat, facts)
    if event is None or claim is None or claim.state != SignupState.OFFERED:
        return Drop("the offer has ended")
    if NoticeKind.OFFER in chat.member.muted:
        return Drop("muted")
    assert event.id is not None
    return Reply(
        lines(
            say(
                "🔔 A seat is free: {title}, {when}.",
                title=title(event),
                when=When(event.starts_at, near=True),
            ),
            say("It's yours until {until}.", until=Clock(claim.offered_until)),
        ),
        buttons=(
            Button(say("Take it"), SignUp(event.id)),
            Button(say("No thanks"), GiveUp(event.id, 1)),
        ),
        card=as_card(event, say("A free seat, until {until}", until=Clock(claim.offered_until))),
    )


@router.notice("lapsed")
def lapsed(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event, claim = _mine(chat, facts)
    if event is None or claim is not None:
        return Drop("signed up again")
    if NoticeKind.OFFER in chat.member.muted:
        return Drop("muted")
    assert event.id is not None
    return Reply(
        say(
            "The seat at {title} has gone to the next in line: there was no answer in time.",
            title=title(event),
        ),
        buttons=(Button(say("Join queue"), SignUp(event.id)), EVENTS),
        card=as_card(event, say("The seat went to the next")),
    )


@router.notice("moved")
def moved(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event, claim = _mine(chat, facts)
    if event is None or claim is None or event.state == EventState.CANCELLED:
        return Drop("not signed up any more")
    if NoticeKind.CHANGE in chat.member.muted:
        return Drop("muted")
    assert event.id is not None
    return Reply(
        lines(
            say(
                "⚠️ Moved: {title}, from {was} to {when}.",
                title=title(event),
                was=When(datetime.fromisoformat(facts["was"])),
                when=When(event.starts_at, near=True),
            ),
            say("Why: {reason}", reason=facts["reason"]) if facts.get("reason") else None,
        ),
        buttons=(
            Button(say("Still coming"), OpenEvent(event.id)),
            Button(say("Can't make it"), GiveUp(event.id)),
        ),
        card=as_card(event, say("At a new time")),
    )


@router.notice("called-off")
def called_off(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    event, claim = _mine(chat, facts)
    if event is None or claim is None:
        return Drop("not signed up any more")
    if NoticeKind.CHANGE in chat.member.muted:
        return Drop("muted")
    return Reply(
        lines(
            say(
                "❌ Cancelled: {title}, {when}.",
                title=title(event),
                when=When(event.starts_at, near=True),
            ),
            say("Why: {reason}", reason=event.reason) if event.reason else None,
        ),
        buttons=(EVENTS, MINE),
        card=as_card(event, say("Cancelled")),
    )


def as_card(event: Event, text: Sayable) -> Card:
    """A notice about an event in its parts; ``text`` is at most some fifteen characters long."""
    return Card(
        title=title(event),
        text=text,
        at=event.starts_at,
        place=Bilingual(event.place, event.place_en),
    )


def _mine(chat: Chat, facts: Mapping[str, Any]) -> tuple[Event | None, Any]:
    event = events.get(chat.session, facts["event_id"])
    claim = signups.claim_of(chat.session, facts["event_id"], chat.member.id)
    return event, claim


def hint(chat: Chat) -> Sayable | None:
    """How to have fewer messages: said once a week at most."""
    since = chat.now - HINT_EVERY
    if deliveries.was_told_since(chat.session, chat.member.address_id, since):
        return None
    return say("Fewer messages: write “profile” or “stop”.")


# Quiet hours


@router.dialog("quiet")
def quiet(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    hours = yield Question(
        "hours",
        say("When shall we be silent? Pick one, or write hours like 21:30-7:00."),
        options=(
            Option("22:00-08:00", "22:00–8:00"),
            Option("23:00-07:00", "23:00–7:00"),
            Option("08:00-15:00", say("8:00–15:00, after nights")),
            Option("off", say("Never silent")),
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
    members.keep_quiet(chat.session, chat.member, hours or "")
    reminders.refit_member(chat.session, chat.member.id, chat.care, chat.now)
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
        return say("Silent from {hours}.", hours=quiet_in_short(chat))
    [span] = spans
    return say(
        "Silent from {begins} to {ends}.", begins=_clock(span.begins), ends=_clock(span.ends)
    )


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
    return _in_short(Hours(spans)) if spans else say("none")


def _spans(chat: Chat) -> tuple[Span, ...]:
    member = chat.member
    return quiet_hours.parse(chat.care.quiet_of(member.quiet, member.shift)).spans


def _in_short(hours: Hours) -> Sayable:
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


@router.dialog("leads")
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
    members.remind_before(chat.session, chat.member, [int(each) for each in picked or ()])
    reminders.refit_member(chat.session, chat.member.id, chat.care, chat.now)
    return Reply(reminders_now(chat), buttons=(PROFILE, MENU))


def reminders_now(chat: Chat) -> Sayable:
    leads = _leads(chat)
    return say("✅ Reminders {leads} before.", leads=leads) if leads else say("✅ No reminders.")


def reminders_in_short(chat: Chat) -> Sayable:
    leads = _leads(chat)
    return say("{leads} before", leads=leads) if leads else say("none")


def _leads(chat: Chat) -> Sayable | None:
    """The member's leads in words; None when they get no reminders."""
    known = [LEADS[lead] for lead in chat.member.leads if lead in LEADS]
    if not known or NoticeKind.REMINDER in chat.member.muted:
        return None
    return lines(*known, between=" and " if chat.language == "en" else "、")
