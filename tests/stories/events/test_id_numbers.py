"""ID numbers: typed on a page that works once, kept sealed, masked in lists, read for a reason."""

import re
from datetime import timedelta
from io import BytesIO

from openpyxl import load_workbook

from models.events.id_pages import IdPage
from models.events.questions import Answer
from models.network.audit import Audit
from models.rules.events.companions import Along
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton
from tests.stories.scenes import asks, called, id_page_of, organizer
from tests.stories.station import Nanhai

NUMBER, OTHER = "11010519491231002X", "440524198001010013"
MASKED = "110***********002X"


async def test_an_id_number_is_typed_on_a_page_and_read_only_for_a_reason(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, along=Along.TWO))
    liu = await organizer(town)
    assert "✅ 加上了" in await asks(liu, event, "身份证号")
    ana = town.person("小安")
    await ana.arrives()
    await called(ana, "小安")
    await ana.says(f"活动 {event.id}")
    await ana.presses("带人报名")
    assert "还差 2 个身份证号没填" in await ana.presses("1 人")
    assert "不写在聊天里" in await ana.presses("身份证号")
    path = id_page_of(ana)
    url = f"{town.origin}{path}"
    form = ""
    # A preview of the link, and whoever mistypes, use nothing up.
    for _ in range(2):
        async with town.http.get(url) as response:
            form = await response.text()
            assert response.status == 200
            assert "no-store" in response.headers["Cache-Control"]
            assert "script" not in response.headers["Content-Security-Policy"]
    mine, hers = re.findall(r'name="(n\d+-\d+)"', form)
    assert "第 2 位" in form
    async with town.http.post(url, data={mine: NUMBER[:-1] + "1", hers: OTHER}) as response:
        assert response.status == 422
        assert "这不是有效的身份证号" in await response.text()
    assert town.count(Answer) == 0
    async with town.http.post(url, data={mine: NUMBER.lower(), hers: OTHER}) as response:
        assert "✅ 记下了" in await response.text()
    for send in (town.http.get(url), town.http.post(url, data={mine: OTHER})):
        async with send as response:
            assert response.status == 404
            assert "这个页面失效了" in await response.text()
    kept = [each.value for each in town.rows(Answer)]
    assert [each.partition(" ")[0] for each in kept] == [MASKED, "440***********0013"]
    assert not any(number[3:14] in each for each in kept for number in (NUMBER, OTHER))
    await ana.says(f"活动 {event.id}")
    assert MASKED in await ana.presses("我填的")

    # Lists and files show it masked; in full it is shown once, for a reason that is recorded.
    await liu.says("管理活动")
    await liu.presses(event.title)
    assert MASKED in await liu.presses("名单")
    await liu.presses("下载名单")
    sheet = load_workbook(BytesIO((await liu.file()).content)).active
    assert sheet is not None
    cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    assert MASKED in cells
    assert NUMBER not in cells
    await liu.says("管理活动")
    await liu.presses(event.title)
    await liu.presses("更多")
    await liu.presses("报名问题")
    await liu.presses("你的身份证号是多少？")
    assert "做什么用" in await liu.presses("看完整号码")
    assert "只显示一次" in await liu.says("给大家买保险")
    full = f"{town.origin}{id_page_of(liu)}"
    async with town.http.get(full) as response:
        assert NUMBER not in await response.text()
    async with town.http.post(full, data={"read": "1"}) as response:
        shown = await response.text()
        assert NUMBER in shown
        assert OTHER in shown
    async with town.http.post(full, data={"read": "1"}) as response:
        assert response.status == 404
    # From above one may run the event, and still not read the numbers.
    boss = await organizer(town, Role.DISTRICT, 1, "区里")
    await boss.says("管理活动")
    await boss.presses(event.title)
    await boss.presses("更多")
    await boss.presses("报名问题")
    await boss.presses("你的身份证号是多少？")
    assert "自己的负责人能看" in await boss.presses("看完整号码")
    reasons = [each.details.get("reason") for each in town.rows(Audit) if each.details]
    assert "给大家买保险" in reasons
    await town.at(event.ends_at + timedelta(days=7, minutes=1))
    assert town.count(Answer) == 0
    assert town.count(IdPage) == 0


async def test_who_does_not_run_the_event_and_who_types_in_the_chat(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    await asks(liu, event, "身份证号")
    ana = town.person("小安")
    await ana.arrives()
    assert "还差 1 个身份证号没填" in await ana.says(f"报名 {event.id}")
    assert "别写在聊天里" in await ana.says(f"我的身份证号是{NUMBER}")
    url = f"{town.origin}{id_page_of(ana)}"
    assert town.count(Answer) == 0
    await town.after(minutes=31)
    async with town.http.get(url) as response:
        assert response.status == 404


async def test_a_number_typed_as_another_answer_is_told_where_it_goes(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    await asks(liu, event, "电话", "身份证号")
    ana = town.person("小安")
    await ana.arrives()
    await ana.says(f"报名 {event.id}")
    assert "会给你一个页面" in await ana.says(NUMBER)
    assert town.count(Answer) == 0
    assert "还差 1 个身份证号没填" in await ana.says("13800138000")
    assert "不写在聊天里" in await ana.presses("身份证号")
