"""The public votes in two taps; the result is told with its record, and nobody peeks before."""

import re
from datetime import timedelta
from functools import partial

import aiohttp
import pytest
from sqlmodel import Session, func, select

from models.contests import contests, entries, parts, protocols, results, sources, votes, voting
from models.contests.contests import Contest
from models.contests.votes import Vote
from models.contests.voting import Plan
from models.events import pictures
from models.network.members import Member
from models.rules.contests import protocols as rules
from models.rules.contests.states import PartKind
from models.rules.events.audience import to_column
from models.rules.network.audience import Audience
from tests.miniature.contests import call, entrants, entry
from tests.miniature.rows import CONTACT_POINT
from tests.pictures import png
from tests.stories.counting import Counted
from tests.stories.station import Nanhai

TITLES = ("我的岗位", "夜班的灯", "回家的路")


def opened(session: Session, town: Nanhai, each: int = 1) -> Contest:
    """A call with three entries, on which the public votes for a day."""
    now = town.hands.now
    contest = call(session, now)
    for place, writer in enumerate(entrants(session, len(TITLES), now)):
        entry(session, contest, writer, now, title=TITLES[place])
    plan = Plan(now, now + timedelta(days=1), jury_percent=0, votes=each)
    assert isinstance(voting.set_up(session, contest.id, plan, None, now), voting.SetUp)
    return contest


async def test_a_vote_takes_two_taps_moves_until_the_end_and_counts_once(town: Nanhai) -> None:
    ana, ben = town.person("小安"), town.person("小本")
    for each in (ana, ben):
        await each.arrives()
    assert "没有在投票的评选" in await ana.says("投票")
    contest = town.store.write_now(opened, town)
    listed = await ana.says(f"投票 {contest.id}")
    assert "你有 1 票" in listed
    assert all(title in listed for title in TITLES)
    steps = Counted(ana)
    assert "平凡也发光" in await steps.presses("夜班的灯")
    assert "投给了夜班的灯" in await steps.presses("投这件")
    assert steps.steps == 2
    # The next step leads on, and not back.
    assert ana.labels[:2] == ["全部作品", "撤回"]
    # Pressed twice, or for another one: there is one vote.
    assert "投给了夜班的灯" in await ana.presses("投这件")
    assert "✅ 夜班的灯" in await ana.presses("全部作品")
    await ana.presses("回家的路")
    assert "投给了回家的路" in await ana.presses("投这件")
    await ben.says("投票")
    await ben.presses("回家的路")
    await ben.presses("投这件")
    assert "收回了" in await ben.presses("撤回")
    await ben.presses("全部作品")
    await ben.presses("我的岗位")
    await ben.presses("投这件")
    assert town.look(lambda session: votes.turnout(session, contest.id)) == 2
    # Of the web it is known, as a hash alone, whether two came by one way.
    ways = town.look(lambda session: [*session.exec(select(Vote.source))])
    assert len({*ways}) == 1
    assert (ways[0] != "") == (town.channel == "web")

    await town.after(days=1, minutes=1)
    assert "没有在投票的评选" in await ana.says("投票")
    done = town.store.write_now(results.settle, contest.id, None, town.hands.now)
    assert isinstance(done, results.Settled)
    kept = town.look(lambda session: protocols.of_contest(session, contest.id))
    assert kept is not None
    assert isinstance(rules.verify(kept.record), rules.Proven)
    async with aiohttp.ClientSession() as browser:
        path = f"{town.origin}/protocols/{contest.id}.json"
        assert (await browser.get(path)).status == 404
        await town.after(hours=1, minutes=1)
        town.store.write_now(results.publish, contest.id, None, town.hands.now)
        assert await (await browser.get(path)).json() == kept.record
        # In words for everybody: which places, by which rule, what does not count.
        page = path.removesuffix(".json")
        told = await (await browser.get(page, headers={"Accept-Language": "zh-CN"})).text()
        assert all(title in told for title in TITLES)
        assert "只看大家投票" in told
        assert kept.hash in told
        assert ("只在网页上来过" in told) == (town.channel == "web")
        gallery = await (await browser.get(f"{town.origin}/w/{contest.id}")).text()
        assert f'href="/protocols/{contest.id}"' in gallery
    said = await ana.says(f"评选 {contest.id}")
    assert "1. " in said
    if town.channel == "web":
        assert "看结果" in ana.labels
    is_web = town.channel == "web"
    public = kept.record["public"]
    assert len(public["web"]) == (2 if is_web else 0)
    assert len(public["weighs"]) == (0 if is_web else 2)


