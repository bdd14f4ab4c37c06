"""Contests at the desk: all set on one page, published, closed, and their entries looked at."""

import re
from datetime import timedelta
from itertools import product
from typing import Any

from sqlmodel import Session

from handlers.contests import pages, result_pages
from models.contests import categories, entries, organizing, protocols, results, voting
from models.contests.contests import Contest
from models.contests.votes import is_open as votes_on
from models.network import audit
from models.rules.contests.states import ContestState, EntryState, Form, PartKind
from models.rules.events.audience import to_column
from models.rules.network.audience import Audience
from models.rules.network.permissions import Role
from tests.console.browsing import GUICHENG, SHISHAN, Nanhai
from tests.miniature import contests as rows
from tests.miniature.rows import CARE, CONTACT_POINT

HERE = "/console/contests"
GOOD: dict[str, Any] = {
    "title": "我的岗位征文",
    "title-en": "My job in words",
    "rules": "原创。\n一人一件。",
    "kinds": ["text", "picture"],
    "categories": "文案\n图文",
    "prizes": "一等奖 × 2",
    "place": "桂城",
    "enters": "person",
    "closes": "2026-12-20T18:00",
    "parts": "9",
    "letters": "500",
    "entries": "1",
    "authors": "3",
    "gallery": "1",
}


