"""Notify other processes of addresses with new messages, by PostgreSQL's NOTIFY."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlmodel import Session

CHANNEL = "yizhan_web"
TOGETHER = 100
"""Addresses in one payload.

PostgreSQL limits a payload to less than 8000 bytes (documentation of NOTIFY); the web chat's
addresses have 64.
"""


def ring(session: Session, addresses: Sequence[str]) -> None:
    """Notify every listening process at commit. PostgreSQL only."""
    for begin in range(0, len(addresses), TOGETHER):
        payload = " ".join(addresses[begin : begin + TOGETHER])
        session.execute(select(func.pg_notify(CHANNEL, payload)))
