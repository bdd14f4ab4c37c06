"""Who may read and answer which letter: a table of letters and everybody who might."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from models.desk import threads
from models.desk.threads import Thread, ThreadKind
from models.network import roles
from models.network.members import Member
from models.network.stations import Enterprise, Station, StationKind
from models.rules.network.permissions import Role
from models.store import Store
from tests.miniature.rows import badminton, lamp_works, local, network, team

DISTRICT, GUICHENG, SHISHAN, ZHAOXIN, WORKS = 1, 2, 3, 4, 5
"""Zhaoxin's second place, in Guicheng, is ``WORKS``."""

AT = local(1, 10)
BEFORE = AT - timedelta(days=9)

PEOPLE: dict[str, tuple[int, Role | None, int]] = {
    # Where they work, and the role they hold, and where.
    "asks": (ZHAOXIN, None, 0),
    "nobody": (SHISHAN, None, 0),
    "expired": (SHISHAN, Role.TOWN, SHISHAN),
    "withdrawn": (SHISHAN, Role.TOWN, SHISHAN),
    "core": (SHISHAN, Role.CORE_MEMBER, SHISHAN),
    "captain": (GUICHENG, Role.CAPTAIN, SHISHAN),
    "firm": (ZHAOXIN, Role.CONTACT_POINT, ZHAOXIN),
    "works": (WORKS, Role.CONTACT_POINT, WORKS),
    "town": (SHISHAN, Role.TOWN, SHISHAN),
    "other town": (GUICHENG, Role.TOWN, GUICHENG),
    "district": (DISTRICT, Role.DISTRICT, DISTRICT),
    "firm and town": (ZHAOXIN, Role.TOWN, SHISHAN),
    "firm's core and district": (WORKS, Role.DISTRICT, DISTRICT),
}

ALSO = {
    "firm and town": (Role.CONTACT_POINT, ZHAOXIN),
    "firm's core and district": (Role.CORE_MEMBER, WORKS),
}
"""Further roles: who holds one at a company is one of its organizers, also by a higher role."""

WALLED = {
    "firm and town": (SHISHAN, ZHAOXIN),
    "firm's core and district": (DISTRICT, GUICHENG, SHISHAN, ZHAOXIN, WORKS),
}
"""The stations whose letters of others, or chosen for the firm, they read by their higher role."""

FIRM = (ZHAOXIN, WORKS)

OUTSIDER = "captain"
"""Asks where somebody who doesn't work for the company does; reads nothing of their own."""

TOWN, GUI, TOP = {"town", "district"}, {"other town", "district"}, {"district"}

LETTERS: tuple[tuple[str, dict[str, Any], set[str]], ...] = (
    ("to the town", {"at": SHISHAN}, TOWN),
    ("to the other town", {"at": GUICHENG}, GUI),
    ("to the district", {"at": DISTRICT}, TOP),
    ("to nobody", {"at": None}, set()),
    ("to the own firm, chosen", {"at": ZHAOXIN}, TOWN | {"firm"}),
    ("to the firm's other place, chosen", {"at": WORKS}, GUI | {"works"}),
    # The organizers of a firm's event have it: not of their own people, whichever place is theirs.
    ("firm's event, own people", {"at": SHISHAN, "event": "firm", "with_event": True}, TOWN),
    (
        "firm's event, own people, chosen",
        {"at": ZHAOXIN, "event": "firm", "with_event": True},
        TOWN | {"firm"},
    ),
    (
        "other place's event, own people",
        {"at": GUICHENG, "event": "works", "with_event": True},
        GUI,
    ),
    (
        "firm's event, of an outsider",
        {"at": ZHAOXIN, "event": "firm", "with_event": True, "by": OUTSIDER},
        TOWN | {"firm"},
    ),
    # Who published an event, and who leads its team, while its organizers have it.
    ("published", {"at": SHISHAN, "event": "core", "with_event": True}, TOWN | {"core"}),
    ("published, handed over", {"at": GUICHENG, "event": "core"}, GUI),
    ("team's", {"at": SHISHAN, "event": "team", "with_event": True}, TOWN | {"captain"}),
    ("team's, handed over", {"at": SHISHAN, "event": "team"}, TOWN),
    ("published without a role now", {"at": SHISHAN, "event": "old", "with_event": True}, TOWN),
    # Nobody answers themselves.
    ("own", {"at": SHISHAN, "by": "town"}, TOP),
    ("own about an own event", {"at": SHISHAN, "event": "core", "by": "core"}, TOWN),
)


