"""Finding, joining and leaving teams."""

import pytest

from models.rules.members.interests import Interest
from tests.miniature.rows import badminton, lamp_works, team
from tests.stories.station import Nanhai


def _seven_teams(town: Nanhai) -> None:
    for code, station_id, interest, name in (
        ("chess", 2, Interest.CHESS, "桂城象棋队"),
        ("run", 2, Interest.FITNESS, "夜跑队"),
        ("books", 3, Interest.READING, "狮山读书会"),
        ("choir", 3, Interest.MUSIC, "工友合唱团"),
        ("badminton", 3, Interest.BALL_GAMES, "狮山羽毛球队"),
        ("basketball", 4, Interest.BALL_GAMES, "昭信篮球队"),
        ("photo", 2, Interest.PHOTOGRAPHY, "镜头里的南海"),
    ):
        town.save(team(code=code, station_id=station_id, interest=interest, name=name, name_en=""))


@pytest.mark.parametrize("words", ["羽毛球", "yumaoqiu", "ymq", "羽毛求", "yumaoqui"])
async def test_a_team_is_found_however_it_is_typed(town: Nanhai, words: str) -> None:
    _seven_teams(town)
    ana = town.person("小安")
    await ana.arrives()
    found = await ana.says(f"队伍 {words}")
    assert "5. 狮山羽毛球队 · 狮山 · 新队伍" in found
    assert "篮球" not in found


async def test_what_no_team_does_is_said_with_a_way_on(town: Nanhai) -> None:
    _seven_teams(town)
    ana = town.person("小安")
    await ana.arrives()
    assert "没有和“潜水”有关的队伍。" in await ana.says("队伍 潜水")
    await ana.presses("按兴趣")
    assert "狮山读书会" in await ana.presses("读书写作")


async def test_teams_are_browsed_five_at_a_time_by_interest_and_by_town(town: Nanhai) -> None:
    _seven_teams(town)
    ana = town.person("小安")
    await ana.arrives()
    first = await ana.says("队伍")
    assert [f"{number}. " in first for number in range(1, 8)] == [True] * 5 + [False] * 2
    second = await ana.presses("更多")
    assert "6. 昭信篮球队" in second
    assert "7. 镜头里的南海" in second
    assert "1. " not in second
    await ana.presses("按兴趣")
    balls = await ana.presses("球类")
    assert "队伍 · 球类" in balls
    assert "狮山羽毛球队" in balls
    assert "昭信篮球队" in balls
    assert "象棋" not in balls
    await ana.presses("按镇街")
    # A town's teams are also those of the companies in it.
    shishan = await ana.presses("狮山")
    assert "昭信篮球队" in shishan
    assert "夜跑队" not in shishan


async def test_a_team_is_joined_left_and_joined_again(town: Nanhai) -> None:
    row = town.save(team())
    ana, ben = town.person("小安"), town.person("小本")
    await ana.arrives()
    await ben.arrives()
    await ana.says("ymq")
    card = await ana.presses("狮山羽毛球队")
    assert "狮山羽毛球队\n狮山 · 新队伍\n活动时间：每周三 19:30\n下班一起打球" in card
    assert "✅ 加入了狮山羽毛球队，现在 1 人。" in await ana.presses("加入")
    assert "你已经在狮山羽毛球队里了" in await ana.says(f"加入 {row.id}")
    assert "现在 2 人" in await ben.says(f"加入{row.id}")
    assert "队伍：狮山羽毛球队" in await ana.says("我的")
    await ana.says("退出")
    assert "退出了狮山羽毛球队" in await ana.presses("狮山羽毛球队")
    assert "你还没有加入队伍" in await ana.says("退出")
    assert "你不在狮山羽毛球队里" in await ana.says(f"退出 {row.id}")
    assert "现在 2 人" in await ana.presses("重新加入")
    assert "狮山 · 2 人" in await ben.says("队伍 羽毛球")


async def test_a_team_shows_what_it_does_next(town: Nanhai) -> None:
    row = town.save(team())
    town.save(badminton(team_id=row.id))
    town.save(lamp_works())
    ana = town.person("小安")
    await ana.arrives()
    assert "狮山羽毛球队" in await ana.opens(f"t{row.id}")
    theirs = await ana.presses("队伍活动")
    assert "羽毛球友谊赛" in theirs
    assert "灯具厂" not in theirs
    assert "这个队伍已经没有了" in await ana.opens("t99")


async def test_what_one_likes_stands_first_among_the_interests(town: Nanhai) -> None:
    _seven_teams(town)
    ana = town.person("小安")
    await ana.says("你好")
    await ana.presses("同意")
    await ana.presses("跳过")
    await ana.presses("摄影")
    await ana.presses("选好了")
    await ana.presses("跳过")
    await ana.says("队伍")
    await ana.presses("按兴趣")
    assert ana.labels[0].endswith("摄影")
    assert "镜头里的南海" in await ana.presses(ana.labels[0])
