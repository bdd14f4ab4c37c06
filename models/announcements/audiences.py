"""An audience as one SELECT: who it is, how each is reached, and who is not and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Integer,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.events.events import Event, Signup, SignupState
from models.network.members import Address, Member, MemberInterest, NoticeKind
from models.network.stations import Station
from models.rules.announcements.audience import Audience
from models.rules.sending.reach import WEB, WINDOWED
from models.sending.deliveries import Delivery, DeliveryState
from models.sending.reasons import Reason
from models.sending.topics import ANNOUNCEMENT, topic_of
from models.store import Moment, table_of
from models.teams.teams import Membership, Team

PLAN_BATCH = 1500
SCAN_LIMIT = 10 * PLAN_BATCH
"""How many are planned in one step, and how many are looked at to find them."""

WITH_A_SEAT = (SignupState.SEATED, SignupState.ATTENDED, SignupState.NO_SHOW)
IN_LINE = (SignupState.WAITING, SignupState.OFFERED)
RECEIVED = (DeliveryState.SENT, DeliveryState.IN_DOUBT)

_TABLE = table_of(Delivery)
_A_MOMENT = _TABLE.c.due_at.type
_MEMBER: Any = col(Member.id)
_STATION: Any = col(Member.station_id)
_NEWEST = select(func.max(_MEMBER))
# The list is JSON; as text it can be searched on either database.
_MUTED = cast(col(Member.muted), String).contains(f'"{NoticeKind.ANNOUNCEMENT}"')


@dataclass(frozen=True, slots=True)
class Preview:
    """How many are reached on which platform, and how many are not, by reason.

    An announcement takes no template, so there are two ways: now, or with the next reply. ``wait``
    counts those of the reached who see it only when they write next.
    """

    reached: dict[str, int] = field(default_factory=dict)
    wait: int = 0
    not_reached: dict[Reason, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(self.reached.values())


def count(session: Session, audience: Audience) -> int:
    """How many people would be sent something."""
    reachable = exists().where(col(Address.member_id) == _MEMBER, col(Address.unreachable) == "")
    wanted = select(func.count()).where(
        _belongs(audience), col(Member.consented_at).is_not(None), ~_MUTED, reachable
    )
    return int(session.execute(wanted).scalar_one())


def count_up_to(session: Session, audience: Audience, most: int) -> int:
    """How many take part, counted no further than ``most``: muted and lost ones are among them."""
    some = select(_MEMBER).where(_taking_part(audience)).limit(most).subquery()
    return int(session.execute(select(func.count()).select_from(some)).scalar_one())


def sample(session: Session, audience: Audience, now: Moment, size: int) -> list[int]:
    """Some of those who are reached, as many of each account as of another where there are."""
    found = []
    for account in _accounts(session):
        likeliest = aliased(Address)
        some = (
            select(_MEMBER)
            .join(likeliest, _is_likeliest(likeliest, now))
            .where(
                col(likeliest.account) == account,
                col(likeliest.unreachable) == "",
                _taking_part(audience),
                ~_MUTED,
            )
            .limit(size)
        )
        found.append(session.execute(some).scalars().all())
    in_turn = [each for turn in zip_longest(*found) for each in turn if each is not None]
    return sorted(in_turn[:size])


def _accounts(session: Session) -> list[str]:
    """Every account on which somebody is; each is one step in the index, however many they are."""
    known: list[str] = []
    wanted = select(func.min(Address.account))
    while (found := session.execute(wanted).scalar()) is not None:
        known.append(found)
        wanted = select(func.min(Address.account)).where(col(Address.account) > found)
    return known


def preview(session: Session, audience: Audience, now: Moment) -> Preview:
    """Count the audience by how each is reached, or why they are not."""
    likeliest = aliased(Address)
    why = _why_not(likeliest)
    is_shut = case((and_(why == "", _must_wait(likeliest, now)), 1), else_=0)
    each = (
        select(
            why.label("why"),
            col(likeliest.account).label("account"),
            is_shut.label("is_shut"),
        )
        .select_from(Member)
        .outerjoin(likeliest, _is_likeliest(likeliest, now))
        .where(_belongs(audience))
        .subquery()
    )
    reached: dict[str, int] = {}
    not_reached: dict[Reason, int] = {}
    wait = 0
    for reason, account, shut, number in session.execute(
        select(each.c.why, each.c.account, each.c.is_shut, func.count()).group_by(
            each.c.why, each.c.account, each.c.is_shut
        )
    ):
        if reason:
            why_not = Reason.of(reason)
            not_reached[why_not] = not_reached.get(why_not, 0) + number
        else:
            platform = account.partition(".")[0]
            reached[platform] = reached.get(platform, 0) + number
            wait += number * shut
    return Preview(reached, wait, not_reached)


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
    limit: int = PLAN_BATCH,
) -> int | None:
    """Owe an announcement to the next of its audience; return the last member looked at.

    None means that nobody is left. Who cannot be reached gets a row that says why. Doing it twice
    is harmless: the key is unique. A member belongs, or not, as it is when their turn comes.
    """
    last = _end_of_chunk(session, audience, after_id, limit)
    if last is None:
        return None
    session.execute(
        _owe_to(audience, session.get_bind().dialect.name),
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
    """The last member of the next chunk; what is looked at for it is bounded, too."""
    horizon = after_id + SCAN_LIMIT
    found, last = session.execute(
        _chunk_of(audience), {"after": after_id, "last": horizon, "at_most": limit}
    ).one()
    if found == limit:
        return int(last)
    newest = session.execute(_NEWEST).scalar() or 0
    return min(horizon, newest) if after_id < newest else None


# Building a statement costs a millisecond; the next chunk of the same audience needs none.
@lru_cache(maxsize=32)
def _chunk_of(audience: Audience) -> Executable:
    chunk = (
        select(_MEMBER.label("id"))
        .where(_taking_part(audience), *_between(_MEMBER))
        .order_by(_MEMBER)
        .limit(bindparam("at_most", type_=Integer))
        .subquery()
    )
    return select(func.count(), func.max(chunk.c.id))


@lru_cache(maxsize=32)
def _owe_to(audience: Audience, dialect: str) -> Executable:
    """Insert what is owed to the members of an audience ``after`` one and up to the ``last``."""
    at, until = bindparam("at", type_=_A_MOMENT), bindparam("until", type_=_A_MOMENT)
    likeliest = aliased(Address)
    why = _why_not(likeliest)
    row: dict[str, Any] = {
        "account": func.coalesce(col(likeliest.account), ""),
        "address_id": col(likeliest.id),
        "member_id": _MEMBER,
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
    # The addresses are named by their members' numbers, too: read in that order, they lie together.
    theirs = and_(_is_likeliest(likeliest, at), *_between(col(likeliest.member_id)))
    rows = (
        select(*row.values())
        .select_from(Member)
        .outerjoin(likeliest, theirs)
        .where(_taking_part(audience), *_between(_MEMBER))
    )
    into = postgresql.insert(_TABLE) if dialect == "postgresql" else sqlite.insert(_TABLE)
    return into.from_select(list(row), rows, False).on_conflict_do_nothing()


def _between(number: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return number > bindparam("after", type_=Integer), number <= bindparam("last", type_=Integer)


# What the parts mean


def _taking_part(audience: Audience) -> ColumnElement[bool]:
    # Members are gone through in the order of their numbers. By the index of the stations SQLite
    # would find all of a chunk's horizon first, and then sort them.
    in_order = _STATION + 0
    return and_(_belongs(audience, in_order), col(Member.consented_at).is_not(None))


def _belongs(audience: Audience, here: Any = _STATION) -> ColumnElement[bool]:
    """Whether a member is of the audience: any part within a group, all groups."""
    groups = [*_places(audience, here), *_claims(audience)]
    if audience.teams:
        groups.append(
            exists().where(
                col(Membership.member_id) == _MEMBER, col(Membership.team_id).in_(audience.teams)
            )
        )
    if audience.interests:
        groups.append(
            exists().where(
                col(MemberInterest.member_id) == _MEMBER,
                col(MemberInterest.interest).in_(audience.interests),
            )
        )
    if audience.shifts:
        groups.append(col(Member.shift).in_(audience.shifts))
    if audience.got:
        groups.append(
            exists().where(
                col(Delivery.member_id) == _MEMBER,
                col(Delivery.announcement_id).in_(audience.got),
                col(Delivery.state).in_(RECEIVED),
            )
        )
    # Nothing chosen means nobody: a slip must not reach a whole district.
    return and_(*groups) if groups else ~true()


def _places(audience: Audience, here: Any) -> list[ColumnElement[bool]]:
    """Members of the stations, and of all below; members of the enterprises' contact points."""
    parts = []
    if audience.stations:
        top, below = aliased(Station), aliased(Station)
        is_below = (
            select(col(below.id))
            .join(top, col(below.path).startswith(col(top.path)))
            .where(col(top.id).in_(audience.stations))
        )
        parts.append(here.in_(is_below))
    if audience.enterprises:
        of_enterprise = select(col(Station.id)).where(
            col(Station.enterprise_id).in_(audience.enterprises)
        )
        parts.append(here.in_(of_enterprise))
    return [or_(*parts)] if parts else []


