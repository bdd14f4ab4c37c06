"""Photos as answers at sign-up: sent in the chat, seen by few, gone with the rest."""

from datetime import timedelta
from io import BytesIO

from openpyxl import load_workbook
from PIL import Image
from sqlmodel import Session

from models.events import forgetting
from models.events.events import Signup
from models.events.pictures import StoredPicture
from models.events.questions import Answer
from models.members import privacy
from models.network.audit import Audit
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton
from tests.pictures import png
from tests.stories.people import GivenFile
from tests.stories.scenes import asks, called, organizer
from tests.stories.station import Nanhai


def _pixels(file: GivenFile) -> tuple[int, object]:
    with Image.open(BytesIO(file.content)) as image:
        return image.size[0], image.convert("L").getpixel((0, 0))


async def test_a_photo_is_sent_at_sign_up_and_seen_by_who_runs_the_event(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=2))
    liu = await organizer(town)
    assert "7 天后删" in await asks(liu, event, "证书照片")
    ana, ben = town.person("小安"), town.person("小本")
    for each, name in ((ana, "小安"), (ben, "小本")):
        await each.arrives()
        await called(each, name)
    assert "拍照发来" in await ana.says(f"报名 {event.id}")
    # No word is an answer, least of all a number.
    assert "要发照片" in await ana.says("1")
    assert town.count(Signup) == 0
    assert "✅ 报上了" in await ana.sends_picture(png(40))
    await ben.says(f"报名 {event.id}")
    assert "✅ 报上了" in await ben.sends_picture(png(90))
    kept = town.rows(StoredPicture)
    assert [each.is_private for each in kept] == [True, True]
    # Its address shows it to nobody.
    async with town.http.get(f"{town.origin}/pictures/{kept[0].id}-{kept[0].hash}") as response:
        assert response.status == 404

    await liu.says("管理活动")
    await liu.presses(event.title)
    assert "已交照片" in await liu.presses("名单")
    await liu.presses("照片 · 请把证书或操作证拍照发来。")
    assert "打开会记下来" in liu.sees
    assert "小安" in await liu.presses("小安")
    assert _pixels(await liu.file()) == (16, 40)
    assert "小本" in await liu.presses("下一张")
    assert _pixels(await liu.file()) == (16, 90)
    opened = [each for each in town.rows(Audit) if each.details.get("what") == "photo opened"]
    assert [each.details["signup"] for each in opened] == [1, 2]
    await liu.presses("名单")
    await liu.presses("下载名单")
    sheet = load_workbook(BytesIO((await liu.file()).content)).active
    assert sheet is not None
    assert "已交照片" in {cell for row in sheet.iter_rows(values_only=True) for cell in row}

    # A helper sees that it is there no more than the photo itself, until it is shown at check-in.
    helper = await organizer(town, Role.CORE_MEMBER, 4, "小帮")
    await helper.says(f"管理活动 {event.id}")
    assert "照片" not in await helper.presses("名单")
    assert not any("照片" in each for each in helper.labels)


async def test_a_photo_is_changed_and_goes_with_the_answers(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    await asks(liu, event, "证书照片")
    ana, ben = town.person("小安"), town.person("小本")
    for each in (ana, ben):
        await each.arrives()
        await each.says(f"报名 {event.id}")
        await each.sends_picture(png(40))
    # The same picture of two people is two pictures.
    assert town.count(StoredPicture) == 2
    await ana.says(f"活动 {event.id}")
    assert "已交照片" in await ana.presses("我填的")
    assert "你交的照片" in await ana.presses("请把证书或操作证拍照发来。")
    assert _pixels(await ana.file()) == (16, 40)
    await ana.presses("换一张")
    assert "✅ 记下了" in await ana.sends_picture(png(70))
    # The one before is gone at once.
    assert town.count(StoredPicture) == 2
    assert not town.rows(Audit, act="see_list")
    member = town.rows(Signup)[0].member_id
    assert member is not None
    told = town.look(privacy.export, member)
    number = told["pictures"][0]["number"]
    assert told["sign_ups"][0]["answers"][0]["answer"] == f"picture {number}"

    def merge(session: Session) -> None:
        forgetting.unite(session, *(each.id for each in town.rows(Signup)))

    await ben.says(f"取消报名 {event.id}")
    assert town.count(StoredPicture) == 1
    town.store.write_now(merge)
    assert town.get(Answer).picture_id == number
    await town.at(event.ends_at + timedelta(days=6))
    assert town.count(StoredPicture) == 1
    await town.at(event.ends_at + timedelta(days=7, minutes=1))
    assert town.count(Answer) == town.count(StoredPicture) == 0


async def test_whoever_is_erased_takes_their_photo_along(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    await asks(liu, event, "证书照片")
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"报名 {event.id}")
    await ana.sends_picture(png(40))
    assert town.count(StoredPicture) == 1
    await ana.says("隐私")
    await ana.presses("删掉我")
    await ana.presses("删除")
    assert town.count(Answer) == town.count(StoredPicture) == 0
