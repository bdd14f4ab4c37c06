"""Rows of files whose people were erased: known by a keyed hash, so that no file brings them back.

What is kept tells of nobody: only a file that names the person again shows that they were there.
The hash is by ``[server] answers_key``, which stands outside of the store; without one, whoever has
the store could try names.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlmodel import Field, Session, SQLModel, col, delete, select

from models.network.members import Member
from models.network.sealing import Sealing
from models.network.stations import Station
from models.store import Moment, insert_once

KEEP = timedelta(days=730)
"""For how long a file is expected that still names them."""

NO_KEY = b"yizhan: rows of erased people"


class ErasedRow(SQLModel, table=True):
    """A keyed hash of what a file calls a row, and when its person was erased."""

    __tablename__ = "erased_row"

    id: int = Field(default=None, primary_key=True)
    hash: str = Field(unique=True)
    at: Moment = Field(index=True)


def note(session: Session, member_id: int, sealing: Sealing, now: Moment) -> None:
    """Note that whoever is a row of a file is being erased; of others nothing is kept.

    A name alone counts only where nothing else was known: others may be called the same.
    """
    member = session.get_one(Member, member_id)
    if not member.loaded_as:
        return
    station = session.get(Station, member.station_id) if member.station_id is not None else None
    place = station.code if station is not None else ""
    keys = {member.loaded_as}
    if member.staff_number:
        keys.add(number_key(place, member.staff_number))
    by_name = name_key(place, member.name)
    if by_name not in keys:
        keys.add(alone(by_name))
    key = (sealing.keys or (NO_KEY,))[0]
    for each in sorted(keys):
        insert_once(session, ErasedRow, {"hash": _hash(key, each), "at": now})


def among(session: Session, keys: Iterable[str], sealing: Sealing) -> set[str]:
    """Return those of the keys of a file's rows that are known to be erased people's."""
    if not are_noted(session):
        return set()
    hashed = {_hash(key, each): each for each in keys for key in (*sealing.keys, NO_KEY)}
    found = select(ErasedRow.hash).where(col(ErasedRow.hash).in_(hashed))
    return {hashed[each] for each in session.exec(found)}


def are_noted(session: Session) -> bool:
    """Whether anything is kept of erased people's rows."""
    return session.exec(select(ErasedRow.id).limit(1)).first() is not None


def number_key(station: str, number: str) -> str:
    """What a row is known by that has a staff number, at the station of this code."""
    return f"{station}/#{number}"


def name_key(station: str, name: str) -> str:
    """What a row is known by that has neither a code nor a staff number."""
    return f"{station}/{name}"


def alone(key: str) -> str:
    """A name as the key of a row that says nothing else, in which case it is taken for the same."""
    return f"={key}"


def keys_of(keys: Sequence[str], *, is_name_alone: bool) -> list[str]:
    """Every key by which a row of a file may be an erased person's."""
    return [*keys, *(map(alone, keys) if is_name_alone else ())]


def forget_before(session: Session, moment: Moment) -> None:
    """Delete what was noted before a moment."""
    session.exec(delete(ErasedRow).where(col(ErasedRow.at) < moment))


def _hash(key: bytes, said: str) -> str:
    return hmac.digest(key, said.encode(), hashlib.sha256).hex()
