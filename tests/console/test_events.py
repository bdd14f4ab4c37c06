"""The events of the desk: the list and its filters, one event's page, its files."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from models.events import pictures
from models.events.events import Event, EventState, Signup, SignupState
from models.network.audit import Audit
from models.rules.events import undated
from models.rules.network.permissions import Act, Role
from tests.console.browsing import GUICHENG, SHISHAN, ZHAOXIN, Nanhai
from tests.console.rows import keep
from tests.miniature.rows import badminton, event, lamp_works, local

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def seat(desks: Nanhai, event_id: int, *names: str) -> None:
    def add(session: Session) -> None:
        for turn, name in enumerate(names, start=1):
            session.add(
                Signup(
                    event_id=event_id,
                    state=SignupState.SEATED,
                    turn=turn,
                    at=desks.now,
                    name=name,
                )
            )
        kept = session.get_one(Event, event_id)
        kept.held, kept.turns = len(names), len(names)

    desks.store.write_now(add)


async def test_the_list_begins_with_what_comes_next_at_ones_own_places(desks: Nanhai) -> None:
    keep(desks, badminton(), lamp_works(seats=10, held=4, waiting=3))
    seen = await (await desks.desk_of(Role.DISTRICT)).opens("/console/events")
    assert seen.text.index("走进灯具厂") < seen.text.index("羽毛球")
    assert "4 / 10" in seen.text
    assert "排队 3" in seen.text
    shishan = await (await desks.desk_of(Role.TOWN, SHISHAN)).opens("/console/events")
    assert "走进灯具厂" not in shishan.text
    assert "羽毛球" in shishan.text


async def test_each_state_has_a_list_of_its_own(desks: Nanhai) -> None:
    put_off = {name: undated.put_off(local(9, 9)) for name in ("starts_at", "ends_at", "closes_at")}
    keep(
        desks,
        event("past", "旧活动", desks.now - timedelta(days=9)),
        event("asked", "待批活动", local(8, 9), state=EventState.ASKED),
        event("off", "取消的活动", local(8, 9), state=EventState.CANCELLED),
        Event(**{**event("later", "延期的活动", local(9, 9)).model_dump(), **put_off}),
        lamp_works(),
    )
    browser = await desks.desk_of(Role.DISTRICT)
    lists = {
        "coming": "走进灯具厂",
        "past": "旧活动",
        "hidden": "待批活动",
        "cancelled": "取消的活动",
        "postponed": "延期的活动",
    }
    for state, title in lists.items():
        seen = (await browser.opens(f"/console/events?state={state}")).text
        assert [each for each in lists.values() if each in seen] == [title]
    every = (await browser.opens("/console/events?state=any")).text
    assert all(each in every for each in lists.values())


@pytest.mark.parametrize("words", ["灯具", "dengju", "zjdjc", "lamp", "2"])
async def test_an_event_is_found_by_words_sounds_and_number(desks: Nanhai, words: str) -> None:
    keep(desks, badminton(), lamp_works())
    browser = await desks.desk_of(Role.DISTRICT)
    seen = await browser.opens(f"/console/events?words={words}")
    assert "走进灯具厂" in seen.text
    assert "羽毛球" not in seen.text


async def test_filters_narrow_the_list_and_stay_with_its_pages(desks: Nanhai) -> None:
    keep(desks, badminton(), lamp_works())
    keep(desks, *(event(f"run-{n}", f"晨跑 {n}", local(6, 7)) for n in range(31)))
    browser = await desks.desk_of(Role.DISTRICT)
    at_shishan = await browser.opens(f"/console/events?place={SHISHAN}")
    assert "羽毛球" in at_shishan.text
    assert "灯具" not in at_shishan.text
    tours = await browser.opens("/console/events?kind=tour&month=2026-12")
    assert "灯具" in tours.text
    assert "羽毛球" not in tours.text
    assert "灯具" not in (await browser.opens("/console/events?month=2027-01")).text
    first = await browser.opens("/console/events?kind=session&place=2")
    assert "晨跑 29" in first.text
    assert "晨跑 30" not in first.text
    following = first.html.partition('class="more"')[2].partition('href="')[2].partition('"')[0]
    second = await browser.opens(f"/console/events{following.replace('&amp;', '&')}")
    assert "晨跑 30" in second.text
    assert "晨跑 29" not in second.text
    for odd in ("after=x", "after=2026-12-01~1", "state=x", "kind=x", "place=x", "month=x"):
        assert (await browser.opens(f"/console/events?{odd}")).status == 200


async def test_an_events_page_shows_the_card_the_numbers_and_the_shares(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works(seats=10))
    seat(desks, number, "阿梅", "小李")
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    seen = await browser.opens(f"/console/events/{number}")
    assert "桂城站集合" in seen.text
    assert "全部名额：2 / 10" in seen.text
    assert '<rect class="fill" y="5" width="120.0"' in seen.html
    assert f"https://station.example/e/{number}" in seen.html
    assert "阿梅" not in seen.text


async def test_what_is_of_another_place_is_not_there(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works())
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    for path in ("", "/picture", "/list.xlsx", "/list.pdf"):
        assert (await browser.opens(f"/console/events/{number}{path}")).status in (403, 404)
    for path in ("list", "posters"):
        seen = await browser.sends(f"/console/events/{number}/{path}", key="x")
        assert seen.status in (400, 404)


async def test_the_list_is_a_file_and_who_takes_it_is_recorded(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works(seats=10))
    seat(desks, number, "阿梅")
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    assert (await browser.opens(f"/console/events/{number}/list.xlsx")).status == 404
    await browser.opens(f"/console/events/{number}")
    seen = await browser.sends(f"/console/events/{number}/list", kind="xlsx")
    assert seen.status == 200
    assert seen.html.startswith("PK")
    taken = desks.look(lambda s: s.exec(select(Audit).where(Audit.act == Act.SEE_LIST)).all())
    assert [each.details["what"] for each in taken] == ["file"]
    desks.now += timedelta(minutes=16)
    assert (await browser.opens(f"/console/events/{number}/list.xlsx")).status == 404


async def test_a_core_member_sees_numbers_and_takes_no_list(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works())
    browser = await desks.desk_of(Role.CORE_MEMBER, GUICHENG)
    seen = await browser.opens(f"/console/events/{number}")
    assert seen.status == 200
    assert "海报" not in seen.text
    await browser.opens("/console/account")
    assert (await browser.sends(f"/console/events/{number}/list")).status == 403


async def test_each_place_gets_a_poster_of_its_own(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works())
    browser = await desks.desk_of(Role.CONTACT_POINT, ZHAOXIN)
    assert (await browser.opens(f"/console/events/{number}")).status == 404
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    await browser.opens(f"/console/events/{number}")
    seen = await browser.sends(f"/console/events/{number}/posters", place="食堂 一楼")
    assert "食堂 一楼" in seen.text
    seen = await browser.sends(f"/console/events/{number}/posters", place="x" * 41)
    assert seen.status == 422
    assert "用几个字" in seen.text


async def test_the_picture_is_shown_with_its_event(desks: Nanhai) -> None:
    def kept(session: Session) -> int:
        return pictures.keep(session, PNG, "image/png", None, desks.now)

    (number,) = keep(desks, lamp_works(picture_id=desks.store.write_now(kept)))
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    assert (
        f"/console/events/{number}/picture"
        in (await browser.opens(f"/console/events/{number}")).html
    )
    seen = await browser.opens(f"/console/events/{number}/picture")
    assert seen.headers["Content-Type"] == "image/png"
    assert desks.look(lambda s: s.exec(select(col(Event.id))).all()) == [number]
