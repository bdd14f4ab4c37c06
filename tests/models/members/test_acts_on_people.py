"""A sheet is opened, doubles are merged and people erased by who may, and it is told."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from models.members import doubles, erasures, removing, sheets, views
from models.members.doubles import NotMerged, Preview
from models.members.removing import ErasedAt, NotErased, WhyErased
from models.network import members, roles
from models.network.members import Member
from models.network.roles import NotAllowed
from models.network.stations import Station
from models.rules.network.permissions import Act, Role
from models.store import Store
from tests.miniature.rows import CARE, SHISHAN, local, network

NOW = local(1, 10)


def _furnish(session: Session) -> tuple[int, int, int]:
    """An organizer of the town, somebody who chats, and a row of a file of the same name."""
    network(session)
    boss = Member(name="镇长", station_id=SHISHAN, consented_at=NOW, created_at=NOW)
    session.add(boss)
    session.flush()
    roles.give(session, boss.id, Role.TOWN, session.get_one(Station, SHISHAN), NOW)
    caller = members.meet(session, "telegram.nanhai", "p1", language="zh", now=NOW)
    ana = members.get(session, caller.id)
    ana.name, ana.station_id, ana.consented_at = "小安", SHISHAN, NOW
    row = Member(name="小安", station_id=SHISHAN, created_at=NOW - timedelta(days=9))
    row.loaded_as, row.staff_number = "1", "A1"
    session.add(row)
    session.flush()
    return boss.id, ana.id, row.id


def test_opening_a_person_is_recorded_and_they_can_read_it(store: Store) -> None:
    def walk(session: Session) -> None:
        boss, ana, _row = _furnish(session)
        sheet = sheets.open_sheet(session, ana, boss, NOW)
        assert sheet is not None
        assert (sheet.name, len(sheet.chats), sheet.block) == ("小安", 1, None)
        (seen,) = views.of_member(session, ana)
        assert (seen.act, seen.member_id) == (Act.SEE_PERSON, boss)
        # Who may not see somebody learns nothing, not even that there is such a person.
        assert sheets.open_sheet(session, boss, ana, NOW) is None
        assert sheets.open_sheet(session, 999, boss, NOW) is None

    store.write_now(walk)


def test_a_row_of_a_file_and_its_person_become_one_as_the_preview_tells(store: Store) -> None:
    def walk(session: Session) -> None:
        boss, ana, row = _furnish(session)
        assert doubles.candidates(session, ana, boss, NOW) == (row,)
        told = doubles.preview(session, ana, row, boss, NOW)
        assert isinstance(told, Preview)
        assert told.why_not is None
        assert (told.result.id, told.result.chats, told.result.staff_number) == (row, 1, "A1")
        with pytest.raises(NotAllowed):
            doubles.merge_doubles(session, ana, row, "同一人", ana, CARE, NOW)
        assert doubles.merge_doubles(session, ana, row, " ", boss, CARE, NOW) is NotMerged.NO_REASON
        assert doubles.merge_doubles(session, ana, row, "同一人", boss, CARE, NOW) == row
        assert session.exec(select(Member.id).where(Member.name == "小安")).all() == [row]

    store.write_now(walk)


def test_two_chats_are_joined_by_their_person_alone(store: Store) -> None:
    def walk(session: Session) -> None:
        boss, ana, _row = _furnish(session)
        other = members.meet(session, "telegram.nanhai", "p2", language="zh", now=NOW)
        twin = members.get(session, other.id)
        twin.name, twin.station_id, twin.consented_at = "小安", SHISHAN, NOW
        session.flush()
        why = doubles.merge_doubles(session, ana, twin.id, "同一人", boss, CARE, NOW)
        assert why is NotMerged.BOTH_TALK
        same = doubles.merge_doubles(session, ana, ana, "同一人", boss, CARE, NOW)
        assert same is NotMerged.THE_SAME

    store.write_now(walk)


def test_a_person_has_a_day_to_say_no_and_a_row_goes_at_once(store: Store) -> None:
    def walk(session: Session) -> None:
        boss, ana, row = _furnish(session)
        with pytest.raises(NotAllowed):
            removing.ask(session, boss, WhyErased.ASKED, ana, CARE, NOW)
        assert removing.ask(session, row, WhyErased.WRONG_ROW, boss, CARE, NOW) == ErasedAt(NOW)
        assert session.get(Member, row) is None
        tomorrow = NOW + removing.DELAY
        assert removing.ask(session, ana, WhyErased.ASKED, boss, CARE, NOW) == ErasedAt(tomorrow)
        again = removing.ask(session, ana, WhyErased.ASKED, boss, CARE, NOW)
        assert again is NotErased.ASKED_ALREADY
        assert not removing.any_due(session, NOW)
        assert erasures.stay(session, ana)
        assert not removing.any_due(session, tomorrow)
        removing.ask(session, ana, WhyErased.ASKED, boss, CARE, NOW)
        assert removing.take_back(session, ana, boss, NOW)
        removing.ask(session, ana, WhyErased.ASKED, boss, CARE, NOW)
        assert removing.any_due(session, tomorrow)
        assert removing.erase_due(session, tomorrow, CARE) == 1
        assert session.get(Member, ana) is None
        assert not removing.any_due(session, tomorrow)

    store.write_now(walk)
