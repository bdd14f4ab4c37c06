"""When sign-up for an event closes: by hand, at a time of the organizer's, and open again."""

from collections.abc import Generator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Reply, Sayable, When, lines, say, say_n
from bot.conversation.routing import Router
from handlers import dates
from handlers.events.confirming import asked_now, too_late
from handlers.events.running import numbers, run_card, to_run
from handlers.words import title
from models.events import running
from models.events.events import Event
from models.events.running import Changed, TooLate
from models.rules.events import windows
from models.rules.events.windows import EventAct, Phase

router = Router()


def close(chat: Chat, event: Event) -> Reply:
    """Close sign-up."""
    done = running.close_sign_up(chat.session, event.id, chat.member.id, chat.now)
    if isinstance(done, TooLate):
        return too_late(chat, done)
    return run_card(chat, done.event, before=closed(done.event))


def closed(event: Event) -> Sayable:
    """That sign-up is closed, and who of the queue hears that no more seats will come."""
    waiting = event.waiting
    queue = (
        say_n(
            "{n} in the queue is told that no more seats will come.",
            "{n} in the queue are told that no more seats will come.",
            waiting,
        )
        if waiting
        else None
    )
    return lines(say("✅ Sign-up is closed."), queue)


@router.dialog("sign-up-until")
def until(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    begin, *others = (datetime.fromisoformat(each) for each in start["times"])

    def read(words: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
        found = dates.read(words, now, zone)
        if isinstance(found, Wrong):
            return found
        at = datetime.fromisoformat(found.partition("/")[0])
        if at > begin:
            return Wrong(say("It begins at {when}; sign-up can't last longer.", when=When(begin)))
        return at.isoformat()

    options = (
        Option(begin.isoformat(), say("Until it begins")),
        *(Option(each.isoformat(), lines(When(each))) for each in others),
    )
    closes_at = yield Question(
        "until", say("Until when can people sign up?"), options=options, read=read
    )
    return start["event_id"], closes_at


def ask_until(chat: Chat, event: Event) -> Reply:
    """Ask until when sign-up is open, unless it cannot be any more."""
    if why := windows.refusal(EventAct.REOPEN, event, chat.now):
        return too_late(chat, TooLate(event, why))
    times = windows.closing_times(event, chat.now, chat.care.zone)
    return until.begin(
        chat,
        before=lines(title(event), When(event.starts_at, near=True), numbers(event, chat.now)),
        event_id=event.id,
        times=[each.isoformat() for each in times],
    )


@until.done
def set_time(chat: Chat, form: tuple[int, str]) -> Reply:
    event, refusal = to_run(chat, form[0])
    if event is None:
        return refusal
    was_open = windows.phase_of(event, chat.now) == Phase.OPEN
    closes_at = datetime.fromisoformat(form[1])
    by = chat.member.id
    done = running.open_sign_up(chat.session, event.id, closes_at, by, chat.care, chat.now)
    if isinstance(done, TooLate):
        return too_late(chat, done)
    return run_card(chat, done.event, before=opened(done, was_open=was_open))


def opened(done: Changed, *, was_open: bool) -> Sayable:
    """Until when sign-up is open, and how many of the queue are asked."""
    when = When(done.event.closes_at, near=True)
    text = (
        say("✅ Sign-up is open until {when}.", when=when)
        if was_open
        else say("✅ Sign-up is open again, until {when}.", when=when)
    )
    return lines(text, asked_now(done.offered))