async def test_of_several_votes_one_has_to_be_taken_back_first(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    town.store.write_now(opened, town, 2)
    await ana.says("投票")
    for title, left in (("我的岗位", "还剩 1 票"), ("夜班的灯", "可以改")):
        await ana.presses(title)
        assert left in await ana.presses("投这件")
        await ana.presses("全部作品")
    await ana.presses("回家的路")
    assert "先收回一票" in await ana.presses("投这件")
    await ana.presses("全部作品")
    await ana.presses("我的岗位")
    assert "收回了" in await ana.presses("撤回")


@pytest.mark.parametrize("channel", ["web", "telegram"])
async def test_the_gallery_leads_into_a_chat_where_one_tap_votes(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    contest = town.store.write_now(opened, town)
    first, *_rest = town.look(lambda session: entries.handed_in(session, contest.id))

    async def ways(path: str) -> tuple[str, list[str]]:
        """The page, and what its buttons open in the accounts of the station."""
        headers = {"Accept-Language": "zh-CN"}
        async with town.http.get(f"{town.origin}/w/{path}", headers=headers) as response:
            page = await response.text()
        return page, re.findall(r'href="[^"]*/go/[^"/]+/([^"]+)"', page)

    page, (link, *_others) = await ways(f"{contest.id}/{first.code}")
    assert "在对话里投票" in page
    assert first.title in await ana.opens(link)
    assert f"投给了{first.title}" in await ana.presses("投这件")
    await ana.opens(link)
    assert ana.labels.index("撤回") == 1
    page, (link, *_others) = await ways(str(contest.id))
    assert "在对话里投票" in page
    assert "你有 1 票" in await ana.opens(link)
    assert "你有 1 票" in await ana.says(link)
    await ana.says(f"评选 {contest.id}")
    assert ana.labels[0] == "投票"

    await town.after(days=1, minutes=1)
    ballot = link
    page, (link, *_others) = await ways(str(contest.id))
    assert "在对话里投票" not in page
    assert link != ballot
    await ana.opens(ballot)
    assert "投票" not in ana.labels
    await ana.opens(f"w{contest.id}-{first.code}")
    assert not {"投这件", "撤回"} & {*ana.labels}


async def test_a_press_that_was_passed_on_opens_nothing_before_it_is_shown(town: Nanhai) -> None:
    ana, eve = town.person("小安"), town.person("小夜")
    for each in (ana, eve):
        await each.arrives()
    contest = town.store.write_now(opened, town)
    await ana.says("投票")

    def hide(session: Session) -> None:
        """As before voting opens: the gallery is closed, and the ballot does not stand yet."""
        row = voting.of_contest(session, contest.id)
        assert row is not None
        row.opens_at = town.hands.now + timedelta(hours=1)
        found = session.get_one(Contest, contest.id)
        found.is_gallery_open = False
        session.add_all((row, found))

    town.store.write_now(hide)
    assert "不再展示" in await ana.presses("夜班的灯")
    # By the link of an entry and by its page nobody finds it either.
    (entry, *_others) = town.look(lambda session: entries.handed_in(session, contest.id))
    assert "没有展示" in await eve.says(f"w{contest.id}-{entry.code}")
    async with town.http.get(f"{town.origin}/w/{contest.id}/{entry.code}") as page:
        assert page.status == 404
    await town.after(hours=1, minutes=1)
    async with town.http.get(f"{town.origin}/w/{contest.id}/{entry.code}") as page:
        assert page.status == 200


async def test_a_kill_between_two_turns_of_erasing_sources_loses_no_vote(town: Nanhai) -> None:
    contest = town.store.write_now(opened, town)
    now, number = town.hands.now, 2 * sources.AT_ONCE + 7

    def vote(session: Session) -> None:
        (first, *_others) = entries.handed_in(session, contest.id)
        session.add_all(
            Vote(
                contest_id=contest.id, entry_id=first.id, slot=0, member_id=each, source="f", at=now
            )
            for each in entrants(session, number, now)
        )

    def sourced(session: Session) -> int:
        query = select(func.count()).select_from(Vote).where(Vote.source != "")
        return session.exec(query).one()

    town.store.write_now(vote)
    await town.after(days=1, minutes=1)
    end = town.hands.now
    done = town.store.write_now(results.settle, contest.id, None, end)
    assert isinstance(done, results.Settled)
    # The key is gone at once; the process dies after the first turn.
    row = town.look(lambda session: voting.of_contest(session, contest.id))
    assert row is not None
    assert row.source_key == ""
    found = town.look(lambda session: sources.look(session, end))
    assert found is not None
    assert town.store.write_now(sources.work, end, found) == sources.AT_ONCE
    assert town.look(sourced) == number - sources.AT_ONCE
    await town.restarts()
    await town.works()
    assert town.look(sourced) == 0
    assert not town.look(lambda session: sources.any_due(session, end + timedelta(days=40)))
    assert town.look(lambda session: votes.turnout(session, contest.id)) == number
    kept = town.look(lambda session: protocols.of_contest(session, contest.id))
    assert kept is not None
    assert kept.record == done.protocol.record


@pytest.mark.parametrize("channel", ["web", "telegram"])
async def test_what_is_for_one_company_has_no_public_page_until_it_is_opened(town: Nanhai) -> None:
    ana, eve = town.person("小安"), town.person("小夜")
    await ana.arrives()
    town.change(Member, town.rows(Member)[-1].id, station_id=CONTACT_POINT)
    await eve.arrives()
    contest = town.store.write_now(opened, town)
    town.change(
        Contest,
        contest.id,
        audience=to_column(Audience(stations=(CONTACT_POINT,))),
        is_gallery_open=False,
    )
    (entry, night, *_others) = town.look(lambda session: entries.handed_in(session, contest.id))

    def picture(session: Session) -> None:
        by, now = night.member_id, town.hands.now
        kept = pictures.keep(session, png(), "image/png", by, now, is_private=True)
        parts.add(session, night.id, PartKind.PICTURE, by, picture_id=kept)

    town.store.write_now(picture)
    pages = [f"/w/{contest.id}", f"/w/{contest.id}/{entry.code}"]

    async def answers(*paths: str) -> set[int]:
        async with aiohttp.ClientSession() as browser:
            return {(await browser.get(f"{town.origin}{each}")).status for each in paths}

    assert await answers(*pages) == {404}
    # Whom it is for reads and votes in the chat; whoever has the link alone does neither.
    await ana.says(f"投票 {contest.id}")
    assert "平凡也发光" in await ana.presses("夜班的灯")
    assert (await ana.file()).content == png()
    assert "投给了夜班的灯" in await ana.presses("投这件")
    assert "没有在投票的评选" in await eve.says("投票")
    for link in (f"w{contest.id}-ballot", f"w{contest.id}-{entry.code}"):
        assert "没有这个评选了" in await eve.says(link)

    await town.after(days=1, minutes=1)
    town.store.write_now(results.settle, contest.id, None, town.hands.now)
    await town.after(hours=1, minutes=1)
    town.store.write_now(results.publish, contest.id, None, town.hands.now)
    pages += [f"/protocols/{contest.id}", f"/protocols/{contest.id}.json"]
    assert await answers(*pages) == {404}
    assert "1. " in await ana.says(f"评选 {contest.id}")
    assert not {"看结果", "看作品"} & {*ana.labels}
    show = partial(contests.open_gallery, is_open=True)
    town.store.write_now(show, contest.id, None, town.hands.now)
    await town.after(seconds=2)
    assert await answers(*pages) == {200}
