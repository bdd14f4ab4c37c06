"""What people say of themselves changes the profile after one tap; onboarding hears words."""

from tests.miniature.rows import badminton
from tests.stories.station import Nanhai


async def test_the_first_questions_are_answered_in_ones_own_words(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.says("你好")
    await ana.presses("同意")
    await ana.presses("狮山")
    shift = await ana.says("我喜欢羽毛球、唱歌")
    assert "记下了：球类 · 音乐。" in shift
    assert "✅ 好了" in await ana.says("三班倒")
    profile = await ana.says("资料")
    assert "兴趣：球类 · 音乐" in profile
    assert "班次：倒班" in profile
    await ana.presses("班次")
    assert "班次：中班" in await ana.says("中班")
    # A question amid the question is no answer.
    town.save(badminton())
    await ana.says("资料")
    await ana.presses("兴趣")
    assert "羽毛球友谊赛" in await ana.says("周六有什么活动")


TOLD = (
    ("我上夜班", "班次改成夜班？", "班次：夜班"),
    ("夜班转中班", "班次改成中班？", "班次：中班"),
    ("搬到狮山了", "地方改成狮山？", "地方：狮山"),
    ("我现在在昭信上班", "地方改成昭信集团？", "地方：昭信集团"),
    ("I moved to Guicheng", "地方改成桂城？", "地方：桂城"),
    ("从桂城搬去狮山住咯", "地方改成狮山？", "地方：狮山"),
    ("我叫阿强", "以后就叫你阿强？", "称呼：阿强"),
    ("我喜欢打球", "兴趣加上球类？", "兴趣：球类"),
)


async def test_one_tap_changes_the_profile(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    for said, asked, then in TOLD:
        assert asked in await ana.says(said)
        assert "什么都没改" in await ana.presses("不用了")
        assert then not in await ana.says("资料")
        await ana.says(said)
        assert "✅ 改好了" in await ana.says("好")
        assert then in await ana.says("资料")
    assert "资料里已经是了：球类" in await ana.says("我喜欢打球")


async def test_what_names_only_the_item_asks_for_it(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    assert "你在哪里上班" in await ana.says("我换厂了")
    await ana.says("菜单")
    assert "你上什么班" in await ana.says("班次")
    await ana.says("菜单")
    unknown = await ana.says("搬到东莞了")
    assert "这里没找到“东莞”" in unknown
    assert "你在哪里上班" in unknown
