"""An event in full, and what people need to know for it."""

from datetime import datetime

from bot.conversation.messages import Lines, Sayable, When, lines, say
from handlers.events import gates
from handlers.events.fields import FOR_SIGN_UP, Stands, standing
from handlers.words import DOT, seats_of_all, title, when, why_no_seats
from models.events.events import HIDDEN, Event, EventState
from models.rules.events import undated, windows
from models.rules.events.windows import Phase


def event_card(
    event: Event,
    where: Sayable,
    now: datetime | None,
    *,
    claim: Sayable | None = None,
    whom: Sayable | None = None,
    shared: Sayable | None = None,
    unfit: Sayable | None = None,
    partners: Sayable | None = None,
) -> Lines:
    """An event in full, with what the reader has there.

    ``where`` is its station, for an event without a place of its own; ``whom`` says whom it is
    for, ``shared`` how its seats are shared out, where that is to be said,
    ``unfit`` which of its conditions the reader does not fit, ``partners`` who is with it. Without
    ``now`` it is a draft, seen as it will be once members can sign up.
    """
    is_off = event.state == EventState.CANCELLED or undated.is_to_come(event.starts_at)
    shows_reason = is_off and bool(event.reason)
    is_draft = event.state in HIDDEN
    closed = why_no_seats(event, now) if now is not None and not is_draft else None
    conditions = gates.line(event, now if not is_draft else None) if closed is None else None
    is_on = now is not None and windows.phase_of(event, now) == Phase.BEGUN
    is_over = now is not None and windows.phase_of(event, now) == Phase.OVER
    closes_early = closed is None and event.closes_at < event.starts_at
    return lines(
        title(event),
        lines(when(event), say("on now") if is_on else None, between=DOT),
        claim,
        event.text_of("place") or where,
        *standing(event, Stands.PLACE),
        lines(closed or seats_of_all(event), conditions, unfit, between=DOT),
        say("Sign up by {when}", when=When(event.closes_at)) if closes_early else None,
        shared,
        whom,
        *_practical(event, is_over=is_over),
        partners,
        *standing(event, Stands.TEXT),
        say("Why: {reason}", reason=event.reason) if shows_reason else None,
    )


def facts_of(event: Event) -> Lines:
    """What people need to know besides time, place and seats, as calendars hold it."""
    return lines(*standing(event, Stands.PLACE), *_practical(event))


def _practical(event: Event, *, is_over: bool = False) -> tuple[Sayable, ...]:
    """A line each where it is told; the short ones share one. What is over takes nobody along."""
    terms = standing(event, Stands.TERMS, without=FOR_SIGN_UP if is_over else ())
    shared = (lines(*terms, between=DOT),) if terms else ()
    return (*standing(event, Stands.NEEDED), *shared)
