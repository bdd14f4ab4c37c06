"""Who came: codes that members show, ticks, and what becomes of those who did not."""

from sqlalchemy import delete
from sqlmodel import Field, Session, SQLModel, col

from models.store import Moment


class WrongCodes(SQLModel, table=True):
    """How many wrong codes somebody has typed since a moment, so that nobody can try them all."""

    __tablename__ = "wrong_codes"

    member_id: int = Field(primary_key=True, foreign_key="member.id")
    since: Moment
    times: int = 0


def forget_member(session: Session, member_id: int) -> None:
    session.execute(delete(WrongCodes).where(col(WrongCodes.member_id) == member_id))
