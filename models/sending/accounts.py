"""The station's accounts on platforms, as their channels describe them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Field, Session, SQLModel, col, select


class PlatformAccount(SQLModel, table=True):
    """What must be known of an account where its channel is not at hand, as in SQL.

    ``platform`` is the English original of the platform's name. ``is_windowed`` says that the
    platform lets the station write only for a while after the person did. ``notifies`` says that
    the person's device announces a message; a web page shows it only where it is open.

    An account without a row is taken for one that is not windowed and notifies.
    """

    __tablename__ = "platform_account"

    account: str = Field(primary_key=True)
    platform: str
    is_windowed: bool = False
    notifies: bool = True


_WINDOWED = select(PlatformAccount.account).where(col(PlatformAccount.is_windowed))
_SILENT = select(PlatformAccount.account).where(~col(PlatformAccount.notifies))


def register(session: Session, accounts: Iterable[PlatformAccount]) -> None:
    """Store what these accounts are now; accounts of earlier starts stay."""
    for account in accounts:
        session.merge(account)
    session.flush()


def is_windowed(account: Any) -> ColumnElement[bool]:
    """Whether a column names an account whose platform has a window."""
    return col(account).in_(_WINDOWED)


def notifies(account: Any) -> ColumnElement[bool]:
    """Whether a column names an account whose messages the person's device announces."""
    return col(account).not_in(_SILENT)
