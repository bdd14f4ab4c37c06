"""Tell everybody with a claim what changed between what they last knew of an event and now.

Each claim holds what its member knew (``Signup.knows``) from the first change until they are told.
A notice is worded when it is sent, from that and from the event as it is then: changes that come
while one is held back are one notice, and what was undone meanwhile is none.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, update
from sqlalchemy.event import listens_for
from sqlmodel import Session, col, select

from models.events._claims import CONCERNED, SIGNUPS
from models.events.events import Event, EventState, Signup
from models.rules.events import undated
from models.rules.events.changes import Facts, between
from models.rules.sending.hook_kinds import HookKind
from models.sending import deliveries, noting
from models.sending.deliveries import Plan
from models.sending.hearing import Hearing, who_hears
from models.sending.topics import CALLED_OFF, EVENT_CHANGES, MOVED, RELOCATED
from models.store import Moment

CHUNK = 500

UNTIL_A_DATE = timedelta(days=60)
"""How long after a postponement its notice is of use, unless the date is set before."""

_FORGET = (
    update(SIGNUPS).where(SIGNUPS.c.id.in_(bindparam("ids", expanding=True))).values(knows=None)
)
_KEEP = (
    update(SIGNUPS)
    .where(SIGNUPS.c.id.in_(bindparam("ids", expanding=True)), SIGNUPS.c.knows.is_(None))
    .values(knows=bindparam("knew", type_=SIGNUPS.c.knows.type))
)


def facts_of(event: Event) -> Facts:
    """Return what is told of an event, as it stands in its row."""
    return Facts(
        undated.planned(event.starts_at),
        undated.planned(event.ends_at),
        event.place,
        event.state == EventState.CANCELLED,
        event.meet,
        undated.is_to_come(event.starts_at),
    )


@listens_for(Event, "after_insert")
def _made(_mapper: object, connection: Connection, event: Event) -> None:
    noting.note_on(connection, HookKind.EVENT, None, event_id=event.id)


def note_change(session: Session, event: Event, now: Moment) -> None:
    """Count a change of an event: of anything that organizers or calendars see of it."""
    event.revision += 1
    event.changed_at = now
    session.add(event)
    session.flush()
    noting.note(session, HookKind.EVENT, now, event_id=event.id)


def tell(session: Session, event: Event, was: Facts, now: Moment) -> Hearing:
    """Count a change of an event, and plan a notice for each member whom it tells anything.

    ``was`` holds the facts before the change. What was planned about earlier changes and not sent
    yet is dropped. Returns who hears of it.
    """
    note_change(session, event, now)
    holds = facts_of(event)
    if not between(was, holds):
        return Hearing()
    claims = _claims(session, event.id)
    to_tell: list[tuple[int, int]] = []
    for start in range(0, len(claims), CHUNK):
        to_tell += _tell_some(session, event, claims[start : start + CHUNK], was, holds, now)
    return who_hears(session, [member_id for _, member_id in to_tell], MOVED, now)


def who_would_hear(session: Session, event: Event, becomes: Facts, now: Moment) -> Hearing:
    """Return who would hear of it if these facts held from now on."""
    holds = facts_of(event)
    concerned = [
        claim.member_id
        for claim in _claims(session, event.id)
        if between(_known(claim.knows, holds), becomes)
    ]
    return who_hears(session, concerned, MOVED, now)


def _claims(session: Session, event_id: int) -> Sequence[Any]:
    return session.execute(
        select(Signup.id, Signup.member_id, Signup.knows)
        .where(
            Signup.event_id == event_id,
            col(Signup.state).in_(CONCERNED),
            col(Signup.member_id).is_not(None),
        )
        .order_by(col(Signup.id))
    ).all()


def _known(knows: Mapping[str, Any] | None, otherwise: Facts) -> Facts:
    return Facts.from_json(knows) if knows is not None else otherwise


def _tell_some(
    session: Session, event: Event, claims: Sequence[Any], was: Facts, holds: Facts, now: Moment
) -> list[tuple[int, int]]:
    """Plan the notices of these claims; return the claims and members that have one."""
    unaware, aware, plans = [], [], []
    for claim in claims:
        knew = _known(claim.knows, was)
        if between(knew, holds):
            unaware.append(claim)
            plans.append(_plan(event, claim, knew, holds, now))
        else:
            aware.append(claim)
    members = [claim.member_id for claim in claims]
    deliveries.withdraw(session, members, EVENT_CHANGES, {"event_id": event.id}, now)
    if aware:
        session.execute(_FORGET, {"ids": [claim.id for claim in aware]})
    if unaware:
        ids = [claim.id for claim in unaware]
        session.execute(_KEEP, {"ids": ids, "knew": was.to_json()})
    deliveries.plan_all(session, plans, now)
    return [(claim.id, claim.member_id) for claim in unaware]


def _plan(event: Event, claim: Any, knew: Facts, holds: Facts, now: Moment) -> Plan:
    facts: dict[str, Any] = {"event_id": event.id, "signup_id": claim.id}
    dated = [each for each in (knew, holds) if not each.is_postponed]
    ahead = [each.starts_at for each in dated if each.starts_at > now]
    useful = now + UNTIL_A_DATE if holds.is_postponed else now
    if ahead:
        # The latest useful time: whoever knows the old time must not come to closed doors.
        facts["by"] = min(ahead).isoformat()
    return Plan(
        key=f"changed:{claim.id}:{event.revision}",
        member_id=claim.member_id,
        topic=_topic(knew, holds),
        facts=facts,
        due_at=now,
        expires_at=max(holds.ends_at, knew.starts_at, useful),
    )


def _topic(knew: Facts, holds: Facts) -> str:
    difference = between(knew, holds)
    if difference.cancelled:
        return CALLED_OFF
    is_when = difference.time or difference.postponed or difference.dated
    return MOVED if is_when or difference.restored else RELOCATED


# At the notice


def knew(session: Session, signup_id: int, event: Event, facts: Mapping[str, Any]) -> Facts:
    """Return what the member of a claim knows of the event now.

    A notice whose platform reported later that it did not arrive holds in its ``facts`` what was
    known before it.
    """
    if "knew" in facts:
        return Facts.from_json(facts["knew"])
    knows = session.exec(select(Signup.knows).where(Signup.id == signup_id)).first()
    return _known(knows, facts_of(event))


def note_told(session: Session, told: Mapping[int, Mapping[str, Any]]) -> None:
    """Store what members of these claims were told, by the claims' ids.

    Their events are locked: a change that is under way is not known to them yet.
    """
    claims = session.execute(
        select(Signup.id, Signup.event_id).where(col(Signup.id).in_(told))
    ).all()
    by_event: dict[int, list[int]] = {}
    for signup_id, event_id in claims:
        by_event.setdefault(event_id, []).append(signup_id)
    # In the order of their ids, as everywhere, so that no two processes deadlock.
    for event_id in sorted(by_event):
        event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
        holds = facts_of(event)
        for signup_id in by_event[event_id]:
            is_all = not between(Facts.from_json(told[signup_id]), holds)
            session.execute(
                update(SIGNUPS)
                .where(SIGNUPS.c.id == signup_id)
                .values(knows=None if is_all else told[signup_id])
            )
