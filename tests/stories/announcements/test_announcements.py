"""Announcing: whom, what, when; a preview; approval of wide ones; progress, stop, correction."""

from io import BytesIO

from openpyxl import load_workbook
from sqlmodel import Session, col, select

from models.loading import pinyin
from models.network.audit import Audit
from models.network.members import Address, Member
from models.network.stations import Enterprise, Station, StationKind
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, local, team
from tests.pictures import png
from tests.stories.people import OnTelegram
from tests.stories.scenes import crowd, organizer, settles
from tests.stories.station import Nanhai


async def test_an_announcement_is_previewed_and_reaches_a_place_and_all_below(
    town: Nanhai,
) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    ana, ben, cai = town.person("小安"), town.person("小本"), town.person("小蔡")
    await settles(ana, "狮山")
    await settles(ben, "昭信")
    await settles(cai, "桂城")
    asked = await boss.says("发公告")
    assert "发给谁？\n狮山及下属\n2 人" in asked
    assert "照大家会看到的样子写" in await boss.presses("写内容")
    preview = await boss.says("今晚食堂加菜！\n每人一份，先到先得。")
    assert preview.startswith(
        "狮山：今晚食堂加菜！\n每人一份，先到先得。\n———\n发给：狮山及下属\n2 人："
    )
    assert "现在就发。" in preview
    # Nothing is planned before it is sent.
    await town.works()
    assert ana.unasked() == []
    assert "✅ 开始发了" in await boss.presses("发送")
    await town.works()
    assert "每人一份，先到先得。" in await ana.hears("今晚食堂加菜！")
    await ben.hears("今晚食堂加菜！")
    assert cai.unasked() == []
    assert "已经不在了" in await boss.presses("发送") or "已经发过了" in boss.sees
    await town.after(seconds=2)
    assert len(ana.unasked()) == 1
    await boss.says("公告记录")
    assert "✅ 发完了：“今晚食堂加菜！”\n已发 2 / 2" in await boss.presses("今晚食堂加菜！")


