"""Notes of what programs are told of, written in the transaction in which it happens.

A note holds numbers only: whoever hears of it asks the API for the rest, and is told what their
token may see. Where no program listens nothing is written.
"""

from sqlalchemy import Connection, bindparam, exists, insert
from sqlalchemy import select as columns_of
from sqlmodel import Field, Session, SQLModel, col, select

from models.rules.sending.hook_kinds import HookKind
from models.store import Moment, one_of, table_of
from models.store.statements import Prepared


class Hook(SQLModel, table=True):
    """An address that is told of what happens at a place and below it.

    It is its member's, and belongs to the role ``grant_id`` of theirs as a token does; while that
    lasts. ``sealed`` is the secret by which what is sent is signed. ``kinds`` are as
    ``models.rules.sending.hook_kinds.to_column`` has them. ``failing_since`` is the first of the
    failures since it last took anything; ``disabled_at`` is when it was turned off for that.
    """

    id: int = Field(default=None, primary_key=True)
    url: str
    sealed: str
    kinds: str
    member_id: int = Field(foreign_key="member.id", index=True)
    grant_id: int = Field(index=True)
    since: Moment
    failing_since: Moment | None = None
    disabled_at: Moment | None = None


class HookNote(SQLModel, table=True):
    """Something that happened; the row goes when it was made out who is told.

    ``at`` is None where only that it happened is known; then it counts as just now.
    """

    __tablename__ = "hook_note"

    id: int = Field(default=None, primary_key=True)
    kind: HookKind = Field(sa_type=one_of(HookKind))
    at: Moment | None = None
    event_id: int | None = None
    signup_id: int | None = None
    thread_id: int | None = None


_HEARD = "hooks"
_ANY = Prepared(select(Hook.id).where(col(Hook.disabled_at).is_(None)).limit(1))
_KEEP = Prepared(insert(table_of(HookNote)), ("kind", "at", "event_id", "signup_id", "thread_id"))


def note(
    session: Session,
    kind: HookKind,
    now: Moment,
    *,
    event_id: int | None = None,
    signup_id: int | None = None,
    thread_id: int | None = None,
) -> None:
    """Note that something happened, where any program listens.

    Whether one does is asked once for all calls that are committed together.
    """
    is_heard = session.info.get(_HEARD)
    if is_heard is None:
        is_heard = session.info[_HEARD] = _ANY.first(session, {}) is not None
    if is_heard:
        about = {"event_id": event_id, "signup_id": signup_id, "thread_id": thread_id}
        _KEEP.run(session, {"kind": kind, "at": now, **about})


_NOTES = table_of(HookNote)
_COLUMNS = ("kind", "at", "event_id", "signup_id")


def note_on(
    connection: Connection,
    kind: HookKind,
    at: Moment | None,
    *,
    event_id: int | None = None,
    signup_id: int | None = None,
) -> None:
    """As ``note``, while a session writes its rows."""
    values = {"kind": kind, "at": at, "event_id": event_id, "signup_id": signup_id}
    told = [bindparam(name, values[name], type_=_NOTES.c[name].type) for name in _COLUMNS]
    is_heard = exists(select(Hook.id).where(col(Hook.disabled_at).is_(None)))
    connection.execute(insert(_NOTES).from_select(_COLUMNS, columns_of(*told).where(is_heard)))
