"""Photos of an evening: to those who came, down again by a tap, and gone after a while."""

from models.events.events import Signup, SignupState
from models.events.pictures import Photo, StoredPicture
from tests.miniature.rows import badminton, local
from tests.pictures import png
from tests.stories.people import Person
from tests.stories.scenes import members_at, organizer
from tests.stories.station import Nanhai


async def _opens(liu: Person, number: int) -> None:
    await liu.says(f"管理活动 {number}")
    await liu.presses("更多")


async def test_who_came_gets_photos_and_can_take_one_down_at_once(town: Nanhai) -> None:
    match = town.save(badminton(station_id=4))
    liu = await organizer(town)
    ana, ben, cai = await members_at(town, match, "安", "本", "陈")
    states = (SignupState.ATTENDED, SignupState.ATTENDED, SignupState.NO_SHOW)
    for row, state in zip(town.rows(Signup), states, strict=True):
        town.change(Signup, row.id, state=state)
    await town.at(local(5, 18))
    for each in (ana, ben, cai):
        await each.says("我的")
    await _opens(liu, match.id)
    assert "最多 9 张" in await liu.presses("发照片")
    first, second = png(), png(2)
    assert "收到 1 张了" in await liu.sends_picture(first)
    assert "收到 2 张了" in await liu.sends_picture(second)
    asked = await liu.presses("就这些")
    assert "2 张照片，发给到场的人：\n2 人各收到一条通知。" in asked
    assert town.rows(Photo) == []
    assert "发出 2 张照片 · 2 人会收到" in await liu.presses("发出去")
    await town.works()
    await ana.hears("🔔 羽毛球友谊赛的照片来了，2 张")
    assert "照片来了" in await ben.hears("照片来了")
    assert not any("照片" in words for words in cai.unasked())
    shown = await ana.picture()
    # One tap under the notice: hidden from everybody, also from who has its address.
    assert "马上撤下了" in await ana.presses("撤下这张")
    await town.works()
    assert "第 1 张照片里有人希望撤下" in await liu.hears("希望撤下")
    assert "第 1 张，共 1 张" in await ana.presses("看别的")
    assert await ana.picture() != shown
    down = town.rows(StoredPicture)[0]
    async with town.http.get(f"{town.origin}/pictures/{down.id}-{down.hash}") as response:
        assert response.status == 404
    assert "删掉了" in await liu.presses("删掉")
    assert town.rows(StoredPicture)[0].content == b""
    # No more of them, and none to who did not come.
    assert "以后不发照片给你" in await ben.presses("不要照片")
    await _opens(liu, match.id)
    await liu.presses("发照片")
    await liu.sends_picture(png(3))
    assert "1 人各收到一条通知" in await liu.presses("就这些")
    await liu.presses("发出去")
    await town.works()
    assert "照片来了，1 张" in ana.unasked()[-1]
    assert len([each for each in ben.unasked() if "照片来了" in each]) == 1
    await ben.says("参加过的")
    await ben.presses("羽毛球友谊赛")
    assert "第 1 张，共 2 张" in await ben.presses("照片")
    await cai.says("参加过的")
    await cai.presses("羽毛球友谊赛")
    assert "照片" not in cai.labels
    await town.after(days=91)
    assert town.station.worker is not None
    await town.station.worker.planner.tidy(town.hands.now)
    assert town.rows(Photo) == []
    assert all(not each.content for each in town.rows(StoredPicture))
