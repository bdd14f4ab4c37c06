"""Members, and the addresses where they are reached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint, bindparam, delete, insert, update
from sqlalchemy import Column as SAColumn
from sqlmodel import Field, Session, SQLModel, col, select

from models.store import Moment, one_of


class Shift(StrEnum):
    DAY = "day"
    NIGHT = "night"
    ROTATING = "rotating"


class NoticeKind(StrEnum):
    """What a member can mute, each kind alone."""

    REMINDER = "reminder"
    OFFER = "offer"
    CHANGE = "change"
    BROADCAST = "broadcast"


class Interest(StrEnum):
    """The interests a member can choose; a team has one of them."""

    BALL_GAMES = "ball_games"
    FITNESS = "fitness"
    OUTDOORS = "outdoors"
    MUSIC = "music"
    DANCE = "dance"
    PHOTOGRAPHY = "photography"
    READING = "reading"
    CRAFTS = "crafts"
    CHESS = "chess"
    FOOD = "food"
    TECHNOLOGY = "technology"
    LANGUAGES = "languages"
    VOLUNTEERING = "volunteering"
    FAMILY = "family"


DEFAULT_LEADS = (24 * 60, 2 * 60)
"""How long before an event a member is reminded, in minutes: a day and two hours."""


class Member(SQLModel, table=True):
    """A person who talks with the station.

    ``quiet`` is ``"22:00-08:00"`` in the station's zone, ``"off"`` for none, or empty for the
    station's own hours. ``leads`` are minutes before an event. ``muted`` lists NoticeKinds, or
    every one of them after /stop. ``calendar_key`` is the secret of the calendar link.
    """

    id: int | None = Field(default=None, primary_key=True)
    language: str = "zh"
    name: str = ""
    consented_at: Moment | None = None
    station_id: int | None = Field(default=None, foreign_key="station.id", index=True)
    shift: Shift | None = Field(default=None, sa_type=one_of(Shift))
    quiet: str = ""
    leads: list[int] = Field(
        default_factory=lambda: list(DEFAULT_LEADS), sa_column=SAColumn(JSON, nullable=False)
    )
    muted: list[str] = Field(default_factory=list, sa_column=SAColumn(JSON, nullable=False))
    calendar_key: str = Field(default="", index=True)
    created_at: Moment


class MemberInterest(SQLModel, table=True):
    __tablename__ = "member_interest"

    member_id: int = Field(foreign_key="member.id", primary_key=True)
    interest: Interest = Field(sa_type=one_of(Interest), primary_key=True)


class Address(SQLModel, table=True):
    """Where a member is reached: ``account`` is ``telegram.nanhai``, ``external`` a chat id there.

    ``dialog`` is the open question, by name. ``unreachable`` says why nothing can be sent, or is
    empty. ``window_until`` and ``allowance`` are the reach ledger of platforms that let a station
    speak only for a while after it was spoken to; None where there is no such limit.
    """

    __table_args__ = (UniqueConstraint("account", "external"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="member.id", index=True)
    account: str
    external: str
    dialog: dict[str, Any] | None = Field(default=None, sa_column=SAColumn(JSON(none_as_null=True)))
    unreachable: str = ""
    window_until: Moment | None = None
    allowance: int = 0
    created_at: Moment


@dataclass(slots=True)
class Caller:
    """The member who is talking now, and from which address: one row, read on every update."""

    id: int
    address_id: int
    account: str
    external: str
    language: str
    name: str
    consented_at: Moment | None
    station_id: int | None
    quiet: str
    leads: list[int]
    muted: list[str]
    dialog: dict[str, Any] | None
    unreachable: str
    is_new: bool = False


_CALLER = (
    select(  # type: ignore[call-overload]
        Member.id,
        col(Address.id).label("address_id"),
        Address.account,
        Address.external,
        Member.language,
        Member.name,
        Member.consented_at,
        Member.station_id,
        Member.quiet,
        Member.leads,
        Member.muted,
        Address.dialog,
        Address.unreachable,
    )
    .join(Address, col(Address.member_id) == col(Member.id))
)
_BY_ADDRESS = _CALLER.where(
    Address.account == bindparam("account"), Address.external == bindparam("external")
).with_for_update(of=Member)
_BY_ADDRESS_ID = _CALLER.where(Address.id == bindparam("address_id"))
_NEW_MEMBER = insert(Member)
_NEW_ADDRESS = insert(Address)


def find(session: Session, account: str, external: str) -> Caller | None:
    """The caller at this address, their row locked; None for a stranger."""
    row = session.execute(_BY_ADDRESS, {"account": account, "external": external}).first()
    return Caller(*row) if row is not None else None


def at_address(session: Session, address_id: int) -> Caller | None:
    row = session.execute(_BY_ADDRESS_ID, {"address_id": address_id}).first()
    return Caller(*row) if row is not None else None


def meet(
    session: Session, account: str, external: str, *, language: str, name: str, now: Moment
) -> Caller:
    """Find the caller, or make their acquaintance: nothing but the address is kept of a stranger."""
    known = find(session, account, external)
    if known is not None:
        return known
    member = Member(language=language, created_at=now)
    session.add(member)
    session.flush()
    assert member.id is not None
    session.add(Address(member_id=member.id, account=account, external=external, created_at=now))
    session.flush()
    known = find(session, account, external)
    assert known is not None
    known.is_new = True
    return known


def get(session: Session, member_id: int) -> Member:
    """The whole row, for the rarer acts; raises LookupError when there is none."""
    member = session.get(Member, member_id)
    if member is None:
        raise LookupError(f"no member {member_id}")
    return member


_DIALOG = update(Address).where(col(Address.id) == bindparam("key"))


def remember_dialog(session: Session, caller: Caller, dialog: dict[str, Any] | None) -> None:
    """Keep the open question of this address, or forget it with None."""
    if caller.dialog == dialog:
        return
    caller.dialog = dialog
    session.execute(_DIALOG, {"key": caller.address_id, "dialog": dialog})
