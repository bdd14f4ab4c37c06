"""Long letters: whole on every channel, however many messages they take; the longest is cut."""

import pytest

from models.desk.threads import ThreadLine
from models.rules.network.permissions import Role
from tests.stories.people import Person
from tests.stories.scenes import organizer, settles
from tests.stories.station import Nanhai

SENTENCE = "我们车间{}组的加班费拖了好久。"


def letter(size: int) -> str:
    """So many characters, no two sentences of which are alike."""
    return "".join(SENTENCE.format(number) for number in range(size))[:size]


def came(person: Person) -> str:
    return "".join("".join(person.unasked()).split())


async def test_a_letter_of_many_sentences_is_read_and_answered_whole(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3, "镇长")
    ana = town.person("小安")
    await settles(ana, "狮山")
    words, back = letter(700), letter(900)
    assert "12333" in await ana.says(words)
    await ana.presses("说给组织者")
    assert "✅ 记下了" in await ana.presses("留名")
    await town.works()
    assert words in came(boss)
    assert boss.labels == ["回答", "转给", "已解决"]
    await boss.presses("回答")
    assert "✅ 回复好了" in await boss.says(back)
    await town.after(minutes=1)
    assert back in came(ana)
    assert ana.labels == ["有帮助", "没帮助", "回一句"]


async def test_the_longest_letter_is_kept_whole(town: Nanhai) -> None:
    ana = town.person("小安")
    await settles(ana, "狮山")
    await ana.says("心愿")
    await ana.says(letter(4000))
    assert "✅ 记下了" in await ana.presses("不留名")
    assert town.get(ThreadLine).text == letter(4000)


@pytest.mark.parametrize("channel", ["telegram", "wechat", "wecom"])
async def test_of_a_longer_one_it_is_said_what_fits(town: Nanhai) -> None:
    """The page of the web takes no more than that."""
    ana = town.person("小安")
    await settles(ana, "狮山")
    await ana.says("心愿")
    assert "最多 4000 个字" in await ana.says(letter(4001))
    await ana.presses("先不说")
    await ana.says(letter(4090))
    assert "只放得下前 4000 个字" in await ana.presses("说给组织者")
    assert "✅ 记下了" in await ana.presses("不留名")
    assert town.get(ThreadLine).text == letter(4000)


@pytest.mark.parametrize("channel", ["wechat", "wecom"])
async def test_the_longest_letter_is_read_page_by_page(town: Nanhai) -> None:
    """Neither platform shows so much in an answer: what is left out is one tap away."""
    boss = await organizer(town, Role.TOWN, 3, "镇长")
    ana = town.person("小安")
    await settles(ana, "狮山")
    words = letter(4000)
    await ana.says("心愿")
    await ana.says(words)
    assert "✅ 记下了" in await ana.presses("留名")
    await town.works()
    assert "全文 4000 个字" in await boss.hears("加班费")
    assert boss.labels == ["看全文", "回答", "转给"]
    await town.after(minutes=1)
    read = await boss.presses("看全文")
    pages = 1
    while "更多" in boss.labels:
        assert "回答" in boss.labels
        # What was asked for meanwhile changes nothing about what comes next.
        read += await boss.says("更多") if pages % 2 else await boss.presses("更多")
        pages += 1
    assert boss.labels == ["回答", "转给", "已解决"]
    assert pages > 2
    said = "".join(read.split())
    assert all(f"{each}。" in said for each in words.split("。")[:-1])
    assert words[-6:] in said
