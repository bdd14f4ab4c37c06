"""Seats that are kept for the names of people without a chat, who came by a list of a group."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from models.events import offers, parties
from models.events._claims import count, set_claim, set_leader
from models.events.events import Event, Signup, SignupState
from models.network import audit, roles
from models.network.stations import Care
from models.rules.events import windows
from models.rules.events.windows import EventAct
from models.rules.network.permissions import Act
from models.store import Moment


def kept(session: Session, event_id: int) -> Sequence[Signup]:
    """Return the seats that are kept for a name, each for those who come along with it as well."""
    return session.exec(
        select(Signup)
        .where(
            Signup.event_id == event_id,
            Signup.state == SignupState.SEATED,
            col(Signup.member_id).is_(None),
            col(Signup.party_id).is_(None),
            col(Signup.name) != "",
        )
        .order_by(col(Signup.turn))
    ).all()


def take_off(
    session: Session, event_id: int, signup_id: int, by: int, care: Care, now: Moment
) -> str:
    """Free the seat that is kept for a name, and offer it to the queue; return the name.

    It is empty where no seat is kept for one. Raises NotAllowed when ``by`` may not run the event.
    """
    event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
    roles.require(session, by, Act.RUN_EVENT, event.station_id, now, team_id=event.team_id)
    claim = next((each for each in kept(session, event_id) if each.id == signup_id), None)
    if claim is None or windows.refusal(EventAct.GIVE_UP, event, now, SignupState.SEATED):
        return ""
    seats = 1 + parties.give_up(session, event, claim.id, by, now)
    set_claim(session, claim.id, SignupState.CANCELLED, claim.turn, None, now)
    set_leader(session, claim.id, 0, claim.counts_in)
    count(session, event_id, held=-seats)
    offers.fill(session, event_id, care, now)
    audit.record(
        session,
        by,
        Act.RUN_EVENT,
        f"event:{event_id}",
        now,
        station_id=event.station_id,
        what="took a name off",
        signup=signup_id,
    )
    session.refresh(event)
    return claim.name
