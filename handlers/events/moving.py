"""Change an event's time, place or meeting point, or cancel it; each asks once."""

from collections.abc import Generator, Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question
from bot.conversation.messages import Reply, Sayable, When, lines, say
from bot.conversation.routing import Router
from handlers import dates
from handlers.events.confirming import (
    NO,
    YES,
    asked,
    asked_now,
    called,
    confirmed,
    reason_of,
    seen_of,
    when_of,
    who_is_told,
)
from handlers.events.fields import CHECKS, FIELDS, told
from handlers.words import DOT, title
from models.events import running
from models.events.events import Event
from models.events.running import Changed, ChangeOutcome
from models.rules.events.changes import Facts

router = Router()

SET_IT = say("Set it")


@router.dialog("move-event")
def time_(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    when = yield Question("when", lines(say("When?"), dates.EXAMPLE), read=dates.read)
    seen = Facts.from_json(start["seen"])
    starts_at, ends_at = dates.span(when, seen.ends_at - seen.starts_at)
    sure, why, turn = "", "", 0
    while sure not in (YES, NO):
        why, turn = sure, turn + 1
        sure = yield Question(
            f"sure-{turn}",
            asked(
                lines(
                    say(
                        "{title}: from {was} to {when}.",
                        title=called(start),
                        was=say("date to come") if seen.is_postponed else When(seen.starts_at),
                        when=When(starts_at, ends_at, near=True),
                    ),
                    say("Why: {reason}", reason=why) if why else say("Write why, if you like."),
                ),
                start["event_id"],
                starts_at=starts_at,
                ends_at=ends_at,
                is_postponed=False,
            ),
            options=(
                Option(YES, SET_IT if seen.is_postponed else say("Move it")),
                Option(NO, say("Leave it")),
            ),
            check=reason_of,
        )
    return start, when, sure == YES, why


def ask_time(chat: Chat, event: Event) -> Reply:
    return time_.begin(
        chat, before=lines(title(event), when_of(event), between=DOT), **seen_of(event)
    )


@time_.done
def move(chat: Chat, form: tuple[Mapping[str, Any], str, bool, str]) -> Reply:
    start, when, is_sure, why = form
    seen = Facts.from_json(start["seen"])
    starts_at, ends_at = dates.span(when, seen.ends_at - seen.starts_at)

    def act() -> ChangeOutcome:
        return running.move(
            chat.session,
            start["event_id"],
            starts_at,
            ends_at,
            chat.member.id,
            chat.care,
            chat.now,
            reason=why,
            seen=start["revision"],
        )

    def said(done: Changed) -> Sayable:
        text = say("✅ The date is set.") if seen.is_postponed else say("✅ Moved.")
        queue = asked_now(done.offered) if seen.is_postponed else None
        return lines(text, who_is_told(chat, done), queue, meets_as_before(done.event))

    return confirmed(chat, time_, start, is_sure, act, said, when=when)


def meets_as_before(event: Event) -> Sayable | None:
    """The meeting point, which may name a time that is no longer right."""
    meet = event.text_of("meet")
    if not meet:
        return None
    return say("Still to meet: {place}. If that changes, write “edit meeting point”.", place=meet)


@router.dialog("relocate-event")
def place_(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    place = yield Question("place", say("Where?"), check=CHECKS["place"])
    sure = yield Question(
        "sure",
        asked(
            say("{title}: at {place}.", title=called(start), place=place),
            start["event_id"],
            place=place,
        ),
        options=(Option(YES, say("Yes, change it")), Option(NO, say("Leave it"))),
    )
    return start, place, sure == YES


def ask_place(chat: Chat, event: Event) -> Reply:
    before = lines(title(event), event.text_of("place"), between=DOT)
    return place_.begin(chat, before=before, **seen_of(event))


@place_.done
def relocate(chat: Chat, form: tuple[Mapping[str, Any], str, bool]) -> Reply:
    start, place, is_sure = form
    return confirmed(
        chat,
        place_,
        start,
        is_sure,
        lambda: running.relocate(
            chat.session, start["event_id"], place, chat.member.id, chat.now, seen=start["revision"]
        ),
        lambda done: lines(say("✅ Place changed."), who_is_told(chat, done)),
        place=place,
    )


@router.dialog("gather-event")
def meet_(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    meet = (yield FIELDS["meet"].ask("meet", start, {})) or ""
    becomes = (
        say("{title}: people meet at {place}.", title=called(start), place=meet)
        if meet
        else say("{title}: people come by themselves.", title=called(start))
    )
    sure = yield Question(
        "sure",
        asked(becomes, start["event_id"], meet=meet),
        options=(Option(YES, say("Yes, change it")), Option(NO, say("Leave it"))),
    )
    return start, meet, sure == YES


def ask_meet(chat: Chat, event: Event) -> Reply:
    before = lines(title(event), told(event, "meet"), between=DOT)
    return meet_.begin(chat, before=before, **seen_of(event))


@meet_.done
def gather(chat: Chat, form: tuple[Mapping[str, Any], str, bool]) -> Reply:
    start, meet, is_sure = form
    return confirmed(
        chat,
        meet_,
        start,
        is_sure,
        lambda: running.gather(
            chat.session, start["event_id"], meet, chat.member.id, chat.now, seen=start["revision"]
        ),
        lambda done: lines(say("✅ Meeting point changed."), who_is_told(chat, done)),
        meet=meet,
    )


@router.dialog("cancel-event")
def off(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    reason = yield Question(
        "reason",
        say("Why? Everyone who signed up reads it."),
        check=reason_of,
        skip=say("No reason"),
    )
    sure = yield Question(
        "sure",
        asked(
            lines(
                say("{title} will be cancelled.", title=called(start)),
                say("Until it would begin, you can bring it back."),
            ),
            start["event_id"],
            is_cancelled=True,
        ),
        options=(Option(NO, say("Keep it")), Option(YES, say("Cancel the event"))),
    )
    return start, reason, sure == YES


def ask_off(chat: Chat, event: Event) -> Reply:
    return off.begin(chat, **seen_of(event))


@off.done
def call_off(chat: Chat, form: tuple[Mapping[str, Any], str | None, bool]) -> Reply:
    start, reason, is_sure = form
    return confirmed(
        chat,
        off,
        start,
        is_sure,
        lambda: running.call_off(
            chat.session,
            start["event_id"],
            reason or "",
            chat.member.id,
            chat.now,
            seen=start["revision"],
        ),
        lambda done: lines(say("❌ Cancelled."), who_is_told(chat, done)),
        reason=reason,
    )