def _claims(audience: Audience) -> list[ColumnElement[bool]]:
    """Members with a seat at the one events, or in line for the other ones."""
    claims = [
        and_(col(Signup.event_id).in_(events), col(Signup.state).in_(states))
        for events, states in ((audience.seated, WITH_A_SEAT), (audience.waiting, IN_LINE))
        if events
    ]
    return [exists().where(col(Signup.member_id) == _MEMBER, or_(*claims))] if claims else []


def _is_likeliest(likeliest: Any, now: Any) -> ColumnElement[bool]:
    """Whether an address most likely reaches the member; as ``rules.reach`` orders them.

    It is when the member has no better one. The best of several by ORDER BY and LIMIT, as the
    condition of a join, takes PostgreSQL fifteen times as long.
    """
    other = aliased(Address)
    less, more = _unlikelihood(other, now), _unlikelihood(likeliest, now)
    has_better = (
        exists()
        .where(
            col(other.member_id) == col(likeliest.member_id),
            or_(less < more, and_(less == more, col(other.id) > col(likeliest.id))),
        )
        .correlate(likeliest)
    )
    return and_(col(likeliest.member_id) == _MEMBER, ~has_better)


def _unlikelihood(address: Any, now: Any) -> ColumnElement[int]:
    is_lost = case((col(address.unreachable) != "", 4), else_=0)
    is_web = case((col(address.account).startswith(WEB), 2), else_=0)
    return is_lost + is_web + case((_must_wait(address, now), 1), else_=0)


