"""Leading a team: who gets in, deputies, and who is captain next."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from models.network import audit, roles
from models.network.members import Member
from models.network.roles import Grant
from models.network.stations import Station
from models.rules.network import permissions
from models.rules.network.permissions import Act, Place, Role
from models.rules.teams import joining
from models.rules.teams.joining import JoinMode, JoinOutcome
from models.sending import deliveries
from models.store import Moment
from models.teams import teams
from models.teams.teams import Bid, BidKind, BidState, Team


class NotDone(StrEnum):
    """Why something about a member of a team changes nothing."""

    NOT_IN = "not_in"
    OVER = "over"
    OUT_OF_REACH = "out_of_reach"


@dataclass(frozen=True, slots=True)
class Joined:
    """What became of asking to join; ``again`` says that it stood so already."""

    entry: JoinOutcome
    again: bool = False


@dataclass(frozen=True, slots=True)
class BidAnswered:
    """A bid that was answered just now."""

    bid: Bid
    team: Team


# Who leads


def leaders(session: Session, team_id: int, now: Moment) -> Sequence[tuple[Grant, Member]]:
    """The captain, then the deputies."""
    found = session.exec(
        select(Grant, Member)
        .join(Member, col(Member.id) == col(Grant.member_id))
        .where(Grant.team_id == team_id, *_in_force(now))
        .order_by(col(Grant.id))
    ).all()
    return sorted(found, key=lambda each: each[0].role is not Role.CAPTAIN)


def role_of(session: Session, team_id: int, member_id: int, now: Moment) -> Role | None:
    """What a member is in a team; None for one who leads nothing there."""
    for grant, member in leaders(session, team_id, now):
        if member.id == member_id:
            return grant.role
    return None


def _in_force(now: Moment) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Grant.withdrawn_at).is_(None),
        or_(col(Grant.until).is_(None), col(Grant.until) > now),
    )


def in_charge(session: Session, team: Team, now: Moment) -> Sequence[Member]:
    """Who answers for a team: captain and deputies, or its station's organizers."""
    leading = [member for _grant, member in leaders(session, team.id, now)]
    station = session.get_one(Station, team.station_id)
    return leading or roles.who_can(session, Act.RUN_TEAM, station, now)


# Getting in


def request_to_join(
    session: Session, team: Team, member_id: int, station: Station | None, now: Moment
) -> Joined:
    """Join, or ask those in charge, as the team wants it. ``station`` is the member's."""
    if teams.is_member(session, team.id, member_id):
        return Joined(JoinOutcome.IN, again=True)
    own = session.get_one(Station, team.station_id)
    entry = joining.decide_join(
        team.state, team.join_mode, own.path, station.path if station is not None else ""
    )
    if entry is JoinOutcome.IN:
        teams.join(session, team, member_id, now)
    if entry is not JoinOutcome.ASKED:
        return Joined(entry)
    bid = teams.bid(session, team.id, member_id, BidKind.JOIN, now)
    if bid is None:
        return Joined(entry, again=True)
    for leader in in_charge(session, team, now):
        _tell(session, leader.id, "join-request", bid, now)
    return Joined(entry)


def answer_bid(
    session: Session, bid_id: int, by: int, *, yes: bool, now: Moment
) -> BidAnswered | NotDone:
    """Let somebody in who asked, or not; they are told."""
    bid = _open_bid(session, bid_id, BidKind.JOIN)
    if bid is None:
        return NotDone.OVER
    bid.state = BidState.ACCEPTED if yes else BidState.REFUSED
    session.add(bid)
    session.flush()
    team = session.get_one(Team, bid.team_id)
    if yes:
        teams.join(session, team, bid.member_id, now)
    _record(session, Act.RUN_TEAM, team, by, now, member=bid.member_id, let_in=yes)
    _tell(session, bid.member_id, "join-answer", bid, now)
    return BidAnswered(bid, team)


def _open_bid(session: Session, bid_id: int, kind: BidKind) -> Bid | None:
    wanted = select(Bid).where(Bid.id == bid_id, Bid.kind == kind, Bid.state == BidState.OPEN)
    found = wanted.with_for_update().execution_options(populate_existing=True)
    return session.exec(found).first()


def set_join_mode(session: Session, team: Team, mode: JoinMode, by: int, now: Moment) -> None:
    """Choose how one gets in from now on."""
    team.join_mode = mode
    session.add(team)
    session.flush()
    _record(session, Act.RUN_TEAM, team, by, now, join_mode=str(mode))


