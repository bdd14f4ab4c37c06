"""What draws of the desk's and the API's stories need: entries, steps, and the event as it is."""

from sqlmodel import Session

from models.events import drawing, signups
from models.events.events import Event
from models.network import members
from models.network.members import Member
from tests.console.browsing import Nanhai


def run(desks: Nanhai) -> None:
    """Take the steps of draws that are due."""

    def steps(session: Session) -> None:
        while (step := drawing.look(session, desks.now)) is not None:
            drawing.take(session, desks.now, step, desks.care)

    desks.store.write_now(steps)


def enter(desks: Nanhai, number: int, name: str) -> None:
    member = desks.member(name)

    def sign_up(session: Session) -> None:
        who = members.without_address(session.get_one(Member, member))
        signups.sign_up(session, number, who, desks.care, desks.now)

    desks.store.write_now(sign_up)


def event_of(desks: Nanhai, number: int) -> Event:
    return desks.look(lambda session: session.get_one(Event, number))
