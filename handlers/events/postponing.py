"""Leave an event's date to come, and take back that one is cancelled; each asks once."""

from collections.abc import Generator, Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question
from bot.conversation.messages import Reply, When, lines, say
from bot.conversation.routing import Router
from handlers.events.confirming import (
    NO,
    YES,
    asked,
    asked_now,
    called,
    confirmed,
    reason_of,
    seen_of,
    too_late,
    who_is_told,
)
from handlers.words import title
from models.events import postponing
from models.events.events import Event
from models.events.running import TooLate
from models.rules.events import windows
from models.rules.events.windows import EventAct

router = Router()

LOOKED_AT, SHOWN = 40, 5


@router.dialog("postpone-event")
def put_off(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    reason = yield Question(
        "reason",
        say("Why is it postponed? Everyone who signed up reads it."),
        check=reason_of,
        skip=say("No reason"),
    )
    sure = yield Question(
        "sure",
        asked(
            lines(
                say("{title} is postponed, with its date to come.", title=called(start)),
                say("Everybody keeps seat and place in the queue; reminders stop."),
            ),
            start["event_id"],
            is_postponed=True,
        ),
        options=(Option(YES, say("Postpone it")), Option(NO, say("Leave it"))),
    )
    return start, reason, sure == YES


def ask(chat: Chat, event: Event) -> Reply:
    return put_off.begin(chat, **seen_of(event))


@put_off.done
def postpone(chat: Chat, form: tuple[Mapping[str, Any], str | None, bool]) -> Reply:
    start, reason, is_sure = form
    return confirmed(
        chat,
        put_off,
        start,
        is_sure,
        lambda: postponing.postpone(
            chat.session,
            start["event_id"],
            reason or "",
            chat.member.id,
            chat.now,
            seen=start["revision"],
        ),
        lambda done: lines(
            say("⚠️ Postponed."),
            who_is_told(chat, done),
            say("Once the date is certain: More, then Set the date."),
        ),
        reason=reason,
    )


@router.dialog("restore-event")
def back(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    sure = yield Question(
        "sure",
        asked(
            say(
                "{title} takes place after all, with all sign-ups as they were.",
                title=called(start),
            ),
            start["event_id"],
            is_cancelled=False,
        ),
        options=(Option(YES, say("Bring it back")), Option(NO, say("Leave it"))),
    )
    return start, sure == YES


def ask_back(chat: Chat, event: Event) -> Reply:
    """Ask whether it takes place after all, unless it would have begun by now."""
    if why := windows.refusal(EventAct.RESTORE, event, chat.now):
        return too_late(chat, TooLate(event, why))
    when = When(event.starts_at, event.ends_at, near=True)
    return back.begin(chat, before=lines(title(event), when), **seen_of(event))


@back.done
def restore(chat: Chat, form: tuple[Mapping[str, Any], bool]) -> Reply:
    start, is_sure = form
    return confirmed(
        chat,
        back,
        start,
        is_sure,
        lambda: postponing.restore(
            chat.session,
            start["event_id"],
            chat.member.id,
            chat.care,
            chat.now,
            seen=start["revision"],
        ),
        lambda done: lines(
            say("✅ It takes place after all."),
            who_is_told(chat, done) or say("Nobody needs to be told."),
            asked_now(done.offered),
        ),
    )
