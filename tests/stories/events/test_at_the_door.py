"""At the door: walk-ins, parties, helpers for one evening, and a code that changes."""

import re

from sqlmodel import Session

from models.events import doors
from models.events.events import Event, Signup, SignupState
from models.events.quotas import Quota
from models.network import audit
from models.network.members import Member
from tests.miniature.rows import badminton, local
from tests.stories.counting import Counted
from tests.stories.scenes import called, code_of, code_shown, members_at, organizer, signup_states
from tests.stories.station import Nanhai

HERE = SignupState.ATTENDED


def bring(town: Nanhai, event: Event, name: str, *names: str) -> None:
    """Let people without a chat come along with the member of this name."""

    def add(session: Session) -> None:
        leader = session.get_one(Signup, town.get(Signup, member_id=member(town, name).id).id)
        row = session.get_one(Event, event.id)
        for each in names:
            row.turns, row.held, leader.brings = row.turns + 1, row.held + 1, leader.brings + 1
            session.add(
                Signup(
                    event_id=event.id,
                    state=SignupState.SEATED,
                    turn=row.turns,
                    at=town.hands.now,
                    name=each,
                    party_id=leader.id,
                    by_member_id=leader.member_id,
                )
            )

    town.store.write_now(add)


def member(town: Nanhai, name: str) -> Member:
    return town.get(Member, name=name)


def door(town: Nanhai, event: Event) -> str:
    """What the changing code holds now."""
    return f"k{event.id}-{town.store.write_now(doors.code_now, event.id, town.hands.now)}"


async def test_whoever_comes_without_a_seat_gets_a_free_one_in_one_tap(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=2))
    await organizer(town)
    (ana,) = await members_at(town, event, "小安")
    ben, cai = town.person("小本"), town.person("小蔡")
    await ben.arrives()
    await cai.arrives()
    await town.at(local(5, 13))
    assert "✅ 你签到了" in await ana.opens(door(town, event))
    assert "还没有位子，现在还有空位" in await ben.opens(door(town, event))
    assert signup_states(town, event) == [HERE]
    assert "✅ 你签到了" in await ben.presses("现在参加")
    assert "满了" in await cai.opens(door(town, event))
    assert "名字" in cai.sees
    assert signup_states(town, event) == [HERE, HERE]


async def test_names_without_a_phone_come_in_and_more_than_the_seats_by_a_tap_only(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4, seats=4))
    liu = await organizer(town)
    (ana,) = await members_at(town, event, "小安")
    await called(ana, "陈静")
    await town.at(local(5, 13))
    steps = Counted(liu)
    await steps.says("签到")
    await steps.presses("现场来的")
    assert "王伟签到了" in await steps.says("王伟")
    assert steps.steps == 3
    # Several at once, in a line each; who stands on the list is asked about.
    await liu.presses("现场来的")
    assert "名单上有陈静" in await liu.says("1. 陈静\n2. 赵敏")
    await liu.presses(next(each for each in liu.labels if "有位子" in each))
    assert "赵敏签到了" in liu.sees
    assert "到了 3 / 3" in liu.sees
    await liu.presses("现场来的")
    assert "还有 1 个空位" in await liu.says("李伟、钱多")
    assert len(signup_states(town, event)) == 3
    await liu.presses("不了")
    assert len(signup_states(town, event)) == 3
    await liu.presses("现场来的")
    await liu.says("李伟、钱多")
    assert "进来了 2 人" in await liu.presses("让进来")
    assert signup_states(town, event) == [HERE] * 5
    said = town.look(audit.about, f"event:{event.id}")
    assert sum(each.details.get("over") is True for each in said) == 2
    assert not any("李伟" in str(each.details) for each in said)
    await liu.says("管理活动")
    await liu.presses("羽毛球友谊赛")
    assert "钱多 · 已签到" in await liu.presses("名单")


async def test_somebody_of_the_queue_is_let_in_by_the_list(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=1))
    liu = await organizer(town)
    _ana, ben = await members_at(town, event, "小安", "小本")
    await called(ben, "李伟")
    await town.at(local(5, 13))
    await liu.says("签到")
    await liu.presses("按名单签到")
    assert "李伟还没有位子" in await liu.says("李伟")
    assert "没有空位" in await liu.presses("让他进来")
    assert "李伟签到了" in await liu.presses("让进来")
    assert signup_states(town, event) == [SignupState.SEATED, HERE]


