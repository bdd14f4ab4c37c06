"""Who finds whom in a list of people, by what, and page by page."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlmodel import Session, select

from models.members import looking_up, merging, privacy, profile, seeing
from models.members.looking_up import Wanted
from models.network import members, roles
from models.network.members import Member
from models.network.name_keys import NameKey
from models.network.stations import Enterprise, Station
from models.rules.network.permissions import Role
from models.rules.search import people
from models.sending import inbox
from models.store import Store
from models.teams import teams
from tests.miniature.rows import CARE, local, network, team

DISTRICT, GUICHENG, SHISHAN, ZHAOXIN = 1, 2, 3, 4
NOW = local(1, 10)

NAMES = (
    ("李小明", SHISHAN),
    ("李晓明", SHISHAN),
    ("欧阳小明", GUICHENG),
    ("曾伟", ZHAOXIN),
    ("Ana María", SHISHAN),
    ("张伟", None),
)
STRANGER = "从未同意"


@pytest.fixture
def town(store: Store) -> Store:
    """A town with people, and one organizer of every level."""
    store.write_now(_furnish)
    return store


def _furnish(session: Session) -> None:
    network(session)
    session.add(Enterprise(id=1, code="zhaoxin", name="昭信集团"))
    session.flush()
    session.get_one(Station, ZHAOXIN).enterprise_id = 1
    for number, (name, place) in enumerate(NAMES):
        caller = members.meet(session, "telegram.nanhai", f"p{number}", language="zh", now=NOW)
        profile.record_consent(session, caller, name, NOW)
        profile.set_station(session, caller, place)
    members.meet(session, "telegram.nanhai", "stranger", language="zh", now=NOW)
    loaded = Member(name="李铁", station_id=SHISHAN, staff_number="A77", created_at=NOW)
    loaded.loaded_as = "1"
    session.add(loaded)
    for name, role, place in (
        ("区长", Role.DISTRICT, DISTRICT),
        ("镇长", Role.TOWN, SHISHAN),
        ("点长", Role.CONTACT_POINT, ZHAOXIN),
        ("骨干", Role.CORE_MEMBER, SHISHAN),
        ("两边", Role.TOWN, SHISHAN),
    ):
        row = Member(name=name, station_id=GUICHENG, consented_at=NOW, created_at=NOW)
        session.add(row)
        session.flush()
        roles.give(session, row.id, role, session.get_one(Station, place), NOW)
        if name == "两边":
            firm = session.get_one(Station, ZHAOXIN)
            roles.give(session, row.id, Role.CONTACT_POINT, firm, NOW)


def _number(session: Session, name: str) -> int:
    return session.exec(select(Member.id).where(Member.name == name)).one()


def _found(store: Store, by: str, **wanted: Any) -> list[str]:
    def look(session: Session) -> list[str]:
        page = looking_up.look_up(session, _number(session, by), Wanted(**wanted), NOW)
        return [each.name for each in page.people]

    return store.read_now(look)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("小明", ["李小明", "欧阳小明"]),
        ("李小", ["李小明"]),
        ("李", ["李小明", "李晓明", "李铁"]),
        ("lixiaoming", ["李小明", "李晓明"]),
        ("xiaom", ["欧阳小明", "李小明", "李晓明"]),
        ("lxm", ["李小明", "李晓明"]),
        ("zengwei", ["曾伟"]),
        ("曾", ["曾伟"]),
        ("maria", ["Ana María"]),
        ("ANA M", ["Ana María"]),
        ("a77", ["李铁"]),
        # Nobody is written so; those who sound so are meant.
        ("李小鸣", ["李小明", "李晓明"]),
        ("100%", []),
        ("_", []),
        ("九九九", []),
    ],
)
def test_a_person_is_found_by_any_part_of_the_name(
    town: Store, words: str, names: list[str]
) -> None:
    assert sorted(_found(town, "区长", words=words)) == sorted(names)


def test_a_number_finds_its_member_first(town: Store) -> None:
    number = town.read_now(_number, "曾伟")
    assert _found(town, "区长", words=str(number)) == ["曾伟"]
    assert _found(town, "区长", words=f"#{number}") == ["曾伟"]
    assert _found(town, "区长", words="99999999999") == []


def test_each_organizer_finds_the_people_of_their_places_alone(town: Store) -> None:
    everybody = {name for name, _place in NAMES} | {"李铁"}
    everybody |= {"区长", "镇长", "点长", "骨干", "两边"}
    assert set(_found(town, "区长")) == everybody
    assert set(_found(town, "镇长")) == {"李小明", "李晓明", "曾伟", "Ana María", "李铁"}
    for nobody in ("点长", "骨干", "李小明"):
        assert _found(town, nobody) == []
    # Who holds a role at the firm does not see its people, by whichever role.
    assert set(_found(town, "两边")) == {"李小明", "李晓明", "Ana María", "李铁"}
    assert _found(town, "两边", words="曾伟") == []


def test_people_are_listed_by_what_they_are(town: Store) -> None:
    def join(session: Session) -> int:
        row = team()
        session.add(row)
        session.flush()
        teams.join(session, row, _number(session, "李小明"), NOW)
        caller = members.find(session, "telegram.nanhai", "p1")
        assert caller is not None
        inbox.keep(
            session,
            account="telegram.nanhai",
            key="1",
            address_id=caller.address_id,
            reply=None,
            now=NOW - timedelta(days=1),
        )
        return row.id

    number = town.write_now(join)
    assert _found(town, "区长", team_id=number) == ["李小明"]
    assert _found(town, "区长", role=Role.TOWN) == ["镇长", "两边"]
    assert _found(town, "区长", staff_number="A77") == ["李铁"]
    assert _found(town, "区长", is_bound=False) == ["李铁"]
    assert _found(town, "区长", station_id=ZHAOXIN) == ["曾伟"]
    assert _found(town, "区长", seen_since=NOW - timedelta(days=2)) == ["李晓明"]
    assert _found(town, "区长", seen_since=NOW - timedelta(hours=2)) == []
    assert _found(town, "区长", platform="Telegram") == []


@pytest.mark.parametrize("words", ["", "x", "李"])
def test_pages_together_are_the_whole_list(town: Store, words: str) -> None:
    def walk(session: Session) -> None:
        by, after, pages = _number(session, "区长"), None, []
        while True:
            page = looking_up.look_up(session, by, Wanted(words), NOW, after=after, limit=2)
            pages.append([each.id for each in page.people])
            if page.after is None:
                break
            after = page.after
        whole = looking_up.look_up(session, by, Wanted(words), NOW, limit=100)
        assert whole.after is None
        assert {each for page in pages for each in page} == {each.id for each in whole.people}
        if not words:
            assert all(max(one) < min(other) for one, other in pairwise(pages))

    town.read_now(walk)


def test_keys_follow_the_name_through_every_verb(town: Store) -> None:
    """A name that is told, loaded, changed, taken over or erased; no verb forgets its keys."""

    def walk(session: Session) -> None:
        _agree(session)
        caller = members.find(session, "telegram.nanhai", "p0")
        assert caller is not None
        profile.set_name(session, caller, "王五")
        _agree(session)
        profile.set_name(session, caller, "")
        _agree(session)
        row = members.get(session, _number(session, "李铁"))
        row.name = "李钢"
        session.flush()
        _agree(session)
        row.name = ""
        session.flush()
        _agree(session)
        row.name = "赵六"
        session.flush()
        merging.merge(session, row.id, caller.id, CARE, NOW, name="钱七")
        _agree(session)
        privacy.erase_member(session, min(row.id, caller.id), CARE, NOW)
        _agree(session)

    town.write_now(walk)


def _agree(session: Session) -> None:
    session.flush()
    kept = {(each.key, each.member_id) for each in session.exec(select(NameKey))}
    named = session.exec(select(Member.id, Member.name)).all()
    assert kept == {(key, number) for number, name in named for key in people.keys_of(name)}


def test_nobody_acts_on_who_is_not_below_them(town: Store) -> None:
    """An organizer acts on people of their places who hold no role, or a lower one."""

    def may(session: Session, by: str, whom: str) -> bool:
        from models.network.roles import NotAllowed
        from models.rules.network.permissions import Act

        member = members.get(session, _number(session, whom))
        try:
            seeing.require_above(session, _number(session, by), Act.BLOCK_MEMBER, member, NOW)
        except NotAllowed:
            return False
        return True

    def walk(session: Session) -> None:
        assert may(session, "镇长", "李小明")
        assert may(session, "镇长", "曾伟")
        assert may(session, "区长", "镇长")
        assert may(session, "区长", "张伟")
        for by, whom in (
            ("镇长", "张伟"),
            ("镇长", "欧阳小明"),
            ("镇长", "镇长"),
            ("镇长", "区长"),
            ("区长", "区长"),
            ("点长", "曾伟"),
            ("两边", "曾伟"),
            ("李小明", "李晓明"),
        ):
            assert not may(session, by, whom), (by, whom)
        roles.give(
            session, _number(session, "李小明"), Role.TOWN, session.get_one(Station, GUICHENG), NOW
        )
        assert not may(session, "镇长", "李小明")

    town.write_now(walk)
