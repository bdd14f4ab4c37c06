"""Members, and the addresses where they are reached."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Protocol

from sqlalchemy import (
    JSON,
    Connection,
    Index,
    UniqueConstraint,
    bindparam,
    event,
    false,
    inspect,
    text,
    update,
)
from sqlalchemy import Column as SAColumn
from sqlmodel import Field, Session, SQLModel, col, select

from models.network import name_keys
from models.rules.languages import DEFAULT
from models.rules.members.interests import Interest
from models.rules.members.shifts import Shift
from models.store import Moment, memory_of, one_of, table_of
from models.store.statements import Prepared


class NoticeKind(StrEnum):
    """The kinds of notices that members can mute one by one."""

    REMINDER = "reminder"
    OFFER = "offer"
    CHANGE = "change"
    ANNOUNCEMENT = "announcement"
    ACCOUNT = "account"


DEFAULT_LEADS = (24 * 60, 2 * 60)
"""Minutes before an event at which a member is reminded: a day and two hours."""


FOR_GOOD = datetime(9000, 1, 1, tzinfo=UTC)
"""Until when somebody is blocked for whom no day was set."""


def _of_rows(name: str, column: str) -> Index:
    """Return an index of a column that is empty in many rows; its condition is in the query."""
    where = text(f"{column} <> ''")
    return Index(name, column, sqlite_where=where, postgresql_where=where)


class Member(SQLModel, table=True):
    """A person who talks with the station.

    ``quiet`` is ``"22:00-08:00"`` in the station's zone, ``"off"`` for none, or empty for the hours
    that the station keeps for their ``shift``. ``leads`` are minutes before an event. ``muted``
    lists NoticeKinds, or every one of them after /stop. ``calendar_key`` is the secret of the
    calendar link. ``tail`` are the last digits of a number of the member's choice, which tell them
    from another of the same name. ``place_asked`` says that they were asked, at a sign-up, whether
    they work in the event's town. ``staff_number`` is their company's, out of a file;
    ``loaded_as`` is by what the file's row is known when it is loaded again, and empty for who came
    by themselves. ``no_photos``: they want none of the evenings that they come to.
    ``blocked_until`` is when somebody who harmed others may take part again.
    """

    __table_args__ = (
        _of_rows("member_staff_number", "staff_number"),
        _of_rows("member_loaded_as", "loaded_as"),
        # Names that an organizer pastes are looked up by it.
        _of_rows("member_name", "name"),
    )

    id: int = Field(default=None, primary_key=True)
    language: str = DEFAULT
    name: str = ""
    tail: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    place_asked: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    no_photos: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    birth_year: int | None = None
    blocked_until: Moment | None = None
    staff_number: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    loaded_as: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
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


@event.listens_for(Member, "after_insert")
def _named(_mapper: object, connection: Connection, member: Member) -> None:
    if member.name:
        name_keys.put_on(connection, member.id, member.name, is_new=True)


@event.listens_for(Member, "after_update")
def _renamed(_mapper: object, connection: Connection, member: Member) -> None:
    if inspect(member).attrs.name.history.has_changes():
        name_keys.put_on(connection, member.id, member.name, is_new=False)


class Blockable(Protocol):
    """A member as a row or as a caller."""

    @property
    def blocked_until(self) -> Moment | None: ...


def is_blocked(who: Blockable, now: Moment) -> bool:
    """Return whether somebody is kept from everything but their own data and help."""
    return who.blocked_until is not None and now < who.blocked_until


class MemberInterest(SQLModel, table=True):
    __tablename__ = "member_interest"

    member_id: int = Field(foreign_key="member.id", primary_key=True)
    interest: Interest = Field(sa_type=one_of(Interest), primary_key=True)


class Address(SQLModel, table=True):
    """Where a member is reached: a chat on one account.

    ``account`` is ``telegram.nanhai``, ``external`` the chat's id there. ``dialog`` is the open
    question, by name. ``unreachable`` says why nothing can be sent; it is empty if messages can.
    ``window_until`` and ``allowance`` are the ledger of a platform that lets a station write only
    for a while after the person wrote; ``window_until`` is None where there is no such limit.
    ``no_templates`` says that the person refuses template messages.
    """

    __table_args__ = (UniqueConstraint("account", "external"),)

    id: int = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="member.id", index=True)
    account: str
    external: str
    dialog: dict[str, Any] | None = Field(default=None, sa_column=SAColumn(JSON(none_as_null=True)))
    unreachable: str = ""
    window_until: Moment | None = None
    allowance: int = 0
    no_templates: bool = False
    created_at: Moment


@dataclass(slots=True)
class Caller:
    """The member and the address of the update being answered: one row, read at every update."""

    id: int
    address_id: int
    account: str
    external: str
    language: str
    name: str
    consented_at: Moment | None
    station_id: int | None
    shift: Shift | None
    quiet: str
    leads: list[int]
    muted: list[str]
    dialog: dict[str, Any] | None
    unreachable: str
    window_until: Moment | None
    allowance: int
    blocked_until: Moment | None = None
    is_new: bool = False


_FIELDS = tuple(each.name for each in fields(Caller) if each.name != "is_new")
_CALLER: Any = select(  # type: ignore[call-overload,misc]
    Member.id,
    col(Address.id).label("address_id"),
    Address.account,
    Address.external,
    Member.language,
    Member.name,
    Member.consented_at,
    Member.station_id,
    Member.shift,
    Member.quiet,
    Member.leads,
    Member.muted,
    Address.dialog,
    Address.unreachable,
    Address.window_until,
    Address.allowance,
    Member.blocked_until,
).join(Address, col(Address.member_id) == col(Member.id))
_BY_ADDRESS = Prepared(
    _CALLER.where(
        Address.account == bindparam("account"),
        Address.external == bindparam("external"),
        # A transaction that inserts a row with a foreign key to this member does not wait.
    ).with_for_update(of=Member, key_share=True)
)
_BY_ADDRESS_ID = Prepared(_CALLER.where(Address.id == bindparam("address_id")))

# A hall that votes for the first time is met by hundreds a second: by the ORM each took 1.16 ms of
# CPU inside the transaction, so 0.13.
_NEW_MEMBER = Prepared(
    table_of(Member).insert().returning(col(Member.id)),
    [each.name for each in table_of(Member).columns if each.name != "id"],
)
_NEW_ADDRESS = Prepared(
    table_of(Address).insert(),
    [each.name for each in table_of(Address).columns if each.name != "id"],
)


def expect(session: Session, account: str, external: str) -> None:
    """Say that ``find`` will be asked for this address, before anybody there is changed."""
    _BY_ADDRESS.expect(session, {"account": account, "external": external})


def find(session: Session, account: str, external: str) -> Caller | None:
    """Return the caller at this address, the row locked; None for an unknown address."""
    row = _BY_ADDRESS.first(session, {"account": account, "external": external})
    return Caller(*row) if row is not None else None


def language_at(session: Session, account: str, external: str) -> str:
    """Return the language of the member at this address; empty for an unknown address."""
    theirs = (
        select(Member.language)
        .join(Address, col(Address.member_id) == col(Member.id))
        .where(Address.account == account, Address.external == external)
    )
    return session.exec(theirs).first() or ""


def read_ahead(session: Session, address_ids: Iterable[int]) -> None:
    """Load many callers with one statement; ``at_address`` then returns them from the session.

    For sessions that only read: what another transaction changes meanwhile is not seen.
    """
    rows = session.execute(_CALLER.where(col(Address.id).in_(set(address_ids))))
    callers = memory_of(session).values
    callers.update(((Caller, row.address_id), Caller(*row)) for row in rows)


def at_address(session: Session, address_id: int) -> Caller | None:
    """Return the caller at this address; None if the address is deleted."""
    loaded: Caller | None = memory_of(session).values.get((Caller, address_id))
    if loaded is not None:
        return loaded
    row = _BY_ADDRESS_ID.first(session, {"address_id": address_id})
    return Caller(*row) if row is not None else None


def meet(session: Session, account: str, external: str, *, language: str, now: Moment) -> Caller:
    """Return the caller at this address, inserting a member for an unknown one.

    The new member has a language and an address, and nothing else.
    """
    caller = find(session, account, external)
    if caller is not None:
        return caller
    member = {**_blank(Member), "language": language, "created_at": now}
    address = {
        **_blank(Address),
        "member_id": _NEW_MEMBER.one(session, member).id,
        "account": account,
        "external": external,
        "created_at": now,
    }
    _NEW_ADDRESS.run(session, address)
    caller = find(session, account, external)
    assert caller is not None
    caller.is_new = True
    return caller


@cache
def _blank(row: type[SQLModel]) -> Mapping[str, Any]:
    """Return the columns of a new row but its number, with their defaults where they have one."""
    found = {
        name: each.get_default(call_default_factory=True) for name, each in row.model_fields.items()
    }
    del found["id"]
    return found


def refresh(session: Session, caller: Caller) -> None:
    """Read a caller again, who may be another member at the same address since they were merged."""
    row = _BY_ADDRESS_ID.one(session, {"address_id": caller.address_id})
    for name, value in zip(_FIELDS, row, strict=True):
        setattr(caller, name, value)


def get(session: Session, member_id: int) -> Member:
    """Return the whole row of a member. Raises LookupError if there is none."""
    member = session.get(Member, member_id)
    if member is None:
        raise LookupError(f"no member {member_id}")
    return member


def names_of(session: Session, member_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of members by their ids; a name is empty where they gave none."""
    rows = session.exec(select(Member.id, Member.name).where(col(Member.id).in_(set(member_ids))))
    return dict(rows.all())


