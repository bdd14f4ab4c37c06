"""What tables are made of: points in time, words out of a list, names of constraints, numbers."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Dialect, MetaData, String, Table, TypeDecorator, event
from sqlmodel import SQLModel

Moment = datetime
"""A point in time: always aware, always UTC in the store (naive values are refused there)."""

# Constraints need names of their own: SQLite's cannot be changed by a migration without one.
SQLModel.metadata.naming_convention = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


@event.listens_for(Table, "after_parent_attach")
def _never_give_a_number_again(table: Table, metadata: MetaData) -> None:
    # Without AUTOINCREMENT, SQLite gives the highest id once more after its row is deleted, and an
    # old button, link, dialog or key of a notice would mean the next row. PostgreSQL counts on.
    if metadata is SQLModel.metadata and table.autoincrement_column is not None:
        table.dialect_kwargs["sqlite_autoincrement"] = True


def one_of(words: type[StrEnum]) -> Any:
    """The column type of a word out of a list: plain text, so that the list can grow."""
    return Words(words)


class Words(TypeDecorator[StrEnum]):
    """A StrEnum, kept as its value."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(self.words(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)


class Link(TypeDecorator[str]):
    """A web address. Breaks and blanks that came with one that was pasted are none of it."""

    impl = String
    cache_ok = True

    @property
    def python_type(self) -> type[str]:
        return str

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else "".join(value.split())

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        # Some were kept before they were checked.
        return None if value is None else "".join(value.split())


def table_of(row: type[SQLModel]) -> Table:
    """Return the Core table of a row class, which SQLModel does not declare."""
    table: Table = row.__table__  # type: ignore[attr-defined]
    return table
