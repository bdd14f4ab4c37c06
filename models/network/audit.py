"""Record what members did by virtue of a role; rows are never changed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON
from sqlalchemy import Column as SAColumn
from sqlmodel import Field, Session, SQLModel, col, select

from models.rules.network.permissions import Act
from models.store import Moment, one_of


class Audit(SQLModel, table=True):
    """One act of a member in a role. The database refuses changes.

    ``member_id`` is no foreign key: it stays when the member is erased. It is None for the
    operator, who loads files at the command line. ``subject`` is ``event:12`` or ``member:7``.
    """

    id: int = Field(default=None, primary_key=True)
    at: Moment = Field(index=True)
    member_id: int | None = Field(default=None, index=True)
    act: Act = Field(sa_type=one_of(Act))
    subject: str = Field(index=True)
    station_id: int | None = Field(default=None, index=True)
    details: dict[str, Any] = Field(default_factory=dict, sa_column=SAColumn(JSON, nullable=False))


def record(
    session: Session,
    member_id: int | None,
    act: Act,
    subject: str,
    now: Moment,
    *,
    station_id: int | None = None,
    **details: Any,
) -> None:
    """Insert an act into the audit; ``details`` must hold no personal data."""
    session.add(
        Audit(
            at=now,
            member_id=member_id,
            act=act,
            subject=subject,
            station_id=station_id,
            details=details,
        )
    )
    session.flush()


def about(session: Session, subject: str) -> Sequence[Audit]:
    """Return the acts on a subject, the oldest first."""
    return session.exec(select(Audit).where(Audit.subject == subject).order_by(col(Audit.id))).all()


def of_member(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return what a member did by virtue of a role, as plain values."""
    rows = session.exec(select(Audit).where(Audit.member_id == member_id).order_by(col(Audit.id)))
    return [{"at": each.at, "act": each.act, "subject": each.subject} for each in rows]
