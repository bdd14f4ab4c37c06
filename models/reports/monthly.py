"""Send the account of each month to those who organize the district and its towns.

A month in which nothing happened is not told of. The figures travel with the notice: they are
counted once, and on a snapshot.
"""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, or_, select

from models.network import roles
from models.network.roles import LEVELS, Grant
from models.network.stations import Care, Station, StationKind
from models.reports.reports import Report, of
from models.rules.network.permissions import Role
from models.rules.reports import figures as rules
from models.rules.reports import monthly
from models.rules.reports.periods import Period
from models.sending import deliveries
from models.sending.deliveries import Plan
from models.store import Moment

TOPIC = "monthly-account"
TOLD = (StationKind.DISTRICT, StationKind.TOWN)


@dataclass(frozen=True, slots=True)
class Step:
    """The next station whose organizers are to be told, and what; no facts: nothing, or nobody."""

    station_id: int
    until: Moment
    month: str
    facts: dict[str, Any] | None


def any_due(session: Session, now: Moment, care: Care) -> bool:
    """Return whether ``look`` finds something."""
    # Runs every second: on most days the calendar answers.
    month = _month_due(now, care)
    return month is not None and session.exec(_next(month)).first() is not None


def look(session: Session, now: Moment, care: Care) -> Step | None:
    """Count the month of the next station that was not told of it yet."""
    month = _month_due(now, care)
    station_id = session.exec(_next(month)).first() if month is not None else None
    if month is None or station_id is None:
        return None
    station = session.get_one(Station, station_id)
    facts = _facts(session, station, month, now) if _organizers(session, station, now) else None
    return Step(station_id, month.ends, month.code, facts)


def _facts(session: Session, station: Station, month: Period, now: Moment) -> dict[str, Any] | None:
    """The figures as the notice holds them; None where nothing happened."""
    report = of(session, None, station, month, now)
    assert isinstance(report, Report)
    if report.now.is_empty:
        return None
    return {
        "station_id": station.id,
        "month": month.code,
        "now": rules.packed(report.now),
        "before": rules.packed(report.before),
    }


def take(session: Session, now: Moment, step: Step) -> bool:
    """Plan the notices of a station; False where another process has."""
    station = session.get_one(
        Station, step.station_id, with_for_update=True, populate_existing=True
    )
    if station.accounted_until is not None and station.accounted_until >= step.until:
        return False
    station.accounted_until = step.until
    session.add(station)
    session.flush()
    if step.facts is not None:
        plans = [
            Plan(
                key=f"{TOPIC}:{station.id}:{step.month}:{member_id}",
                member_id=member_id,
                topic=TOPIC,
                facts=step.facts,
                due_at=now,
                expires_at=now + deliveries.A_WEEK,
            )
            for member_id in _organizers(session, station, now)
        ]
        deliveries.plan_all(session, plans, now)
    return True


def _month_due(now: Moment, care: Care) -> Period | None:
    return monthly.month_due(now, care.workdays, care.quiet, care.zone)


def _next(month: Period) -> Any:
    not_told = or_(
        col(Station.accounted_until).is_(None), col(Station.accounted_until) < month.ends
    )
    waiting = select(Station.id).where(col(Station.kind).in_(TOLD), not_told)
    return waiting.order_by(col(Station.path)).limit(1)


def _organizers(session: Session, station: Station, now: Moment) -> list[int]:
    """Those who organize it, but for those who get the district's account, which has it all."""
    held = select(Grant.member_id).where(*roles.in_force(now)).order_by(col(Grant.id))
    role = LEVELS[station.kind]
    found = session.exec(held.where(Grant.station_id == station.id, Grant.role == role)).all()
    if role != Role.DISTRICT:
        above = set(session.exec(held.where(Grant.role == Role.DISTRICT)))
        found = [each for each in found if each not in above]
    return list(dict.fromkeys(found))