async def test_who_writes_at_night_reads_that_it_is_heard_in_the_morning(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    ana = town.person("小安")
    await settles(ana, "狮山")
    await town.at(local(2, 1, 30))
    await boss.says("发公告")
    await boss.presses("写内容")
    later = "那时在休息的人过后才收到，多数从 12月2日 周三 8:00（今天）起。"
    assert later in await boss.says("今晚食堂加菜！")
    assert later in await boss.presses("发送")
    await town.works()
    assert ana.unasked() == []


async def test_an_audience_is_built_by_taps_with_its_size_after_each(town: Nanhai) -> None:
    boss = await organizer(town, Role.DISTRICT, 1)
    people = {name: town.person(name) for name in ("小安", "小本", "小蔡", "小丹")}
    await settles(people["小安"], "狮山", "球类", shift="夜班")
    await settles(people["小本"], "狮山", "摄影", shift="夜班")
    await settles(people["小蔡"], "桂城", "球类", shift="白班")
    await settles(people["小丹"], "昭信", "球类", shift="白班")
    assert "南海区及下属\n5 人" in await boss.says("发公告")
    await boss.presses("地点")
    # A narrower place takes the place of the whole district.
    assert "狮山及下属\n3 人" in await boss.presses("狮山")
    assert "狮山及下属 / 桂城" in await boss.presses("桂城")
    assert "4 人" in boss.sees
    assert "桂城" not in (await boss.presses("桂城")).split("\n")[1]
    await boss.presses("选好了")
    await boss.presses("兴趣")
    assert "狮山及下属 + 球类\n2 人" in await boss.presses("球类")
    assert "狮山及下属 + 球类 / 摄影\n3 人" in await boss.presses("摄影")
    await boss.presses("选好了")
    await boss.presses("班次")
    assert "狮山及下属 + 球类 / 摄影 + 夜班\n2 人" in await boss.presses("夜班")
    await boss.presses("选好了")
    await boss.presses("写内容")
    assert "2 人" in await boss.says("夜班的朋友，明早有热豆浆。")
    await boss.presses("发送")
    # Who works at night sleeps now; they read it when they get up.
    await town.at(local(1, 15))
    await people["小安"].hears("热豆浆")
    await people["小本"].hears("热豆浆")
    assert people["小蔡"].unasked() == people["小丹"].unasked() == []


async def test_a_team_and_those_of_an_event_are_meant_wherever_they_work(town: Nanhai) -> None:
    row = town.save(team())
    event = town.save(badminton(seats=1))
    boss = await organizer(town, Role.TOWN, 3)
    ana, ben = town.person("小安"), town.person("小本")
    await settles(ana, "桂城")
    await ben.arrives()
    await ana.says(f"加入 {row.id}")
    await ana.says(f"报名 {event.id}")
    await ben.says(f"报名 {event.id}")
    assert "0 人" in await boss.says("发公告")
    await boss.presses("队伍成员")
    assert "狮山羽毛球队\n1 人" in await boss.presses("狮山羽毛球队")
    assert "还没选人。\n0 人" in await boss.presses("狮山羽毛球队")
    await boss.presses("选好了")
    await boss.presses("在排队的")
    assert "排队等羽毛球友谊赛的\n1 人" in await boss.presses("羽毛球友谊赛")
    await boss.presses("选好了")
    await boss.presses("报上名的")
    assert "2 人" in await boss.presses("羽毛球友谊赛")
    await boss.presses("选好了")
    await boss.presses("写内容")
    await boss.says("记得带水。")
    await boss.presses("发送")
    await town.works()
    await ana.hears("记得带水。")
    await ben.hears("记得带水。")


async def test_an_enterprise_is_chosen_by_its_name(town: Nanhai) -> None:
    def found(session: Session) -> None:
        session.add(
            Enterprise(id=1, code="zx", name="昭信企业", translations={"name": {"en": "Zhaoxin"}})
        )
        session.flush()
        point = session.get_one(Station, 4)
        point.enterprise_id = 1
        session.add(point)
        session.add(
            Station(
                id=5,
                code="s5",
                kind=StationKind.CONTACT_POINT,
                parent_id=2,
                path="/1/2/5/",
                name="昭信桂城厂",
                enterprise_id=1,
                search=pinyin.index("昭信桂城厂", ""),
            )
        )

    town.store.write_now(found)
    boss = await organizer(town, Role.DISTRICT, 1)
    ana, ben = town.person("小安"), town.person("小本")
    await settles(ana, "昭信集团")
    await settles(ben, "昭信桂城厂")
    await boss.says("发公告")
    await boss.presses("企业")
    assert "昭信企业\n2 人" in await boss.presses("昭信企业")


async def test_everybody_reads_it_in_their_language_with_its_button(town: Nanhai) -> None:
    town.save(badminton())
    boss = await organizer(town, Role.DISTRICT, 1)
    ana, ben = town.person("小安"), town.person("Ben", language="en")
    await settles(ana, "狮山")
    await ben.arrives("en")
    await ben.says("profile")
    await ben.presses("Place")
    await ben.says("Shishan")
    await boss.says("发公告")
    await boss.presses("写内容")
    await boss.says("周六打球，来吗？")
    await boss.presses("改一改")
    await boss.presses("英语版")
    preview = await boss.says("Badminton on Saturday, coming?")
    assert "南海区：周六打球，来吗？\nNanhai: Badminton on Saturday, coming?\n———" in preview
    await boss.presses("改一改")
    await boss.presses("按钮")
    assert "［看活动］" in await boss.presses("羽毛球友谊赛")
    await boss.presses("发送")
    await town.works()
    said = await ana.hears("周六打球，来吗？")
    # How to have fewer stands in its last line, as in every notice.
    assert "少收消息" in said.splitlines()[-1] or "退订" in said
    assert "羽毛球友谊赛" in await ana.presses("看活动")
    assert "Badminton on Saturday, coming?" in await ben.hears("Badminton on Saturday")
    assert "Badminton match" in await ben.presses("See event")


async def test_who_cannot_be_reached_is_said_before_and_after_and_why(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    ana, ben, cai = town.person("小安"), town.person("小本"), town.person("小蔡")
    for each in (ana, ben, cai):
        await settles(each, "狮山")
    await ben.says("退订")
    _loses_touch(town, 3)
    await boss.says("发公告")
    await boss.presses("写内容")
    preview = await boss.says("明天停电检修。")
    assert "\n1 人：" in preview
    assert "收不到的 2 人（1 人不收公告，1 人拉黑了我们）" in preview
    await boss.presses("发送")
    # Somebody who mutes announcements after it was sent does not get it either.
    await ana.says("退订")
    await town.works()
    assert ana.unasked() == []
    await town.after(seconds=2)
    ended = await boss.presses("进度")
    assert (
        "✅ 发完了：“明天停电检修。”\n已发 0 / 3\n收不到的 3 人（2 人不收公告，1 人拉黑了我们）"
        in ended
    )
    await boss.presses("没收到的人")
    file = await boss.file()
    assert file.name.endswith("没收到的人.xlsx")
    rows = list(load_workbook(BytesIO(file.content)).active.values)  # type: ignore[union-attr]
    assert rows[0] == ("称呼", "地方", "原因")
    assert sorted(str(row[2]) for row in rows[1:]) == ["不收公告", "不收公告", "拉黑了我们"]
    assert {row[1] for row in rows[1:]} == {"狮山"}


def _loses_touch(town: Nanhai, nth: int) -> None:
    """The nth newcomer of Shishan has blocked the station."""

    def block(session: Session) -> None:
        found = session.exec(
            select(Address)
            .join(Member, col(Member.id) == col(Address.member_id))
            .where(Member.station_id == 3)
            .order_by(col(Member.id))
        ).all()
        found[nth - 1].unreachable = "blocked"
        session.add(found[nth - 1])

    town.store.write_now(block)


async def test_it_goes_out_at_the_time_that_was_typed(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    ana, ben = town.person("小安"), town.person("小本")
    await settles(ana, "狮山")
    await boss.says("发公告")
    await boss.presses("写内容")
    await boss.says("回家路上小心。")
    await boss.presses("改一改")
    await boss.presses("时间")
    assert "12月2日 周三 18:00（明天）发出。" in await boss.says("明天晚上6点")
    assert "✅ 12月2日 周三 18:00（明天）发出。" in await boss.presses("发送")
    await town.at(local(2, 17, 59))
    assert ana.unasked() == []
    # Who comes until then gets it, too.
    await settles(ben, "狮山")
    await town.at(local(2, 18))
    await ana.hears("回家路上小心。")
    await ben.hears("回家路上小心。")


async def test_it_comes_every_week_until_it_is_stopped(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    ana, ben = town.person("小安"), town.person("小本")
    await settles(ana, "狮山")
    await boss.says("发公告")
    await boss.presses("写内容")
    await boss.says("今晚七点打球。")
    await boss.presses("改一改")
    await boss.presses("时间")
    await boss.says("周三 12:00")
    await boss.presses("改一改")
    assert "12月2日 周三 12:00（明天）发出，以后每周一次。" in await boss.presses("每周一次")
    await boss.presses("发送")
    await town.at(local(2, 12))
    assert len(ana.unasked()) == 1
    await settles(ben, "狮山")
    await town.after(days=1)
    # A late joiner gets what is still to come, not what is past.
    assert ben.unasked() == []
    assert "下一次：12月9日 周三 12:00" in await boss.presses("进度")
    await town.at(local(8, 12))
    for each in (ana, ben):
        # Where a platform lets the station speak for two days only, they have written meanwhile.
        await each.says("我的")
    await town.at(local(9, 12))
    assert len(ana.unasked()) == 2
    assert len(ben.unasked()) == 1
    await boss.presses("进度")
    assert "2 人已经收到" in await boss.presses("停止")
    assert "❌ 停了" in await boss.presses("马上停")
    await town.at(local(15, 12))
    await ana.says("我的")
    await town.at(local(16, 12))
    assert len(ana.unasked()) == 2


async def test_a_wide_one_waits_for_a_second_organizer(town: Nanhai) -> None:
    boss = await organizer(town, Role.CONTACT_POINT, 4, "点长")
    chief = await organizer(town, Role.TOWN, 3, "镇长")
    ana = town.person("小安")
    await settles(ana, "昭信")
    crowd(town, 4, 300)
    await boss.says("发公告")
    await boss.presses("写内容")
    assert "超过 300 人，先要另一位组织者批准。" in await boss.says("周六停工检修。")
    assert "⏳ 要发给 300 人以上，已经请另一位组织者批准。" in await boss.presses("发送")
    assert "⏳ 等批准" in await boss.presses("进度")
    await town.works()
    assert ana.unasked() == []
    asked = await chief.hears("要给 300 人以上发公告，可以发吗？")
    assert "“周六停工检修。”" in asked
    looked = await chief.presses("看看")
    assert looked.startswith("昭信集团：周六停工检修。\n———")
    assert "发给：昭信集团" in looked
    await chief.presses("退回")
    assert "✅ 退回了" in await chief.says("写上几点到几点。")
    await town.after(seconds=1)
    assert "原因：写上几点到几点。" in await boss.hears("退回了：“周六停工检修。”")
    await boss.presses("改一改")
    await boss.presses("改一改")
    await boss.presses("文字和图片")
    await boss.says("周六 8 点到 12 点停工检修。")
    await boss.presses("发送")
    await town.after(seconds=1)
    assert ana.unasked() == []
    await chief.hears("周六 8 点到 12 点停工检修。")
    assert "✅ 批准了" in await chief.presses("批准")
    await town.after(seconds=1)
    await ana.hears("周六 8 点到 12 点停工检修。")
    await boss.hears("✅ 批准了")

    def acts(session: Session) -> list[tuple[str, object]]:
        rows = session.exec(
            select(Audit)
            .where(col(Audit.subject).startswith("announcement:"))
            .order_by(col(Audit.id))
        )
        return [(str(each.act), each.details["step"]) for each in rows]

    assert town.look(acts) == [
        ("announce", "asked"),
        ("approve_announcement", "refused"),
        ("announce", "asked"),
        ("approve_announcement", "approved"),
    ]


async def test_nobody_approves_their_own_and_without_a_second_it_does_not_go_out(
    town: Nanhai,
) -> None:
    boss = await organizer(town, Role.CONTACT_POINT, 4)
    crowd(town, 4, 301)
    await boss.says("发公告")
    await boss.presses("写内容")
    await boss.says("周六停工检修。")
    assert "现在还没有第二位" in await boss.presses("发送")


async def test_a_captain_writes_to_the_team_in_three_taps_and_a_message(town: Nanhai) -> None:
    row = town.save(team())
    boss, ana, ben = town.person("队长"), town.person("小安"), town.person("小本")
    for each in (boss, ana, ben):
        await each.arrives()
    await town.appoint(boss, Role.CAPTAIN, 3, team_id=row.id)
    for each in (boss, ana):
        await each.says(f"加入 {row.id}")
    # The announcement of somebody who only leads a team is to that team.
    assert "狮山羽毛球队\n2 人" in await boss.says("发公告")
    await boss.opens(f"t{row.id}")
    assert "狮山羽毛球队\n2 人" in await boss.presses("发消息")
    preview = await boss.says("周三场地换到二楼。")
    assert "发给：狮山羽毛球队" in preview
    assert "✅ 开始发了" in await boss.presses("发送")
    await town.works()
    await ana.hears("周三场地换到二楼。")
    assert ben.unasked() == []
    assert "可以帮你转给他们" in await ben.says("发公告") or "还没有" in ben.sees


async def test_a_correction_reaches_exactly_those_who_got_the_wrong_one(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    ana, ben = town.person("小安"), town.person("小本")
    await settles(ana, "狮山")
    await boss.says("发公告")
    await boss.presses("写内容")
    await boss.says("班车 7:30 发车。")
    await boss.presses("发送")
    await town.works()
    await ana.hears("班车 7:30 发车。")
    await settles(ben, "狮山")
    await town.after(seconds=2)
    await boss.presses("进度")
    assert "收到错误公告的人\n1 人" in await boss.presses("发更正")
    assert "⚠️ 狮山更正：\n班车 8:30 发车。" in await boss.says("班车 8:30 发车。")
    await boss.presses("发送")
    await town.works()
    assert "⚠️ 狮山更正：\n班车 8:30 发车。" in await ana.hears("8:30")
    assert ben.unasked() == []


async def test_a_picture_goes_along(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    ana = town.person("小安")
    await settles(ana, "狮山")
    await boss.says("发公告")
    await boss.presses("写内容")
    assert "✅ 图片收到了。" in await boss.sends_picture(png())
    assert "明天停水。" in await boss.says("明天停水。")
    assert await boss.picture() == png()
    await boss.presses("发送")
    await town.works()
    await ana.hears("明天停水。")
    assert await ana.picture() == png()


async def test_progress_is_told_in_the_same_message_again_and_again(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    ana = town.person("小安")
    await settles(ana, "狮山")
    crowd(town, 3, 3)
    await boss.says("发公告")
    await boss.presses("写内容")
    await boss.says("明天停水。")
    await boss.presses("发送")
    await boss.presses("进度")
    shown = len(boss.person.screen) if isinstance(boss, OnTelegram) else 0
    await town.works()
    assert "⏳ 正在发：“明天停水。”\n已发 1 / 4" in (await boss.presses("进度") or boss.sees)
    await town.after(seconds=30)
    await boss.presses("进度")
    assert "每分钟 2 条，大约还要 2 分钟" in boss.sees
    # The pace is the last minute's: one that stands still has none to go by.
    await town.after(minutes=2)
    await boss.presses("进度")
    assert "每分钟" not in boss.sees
    assert boss.labels == ["进度", "发更正", "停止"]
    if isinstance(boss, OnTelegram):
        assert len(boss.person.screen) == shown


async def test_a_draft_is_dropped_and_nobody_gets_anything(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    ana = town.person("小安")
    await settles(ana, "狮山")
    await boss.says("发公告")
    await boss.presses("写内容")
    await boss.says("试一试。")
    assert "谁也没收到" in await boss.presses("不发了")
    await town.works()
    assert ana.unasked() == []
    assert "你还没有发过公告" in await boss.says("公告记录")


async def test_it_is_silent_at_night_and_comes_in_the_morning(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, 3)
    ana = town.person("小安")
    await settles(ana, "狮山")
    await town.at(local(1, 23))
    await boss.says("发公告")
    await boss.presses("写内容")
    await boss.says("明天停水。")
    await boss.presses("发送")
    await town.works()
    assert ana.unasked() == []
    await town.at(local(2, 8))
    await ana.hears("明天停水。")


async def test_a_company_announces_and_counts_nobody_out(town: Nanhai) -> None:
    match = town.save(badminton(station_id=4))
    boss = await organizer(town)
    people = [town.person(f"工友{number}") for number in range(6)]
    for number, each in enumerate(people):
        await settles(each, "昭信", "球类" if number else "摄影", shift="夜班")
    await people[0].says(f"报名 {match.id}")
    await people[1].says("退订 公告")
    assert "昭信集团\n5 人以上" in await boss.says("发公告")
    await boss.presses("兴趣")
    assert "昭信集团 + 球类\n5 人以上" in await boss.presses("球类")
    assert "昭信集团 + 球类 / 摄影\n5 人以上" in await boss.presses("摄影")
    assert "昭信集团 + 摄影\n不到 5 人" in await boss.presses("球类")
    await boss.presses("选好了")
    # A list whose names they know takes no filter, which would tell who of them meets it.
    await boss.presses("报上名的")
    assert "报上羽毛球友谊赛的\n1 人" in await boss.presses("羽毛球友谊赛")
    await boss.presses("选好了")
    await boss.presses("班次")
    assert "夜班\n不到 5 人" not in boss.sees
    assert "羽毛球" not in (await boss.presses("夜班")).partition("\n")[2]
    await boss.presses("选好了")
    await boss.presses("地点")
    await boss.presses("昭信集团")
    await boss.presses("选好了")
    await boss.presses("写内容")
    preview = await boss.says("今晚加菜。")
    assert "发给：昭信集团 + 夜班\n5 人以上\n现在就发。" in preview
    await boss.presses("发送")
    await town.at(local(1, 15))
    assert "今晚加菜" in await people[2].hears("昭信集团：")
    assert people[1].unasked() == []
    # Nor does it say how many got it, who did not, and why.
    told = await boss.says("公告记录")
    told = await boss.presses("今晚加菜。")
    assert "发给 5 人以上" in told
    assert "没收到" not in told
    assert "谁没收到" not in boss.labels
