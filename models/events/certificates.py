"""Certificates for those who came to an event: numbered, and checked by their codes."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Index, UniqueConstraint, case, exists, func, insert, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.events import helping
from models.events.events import Event, Signup, SignupState
from models.network import audit, registers, roles
from models.network.members import Member
from models.network.registers import Register
from models.network.stations import Station
from models.rules.network import codes
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.sending.deliveries import Plan
from models.store import Moment, table_of

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
class Issued:
    """So many were issued; ``unnamed`` of them wait for their members to say their names."""

    made: int
    unnamed: int


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


# Issuing


def issue(
    session: Session,
    event_id: int,
    minutes: int,
    by: int | None,
    zone: ZoneInfo,
    now: Moment,
    *,
    signup_id: int | None = None,
) -> Issued:
    """Issue a certificate to everybody who came and has none, or to one of them; and tell them.

    Names that are not known are asked of the members themselves. The corrected hours of a helper
    stand in place of ``minutes``.
    Raises ``roles.NotAllowed`` when ``by`` may not run the event.
    """
    event = _locked(session, event_id, by, now)
    people = session.execute(_without_one(event_id, signup_id)).all()
    if not people:
        return Issued(0, 0)
    station = session.get_one(Station, event.station_id)
    year = registers.year_of(now, zone)
    numbers = registers.take(session, CertificateRegister, station, year, len(people))
    letters = _letters()
    # How long a helper was there is not how long the others were.
    helped = {
        each.member_id: each.minutes
        for each, _ in helping.helped(session, event_id)
        if each.minutes is not None
    }
    rows = [
        {
            "station_id": station.id,
            "number": number,
            "code": codes.make(lambda among: among[next(letters)], CODE_LENGTH),
            "event_id": event_id,
            "member_id": member_id,
            "name": printed or loaded or "",
            "minutes": helped.get(member_id, minutes),
            "by_member_id": by,
            "issued_at": now,
        }
        for (member_id, printed, loaded), number in zip(people, numbers, strict=True)
    ]
    session.execute(insert(table_of(Certificate)), rows)
    _tell(session, READY, [(each["number"], each["member_id"]) for each in rows], now)
    _record(session, event, by, now, what="certificates", number=len(rows))
    return Issued(len(rows), sum(not each["name"] for each in rows))


def _letters() -> Iterator[int]:
    """Random places in the alphabet of codes, each as likely; drawn by the block, as many want."""
    size = len(codes.LETTERS)
    while True:
        yield from (byte % size for byte in secrets.token_bytes(256) if byte < 256 // size * size)


def _without_one(event_id: int, signup_id: int | None) -> Any:
    """Those who came to an event and have no certificate in force, in the order of their claims.

    With each stand the names that are known to be their own: of a certificate before, of a list.
    """
    before, other = table_of(Certificate).alias(), table_of(Certificate).alias()
    printed = (
        select(before.c.name)
        .where(before.c.member_id == col(Signup.member_id), before.c.name != "")
        .order_by(before.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    has_one = exists().where(
        other.c.event_id == event_id,
        other.c.member_id == col(Signup.member_id),
        other.c.revoked_at.is_(None),
    )
    came = (
        select(
            col(Signup.member_id),
            printed,
            case((col(Member.loaded_as) != "", col(Member.name)), else_=""),
        )
        .join(Member, col(Member.id) == col(Signup.member_id))
        .where(Signup.event_id == event_id, Signup.state == SignupState.ATTENDED, ~has_one)
        .order_by(col(Signup.turn), col(Signup.id))
    )
    return came.where(Signup.id == signup_id) if signup_id is not None else came


def _tell(session: Session, topic: str, told: Sequence[tuple[str, int]], now: Moment) -> None:
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
    event = _locked(session, certificate.event_id, by, now)
    session.refresh(certificate)
    if certificate.revoked_at is None:
        certificate.revoked_at = now
        session.add(certificate)
        session.flush()
        if certificate.member_id is not None:
            _tell(session, WITHDRAWN, [(certificate.number, certificate.member_id)], now)
        _record(session, event, by, now, what="certificate withdrawn", number=certificate.number)
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


def _locked(session: Session, event_id: int, by: int | None, now: Moment) -> Event:
    event = session.get_one(Event, event_id, with_for_update=True, populate_existing=True)
    place, team_id = event.station_id, event.team_id
    roles.require(session, by, Act.RUN_EVENT, place, now, team_id=team_id)
    return event


def _record(session: Session, event: Event, by: int | None, now: Moment, **details: object) -> None:
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
