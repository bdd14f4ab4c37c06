"""Announcements, people and what they were sent, as rows of the desk's stories."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from models.announcements import announcements
from models.announcements.announcements import Announcement
from models.network.members import Address, Member
from models.network.stations import Station
from models.rules.network.audience import Audience
from models.sending.deliveries import Delivery, DeliveryState
from tests.console.browsing import SHISHAN, Nanhai


def keep(desks: Nanhai, by: int | None, station_id: int = SHISHAN, **values: Any) -> int:
    """An announcement of somebody to everybody of a place; returns its number."""

    def add(session: Session) -> int:
        station = session.get_one(Station, station_id)
        aim = Audience(stations=(station_id,))
        row = announcements.draft(session, station, by or 1, desks.now, audience=aim)
        for name, value in {"text": "周六停水。", "by_member_id": by, **values}.items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
        return row.id

    return desks.store.write_now(add)


def row_of(desks: Nanhai, number: int) -> Announcement:
    return desks.look(lambda session: session.get_one(Announcement, number))


def people(desks: Nanhai, station_id: int, many: int, *, unreachable: str = "") -> list[int]:
    """Members of a place with a chat."""

    def add(session: Session) -> list[int]:
        made = []
        for number in range(many):
            name = f"工友{number}"
            member = Member(
                name=name, station_id=station_id, consented_at=desks.now, created_at=desks.now
            )
            session.add(member)
            session.flush()
            made.append(member.id)
            session.add(
                Address(
                    member_id=member.id,
                    account="telegram.nanhai",
                    external=f"{station_id}-{member.id}",
                    unreachable=unreachable,
                    created_at=desks.now,
                )
            )
        session.flush()
        return made

    return desks.store.write_now(add)


def reachable(desks: Nanhai, member_id: int, station_id: int) -> None:
    """Give a member a chat, without which they are asked nothing."""

    def add(session: Session) -> None:
        session.get_one(Member, member_id).station_id = station_id
        external = f"chat-{member_id}"
        session.add(
            Address(
                member_id=member_id,
                account="telegram.nanhai",
                external=external,
                created_at=desks.now,
            )
        )
        session.flush()

    desks.store.write_now(add)


def delivered(desks: Nanhai, number: int, of: dict[int, tuple[DeliveryState, str]]) -> None:
    def add(session: Session) -> None:
        for member_id, (state, reason) in of.items():
            session.add(
                Delivery(
                    account="telegram.nanhai",
                    member_id=member_id,
                    topic="announcement",
                    facts={},
                    due_at=desks.now,
                    expires_at=desks.now + timedelta(days=1),
                    state=state,
                    reason=reason,
                    settled_at=desks.now,
                    announcement_id=number,
                    run=1,
                )
            )
        session.flush()

    desks.store.write_now(add)
