"""What was done by virtue of a role stays written."""

from datetime import datetime

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from models.network import audit
from models.network.audit import Audit
from models.rules.network.permissions import Act
from models.store import Store

REFUSED = "the audit is written once"


def test_the_audit_is_written_once(store: Store, now: datetime) -> None:
    def write(session: Session) -> None:
        audit.record(session, 7, Act.RUN_EVENT, "event:12", now, station_id=3, seats=45)

    def change(session: Session) -> None:
        session.execute(update(Audit).values(member_id=8))

    def remove(session: Session) -> None:
        session.execute(delete(Audit))

    store.write_now(write)
    for forbidden in (change, remove):
        with pytest.raises(DBAPIError, match=REFUSED):
            store.write_now(forbidden)

    def read(session: Session) -> list[tuple[int | None, str, dict[str, int]]]:
        rows = audit.about(session, "event:12")
        return [(row.member_id, str(row.act), row.details) for row in rows]

    assert store.read_now(read) == [(7, "run_event", {"seats": 45})]
