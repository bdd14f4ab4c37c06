"""Unite the deliveries of two members who are one person, so that nothing is told twice."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from models.sending import history
from models.sending.daily import DailyCount
from models.sending.deliveries import OPEN_STATES, Delivery, DeliveryState
from models.sending.reasons import Reason
from models.store import Moment, table_of

_TABLE = table_of(Delivery)

BETTER = (
    DeliveryState.SENT,
    DeliveryState.IN_DOUBT,
    DeliveryState.LEASED,
    DeliveryState.PLANNED,
    DeliveryState.WAITING,
)
"""Of two deliveries of one announcement the first of these stays; all other states come after."""

TOLD = (DeliveryState.SENT, DeliveryState.IN_DOUBT, *OPEN_STATES)


def unite_deliveries(
    session: Session, stays: int, goes: int, without: Collection[int], now: Moment
) -> None:
    """Give one member the deliveries of another, each under its key.

    What both were owed or told stays once; what is owed for the claims ``without`` is dropped.
    """
    own, others = (history.rows_of(session, each) for each in (stays, goes))
    _drop_notices(session, own, others, without, now)
    once = {(each.announcement_id, each.run): each for each in own if each.announcement_id}
    for each in others:
        if each.announcement_id and (same := once.get((each.announcement_id, each.run))):
            _leave_one(session, same, each)
    ids = [each.id for each in others]
    session.execute(
        update(_TABLE)
        .where(_TABLE.c.id.in_(ids), _TABLE.c.member_id == goes)
        .values(member_id=stays)
    )


def _drop_notices(
    session: Session, own: Any, others: Any, without: Collection[int], now: Moment
) -> None:
    told: list[tuple[str, Any]] = []
    doomed = []
    # What has left the station comes first: it cannot be taken back.
    notices = [each for each in (*own, *others) if not each.announcement_id]
    for each in sorted(notices, key=lambda row: (row.state in OPEN_STATES, row.id)):
        if each.state not in TOLD:
            continue
        what = (each.topic, each.facts)
        is_open = each.state in (DeliveryState.PLANNED, DeliveryState.WAITING)
        if is_open and (what in told or each.facts.get("signup_id") in without):
            doomed.append(each.id)
        told.append(what)
    session.execute(
        update(_TABLE)
        .where(_TABLE.c.id.in_(doomed))
        .values(state=DeliveryState.DROPPED, reason=Reason.OUTDATED, settled_at=now)
    )


def _leave_one(session: Session, one: Any, other: Any) -> None:
    """Of two deliveries of one announcement leave the better; what was sent stays as a count."""
    worse = max(one, other, key=_rank)
    if worse.state in (DeliveryState.PLANNED, DeliveryState.WAITING):
        session.execute(_TABLE.delete().where(_TABLE.c.id == worse.id))
        return
    session.execute(update(_TABLE).where(_TABLE.c.id == worse.id).values(member_id=None))


def _rank(row: Any) -> tuple[int, int]:
    state = DeliveryState(row.state)
    return (BETTER.index(state) if state in BETTER else len(BETTER)), row.id


def unite_counts(session: Session, stays: int, goes: int) -> None:
    """Add up the announcements that both received on the later day."""
    rows = session.exec(
        select(DailyCount).where(col(DailyCount.member_id).in_((stays, goes)))
    ).all()
    if not rows:
        return
    day: date = max(each.day for each in rows)
    times = sum(each.times for each in rows if each.day == day)
    for each in rows:
        session.delete(each)
    session.flush()
    session.add(DailyCount(member_id=stays, day=day, times=times))
    session.flush()
