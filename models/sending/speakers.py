"""Decide which process sends or polls for an account, and store its platform's halts."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import bindparam, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.store import Moment, insert_once, table_of


class Speaker(SQLModel, table=True):
    """The process that may send or poll for an account, by the name of the sender or poller.

    ``name`` is ``send.telegram.nanhai`` for a sender, ``poll.telegram.nanhai`` for a poller.
    ``holder`` names the process; ``until`` is the end of its last turn or of its lease.
    ``halted_until`` is when the platform accepts requests of this account again.
    """

    name: str = Field(primary_key=True)
    holder: str
    until: Moment
    halted_until: Moment | None = None


A_SECOND = timedelta(seconds=1)
LONGEST = timedelta(seconds=3)
"""The longest wait of a process that takes over: a bound for clocks that differ."""

_TABLE = table_of(Speaker)
_SPEAK = (
    update(_TABLE)
    .where(_TABLE.c.name == bindparam("of"), _TABLE.c.holder == bindparam("mine"))
    .values(until=bindparam("lasts"))
    .returning(_TABLE.c.halted_until)
)


# Senders


class Fenced(Exception):
    """Another process has taken over the account."""


def extend(
    session: Session, name: str, holder: str, until: Moment, now: Moment, *, begins: bool
) -> Moment | None:
    """Extend this process's turn to ``until``, or return when to try again.

    It may not send while the platform halts the account. A process that ``begins`` after another
    waits for the end of the second in which that one last sent, so that the two together keep the
    pace. Raises Fenced if another process has taken over since this one began.
    """
    row = session.execute(_SPEAK, {"of": name, "mine": holder, "lasts": until}).first()
    if row is not None:
        return row.halted_until if row.halted_until and row.halted_until > now else None
    last = locked(session, name, holder, now)
    silent_until = now
    if last.holder != holder:
        if not begins:
            raise Fenced(name)
        silent_until = min(last.until + A_SECOND, now + LONGEST)
        last.holder, last.until = holder, max(now, silent_until)
        session.add(last)
        session.flush()
    silent_until = max(silent_until, last.halted_until or now)
    return silent_until if silent_until > now else None


def halt(session: Session, names: Iterable[str], until: Moment, now: Moment) -> None:
    """Halt an account's senders and pollers until then, as its platform demands."""
    for name in sorted(names):
        row = locked(session, name, "", now)
        row.halted_until = max(row.halted_until or until, until)
        session.add(row)
    session.flush()


# Leases


def locked(session: Session, name: str, holder: str, now: Moment) -> Speaker:
    """Return the row, inserted where it is missing, locked until the transaction ends."""
    insert_once(session, Speaker, {"name": name, "holder": holder, "until": now})
    return session.exec(
        select(Speaker)
        .where(Speaker.name == name)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def claim(session: Session, name: str, holder: str, lease: timedelta, now: Moment) -> bool:
    """Take or renew the lease on a name; return False while another holder has it."""
    row = locked(session, name, holder, now)
    # An end beyond any lease was written before the system clock was set back.
    if row.holder != holder and now < row.until <= now + 2 * lease:
        return False
    row.holder, row.until = holder, now + lease
    session.add(row)
    session.flush()
    return True


def release(session: Session, name: str, holder: str, now: Moment) -> None:
    """End this holder's lease, so that another can take it at once."""
    row = session.exec(
        select(Speaker).where(Speaker.name == name, col(Speaker.holder) == holder).with_for_update()
    ).first()
    if row is not None:
        row.until = now
        session.add(row)
        session.flush()


def listed(session: Session) -> Sequence[Speaker]:
    """Return all rows, by name."""
    return session.exec(select(Speaker).order_by(col(Speaker.name))).all()
