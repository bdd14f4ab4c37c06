"""A change of an event that members are told of: asked once, with who would hear of it.

Who is asked sees how the event stands. When somebody else has changed it until the answer comes,
nothing is done: what has changed is said, and the question asked again.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.conversation.asking import Dialog
from bot.conversation.chat import Chat
from bot.conversation.dialogs import Tell, Wrong
from bot.conversation.messages import Reply, Sayable, When, lines, say, say_n
from handlers.events.collisions import same_day_line
from handlers.events.fields import LONGEST_REASON, too_long
from handlers.events.running import run_card, to_run
from handlers.hearing import NAMED, OF_CHANGES, OTHER_REASON, are_told, will_be_told
from handlers.permission import sees_reach
from handlers.words import person, title
from models.events import changes, events, running
from models.events.events import Event
from models.events.running import Changed, ChangeOutcome, Meanwhile, TooLate
from models.network import members
from models.rules.events.changes import Facts, between
from models.rules.events.windows import Why
from models.rules.languages import Translated
from models.sending.hearing import Hearing
from models.store import Moment

YES, NO = "yes", "no"
NOTHING_CHANGED = say("All right, nothing was changed.")
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


def confirmed(
    chat: Chat,
    dialog: Dialog,
    start: Mapping[str, Any],
    is_sure: bool,
    act: Callable[[], ChangeOutcome],
    said: Callable[[Changed], Sayable],
    **answered: Any,
) -> Reply:
    """Make the change that ``dialog`` asked about, and say ``said`` of it.

    Where somebody else has changed the event since ``start``, their change is told, and what is
    not ``answered`` asked again. Nothing happens where the organizer is not sure.
    """
    event, refusal = to_run(chat, start["event_id"])
    if event is None:
        return refusal
    if not is_sure:
        return run_card(chat, event, before=NOTHING_CHANGED)
    match act():
        case TooLate() as refused:
            return too_late(chat, refused)
        case Meanwhile(event):
            news = lines(meanwhile(event, start))
            return dialog.begin(chat, before=news, answered=answered, **seen_of(event))
        case Changed() as done:
            return run_card(chat, event, before=said(done))


def called(start: Mapping[str, Any]) -> Translated:
    return Translated.from_json(start["title"])


def meanwhile(event: Event, start: Mapping[str, Any]) -> Sayable:
    """What somebody else has changed since the organizer was asked."""
    seen, now = Facts.from_json(start["seen"]), changes.facts_of(event)
    difference = between(seen, now)
    return lines(
        MEANWHILE,
        say("{was} → {now}", was=_planned(seen), now=when_of(event))
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


def when_of(event: Event) -> When:
    return When(event.starts_at, event.ends_at, near=True)


def reason_of(words: str) -> str | Wrong:
    return words if len(words) <= LONGEST_REASON else too_long(LONGEST_REASON)


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
