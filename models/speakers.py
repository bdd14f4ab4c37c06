"""Which process speaks for an account, and until when its platform said to be silent."""

from datetime import timedelta

from sqlmodel import Field, Session, SQLModel, col, select

from models.store import Moment, insert_once


class Speaker(SQLModel, table=True):
    """``name`` is a sender's, ``send.telegram.nanhai``, or a poller's, ``poll.telegram.nanhai``.

    ``holder`` names the process, and ``until`` when its last turn is over, or its claim runs out.
    ``halted_until`` is when the platform listens to this account again.
    """

    name: str = Field(primary_key=True)
    holder: str
    until: Moment
    halted_until: Moment | None = None


def locked(session: Session, name: str, holder: str, now: Moment) -> Speaker:
    """The row, made where there is none, and nobody else's until the transaction ends."""
    insert_once(session, Speaker, {"name": name, "holder": holder, "until": now})
    return session.exec(
        select(Speaker)
        .where(Speaker.name == name)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def hold(session: Session, name: str, holder: str, lease: timedelta, now: Moment) -> bool:
    """Be the only one with this name for as long as the lease; False while somebody else is."""
    row = locked(session, name, holder, now)
    # An end that is further off than any lease is from before the clock was set back.
    if row.holder != holder and now < row.until <= now + 2 * lease:
        return False
    row.holder, row.until = holder, now + lease
    session.add(row)
    session.flush()
    return True


def let_go(session: Session, name: str, holder: str, now: Moment) -> None:
    """Let the next one hold it at once."""
    row = session.exec(
        select(Speaker).where(Speaker.name == name, col(Speaker.holder) == holder).with_for_update()
    ).first()
    if row is not None:
        row.until = now
        session.add(row)
        session.flush()
