"""Organizers set up in the chat how the public votes; what was set elsewhere stays as it was."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from models.contests import contests, voting
from models.contests.contests import Contest
from models.contests.voting import Plan, Voting
from models.rules.contests.states import Form
from models.rules.network.permissions import Role
from tests.miniature.contests import call, entrants, entry
from tests.miniature.juries import set_up
from tests.miniature.rows import SHISHAN, local
from tests.stories.counting import Counted
from tests.stories.people import Person
from tests.stories.spread import CHANNELS
from tests.stories.station import Nanhai


async def organizer(town: Nanhai) -> Person:
    boss = town.person("主任")
    await boss.arrives()
    await town.appoint(boss, Role.TOWN, SHISHAN)
    return boss


async def opens_judging(boss: Person, contest: Contest) -> str:
    await boss.says(f"评选 {contest.id}")
    await boss.presses("管理")
    await boss.presses("更多")
    return await boss.presses("评审和结果")


@pytest.mark.parametrize("channel", CHANNELS)
async def test_an_organizer_sets_up_the_votes_of_the_public_in_four_taps(town: Nanhai) -> None:
    boss, ana = await organizer(town), town.person("小安")
    await ana.arrives()
    now = town.hands.now

    def write(session: Session) -> Contest:
        contest = call(session, now, named=("文案", "声音"))
        entry(session, contest, entrants(session, 1, now)[0], now, title="夜班的灯")
        return contest

    contest = town.store.write_now(write)
    await opens_judging(boss, contest)
    steps = Counted(boss)
    assert "从什么时候开始投" in await steps.presses("大家怎么投")
    # Entries are taken still: votes for some of them would come before others are there.
    assert "马上开始" not in boss.labels
    assert "投到什么时候" in await steps.says("12月3日 9:00")
    # What has passed, or ends before it begins, is refused, and the question stays.
    assert "已经过了" in await boss.says("昨天")
    assert "结束要在开始之后" in await boss.says("12月2日 20:00")
    assert "每人几票" in await steps.says("12月4日 20:00")
    saved = await steps.presses("每类一票")
    assert "合起来最多算 30 票" in saved
    assert steps.steps == 4
    [row] = town.rows(Voting)
    assert (row.is_per_category, row.votes, row.jury_percent, row.ceiling) == (True, 1, 0, 30)
    assert (row.opens_at, row.closes_at) == (local(3, 9), local(4, 20))
    assert "大家怎么投" in boss.labels
    # Once it has opened whoever comes by votes, and the rules stay.
    await town.at(local(3, 9, 1))
    assert "每一类可以投一票" in await ana.says("投票")
    assert "规则不再改" in await boss.presses("大家怎么投")
    assert "大家怎么投" not in boss.labels


async def test_votes_begin_at_once_when_no_more_entries_are_taken(town: Nanhai) -> None:
    boss = await organizer(town)
    contest = town.store.write_now(call, town.hands.now)
    town.store.write_now(contests.close, contest.id, None, town.hands.now)
    await opens_judging(boss, contest)
    await boss.presses("大家怎么投")
    await boss.presses("马上开始")
    await boss.says("12月4日 20:00")
    # It takes entries anew while the question is open.
    town.store.write_now(contests.publish, contest.id, None, town.hands.now)
    assert "不再收作品了才能马上开始投" in await boss.presses("1 票")
    assert town.rows(Voting) == []
    town.store.write_now(contests.close, contest.id, None, town.hands.now)
    await boss.presses("大家怎么投")
    await boss.presses("马上开始")
    await boss.says("12月4日 20:00")
    assert "开始投票就不能再改" in await boss.presses("1 票")
    [row] = town.rows(Voting)
    assert row.opens_at == town.hands.now


async def test_the_part_of_the_judges_stays_when_something_else_is_set_up(town: Nanhai) -> None:
    boss, now = await organizer(town), town.hands.now

    def write(session: Session) -> Contest:
        contest = call(session, now)
        set_up(session, contest, now)
        plan = Plan(now + timedelta(days=20), now + timedelta(days=30), jury_percent=60)
        assert isinstance(voting.set_up(session, contest.id, plan, None, now), voting.SetUp)
        return contest

    def kept() -> int:
        [row] = town.rows(Voting)
        return row.jury_percent

    async def sets(*further: str) -> str:
        said = await boss.presses("大家怎么投")
        for each in ("12月20日 9:00", "12月22日 9:00"):
            await boss.says(each)
        said = await boss.presses("1 票")
        for each in further:
            said = await boss.presses(each)
        return said

    contest = town.store.write_now(write)
    await opens_judging(boss, contest)
    # The part that is set is offered beside the usual ones.
    await sets()
    assert {"0%", "50%", "60%", "70%"} <= {*boss.labels}
    await boss.presses("60%")
    assert kept() == 60


async def test_votes_on_an_award_are_neither_offered_nor_taken(town: Nanhai) -> None:
    boss, now = await organizer(town), town.hands.now
    contest = town.store.write_now(call, now)
    await opens_judging(boss, contest)
    assert "大家怎么投" in boss.labels
    # The button of an earlier message is pressed after the contest has become an award.
    town.change(Contest, contest.id, form=Form.AWARD)
    assert "大家不对表彰投票" in await boss.presses("大家怎么投")
    assert "大家怎么投" not in boss.labels
    assert town.rows(Voting) == []