def _people(session: Session) -> dict[str, int]:
    network(session)
    session.add(Enterprise(id=1, code="zhaoxin", name="昭信集团"))
    session.flush()
    session.get_one(Station, ZHAOXIN).enterprise_id = 1
    works = Station(
        code="s5",
        kind=StationKind.CONTACT_POINT,
        parent_id=GUICHENG,
        path="/1/2/5/",
        name="昭信二厂",
        enterprise_id=1,
    )
    session.add(works)
    session.flush()
    assert works.id == WORKS
    team_id = _kept(session, team())
    found = {}
    for name, (place, role, where) in PEOPLE.items():
        found[name] = _kept(session, Member(name=name, station_id=place, created_at=BEFORE))
        if role is None:
            continue
        until = AT if name == "expired" else None
        led = team_id if role == Role.CAPTAIN else None
        station = session.get_one(Station, where)
        given = roles.give(session, found[name], role, station, BEFORE, team_id=led, until=until)
        if name in ALSO:
            also, there = ALSO[name]
            roles.give(session, found[name], also, session.get_one(Station, there), BEFORE)
        if name == "withdrawn":
            given.grant.withdrawn_at = AT
    return found


def _events(session: Session, people: dict[str, int]) -> dict[str, int]:
    rows = {
        "firm": badminton(station_id=ZHAOXIN, by_member_id=people["firm"]),
        "works": badminton(code="works", station_id=WORKS, by_member_id=people["works"]),
        "core": badminton(code="core", by_member_id=people["core"]),
        "team": lamp_works(station_id=SHISHAN, team_id=1),
        "old": badminton(code="old", by_member_id=people["expired"]),
    }
    return {name: _kept(session, row) for name, row in rows.items()}


def _kept(session: Session, row: Any) -> int:
    session.add(row)
    session.flush()
    return int(row.id)


def test_each_letter_is_read_by_those_in_the_table_alone(store: Store) -> None:
    def walk(session: Session) -> list[tuple[str, str, bool, set[str]]]:
        people, faults = _people(session), []
        events = _events(session, people)
        for name, asked, readers in LETTERS:
            number = 0
            for kind in ThreadKind:
                for with_name in (False, True):
                    thread = Thread(
                        kind=kind,
                        member_id=people[asked.get("by", "asks")],
                        event_id=events.get(asked.get("event", "")),
                        chosen_station_id=asked["at"],
                        station_id=asked["at"],
                        with_event=asked.get("with_event", False),
                        with_name=with_name,
                        opened_at=AT,
                        last_at=AT,
                    )
                    number = _kept(session, thread)
                    able = {
                        each
                        for each, who in people.items()
                        if threads.for_organizer(session, number, who, AT) is not None
                    }
                    is_own = asked.get("by", "asks") == "asks" and asked["at"] not in FIRM
                    walled = {
                        each for each, at in WALLED.items() if asked["at"] in at and not is_own
                    }
                    if able != readers | walled:
                        faults.append((name, str(kind), with_name, able ^ (readers | walled)))
            # Nobody sees a letter before its hour.
            early = AT - timedelta(minutes=1)
            assert not any(
                threads.for_organizer(session, number, who, early) for who in people.values()
            )
        return faults

    assert store.write_now(walk) == []
