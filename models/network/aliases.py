"""The numbers that members had before they were merged.

The audit keeps these numbers for good; whoever reads it asks here whose they are now.
"""

from sqlmodel import Field, Session, SQLModel, col, select

from models.store import Moment


class MemberAlias(SQLModel, table=True):
    """``old_id`` was a member who is ``member_id`` since ``at``; it never points to an alias."""

    __tablename__ = "member_alias"

    old_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    member_id: int = Field(foreign_key="member.id", index=True)
    at: Moment


def now_of(session: Session, member_id: int) -> int:
    """Return the member's number of today, which is the same unless they were merged."""
    alias = session.get(MemberAlias, member_id)
    return alias.member_id if alias is not None else member_id


def all_of(session: Session, member_id: int) -> list[int]:
    """Return every number that a member has or had, today's first."""
    before = select(MemberAlias.old_id).where(MemberAlias.member_id == member_id)
    return [member_id, *session.exec(before.order_by(col(MemberAlias.old_id)))]
