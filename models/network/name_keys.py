"""Keep the names of members under keys by which a part, pinyin or initials find them.

The keys follow from the name, so whoever writes a name writes them: a row object does it by itself
(``models.network.members``), a verb that updates the column calls ``put``.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, String, bindparam, delete
from sqlmodel import Field, Session, SQLModel, col, insert

from models.rules.search import people
from models.store import table_of
from models.store.statements import Prepared


class NameKey(SQLModel, table=True):
    """A key of a member's name. PostgreSQL compares it by bytes, as SQLite does."""

    __tablename__ = "member_name_key"
    # The table is its own index: SQLite then keeps each key once.
    __table_args__ = {"sqlite_with_rowid": False}

    key: str = Field(
        primary_key=True, sa_type=String().with_variant(String(collation="C"), "postgresql")
    )
    member_id: int = Field(foreign_key="member.id", primary_key=True, index=True)


_INSERT = insert(table_of(NameKey))
_INSERT_ALL = Prepared(_INSERT, ["key", "member_id"])
_DELETE = delete(NameKey).where(col(NameKey.member_id) == bindparam("of_member"))


def put(session: Session, member_id: int, name: str) -> None:
    """Keep a member's name under its keys, instead of the name before."""
    session.flush()
    put_on(session.connection(), member_id, name, is_new=False)


def put_on(connection: Connection, member_id: int, name: str, *, is_new: bool) -> None:
    """Do so on a connection, amid a flush."""
    if not is_new:
        connection.execute(_DELETE, {"of_member": member_id})
    if rows := rows_of(member_id, name):
        connection.execute(_INSERT, rows)


def put_all(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Keep the rows of many names, none of which has any."""
    _INSERT_ALL.insert_all(session, rows)


def rows_of(member_id: int, name: str) -> list[dict[str, object]]:
    """Return the rows of a name, for many at once."""
    return [{"key": key, "member_id": member_id} for key in people.keys_of(name)]
