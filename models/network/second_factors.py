"""What a member proves beside a link: a code that changes (TOTP), or the operator's password.

The secret of the codes is sealed by a key outside the store; of a password the argon2id hash is
kept. Codes are those of RFC 6238: six digits, thirty seconds. The libraries are imported where they
are needed, which most stations never do.
"""

from datetime import timedelta
from functools import cache
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, delete, update

from models.network.sealing import Sealing
from models.store import Moment

STEP = 30
"""Seconds that a code holds; the one before and the one after are taken as well."""

SHORTEST_PASSWORD = 12
ISSUER = "Yizhan"


class SecondFactor(SQLModel, table=True):
    """``sealed`` is the secret of a member's codes, empty without; ``last_step`` the last one used.

    ``password_hash`` is empty where the operator set no password.
    """

    __tablename__ = "second_factor"

    member_id: int = Field(primary_key=True, foreign_key="member.id")
    sealed: str = ""
    last_step: int = 0
    password_hash: str = ""
    changed_at: Moment


def new_secret() -> str:
    """Return a secret for codes, which is not kept before a first code of it has come."""
    import pyotp

    return pyotp.random_base32()


def address_of(secret: str, name: str, station: str) -> str:
    """Return what an authenticator reads as a QR code: ``otpauth://totp/...``."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=station or ISSUER)


def turn_on(
    session: Session, member_id: int, secret: str, code: str, sealing: Sealing, now: Moment
) -> bool:
    """Ask a member for codes from now on; return False, and do nothing, for a wrong code.

    Needs a key for sealing. Nobody replaces what is on: it is turned off by a code first.
    """
    if not sealing or is_on(session, member_id):
        return False
    step = _step_of(secret, code, now)
    if step is None:
        return False
    row = _row(session, member_id, now)
    row.sealed, row.last_step, row.changed_at = sealing.seal(secret, _about(member_id)), step, now
    session.add(row)
    session.flush()
    return True


def turn_off(session: Session, member_id: int, code: str, sealing: Sealing, now: Moment) -> bool:
    """Ask a member for no codes any more; return False for a wrong one."""
    if not accepts(session, member_id, code, sealing, now):
        return False
    session.exec(
        update(SecondFactor)
        .where(col(SecondFactor.member_id) == member_id)
        .values(sealed="", changed_at=now)
    )
    return True


def is_on(session: Session, member_id: int) -> bool:
    row = session.get(SecondFactor, member_id)
    return row is not None and bool(row.sealed)


def accepts(session: Session, member_id: int, code: str, sealing: Sealing, now: Moment) -> bool:
    """Return whether a code is right now and was not used before."""
    row = session.get(SecondFactor, member_id, with_for_update=True)
    if row is None or not row.sealed:
        return False
    secret = sealing.open(row.sealed, _about(member_id))
    step = _step_of(secret, code, now) if secret else None
    if step is None or step <= row.last_step:
        return False
    row.last_step = step
    session.add(row)
    session.flush()
    return True


def set_password(session: Session, member_id: int, password: str, now: Moment) -> None:
    """Keep a password for a member. Takes some 50 ms."""
    from argon2 import PasswordHasher

    row = _row(session, member_id, now)
    row.password_hash = PasswordHasher().hash(password)
    row.changed_at = now
    session.add(row)
    session.flush()


def password_hash(session: Session, member_id: int) -> str:
    """Return the hash of a member's password; empty where they have none."""
    row = session.get(SecondFactor, member_id)
    return row.password_hash if row is not None else ""


def is_password(kept: str, password: str) -> bool:
    """Return whether this is the password of a hash; takes as long where there is no hash.

    Takes some 50 ms of a processor: call it outside of any transaction.
    """
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        PasswordHasher().verify(kept or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


@cache
def _nobodys() -> str:
    from argon2 import PasswordHasher

    return PasswordHasher().hash(new_secret())


def take_away(session: Session, member_id: int) -> None:
    """Take the second step and the password away: for who lost their phone, by the operator."""
    session.exec(delete(SecondFactor).where(col(SecondFactor.member_id) == member_id))


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return what a member proves beside a link, without the secrets."""
    row = session.get(SecondFactor, member_id)
    if row is None:
        return []
    return [
        {
            "codes": bool(row.sealed),
            "password": bool(row.password_hash),
            "changed_at": row.changed_at,
        }
    ]


def _row(session: Session, member_id: int, now: Moment) -> SecondFactor:
    row = session.get(SecondFactor, member_id, with_for_update=True)
    return row or SecondFactor(member_id=member_id, changed_at=now)


def _step_of(secret: str, code: str, now: Moment) -> int | None:
    """The step whose code it is, of this one and its neighbours."""
    import pyotp

    digits = "".join(code.split())
    made = pyotp.TOTP(secret, interval=STEP)
    for distance in (0, -1, 1):
        at = now + timedelta(seconds=distance * STEP)
        if pyotp.utils.strings_equal(digits, made.at(at)):
            return made.timecode(at)
    return None


def _about(member_id: int) -> str:
    return f"second-factor:{member_id}"
