"""A whole call told by many people: published, handed in to, mended, closed, thanked for."""

import re
import wave
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlmodel import Session, select

from models.contests import entries, organizing, sounds, thanking
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.sounds import Sound
from models.rules.contests.entering import Limits
from models.rules.contests.states import ContestState, EntryState, Named
from models.rules.network.permissions import Role
from tests.miniature.contests import CATEGORIES
from tests.stories.contests.calls import begins, call, entered
from tests.stories.people import OnTelegram, OnTheWeb, OnWeChat, OnWeCom
from tests.stories.scenes import called, organizer, settles
from tests.stories.station import Nanhai

AMR = b"#!AMR\n" + (b"\x3c" + bytes(31)) * 150
"""Three seconds of silence, as WeChat and WeCom send voice."""


def the_contest(session: Session) -> Contest:
    return session.exec(select(Contest)).one()


def the_entry(session: Session) -> Entry:
    return session.exec(select(Entry)).one()


async def test_a_call_from_its_publishing_to_the_thanks(town: Nanhai) -> None:
    liu = await organizer(town, Role.TOWN, 3, "刘站长")
    await liu.says("发布评选")
    await liu.says("岗位征文")
    await liu.presses("文字")
    await liu.presses("图片")
    await liu.presses("选好了")
    said = await liu.says("12月13日 18:00")
    assert "现在只有组织者看得到" in said
    ana = town.person("小安")
    await ana.arrives()
    assert "没有这个评选" in await ana.says("评选 1")
    await liu.presses("改一改")
    await liu.presses("类别")
    await liu.says("文案，摄影")
    assert "✅ 发布了" in await liu.presses("发布")
    contest = town.look(the_contest)
    assert contest.state is ContestState.OPEN
    # Ana gathers, hands in, and is asked to mend.
    await begins(ana, contest)
    await ana.says("加油！")
    await ana.presses("先到这里")
    await ana.presses("交上去")
    await ana.says("加油")
    await ana.presses("文案")
    assert "✅ 交上了" in await ana.presses("是原创，同意")
    await liu.says("评选")
    await liu.presses("管理评选")
    await liu.presses("岗位征文")
    assert "《加油》" in await liu.presses("作品")
    await liu.presses("《加油》")
    await liu.presses("退回修改")
    assert "✅ 退回了" in await liu.says("写写你自己的岗位。")
    await town.works()
    assert "写写你自己的岗位" in await ana.hears("退回来了")
    # Nobody is reminded at night; the morning after is early enough.
    await town.at(contest.closes_at - timedelta(hours=23))
    assert "还没交" in await ana.hears("还没交")
    await ana.presses("继续添加")
    await ana.says("我守着三号机，它响一声我就知道累不累。")
    await ana.presses("先到这里")
    assert "✅ 交上了" in await ana.presses("交上去")
    # A second one is hidden and shown again.
    await town.at(contest.closes_at + timedelta(minutes=1))
    assert "截止了，收到 1 件" in await liu.hears("截止了")
    assert "已截止" in await ana.says("评选 1")
    entry = town.look(the_entry)
    assert entry.state is EntryState.HANDED_IN

    def thank(session: Session) -> int:
        return thanking.thank(session, contest.id, {entry.id: 1}, None, town.hands.now)

    assert town.store.write_now(thank) == 1
    await town.at(contest.closes_at + timedelta(hours=15))
    assert "得了第 1 名" in await ana.hears("得了第 1 名")


async def test_who_made_it_together_agrees_first(town: Nanhai) -> None:
    contest = call(town, limits=Limits(authors=2))
    ana, ben, eve = town.person("小安"), town.person("小本"), town.person("小夜")
    for each, name in ((ana, "小安"), (ben, "小本")):
        await settles(each, "昭信集团")
        await called(each, name)
    await eve.arrives()
    await begins(ana, contest)
    await ana.says("两双手，一盏灯。")
    await ana.presses("先到这里")
    await ana.presses("修改更多")
    await ana.presses("作者")
    await ana.presses("加作者")
    assert "没找到这个名字" in await ana.says("王五")
    said = await ana.presses("看码")
    code = re.search(r"a\d+-\w{6}", said)
    assert code is not None
    await ana.presses("作者")
    await ana.presses("加作者")
    assert "✅ 问了小本" in await ana.says("小本")
    await town.works()
    assert "和你一起做的" in await ben.hears("和你一起做的")
    await ben.presses("不是我的")
    await town.works()
    assert "不是自己的" in await ana.hears("不是自己的")
    # Whoever is given the code becomes an author by sending it.
    assert "✅ 你是作者了" in await eve.says(code[0])
    await ana.says("我的作品")
    await ana.presses("交上去")
    await ana.says("灯")
    assert "✅ 交上了" in await ana.presses("是原创，同意")
    (entry,) = town.look(entries.handed_in, contest.id)
    authors = town.look(entries.authors_of, entry.id)
    assert [each.named for each in authors] == [Named.NOBODY, Named.NOBODY]
    assert "还没交" not in await eve.says("我的作品")


async def test_a_voice_is_kept_as_sent_and_as_a_copy_that_plays(town: Nanhai) -> None:
    contest = call(town)
    ana = town.person("小安")
    assert isinstance(ana, OnTelegram | OnWeChat | OnWeCom | OnTheWeb)
    await ana.arrives()
    await begins(ana, contest)
    said = await ana.says_aloud(b"#!AMR\nbroken")
    assert "这个没收下" in said
    assert "✅ 存好了，第 1 项" in await ana.says_aloud(AMR)

    def kept(session: Session) -> Any:
        return session.exec(select(Sound)).one()

    sound = town.look(kept)
    assert (sound.media_type, sound.copy_type, sound.seconds) == ("audio/amr", "audio/mpeg", 3)
    assert sound.content == AMR
    assert "1 段录音" in await ana.presses("先到这里")


async def test_recordings_of_a_day_are_bounded_by_their_bytes_and_too_few_samples_are_none(
    town: Nanhai, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sounds, "MOST_BYTES_A_DAY", 2 * len(AMR))
    contest = call(town)
    ana = town.person("小安")
    assert isinstance(ana, OnTelegram | OnWeChat | OnWeCom | OnTheWeb)
    await ana.arrives()
    await begins(ana, contest)
    with BytesIO() as written:
        with wave.open(written, "wb") as hours:
            hours.setnchannels(1)
            hours.setsampwidth(1)
            hours.setframerate(100)
            hours.writeframes(bytes(1_000))
        assert "这个没收下" in await ana.says_aloud(written.getvalue())
    assert "第 1 项" in await ana.says_aloud(AMR)
    assert "第 2 项" in await ana.says_aloud(AMR)
    assert "今天的语音够多了" in await ana.says_aloud(AMR)
    await town.after(hours=25)
    assert "第 3 项" in await ana.says_aloud(AMR)


async def test_a_contest_that_is_called_off_tells_everybody_with_an_entry(town: Nanhai) -> None:
    contest = call(town, named=CATEGORIES)
    entered(town, contest, 3)
    liu = await organizer(town, Role.TOWN, 3, "刘站长")
    ana = town.person("小安")
    await ana.arrives()
    await begins(ana, contest)
    await liu.says("评选")
    await liu.presses("管理评选")
    await liu.presses("创意文案征集")
    await liu.presses("更多")
    await liu.presses("取消评选")
    assert "✅ 取消了" in await liu.says("场地没定下来")
    await town.works()
    assert "场地没定下来" in await ana.hears("取消了")
    assert town.look(organizing.counts, contest.id)[EntryState.HANDED_IN] == 3
