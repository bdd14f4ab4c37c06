"""One person in several chats: linked by a code, bound to a row, away from a shared page."""

import re
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
import pytest_asyncio
from sqlmodel import Session, col, select

from models.members import binding, personal_codes
from models.network.members import Address, Member
from models.network.stations import Station
from models.rules.members.shifts import Shift
from models.rules.network.permissions import Role
from models.sending.deliveries import Delivery, DeliveryState
from tests.miniature.rows import SHISHAN, badminton, lamp_works, local, team
from tests.stories.people import Person
from tests.stories.scenes import organizer, signup_states
from tests.stories.station import Nanhai, nanhai


def code_in(words: str) -> str:
    found = re.search(r"绑定 ([A-Z0-9-]{8,})", words)
    assert found is not None, words
    return found[1]


async def links(town: Nanhai, one: Person, other: Person) -> str:
    """Make a code in one chat, send it in the other, and agree in both."""
    code = code_in(await one.says("换手机"))
    assert "要合并吗？" in await other.says(f"绑定 {code}")
    assert "再到另一个聊天" in await other.presses("合并")
    await town.works()
    await one.hears("是你本人吗？")
    return await one.presses("合并")


def member_numbers(session: Session) -> list[int]:
    return list(session.exec(select(Member.id).order_by(col(Member.id))))


async def test_two_chats_become_one_person_by_a_code(town: Nanhai) -> None:
    lamps, match = town.save(lamp_works(seats=2)), town.save(badminton())
    club = town.save(team())
    ana, anas, ben = (town.person(each) for each in ("小安", "小安二", "小本"))
    for each in (ana, anas, ben):
        await each.arrives()
    for each in (ana, anas):
        await each.says(f"报名 {lamps.id}")
        await each.says(f"加入 {club.id}")
    await anas.says(f"报名 {match.id}")
    assert "你排第 1" in await ben.says(f"报名 {lamps.id}")
    said = await links(town, ana, anas)
    assert "✅ 现在是同一个人了" in said
    assert "报名 2 个" in said
    # The other chat is told; both show the same, and the seat held twice is Ben's to take.
    await town.works()
    await anas.hears("这个聊天用码和另一个合并了")
    for each in (ana, anas):
        mine = await each.says("我的")
        assert "走进灯具厂" in mine
        assert "羽毛球友谊赛" in mine
    await ben.hears("🔔 空出一个位子")
    assert "狮山 · 1 人" in await ben.says("队伍 羽毛球")
    assert [str(each) for each in signup_states(town, lamps)] == ["seated", "offered"]
    # Erased in one chat, they are nobody in the other.
    await anas.says("隐私")
    await anas.presses("删掉我")
    await anas.presses("删除")
    assert len(town.look(member_numbers)) == 1
    assert "这里是创思驿站" in await ana.says("在吗")


async def test_nothing_is_joined_before_both_have_agreed(town: Nanhai) -> None:
    ana, eve = town.person("小安"), town.person("小伊")
    for each in (ana, eve):
        await each.arrives()
    code = code_in(await ana.says("换手机"))
    assert "就是这个聊天里的" in await ana.says(f"绑定 {code}")
    await eve.says(f"绑定 {code}")
    await eve.presses("合并")
    await town.works()
    await ana.hears("是你本人吗？")
    assert "什么都没合并" in await ana.presses("不要")
    assert "没有可以合并的了" in await eve.presses("合并")
    assert len(town.look(member_numbers)) == 2
    code = code_in(await ana.says("换手机"))
    await town.after(minutes=16)
    assert "过期了" in await eve.says(f"绑定 {code}")


async def test_guesses_of_codes_are_counted(town: Nanhai) -> None:
    eve = town.person("小伊")
    await eve.arrives()
    for number in range(9):
        assert "没有这个码" in await eve.says(f"绑定 QQQQQQQ{number % 8 + 2}")
    assert "没有可以合并的了" in await eve.says("换手机 QQQQQQQ2")
    assert "错的次数太多了" in await eve.says("绑定 QQQQQQQ2")


async def test_a_row_of_a_file_is_bound_by_its_personal_code_once_they_agree(town: Nanhai) -> None:
    def load(session: Session) -> str:
        session.add(
            Member(
                name="李伟",
                station_id=4,
                loaded_as="s4/李伟",
                shift=Shift.NIGHT,
                created_at=town.hands.now,
            )
        )
        session.flush()
        station = session.get_one(Station, SHISHAN)
        [row] = binding.new_codes(session, station, town.hands.now)
        assert (row.name, row.station) == ("李伟", "昭信集团")
        return row.code

    code = town.store.write_now(load)
    ben = town.person("小本")
    assert "这里是创思驿站" in await ben.says(f"绑定 {code}")
    asked = await ben.presses("同意")
    assert "用这个码，你就是：" in asked
    assert "李＊ · 昭信集团" in asked
    assert "李伟" not in asked
    # Nothing is bound yet; the word for joining shows what it is, and joins nothing either.
    assert len(town.look(member_numbers)) == 2
    assert "李＊ · 昭信集团" in await ben.says("合并")
    assert "✅ 和名单对上了：李伟" in await ben.presses("是我")
    profile = await ben.says("资料")
    for words in ("李伟", "昭信集团", "夜班"):
        assert words in profile
    assert len(town.look(member_numbers)) == 1
    eve = town.person("小伊")
    await eve.arrives()
    assert "用过了" in await eve.says(f"绑定 {code}")


