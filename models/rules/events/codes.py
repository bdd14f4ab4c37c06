"""Check-in codes: six digits of each person, and the codes that are scanned at the door."""

import hashlib
import hmac
import re
from datetime import datetime

HALF = 1000
ROUNDS = 6
DIGITS = 6
CODE = re.compile(r"(?:签到\s*)?(?:c[0-9]{1,9}-)?([0-9]{3})[ -]?([0-9]{3})")
"""Six digits, as they are read out, and as a scanned code holds them."""


def code_in(words: str) -> str | None:
    """Return the six digits that somebody wrote or scanned; None for other words."""
    match = CODE.fullmatch(words.strip())
    return match[1] + match[2] if match else None


def code_of(key: bytes, event_id: int, turn: int) -> str:
    """The code of a turn: a keyed permutation of all numbers of six digits.

    It is a Feistel network of two halves of three digits, a permutation, so two turns never share
    a code. After a million turns an event would begin again.
    """
    left, right = divmod(turn % HALF**2, HALF)
    for number in range(ROUNDS):
        left, right = right, (left + _stir(key, event_id, number, right)) % HALF
    return f"{left:03}{right:03}"


def turn_of(key: bytes, event_id: int, code: str) -> int:
    """The turn whose code this is: the inverse of ``code_of``."""
    left, right = int(code[:3]), int(code[3:])
    for number in reversed(range(ROUNDS)):
        left, right = (right - _stir(key, event_id, number, left)) % HALF, left
    return left * HALF + right


def _stir(key: bytes, event_id: int, number: int, half: int) -> int:
    message = f"{event_id}:{number}:{half}".encode()
    return int.from_bytes(hmac.digest(key, message, hashlib.sha256)[:8], "big") % HALF


def secret_of_place(key: bytes, event_id: int) -> str:
    """The secret in the QR code that hangs at the place of an event."""
    return hmac.digest(key, f"place:{event_id}".encode(), hashlib.sha256)[:10].hex()


# At the door

STEP_SECONDS = 30
"""How long a code on a screen at the door stands there; the one before still counts."""

JOINS_WITHIN = 10 * 60
"""Seconds in which whoever scanned the door's code may take a free seat."""

OF_A_STEP = 10
"""Characters of a code that changes; the one that hangs at the place has twice as many."""


def step_of(now: datetime) -> int:
    """The number of the half minute in which ``now`` lies."""
    return int(now.timestamp()) // STEP_SECONDS


def of_door(key: bytes, event_id: int, step: int) -> str:
    """The code that stands on a screen at the door in this half minute."""
    return _signed(key, f"door:{event_id}:{step}")[:OF_A_STEP]


def is_of_door(key: bytes, event_id: int, code: str, now: datetime) -> bool:
    """Whether a scanned code stands there now, or did in the half minute before."""
    step = step_of(now)
    return any(_same(code, of_door(key, event_id, each)) for each in (step, step - 1))


def pass_of(key: bytes, event_id: int, member_id: int, step: int) -> str:
    """What a member gets who scans the door's code: with it they may take a free seat."""
    return _signed(key, f"pass:{event_id}:{member_id}:{step}")[:OF_A_STEP]


def is_pass(
    key: bytes, event_id: int, member_id: int, step: int, given: str, now: datetime
) -> bool:
    """Whether this is the member's pass, and not older than ``JOINS_WITHIN``."""
    age = now.timestamp() - step * STEP_SECONDS
    return 0 <= age <= JOINS_WITHIN and _same(given, pass_of(key, event_id, member_id, step))


def token_of_page(key: bytes, event_id: int, member_id: int) -> str:
    """What makes the address of the page with an event's codes, for one who checks in there."""
    return _signed(key, f"page:{event_id}:{member_id}")[:20]


def _signed(key: bytes, message: str) -> str:
    return hmac.digest(key, message.encode(), hashlib.sha256).hex()


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
