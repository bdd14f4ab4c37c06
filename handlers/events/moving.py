"""Changes of an event that members are told of: time, place, cancelling; each asks once.

Who is asked sees how the event stands. When somebody else has changed it until the answer comes,
nothing is done: what has changed is said, and the question asked again.
"""

from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Tell, Wrong
from bot.conversation.messages import Reply, Sayable, When, lines, say, say_n
from bot.conversation.routing import Router
from handlers import dates
from handlers.events.collisions import same_day_line
from handlers.events.fields import CHECKS, FIELDS, LONGEST_REASON, told, too_long
from handlers.events.running import run_card, to_run
from handlers.hearing import NAMED, OF_CHANGES, OTHER_REASON, are_told, will_be_told
from handlers.permission import sees_reach
from handlers.words import DOT, person, title
from models.events import changes, events, running
from models.events.events import Event
from models.events.running import Changed, Meanwhile, TooLate
from models.network import members
from models.rules.events.changes import Facts, between
from models.rules.events.windows import Why
from models.rules.languages import Translated
from models.sending.hearing import Hearing
from models.store import Moment

router = Router()

YES, NO = "yes", "no"
SET_IT = say("Set it")
MEANWHILE = say("⚠️ Somebody else changed it meanwhile. Look once more:")


TOO_LATE = {
    Why.CANCELLED: say("It's cancelled: nothing was changed."),
    Why.POSTPONED: say("Its date is to come: set that first."),
    Why.OPEN: say("It takes place: nothing was changed."),
    Why.CLOSED: say("It takes place: nothing was changed."),
    Why.BEGUN: say("It has begun: nothing was changed."),
    Why.OVER: say("It's over: nothing was changed."),
    Why.TIME_PASSED: say("That moment has passed meanwhile."),
    Why.UNPUBLISHED: say("It isn't published: nothing was changed."),
    Why.BEING_DRAWN: say("Its seats are being drawn: try again in a moment."),
}


def too_late(chat: Chat, refused: TooLate) -> Reply:
    return run_card(chat, refused.event, before=TOO_LATE[refused.why])


def seen_of(event: Event) -> dict[str, Any]:
    """How the event stands when its organizer is asked, as the dialog keeps it."""
    return {
        "event_id": event.id,
        "title": title(event).to_json(),
        "revision": event.revision,
        "seen": changes.facts_of(event).to_json(),
        "seats": event.seats,
    }


def meanwhile(event: Event, start: Mapping[str, Any]) -> Sayable:
    """What somebody else has changed since the organizer was asked."""
    seen, now = Facts.from_json(start["seen"]), changes.facts_of(event)
    difference = between(seen, now)
    return lines(
        MEANWHILE,
        say("{was} → {now}", was=_planned(seen), now=_when(event))
        if difference.time or difference.postponed or difference.dated
        else None,
        say("{was} → {now}", was=seen.place, now=event.text_of("place"))
        if difference.place
        else None,
        say("{was} → {now}", was=seen.meet, now=event.text_of("meet")) if difference.meet else None,
        say("{was} → {now}", was=_seats_in_words(start["seats"]), now=_seats_in_words(event.seats))
        if start["seats"] != event.seats
        else None,
    )


def _seats_in_words(number: int | None) -> Sayable:
    return say("No limit") if number is None else say_n("{n} seat", "{n} seats", number)


def _planned(seen: Facts) -> Sayable:
    if seen.is_postponed:
        return say("date to come")
    return When(seen.starts_at, seen.ends_at)


def _when(event: Event) -> When:
    return When(event.starts_at, event.ends_at, near=True)


def asked(said: Sayable, event_id: int, **becomes: Any) -> Tell:
    """What is asked, and who would hear of it, counted whenever it is asked."""

    def text(chat: Chat) -> Sayable:
        return lines(
            said,
            _same_day(chat, event_id, **becomes) if "starts_at" in becomes else None,
            who_will_be_told(chat, event_id, **becomes),
        )

    return text


def _same_day(
    chat: Chat, event_id: int, *, starts_at: Moment, ends_at: Moment, **_others: Any
) -> Sayable | None:
    """What else the same people are called to on the day that the event is moved to."""
    event = events.for_organizers(chat.session, event_id)
    if event is None:
        return None
    return same_day_line(chat, event.station_id, event.team_id, starts_at, ends_at, but=(event_id,))


def who_will_be_told(chat: Chat, event_id: int, **becomes: Any) -> Sayable | None:
    """Who would hear of it if the event became so; the others are named."""
    event = events.for_organizers(chat.session, event_id)
    if event is None:
        return None
    facts = replace(changes.facts_of(event), **becomes)
    hearing = changes.who_would_hear(chat.session, event, facts, chat.now)
    if not hearing and not running.counts(chat.session, event_id):
        return say("Nobody has signed up yet.")
    sees = sees_reach(chat, event.station_id)
    return will_be_told(hearing, _missed(chat, hearing, sees_why=sees), sees_why=sees)


def who_is_told(chat: Chat, done: Changed) -> Sayable:
    """Who hears of a change that was made, the others by name; and which check-ins it ended."""
    undone = (
        say_n(
            "{n} person was checked in; that starts anew.",
            "{n} people were checked in; that starts anew.",
            done.undone,
        )
        if done.undone
        else None
    )
    sees = sees_reach(chat, done.event.station_id)
    missed = _missed(chat, done.told, sees_why=sees)
    return lines(are_told(done.told, missed, sees_why=sees), undone)


def asked_now(offered: int) -> Sayable | None:
    """How many of the queue are offered a seat; None where nobody is."""
    if not offered:
        return None
    return say_n("{n} of the queue is asked now.", "{n} of the queue are asked now.", offered)


