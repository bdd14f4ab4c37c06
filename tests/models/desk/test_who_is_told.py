"""Who is told which known answer, whatever button is forged: a table."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from models.desk import known
from models.events.events import EventState, Signup, SignupState
from models.network.members import Member
from models.store import Store
from tests.miniature.rows import (
    CONTACT_POINT,
    DISTRICT,
    GUICHENG,
    SHISHAN,
    badminton,
    local,
    network,
)

AT = local(1, 10)
TODAY = date(2026, 12, 1)

PLACES = {
    "stranger": None,
    "of shishan": SHISHAN,
    "of guicheng": GUICHENG,
    "of zhaoxin": CONTACT_POINT,
}
ALL = set(PLACES)
SHISHANS = {"of shishan", "of zhaoxin"}
FOR_ZHAOXIN = {"audience": f"/s{CONTACT_POINT}/"}

ANSWERS: tuple[tuple[dict[str, Any], dict[str, Any] | None, set[str]], ...] = (
    # The answer, the event that has it, and who is told it.
    ({"station_id": DISTRICT}, None, ALL),
    ({"station_id": SHISHAN}, None, SHISHANS),
    ({"station_id": CONTACT_POINT}, None, {"of zhaoxin"}),
    ({"station_id": DISTRICT, "valid_until": TODAY}, None, ALL),
    ({"station_id": DISTRICT, "valid_until": TODAY - timedelta(days=1)}, None, set()),
    ({"station_id": SHISHAN}, {}, ALL),
    ({"station_id": SHISHAN}, {"state": EventState.ASKED}, set()),
    ({"station_id": SHISHAN}, {"state": EventState.CANCELLED}, ALL),
    ({"station_id": SHISHAN}, FOR_ZHAOXIN, {"of zhaoxin"}),
    # Who has a seat already is told, though they work elsewhere by now.
    (
        {"station_id": SHISHAN},
        {**FOR_ZHAOXIN, "seated": "of guicheng"},
        {"of zhaoxin", "of guicheng"},
    ),
)


@pytest.mark.parametrize(("answer", "event", "told"), ANSWERS)
def test_an_answer_is_told_to_those_in_the_table_alone(
    sqlite_url: str, answer: dict[str, Any], event: dict[str, Any] | None, told: set[str]
) -> None:
    def look(session: Session) -> set[str]:
        network(session)
        people = {
            name: Member(station_id=place, consented_at=AT, created_at=AT)
            for name, place in PLACES.items()
        }
        session.add_all(people.values())
        session.flush()
        event_id = None
        if event is not None:
            row = badminton(**{name: each for name, each in event.items() if name != "seated"})
            session.add(row)
            session.flush()
            event_id = row.id
            if "seated" in event:
                member_id = people[event["seated"]].id
                session.add(
                    Signup(
                        event_id=row.id,
                        member_id=member_id,
                        state=SignupState.SEATED,
                        turn=1,
                        at=AT,
                    )
                )
                session.flush()
        kept = known.keep(
            session,
            question="有车吗？",
            answer="有。",
            by=None,
            now=AT,
            event_id=event_id,
            **answer,
        )
        return {
            name
            for name, each in people.items()
            if known.for_member(session, kept.id, each, TODAY) is not None
        }

    store = Store(sqlite_url)
    assert store.write_now(look) == told
    store.close()
