"""Check-in codes of six digits: unique within an event and not predictable."""

import hashlib
import hmac

HALF = 1000
ROUNDS = 6
DIGITS = 6


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