def _missed(chat: Chat, hearing: Hearing, *, sees_why: bool) -> list[Sayable]:
    """The names of those who do not hear it, each with the reason for those who may know it.

    That somebody blocked the station or switched it off is between them and the station.
    """
    some = list(hearing.missed.items())[: NAMED + 1]
    names = members.names_of(chat.session, [member_id for member_id, _ in some])
    called = {member_id: person(names.get(member_id, ""), member_id) for member_id, _ in some}
    if not sees_why:
        return list(called.values())
    return [
        say(
            "{name} ({reason})",
            name=called[member_id],
            reason=OF_CHANGES.get(reason, OTHER_REASON),
        )
        for member_id, reason in some
    ]


# Time, place, cancelling


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
        chat, before=lines(title(event), _when(event), between=DOT), **seen_of(event)
    )


@time_.done
def move(chat: Chat, form: tuple[Mapping[str, Any], str, bool, str]) -> Reply:
    start, when, is_sure, why = form
    event, refusal = to_run(chat, start["event_id"])
    if event is None:
        return refusal
    if not is_sure:
        return run_card(chat, event, before=say("All right, nothing was changed."))
    seen = Facts.from_json(start["seen"])
    starts_at, ends_at = dates.span(when, seen.ends_at - seen.starts_at)
    by, revision = chat.member.id, start["revision"]
    match running.move(
        chat.session,
        event.id,
        starts_at,
        ends_at,
        by,
        chat.care,
        chat.now,
        reason=why,
        seen=revision,
    ):
        case TooLate() as refused:
            return too_late(chat, refused)
        case Meanwhile(event):
            news = meanwhile(event, start)
            return time_.begin(chat, before=news, answered={"when": when}, **seen_of(event))
        case Changed() as done:
            text = say("✅ The date is set.") if seen.is_postponed else say("✅ Moved.")
            queue = asked_now(done.offered) if seen.is_postponed else None
            told = lines(text, who_is_told(chat, done), queue, meets_as_before(event))
            return run_card(chat, event, before=told)


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
        options=(Option("yes", say("Yes, change it")), Option("no", say("Leave it"))),
    )
    return start, place, sure == "yes"


def ask_place(chat: Chat, event: Event) -> Reply:
    before = lines(title(event), event.text_of("place"), between=DOT)
    return place_.begin(chat, before=before, **seen_of(event))


@place_.done
def relocate(chat: Chat, form: tuple[Mapping[str, Any], str, bool]) -> Reply:
    start, place, is_sure = form
    event, refusal = to_run(chat, start["event_id"])
    if event is None:
        return refusal
    if not is_sure:
        return run_card(chat, event, before=say("All right, nothing was changed."))
    by, revision = chat.member.id, start["revision"]
    match running.relocate(chat.session, event.id, place, by, chat.now, seen=revision):
        case TooLate() as refused:
            return too_late(chat, refused)
        case Meanwhile(event):
            news = meanwhile(event, start)
            return place_.begin(chat, before=news, answered={"place": place}, **seen_of(event))
        case Changed() as done:
            return run_card(
                chat, event, before=lines(say("✅ Place changed."), who_is_told(chat, done))
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
        options=(Option("yes", say("Yes, change it")), Option("no", say("Leave it"))),
    )
    return start, meet, sure == "yes"


def called(start: Mapping[str, Any]) -> Translated:
    return Translated.from_json(start["title"])


def ask_meet(chat: Chat, event: Event) -> Reply:
    before = lines(title(event), told(event, "meet"), between=DOT)
    return meet_.begin(chat, before=before, **seen_of(event))


@meet_.done
def gather(chat: Chat, form: tuple[Mapping[str, Any], str, bool]) -> Reply:
    start, meet, is_sure = form
    event, refusal = to_run(chat, start["event_id"])
    if event is None:
        return refusal
    if not is_sure:
        return run_card(chat, event, before=say("All right, nothing was changed."))
    by, revision = chat.member.id, start["revision"]
    match running.gather(chat.session, event.id, meet, by, chat.now, seen=revision):
        case TooLate() as refused:
            return too_late(chat, refused)
        case Meanwhile(event):
            news = meanwhile(event, start)
            return meet_.begin(chat, before=news, answered={"meet": meet}, **seen_of(event))
        case Changed() as done:
            told = who_is_told(chat, done)
            return run_card(chat, event, before=lines(say("✅ Meeting point changed."), told))


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
        options=(Option("no", say("Keep it")), Option("yes", say("Cancel the event"))),
    )
    return start, reason, sure == "yes"


def reason_of(words: str) -> str | Wrong:
    return words if len(words) <= LONGEST_REASON else too_long(LONGEST_REASON)


def ask_off(chat: Chat, event: Event) -> Reply:
    return off.begin(chat, **seen_of(event))


@off.done
def call_off(chat: Chat, form: tuple[Mapping[str, Any], str | None, bool]) -> Reply:
    start, reason, is_sure = form
    event, refusal = to_run(chat, start["event_id"])
    if event is None:
        return refusal
    if not is_sure:
        return run_card(chat, event, before=say("All right, nothing was changed."))
    by, revision = chat.member.id, start["revision"]
    match running.call_off(chat.session, event.id, reason or "", by, chat.now, seen=revision):
        case TooLate() as refused:
            return too_late(chat, refused)
        case Meanwhile(event):
            news = lines(meanwhile(event, start))
            return off.begin(chat, before=news, answered={"reason": reason}, **seen_of(event))
        case Changed() as done:
            return run_card(
                chat, event, before=lines(say("❌ Cancelled."), who_is_told(chat, done))
            )
