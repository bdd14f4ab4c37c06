"""Files that organizers send to the desk, kept between their preview and their writing.

A member has one such file at a time, and nobody else sees it. It goes when it was written, thrown
away, or left alone for an hour; what is told of it goes within a day.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Field, Session, SQLModel, col

from models.network import audit, roles
from models.network.members import Member
from models.network.roles import NotAllowed
from models.network.stations import Station
from models.rules.network.permissions import Act
from models.store import Moment, one_of, table_of

LASTS = timedelta(hours=1)
"""How long a file waits for somebody to look at it, and then for their yes."""

TOLD_FOR = timedelta(days=1)
"""How long a file that is wanted may take to be written, and what came of it is told after."""

LONGEST_NAME = 120


class UploadState(StrEnum):
    """Where a file is on its way; ``UNREADABLE`` ends it before, and ``BROKEN_OFF`` midway."""

    SENT = "sent"
    SHOWN = "shown"
    WANTED = "wanted"
    WRITTEN = "written"
    UNREADABLE = "unreadable"
    BROKEN_OFF = "broken_off"


TO_DO = (UploadState.SENT, UploadState.WANTED)


class UploadedFile(SQLModel, table=True):
    """A file of ``member_id``. ``content`` is empty once nothing is to be done with it.

    ``told`` is what is known of it, as the desk shows it: before it was written what would become
    of its rows, afterwards what did. ``done`` of ``total`` rows are written.
    """

    __tablename__ = "uploaded_file"

    id: int = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="member.id", unique=True)
    name: str
    content: bytes
    state: UploadState = Field(sa_type=one_of(UploadState), index=True)
    told: bytes = b""
    done: int = 0
    total: int = 0
    at: Moment
    expires_at: Moment = Field(index=True)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What a page shows of a file, without its content; ``facts`` is ``told`` as it was given."""

    id: int
    name: str
    state: UploadState
    told: bytes
    done: int
    total: int
    at: Moment
    expires_at: Moment

    @property
    def facts(self) -> Mapping[str, Any]:
        return _unpacked(self.told)


@dataclass(frozen=True, slots=True)
class Due:
    """A file that is to be read, or written where it ``is_wanted``.

    ``were_there`` are the lines of those of its people who were in the store as it was shown.
    """

    id: int
    member_id: int
    language: str
    name: str
    content: bytes
    is_wanted: bool
    were_there: frozenset[int] = frozenset()


class ThrownAway(Exception):
    """The file that is being written is not wanted any more; what is written stays."""


# For whoever sent it


def send(session: Session, by: int, name: str, content: bytes, now: Moment) -> bool:
    """Keep a file to be read, in place of the member's last one; False while that is written.

    Raises NotAllowed for who may load nowhere.
    """
    require(session, by, now)
    last = of(session, by, now)
    if last is not None and last.state is UploadState.WANTED:
        return False
    session.execute(delete(UploadedFile).where(col(UploadedFile.member_id) == by))
    row = {
        "member_id": by,
        "name": name[-LONGEST_NAME:],
        "content": content,
        "state": UploadState.SENT,
        "told": b"",
        "done": 0,
        "total": 0,
        "at": now,
        "expires_at": now + LASTS,
    }
    session.execute(insert(UploadedFile), [row])
    return True


def of(session: Session, member_id: int, now: Moment) -> Uploaded | None:
    """Return the file that a member has sent, while it is kept."""
    table = table_of(UploadedFile)
    shown = [table.c[name] for name in Uploaded.__slots__]
    row = session.execute(
        select(*shown).where(table.c.member_id == member_id, table.c.expires_at > now)
    ).first()
    return Uploaded(*row) if row is not None else None


def want(session: Session, number: int, by: int, now: Moment) -> bool:
    """Have a file written that was shown; False where it is not there for that any more.

    Raises NotAllowed for who may load nowhere.
    """
    require(session, by, now)
    table = table_of(UploadedFile)
    changed = session.execute(
        update(table)
        .where(
            table.c.id == number,
            table.c.member_id == by,
            table.c.state == UploadState.SHOWN,
            table.c.expires_at > now,
        )
        .values(state=UploadState.WANTED, expires_at=now + TOLD_FOR)
        .returning(table.c.id)
    )
    return changed.first() is not None