def _must_wait(address: Any, now: Any) -> ColumnElement[bool]:
    """Whether the platform does not let us write there before they do; see ``rules.reach``."""
    return and_(
        col(address.account).startswith(WINDOWED),
        or_(
            col(address.window_until).is_(None),
            col(address.window_until) <= now,
            col(address.allowance) <= 0,
        ),
    )


def _why_not(likeliest: Any) -> ColumnElement[str]:
    """Why a member is not reached; empty where they are."""
    return case(
        (col(Member.consented_at).is_(None), str(Reason.NOT_CONSENTED)),
        (_MUTED, str(Reason.MUTED)),
        (col(likeliest.id).is_(None), str(Reason.NO_ADDRESS)),
        else_=col(likeliest.unreachable),
    )


# What an organizer may choose


def is_within(session: Session, audience: Audience, station: Station) -> bool:
    """Whether the audience is this station's to write to: places, teams or events of its own.

    One group that is all its own will do, for the others only make the audience smaller.
    """
    places = select(Station).where(
        or_(
            col(Station.id).in_(audience.stations),
            col(Station.enterprise_id).in_(audience.enterprises),
        )
    )
    teams = select(Team).join(Station).where(col(Team.id).in_(audience.teams))
    events = (
        select(Event).join(Station).where(col(Event.id).in_(audience.seated + audience.waiting))
    )
    outside = ~col(Station.path).startswith(station.path)
    return any(
        chosen and not session.execute(select(exists(group.where(outside)))).scalar()
        for chosen, group in (
            (audience.stations + audience.enterprises, places),
            (audience.teams, teams),
            (audience.seated + audience.waiting, events),
        )
    )
