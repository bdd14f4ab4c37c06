"""Who will be erased on their request, unless they take it back."""

from sqlalchemy import delete
from sqlmodel import Field, Session, SQLModel, col, select

from models.store import Moment


class ErasureRequest(SQLModel, table=True):
    """A member who will be erased at ``due_at`` by ``by_member_id``, unless it is taken back."""

    __tablename__ = "erasure_request"

    member_id: int = Field(foreign_key="member.id", primary_key=True)
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    why: str
    at: Moment
    due_at: Moment = Field(index=True)


def request_of(session: Session, member_id: int) -> ErasureRequest | None:
    """Return what waits for a member to be erased by; None if nothing does."""
    return session.get(ErasureRequest, member_id)


def stay(session: Session, member_id: int) -> bool:
    """Take it back as the member; False where it was taken back or there was none."""
    taken = delete(ErasureRequest).where(col(ErasureRequest.member_id) == member_id)
    gone = session.execute(taken.returning(col(ErasureRequest.member_id))).first()
    session.expire_all()
    return gone is not None


def of_member(session: Session, member_id: int) -> dict[str, object] | None:
    """Return that a member will be erased, as plain values."""
    row = session.get(ErasureRequest, member_id)
    return {"at": row.at, "due_at": row.due_at} if row is not None else None


def asked_by(session: Session, member_id: int) -> list[dict[str, object]]:
    """Return when an organizer had somebody erased who is still there, as plain values."""
    rows = session.exec(select(ErasureRequest).where(ErasureRequest.by_member_id == member_id))
    return [{"at": each.at, "due_at": each.due_at} for each in rows]
