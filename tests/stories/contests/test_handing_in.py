"""An entry is gathered over days and handed in, by one or by several, and changed until the end."""

import pytest

from models.contests import entries
from models.rules.contests.states import EntryState
from tests.miniature.contests import CATEGORIES
from tests.pictures import png
from tests.stories.contests.calls import begins, call
from tests.stories.spread import CHANNELS
from tests.stories.station import Nanhai


@pytest.mark.parametrize("channel", CHANNELS)
async def test_an_entry_is_gathered_over_days_and_handed_in(town: Nanhai) -> None:
    contest = call(town, named=CATEGORIES)
    ana = town.person("小安")
    await ana.arrives()
    assert "创意文案征集" in await ana.says("评选")
    said = await begins(ana, contest)
    assert "发一项存一项" in said
    said = await ana.says("拧紧每一颗螺丝，\n就是我的价值观。")
    assert said.startswith("✅ 存好了，第 1 项")
    # Two days later, with other words in between.
    await town.after(days=2)
    await ana.says("活动")
    said = await ana.says("继续我的作品")
    assert "还没交" in said
    assert "里面有：1 段文字" in said
    assert "还缺：标题、类别、原创声明" in said
    await ana.presses("继续添加")
    await ana.says("https://example.com/v/1")
    said = await ana.presses("先到这里")
    assert "1 段文字、1 个链接" in said
    said = await ana.presses("交上去")
    assert "叫什么名字" in said
    await ana.says("螺丝钉")
    said = await ana.presses("文案")
    assert "是你们自己的作品吗" in said
    said = await ana.presses("是原创，同意")
    assert "✅ 交上了：《螺丝钉》" in said
    found = town.look(entries.handed_in, contest.id)
    assert [each.title for each in found] == ["螺丝钉"]
    said = await ana.presses("署名")
    await ana.presses("写昵称")
    assert "✅ 写成：小螺丝" in await ana.says("小螺丝")
    # It is looked at as it is shown, and its order is changed.
    said = await ana.presses("看看")
    assert "拧紧每一颗螺丝" in said
    await ana.presses("下一项")
    said = await ana.presses("往前放")
    assert "第 1 项" in said
    await ana.presses("拿掉")
    assert "✅ 拿掉了" in await ana.presses("拿掉")
    await ana.presses("修改更多")
    await ana.presses("撤回作品")
    assert "撤回了" in await ana.presses("撤回作品")
    assert town.look(entries.handed_in, contest.id) == []
    assert town.look(entries.get, found[0].id).state is EntryState.WITHDRAWN


async def test_a_picture_is_part_of_an_entry_and_seen_by_its_author(town: Nanhai) -> None:
    contest = call(town)
    ana = town.person("小安")
    await ana.arrives()
    await begins(ana, contest)
    assert "存好了" in await ana.sends_picture(png())
    said = await ana.presses("先到这里")
    assert "1 张图片" in said
    await ana.says("我的作品")
    await ana.presses("修改更多")
    await ana.presses("看看展示的样子")
    file = await ana.file()
    assert file.content[:4] == b"\x89PNG"
