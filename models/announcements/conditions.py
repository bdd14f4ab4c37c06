"""SQL conditions of an audience: who belongs, the likeliest address, why not."""

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, or_, select, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.events.events import UNLISTED, Event, Signup, SignupState
from models.network.members import Address, Member, MemberInterest, NoticeKind
from models.network.memberships import Membership
from models.network.stations import Station
from models.rules.network.audience import Audience, Came
from models.sending import accounts
from models.sending.deliveries import Delivery, DeliveryState
from models.sending.reasons import Reason

WITH_A_SEAT = (SignupState.SEATED, SignupState.ATTENDED, SignupState.NO_SHOW)
THERE = (SignupState.ATTENDED, SignupState.SEATED)
"""Who came to an event that is over; a seat stays one where nobody was checked in."""

IN_LINE = (SignupState.WAITING, SignupState.OFFERED)
RECEIVED = (DeliveryState.SENT, DeliveryState.IN_DOUBT)
EVERYWHERE = 0
"""Stands for the district among an audience's stations: everybody, also who told no place."""

MEMBER_ID: Any = col(Member.id)
_STATION: Any = col(Member.station_id)
# The list is JSON; as text it can be searched on either database.
IS_MUTED = cast(col(Member.muted), String).contains(f'"{NoticeKind.ANNOUNCEMENT}"')


def widened(session: Session, audience: Audience) -> Audience:
    """Return the audience with EVERYWHERE in the place of the station without a parent.

    Whoever told no place is in the district. Asked once, a narrower audience need not look at them.
    """
    if not audience.stations:
        return audience
    district = select(col(Station.id)).where(
        col(Station.id).in_(audience.stations), col(Station.parent_id).is_(None)
    )
    is_whole = session.execute(district.limit(1)).first() is not None
    return replace(audience, stations=(EVERYWHERE,)) if is_whole else audience


def has_consented(audience: Audience) -> ColumnElement[bool]:
    # ``+ 0`` keeps SQLite off the index of stations, by which it would collect and sort all
    # members within the scan limit first; the primary key gives them in order.
    in_order = _STATION + 0
    return and_(belongs(audience, in_order), col(Member.consented_at).is_not(None))


def belongs(audience: Audience, here: Any = _STATION) -> ColumnElement[bool]:
    """Whether a member belongs: any value within a group, all groups."""
    groups = [*_places(audience, here), *_claims(audience)]
    if audience.teams:
        groups.append(
            exists().where(
                col(Membership.member_id) == MEMBER_ID, col(Membership.team_id).in_(audience.teams)
            )
        )
    if audience.interests:
        groups.append(
            exists().where(
                col(MemberInterest.member_id) == MEMBER_ID,
                col(MemberInterest.interest).in_(audience.interests),
            )
        )
    if audience.history:
        groups.append(or_(*(_came(Came.parse(each)) for each in audience.history)))
    if audience.shifts:
        groups.append(col(Member.shift).in_(audience.shifts))
    if audience.got:
        groups.append(
            exists().where(
                col(Delivery.member_id) == MEMBER_ID,
                col(Delivery.announcement_id).in_(audience.got),
                col(Delivery.state).in_(RECEIVED),
            )
        )
    # An empty audience is nobody: a slip must not reach a whole district.
    return and_(*groups) if groups else ~true()


def _places(audience: Audience, here: Any) -> list[ColumnElement[bool]]:
    """Members of the stations and all below them, or of the enterprises' contact points."""
    parts: list[ColumnElement[bool]] = []
    if EVERYWHERE in audience.stations:
        return [true()]
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
    """Members with a seat at ``seated`` events, in the queue of ``waiting`` ones, or who came."""
    of_groups = (
        (audience.seated, WITH_A_SEAT),
        (audience.waiting, IN_LINE),
        (audience.came, THERE),
    )
    claims = [
        and_(col(Signup.event_id).in_(events), col(Signup.state).in_(states))
        for events, states in of_groups
        if events
    ]
    return [exists().where(col(Signup.member_id) == MEMBER_ID, or_(*claims))] if claims else []


def _came(asked: Came) -> ColumnElement[bool]:
    """Members who came to something of a kind in a time."""
    since, until = (datetime.combine(each, time(), UTC) for each in (asked.since, asked.until))
    theirs = [col(Event.ends_at) >= since, col(Event.ends_at) < until]
    if asked.kind:
        theirs.append(col(Event.kind) == asked.kind)
    came: ColumnElement[bool] = MEMBER_ID.in_(
        select(col(Signup.member_id))
        .join(Event, col(Event.id) == col(Signup.event_id))
        .where(
            *theirs,
            col(Event.state).not_in(UNLISTED),
            col(Signup.state).in_(THERE),
            col(Signup.member_id).is_not(None),
        )
    )
    return came


def is_likeliest(likeliest: Any, now: Any) -> ColumnElement[bool]:
    """Whether an address is the member's likeliest, in the order of ``reach.likelihood``.

    That is the one for which no better exists: an ORDER BY with LIMIT as a join condition takes
    PostgreSQL fifteen times as long.
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
    return and_(col(likeliest.member_id) == MEMBER_ID, ~has_better)


def _unlikelihood(address: Any, now: Any) -> ColumnElement[int]:
    is_lost = case((col(address.unreachable) != "", 4), else_=0)
    is_silent = case((accounts.notifies(address.account), 0), else_=2)
    return is_lost + is_silent + case((must_wait(address, now), 1), else_=0)


def must_wait(address: Any, now: Any) -> ColumnElement[bool]:
    """Whether the platform blocks messages until the person writes; as ``reach.may_write``."""
    return and_(
        accounts.is_windowed(address.account),
        or_(
            col(address.window_until).is_(None),
            col(address.window_until) <= now,
            col(address.allowance) <= 0,
        ),
    )


def why_not(likeliest: Any) -> ColumnElement[str]:
    """The reason why a member is not reached; empty where they are."""
    return case(
        (col(Member.consented_at).is_(None), str(Reason.NOT_CONSENTED)),
        (IS_MUTED, str(Reason.MUTED)),
        (col(likeliest.id).is_(None), str(Reason.NO_ADDRESS)),
        else_=col(likeliest.unreachable),
    )
