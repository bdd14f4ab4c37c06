"""Audiences in SQL: count, preview, and INSERT ... SELECT of deliveries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Executable,
    Integer,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.announcements.conditions import (
    IS_MUTED,
    MEMBER_ID,
    belongs,
    has_consented,
    is_likeliest,
    must_wait,
    why_not,
    widened,
)
from models.events.events import Event
from models.network.members import Address, Member
from models.network.stations import Station
from models.rules.network import floors
from models.rules.network.audience import Audience
from models.rules.network.floors import NOBODY, Count
from models.sending.accounts import PlatformAccount
from models.sending.deliveries import Delivery, DeliveryState
from models.sending.reasons import Reason
from models.sending.topics import ANNOUNCEMENT, topic_of
from models.store import Moment, table_of
from models.teams.teams import Team

MOST_PLANNED = 5_000
"""Deliveries planned in one step at most. How many it is, is for who takes the step to say."""

SCANNED = 10
"""Members scanned at most to find one of them."""

_TABLE = table_of(Delivery)
_A_MOMENT = _TABLE.c.due_at.type
_NEWEST = select(func.max(MEMBER_ID))


@dataclass(frozen=True, slots=True)
class Preview:
    """How many people are reached by platform, and how many are not by reason.

    ``people`` is how many are reached. The rest is known to those who may see it (``preview_for``),
    ``reached`` by the English original of a platform's name.

    An announcement may not use a template, so it arrives at once or with the next reply. ``wait``
    counts those of the reached who see it only when they write next.
    """

    people: Count = NOBODY
    reached: dict[str, int] = field(default_factory=dict)
    wait: int = 0
    not_reached: dict[Reason, int] = field(default_factory=dict)


def count(session: Session, audience: Audience) -> int:
    """How many people would get a delivery."""
    audience = widened(session, audience)
    reachable = exists().where(col(Address.member_id) == MEMBER_ID, col(Address.unreachable) == "")
    reached = select(func.count()).where(
        belongs(audience), col(Member.consented_at).is_not(None), ~IS_MUTED, reachable
    )
    return int(session.execute(reached).scalar_one())


def count_for(session: Session, audience: Audience, *, sees_reach: bool) -> Count:
    """How many people it is, for an organizer with the right SEE_REACH or without.

    Without it they are counted also where they are muted or cannot be reached, for that is between
    them and the station; exactly where the organizer has the list of their names, else by
    ``floors``.
    """
    if sees_reach:
        return Count(count(session, audience))
    everybody = select(func.count()).where(has_consented(widened(session, audience)))
    size = int(session.execute(everybody).scalar_one())
    return Count(size) if audience.is_one_list else floors.floored(size)


def count_up_to(session: Session, audience: Audience, limit: int) -> int:
    """Count consenting members, also muted and unreachable ones, up to ``limit``."""
    audience = widened(session, audience)
    members = select(MEMBER_ID).where(has_consented(audience)).limit(limit).subquery()
    return int(session.execute(select(func.count()).select_from(members)).scalar_one())


def sample(session: Session, audience: Audience, now: Moment, size: int) -> list[int]:
    """Ids of up to ``size`` reachable members, evenly from all accounts, ascending."""
    audience = widened(session, audience)
    by_account = []
    for account in _accounts(session):
        likeliest = aliased(Address)
        reachable = (
            select(MEMBER_ID)
            .join(likeliest, is_likeliest(likeliest, now))
            .where(
                col(likeliest.account) == account,
                col(likeliest.unreachable) == "",
                has_consented(audience),
                ~IS_MUTED,
            )
            .limit(size)
        )
        by_account.append(session.execute(reachable).scalars().all())
    in_turn = [each for turn in zip_longest(*by_account) for each in turn if each is not None]
    return sorted(in_turn[:size])


def _accounts(session: Session) -> list[str]:
    """Every account that has an address: one index step each, however many addresses it has."""
    accounts: list[str] = []
    following = select(func.min(Address.account))
    while (account := session.execute(following).scalar()) is not None:
        accounts.append(account)
        following = select(func.min(Address.account)).where(col(Address.account) > account)
    return accounts


def preview(
    session: Session, audience: Audience, now: Moment, *, among: CTE | None = None
) -> Preview:
    """Count the audience by platform, or by the reason why none reaches a member.

    With ``among``, whose column is ``number``, only the members with these ids.
    """
    audience = widened(session, audience)
    likeliest = aliased(Address)
    why = why_not(likeliest)
    is_shut = case((and_(why == "", must_wait(likeliest, now)), 1), else_=0)
    rows = (
        select(
            why.label("why"),
            func.coalesce(PlatformAccount.platform, likeliest.account).label("platform"),
            is_shut.label("is_shut"),
        )
        .select_from(Member)
        .outerjoin(likeliest, is_likeliest(likeliest, now))
        .outerjoin(PlatformAccount, col(PlatformAccount.account) == col(likeliest.account))
        .where(belongs(audience))
    )
    if among is not None:
        rows = rows.where(MEMBER_ID.in_(select(among.c.number)))
    each = rows.subquery()
    reached: dict[str, int] = {}
    not_reached: dict[Reason, int] = {}
    wait = 0
    for reason, platform, shut, number in session.execute(
        select(each.c.why, each.c.platform, each.c.is_shut, func.count()).group_by(
            each.c.why, each.c.platform, each.c.is_shut
        )
    ):
        if reason:
            cause = Reason.of(reason)
            not_reached[cause] = not_reached.get(cause, 0) + number
        else:
            reached[platform] = reached.get(platform, 0) + number
            wait += number * shut
    return Preview(Count(sum(reached.values())), reached, wait, not_reached)


def preview_for(session: Session, audience: Audience, now: Moment, *, sees_reach: bool) -> Preview:
    """``preview``, or with ``sees_reach`` false no more than ``count_for``."""
    if sees_reach:
        return preview(session, audience, now)
    return Preview(count_for(session, audience, sees_reach=False))


def plan_into(
    session: Session,
    audience: Audience,
    *,
    announcement_id: int,
    run: int,
    after_id: int,
    now: Moment,
    expires_at: Moment,
    facts: Mapping[str, Any] | None = None,
    limit: int,
) -> int | None:
    """Plan deliveries to the next members; return the id of the last one scanned.

    None when no member is left. A member who cannot be reached gets a settled row with the reason.
    Repeating a step adds nothing: (announcement, run, member) is unique. Whether a member belongs
    is decided when their step comes.
    """
    audience = widened(session, audience)
    last = _end_of_chunk(session, audience, after_id, limit)
    if last is None:
        return None
    session.execute(
        _insert_deliveries(audience, session.get_bind().dialect.name),
        {
            "after": after_id,
            "last": last,
            "at": now,
            "until": expires_at,
            "told": {"announcement_id": announcement_id, **(facts or {})},
            "announcement": announcement_id,
            "week": run,
        },
    )
    return last


def _end_of_chunk(session: Session, audience: Audience, after_id: int, limit: int) -> int | None:
    """The last member of the next step; ``SCANNED`` bounds the scan that finds it."""
    horizon = after_id + SCANNED * limit
    count, last = session.execute(
        _chunk_of(audience), {"after": after_id, "last": horizon, "at_most": limit}
    ).one()
    if count == limit:
        return int(last)
    newest = session.execute(_NEWEST).scalar() or 0
    return min(horizon, newest) if after_id < newest else None


# Building a statement costs a millisecond; the next step of the same audience reuses it.
@lru_cache(maxsize=32)
def _chunk_of(audience: Audience) -> Executable:
    chunk = (
        select(MEMBER_ID.label("id"))
        .where(has_consented(audience), *_between(MEMBER_ID))
        .order_by(MEMBER_ID)
        .limit(bindparam("at_most", type_=Integer))
        .subquery()
    )
    return select(func.count(), func.max(chunk.c.id))


@lru_cache(maxsize=32)
def _insert_deliveries(audience: Audience, dialect: str) -> Executable:
    """Insert the deliveries of members with ``after < id <= last``; one per member and run."""
    at, until = bindparam("at", type_=_A_MOMENT), bindparam("until", type_=_A_MOMENT)
    likeliest = aliased(Address)
    why = why_not(likeliest)
    row: dict[str, Any] = {
        "account": func.coalesce(col(likeliest.account), ""),
        "address_id": col(likeliest.id),
        "member_id": MEMBER_ID,
        "topic": literal(ANNOUNCEMENT),
        "facts": bindparam("told", type_=_TABLE.c.facts.type),
        "due_at": at,
        "expires_at": until,
        "state": case(
            (why == "", str(DeliveryState.PLANNED)),
            (why == str(Reason.MUTED), str(DeliveryState.DROPPED)),
            else_=str(DeliveryState.UNREACHABLE),
        ),
        "attempts": literal(0),
        "reason": why,
        "reference": literal(""),
        "settled_at": case((why != "", at)),
        "priority": literal(topic_of(ANNOUNCEMENT).priority),
        "announcement_id": bindparam("announcement", type_=Integer),
        "run": bindparam("week", type_=Integer),
    }
    # The range is repeated for the addresses, so that both tables are read in the same order.
    theirs = and_(is_likeliest(likeliest, at), *_between(col(likeliest.member_id)))
    rows = (
        select(*row.values())
        .select_from(Member)
        .outerjoin(likeliest, theirs)
        .where(has_consented(audience), *_between(MEMBER_ID))
    )
    into = postgresql.insert(_TABLE) if dialect == "postgresql" else sqlite.insert(_TABLE)
    return into.from_select(list(row), rows, False).on_conflict_do_nothing()


def _between(number: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return number > bindparam("after", type_=Integer), number <= bindparam("last", type_=Integer)


# Permission


def is_within(session: Session, audience: Audience, station: Station) -> bool:
    """Whether a station's organizers may write to it: to places, teams or events below it.

    One group that lies wholly below it is enough, because further groups only narrow the audience.
    """
    return any(_below(session, audience, station))


def lies_within(session: Session, audience: Audience, station: Station) -> bool:
    """Whether all places, teams and events that it names lie below the station."""
    return all(_below(session, audience, station))


def _below(session: Session, audience: Audience, station: Station) -> Iterator[bool]:
    """Of each group that names any, whether it lies wholly below the station."""
    places = select(Station).where(
        or_(
            col(Station.id).in_(audience.stations),
            col(Station.enterprise_id).in_(audience.enterprises),
        )
    )
    teams = select(Team).join(Station).where(col(Team.id).in_(audience.teams))
    numbers = audience.seated + audience.waiting + audience.came
    events = select(Event).join(Station).where(col(Event.id).in_(numbers))
    outside = ~col(Station.path).startswith(station.path)
    for chosen, group in (
        (audience.stations + audience.enterprises, places),
        (audience.teams, teams),
        (numbers, events),
    ):
        if chosen:
            yield not session.execute(select(exists(group.where(outside)))).scalar()
