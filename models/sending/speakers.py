"""Decide which process sends or polls for an account, and store its platform's halts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Index, bindparam, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.store import Moment, insert_once, table_of
from models.store.statements import Prepared


class Speaker(SQLModel, table=True):
    """The process that may send or poll for an account, by the name of the sender or poller.

    ``name`` is ``send.telegram.nanhai`` for a sender, ``poll.telegram.nanhai`` for a poller.
    ``holder`` names the process; ``until`` is the end of its last turn or of its lease.
    ``halted_until`` is when the platform accepts requests of this account again. ``trouble`` says
    why single deliveries are tried first after a halt; empty: all go out as usual.
    """

    # For the question at every message whether any account is halted.
    __table_args__ = (Index("speaker_halted", "halted_until"),)

    name: str = Field(primary_key=True)
    holder: str
    until: Moment
    halted_until: Moment | None = None
    trouble: str = Field(default="", sa_column_kwargs={"server_default": text("''")})


@dataclass(frozen=True, slots=True)
class Silence:
    """The end of a pause in which the account may not send: a halt, or a change of sender.

    ``trouble`` is that of the account: after the pause its sender tries one delivery at a time.
    """

    until: Moment
    trouble: str = ""


A_SECOND = timedelta(seconds=1)
LONGEST = timedelta(seconds=3)
"""The longest wait of a process that takes over: a bound for clocks that differ."""

_TABLE = table_of(Speaker)
_SPEAK = (
    update(_TABLE)
    .where(_TABLE.c.name == bindparam("of"), _TABLE.c.holder == bindparam("mine"))
    .values(until=bindparam("lasts"))
    .returning(_TABLE.c.halted_until, _TABLE.c.trouble)
)
_HOLDER = Prepared(select(Speaker.holder).where(Speaker.name == bindparam("of")).with_for_update())


# Senders


class Fenced(Exception):
    """Another process has taken over the account."""


def extend(
    session: Session,
    name: str,
    holder: str,
    until: Moment,
    now: Moment,
    *,
    begins: bool,
    knows_trouble: bool = False,
) -> Silence | None:
    """Extend this process's turn to ``until``, or return when to try again.

    It may not send while the platform halts the account. A process that ``begins`` after another
    waits for the end of the second in which that one last sent, so that the two together keep the
    pace. One that does not know the account's trouble is told of it by a silence that ends now.
    Raises Fenced if another process has taken over since this one began.
    """
    row = session.execute(_SPEAK, {"of": name, "mine": holder, "lasts": until}).first()
    if row is not None:
        is_halted = row.halted_until is not None and row.halted_until > now
        if is_halted or (row.trouble and not knows_trouble):
            return Silence(row.halted_until if is_halted else now, row.trouble)
        return None
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
    if silent_until > now or (last.trouble and not knows_trouble):
        return Silence(silent_until, last.trouble)
    return None


def is_held(session: Session, name: str, holder: str) -> bool:
    """Return whether this process still speaks, and lock the row until the transaction ends."""
    row = _HOLDER.first(session, {"of": name})
    return row is not None and row[0] == holder


def halt(
    session: Session, names: Iterable[str], until: Moment, now: Moment, trouble: str = ""
) -> None:
    """Halt an account's senders and pollers until then, as its platform demands or its trouble."""
    for name in sorted(names):
        row = locked(session, name, "", now)
        row.halted_until = max(row.halted_until or until, until)
        row.trouble = trouble or row.trouble
        session.add(row)
    session.flush()


def clear_trouble(session: Session, names: Iterable[str]) -> None:
    """Let an account's senders send as usual again: its platform has answered."""
    session.execute(update(_TABLE).where(_TABLE.c.name.in_(sorted(names))).values(trouble=""))


def sender_of(account: str, shard: int = 0, shards: int = 1) -> str:
    """Return the name of the job that sends for an account, or for a shard, counted from 1."""
    return f"send.{account}" if shards == 1 else f"send.{account}.{shard + 1}"


def senders_of(account: str, shards: int = 1) -> list[str]:
    """Return the names of all jobs that send for an account."""
    return [sender_of(account, shard, shards) for shard in range(shards)]


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