async def test_who_is_handed_a_code_by_a_stranger_sees_whose_it_is(town: Nanhai) -> None:
    town.save(Member(name="李伟", station_id=4, created_at=town.hands.now))

    def codes(session: Session) -> str:
        [row] = binding.new_codes(session, session.get_one(Station, SHISHAN), town.hands.now)
        return row.code

    code = town.store.write_now(codes)
    ana, eve, ben = (town.person(each) for each in ("小安", "小怡", "小本"))
    for each in (ana, eve, ben):
        await each.arrives()
    assert "码是别人给的、又不是你" in await ana.says(f"绑定 {code}")
    assert "什么都没合并" in await ana.presses("不是我")
    # Nobody keeps it from its owner by typing it, and whoever did not type it last binds nothing.
    await eve.says(f"绑定 {code}")
    await ben.says(f"绑定 {code}")
    assert "没有可以合并的了" in await eve.presses("是我")
    assert len(town.look(member_numbers)) == 4
    assert "✅ 和名单对上了：李伟" in await ben.presses("是我")
    assert "用过了" in await eve.says(f"绑定 {code}")


async def test_the_word_for_joining_shows_first_what_it_joins(town: Nanhai) -> None:
    ana, ben = town.person("小安"), town.person("小本")
    for each in (ana, ben):
        await each.arrives()
    code = code_in(await ana.says("换手机"))
    await ben.says(f"绑定 {code}")
    await ben.says("我的")
    for _time in range(2):
        assert "要合并吗？" in await ben.says("/merge")
    assert "再到另一个聊天" in await ben.says("合并")
    await town.works()
    await ana.hears("是你本人吗？")
    await town.after(minutes=1)
    await ana.says("我的")
    assert "要合并吗？" in await ana.says("合并")
    assert len(town.look(member_numbers)) == 2
    assert "✅ 现在是同一个人了" in await ana.says("合并")


async def test_a_staff_number_only_proposes_and_the_town_decides(town: Nanhai) -> None:
    for name, number in (("李伟", "0317"), ("王芳", "0318")):
        row = Member(name=name, station_id=4, staff_number=number, created_at=town.hands.now)
        town.save(row)

    def code_on_paper(session: Session) -> str:
        station = session.get_one(Station, SHISHAN)
        made = binding.new_codes(session, station, town.hands.now)
        return next(each.code for each in made if each.name == "李伟")

    code = town.store.write_now(code_on_paper)
    boss = await organizer(town, Role.TOWN, SHISHAN)
    ben = town.person("小本")
    await ben.arrives()
    assert "比如：工号 0317" in await ben.says("工号")
    unknown = await ben.says("工号 0399 李伟")
    assert unknown == await ben.says("工号 0317 李伟")
    await town.works()
    await boss.hears("说自己是名单里的李伟")
    assert "对上了" in await boss.presses("是本人")
    await town.works()
    await ben.hears("✅ 和名单对上了：李伟")
    assert "昭信集团" in await ben.says("资料")
    assert "已经有结果" in await boss.presses("是本人")
    # It stands in the audit, and the employer does not read there who talks with the station.
    chief, point = (
        await organizer(town, Role.DISTRICT, 1, "区长"),
        await organizer(town, name="点长"),
    )
    for each in (boss, chief):
        assert "确认是不是本人 · 李伟" in await each.says("审计")
    assert "李伟" not in await point.says("审计")
    await point.presses("筛选")
    assert "确认是不是本人" not in point.labels
    # The code for the same row lies about on paper, and lets nobody in beside him.
    eve = town.person("小伊")
    await eve.arrives()
    assert "用过了" in await eve.says(f"绑定 {code}")


# Web and Telegram together


@pytest_asyncio.fixture
async def both(sqlite_url: str, now: datetime) -> AsyncIterator[Nanhai]:
    """A station with a bot on Telegram and the web chat."""
    async with nanhai("telegram", sqlite_url, now, has_pages=True) as town:
        yield town


