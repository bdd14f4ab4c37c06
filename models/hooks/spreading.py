"""Make out who is told of what happened: hooks of the place and above, by their member's rights."""

from collections.abc import Sequence

from sqlmodel import Session, col, delete, select

from models.desk import threads
from models.desk.threads import Thread
from models.events.events import Event, Signup
from models.hooks import keeping
from models.hooks.keeping import Held
from models.network import roles
from models.network.stations import Station
from models.rules.network.permissions import Act
from models.rules.sending.hook_kinds import HookKind
from models.sending.noting import Hook, HookNote
from models.store import Moment

CHUNK = 200

NEEDS: dict[HookKind, Act] = {
    HookKind.SIGN_UP: Act.SEE_LIST,
    HookKind.CANCEL: Act.SEE_LIST,
    HookKind.CHECK_IN: Act.SEE_LIST,
    HookKind.EVENT: Act.CHECK_IN,
}
"""What a hook's member must be allowed at the event to hear of it."""


def any_noted(session: Session, now: Moment) -> bool:
    """Return whether anything happened that programs may be told of."""
    return session.exec(select(HookNote.id).limit(1)).first() is not None


def spread(session: Session, now: Moment) -> int:
    """Turn some notes into deliveries, the oldest first; return how many notes there were."""
    notes = session.exec(select(HookNote).order_by(col(HookNote.id)).limit(CHUNK)).all()
    query = keeping.held(now).where(col(Hook.disabled_at).is_(None))
    hooks = [Held(*each) for each in session.exec(query)]
    told = set[tuple[int, HookKind, int | None, int | None]]()
    for note in notes:
        for each in _who_hears(session, note, hooks, now):
            # An event that was changed twice is read once.
            key = (each.hook.id, note.kind, note.event_id, note.signup_id or note.thread_id)
            if note.kind is HookKind.EVENT and key in told:
                continue
            told.add(key)
            keeping.deliver(
                session,
                each.hook,
                note.kind,
                note.at or now,
                now,
                event_id=_event_of(session, note),
                signup_id=note.signup_id,
                thread_id=note.thread_id,
            )
    if notes:
        session.exec(delete(HookNote).where(col(HookNote.id).in_([each.id for each in notes])))
    return len(notes)


def _event_of(session: Session, note: HookNote) -> int | None:
    """The event that a note is about; of a claim it is the claim's."""
    if note.event_id is not None or note.signup_id is None:
        return note.event_id
    claim = session.get(Signup, note.signup_id)
    return claim.event_id if claim is not None else None


def _who_hears(session: Session, note: HookNote, hooks: Sequence[Held], now: Moment) -> list[Held]:
    wanting = [each for each in hooks if note.kind in each.kinds]
    if not wanting:
        return []
    if note.kind is HookKind.THREAD:
        thread = session.get(Thread, note.thread_id)
        return [
            each
            for each in wanting
            if thread is not None
            and _is_there(each, session.get(Station, thread.station_id))
            and threads.may_read(session, thread, each.member.id, now)
        ]
    event = session.get(Event, _event_of(session, note))
    station = session.get(Station, event.station_id) if event is not None else None
    if event is None or station is None:
        return []
    act, about = NEEDS[note.kind], {"team_id": event.team_id}
    return [
        each
        for each in wanting
        if _is_there(each, station)
        and roles.may(session, each.member.id, act, station, now, **about)
    ]


def _is_there(held: Held, station: Station | None) -> bool:
    return station is not None and station.path.startswith(held.station.path)
