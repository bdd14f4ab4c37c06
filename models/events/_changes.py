"""Move, postpone, relocate, cancel, restore and edit events, without permission and audit.

Private to ``models.events``: ``running`` and ``editing`` have the verbs that write the audit.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import update
from sqlmodel import Session

from models.events import changes, forgetting, reminders
from models.events._claims import SIGNUPS, count
from models.events.events import TEXTS, Event, EventState, SignupState
from models.network import helpers
from models.network.stations import Care
from models.rules.events import undated, windows
from models.rules.events.details import DETAILS
from models.rules.languages import Translated
from models.rules.search import sounds
from models.sending import deliveries
from models.sending.hearing import Hearing
from models.store import Moment


def move(
    session: Session,
    event: Event,
    *,
    starts_at: Moment,
    ends_at: Moment,
    closes_at: Moment,
    reason: str,
    care: Care,
    now: Moment,
    place: str | Translated | None = None,
    map_url: str = "",
) -> Hearing:
    """Move an event and its reminders, with ``place`` to another place; return who hears of it."""
    was = changes.facts_of(event)
    if event.quotas_until is not None:
        event.quotas_until += starts_at - event.starts_at
    event.starts_at, event.ends_at, event.closes_at = starts_at, ends_at, closes_at
    event.reason = reason
    if place is not None:
        _put_at(event, place, map_url)
    session.add(event)
    session.flush()
    keep_offers_within(session, event)
    helpers.keep_until(session, event.id, ends_at)
    reminders.replan_event(session, event.id, care, now)
    forgetting.moved(session, event)
    return changes.tell(session, event, was, now)


def keep_offers_within(session: Session, event: Event) -> None:
    """Let no offer outlast sign-up; one whose deadline is now in the past lapses.

    The queue is told again when no more seats will come.
    """
    event.queue_told_at = None
    session.add(event)
    session.flush()
    ends = windows.sign_up_ends(event)
    session.execute(
        update(SIGNUPS)
        .where(
            SIGNUPS.c.event_id == event.id,
            SIGNUPS.c.state == SignupState.OFFERED,
            SIGNUPS.c.offered_until > ends,
        )
        .values(offered_until=ends)
    )


def relocate(
    session: Session, event: Event, *, place: str | Translated, map_url: str, now: Moment
) -> Hearing:
    """Change an event's place; return who hears of it."""
    was = changes.facts_of(event)
    _put_at(event, place, map_url)
    return changes.tell(session, event, was, now)


def gather(session: Session, event: Event, *, meet: str | Translated, now: Moment) -> Hearing:
    """Change where people gather first; return who hears of it."""
    was = changes.facts_of(event)
    said = meet if isinstance(meet, Translated) else Translated(meet)
    if said.text != event.meet:
        event.put_text("meet", said)
    return changes.tell(session, event, was, now)


def _put_at(event: Event, place: str | Translated, map_url: str) -> None:
    """Set the place. What is not given of its translations and map was of the old one."""
    said = place if isinstance(place, Translated) else Translated(place)
    if said.text != event.place:
        event.put_text("place", said)
        event.map_url = map_url


def postpone(session: Session, event: Event, *, reason: str, now: Moment) -> Hearing:
    """Leave the date of an event to come, without reminders and offers; return who hears of it."""
    was = changes.facts_of(event)
    event.starts_at, event.ends_at = (
        undated.put_off(event.starts_at),
        undated.put_off(event.ends_at),
    )
    event.closes_at, event.reason = undated.put_off(event.closes_at), reason
    if event.quotas_until is not None:
        event.quotas_until = undated.put_off(event.quotas_until)
    event.queue_told_at = None
    session.add(event)
    session.flush()
    _end_offers(session, event, now)
    reminders.forget_event(session, event.id)
    forgetting.moved(session, event)
    return changes.tell(session, event, was, now)


def call_off(session: Session, event: Event, *, reason: str, now: Moment) -> Hearing:
    """Cancel an event with its reminders and offers; return who hears of it."""
    was = changes.facts_of(event)
    event.state_was = event.state
    event.state, event.reason = EventState.CANCELLED, reason
    session.add(event)
    session.flush()
    _end_offers(session, event, now)
    reminders.forget_event(session, event.id)
    forgetting.moved(session, event)
    return changes.tell(session, event, was, now)


def restore(session: Session, event: Event, *, care: Care, now: Moment) -> Hearing:
    """Take back that an event is cancelled, with its reminders; return who hears of it.

    Every claim is as it was, but for offers: these people are the first to be asked again. Whoever
    has not been told that it was cancelled hears nothing at all.
    """
    was = changes.facts_of(event)
    event.state, event.reason = event.state_was or EventState.OPEN, ""
    event.state_was = event.queue_told_at = None
    session.add(event)
    session.flush()
    reminders.replan_event(session, event.id, care, now)
    forgetting.moved(session, event)
    return changes.tell(session, event, was, now)


def _end_offers(session: Session, event: Event, now: Moment) -> None:
    """Put who is offered a seat back into the queue, each in their turn.

    They get no notice of it: lapsing would say that the seat goes to the next member.
    """
    ended = session.execute(
        update(SIGNUPS)
        .where(SIGNUPS.c.event_id == event.id, SIGNUPS.c.state == SignupState.OFFERED)
        .values(state=SignupState.WAITING, offered_until=None)
        .returning(SIGNUPS.c.takes_seat, SIGNUPS.c.member_id)
    ).all()
    freed = sum(each.takes_seat for each in ended)
    members = [each.member_id for each in ended if each.member_id is not None]
    deliveries.withdraw(session, members, ["offer"], {"event_id": event.id}, now)
    count(session, event.id, held=-freed, waiting=freed)
    session.refresh(event)


EDITABLE = (
    *dict.fromkeys((*TEXTS, *DETAILS)),
    *("map_url", "kind", "category", "picture_id"),
    *("station_id", "team_id", "audience", "search"),
)
"""The columns that are changed without a word to those who come.

Of ``place`` and ``meet`` these are the translations: another one is ``relocate`` and ``gather``.
"""


def edit(
    session: Session, event: Event, values: Mapping[str, Any], now: Moment
) -> dict[str, list[Any]]:
    """Set the columns that differ; return each as it was and as it is, in plain JSON values."""
    before = {name: _plain(event, name) for name in values}
    put(event, values)
    after = {name: _plain(event, name) for name in values}
    made = {name: [before[name], after[name]] for name in values if before[name] != after[name]}
    if made:
        changes.note_change(session, event, now)
    return made


def put(event: Event, values: Mapping[str, Any]) -> None:
    """Set these columns, and what follows from a new title: the words by which it is found."""
    titles = event.text_of("title").versions()
    for name, value in values.items():
        if name not in EDITABLE:
            raise ValueError(f"{name} of an event is not edited")
        if isinstance(value, Translated):
            event.put_text(name, value)
        else:
            setattr(event, name, value)
    if "search" not in values and event.text_of("title").versions() != titles:
        event.search = sounds.renamed(event.search, titles, event.text_of("title").versions())


def _plain(event: Event, column: str) -> Any:
    value = getattr(event, column)
    if column in TEXTS:
        said = event.text_of(column)
        return said.to_json() if said.translations else said.text
    return str(value) if isinstance(value, StrEnum) else value
