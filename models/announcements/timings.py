"""When the links of a stream must leave: counted by account, pace and what each may send."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.announcements.conditions import belongs, is_likeliest, must_wait, why_not, widened
from models.network.members import Address, Member
from models.network.stations import Care
from models.rules.announcements import streaming
from models.rules.announcements.streaming import Load, Timing
from models.rules.members.shifts import Shift
from models.rules.network.audience import Audience
from models.rules.sending import quiet_hours
from models.sending import accounts
from models.sending.accounts import PlatformAccount
from models.sending.daily import DailyCount
from models.sending.reasons import Reason
from models.store import Moment

NO_LIMIT = 10**6


@dataclass(frozen=True, slots=True)
class Share:
    """What falls to an account: whom it is to tell, and of them those whose window is shut."""

    account: str
    platform: str
    load: Load
    shut: int


@dataclass(frozen=True, slots=True)
class Reach:
    """Who has the links in time, and who has not.

    Of the ``people`` who are reached, those of the ``shares`` whose window is shut see it on
    writing next; ``asleep`` are quiet from the beginning until the start by hours of their own, and
    ``capped`` have had today's announcements, so that both get it later.
    """

    timing: Timing
    shares: tuple[Share, ...] = ()
    asleep: int = 0
    capped: int = 0
    not_reached: dict[Reason, int] = field(default_factory=dict)

    @property
    def people(self) -> int:
        return sum(each.load.people for each in self.shares)

    @property
    def shut(self) -> int:
        return sum(each.shut for each in self.shares)


class _Group(NamedTuple):
    """How many people are alike in all that matters here; ``why`` they are not reached, or empty.

    ``has_enough`` says that they have had as many announcements today as anybody gets.
    """

    why: str
    account: str
    is_shut: int
    has_enough: int
    quiet: str
    shift: Shift | None
    people: int


def reach(
    session: Session, audience: Audience, starts_at: Moment, care: Care, now: Moment
) -> Reach:
    """Count an audience, and plan its announcement backwards from the start of what it tells of.

    Of a whole district that takes seconds: call it outside a write transaction.
    """
    groups = _groups(session, audience, care, now)
    shares = _shares(session, [each for each in groups if not each.why])
    timing = streaming.timing(
        *([each.load for each in shares], starts_at, now, care.quiet, care.zone),
        is_tried=care.announcing.trial.is_for(sum(each.load.people for each in shares)),
    )
    zone, begins_at = care.zone, timing.begins_at
    is_today = begins_at.astimezone(zone).date() == now.astimezone(zone).date()
    asleep = capped = 0
    not_reached = Counter[Reason]()
    for each in groups:
        if each.why:
            not_reached[Reason.of(each.why)] += each.people
        elif each.is_shut:
            continue
        elif _wakes(each, begins_at, care) >= starts_at:
            asleep += each.people
        elif each.has_enough and is_today:
            capped += each.people
    return Reach(timing, shares, asleep, capped, dict(not_reached))


def _wakes(each: _Group, at: Moment, care: Care) -> Moment:
    return quiet_hours.next_allowed(at, care.quiet_of(each.quiet, each.shift), care.zone)


def _groups(session: Session, audience: Audience, care: Care, now: Moment) -> list[_Group]:
    audience = widened(session, audience)
    likeliest = aliased(Address)
    why = why_not(likeliest)
    heard_enough = and_(
        col(DailyCount.day) == now.astimezone(care.zone).date(),
        col(DailyCount.times) >= (care.announcements_a_day or NO_LIMIT),
    )
    columns: list[ColumnElement[Any]] = [
        why.label("why"),
        func.coalesce(likeliest.account, "").label("account"),
        case((and_(why == "", must_wait(likeliest, now)), 1), else_=0).label("is_shut"),
        case((heard_enough, 1), else_=0).label("has_enough"),
        col(Member.quiet).label("quiet"),
        col(Member.shift).label("shift"),
    ]
    each = (
        select(*columns)
        .select_from(Member)
        .outerjoin(likeliest, is_likeliest(likeliest, now))
        .outerjoin(DailyCount, col(DailyCount.member_id) == col(Member.id))
        .where(belongs(audience))
        .subquery()
    )
    found = session.execute(select(*each.c, func.count()).group_by(*each.c))
    return [_Group(*row) for row in found]


def _shares(session: Session, reached: Sequence[_Group]) -> tuple[Share, ...]:
    known = {each.account: each for each in accounts.everyone(session)}
    people, shut = Counter[str](), Counter[str]()
    for each in reached:
        people[each.account] += each.people
        shut[each.account] += each.people * each.is_shut
    shares = list[Share]()
    for account, number in sorted(people.items()):
        row = known.get(account, PlatformAccount(account=account, platform=account))
        shares.append(Share(account, row.platform, Load(number, row.per_second), shut[account]))
    return tuple(shares)