async def test_a_singing_contest_is_made_where_the_stages_are(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    assert f"{HERE}/new?stage=1" in (await browser.opens("/console/stage")).html
    new = await browser.opens(f"{HERE}/new?stage=1")
    assert re.search(r'name="stage"[^>]* checked', new.html)
    staged = {name: said for name, said in GOOD.items() if name != "kinds"}
    made = await browser.sends(f"{HERE}/new", None, **staged, stage="1")
    number = int(made.path.rpartition("/")[2])
    form = desks.look(lambda session: session.get_one(Contest, number).form)
    assert form is Form.STAGE
    assert "我的岗位征文" in (await browser.opens("/console/stage")).text
    # From its stage one page leads to how it is judged, which asks nothing that no stage uses.
    judging = f"{HERE}/{number}/judging"
    assert judging in (await browser.opens(f"/console/stage/{number}")).html
    asked = set(re.findall(r'name="(\w+)"', (await browser.opens(judging)).html))
    assert ("criteria" in asked, asked & {"per_entry", "normalised", "notes"}) == (True, set())


async def test_a_contest_is_set_on_one_page_published_closed_and_cancelled(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    wrongs: list[dict[str, Any]] = [
        {"title": ""},
        {"kinds": []},
        {"closes": ""},
        {"closes": "2026-11-01T10:00"},
        {"results": "2026-12-01T18:00"},
        {"letters": "many"},
        {"prizes": "杯子 | 没有的合作方"},
        {"prizes": "一等奖\n二等奖", "prizes-en": "\nSecond prize"},
        {"prizes": "一等奖", "prizes-en": "First prize\nSecond prize"},
        {"categories": "\n".join(str(each) for each in range(9))},
        {"audience": "火星"},
        {"place": "狮山"},
    ]
    for wrong in wrongs:
        await browser.opens(f"{HERE}/new")
        assert (await browser.sends(f"{HERE}/new", None, **{**GOOD, **wrong})).status == 422, wrong
    await browser.opens(f"{HERE}/new")
    made = await browser.sends(f"{HERE}/new", None, **GOOD)
    number = int(made.path.rpartition("/")[2])
    assert "没发布" in made.text

    def look(session: Any) -> Contest:
        contest: Contest = session.get_one(Contest, number)
        return contest

    contest = desks.look(look)
    assert (contest.takes, contest.most_authors) == ((PartKind.TEXT, PartKind.PICTURE), 3)
    assert contest.text_of("title").to("en") == "My job in words"
    kinds = desks.store.read_now(categories.of_contest, number)
    assert [each.title for each in kinds] == ["文案", "图文"]
    assert "正在收" in (await browser.opens(HERE)).text
    await browser.opens(f"{HERE}/{number}")
    assert "发布了" in (await browser.sends(f"{HERE}/{number}/publish")).text
    await browser.opens(f"{HERE}/{number}/edit")
    changed = {**GOOD, "title": "岗位征文", "categories": "图文", "closes": "2026-12-22T18:00"}
    assert "岗位征文" in (await browser.sends(f"{HERE}/{number}/edit", None, **changed)).text
    kinds = desks.store.read_now(categories.of_contest, number)
    assert [each.title for each in kinds] == ["图文"]
    assert "不再收作品" in (await browser.sends(f"{HERE}/{number}/close")).text
    assert desks.look(look).state is ContestState.CLOSED
    assert (await browser.sends(f"{HERE}/{number}/cancel", None, reason="")).status == 422
    await browser.opens(f"{HERE}/{number}")
    done = await browser.sends(f"{HERE}/{number}/cancel", None, reason="场地没定")
    assert "场地没定" in done.text
    others = await desks.desk_of(Role.TOWN, SHISHAN)
    assert (await others.opens(f"{HERE}/{number}")).status == 404
    core = await desks.desk_of(Role.CORE_MEMBER, GUICHENG)
    assert (await core.opens(HERE)).status == 403


async def test_who_reads_a_contest_is_said_truly_and_links_lead_somewhere(desks: Nanhai) -> None:
    """For whom it is, whether it was opened, its state, and whether the public votes."""
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    ours = to_column(Audience(stations=(CONTACT_POINT,)))
    table = product(("", ours), (False, True), ContestState, (False, True))

    def make(session: Session, case: tuple[str, bool, ContestState, bool]) -> int:
        now, (audience, is_open, state, votes) = desks.now, case
        contest = rows.call(session, now, audience=audience, is_gallery_open=is_open)
        (writer,) = rows.entrants(session, 1, now)
        begun = contest.audience
        contest.audience = ""
        rows.entry(session, contest, writer, now)
        contest.audience, contest.state = begun, state
        session.add(contest)
        # Voting is open, or is over where there is a result.
        opens = now - timedelta(days=2)
        if votes:
            plan = voting.Plan(opens, now + timedelta(days=1), jury_percent=0)
            contest.state = ContestState.OPEN
            done = voting.set_up(session, contest.id, plan, None, opens)
            assert isinstance(done, voting.SetUp)
            contest.state = state
            if state is ContestState.DECIDED:
                public = results.public_of(session, done.voting)
                protocols.make(session, contest.id, now, None, public, is_result=True)
        session.flush()
        return contest.id

    reader = ("zh", CARE.zone, desks.now)
    for case in table:
        number = desks.store.write_now(make, case)
        page = desks.store.read_now(pages.page, number, *reader)
        shown = await browser.opens(f"{HERE}/{number}")
        assert (f'/w/{number}"' in shown.html) == (page is not None), case
        is_for_all = page is not None and not page.notice
        assert ("作品大家都能看" in shown.text) == is_for_all, case
        reads = desks.store.read_now(votes_on, number, desks.now)
        assert ("只有投票的人能在聊天里看作品" in shown.text) == (reads and not is_for_all), case
        judging = await browser.opens(f"{HERE}/{number}/judging")
        result = desks.store.read_now(result_pages.page, number, None, *reader)
        is_decided = case[2:] == (ContestState.DECIDED, True)
        assert (result is not None) == (is_decided and page is not None), case
        assert (f'/protocols/{number}"' in judging.html) == (result is not None), case
        assert not ("让所有人看到结果" in judging.html and page is None), case


async def test_a_prize_without_english_leaves_the_others_theirs(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    await browser.opens(f"{HERE}/new")
    prizes = {"prizes": "一等奖\n二等奖 × 2\n\n三等奖", "prizes-en": "-\nSecond prize\n-"}
    made = await browser.sends(f"{HERE}/new", None, **{**GOOD, **prizes})
    number = int(made.path.rpartition("/")[2])

    def look(session: Any) -> list[tuple[str, str]]:
        rows = categories.prizes_of(session, number)
        return [(each.title, each.text_of("title").to("en")) for each, _partner in rows]

    kept = [("一等奖", "一等奖"), ("二等奖", "Second prize"), ("三等奖", "三等奖")]
    assert desks.look(look) == kept
    # What the page shows is what it takes.
    form = (await browser.opens(f"{HERE}/{number}/edit")).html
    (shown,) = re.findall(r'<textarea[^>]*name="prizes-en"[^>]*>(.*?)</textarea>', form, re.DOTALL)
    assert shown == "-\nSecond prize\n-"
    saved = await browser.sends(
        f"{HERE}/{number}/edit", None, **{**GOOD, **prizes, "prizes-en": shown}
    )
    assert saved.status == 200
    assert desks.look(look) == kept


async def test_entries_are_looked_at_sent_back_hidden_and_listed(desks: Nanhai) -> None:
    def make(session: Any) -> tuple[int, int, int]:
        contest = rows.call(session, desks.now, named=("文案",))
        people = rows.entrants(session, 2, desks.now)
        made = [rows.entry(session, contest, each, desks.now) for each in people]
        begun = entries.begin(
            session, contest.id, rows.entrants(session, 1, desks.now)[0], desks.now
        )
        assert isinstance(begun, entries.Done)
        return contest.id, made[0].id, made[1].id

    number, first, second = desks.store.write_now(make)
    here = f"{HERE}/{number}/entries"
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    listed = await browser.opens(here)
    assert "作者0" in listed.text
    assert "还缺：作品内容、标题、类别、原创声明" in listed.text
    assert "还缺" not in (await browser.opens(f"{here}?state=handed_in")).text
    shown = await browser.opens(f"{here}/{first}")
    assert "平凡也发光" in shown.text
    assert (await browser.sends(f"{here}/{first}/back", None, reason="")).status == 422
    await browser.opens(f"{here}/{first}")
    assert "退回了" in (await browser.sends(f"{here}/{first}/back", None, reason="再写长一点")).text
    await browser.opens(f"{here}/{second}")
    assert "隐藏了" in (await browser.sends(f"{here}/{second}/hide", None, reason="广告")).text
    found = desks.store.read_now(organizing.counts, number)
    assert (found[EntryState.RETURNED], found[EntryState.HIDDEN]) == (1, 1)
    await browser.opens(f"{here}/{second}")
    assert "重新参加" in (await browser.sends(f"{here}/{second}/show")).text
    # The list has names, so it is had only after it is recorded who takes it.
    assert (await browser.opens(f"{HERE}/{number}/list.xlsx")).status == 404
    await browser.opens(f"{HERE}/{number}")
    taken = await browser.sends(f"{HERE}/{number}/list")
    assert taken.path.endswith("list.xlsx")
    acts = [
        each.details.get("what") for each in desks.store.read_now(audit.about, f"contest:{number}")
    ]
    assert {"entry-returned", "entry-hidden", "entry-shown", "list taken"} <= set(acts)
