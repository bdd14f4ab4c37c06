"""The progress of an announcement: deliveries by outcome; who was not reached."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from math import ceil
from time import perf_counter
from typing import Any, Self

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from models.announcements.announcements import Announcement, AnnouncementState
from models.network import audit
from models.network.members import Member
from models.network.stations import Station
from models.rules.announcements.trial import TrialCounts
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.sending.deliveries import OPEN_STATES, Delivery, DeliveryState
from models.sending.reasons import Reason
from models.store import Moment, table_of

MINUTE = timedelta(minutes=1)
HELD_BACK = (Reason.QUIET_HOURS, Reason.DAILY_CAP)
"""Reasons of the station for a later delivery; other delays are the platform's."""

MOST_WATCHED = 100

_DELIVERY = table_of(Delivery)


@dataclass(frozen=True, slots=True)
class Progress:
    """One run's deliveries by outcome; ``postponed``, ``unreachable``, ``not_sent`` by reason.

    ``pending`` are sent at the account's pace, ``waiting`` when their member writes next.
    ``per_minute`` is the present rate. ``delivered`` and ``opened`` are lower bounds: what a
    platform or a press has confirmed.
    """

    planned: int = 0
    sent: int = 0
    pending: int = 0
    postponed: dict[Reason, int] = field(default_factory=dict)
    waiting: int = 0
    in_doubt: int = 0
    muted: int = 0
    stopped: int = 0
    unreachable: dict[Reason, int] = field(default_factory=dict)
    not_sent: dict[Reason, int] = field(default_factory=dict)
    per_minute: float = 0.0
    delivered: int = 0
    opened: int = 0

    @property
    def minutes_left(self) -> int | None:
        """Minutes until ``pending`` is sent; None without a present rate."""
        return ceil(self.pending / self.per_minute) if self.per_minute else None

    def to_json(self) -> dict[str, Any]:
        kept = {each.name: getattr(self, each.name) for each in fields(self)}
        for name in BY_REASON:
            kept[name] = {str(reason): number for reason, number in kept[name].items()}
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        numbers = {each.name: kept[each.name] for each in fields(cls) if each.name in kept}
        by_reason = {name: numbers[name] for name in BY_REASON if name in numbers}
        return cls(**numbers | {name: _by_reason(each) for name, each in by_reason.items()})


BY_REASON = ("postponed", "unreachable", "not_sent")


def _by_reason(kept: Mapping[str, int]) -> dict[Reason, int]:
    return {Reason(reason): number for reason, number in kept.items()}


def of(session: Session, announcement_id: int, now: Moment) -> Progress:
    """Progress of the latest run; of one that has ended, as it was counted then.

    Counting a million deliveries takes a good part of a second: call it outside a write
    transaction.
    """
    announcement = session.get_one(Announcement, announcement_id)
    at_end = Progress.from_json(announcement.counts)
    has_ended = announcement.state in (AnnouncementState.DONE, AnnouncementState.STOPPED)
    # Whoever was not reached may be shown it when they write again.
    may_change = at_end.waiting or at_end.in_doubt or at_end.unreachable or at_end.not_sent
    if has_ended and announcement.counts and not may_change:
        delivered, opened = _confirmed(session, announcement)
        return replace(at_end, delivered=delivered, opened=opened)
    current = count(session, announcement, now)
    # Deliveries are deleted after two months; what waited until then is not sent any more.
    return current if current.planned >= at_end.planned else at_end


class Watched:
    """Progress of announcements under way, for pages that ask for it every few seconds.

    A count of ``much`` deliveries or more is kept for ``rest`` times as long as it took: so all who
    watch together cost one reader a twentieth of its time. One for each process.
    """

    def __init__(self, *, much: int = 20_000, rest: int = 20) -> None:
        self._much, self._rest = much, rest
        self._kept: dict[tuple[int, int, AnnouncementState], tuple[float, Progress]] = {}

    def of(self, session: Session, announcement: Announcement, now: Moment) -> Progress:
        key = (announcement.id, announcement.run, announcement.state)
        began = perf_counter()
        until, kept = self._kept.get(key, (began, None))
        if kept is not None and began < until:
            return kept
        found = of(session, announcement.id, now)
        if found.planned >= self._much:
            ended = perf_counter()
            if len(self._kept) >= MOST_WATCHED:
                self._kept.clear()
            self._kept[key] = ended + self._rest * (ended - began), found
        return found


