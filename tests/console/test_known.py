"""Known answers and what was not understood, at the desk."""

from datetime import date
from typing import Any

from sqlmodel import Session, select

from models.desk import known, misses
from models.desk.misses import Miss, Synonym
from models.network import roles
from models.network.members import Member
from models.network.stations import Station
from models.rules.network.permissions import Role
from tests.console.browsing import GUICHENG, SHISHAN, ZHAOXIN, Nanhai
from tests.miniature.rows import lamp_works, team

HERE = "/console/desk/answers"


async def test_an_answer_is_written_changed_retired_and_removed(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    await browser.opens(f"{HERE}/new")
    words: dict[str, Any] = {
        "place": SHISHAN,
        "question": "夜校怎么报名",
        "answer": "在驿站点报名。",
    }
    assert (await browser.sends(f"{HERE}/new", None, **{**words, "answer": ""})).status == 422
    made = await browser.sends(
        f"{HERE}/new",
        None,
        **words,
        question_en="How to join night school",
        answer_en="Sign up at the station.",
        variants="夜校在哪报\n夜校在哪报\n怎么上夜校",
        valid_until="2027-06-30",
    )
    number = int(made.path.rpartition("/")[2])
    row = desks.look(lambda session: known.get(session, number))
    assert row is not None
    assert (row.variants, row.valid_until) == (["夜校在哪报", "怎么上夜校"], date(2027, 6, 30))
    assert row.text_of("answer").to("en") == "Sign up at the station."
    for found, words_ in ((True, "night station"), (True, "怎么上夜校"), (False, "球拍")):
        assert ("夜校怎么报名" in (await browser.opens(f"{HERE}?q={words_}")).text) == found
    await browser.opens(f"{HERE}/new")
    assert (await browser.sends(f"{HERE}/new", None, **words)).status == 422
    await browser.opens(f"{HERE}/{number}")
    wrong = await browser.sends(f"{HERE}/{number}", None, **words, valid_until="2027-13-01")
    assert wrong.status == 422
    retired = await browser.sends(f"{HERE}/{number}/retire")
    assert retired.status == 200
    assert "过期" in (await browser.opens(HERE)).text
    await browser.opens(f"{HERE}/{number}")
    removed = await browser.sends(f"{HERE}/{number}/remove")
    assert (removed.path, "删掉了" in removed.text) == (HERE, True)
    assert desks.look(lambda session: known.get(session, number)) is None


async def test_answers_are_those_of_ones_places_and_of_ones_teams_events(desks: Nanhai) -> None:
    def keep(session: Session) -> tuple[int, int]:
        session.add(team())
        session.flush()
        event = lamp_works(team_id=1)
        session.add(event)
        cap = Member(name="队长", language="zh", created_at=desks.now, consented_at=desks.now)
        session.add(cap)
        session.flush()
        place = session.get_one(Station, SHISHAN)
        roles.give(session, cap.id, Role.CAPTAIN, place, desks.now, team_id=1)
        known.keep(session, GUICHENG, "桂城的食堂在哪", "二楼。", None, desks.now)
        row = known.keep(
            session, GUICHENG, "灯具厂要带什么", "身份证。", None, desks.now, event_id=event.id
        )
        return cap.id, row.id

    cap, number = desks.store.write_now(keep)
    town = await desks.desk_of(Role.TOWN, SHISHAN)
    assert "食堂" not in (await town.opens(HERE)).text
    assert (await town.opens(f"{HERE}/{number}")).status == 403
    captain = await desks.signed_in(cap)
    seen = await captain.opens(HERE)
    assert ("灯具厂要带什么" in seen.text, "食堂" in seen.text) == (True, False)
    assert (await captain.opens(f"{HERE}/new")).status == 404
    assert (await captain.opens(f"{HERE}/{number}")).status == 200
    changed = await captain.sends(f"{HERE}/{number}", question="灯具厂要带什么", answer="平底鞋。")
    assert changed.status == 200
    core = await desks.desk_of(Role.CORE_MEMBER, SHISHAN)
    assert (await core.opens(HERE)).status == 403


async def test_what_was_not_understood_is_taught_or_dropped(desks: Nanhai) -> None:
    def note(session: Session) -> dict[str, int]:
        one, two = (Member(name=each, created_at=desks.now) for each in "甲乙")
        session.add_all((one, two))
        session.flush()
        for text in ("耍子", "乱七八糟"):
            for member in (one, two):
                misses.note(session, text, "zh", member.id, desks.now)
        misses.note(session, "只有我说", "zh", one.id, desks.now)
        return {each.text: each.id for each in session.exec(select(Miss))}

    numbers = desks.store.write_now(note)
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    seen = await browser.opens("/console/desk/misses")
    assert ("耍子" in seen.text, "只有我说" in seen.text) == (True, False)
    first, only_once = numbers["耍子"], numbers["只有我说"]
    assert (await browser.opens(f"/console/desk/misses/{only_once}")).status == 404
    await browser.opens(f"/console/desk/misses/{first}")
    assert (await browser.sends(f"/console/desk/misses/{first}", intent="nothing")).status == 422
    taught = await browser.sends(f"/console/desk/misses/{first}", intent="events")
    assert "耍子" in taught.text
    await browser.sends(f"/console/desk/misses/{numbers['乱七八糟']}/drop")
    assert desks.look(lambda session: len(misses.frequent(session))) == 0
    seen = await browser.opens("/console/desk/misses/taught")
    assert "耍子" in seen.text
    word = desks.look(lambda session: session.exec(select(Synonym.id)).one())
    point = await desks.desk_of(Role.CONTACT_POINT, ZHAOXIN)
    assert (await point.opens("/console/desk/misses")).status == 403
    await browser.sends(f"/console/desk/misses/taught/{word}")
    assert desks.look(lambda session: session.exec(select(Synonym)).all()) == []
