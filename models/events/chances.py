"""What became of queues at past events, and what a place in one is worth by that."""

from datetime import timedelta

from sqlalchemy import Integer, bindparam, func, or_
from sqlalchemy import select as columns_of
from sqlmodel import Session

from models.events import quotas
from models.events._claims import CAME, CLAIM_BY_ID, EVENTS, HOLDING, SIGNUPS
from models.events.events import Event, EventState
from models.rules.events import chances as rules
from models.rules.events.chances import Estimate, PastQueue
from models.rules.events.states import DrawState
from models.store import Moment
from models.store.compiled import Row
from models.store.statements import Prepared

LOOKS_BACK = timedelta(days=730)
MOST = 12
"""How far back and how many events are looked at, the newest first."""

_HAS_SEAT = or_(*(SIGNUPS.c.state == each for each in (*HOLDING, *CAME)))
_WENT_ON = (
    columns_of(func.count())
    .select_from(SIGNUPS)
    .where(
        SIGNUPS.c.event_id == EVENTS.c.id,
        # Whoever came behind the number of seats has one that somebody gave up.
        SIGNUPS.c.turn > EVENTS.c.seats,
        SIGNUPS.c.takes_seat,
        _HAS_SEAT,
    )
    .scalar_subquery()
)
_PAST = (
    columns_of(EVENTS.c.seats, _WENT_ON.label("freed"))
    .where(
        EVENTS.c.kind == bindparam("kind"),
        EVENTS.c.ends_at <= bindparam("now", type_=EVENTS.c.ends_at.type),
        EVENTS.c.ends_at > bindparam("since", type_=EVENTS.c.ends_at.type),
        # It was full, and somebody stood behind.
        EVENTS.c.turns > EVENTS.c.seats,
        EVENTS.c.draw == DrawState.NONE,
        or_(EVENTS.c.state == EventState.OPEN, EVENTS.c.state == EventState.CLOSED),
    )
    .order_by(EVENTS.c.ends_at.desc())
    .limit(bindparam("most", type_=Integer))
)
_HERE = Prepared(_PAST.where(EVENTS.c.station_id == bindparam("station_id")))
_ANYWHERE = Prepared(_PAST)
_FREED = Prepared(columns_of(EVENTS.c.seats, _WENT_ON).where(EVENTS.c.id == bindparam("event_id")))


def of_claim(
    session: Session, event: Event | Row, claim: Row, place: int, now: Moment
) -> Estimate | None:
    """Return what a place in the queue of an event is worth; None where nothing can be said.

    It is held against events of the kind at the same station, or else anywhere. Where quotas share
    seats out, or they are drawn, places are no measure.
    """
    if event.seats is None or event.draw or quotas.has_quotas(event, now):
        return None
    leader = claim
    if claim.party_id is not None:
        leader = CLAIM_BY_ID.one(session, {"signup_id": claim.party_id})
    values = {"kind": event.kind, "now": now, "since": now - LOOKS_BACK, "most": MOST}
    here = {**values, "station_id": event.station_id}
    for statement, known in ((_HERE, here), (_ANYWHERE, values)):
        past = [PastQueue(each.seats, each.freed) for each in statement.all(session, known)]
        if len(past) < rules.AT_LEAST:
            continue
        freed = _FREED.one(session, {"event_id": event.id})[1]
        found = rules.estimate(place + leader.brings, event.seats, freed, past)
        if found is not None:
            return found
    return None