def count(session: Session, announcement: Announcement, now: Moment) -> Progress:
    """Count the deliveries of the latest run."""
    # In the order of their index and with every run: then SQLite counts without sorting, three
    # times as fast.
    in_order = (_DELIVERY.c.state, _DELIVERY.c.run, _DELIVERY.c.reason)
    of_all = session.execute(
        select(*in_order, func.count())
        .where(_DELIVERY.c.announcement_id == announcement.id)
        .group_by(*in_order)
    )
    counted = [
        (state, reason, number) for state, run, reason, number in of_all if run == announcement.run
    ]
    numbers = dict.fromkeys(("sent", "pending", "waiting", "in_doubt", "muted", "stopped"), 0)
    postponed, unreachable, not_sent = Counter[Reason](), Counter[Reason](), Counter[Reason]()
    for kept_state, kept_reason, number in counted:
        state = DeliveryState(kept_state)
        reason = _why(state, kept_reason)
        match state:
            case DeliveryState.SENT:
                numbers["sent"] += number
            case DeliveryState.PLANNED if reason in HELD_BACK:
                postponed[reason] += number
            case DeliveryState.PLANNED | DeliveryState.LEASED:
                numbers["pending"] += number
            case DeliveryState.WAITING:
                numbers["waiting"] += number
            case DeliveryState.IN_DOUBT:
                numbers["in_doubt"] += number
            case DeliveryState.UNREACHABLE:
                unreachable[reason] += number
            case DeliveryState.DROPPED if reason == Reason.MUTED:
                numbers["muted"] += number
            case DeliveryState.DROPPED if reason == Reason.STOPPED:
                numbers["stopped"] += number
            case DeliveryState.DROPPED | DeliveryState.REFUSED | DeliveryState.LATE:
                not_sent[reason] += number
    ways = [reason for state, reason, _number in counted if state == DeliveryState.SENT]
    delivered, opened = _confirmed(session, announcement)
    return Progress(
        sum(number for _state, _reason, number in counted),
        **numbers,
        postponed=dict(postponed),
        unreachable=dict(unreachable),
        not_sent=dict(not_sent),
        per_minute=_rate(session, announcement, ways, now) if numbers["pending"] else 0.0,
        delivered=delivered,
        opened=opened,
    )


def _why(state: DeliveryState, kept: str) -> Reason:
    """Why a delivery has not arrived. What was late counts as late, whatever held it back."""
    match state:
        case DeliveryState.LATE:
            return Reason.TOO_LATE
        case DeliveryState.IN_DOUBT:
            return Reason.IN_DOUBT
        case _:
            return Reason.of(kept)


def _rate(session: Session, announcement: Announcement, ways: list[str], now: Moment) -> float:
    """Messages sent per minute, over the last minute or since the start when that is less."""
    since = now - MINUTE
    sent = session.execute(
        select(func.count()).where(
            *_of_run(announcement),
            _DELIVERY.c.state == DeliveryState.SENT,
            _DELIVERY.c.reason.in_(ways),
            _DELIVERY.c.settled_at > since,
        )
    ).scalar_one()
    began = announcement.started_at or since
    # Over less than five seconds the rate would be mostly chance.
    lasted = min(MINUTE, max(now - began, timedelta(seconds=5)))
    return float(sent * (MINUTE / lasted))


def _confirmed(session: Session, announcement: Announcement) -> tuple[int, int]:
    """How many deliveries are known to have arrived, and to have been opened."""
    of_run = _of_run(announcement)
    arrived = select(func.count()).where(*of_run, _DELIVERY.c.delivered_at.is_not(None))
    opened = select(func.count()).where(*of_run, _DELIVERY.c.read_at.is_not(None))
    return session.execute(arrived).scalar_one(), session.execute(opened).scalar_one()


def tried(session: Session, announcement: Announcement, now: Moment) -> TrialCounts:
    """The trial's deliveries by outcome: during a trial no others are planned."""
    is_later = _DELIVERY.c.due_at > now
    counted = session.execute(
        select(_DELIVERY.c.state, is_later, func.count())
        .where(*_of_run(announcement))
        .group_by(_DELIVERY.c.state, is_later)
    )
    numbers: dict[str, int] = {}
    for state, later, number in counted:
        match DeliveryState(state):
            case DeliveryState.PLANNED:
                name = "postponed" if later else "under_way"
            case DeliveryState.LEASED:
                name = "under_way"
            case DeliveryState.DROPPED | DeliveryState.LATE:
                continue
            case settled:
                name = str(settled)
        numbers[name] = numbers.get(name, 0) + number
    return TrialCounts(**numbers)


def _of_run(announcement: Announcement) -> tuple[ColumnElement[bool], ...]:
    return _DELIVERY.c.announcement_id == announcement.id, _DELIVERY.c.run == announcement.run


@dataclass(frozen=True, slots=True)
class UnreachedMember:
    """A member who was not reached: their name, their station's name and the reason."""

    name: str
    station: Translated
    reason: Reason


def not_reached(session: Session, announcement: Announcement) -> list[UnreachedMember]:
    """All members whom the latest run did not reach, by station."""
    rows = session.execute(
        select(Member.name, Station, Delivery.state, Delivery.reason)
        .select_from(Delivery)
        .join(Member, col(Member.id) == col(Delivery.member_id))
        .outerjoin(Station, col(Station.id) == col(Member.station_id))
        .where(
            Delivery.announcement_id == announcement.id,
            Delivery.run == announcement.run,
            col(Delivery.state).not_in((DeliveryState.SENT, *OPEN_STATES)),
        )
        .order_by(col(Station.path), col(Member.id))
    )
    return [
        UnreachedMember(
            name,
            station.text_of("name") if station is not None else Translated(""),
            _why(state, reason),
        )
        for name, station, state, reason in rows
    ]


def record_view(session: Session, announcement: Announcement, by: int, now: Moment) -> None:
    """Record that an organizer took the list of those who were not reached."""
    audit.record(
        session,
        by,
        Act.SEE_REACH,
        f"announcement:{announcement.id}",
        now,
        station_id=announcement.station_id,
    )