async def test_one_sign_up_is_told_once_and_a_lost_chat_is_replaced_by_the_next(
    both: Nanhai,
) -> None:
    lamps = both.save(lamp_works())
    page, bot = both.visitor("小安"), both.person("小安")
    for each in (page, bot):
        await each.arrives()
        await each.says(f"报名 {lamps.id}")
    assert "✅ 现在是同一个人了" in await links(both, page, bot)
    await both.works()
    await both.at(local(2, 11))
    await bot.hears("🔔 走进灯具厂")
    assert [words for words in page.unasked() if "🔔" in words] == []
    # Blocked there, they hear it on the page.
    assert both.telegram is not None
    await bot.leaves()  # type: ignore[attr-defined]
    await both.at(local(3, 9))
    await page.hears("🔔 走进灯具厂")

    def told(session: Session) -> list[str]:
        reminders = select(Delivery.account).where(
            Delivery.topic == "reminder", Delivery.state == DeliveryState.SENT
        )
        return list(session.exec(reminders.order_by(col(Delivery.id))))

    assert both.look(told) == ["telegram.nanhai", "web.chat"]


# Shared pages


async def test_a_shared_page_forgets_who_talked_and_they_come_back_by_their_code(
    both: Nanhai,
) -> None:
    lamps = both.save(lamp_works())
    ana = both.visitor("小安")
    await ana.arrives()
    await ana.says(f"报名 {lamps.id}")
    code = code_in(await ana.says("换个人用"))
    assert "✅ 已报上" in await ana.says("我的")
    await ana.says("退出登录")
    code = code_in(ana.sees)
    assert "谁也不认识" in await ana.presses("记好了退出")
    # The same browser is somebody else now.
    assert "这里是创思驿站" in await ana.says("我的")
    await ana.presses("同意")
    assert [str(each) for each in signup_states(both, lamps)] == ["seated"]
    back = both.visitor("小安")
    await back.arrives()
    assert "报名 1 个" in await back.says(f"绑定 {code}")
    assert "✅ 欢迎回来" in await back.presses("是我")
    assert "走进灯具厂" in await back.says("我的")
    assert "用过了" in await ana.says(f"绑定 {code}")


async def test_other_pages_are_signed_out_and_the_calendar_gets_a_new_link(both: Nanhai) -> None:
    page, bot = both.visitor("小安"), both.person("小安")
    for each in (page, bot):
        await each.arrives()
    await links(both, bot, page)
    await bot.says("日历")
    old = bot.link("订阅日历")
    assert "换了新的链接" in await bot.says("新的链接")
    async with both.http.get(old) as response:
        assert response.status == 404
    await page.says("隐私")
    await page.presses("拿一份")
    assert b"name" in (await page.file()).content
    assert "另外 1 个网页退出了" in await bot.says("在别处退出")
    # Whoever has that page now opens no file of theirs either.
    with pytest.raises(AssertionError, match="410"):
        await page.file()
    assert "这里是创思驿站" in await page.says("我的")

    def accounts(session: Session) -> list[str]:
        return list(session.exec(select(Address.account).where(Address.member_id == 1)))

    assert both.look(accounts) == ["telegram.nanhai"]
    assert "不用退出" in await bot.says("换个人用")


@pytest.mark.parametrize("channel", ["web"])
async def test_a_code_to_come_back_takes_nobody_over(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3, "站长")
    eve = town.person("小怡")
    await eve.arrives()
    left = code_in(await eve.says("换个人用"))
    # The page is not left yet: the code lets nobody in.
    said = await boss.says(f"绑定 {left}")
    assert "欢迎回来" not in said
    await eve.presses("记好了退出")
    await boss.says(f"绑定 {left}")
    assert "已经有人" in boss.sees
    assert "欢迎回来" not in boss.sees
    assert len(town.look(member_numbers)) == 2
    assert "桂城" not in await eve.says("你好")


async def test_an_old_card_joins_nobody_else(town: Nanhai) -> None:
    ana, ben, eve = (town.person(each) for each in ("小安", "小本", "小怡"))
    for each in (ana, ben, eve):
        await each.arrives()
    code = code_in(await ana.says("换手机"))
    await ben.says(f"绑定 {code}")
    await ben.presses("合并")
    await town.works()
    old = town.look(newest_code)
    again = code_in(await ana.says("换手机"))
    await eve.says(f"绑定 {again}")
    await eve.presses("合并")
    await town.works()
    assert town.look(newest_code) > old
    # A new card came for the new code, and nobody is joined before Ana answers that one.
    assert len(town.look(member_numbers)) == 3
    assert len(town.look(asked_about)) == 2


def newest_code(session: Session) -> int:
    return max(session.exec(select(personal_codes.PersonalCode.id)))


def asked_about(session: Session) -> list[str]:
    found = session.exec(select(Delivery.key).where(Delivery.topic == "link-asked"))
    return [key for key in found if key is not None]
