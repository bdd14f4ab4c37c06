"""Certificates for those who came to an event: numbered, and checked by their codes.

``models.events.issuing`` issues them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Index, UniqueConstraint, func, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.events.events import Event, Signup, SignupState
from models.network import audit, roles
from models.network.members import Member
from models.network.registers import Register
from models.network.stations import Station
from models.rules.network import codes
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.sending.deliveries import Plan
from models.store import Moment

READY, WITHDRAWN = "certificate", "certificate-withdrawn"
"""Topics of the notices to members."""

KEEP_NOTICE = timedelta(days=30)
MAY_RENAME = timedelta(days=1)
"""How long a member may put right the name that they wrote themselves."""

CODE_LENGTH = 12


class CertificateRegister(Register, table=True):
    """A station's register of certificates for a year."""

    __tablename__ = "certificate_register"
    __table_args__ = (UniqueConstraint("station_id", "year"), UniqueConstraint("prefix", "year"))


class Certificate(SQLModel, table=True):
    """A certificate. ``number`` is its station's; by ``code`` anybody can check it.

    ``name`` is what is printed, and empty until the member has said it, at ``named_at``; where it
    was known before, ``named_at`` is None. ``minutes`` are those attended, 0 where they are not
    told. After the member is erased the number alone stays, without name and code.
    """

    __table_args__ = (
        Index(
            "certificate_in_force",
            "event_id",
            "member_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL AND member_id IS NOT NULL"),
            postgresql_where=text("revoked_at IS NULL AND member_id IS NOT NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    number: str = Field(unique=True)
    code: str | None = Field(default=None, unique=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    name: str = ""
    minutes: int = 0
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    issued_at: Moment
    named_at: Moment | None = None
    revoked_at: Moment | None = None


# Outcomes


@dataclass(frozen=True, slots=True)
class Standing:
    """How many came, how many of them have a certificate, and how many of those want a name."""

    came: int
    issued: int
    unnamed: int

    @property
    def left(self) -> int:
        return self.came - self.issued


@dataclass(frozen=True, slots=True)
class Checked:
    """A certificate with its event and its station, as whoever checks it sees it."""

    certificate: Certificate
    event: Event
    station: Station


# Writing


def tell(session: Session, topic: str, told: Sequence[tuple[str, int]], now: Moment) -> None:
    """Plan a notice for each number, to its member."""
    plans = [
        Plan(
            key=f"{topic}:{number}",
            member_id=member_id,
            topic=topic,
            facts={"certificate": number},
            due_at=now,
            expires_at=now + KEEP_NOTICE,
        )
        for number, member_id in told
    ]
    deliveries.plan_all(session, plans, now)


def withdraw(session: Session, certificate_id: int, by: int, now: Moment) -> Certificate:
    """Withdraw a certificate and tell its member; one that is withdrawn stays so.

    Raises ``roles.NotAllowed`` when ``by`` may not run its event.
    """
    certificate = session.get_one(Certificate, certificate_id)
    event = locked(session, certificate.event_id, by, now)
    session.refresh(certificate)
    if certificate.revoked_at is None:
        certificate.revoked_at = now
        session.add(certificate)
        session.flush()
        if certificate.member_id is not None:
            tell(session, WITHDRAWN, [(certificate.number, certificate.member_id)], now)
        record(session, event, by, now, what="certificate withdrawn", number=certificate.number)
    return certificate


def may_name(certificate: Certificate, now: Moment) -> bool:
    """Return whether its member may still write the name, or put right what they wrote."""
    if certificate.revoked_at is not None:
        return False
    if certificate.named_at is None:
        return not certificate.name
    return now < certificate.named_at + MAY_RENAME


def name(session: Session, certificate_id: int, member_id: int, words: str, now: Moment) -> bool:
    """Print this name on a member's own certificate; return whether it may be."""
    certificate = own(session, certificate_id, member_id)
    if certificate is None or not may_name(certificate, now):
        return False
    certificate.name = words
    certificate.named_at = certificate.named_at or now
    session.add(certificate)
    # What is asked about several certificates at once is asked once.
    session.execute(
        update(Certificate)
        .where(
            col(Certificate.member_id) == member_id,
            col(Certificate.name) == "",
            col(Certificate.revoked_at).is_(None),
        )
        .values(name=words, named_at=now)
    )
    session.flush()
    return True


def locked(session: Session, event_id: int, by: int | None, now: Moment) -> Event:
    """Lock an event whose certificates somebody may issue and withdraw; raises NotAllowed."""
    event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
    place, team_id = event.station_id, event.team_id
    roles.require(session, by, Act.RUN_EVENT, place, now, team_id=team_id)
    return event


def record(session: Session, event: Event, by: int | None, now: Moment, **details: object) -> None:
    """Record what was done with the certificates of an event."""
    subject, place = f"event:{event.id}", event.station_id
    audit.record(session, by, Act.RUN_EVENT, subject, now, station_id=place, **details)


def forget_member(session: Session, member_id: int) -> None:
    """Erase name and code of a member's certificates: they can be checked by nobody any more."""
    session.execute(
        update(Certificate)
        .where(col(Certificate.member_id) == member_id)
        .values(member_id=None, name="", code=None)
    )


# Reading


def get(session: Session, certificate_id: int) -> Certificate | None:
    return session.get(Certificate, certificate_id)


def own(session: Session, certificate_id: int, member_id: int) -> Certificate | None:
    """Return a certificate if it is this member's own."""
    certificate = session.get(Certificate, certificate_id)
    is_own = certificate is not None and certificate.member_id == member_id
    return certificate if is_own else None


def numbered(session: Session, number: str, member_id: int) -> Certificate | None:
    """Return the certificate of this number if it is this member's own."""
    return session.exec(
        select(Certificate).where(Certificate.number == number, Certificate.member_id == member_id)
    ).first()


def by_code(session: Session, code: str) -> Checked | None:
    """Return what this code checks; None if there is no such certificate, or no name on it yet."""
    row = session.exec(
        select(Certificate, Event, Station)
        .join(Event, col(Event.id) == col(Certificate.event_id))
        .join(Station, col(Station.id) == col(Certificate.station_id))
        .where(Certificate.code == codes.plain(code), Certificate.name != "")
    ).first()
    return Checked(*row) if row is not None else None


def standing(session: Session, event_id: int) -> Standing:
    """Return how far the certificates of an event are."""
    came = session.exec(
        select(func.count()).where(
            Signup.event_id == event_id,
            Signup.state == SignupState.ATTENDED,
            col(Signup.member_id).is_not(None),
        )
    ).one()
    names = session.exec(
        select(Certificate.name).where(
            Certificate.event_id == event_id,
            col(Certificate.revoked_at).is_(None),
            col(Certificate.member_id).is_not(None),
        )
    ).all()
    return Standing(came, len(names), sum(not each for each in names))


def who_came(
    session: Session, event_id: int, *, skip: int, limit: int
) -> Sequence[tuple[Signup, Member, Certificate | None]]:
    """Return those who came, each with their certificate in force."""
    in_force = (col(Certificate.event_id) == event_id) & (col(Certificate.revoked_at).is_(None))
    return session.exec(
        select(Signup, Member, Certificate)
        .join(Member, col(Member.id) == col(Signup.member_id))
        .join(
            Certificate,
            in_force & (col(Certificate.member_id) == col(Signup.member_id)),
            isouter=True,
        )
        .where(Signup.event_id == event_id, Signup.state == SignupState.ATTENDED)
        .order_by(col(Signup.turn), col(Signup.id))
        .offset(skip)
        .limit(limit)
    ).all()


def of_member(
    session: Session, member_id: int, *, skip: int = 0, limit: int = 6
) -> Sequence[tuple[Certificate, Event]]:
    """Return a member's certificates in force, the newest first."""
    return session.exec(
        select(Certificate, Event)
        .join(Event, col(Event.id) == col(Certificate.event_id))
        .where(Certificate.member_id == member_id, col(Certificate.revoked_at).is_(None))
        .order_by(col(Certificate.id).desc())
        .offset(skip)
        .limit(limit)
    ).all()


def told_to(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return a member's certificates as plain values."""
    return _told(session, col(Certificate.member_id) == member_id)


def issued_by(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the numbers of what a member issued, as plain values."""
    theirs = col(Certificate.by_member_id) == member_id
    return [
        {key: each[key] for key in ("number", "event", "issued_at")}
        for each in _told(session, theirs)
    ]


def _told(session: Session, theirs: Any) -> list[dict[str, Any]]:
    rows = session.exec(
        select(Certificate, Event.title)
        .join(Event, col(Event.id) == col(Certificate.event_id))
        .where(theirs)
        .order_by(col(Certificate.id))
    )
    return [
        {
            "number": each.number,
            "code": each.code,
            "event": title,
            "name": each.name,
            "minutes": each.minutes,
            "issued_at": each.issued_at,
            "withdrawn_at": each.revoked_at,
        }
        for each, title in rows
    ]
