"""What is looked up for one person is found without reading what belongs to others."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from models import deliveries
from models.store import Store

ONE = 77
Look = Callable[[Session, datetime], Any]

LOOKS: dict[str, Look] = {
    "what was shown last": lambda session, now: deliveries.last_shown(session, ONE),
    "what waits": lambda session, now: deliveries.waiting_for(session, ONE, 3),
    "told since": lambda session, now: deliveries.was_told_since(session, ONE, now),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_one_persons_notices_are_found_by_an_index_of_theirs(
    sqlite_url: str, now: datetime, look: Look
) -> None:
    store = Store(sqlite_url)
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_rest: Any) -> None:
        if "FROM delivery" in sql:
            asked.append((sql, values))

    def plans(session: Session) -> list[str]:
        connection = session.connection()
        return [
            row[3]
            for sql, values in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        ]

    event.listen(store.engine, "before_cursor_execute", note)
    store.read_now(look, now)
    event.remove(store.engine, "before_cursor_execute", note)
    steps = store.read_now(plans)
    theirs = ("delivery_said (address_id=?", "delivery_waiting (member_id=?")
    assert any(step in each for step in theirs for each in steps)
    assert not any("SCAN" in step or "delivery_expiry" in step for step in steps)
    store.close()