# Its people


def may_move(session: Session, team: Team, member_id: int, by: int, now: Moment) -> bool:
    """Whether ``by`` may appoint, stand down or remove this member: nobody their own equal."""
    if member_id == by:
        return False
    station = session.get_one(Station, team.station_id)
    place, held = Place(station.path, team.id), roles.held_by(session, by, now)
    role = role_of(session, team.id, member_id, now)
    if role is not None:
        return permissions.may_grant(role, held, place, now)
    return permissions.may(Act.RUN_TEAM, held, place, now)


def appoint_deputy(
    session: Session, team: Team, member_id: int, by: int, now: Moment
) -> NotDone | None:
    """Make a member of the team its deputy captain; None when it is done."""
    station = session.get_one(Station, team.station_id)
    if not teams.is_member(session, team.id, member_id):
        return NotDone.NOT_IN
    place, held = Place(station.path, team.id), roles.held_by(session, by, now)
    if role_of(session, team.id, member_id, now) is not None:
        return NotDone.OVER
    if not permissions.may_grant(Role.DEPUTY, held, place, now):
        return NotDone.OUT_OF_REACH
    roles.give(session, member_id, Role.DEPUTY, station, now, team_id=team.id)
    _record(session, Act.RUN_TEAM, team, by, now, member=member_id, deputy=True)
    _tell_member(session, member_id, "deputy", team, now)
    return None


def stand_down(
    session: Session, team: Team, member_id: int, by: int, now: Moment
) -> NotDone | None:
    """End a deputy's role, who stays in the team; None when it is done."""
    if role_of(session, team.id, member_id, now) is not Role.DEPUTY:
        return NotDone.OVER
    if not may_move(session, team, member_id, by, now):
        return NotDone.OUT_OF_REACH
    _end_roles(session, team.id, member_id, by, now)
    return None


def remove(session: Session, team: Team, member_id: int, by: int, now: Moment) -> NotDone | None:
    """Put a member out of the team; they are told. None when it is done."""
    if not teams.is_member(session, team.id, member_id):
        return NotDone.NOT_IN
    if not may_move(session, team, member_id, by, now):
        return NotDone.OUT_OF_REACH
    _end_roles(session, team.id, member_id, by, now)
    teams.leave(session, team, member_id)
    _record(session, Act.RUN_TEAM, team, by, now, member=member_id, removed=True)
    _tell_member(session, member_id, "team-removed", team, now)
    return None


def _end_roles(session: Session, team_id: int, member_id: int, by: int, now: Moment) -> None:
    for grant, member in leaders(session, team_id, now):
        if member.id == member_id:
            roles.withdraw(session, grant.id, by, now)


# The next captain


def offer_captaincy(
    session: Session, team: Team, member_id: int, by: int, now: Moment
) -> Bid | NotDone:
    """Ask a member of the team to be its captain; nothing changes until they accept."""
    if not teams.is_member(session, team.id, member_id):
        return NotDone.NOT_IN
    if role_of(session, team.id, member_id, now) is Role.CAPTAIN:
        return NotDone.OVER
    bid = teams.bid(session, team.id, member_id, BidKind.CAPTAINCY, now, by=by)
    if bid is None:
        return NotDone.OVER
    _tell(session, member_id, "captaincy", bid, now)
    return bid


def answer_captaincy(
    session: Session, bid_id: int, member_id: int, *, yes: bool, now: Moment
) -> BidAnswered | NotDone:
    """Take over a team, or not. Who offered it must still be one who may; all are told once."""
    bid = _open_bid(session, bid_id, BidKind.CAPTAINCY)
    if bid is None or bid.member_id != member_id or now >= bid.at + deliveries.A_WEEK:
        return NotDone.OVER
    team = teams.lock(session, bid.team_id)
    assert team is not None
    station = session.get_one(Station, team.station_id)
    offered_by = bid.by_member_id
    still_may = offered_by is not None and roles.may(
        session, offered_by, Act.HAND_OVER_TEAM, station, now, team_id=team.id
    )
    is_in = teams.is_member(session, team.id, member_id)
    bid.state = BidState.ACCEPTED if yes and still_may and is_in else BidState.REFUSED
    session.add(bid)
    session.flush()
    if yes and not (still_may and is_in):
        return NotDone.OVER
    assert offered_by is not None
    if yes:
        _put_in_charge(session, team, member_id, offered_by, now)
    else:
        _tell(session, offered_by, "captaincy-declined", bid, now)
    return BidAnswered(bid, team)


