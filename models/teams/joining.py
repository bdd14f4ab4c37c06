"""Joining a team: at once or by request, as its captain has set."""

from dataclasses import dataclass

from sqlmodel import Session

from models.network import audit, roles
from models.network.stations import Station
from models.rules.network.permissions import Act
from models.rules.teams.joining import JoinMode, JoinOutcome, decide_join
from models.store import Moment
from models.teams import teams
from models.teams.leading import BidAnswered, NotDone, in_charge, notify_about_bid
from models.teams.teams import BidKind, BidState, Team


@dataclass(frozen=True, slots=True)
class Joined:
    """The outcome of asking to join; ``again``: it was so before."""

    entry: JoinOutcome
    again: bool = False


def request_to_join(
    session: Session, team: Team, member_id: int, station: Station | None, now: Moment
) -> Joined:
    """Join a team or ask those in charge, as its mode demands; ``station`` is the member's."""
    if teams.is_member(session, team.id, member_id):
        return Joined(JoinOutcome.IN, again=True)
    own = session.get_one(Station, team.station_id)
    entry = decide_join(
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
        notify_about_bid(session, leader.id, "join-request", bid, now)
    return Joined(entry)


def answer_request(
    session: Session, bid_id: int, by: int, *, yes: bool, now: Moment
) -> BidAnswered | NotDone:
    """Answer a request to join and notify the member. NotDone when it is answered.

    Raises NotAllowed when ``by`` may not run the team.
    """
    bid = teams.open_bid(session, bid_id, BidKind.JOIN)
    if bid is None:
        return NotDone.OVER
    team = session.get_one(Team, bid.team_id)
    _require(session, team, by, now)
    bid.state = BidState.ACCEPTED if yes else BidState.REFUSED
    session.add(bid)
    session.flush()
    if yes:
        teams.join(session, team, bid.member_id, now)
    _record(session, team, by, now, member=bid.member_id, let_in=yes)
    notify_about_bid(session, bid.member_id, "join-answer", bid, now)
    return BidAnswered(bid, team)


def set_join_mode(session: Session, team: Team, mode: JoinMode, by: int, now: Moment) -> None:
    """Choose how members join from now on. Raises NotAllowed when ``by`` may not run the team."""
    _require(session, team, by, now)
    team.join_mode = mode
    session.add(team)
    session.flush()
    _record(session, team, by, now, join_mode=str(mode))


def _require(session: Session, team: Team, by: int, now: Moment) -> None:
    roles.require(session, by, Act.RUN_TEAM, team.station_id, now, team_id=team.id)


def _record(
    session: Session, team: Team, by: int, now: Moment, **details: int | str | bool
) -> None:
    subject = f"team:{team.id}"
    audit.record(session, by, Act.RUN_TEAM, subject, now, station_id=team.station_id, **details)
