"""What was begun survives whatever is typed or pressed; it is left only by saying so."""

from tests.miniature.rows import badminton
from tests.stories.scenes import organizer
from tests.stories.station import Nanhai


async def test_an_event_is_published_from_a_draft_that_was_left(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says("发布活动 周六下午3点羽毛球赛 狮山体育馆")
    await liu.says("活动")
    await town.restarts()
    assert "继续写活动" in " ".join([await liu.says("qwertz"), *liu.labels])
    # Another one is begun and left; each is kept, and the newest is offered first.
    await liu.says("发布活动 周日下午3点象棋赛 桂城站 10人")
    await liu.says("菜单")
    assert "象棋赛" in await liu.says("继续")
    assert "什么都没存" in await liu.says("不发了")
    assert "多少个名额" in await liu.says("继续")
    await liu.says("20人")
    assert "✅ 发布了：羽毛球赛" in await liu.presses("发布")
    assert "没有没写完的" in await liu.says("继续")
    # What is left for good is asked about once the question is closed; all ends after 14 days.
    await liu.says("发布活动 周日下午3点象棋赛 桂城站 10人")
    await liu.says("菜单")
    assert "不要了吗" in await liu.says("算了")
    await liu.presses("继续写活动")
    await liu.says("菜单")
    await town.after(days=15)
    assert "没有没写完的" in await liu.says("继续")


async def test_whoever_asks_for_something_else_amid_a_choice_is_answered(town: Nanhai) -> None:
    """The question takes no words of one's own, so that these can be meant for nothing else."""
    town.save(badminton())
    ana = town.person("小安")
    await ana.arrives()
    asked = await ana.says("我要投诉宿舍太吵了")
    assert "让他们看到你的称呼吗？" in asked
    # What means nothing is asked again, with the way out.
    assert "先不弄了，回复“菜单”" in await ana.says("哈哈哈")
    assert "羽毛球友谊赛" in await ana.says("有没有打羽毛球的")
    assert "继续写心愿" in ana.labels
    assert "让他们看到你的称呼吗？" in await ana.presses("继续写心愿")
    # An option may have words around it.
    assert "✅ 记下了" in await ana.says("那就不留名吧")
