"""Judging and votes at the desk: set up, assigned, followed without points, and settled."""

import re
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from models.contests import judges, judging, protocols, scores, unsealing, voting
from models.contests.contests import Contest
from models.rules.contests.states import ContestState, Form
from models.rules.network.permissions import Role
from tests.console.browsing import GUICHENG, SHISHAN, Nanhai
from tests.miniature import contests as rows
from tests.miniature.juries import mark_all, take_the_stage


async def test_a_contest_is_judged_and_its_result_is_fixed_before_it_is_public(
    desks: Nanhai,
) -> None:
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    now = desks.now

    def begin(session: Session) -> tuple[int, list[int]]:
        contest = rows.call(session, now, closes_at=now + timedelta(minutes=5))
        for each in rows.entrants(session, 3, now):
            rows.entry(session, contest, each, now)
        return contest.id, rows.entrants(session, 2, now, SHISHAN)

    number, jurors = desks.store.write_now(begin)
    here = f"/console/contests/{number}/judging"
    good: dict[str, Any] = {
        "criteria": "立意 | Idea 60 10\n文采 40 10",
        "until": "2026-12-20T18:00",
        "per_entry": "2",
        "method": "median",
        "blind": "1",
    }
    # Before it is said how judges mark, no part of the result is theirs.
    plan = {"opens": "2026-12-20T18:00", "closes": "2026-12-22T18:00", "votes": "1"}
    offered = re.compile(r'name="percent"[^>]* value="(\d+)"')
    assert offered.findall((await browser.opens(here)).html) == ["0"]
    refused = await browser.sends(f"{here}/votes", None, **plan, percent="70")
    assert (refused.status, "先定好怎么评" in refused.text) == (422, True)
    for wrong in ({"criteria": "立意"}, {"until": ""}, {"until": "2026-11-01T10:00"}):
        assert (await browser.sends(f"{here}/set", None, **{**good, **wrong})).status == 422
    assert "立意 | Idea 60 10" in (await browser.sends(f"{here}/set", None, **good)).text
    assert (await browser.sends(f"{here}/invite", None, member="99999")).status == 422
    for each in jurors:
        await browser.sends(f"{here}/invite", None, member=str(each))
    assert (await browser.sends(f"{here}/assign")).status == 422

    def accept(session: Session) -> None:
        for judge, _member in judges.of_contest(session, number):
            assert judge.member_id is not None
            judges.answer(session, judge.id, judge.member_id, now, yes=True)
        contest = session.get_one(Contest, number)
        contest.state = ContestState.CLOSED
        session.add(contest)

    desks.store.write_now(accept)
    await browser.opens(here)
    assert "3 件作品分给了评委" in (await browser.sends(f"{here}/assign")).text

    def mark(session: Session) -> None:
        judge, _member = judges.of_contest(session, number)[0]
        mark_all(session, judge, (9, 7), now)
        assert judge.member_id is not None
        first = scores.of_judge(session, judge.id)[0]
        assert scores.note(session, first.id, "<b>结尾有力", judge.member_id, now)

    desks.store.write_now(mark)
    shown = (await browser.opens(here)).text
    assert "已打 3/3" in shown.replace("打了 3 件，共 3 件", "已打 3/3")
    assert "86" not in shown
    assert "结尾有力" not in shown
    assert (await browser.sends(f"{here}/settle")).status == 422
    progress = desks.store.read_now(scores.progress, number)
    assert [each.done for each in progress] == [3, 0]
    assert desks.store.read_now(protocols.of_contest, number) is None

    assert offered.findall((await browser.opens(here)).html) == ["70"]
    bad = {**plan, "ceiling": "2", "percent": "70"}
    assert (await browser.sends(f"{here}/votes", None, **bad)).status == 422
    assert (
        "存好了"
        in (
            await browser.sends(f"{here}/votes", None, **{**plan, "ceiling": "30", "percent": "70"})
        ).text
    )
    row = desks.store.read_now(voting.of_contest, number)
    assert row is not None
    assert (row.ceiling, row.jury_percent) == (30, 70)
    others = await desks.desk_of(Role.TOWN, GUICHENG)
    assert (await others.opens(here)).status == 404

    def unseal(session: Session) -> None:
        unsealing.unseal(session, judging.locked(session, number), now)

    desks.store.write_now(unseal)
    assert "&lt;b&gt;结尾有力" in (await browser.opens(here)).html


async def test_of_a_contest_on_a_stage_no_deadline_of_marks_is_asked(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    now = desks.now

    def begin(session: Session) -> int:
        contest = rows.call(session, now, form=Form.STAGE)
        [singer] = rows.entrants(session, 1, now)
        rows.entry(session, contest, singer, now)
        return contest.id

    number = desks.store.write_now(begin)
    here = f"/console/contests/{number}/judging"
    opened = await browser.opens(here)
    assert ("打分截止" in opened.text, 'name="until"' in opened.html) == (False, False)
    fields = {"criteria": "音准 | Pitch 60 10", "method": "trimmed"}
    assert "音准 | Pitch 60 10" in (await browser.sends(f"{here}/set", None, **fields)).text
    assert (await browser.sends(f"{here}/assign")).status == 422
    # Once somebody was called to the stage it stays as it is.

    def call_somebody(session: Session) -> None:
        take_the_stage(session, session.get_one(Contest, number), now)

    desks.store.write_now(call_somebody)
    await browser.opens(here)
    late = await browser.sends(f"{here}/set", None, **fields)
    assert (late.status, "已经有人上过台了" in late.text) == (422, True)
