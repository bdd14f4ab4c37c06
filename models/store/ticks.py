"""Which tick of the clock has been taken, so that of many processes one does the work."""

from sqlmodel import Field, Session, SQLModel, col, delete

from models.store.sessions import insert_once
from models.store.tables import Moment


class Tick(SQLModel, table=True):
    name: str = Field(primary_key=True)
    slot: int = Field(primary_key=True)
    at: Moment


def take(session: Session, name: str, slot: int, now: Moment) -> bool:
    """Claim this slot of this tick; False when another process was first."""
    return insert_once(session, Tick, {"name": name, "slot": slot, "at": now})


def forget_before(session: Session, moment: Moment) -> None:
    session.exec(delete(Tick).where(col(Tick.at) < moment))


def forget_after(session: Session, moment: Moment) -> None:
    """Forget slots that were taken at a time that is still to come."""
    session.exec(delete(Tick).where(col(Tick.at) > moment))
