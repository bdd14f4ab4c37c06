"""Telling other processes that somebody has something new to read."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlmodel import Session

CHANNEL = "yizhan_web"
TOGETHER = 100
"""A payload has 8000 bytes at most, and the web chat's addresses have 64."""


def ring(session: Session, addresses: Sequence[str]) -> None:
    """Tell every process that listens, once this is committed; PostgreSQL's alone."""
    for begin in range(0, len(addresses), TOGETHER):
        said = " ".join(addresses[begin : begin + TOGETHER])
        session.execute(select(func.pg_notify(CHANNEL, said)))
