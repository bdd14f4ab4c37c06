"""The table of a row class, typed: SQLModel does not declare ``__table__``."""

from sqlalchemy import Table
from sqlmodel import SQLModel


def table_of(row: type[SQLModel]) -> Table:
    """Return the Core table that a row class is mapped to. Raises AttributeError for no table."""
    table: Table = row.__table__  # type: ignore[attr-defined]
    return table
