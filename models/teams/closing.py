"""Close a team for good: what is to come is called off, everybody in it is told."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from models.events import repeating, running
from models.events.events import UNLISTED, Event
from models.events.groups import Repeating
from models.events.running import Changed
from models.network import audit, roles
from models.network.memberships import Membership
from models.network.roles import Grant
from models.rules.teams.joining import TeamState
from models.sending import deliveries
from models.store import Moment
from models.teams import founding, leading, teams
from models.teams.founding import TeamNotDecided
from models.teams.teams import Bid, BidState, Team


@dataclass(frozen=True, slots=True)
class TeamClosed:
    """A team that has just been closed: how many are told, and how many events were called off."""

    team: Team
    told: int
    called_off: int


def close(
    session: Session, team_id: int, reason: str, by: int, now: Moment
) -> TeamClosed | TeamNotDecided:
    """Close a team for a reason, which all in it read; OVER where it is none any more.

    Its events to come are called off, its sessions and roles end. Raises NotAllowed unless ``by``
    is one who approves such a team.
    """
    team = teams.lock(session, team_id)
    if team is None:
        return TeamNotDecided.OVER
    roles.require(session, by, founding.act_for(team), team.station_id, now)
    if team.state is not TeamState.ACTIVE:
        return TeamNotDecided.OVER
    called_off = _end_events(session, team, reason, by, now)
    people = [each.id for each in teams.people(session, team_id)]
    led = leading.leaders(session, team_id, now)
    concerned = dict.fromkeys((*people, *(member.id for _grant, member in led)))
    _end_roles(session, [grant for grant, _member in led], now)
    session.execute(delete(Membership).where(col(Membership.team_id) == team_id))
    bids = col(Bid.team_id) == team_id, col(Bid.state) == BidState.OPEN
    session.execute(update(Bid).where(*bids).values(state=BidState.REFUSED))
    team.state, team.reason, team.ended_at, team.members = TeamState.CLOSED, reason, now, 0
    session.add(team)
    session.flush()
    details = {"closed": True, "events": called_off}
    subject, place = f"team:{team_id}", team.station_id
    audit.record(session, by, founding.act_for(team), subject, now, station_id=place, **details)
    plans = [
        deliveries.Plan(
            key=f"team-closed:{team_id}:{member_id}",
            member_id=member_id,
            topic="team-closed",
            facts={"team_id": team_id},
            due_at=now,
            expires_at=now + deliveries.A_WEEK,
        )
        for member_id in concerned
        if member_id != by
    ]
    deliveries.plan_all(session, plans, now)
    return TeamClosed(team, len(plans), called_off)


def to_come(session: Session, team_id: int, now: Moment) -> Sequence[int]:
    """Return the numbers of the team's events that closing it would call off."""
    return session.exec(
        select(Event.id)
        .where(
            Event.team_id == team_id,
            col(Event.state).not_in(UNLISTED),
            col(Event.starts_at) > now,
        )
        .order_by(col(Event.id))
    ).all()


def _end_events(session: Session, team: Team, reason: str, by: int, now: Moment) -> int:
    again = select(Repeating).where(
        Repeating.team_id == team.id, col(Repeating.due_at).is_not(None)
    )
    for row in session.exec(again).all():
        repeating.stop(session, row, by, now)
    done = [
        running.call_off(session, number, reason, by, now)
        for number in to_come(session, team.id, now)
    ]
    return sum(isinstance(each, Changed) for each in done)


def _end_roles(session: Session, grants: Sequence[Grant], now: Moment) -> None:
    """End them without a word of their own: that the team is closed says it."""
    for grant in grants:
        grant.withdrawn_at = now
        session.add(grant)
    session.flush()
