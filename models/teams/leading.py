"""Leading a team: its captain and deputies, removing members, handing over, leaving."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from models.network import audit, roles
from models.network.members import Member
from models.network.roles import Grant
from models.network.stations import Station
from models.rules.network import permissions
from models.rules.network.permissions import Act, Place, Role
from models.sending import deliveries
from models.store import Moment
from models.teams import dismissing, teams
from models.teams.teams import Bid, BidKind, BidState, Team


class NotDone(StrEnum):
    """Why nothing changed: no member, no longer possible, or not permitted."""

    NOT_IN = "not_in"
    OVER = "over"
    OUT_OF_REACH = "out_of_reach"


@dataclass(frozen=True, slots=True)
class BidAnswered:
    """A bid that has just been answered."""

    bid: Bid
    team: Team


# Who leads


def leaders(session: Session, team_id: int, now: Moment) -> Sequence[tuple[Grant, Member]]:
    """The captain, then the deputies, with their roles in force at ``now``."""
    grants = session.exec(
        select(Grant, Member)
        .join(Member, col(Member.id) == col(Grant.member_id))
        .where(Grant.team_id == team_id, *roles.in_force(now))
        .order_by(col(Grant.id))
    ).all()
    return sorted(grants, key=lambda each: each[0].role is not Role.CAPTAIN)


def role_of(session: Session, team_id: int, member_id: int, now: Moment) -> Role | None:
    """A member's role in a team; None for one who does not lead it."""
    for grant, member in leaders(session, team_id, now):
        if member.id == member_id:
            return grant.role
    return None


def reached(session: Session, team_id: int, now: Moment) -> Sequence[Member]:
    """Captain and deputies with a chat: who leads as a row of a file hears of nothing yet."""
    found = leaders(session, team_id, now)
    able = roles.with_chat(session, [grant.id for grant, _member in found])
    return [member for grant, member in found if grant.id in able]


def in_charge(session: Session, team: Team, now: Moment) -> Sequence[Member]:
    """Captain and deputies, or the station's organizers where nobody of them has a chat."""
    own = reached(session, team.id, now)
    station = session.get_one(Station, team.station_id)
    return own or roles.who_can(session, Act.RUN_TEAM, station, now)


# Members


def may_change(session: Session, team: Team, member_id: int, by: int, now: Moment) -> bool:
    """Whether ``by`` may appoint, demote or remove a member: only one of lower rank."""
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
    """Make a member deputy captain and notify them; None when it is done."""
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
    _notify_member(session, member_id, "deputy", team, now)
    return None


def demote(session: Session, team: Team, member_id: int, by: int, now: Moment) -> NotDone | None:
    """End a deputy's role and notify them; they stay in the team. None when it is done."""
    if role_of(session, team.id, member_id, now) is not Role.DEPUTY:
        return NotDone.OVER
    if not may_change(session, team, member_id, by, now):
        return NotDone.OUT_OF_REACH
    for grant, member in leaders(session, team.id, now):
        if member.id == member_id:
            dismissing.dismiss(session, grant.id, by, now)
    return None


def remove(session: Session, team: Team, member_id: int, by: int, now: Moment) -> NotDone | None:
    """Remove a member from the team and notify them; None when it is done."""
    if not teams.is_member(session, team.id, member_id):
        return NotDone.NOT_IN
    if not may_change(session, team, member_id, by, now):
        return NotDone.OUT_OF_REACH
    _end_roles(session, team.id, member_id, by, now)
    teams.leave(session, team, member_id)
    _record(session, Act.RUN_TEAM, team, by, now, member=member_id, removed=True)
    _notify_member(session, member_id, "team-removed", team, now)
    return None


def _end_roles(session: Session, team_id: int, member_id: int, by: int, now: Moment) -> None:
    for grant, member in leaders(session, team_id, now):
        if member.id == member_id:
            roles.withdraw(session, grant.id, by, now)


# Handing over


def offer_captaincy(
    session: Session, team: Team, member_id: int, by: int, now: Moment
) -> Bid | NotDone:
    """Offer the captaincy to a member; nothing changes until they accept within a week.

    Raises NotAllowed when ``by`` may not hand the team over.
    """
    roles.require(session, by, Act.HAND_OVER_TEAM, team.station_id, now, team_id=team.id)
    if not teams.is_member(session, team.id, member_id):
        return NotDone.NOT_IN
    if role_of(session, team.id, member_id, now) is Role.CAPTAIN:
        return NotDone.OVER
    bid = teams.bid(session, team.id, member_id, BidKind.CAPTAINCY, now, by=by)
    if bid is None:
        return NotDone.OVER
    notify_about_bid(session, member_id, "captaincy", bid, now)
    return bid


