"""Corrections of published events: each with what was before, by who may, while they may."""

from typing import Any

import pytest
from sqlmodel import Session, select

from models.events import editing, lookup
from models.events.editing import NotTheirHost, Same
from models.events.events import Category, Companions, Event, EventState, Kind
from models.events.running import Changed, TooLate
from models.network import audit, members, roles
from models.network.stations import Station
from models.rules.languages import Translated
from models.rules.network.permissions import Role
from models.sending.deliveries import Delivery
from models.store import Store
from tests.miniature.rows import CONTACT_POINT, SHISHAN, badminton, local, network

NOW = local(1, 10)
TITLE, HALL = "羽毛球友谊赛", "狮山体育馆"


def furnish(session: Session, role: Role = Role.CONTACT_POINT, at: int = CONTACT_POINT) -> int:
    """The network, an event of the contact point, and somebody with a role; returns who."""
    network(session)
    session.add(badminton(station_id=CONTACT_POINT, map_url="https://example.org"))
    session.flush()
    caller = members.meet(session, "web.chat", "liu", language="zh", now=NOW)
    roles.give(session, caller.id, role, session.get_one(Station, at), NOW)
    return caller.id


def only(session: Session) -> Event:
    return session.exec(select(Event)).one()


def changes(session: Session) -> list[dict[str, Any]]:
    return [each.details["changes"] for each in audit.about(session, f"event:{only(session).id}")]


@pytest.mark.parametrize(
    ("column", "value", "before", "after"),
    [
        ("title", Translated("混双赛"), [TITLE, {"en": "Badminton match"}], "混双赛"),
        ("about", Translated("新手来", {"en": "Come"}), "", ["新手来", {"en": "Come"}]),
        ("bring", Translated("球拍"), "", "球拍"),
        ("cost", Translated("免费", {"en": "Free"}), "", ["免费", {"en": "Free"}]),
        ("contact", Translated("小陈"), "", "小陈"),
        ("companions", Companions.CHILDREN, "", "children"),
        (
            "place",
            Translated("狮山体育馆"),
            ["狮山体育馆", {"en": "Shishan sports hall"}],
            "狮山体育馆",
        ),
        ("map_url", "", "https://example.org", ""),
        ("kind", Kind.SOCIAL, "contest", "social"),
        ("category", Category.LIFE, "culture", "life"),
        ("audience", "/s4/", "", "/s4/"),
    ],
)
def test_a_correction_stands_in_the_audit_with_what_was_before_and_nobody_is_told(
    store: Store, column: str, value: Any, before: Any, after: Any
) -> None:
    def play(session: Session) -> None:
        by = furnish(session)
        event = only(session)
        assert isinstance(editing.edit(session, event.id, {column: value}, by, NOW), Changed)
        said = value.text if isinstance(value, Translated) else value
        assert getattr(event, column) == said
        assert changes(session) == [{column: [before, after]}]
        (row,) = audit.about(session, f"event:{event.id}")
        assert (row.member_id, row.station_id) == (by, CONTACT_POINT)
        assert isinstance(editing.edit(session, event.id, {column: value}, by, NOW), Same)
        assert len(changes(session)) == 1
        assert session.exec(select(Delivery)).all() == []

    store.write_now(play)


def test_a_new_title_is_found_the_old_one_is_not_and_further_names_stay(store: Store) -> None:
    def play(session: Session) -> None:
        by = furnish(session)
        event = only(session)
        event.search += "\n打球\tda qiu"
        editing.edit(session, event.id, {"title": Translated("乒乓球赛")}, by, NOW)
        found = [lookup.matching(session, each, NOW) for each in ("ppq", "打球", "友谊赛")]
        assert found == [[event.id], [event.id], []]

    store.write_now(play)


@pytest.mark.parametrize(
    ("role", "at", "values", "expected"),
    [
        (Role.CONTACT_POINT, CONTACT_POINT, {"kind": Kind.SOCIAL}, Changed),
        (Role.TOWN, SHISHAN, {"kind": Kind.SOCIAL}, Changed),
        # A host is chosen where the member publishes without asking.
        (Role.TOWN, SHISHAN, {"station_id": SHISHAN, "team_id": None}, Changed),
        (Role.CONTACT_POINT, CONTACT_POINT, {"station_id": SHISHAN, "team_id": None}, NotTheirHost),
        (Role.TOWN, SHISHAN, {"station_id": 2, "team_id": None}, NotTheirHost),
        (Role.DISTRICT, 1, {"station_id": 2, "team_id": None}, Changed),
        (Role.DISTRICT, 1, {"station_id": 99, "team_id": None}, NotTheirHost),
    ],
)
def test_a_new_host_is_one_for_which_the_member_publishes(
    store: Store, role: Role, at: int, values: dict[str, Any], expected: type
) -> None:
    def play(session: Session) -> None:
        by = furnish(session, role, at)
        done = editing.edit(session, only(session).id, values, by, NOW)
        assert isinstance(done, expected)
        assert len(changes(session)) == (expected is Changed)

    store.write_now(play)


@pytest.mark.parametrize(
    ("state", "hour", "expected"),
    [
        (EventState.OPEN, 13, Changed),
        (EventState.CLOSED, 13, Changed),
        (EventState.OPEN, 15, Changed),
        (EventState.OPEN, 18, TooLate),
        (EventState.CANCELLED, 13, TooLate),
        (EventState.ASKED, 13, TooLate),
        (EventState.RETURNED, 13, TooLate),
    ],
)
def test_an_event_is_corrected_while_it_is_published_and_not_over(
    store: Store, state: EventState, hour: int, expected: type
) -> None:
    def play(session: Session) -> None:
        by = furnish(session)
        event = only(session)
        event.state = state
        session.add(event)
        session.flush()
        done = editing.edit(session, event.id, {"audience": "/s4/"}, by, local(5, hour))
        assert isinstance(done, expected)

    store.write_now(play)


@pytest.mark.parametrize("column", ["starts_at", "seats", "state", "held", "code", "by_member_id"])
def test_what_concerns_those_who_come_is_no_correction(store: Store, column: str) -> None:
    def play(session: Session) -> None:
        by = furnish(session)
        with pytest.raises(ValueError, match="is not edited"):
            editing.edit(session, only(session).id, {column: None}, by, NOW)

    store.write_now(play)