async def test_a_party_is_asked_about_once_and_each_has_a_code(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    ana, ben = await members_at(town, event, "小安", "小本")
    await called(ana, "陈静")
    await called(ben, "李伟")
    bring(town, event, "陈静", "小明", "小红")
    bring(town, event, "李伟", "小刚")
    await town.at(local(5, 13))
    code = await code_of(ana)
    theirs = re.search(r"小明：(\d{6})", ana.sees)
    assert theirs
    await liu.says("签到")
    assert "同来的 2 人：小明、小红" in await liu.says(code)
    # Only the one who shows a code: the others come later, by theirs.
    assert "小明签到了" in await liu.says(theirs[1])
    await liu.presses("按名单签到")
    await liu.says("陈静")
    assert "李伟签到了" in await liu.presses(next(each for each in liu.labels if "李伟" in each))
    assert "小刚" in liu.sees
    assert "小刚签到了" in await liu.presses("都到了")
    states = signup_states(town, event)
    assert states.count(HERE) == 4
    assert states.count(SignupState.SEATED) == 1


async def test_a_party_checks_itself_in_at_the_door(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    (ana,) = await members_at(town, event, "小安")
    await called(ana, "陈静")
    bring(town, event, "陈静", "小明")
    await town.at(local(5, 13))
    assert "和你一起的：小明" in await ana.opens(door(town, event))
    assert "又到了 1 人" in await ana.presses("都到了")
    assert signup_states(town, event) == [HERE, HERE]


async def test_a_helper_checks_in_at_one_event_until_it_ends(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    other = town.save(badminton(station_id=4, code="b2", title="散步"))
    liu = await organizer(town)
    ana, ben = await members_at(town, event, "小安", "小本")
    await called(ana, "陈静")
    await liu.says("管理活动")
    await liu.presses("羽毛球友谊赛")
    await liu.presses("更多")
    await liu.presses("帮手")
    await liu.presses("选个帮手")
    assert "✅ 陈静可以签到到活动结束" in await liu.presses(
        next(each for each in liu.labels if "陈静" in each)
    )
    await town.works()
    await ana.hears("🔔 你来帮忙")
    await town.at(local(5, 13))
    code = await code_of(ben)
    assert "到了 1 / 2" in await ana.says(f"签到 {code}")
    await ana.says("签到")
    assert "谁到了就点谁" in await ana.presses("按名单签到")
    # Nothing else, and nowhere else.
    assert "组织者" in await ana.opens(f"c{other.id}-123456")
    assert "签到" not in await ana.says("发公告")
    await liu.says("管理活动")
    await liu.presses("羽毛球友谊赛")
    await liu.presses("更多")
    await liu.presses("帮手")
    await liu.presses(next(each for each in liu.labels if "陈静" in each))
    assert "撤销了" in await liu.presses("收回")
    assert "到了" not in await ana.opens(f"c{event.id}-{code}")


async def test_a_helper_comes_by_a_code_that_works_once(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    (ana,) = await members_at(town, event, "小安")
    ben = town.person("小本")
    await ben.arrives()
    await liu.says("管理活动")
    await liu.presses("羽毛球友谊赛")
    await liu.presses("更多")
    await liu.presses("帮手")
    await liu.presses("一次性码")
    code = code_shown(liu)
    assert "你来帮忙" in await ben.says(f"绑定 {code}")
    assert "你来帮忙" not in await ana.says(f"绑定 {code}")
    await town.at(local(5, 13))
    assert "到了 1 / 1" in await ben.says(f"签到 {await code_of(ana)}")
    await town.at(local(5, 18))
    assert "到了" not in await ben.says("签到")


async def test_the_changing_code_takes_the_place_of_the_one_that_hangs(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    ana, ben = await members_at(town, event, "小安", "小本")
    await town.at(local(5, 13))
    hung = f"k{event.id}-{town.store.write_now(doors.place_secret, event.id)}"
    await liu.says("签到")
    await liu.presses("更多")
    assert "每 30 秒换一次" in await liu.presses("会变的码")
    assert (await liu.file()).content.startswith(b"\x89PNG")
    assert "码已经换了" in await ana.opens(hung)
    shown = door(town, event)
    await town.after(seconds=31)
    assert "✅ 你签到了" in await ana.opens(shown)
    await town.after(seconds=31)
    assert "码已经换了" in await ben.opens(shown)
    page = re.search(r"/door/\S+", liu.link("放到屏幕上"))
    assert page
    address = f"{town.origin}{page[0]}"
    async with town.http.get(address) as answer:
        assert "羽毛球友谊赛" in await answer.text()
    async with town.http.get(f"{address}.svg") as answer:
        assert answer.status == 200
        assert "<svg" in await answer.text()
    async with town.http.get(address.replace(f"/{event.id}-", "/99-", 1)) as answer:
        assert answer.status == 404
    await town.at(local(9, 13))
    async with town.http.get(f"{address}.svg") as answer:
        assert answer.status == 404


async def test_who_comes_without_a_seat_counts_in_a_group_and_is_let_in_over_it_by_a_tap(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4, seats=10, quotas=1))
    town.save(Quota(event_id=event.id, who="/s3/", most=1))
    liu = await organizer(town)
    await town.at(local(5, 13))
    await liu.says("签到")
    for name in ("王伟", "赵敏"):
        await liu.presses("现场来的")
        assert "算哪一类" in await liu.says(name)
        await liu.presses(next(each for each in liu.labels if "狮山" in each))
        await liu.presses("选好了")
    assert "这一类满了" in liu.sees
    assert len(signup_states(town, event)) == 1
    assert "赵敏签到了" in await liu.presses("让进来")
    said = town.look(audit.about, f"event:{event.id}")
    assert sum(each.details.get("over") is True for each in said) == 1
    # Whoever belongs to no group is not held up by one that is full.
    await liu.presses("现场来的")
    await liu.says("钱多")
    assert "钱多签到了" in await liu.presses("都不算")
