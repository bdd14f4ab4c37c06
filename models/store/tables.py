"""What tables are made of: points in time, words out of a list, names of constraints."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Dialect, String, Table, TypeDecorator
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


def table_of(row: type[SQLModel]) -> Table:
    """Return the Core table of a row class, which SQLModel does not declare."""
    table: Table = row.__table__  # type: ignore[attr-defined]
    return table