def throw_away(session: Session, by: int, now: Moment) -> bool:
    """Forget a member's file; what was written of it stays, and is noted in the audit."""
    last = of(session, by, now)
    if last is None:
        return False
    if last.state is UploadState.WANTED and last.done:
        _record_part(session, by, last.done, now)
    session.execute(delete(UploadedFile).where(col(UploadedFile.id) == last.id))
    return True


def require(session: Session, by: int, now: Moment) -> Station:
    """Return the place of whoever may load. Raises NotAllowed for the others."""
    place = roles.where(session, by, Act.LOAD, now)
    if place is None:
        raise NotAllowed(Act.LOAD)
    return place


# For what reads and writes them


def any_due(session: Session, now: Moment) -> bool:
    """Return whether ``next_due`` finds a file."""
    return session.execute(_due(select(col(UploadedFile.id)), now)).first() is not None


def next_due(session: Session, now: Moment) -> Due | None:
    """Return the file that has waited longest to be read or written."""
    query = select(UploadedFile, col(Member.language)).join(
        Member, col(Member.id) == col(UploadedFile.member_id)
    )
    found = session.execute(_due(query, now)).first()
    if found is None:
        return None
    row, language = found
    is_wanted = row.state is UploadState.WANTED
    there = _were_there(row.told) if is_wanted else frozenset()
    return Due(row.id, row.member_id, language, row.name, row.content, is_wanted, there)


def _were_there(told: bytes) -> frozenset[int]:
    """The lines of the people who were not new when the file was shown."""
    rows = _unpacked(told).get("rows", ())
    return frozenset(
        each["line"]
        for each in rows
        if each["sheet"] == "members" and each["fate"] in ("same", "changed")
    )


def _due(query: Any, now: Moment) -> Any:
    waiting = (col(UploadedFile.state).in_(TO_DO), col(UploadedFile.expires_at) > now)
    return query.where(*waiting).order_by(col(UploadedFile.id)).limit(1)


def show(session: Session, number: int, told: Mapping[str, Any], total: int, now: Moment) -> None:
    """Keep what reading a file found; its sender has an hour from now to look at it."""
    values = {"state": UploadState.SHOWN, "told": _packed(told), "expires_at": now + LASTS}
    _change(session, number, total=total, **values)


def note(session: Session, number: int, done: int, total: int) -> None:
    """Note how far writing is, along with what was written. Raises ThrownAway."""
    if not _change(session, number, done=done, total=total):
        raise ThrownAway


def end(
    session: Session, number: int, state: UploadState, told: Mapping[str, Any], now: Moment
) -> None:
    """Keep what came of a file, and forget its content."""
    last = session.get(UploadedFile, number)
    if last is None:
        return
    if state is UploadState.BROKEN_OFF and last.done:
        _record_part(session, last.member_id, last.done, now)
    values = {"state": state, "told": _packed(told), "expires_at": now + TOLD_FOR}
    _change(session, number, content=b"", **values)


def forget_before(session: Session, moment: Moment) -> None:
    """Delete the files that nobody is to see after a moment."""
    session.execute(delete(UploadedFile).where(col(UploadedFile.expires_at) < moment))


def _change(session: Session, number: int, **values: Any) -> bool:
    table = table_of(UploadedFile)
    changed = session.execute(
        update(table).where(table.c.id == number).values(**values).returning(table.c.id)
    )
    return changed.first() is not None


def _packed(told: Mapping[str, Any]) -> bytes:
    return zlib.compress(json.dumps(told, ensure_ascii=False).encode(), 1)


def _unpacked(told: bytes) -> Mapping[str, Any]:
    facts: Mapping[str, Any] = json.loads(zlib.decompress(told)) if told else {}
    return facts


def _record_part(session: Session, by: int, rows: int, now: Moment) -> None:
    """Note in the audit that a part of a file was written; the whole is noted with its last row."""
    place = roles.where(session, by, Act.LOAD, now)
    at = place.id if place is not None else None
    about = f"station:{at}" if at is not None else f"member:{by}"
    audit.record(session, by, Act.LOAD, about, now, station_id=at, rows_of_part=rows)


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the file that a member sent, as plain values."""
    table = table_of(UploadedFile)
    query = select(table.c.name, table.c.at, table.c.expires_at)
    rows: Sequence[Any] = session.execute(query.where(table.c.member_id == member_id)).all()
    return [{"name": each.name, "at": each.at, "kept_until": each.expires_at} for each in rows]
