"""Hooks: made, turned on again and ended at the desk."""

import base64
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, Session, SQLModel, col, delete, func, or_, select

from models.hooks import addresses
from models.network import audit, roles
from models.network.members import Member
from models.network.roles import Grant, NotAllowed
from models.network.stations import Care, Station
from models.rules.network import permissions
from models.rules.network.permissions import Act
from models.rules.sending import hook_kinds
from models.rules.sending.hook_kinds import HookKind
from models.sending.noting import Hook
from models.store import Moment, one_of

SECRET_BYTES = 32
PREFIX = "whsec_"
MOST = 10
"""How many hooks a member may have."""

SHOWN = 50


class HookDelivery(SQLModel, table=True):
    """One thing that a hook is told; ``next_at`` is when it is tried, None once it has ended.

    ``name`` is its own, by which a receiver knows what comes twice. ``answer`` is the status that
    the last attempt got, None for none, and ``trouble`` what went wrong then, as
    ``models.hooks.delivering.Trouble`` has it.
    """

    __tablename__ = "hook_delivery"
    __table_args__ = (
        # What is due of one hook, in its order: nothing of what has ended is in it.
        Index(
            "hook_delivery_due",
            *("hook_id", "next_at", "id"),
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    hook_id: int = Field(foreign_key="hook.id", index=True)
    name: str = Field(unique=True)
    kind: HookKind = Field(sa_type=one_of(HookKind))
    at: Moment = Field(index=True)
    event_id: int | None = None
    signup_id: int | None = None
    thread_id: int | None = None
    attempts: int = 0
    next_at: Moment | None = None
    answer: int | None = None
    trouble: str = ""
    took_at: Moment | None = None


class NotKept(StrEnum):
    """Why no hook was made."""

    NO_KEY = "no key"
    BAD_ADDRESS = "bad address"
    NO_KIND = "no kind"
    TOO_MANY = "too many"


@dataclass(frozen=True, slots=True)
class Kept:
    """``secret`` is told once: by it the receiver knows that the station sends."""

    hook: Hook
    secret: str


def make(
    session: Session,
    grant_id: int,
    url: str,
    kinds: Collection[HookKind],
    by: int,
    care: Care,
    now: Moment,
) -> Kept | NotKept:
    """Tell an address of what happens at the place of one of a member's own roles.

    Raises NotAllowed for a role that is not theirs, or lets no programs in.
    """
    grant = roles.grant_in_force(session, grant_id, now)
    is_own = grant is not None and grant.member_id == by
    if grant is None or not is_own or grant.role not in permissions.roles_for(Act.LET_PROGRAMS):
        raise NotAllowed(Act.LET_PROGRAMS)
    roles.require(session, by, Act.LET_PROGRAMS, grant.station_id, now)
    if not care.sealing:
        return NotKept.NO_KEY
    if not addresses.is_address(url, private=care.private_hooks):
        return NotKept.BAD_ADDRESS
    kept = hook_kinds.to_column(set(kinds) & set(hook_kinds.CHOSEN))
    if not kept:
        return NotKept.NO_KIND
    query = select(func.count()).where(Hook.member_id == by)
    if session.exec(query).one() >= MOST:
        return NotKept.TOO_MANY
    secret = PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    row = Hook(url=url, sealed="", kinds=kept, member_id=by, grant_id=grant.id, since=now)
    session.add(row)
    session.flush()
    row.sealed = care.sealing.seal(secret, about(row.id))
    session.add(row)
    _record(session, row, grant, by, now, "hook made")
    return Kept(row, secret)


def about(hook_id: int) -> str:
    """What the secret of a hook is sealed for."""
    return f"hook:{hook_id}"


def turn_on(session: Session, hook_id: int, by: int, now: Moment) -> bool:
    """Tell an address again that was turned off; False where there is no such hook.

    Raises NotAllowed as ``end`` does.
    """
    row, grant = _to_change(session, hook_id, by, now)
    if row is None:
        return False
    row.failing_since = row.disabled_at = None
    session.add(row)
    _record(session, row, grant, by, now, "hook turned on")
    return True


def test(session: Session, hook_id: int, by: int, now: Moment) -> bool:
    """Send something that says nothing, to see whether it arrives; False without such a hook.

    Raises NotAllowed as ``end`` does.
    """
    row, grant = _to_change(session, hook_id, by, now)
    if row is None:
        return False
    deliver(session, row, HookKind.TEST, now, now)
    _record(session, row, grant, by, now, "hook tried")
    return True


def end(session: Session, hook_id: int, by: int, now: Moment) -> bool:
    """Tell an address nothing any more; False where there is no such hook.

    Its member does so, and whoever lets programs in at its place or above. Raises NotAllowed for
    others.
    """
    row, grant = _to_change(session, hook_id, by, now)
    if row is None:
        return False
    session.exec(delete(HookDelivery).where(col(HookDelivery.hook_id) == row.id))
    session.delete(row)
    session.flush()
    _record(session, row, grant, by, now, "hook ended")
    return True


def _to_change(
    session: Session, hook_id: int, by: int, now: Moment
) -> tuple[Hook | None, Grant | None]:
    row = session.get(Hook, hook_id, with_for_update=True)
    grant = session.get(Grant, row.grant_id) if row is not None else None
    if row is not None and row.member_id != by:
        station_id = grant.station_id if grant is not None else None
        roles.require(session, by, Act.LET_PROGRAMS, station_id, now)
    return row, grant


def _record(
    session: Session, row: Hook, grant: Grant | None, by: int, now: Moment, what: str
) -> None:
    station_id = grant.station_id if grant is not None else None
    subject = f"member:{row.member_id}"
    audit.record(
        session, by, Act.LET_PROGRAMS, subject, now, station_id=station_id, what=what, hook=row.id
    )


def deliver(
    session: Session,
    hook: Hook,
    kind: HookKind,
    at: Moment,
    now: Moment,
    *,
    event_id: int | None = None,
    signup_id: int | None = None,
    thread_id: int | None = None,
) -> None:
    """Owe a hook one thing, from now on. ``at`` is when it happened."""
    session.add(
        HookDelivery(
            hook_id=hook.id,
            name=f"msg_{secrets.token_urlsafe(18)}",
            kind=kind,
            at=at,
            event_id=event_id,
            signup_id=signup_id,
            thread_id=thread_id,
            next_at=now,
        )
    )
    session.flush()


# Reading


@dataclass(frozen=True, slots=True)
class Held:
    """A hook with its member and the place at which it listens."""

    hook: Hook
    member: Member
    grant: Grant
    station: Station

    @property
    def kinds(self) -> frozenset[HookKind]:
        return hook_kinds.from_column(self.hook.kinds)


def at_places(session: Session, member_id: int, now: Moment) -> Sequence[Held]:
    """Return a member's own hooks, and those at their places and below, the newest first."""
    allowed = permissions.roles_for(Act.LET_PROGRAMS)
    places = [
        col(Station.path).startswith(each.path)
        for each in roles.held_by(session, member_id, now)
        if each.role in allowed
    ]
    theirs = or_(Hook.member_id == member_id, *places)
    rows = session.exec(held(now).where(theirs).order_by(col(Hook.id).desc()))
    return [Held(*each) for each in rows]


def held(now: Moment) -> Any:
    """The query of hooks whose role lasts, with their members, roles and places."""
    return (
        select(Hook, Member, Grant, Station)
        .join(Member, col(Member.id) == col(Hook.member_id))
        .join(Grant, col(Grant.id) == col(Hook.grant_id))
        .join(Station, col(Station.id) == col(Grant.station_id))
        .where(col(Grant.member_id) == col(Hook.member_id), *roles.in_force(now))
    )


def host_off(session: Session, hook_id: int) -> str:
    """Return the host of a hook that is turned off; empty for any other."""
    row = session.get(Hook, hook_id)
    return addresses.host_of(row.url) if row is not None and row.disabled_at is not None else ""


def log_of(session: Session, hook_id: int) -> Sequence[HookDelivery]:
    """Return what a hook was told, or is to be, the newest first."""
    return session.exec(
        select(HookDelivery)
        .where(HookDelivery.hook_id == hook_id)
        .order_by(col(HookDelivery.id).desc())
        .limit(SHOWN)
    ).all()


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return a member's hooks, as plain values without their secrets."""
    rows = session.exec(select(Hook).where(Hook.member_id == member_id))
    return [{"url": each.url, "kinds": each.kinds.split(), "since": each.since} for each in rows]


def forget_hooks(session: Session, member_id: int) -> None:
    """Delete the hooks of a member who is erased, with what they were told."""
    theirs = select(Hook.id).where(Hook.member_id == member_id)
    session.exec(delete(HookDelivery).where(col(HookDelivery.hook_id).in_(theirs)))
    session.exec(delete(Hook).where(col(Hook.member_id) == member_id))
