"""Organizers write as in groups: a paste becomes a draft, words for people an announcement."""

import pytest

from models.announcements.announcements import Announcement
from models.events import quotas
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, event, local, team
from tests.stories.scenes import organizer, published, settles, signed_up
from tests.stories.station import Nanhai

PASTED = """各位工友：
兹定于12月18日（星期五）下午3点至5点在昭信集团多功能厅举办职场沟通培训，名额40人，免费，自带笔。
报名截止12月16日18:00，可带家属
联系人：小林 13800000001
昭信集团工会
2026年11月30日"""
CHAIN = "#接龙\n周日上午9点 羽毛球 桂城体育馆 8人\n1. 小李\n2. 阿芳"


async def test_an_announcement_is_pasted_without_a_command(town: Nanhai) -> None:
    liu = await organizer(town)
    asked = await liu.says(PASTED)
    assert "要发布成活动吗？\n职场沟通培训\n12月18日 周五 15:00–17:00" in asked
    preview = await liu.presses("发布一个活动")
    for told in ("昭信集团多功能厅", "40 席", "免费", "笔", "12月16日 周三 18:00", "小林 138"):
        assert told in preview
    assert "各位工友：" in preview
    await liu.presses("发布")
    (event,) = published(town)
    # What became the contact is not repeated.
    about = PASTED.replace("联系人：小林 13800000001\n", "")
    assert (event.title, event.seats, event.about) == ("职场沟通培训", 40, about)
    assert event.contact == "小林 13800000001"
    assert event.closes_at == local(16, 18)


async def test_a_long_announcement_says_how_much_of_it_is_kept(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says(PASTED + "\n" + "详情见附件。" * 100)
    preview = await liu.presses("发布一个活动")
    assert "原文太长，只留了 600 字（共 " in preview
    await liu.presses("改一改")
    await liu.presses("介绍")
    assert "原文太长" not in await liu.says("来就是了")


async def test_two_days_are_chosen_from_and_a_quota_is_asked(town: Nanhai) -> None:
    liu = await organizer(town)
    text = "12月5日或12月6日下午2点 单身青年联谊 桂城万达 40人，每企业限10人"
    assert "里面有好几个时间" in await liu.says(text)
    asked = await liu.presses("发布一个活动")
    assert "里面有好几个时间，用哪个？" in asked
    asked = await liu.presses("12月6日 周日 14:00（5 天后）")
    assert "原文写着“每企业限10人”" in asked
    assert "余 40 席" in await liu.presses("40")


OF_BOTH = (
    ("男15人女15人", 30, "男 15 席、女 15 席", (15, 15)),
    ("30人，男女各一半，带身份证", 30, "男 15 席、女 15 席", (15, 15)),
    ("男女各20人", 40, "男 20 席、女 20 席", (20, 20)),
    ("31人，男女对半", 31, "男 15–16 席、女 15–16 席", (15, 16)),
)
"""What is written of men and women, the seats in all, how they are told, and for each from, to."""


async def test_what_is_said_of_men_and_women_shares_the_seats_out(town: Nanhai) -> None:
    liu, ana = await organizer(town), town.person("小安")
    await ana.arrives()
    for who, seats, told, each in OF_BOTH:
        preview = await liu.says(f"发布活动 单身青年联谊 12月6日下午2点-4点 桂城万达 {who}")
        assert f"余 {seats} 席" in preview
        assert f"名额分配：{told}\n报名时问：男还是女？" in preview
        # It stands in the shares, and no more in the text.
        assert "男女" not in preview
        assert "✅ 发布了" in await liu.presses("发布")
        event = published(town)[-1]
        kept = [one.share for one in town.look(quotas.of_event, event.id)]
        assert [one.choice for one in kept] == ["男", "女"]
        assert {(one.least, one.most) for one in kept} == {each}
    assert "男还是女？" in await ana.says(f"报名 {published(town)[-1].id}")
    assert "✅ 报上了" in await ana.presses("女")


async def test_anybody_may_have_any_seat_after_all(town: Nanhai) -> None:
    liu = await organizer(town)
    await liu.says("发布活动 单身青年联谊 12月6日下午2点-4点 桂城万达 男女各20人")
    await liu.presses("改一改")
    assert "报名时问" not in await liu.presses("不分配")
    await liu.presses("发布")
    [event] = published(town)
    assert (event.seats, event.quotas, event.questions) == (40, 0, 0)


async def test_a_chain_a_change_and_a_question_are_no_new_event_by_themselves(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    assert "里面有 2 个名字" in await liu.says(CHAIN)
    assert "给哪个活动报名？" in await liu.says("#接龙\n1. 小李\n2. 阿芳")
    moved = f"原定周六下午2点的{event.title}改到周日下午3点，地点不变"
    assert "这像是改时间" in await liu.says(moved)
    assert event.title in await liu.presses("管理")
    assert "要发布成活动吗" not in await liu.says("周六下午3点桂城体育馆有羽毛球打吗？")
    assert "要发布成活动吗" not in await liu.says("我要报名周六下午2点狮山体育馆的羽毛球友谊赛")
    assert published(town) == [event]


async def test_a_member_without_a_role_never_meets_it(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    for text in (PASTED, CHAIN, "周六下午3点 象棋赛 桂城站 20人", "通知报名1的人：请带工牌"):
        said = await ana.says(text)
        assert "发布成活动" not in said
        assert "发给" not in said
    assert town.rows(Announcement) == []


@pytest.mark.parametrize(
    "begins", ["通知报名{n}的人：", "给报了羽毛球的人发：", "tell everyone signed up for {n}: "]
)
async def test_words_for_those_who_signed_up_reach_them_after_a_preview(
    town: Nanhai, begins: str
) -> None:
    event = town.save(badminton(station_id=4))
    boss = await organizer(town, Role.TOWN, 3)
    ana = await signed_up(town, event)
    said = await boss.says(f"{begins.format(n=event.id)}请带工牌入场")
    assert "“请带工牌入场”" in said
    assert event.title in said
    await boss.presses(boss.labels[0])
    await town.works()
    assert not any("请带工牌入场" in each for each in ana.unasked())
    await boss.presses(boss.labels[0])
    await town.works()
    assert "请带工牌入场" in await ana.hears("请带工牌入场")


async def test_words_for_a_town_and_for_a_team_find_their_people(town: Nanhai) -> None:
    town.save(team(station_id=3))
    boss = await organizer(town, Role.TOWN, 3)
    ana = town.person("小安")
    await settles(ana, "狮山")
    assert "发给：狮山" in await boss.says("通知狮山的工友：明天停电")
    assert "发给：" in await boss.says("发公告 给狮山羽毛球队的人：周六改到三点")
    assert "羽毛球队" in boss.sees
    # Nobody of that name: it is no announcement.
    assert "发给：" not in await boss.says("告诉我妈：今晚不回")


async def test_words_for_people_who_are_not_found_are_kept(town: Nanhai) -> None:
    town.save(event("date", "周末有约", local(6, 19), kind="social", station_id=3))
    boss = await organizer(town, Role.TOWN, 3)
    assert "发给：报上周末有约的" in await boss.says("给报了联谊的人发：请带工牌")
    await boss.says("不发了")
    assert "没找到要发给谁。内容给你留着" in await boss.says("通知报名了插花的人：带剪刀")
    await boss.presses("选人")
    assert "带剪刀" in [each.text for each in town.rows(Announcement)]
