"""Issue certificates to those who came: a few at once, many in short turns.

An act of an organizer issues the first and says of the event that more follow; the clock's turns
issue the rest, so that answers to people don't wait for a thousand certificates. What each turn
does is whole: after a stop of the station the next one goes on where it was. All certificates of
one act have its time, and what else they share is read off those that are issued already.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, case, exists, func, insert, or_
from sqlmodel import Session, col, select

from models.events import helping
from models.events.certificates import (
    CODE_LENGTH,
    READY,
    Certificate,
    CertificateRegister,
    locked,
    record,
    tell,
)
from models.events.events import Event, Signup, SignupState
from models.network import registers
from models.network.members import Member
from models.network.stations import Station
from models.rules.network import codes
from models.store import Moment, table_of

AT_ONCE = 40
"""So many are issued by the act itself."""

STEP = 20
"""Certificates of one step of a turn: some 7 ms of work."""


@dataclass(frozen=True, slots=True)
class Issued:
    """So many were issued, ``unnamed`` of them wait for their names; ``following`` come soon."""

    made: int
    unnamed: int = 0
    following: int = 0


@dataclass(frozen=True, slots=True)
class _Act:
    """What all certificates of one act share; ``goes_on``: the first are issued already."""

    event: Event
    minutes: int
    by: int | None
    at: Moment
    goes_on: bool = False


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
    event = locked(session, event_id, by, now)
    act = _Act(event, minutes, by, now)
    left = _left(session, act, signup_id)
    if event.certifying_at is not None and signup_id is None:
        return Issued(0, following=left)
    if not left:
        return Issued(0)
    record(session, event, by, now, what="certificates", number=left)
    done = _some(session, act, zone, now, AT_ONCE if left <= AT_ONCE else STEP, signup_id)
    if done.made == left:
        return done
    event.certifying_at, event.certifying_minutes = now, minutes
    session.add(event)
    session.flush()
    return Issued(done.made, done.unnamed, left - done.made)


def any_due(session: Session, now: Moment) -> bool:
    """Return whether certificates of an act are still to be issued."""
    return bool(session.execute(select(exists().where(_IS_UNDER_WAY))).scalar())


_IS_UNDER_WAY = col(Event.certifying_at).is_not(None)


def take(session: Session, zone: ZoneInfo, now: Moment) -> bool:
    """Issue some of those that are to come; return whether there may be more."""
    event = session.exec(
        select(Event).where(_IS_UNDER_WAY).order_by(col(Event.id)).limit(1).with_for_update()
    ).first()
    if event is None:
        return False
    assert event.certifying_at is not None
    last = session.exec(
        select(Certificate)
        .where(Certificate.event_id == event.id, Certificate.issued_at == event.certifying_at)
        .order_by(col(Certificate.id).desc())
        .limit(1)
    ).one()
    act = _Act(
        event, event.certifying_minutes, last.by_member_id, event.certifying_at, goes_on=True
    )
    made = _some(session, act, zone, now, STEP, after=_turn_of(session, last)).made
    if made < STEP:
        # Who was checked in since may stand before those who have theirs.
        made += _some(session, act, zone, now, STEP).made
    if made < STEP:
        event.certifying_at = None
        session.add(event)
        session.flush()
    return True


def _turn_of(session: Session, certificate: Certificate) -> int:
    """Return the turn of the claim for which a certificate was issued; 0 where there is none."""
    claim = select(Signup.turn).where(
        Signup.event_id == certificate.event_id, Signup.member_id == certificate.member_id
    )
    return session.exec(claim).first() or 0


def _some(
    session: Session,
    act: _Act,
    zone: ZoneInfo,
    now: Moment,
    many: int,
    signup_id: int | None = None,
    after: int = 0,
) -> Issued:
    """Issue up to so many, in the order of the claims ``after`` a turn."""
    query = _without_one(act.goes_on, signup_id is not None)
    people = session.execute(query, {**_values(act, signup_id, after), "many": many}).all()
    if not people:
        return Issued(0)
    station = session.get_one(Station, act.event.station_id)
    year = registers.year_of(act.at, zone)
    numbers = registers.take(session, CertificateRegister, station, year, len(people))
    letters = _letters()
    # How long a helper was there is not how long the others were.
    helped = {
        each.member_id: each.minutes
        for each, _ in helping.helped(session, act.event.id)
        if each.minutes is not None
    }
    rows = [
        {
            "station_id": station.id,
            "number": number,
            "code": codes.make(lambda among: among[next(letters)], CODE_LENGTH),
            "event_id": act.event.id,
            "member_id": member_id,
            "name": printed or loaded or "",
            "minutes": helped.get(member_id, act.minutes),
            "by_member_id": act.by,
            "issued_at": act.at,
        }
        for (member_id, printed, loaded), number in zip(people, numbers, strict=True)
    ]
    session.execute(insert(table_of(Certificate)), rows)
    tell(session, READY, [(each["number"], each["member_id"]) for each in rows], now)
    return Issued(len(rows), sum(not each["name"] for each in rows))


def _letters() -> Iterator[int]:
    """Random places in the alphabet of codes, each as likely; drawn by the block, as many want."""
    size = len(codes.LETTERS)
    while True:
        yield from (byte % size for byte in secrets.token_bytes(256) if byte < 256 // size * size)


def _left(session: Session, act: _Act, signup_id: int | None) -> int:
    query = _without_one(act.goes_on, signup_id is not None).limit(None).order_by(None).subquery()
    values = _values(act, signup_id)
    return int(session.execute(select(func.count()).select_from(query), values).scalar_one())


def _values(act: _Act, signup_id: int | None, after: int = 0) -> dict[str, Any]:
    one = {"signup_id": signup_id} if signup_id is not None else {}
    at = {"act_at": act.at} if act.goes_on else {}
    return {"event_id": act.event.id, "after": after, **one, **at}


@cache
def _without_one(goes_on: bool, is_one: bool) -> Any:
    """Those who came to an event and have no certificate in force, in the order of their claims.

    Where an act goes on, one that was withdrawn since is not issued again. With each stand the
    names that are known to be their own: of a certificate before, of a list. It is built once.
    """
    before, other = table_of(Certificate).alias(), table_of(Certificate).alias()
    printed = (
        select(before.c.name)
        .where(before.c.member_id == col(Signup.member_id), before.c.name != "")
        .order_by(before.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    is_in_force = other.c.revoked_at.is_(None)
    is_of_the_act = other.c.issued_at == bindparam("act_at")
    has_one = exists().where(
        other.c.event_id == bindparam("event_id"),
        other.c.member_id == col(Signup.member_id),
        or_(is_in_force, is_of_the_act) if goes_on else is_in_force,
    )
    came = (
        select(
            col(Signup.member_id),
            printed,
            case((col(Member.loaded_as) != "", col(Member.name)), else_=""),
        )
        .join(Member, col(Member.id) == col(Signup.member_id))
        .where(
            col(Signup.event_id) == bindparam("event_id"),
            Signup.state == SignupState.ATTENDED,
            col(Signup.turn) >= bindparam("after"),
            ~has_one,
        )
        .order_by(col(Signup.turn), col(Signup.id))
        .limit(bindparam("many"))
    )
    return came.where(col(Signup.id) == bindparam("signup_id")) if is_one else came
