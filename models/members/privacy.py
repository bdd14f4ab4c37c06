"""Export and erase what is stored about a member."""

from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from models.announcements import announcements
from models.desk import wishes
from models.desk.wishes import Wish
from models.events import checking_in, events, pictures, reminders, signups
from models.events.events import Event, Signup
from models.members.profile import interests_of
from models.network import roles, stations
from models.network.members import Address, Caller, Member, MemberInterest, get
from models.network.memberships import Membership
from models.network.stations import Care
from models.sending import daily, history, inbox, reach
from models.store import Moment
from models.teams import leading, teams
from models.teams.teams import Bid, Team


def export(session: Session, member_id: int) -> dict[str, Any]:
    """All that is stored about a member: plain values under readable names, for JSON.

    Moments are aware datetimes in UTC.
    """
    member = get(session, member_id)
    station = stations.get(session, member.station_id)
    addresses = session.exec(select(Address).where(Address.member_id == member_id)).all()
    claims = session.exec(
        select(Signup, Event).join(Event).where(Signup.member_id == member_id)
    ).all()
    joined = session.exec(
        select(Membership, Team).join(Team).where(Membership.member_id == member_id)
    ).all()
    bids = session.exec(
        select(Bid, Team)
        .join(Team, col(Team.id) == col(Bid.team_id))
        .where(Bid.member_id == member_id)
    ).all()
    founded = session.exec(select(Team).where(Team.founder_id == member_id)).all()
    own_wishes = session.exec(select(Wish).where(Wish.member_id == member_id)).all()
    return {
        "member": {
            "number": member.id,
            "name": member.name,
            "language": member.language,
            "station": station.name if station else None,
            "shift": member.shift,
            "interests": interests_of(session, member_id),
            "quiet_hours": member.quiet,
            "reminded_minutes_before": member.leads,
            "muted": member.muted,
            "agreed_to_privacy_notice_at": member.consented_at,
            "known_since": member.created_at,
        },
        "chats": [
            {"account": each.account, "address": each.external, "since": each.created_at}
            for each in addresses
        ],
        "sign_ups": [
            {
                "event": event.title,
                "starts_at": event.starts_at,
                "state": claim.state,
                "at": claim.at,
            }
            for claim, event in claims
        ],
        "teams": [
            {"team": team.name, "joined_at": membership.joined_at} for membership, team in joined
        ],
        "teams_founded": [
            {
                "team": team.name,
                "translations": team.text_of("name").translations,
                "state": team.state,
            }
            for team in founded
        ],
        "teams_supported_or_asked": [
            {"team": team.name, "what": bid.kind, "state": bid.state, "at": bid.at}
            for bid, team in bids
        ],
        "roles": roles.of_member(session, member_id),
        "wishes": [{"text": wish.text, "at": wish.at} for wish in own_wishes],
        "pictures": pictures.of_member(session, member_id),
        "events_published": [
            {"title": title.text, "translations": title.translations}
            for title in events.titles_by(session, member_id)
        ],
        "announcements": announcements.of_member(session, member_id),
        "notices": history.of_member(session, member_id),
        "announcements_of_a_day": daily.of_member(session, member_id),
    }


def erase(session: Session, caller: Caller, care: Care, now: Moment) -> None:
    """Erase a member: seats go to the queue, counts stay, no row points to them.

    ``caller.address_id`` is 0 afterwards, so that nothing is written to the deleted address.
    """
    member_id = caller.id
    for _signup, event in signups.of_member(session, member_id, now):
        signups.give_up(session, event.id, member_id, care, now)
    leading.leave_all(session, member_id, now)
    teams.forget_member(session, member_id)
    reminders.forget_member(session, member_id)
    roles.forget_member(session, member_id)
    announcements.forget_member(session, member_id)
    history.forget_member(session, member_id, now)
    daily.forget_member(session, member_id)
    events.forget_member(session, member_id)
    pictures.forget_member(session, member_id)
    checking_in.forget_member(session, member_id)
    session.execute(update(Signup).where(col(Signup.member_id) == member_id).values(member_id=None))
    wishes.forget_member(session, member_id)
    session.execute(delete(MemberInterest).where(col(MemberInterest.member_id) == member_id))
    for address_id in session.exec(select(Address.id).where(Address.member_id == member_id)).all():
        inbox.forget_address(session, address_id)
        reach.forget_address(session, address_id)
    session.execute(delete(Address).where(col(Address.member_id) == member_id))
    session.expunge_all()
    session.execute(delete(Member).where(col(Member.id) == member_id))
    caller.address_id = 0
