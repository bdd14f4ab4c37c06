"""One-time codes that stand for a person: how they are made and kept.

``linking`` says what becomes of one that is typed.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from itertools import count
from typing import Any

from sqlalchemy import delete, insert, or_
from sqlmodel import Field, Session, SQLModel, col, select

from models.rules.network import codes
from models.store import Moment, one_of


class CodeKind(StrEnum):
    """LINK joins two chats, RETURN lets in who left a shared page, ROW is for a row of a file."""

    LINK = "link"
    RETURN = "return"
    ROW = "row"


LASTS = {
    CodeKind.LINK: timedelta(minutes=15),
    CodeKind.RETURN: timedelta(days=90),
    CodeKind.ROW: timedelta(days=180),
}
CHUNK = 500
"""How many rows are deleted by one statement."""
LENGTHS = {CodeKind.LINK: codes.LENGTH, CodeKind.RETURN: codes.LONG, CodeKind.ROW: codes.LONG}


class PersonalCode(SQLModel, table=True):
    """A one-time code that stands for a member, stored as a hash.

    ``address_id`` is the chat in which a LINK was made. ``other_member_id`` typed it, a LINK at
    ``other_address_id``, and agreed to the merge at ``agreed_at``; of a RETURN that is when the
    page was left, before which it lets nobody in. Of the other kinds whoever typed it last is
    asked; they do not keep it from its owner.
    """

    __tablename__ = "personal_code"

    id: int = Field(default=None, primary_key=True)
    code_hash: str = Field(unique=True)
    kind: CodeKind = Field(sa_type=one_of(CodeKind))
    member_id: int = Field(foreign_key="member.id", index=True)
    address_id: int | None = Field(default=None, foreign_key="address.id", index=True)
    other_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    other_address_id: int | None = Field(default=None, foreign_key="address.id", index=True)
    agreed_at: Moment | None = None
    expires_at: Moment
    used_at: Moment | None = None


def make(
    session: Session, member_id: int, kind: CodeKind, now: Moment, *, at: int | None = None
) -> str:
    """Return a new code of a member, in place of an unused one of the same kind.

    ``at`` is the address where it is made.
    """
    replaced = [
        col(PersonalCode.member_id) == member_id,
        col(PersonalCode.kind) == kind,
        col(PersonalCode.used_at).is_(None),
    ]
    if kind is CodeKind.RETURN:
        # A page that was left keeps its code, whatever is asked for on another.
        replaced.append(col(PersonalCode.agreed_at).is_(None))
    session.execute(delete(PersonalCode).where(*replaced))
    code = codes.make(secrets.choice, LENGTHS[kind])
    session.add(
        PersonalCode(
            code_hash=hash_of(code),
            kind=kind,
            member_id=member_id,
            address_id=at,
            expires_at=now + LASTS[kind],
        )
    )
    session.flush()
    return code


def put(session: Session, made: Mapping[int, str], now: Moment) -> None:
    """Put these codes of rows, by member, in the place of their unused ones."""
    of_rows = (col(PersonalCode.kind) == CodeKind.ROW, col(PersonalCode.used_at).is_(None))
    numbers = list(made)
    for first in range(0, len(numbers), CHUNK):
        these = col(PersonalCode.member_id).in_(numbers[first : first + CHUNK])
        session.execute(delete(PersonalCode).where(*of_rows, these))
    until = now + LASTS[CodeKind.ROW]
    rows = [
        {
            "code_hash": hash_of(code),
            "kind": CodeKind.ROW,
            "member_id": number,
            "expires_at": until,
        }
        for number, code in made.items()
    ]
    if rows:
        session.execute(insert(PersonalCode), rows)


def derived(key: bytes, seed: str, member_id: int) -> str:
    """Return the code of a row in the list of this seed, the same each time.

    Without the key nobody can tell it from the seed.
    """
    return codes.make(_chooser(key, f"{seed}:{member_id}"), LENGTHS[CodeKind.ROW])


def _chooser(key: bytes, seed: str) -> Callable[[str], str]:
    def drawn() -> Iterator[int]:
        for number in count():
            yield from hmac.digest(key, f"{seed}:{number}".encode(), hashlib.sha256)

    stream = drawn()

    def choose(letters: str) -> str:
        fair = 256 - 256 % len(letters)
        return letters[next(each for each in stream if each < fair) % len(letters)]

    return choose


def codes_of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the codes that a member made or typed, as plain values."""
    rows = session.exec(
        select(PersonalCode).where(
            or_(
                col(PersonalCode.member_id) == member_id,
                col(PersonalCode.other_member_id) == member_id,
            )
        )
    )
    return [
        {"for": each.kind, "holds_until": each.expires_at, "used_at": each.used_at} for each in rows
    ]


def forget_codes(session: Session, moment: Moment) -> None:
    """Delete the codes that expired before a moment."""
    session.execute(delete(PersonalCode).where(col(PersonalCode.expires_at) < moment))


def hash_of(code: str) -> str:
    return hashlib.sha256(f"personal:{codes.plain(code)}".encode()).hexdigest()
