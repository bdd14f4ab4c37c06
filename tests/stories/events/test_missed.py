"""What came while the chat page was closed: worded as past, and without words of another day."""

import pytest

from tests.miniature.rows import badminton, lamp_works, local
from tests.stories.people import OnTheWeb
from tests.stories.scenes import members_at, signed_up
from tests.stories.station import Nanhai

on_the_web = pytest.mark.parametrize("channel", ["web"])


@on_the_web
async def test_a_page_opened_the_next_day_reads_no_tomorrow(town: Nanhai) -> None:
    ana = await signed_up(town, town.save(badminton()))
    assert isinstance(ana, OnTheWeb)
    await ana.leaves()
    await town.at(local(4, 14))
    await town.at(local(5, 9))
    await ana.returns()
    read = await ana.hears("🔔 羽毛球友谊赛")
    assert "12月5日 周六 14:00–17:00" in read
    assert "明天" not in read
    assert "签到码" not in ana.labels


@on_the_web
async def test_a_lapsed_offer_is_past_and_the_seat_still_free(town: Nanhai) -> None:
    event = town.save(badminton(seats=1))
    ana, ben = await members_at(town, event, "小安", "小本")
    assert isinstance(ben, OnTheWeb)
    await ben.leaves()
    await ana.says(f"取消报名 {event.id}")
    await ana.presses("让出位子")
    await town.works()
    await town.at(local(4, 10))
    await ben.returns()
    read = await ben.hears("错过了：给你留过一个位子，羽毛球友谊赛")
    assert "位子还空着。" in read
    assert not [each for each in ben.unasked() if "留给你" in each]
    assert "要" not in ben.labels
    assert "✅ 报上了" in await ben.presses("报名")


@on_the_web
async def test_an_offer_that_still_holds_is_shown_as_it_was(town: Nanhai) -> None:
    event = town.save(badminton(seats=1))
    ana, ben = await members_at(town, event, "小安", "小本")
    assert isinstance(ben, OnTheWeb)
    await ben.leaves()
    await ana.says(f"取消报名 {event.id}")
    await ana.presses("让出位子")
    await town.works()
    await town.after(minutes=30)
    await ben.returns()
    await ben.hears("🔔 空出一个位子")
    assert "✅ 报上了" in await ben.presses("要")


@on_the_web
async def test_a_reminder_of_what_has_begun_is_past(town: Nanhai) -> None:
    ana = await signed_up(town, town.save(lamp_works()))
    assert isinstance(ana, OnTheWeb)
    await ana.leaves()
    await town.at(local(2, 11))
    await town.at(local(3, 12))
    await ana.returns()
    read = await ana.hears("错过的提醒：走进灯具厂，12月3日 周四 11:00。")
    assert "已经开始了" in read
    assert "去不了" not in ana.labels
