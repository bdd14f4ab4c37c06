"""The station's accounts on platforms, as their channels describe them."""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, false, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col, select

from models.store import table_of


class PlatformAccount(SQLModel, table=True):
    """The properties of an account that SQL and processes without its channel need.

    ``platform`` is the English original of the platform's name. ``is_windowed`` says that the
    platform lets the station write only for a while after the person wrote. ``notifies`` says that
    the person's device announces a message; a web page shows it only while it is open.
    ``by_cookie`` says that a person is known by a cookie, so that a browser can forget them.
    ``per_second`` is how many messages it may send in a second; 0 where no process has told.

    An account without a row counts as not windowed and as notifying.
    """

    __tablename__ = "platform_account"

    account: str = Field(primary_key=True)
    platform: str
    is_windowed: bool = False
    notifies: bool = True
    by_cookie: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    per_second: float = Field(default=0.0, sa_column_kwargs={"server_default": text("0")})


_TABLE = table_of(PlatformAccount)
_WINDOWED = select(PlatformAccount.account).where(col(PlatformAccount.is_windowed))
_SILENT = select(PlatformAccount.account).where(~col(PlatformAccount.notifies))


def register(session: Session, accounts: Iterable[PlatformAccount]) -> None:
    """Insert or update the rows of these accounts; leave all others as they are."""
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert(_TABLE) if on_postgresql else sqlite.insert(_TABLE)
    described = ("platform", "is_windowed", "notifies", "by_cookie", "per_second")
    upsert = insert.on_conflict_do_update(
        index_elements=["account"], set_={name: insert.excluded[name] for name in described}
    )
    # Several processes register the same accounts at once when they start together. Sorted, so
    # that they do not deadlock.
    rows = sorted((account.model_dump() for account in accounts), key=itemgetter("account"))
    if rows:
        session.execute(upsert, rows)


def everyone(session: Session) -> Sequence[PlatformAccount]:
    """Return the accounts by name: of each platform those beside each other."""
    return session.exec(select(PlatformAccount).order_by(PlatformAccount.account)).all()


def that_know_people(session: Session) -> Sequence[str]:
    """Return the platforms whose people can be told apart: all but pages with a cookie."""
    rows = everyone(session)
    return list(dict.fromkeys(each.platform for each in rows if not each.by_cookie))


def is_windowed(account: Any) -> ColumnElement[bool]:
    """Return the condition that a column names an account whose platform has a window."""
    return col(account).in_(_WINDOWED)


def knows_by_cookie(session: Session, account: str) -> bool:
    """Return whether this account knows people by a cookie."""
    row = session.get(PlatformAccount, account)
    return row is not None and row.by_cookie


def notifies(account: Any) -> ColumnElement[bool]:
    """Return the condition that a column names an account whose messages a device announces."""
    return col(account).not_in(_SILENT)