_DIALOG = Prepared(
    update(Address).where(col(Address.id) == bindparam("key")).values(dialog=bindparam("state"))
)


def remember_dialog(session: Session, caller: Caller, dialog: dict[str, Any] | None) -> None:
    """Store the open question of this address; None clears it."""
    if caller.dialog == dialog:
        return
    caller.dialog = dialog
    _DIALOG.run(session, {"key": caller.address_id, "state": dialog})


# Reach


class ReachWindow(Protocol):
    """How long, and how many times, a platform lets the station write after the person wrote."""

    @property
    def until(self) -> Moment: ...

    @property
    def allowance(self) -> int: ...


_REACHABLE = Prepared(
    update(Address).where(col(Address.id) == bindparam("key")).values(unreachable="")
)
_REACH = Prepared(
    update(Address)
    .where(col(Address.id) == bindparam("key"))
    .values(unreachable="", window_until=bindparam("until"), allowance=bindparam("times"))
)


def note_reach(session: Session, caller: Caller, window: ReachWindow | None, now: Moment) -> None:
    """Mark this address as reachable, and store the window that the platform has opened.

    A platform's allowances do not add up: a new message resets them to their maximum. A short
    window (a press) does not replace a longer one (a message) that is open and has an allowance
    left.
    """
    if window is None:
        if caller.unreachable:
            _REACHABLE.run(session, {"key": caller.address_id})
            caller.unreachable = ""
        return
    closes = caller.window_until
    if closes is not None and closes > window.until and closes > now and caller.allowance > 0:
        return
    _REACH.run(
        session, {"key": caller.address_id, "until": window.until, "times": window.allowance}
    )
    caller.unreachable = ""


def mark_unreachable(session: Session, address_id: int, reason: str) -> None:
    """Mark an address as unreachable until its person writes again."""
    session.execute(update(Address).where(col(Address.id) == address_id).values(unreachable=reason))


def without_address(member: Member) -> Caller:
    """Return a member as a caller who has written nothing: for what somebody does for them."""
    kept = {each.name: getattr(member, each.name, "") for each in fields(Caller)}
    return Caller(**{**kept, **_NO_ADDRESS})


_NO_ADDRESS: dict[str, Any] = {
    "address_id": 0,
    "dialog": None,
    "window_until": None,
    "allowance": 0,
    "is_new": False,
}
