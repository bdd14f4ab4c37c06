"""Every table that points to a member is in the inventory, and nothing points to an erased one."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, LargeBinary, select
from sqlmodel import Session, SQLModel

from models.members import inventory, privacy
from models.members.inventory import NOBODY, PLACES, Erasure, Merge
from models.network import members
from models.store import Store, Words
from models.store.blobs import Blob
from tests.miniature.rows import CARE

ACCOUNT, CHAT = "telegram.nanhai", "4711"

LISTED = {place.at for place in PLACES} | NOBODY


def _columns() -> Iterator[Column[Any]]:
    for table in SQLModel.metadata.sorted_tables:
        yield from table.columns


def test_every_column_that_may_point_to_a_member_is_in_the_inventory() -> None:
    missing = {str(each) for each in _columns() if inventory.may_point(each)} - LISTED
    assert missing == set()
    assert LISTED - {str(each) for each in _columns()} == set()


def test_the_export_tells_of_every_place_or_says_why_not() -> None:
    told = {place.told for place in PLACES if place.told}
    assert told == set(privacy.SECTIONS)
    assert [place.at for place in PLACES if bool(place.told) == bool(place.untold)] == []


def test_rows_go_before_those_they_refer_to() -> None:
    order = [place.at.partition(".")[0] for place in PLACES if place.erasure is Erasure.DELETE]
    for place, table in enumerate(order):
        keys = SQLModel.metadata.tables[table].foreign_keys
        assert {key.column.table.name for key in keys}.isdisjoint(order[:place])


def test_what_stays_after_an_erasure_stays_after_a_merge() -> None:
    for place in PLACES:
        assert (place.erasure is Erasure.KEEP) == (place.merge is Merge.KEEP)


@pytest.fixture
def erased(store: Store, now: datetime) -> tuple[int, int]:
    """A member of whom every table held a row, and the address they had; both erased."""

    def fill(session: Session) -> None:
        for table in SQLModel.metadata.sorted_tables:
            session.execute(table.insert().values(_row(table.columns, now)))
        notice = _row(SQLModel.metadata.tables["delivery"].columns, now)
        again = {**notice, "id": 2, "key": "another", "announcement_id": None}
        session.execute(SQLModel.metadata.tables["delivery"].insert().values(again))

    def erase(session: Session) -> None:
        caller = members.find(session, ACCOUNT, CHAT)
        assert caller is not None
        assert (caller.id, caller.address_id) == (1, 1)
        privacy.erase(session, caller, CARE, now)
        assert caller.address_id == 0

    store.write_now(fill)
    assert store.read_now(_pointing, 1, 1) == {
        place.at for place in PLACES if _points_by_number(place.at)
    }
    store.write_now(erase)
    return 1, 1


def test_no_row_points_to_an_erased_member(store: Store, erased: tuple[int, int]) -> None:
    kept = {place.at for place in PLACES if place.erasure is Erasure.KEEP}
    assert store.read_now(_pointing, *erased) <= kept


def test_the_export_of_somebody_with_a_row_in_every_table_is_whole(
    store: Store, now: datetime
) -> None:
    def fill(session: Session) -> dict[str, Any]:
        for table in SQLModel.metadata.sorted_tables:
            session.execute(table.insert().values(_row(table.columns, now)))
        return privacy.export(session, 1)

    told = store.write_now(fill)
    assert [name for name, said in told.items() if not said] == []


def _points_by_number(at: str) -> bool:
    table, _, name = at.partition(".")
    return not isinstance(SQLModel.metadata.tables[table].c[name].type, JSON)


def _pointing(session: Session, member_id: int, address_id: int) -> set[str]:
    """The places where a row points to this member or address."""
    found = set()
    for place in PLACES:
        column = inventory.column_of(place)
        number = address_id if place.by_address else member_id
        if _points_by_number(place.at):
            rows = session.execute(select(column).where(column == number)).all()
            found |= {place.at} if rows else set()
    return found


SPECIAL = {
    "account": ACCOUNT,
    "external": CHAT,
    "quiet": "22:00-08:00",
    "path": "/1/",
    "reply": {"text": "你好"},
    "message": {"text": "你好"},
    "parent_id": None,
    "corrects_id": None,
}
"""Values that verbs read, by the name of the column."""


def _row(columns: Any, now: datetime) -> dict[str, Any]:
    """A row with a value in every column, each number of which is 1, like the member's."""
    return {column.name: _value(column, now) for column in columns}


def _value(column: Column[Any], now: datetime) -> Any:
    if column.name in SPECIAL:
        return SPECIAL[column.name]
    kind = column.type
    if isinstance(kind, Words):
        return next(iter(kind.words))
    if isinstance(kind, JSON):
        return [] if column.name in ("leads", "muted") else {}
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Integer | Float):
        return 1
    if isinstance(kind, Blob | LargeBinary):
        return b"picture"
    if isinstance(kind, Date):
        return date(2026, 12, 1)
    return column.name if kind.python_type is str else now