def answer_captaincy(
    session: Session, bid_id: int, member_id: int, *, yes: bool, now: Moment
) -> BidAnswered | NotDone:
    """Accept or decline the captaincy; void if the offering member lost the right.

    All members are notified of a new captain; of a refusal only the member who offered.
    """
    bid = teams.open_bid(session, bid_id, BidKind.CAPTAINCY)
    if bid is None or bid.member_id != member_id or now >= bid.at + deliveries.A_WEEK:
        return NotDone.OVER
    team = teams.lock(session, bid.team_id)
    assert team is not None
    station = session.get_one(Station, team.station_id)
    offered_by = bid.by_member_id
    offer_holds = offered_by is not None and roles.may(
        session, offered_by, Act.HAND_OVER_TEAM, station, now, team_id=team.id
    )
    is_in = teams.is_member(session, team.id, member_id)
    bid.state = BidState.ACCEPTED if yes and offer_holds and is_in else BidState.REFUSED
    session.add(bid)
    session.flush()
    if yes and not (offer_holds and is_in):
        return NotDone.OVER
    assert offered_by is not None
    if yes:
        _make_captain(session, team, member_id, offered_by, now)
    else:
        notify_about_bid(session, offered_by, "captaincy-declined", bid, now)
    return BidAnswered(bid, team)


def _make_captain(session: Session, team: Team, member_id: int, by: int, now: Moment) -> None:
    """Give the captain's role to a member and notify all others once."""
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
            about=member_id,
        )
        for each in teams.people(session, team.id)
        if each.id != member_id
    ]
    deliveries.plan_all(session, plans, now)


def leave(session: Session, team: Team, member_id: int, now: Moment) -> bool:
    """Leave a team. A captain is replaced by the first deputy, else the station is notified.

    False when the member neither belonged to it nor led it.
    """
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
        _replace_captain(session, team, member_id, now)
    return True


def leave_all(session: Session, member_id: int, now: Moment) -> None:
    """Leave every team, and every team that the member leads without belonging to it."""
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


def _replace_captain(session: Session, team: Team, left_by: int, now: Moment) -> None:
    deputies = [
        member for grant, member in leaders(session, team.id, now) if grant.role is Role.DEPUTY
    ]
    if deputies:
        _make_captain(session, team, deputies[0].id, left_by, now)
        _notify_member(session, deputies[0].id, "captain-now", team, now)
        return
    ask_for_captain(session, team, now, but=left_by)


def ask_for_captain(session: Session, team: Team, now: Moment, *, but: int | None = None) -> None:
    """Notify the station's organizers that a team has no captain; all of them but ``but``."""
    station = session.get_one(Station, team.station_id)
    for member in roles.who_can(session, Act.HAND_OVER_TEAM, station, now, but=but):
        _notify_member(session, member.id, "no-captain", team, now)


# Notices and audit


def record_view(session: Session, team: Team, by: int, now: Moment) -> None:
    """Record that a member opened the list of those in the team."""
    _record(session, Act.SEE_TEAM, team, by, now)


def has_viewed(session: Session, team: Team, by: int, since: Moment) -> bool:
    """Return whether a member opened the list of those in the team since then."""
    return audit.has_done(session, by, Act.SEE_TEAM, f"team:{team.id}", since)


def _record(
    session: Session, act: Act, team: Team, by: int, now: Moment, **details: int | str | bool
) -> None:
    audit.record(session, by, act, f"team:{team.id}", now, station_id=team.station_id, **details)


def notify_about_bid(session: Session, member_id: int, topic: str, bid: Bid, now: Moment) -> None:
    """Plan a notice of this topic about a bid, once for each time it is opened."""
    deliveries.plan_for_member(
        session,
        member_id,
        key=f"{topic}:{bid.id}:{member_id}:{bid.at.timestamp():.6f}",
        topic=topic,
        facts={"bid_id": bid.id, "team_id": bid.team_id},
        due_at=now,
        expires_at=now + deliveries.A_WEEK,
        now=now,
        about=bid.by_member_id if member_id == bid.member_id else bid.member_id,
    )


def _notify_member(session: Session, member_id: int, topic: str, team: Team, now: Moment) -> None:
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
