"""Which tick of the clock has been taken, so that of many processes one does the work."""

from sqlmodel import Field, Session, SQLModel, col, delete

from models.store.sessions import insert_once
from models.store.tables import Moment


class TakenSlot(SQLModel, table=True):
    """A ``slot`` of the tick ``name``: the seconds since the epoch divided by its interval."""

    __tablename__ = "tick"

    name: str = Field(primary_key=True)
    slot: int = Field(primary_key=True)
    at: Moment


def take(session: Session, name: str, slot: int, now: Moment) -> bool:
    """Claim this slot of this tick; False when another process was first."""
    return insert_once(session, TakenSlot, {"name": name, "slot": slot, "at": now})


def forget_before(session: Session, moment: Moment) -> None:
    session.exec(delete(TakenSlot).where(col(TakenSlot.at) < moment))


def forget_after(session: Session, moment: Moment) -> None:
    """Forget slots that were taken at a time that is still to come."""
    session.exec(delete(TakenSlot).where(col(TakenSlot.at) > moment))