def _put_in_charge(session: Session, team: Team, member_id: int, by: int, now: Moment) -> None:
    """Swap the roles and tell every member once."""
    for grant, member in leaders(session, team.id, now):
        if grant.role is Role.CAPTAIN or member.id == member_id:
            grant.withdrawn_at = now
            session.add(grant)
    session.flush()
    station = session.get_one(Station, team.station_id)
    given = roles.give(session, member_id, Role.CAPTAIN, station, now, team_id=team.id)
    _record(session, Act.HAND_OVER_TEAM, team, by, now, member=member_id)
    plans = [
        deliveries.Plan(
            key=f"new-captain:{given.grant.id}:{each.id}",
            member_id=each.id,
            topic="new-captain",
            facts={"team_id": team.id, "captain_id": member_id},
            due_at=now,
            expires_at=now + deliveries.A_WEEK,
        )
        for each in teams.people(session, team.id)
        if each.id != member_id
    ]
    deliveries.plan_all(session, plans, now)


def leave(session: Session, team: Team, member_id: int, now: Moment) -> bool:
    """Leave a team; where its captain does, a deputy takes over, else its station is told."""
    was = role_of(session, team.id, member_id, now)
    _drop_join_bid(session, team.id, member_id)
    was_in = teams.leave(session, team, member_id)
    if was is None:
        return was_in
    for grant, member in leaders(session, team.id, now):
        if member.id == member_id:
            grant.withdrawn_at = now
            session.add(grant)
    session.flush()
    if was is Role.CAPTAIN:
        _succeed(session, team, member_id, now)
    return True


def leave_all(session: Session, member_id: int, now: Moment) -> None:
    """Leave every team, those too that one leads without being in them."""
    led = [grant.team_id for grant, _station in roles.grants_of(session, member_id, now)]
    mine = [team.id for team in teams.of_member(session, member_id)]
    for team_id in dict.fromkeys([*mine, *led]):
        if team_id is not None:
            leave(session, session.get_one(Team, team_id), member_id, now)


def _drop_join_bid(session: Session, team_id: int, member_id: int) -> None:
    bid = teams.bid_of(session, team_id, member_id, BidKind.JOIN)
    if bid is not None and bid.state is BidState.OPEN:
        bid.state = BidState.REFUSED
        session.add(bid)
        session.flush()


def _succeed(session: Session, team: Team, left_by: int, now: Moment) -> None:
    deputies = [
        member for grant, member in leaders(session, team.id, now) if grant.role is Role.DEPUTY
    ]
    if deputies:
        _put_in_charge(session, team, deputies[0].id, left_by, now)
        _tell_member(session, deputies[0].id, "captain-now", team, now)
        return
    ask_for_captain(session, team, now, but=left_by)


def ask_for_captain(session: Session, team: Team, now: Moment, *, but: int | None = None) -> None:
    """Tell the station's organizers that a team has no captain."""
    station = session.get_one(Station, team.station_id)
    for member in roles.who_can(session, Act.HAND_OVER_TEAM, station, now, but=but):
        _tell_member(session, member.id, "no-captain", team, now)


# Small steps


def _record(
    session: Session, act: Act, team: Team, by: int, now: Moment, **details: int | str | bool
) -> None:
    audit.record(session, by, act, f"team:{team.id}", now, station_id=team.station_id, **details)


def _tell(session: Session, member_id: int | None, topic: str, bid: Bid, now: Moment) -> None:
    assert member_id is not None
    deliveries.plan_for_member(
        session,
        member_id,
        key=f"{topic}:{bid.id}:{member_id}:{bid.at.timestamp():.6f}",
        topic=topic,
        facts={"bid_id": bid.id, "team_id": bid.team_id},
        due_at=now,
        expires_at=now + deliveries.A_WEEK,
        now=now,
    )


def _tell_member(session: Session, member_id: int, topic: str, team: Team, now: Moment) -> None:
    deliveries.plan_for_member(
        session,
        member_id,
        key=f"{topic}:{team.id}:{member_id}:{now.timestamp():.6f}",
        topic=topic,
        facts={"team_id": team.id},
        due_at=now,
        expires_at=now + deliveries.A_WEEK,
        now=now,
    )
