"""Letters at the desk: who reads which, answers it, takes it, hands it on."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from models.desk import known, threads
from models.desk.threads import Thread, ThreadKind, ThreadLine, ThreadState
from models.network.audit import Audit
from models.network.members import Member
from models.rules.network.permissions import Act, Role
from models.sending.deliveries import Delivery
from tests.console.browsing import DISTRICT, GUICHENG, SHISHAN, ZHAOXIN, Nanhai

HERE = "/console/desk"


def letter(desks: Nanhai, text: str, station_id: int = SHISHAN, **more: Any) -> int:
    """A letter that has waited for two hours, of somebody who works at ``works``."""
    works = more.pop("works", station_id)

    def tell(session: Session) -> int:
        at = desks.now - timedelta(hours=2)
        asks = Member(name="阿梅", station_id=works, created_at=at)
        session.add(asks)
        session.flush()
        values = {"kind": ThreadKind.QUESTION, "with_name": True, "chosen_station_id": station_id}
        thread = Thread(
            **{**values, **more},
            member_id=asks.id,
            station_id=station_id,
            asked_station_id=station_id,
            opened_at=at,
            last_at=at,
            waits_since=at,
        )
        session.add(thread)
        session.flush()
        session.add(ThreadLine(thread_id=thread.id, text=text, at=at))
        session.flush()
        return thread.id

    return desks.store.write_now(tell)


def thread_of(desks: Nanhai, number: int) -> Thread:
    return desks.look(lambda session: session.get_one(Thread, number))


def acts(desks: Nanhai) -> list[tuple[Act, Any]]:
    def read(session: Session) -> list[tuple[Act, Any]]:
        rows = session.exec(select(Audit).order_by(Audit.id))  # type: ignore[arg-type]
        return [(each.act, each.details.get("what")) for each in rows]

    return [each for each in desks.look(read) if each[0] != Act.OPEN_CONSOLE]


async def test_letters_wait_by_age_at_ones_own_places(desks: Nanhai) -> None:
    letter(desks, "食堂几点开门")
    desks.now += timedelta(hours=30)
    letter(desks, "要带球拍吗")
    letter(desks, "桂城的事", GUICHENG)
    boss = await desks.desk_of(Role.TOWN, SHISHAN)
    seen = await boss.opens(HERE)
    assert seen.text.index("食堂几点开门") < seen.text.index("要带球拍吗")
    assert "等了 32 小时" in seen.text
    assert "桂城的事" not in seen.text
    assert "阿梅" not in seen.text
    assert "还没有" in (await boss.opens(f"{HERE}?which=mine")).text
    every = await boss.opens(f"{HERE}?which=all")
    assert every.text.index("要带球拍吗") < every.text.index("食堂几点开门")
    assert (await boss.opens(f"{HERE}?which=secret")).status == 404
    assert (await boss.opens(f"{HERE}?after=x_1")).status == 400


@pytest.mark.parametrize("which", ["waiting", "all"])
async def test_a_list_goes_on_where_the_page_before_ended(desks: Nanhai, which: str) -> None:
    for number in range(28):
        letter(desks, f"第 {number} 封来信")
    boss = await desks.desk_of(Role.TOWN, SHISHAN)
    first = await boss.opens(f"{HERE}?which={which}")
    following = first.html.split('class="more"><a class="button" href="')[1].split('"')[0]
    second = await boss.opens(f"{HERE}{following.replace('&amp;', '&')}")
    for number in range(28):
        assert (f"第 {number} 封来信" in first.text) != (f"第 {number} 封来信" in second.text)


async def test_a_letter_is_answered_beside_what_is_known(desks: Nanhai) -> None:
    number = letter(desks, "食堂晚上几点关门")
    boss = desks.member("镇长", Role.TOWN, SHISHAN)

    def keep(session: Session) -> int:
        return known.keep(session, SHISHAN, "食堂几点关门", "晚上九点。", boss, desks.now).id

    row = desks.store.write_now(keep)
    browser = await desks.signed_in(boss)
    page = await browser.opens(f"{HERE}/{number}")
    assert "晚上九点。" in page.text
    assert "晚上九点。</textarea>" in (await browser.opens(f"{HERE}/{number}?use={row}")).html
    fields: dict[str, Any] = {
        "answer": row,
        "seen": 0,
        "read": page.html.split('name="read" value="')[1].split('"')[0],
    }
    done = await browser.sends(f"{HERE}/{number}/known", None, **fields)
    assert "✅ 回复好了" in done.text
    assert thread_of(desks, number).state == ThreadState.ANSWERED
    # A colleague who has not seen it is told, and loses no words.
    other = await desks.desk_of(Role.DISTRICT)
    await other.opens(f"{HERE}/{number}")
    late = await other.sends(f"{HERE}/{number}/answer", text="八点", seen=0, read=fields["read"])
    assert (late.status, "八点</textarea>" in late.html) == (422, True)
    mine = await browser.opens(f"{HERE}?which=mine")
    assert "食堂晚上几点关门" in mine.text


async def test_an_answer_is_kept_for_whoever_asks_alike(desks: Nanhai) -> None:
    number = letter(desks, "夜校怎么报名")
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    page = await browser.opens(f"{HERE}/{number}")
    read = page.html.split('name="read" value="')[1].split('"')[0]
    empty = await browser.sends(f"{HERE}/{number}/answer", text=" ", seen=0, read=read)
    assert empty.status == 422
    page = await browser.sends(f"{HERE}/{number}/answer", text="在驿站点报名。", seen=0, read=read)
    path = f"{HERE}/{number}/keep/" + page.html.split("/keep/")[1].split('"')[0]
    assert "夜校怎么报名" in (await browser.opens(path)).html
    kept = await browser.sends(path, question="夜校在哪里报名")
    assert kept.path.startswith(f"{HERE}/answers/")
    assert "夜校在哪里报名" in (await browser.opens(f"{HERE}/answers?q=夜校")).text
    stranger = await desks.desk_of(Role.DISTRICT)
    assert (await stranger.opens(path)).status == 404


async def test_a_name_is_shown_for_an_hour_and_its_opening_recorded(desks: Nanhai) -> None:
    number, unnamed = letter(desks, "想学电工"), letter(desks, "宿舍太吵", with_name=False)
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    assert "阿梅" not in (await browser.opens(f"{HERE}/{number}")).text
    assert acts(desks) == []
    assert "阿梅" in (await browser.sends(f"{HERE}/{number}/who")).text
    assert acts(desks) == [(Act.SEE_LIST, None)]
    desks.now += timedelta(minutes=61)
    assert "阿梅" not in (await browser.opens(f"{HERE}/{number}")).text
    page = await browser.sends(f"{HERE}/{unnamed}/who")
    assert ("没留名" in page.text, "阿梅" in page.text) == (True, False)
    assert len(acts(desks)) == 1


async def test_somebody_takes_a_letter_gives_it_on_and_hands_it_over(desks: Nanhai) -> None:
    number = letter(desks, "想学电工")
    boss, top = desks.member("镇长", Role.TOWN, SHISHAN), desks.member("区长", Role.DISTRICT)
    stranger = desks.member("桂城的", Role.TOWN, GUICHENG)
    browser, other = await desks.signed_in(boss), await desks.signed_in(top)
    await browser.opens(f"{HERE}/{number}")
    await browser.sends(f"{HERE}/{number}/give", to=boss)
    assert "镇长 在跟" in (await other.opens(HERE)).text
    await other.opens(f"{HERE}/{number}")
    assert (await other.sends(f"{HERE}/{number}/give", to=stranger)).status == 422
    await browser.opens(f"{HERE}/{number}")
    assert "交给 区长 了" in (await browser.sends(f"{HERE}/{number}/give", to=top)).text
    told = desks.look(lambda session: [each.member_id for each in session.exec(select(Delivery))])
    assert told == [top]
    await browser.opens(f"{HERE}/{number}")
    done = await browser.sends(f"{HERE}/{number}/hand", station=DISTRICT)
    assert done.path == HERE
    assert thread_of(desks, number).assigned_to is None
    # The town gave it away, and can read it no more.
    assert (await browser.opens(f"{HERE}/{number}")).status == 404
    page = await other.opens(f"{HERE}/{number}")
    read = page.html.split('name="read" value="')[1].split('"')[0]
    await other.sends(f"{HERE}/{number}/settle", read=read)
    assert thread_of(desks, number).state == ThreadState.SETTLED
    assert [what for _act, what in acts(desks)] == ["taken", "given", "handed over", "settled"]


async def test_a_firms_organizers_never_see_what_their_people_tell(desks: Nanhai) -> None:
    """A walk over every page and act: neither the words nor that there is a letter."""
    number = letter(desks, "厂里不发加班费", SHISHAN, works=ZHAOXIN)
    chosen = letter(desks, "班车改时间了吗", ZHAOXIN, works=ZHAOXIN)
    boss = desks.member("点长", Role.CONTACT_POINT, ZHAOXIN)
    browser = await desks.signed_in(boss)
    pages = ["", f"{HERE}/often", *(f"{HERE}?which={each}" for each in ("waiting", "mine", "all"))]
    for path in pages:
        assert "加班费" not in (await browser.opens(path or "/console")).text
    assert "班车改时间了吗" in (await browser.opens(HERE)).text
    assert (await browser.opens(f"{HERE}/{number}")).status == 404
    for act in ("who", "answer", "known", "settle", "hand", "give", "keep/1"):
        await browser.opens(f"{HERE}/{chosen}")
        sent = await browser.sends(
            f"{HERE}/{number}/{act}", text="好的", read=1, answer=1, station=1, to=boss
        )
        assert sent.status == 404, act
    found = desks.look(lambda session: threads.lines_of(session, number))
    assert (len(found), acts(desks)) == (1, [])
    town = await desks.desk_of(Role.TOWN, SHISHAN)
    page = await town.opens(f"{HERE}/{number}")
    assert (page.status, "点长" in page.text) == (200, False)
    assert (await town.sends(f"{HERE}/{number}/give", to=boss)).status == 422
