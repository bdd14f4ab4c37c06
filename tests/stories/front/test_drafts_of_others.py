"""A draft is its author's: nobody else reads, changes or sends it, and no role means no sending."""

from itertools import count

import pytest

from bot.conversation.drafts import GoOn
from bot.conversation.incoming import Incoming
from bot.conversation.messages import Action
from handlers.announcements.audiences import Aim, EditDraft, ShowPreview, Toggle, WriteWords
from handlers.announcements.writing import SendIt
from handlers.front.drafts import Drop
from models.announcements.announcements import Announcement, AnnouncementState
from models.network.members import Address
from tests.stories.scenes import organizer, published, withdraw_all
from tests.stories.station import Nanhai

WORDS = "周三下午三点半大扫除"
keys = count()


def shown(said: object) -> str:
    return "" if said is None else repr(said)


async def forges(town: Nanhai, place: int, press: Action) -> str:
    """Press what this chat was never shown; ``place`` counts the addresses from 0."""
    address = town.rows(Address)[place]
    push = Incoming(address.account, address.external, f"forged-{next(keys)}", press=press.pack())
    return shown(await town.station.core.dispatcher.listen(push))


async def test_a_colleague_neither_reads_nor_sends_the_draft_of_another(town: Nanhai) -> None:
    liu, chen = await organizer(town), await organizer(town, name="老陈")
    await liu.says("发公告")
    await liu.presses("写内容")
    assert WORDS in await liu.says(WORDS)
    (draft,) = town.rows(Announcement)
    presses = [kind(draft.id) for kind in (ShowPreview, EditDraft, SendIt, WriteWords, Aim)]
    for press in (*presses, Toggle(draft.id, "shifts", "night")):
        said = await forges(town, 1, press)
        assert WORDS not in said
        assert "草稿" in said, press
    for words in ("继续", "继续写公告", "公告记录", "菜单", "不发了"):
        assert WORDS not in await chen.says(words) + "".join(chen.labels)
    assert town.get(Announcement, id=draft.id).state is AnnouncementState.DRAFT
    # It is still there for its author; without the role it can be neither sent nor gone on with.
    assert WORDS in await liu.says("继续写公告")
    withdraw_all(town)
    assert "草稿" in await forges(town, 0, ShowPreview(draft.id))
    await forges(town, 0, SendIt(draft.id))
    await liu.says("继续写公告")
    assert town.get(Announcement, id=draft.id).state is AnnouncementState.DRAFT


@pytest.mark.parametrize("channel", ["web"])
async def test_whoever_takes_over_a_page_finds_no_draft_on_it(town: Nanhai) -> None:
    page = await organizer(town)
    await page.says("发布活动")
    await page.says("打扫车间")
    await page.says("菜单")
    assert "继续写活动" in "".join(page.labels)
    await page.says("换个人用")
    await page.presses("记好了退出")
    # The next one on that page.
    await page.arrives()
    for words in ("继续", "菜单", "继续写公告", "不发了"):
        await page.says(words)
        assert "打扫" not in page.sees
        assert "继续写" not in "".join(page.labels)
    number = int(town.hands.now.timestamp())
    for press in (GoOn(number), Drop(number)):
        assert "打扫" not in await forges(town, -1, press)
    assert published(town) == []
