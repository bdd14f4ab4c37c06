"""Notify other processes of addresses with new messages, by PostgreSQL's NOTIFY."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlmodel import Session

CHANNEL = "yizhan_web"
TOGETHER = 100
"""A payload has 8000 bytes at most, and the web chat's addresses have 64."""


def ring(session: Session, addresses: Sequence[str]) -> None:
    """Notify every listening process at commit. PostgreSQL only."""
    for begin in range(0, len(addresses), TOGETHER):
        payload = " ".join(addresses[begin : begin + TOGETHER])
        session.execute(select(func.pg_notify(CHANNEL, payload)))
