"""On the day: codes that are shown or scanned, a list to tick, and who did not come."""

from sqlmodel import Session

from models.events import checking_in, doors
from models.events.events import Signup, SignupState
from models.rules.network.permissions import Role
from tests.miniature.rows import badminton, event, local
from tests.stories.counting import Counted
from tests.stories.scenes import (
    called,
    check_ins,
    code_of,
    members_at,
    organizer,
    settles,
    signup_states,
)
from tests.stories.station import Nanhai


async def test_somebody_is_checked_in_by_the_six_digits_they_show(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = Counted(await organizer(town))
    ana, ben = await members_at(town, event, "小安", "小本")
    await town.at(local(5, 13))
    codes = await code_of(ana), await code_of(ben)
    assert codes[0] != codes[1]
    assert (await ana.file()).content.startswith(b"\x89PNG")
    await liu.says("管理活动")
    await liu.presses("羽毛球友谊赛")
    assert "到了 0 / 2" in await liu.presses("签到")
    said = await liu.says(codes[0])
    assert liu.steps <= 4
    assert "签到了。" in said
    assert "到了 1 / 2" in said
    # The next one is typed right away; twice is harmless; a wrong one says so.
    assert "到了 2 / 2" in await liu.says(f"{codes[1][:3]} {codes[1][3:]}")
    assert "之前已经签到了" in await liu.says(codes[0])
    wrong = f"{(int(codes[0]) + 1) % 1_000_000:06}"
    if wrong != codes[1]:
        assert "❌ 没有人用这个签到码" in await liu.says(wrong)
    assert "签到码是六位数字" in await liu.says("12345")
    assert "签到 2 人" in await liu.says("好了")
    assert "✅ 已签到" in await ana.says("我的")
    assert check_ins(town, event) == 2


async def test_a_code_is_typed_without_opening_anything(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = Counted(await organizer(town))
    (ana,) = await members_at(town, event, "小安")
    await town.at(local(5, 13))
    assert "到了 1 / 1" in await liu.says(f"签到 {await code_of(ana)}")
    assert liu.steps == 1
    # The member asks in the same word for their own code.
    assert "✅ 你签到了" in await ana.says("签到")


async def test_codes_are_shown_with_the_last_reminder(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    (ana,) = await members_at(town, event, "小安")
    # WeChat lets a station speak for two days after it was spoken to.
    await town.at(local(4, 13))
    await ana.says("我的")
    await town.at(local(5, 12))
    await ana.hears("🔔 羽毛球友谊赛")
    assert "你的签到码：" in await ana.presses("签到码")


async def test_a_scanned_code_works_for_organizers_only(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    ana, ben = await members_at(town, event, "小安", "小本")
    await town.at(local(5, 13))
    code = await code_of(ana)
    assert "签到了" not in await ben.opens(f"c{event.id}-{code}")
    assert signup_states(town, event) == [SignupState.SEATED, SignupState.SEATED]
    assert "到了 1 / 2" in await liu.opens(f"c{event.id}-{code}")
    # An app that shows what a code holds, and opens nothing: it is typed.
    assert "之前已经签到了" in await liu.says(f"签到 c{event.id}-{code}")


async def test_the_code_at_the_door_checks_in_who_has_a_seat(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=1))
    ana, ben = await members_at(town, event, "小安", "小本")
    await town.at(local(5, 13))

    def secret_of(session: Session) -> str:
        return doors.place_secret(session, event.id)

    secret = town.store.write_now(secret_of)
    assert "✅ 你签到了：羽毛球友谊赛" in await ana.opens(f"k{event.id}-{secret}")
    assert "没有位子" in await ben.opens(f"k{event.id}-{secret}")
    assert "已经没有了" in await ben.opens(f"k{event.id}-{secret[::-1]}")
    assert signup_states(town, event) == [SignupState.ATTENDED, SignupState.WAITING]


async def test_an_organizer_gets_the_code_for_the_door(town: Nanhai) -> None:
    town.save(badminton(station_id=4))
    liu = await organizer(town)
    await town.at(local(5, 13))
    await liu.says("签到")
    await liu.presses("更多")
    assert "贴在" in await liu.presses("门口的码")
    assert (await liu.file()).content.startswith(b"\x89PNG")


async def test_those_without_a_code_are_ticked_and_a_slip_is_taken_back(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    await members_at(town, event, "小安", "小本")
    await town.at(local(5, 13))
    await liu.says("签到")
    assert "谁到了就点谁" in await liu.presses("按名单签到")
    first = liu.labels[0]
    assert "到了 1 / 2" in await liu.presses(first)
    assert first not in " ".join(liu.labels)
    assert "到了 0 / 2" in await liu.presses("撤销")
    assert "到了 1 / 2" in await liu.presses(first)
    assert SignupState.ATTENDED in signup_states(town, event)


async def test_check_in_waits_for_the_day(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    (ana,) = await members_at(town, event, "小安")
    assert "今天没有你管的活动" in await liu.says("签到")
    assert "签到码" not in " ".join(ana.labels)
    assert "活动当天才能签到" in await liu.opens(f"c{event.id}-123456")


async def test_wrong_codes_run_out(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    (ana,) = await members_at(town, event, "小安")
    await town.at(local(5, 13))
    code = await code_of(ana)
    await liu.says("签到")
    wrong = [f"{number:06}" for number in range(12) if f"{number:06}" != code]
    for each in wrong[:10]:
        assert "没有人用" in await liu.says(each)
    # Now the right one is not taken either, for ten minutes.
    assert "错的码太多" in await liu.says(code)
    await town.after(minutes=11)
    assert "到了 1 / 1" in await liu.says(code)


async def test_who_did_not_come_is_marked_where_anybody_was_checked_in(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    other = town.save(badminton(station_id=4, code="b2", title="散步"))
    liu = await organizer(town)
    ana, _ben = await members_at(town, event, "小安", "小本")
    assert "还要报吗" in await ana.says(f"报名 {other.id}")
    await ana.says("好")
    await town.at(local(5, 13))
    await liu.says(f"签到 {await code_of(ana)}")
    await town.at(local(5, 19, 59))
    assert signup_states(town, event) == [SignupState.ATTENDED, SignupState.SEATED]
    await town.at(local(5, 20, 1))
    assert signup_states(town, event) == [SignupState.ATTENDED, SignupState.NO_SHOW]
    assert signup_states(town, other) == [SignupState.SEATED]
    await liu.says("管理活动")
    await liu.presses("以前的")
    assert "没来 1 人" in await liu.presses("羽毛球友谊赛")


async def test_two_of_one_name_are_told_apart_where_they_are_ticked(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    for place in ("桂城", "狮山"):
        each = town.person(f"王伟{place}")
        await settles(each, place)
        await called(each, "王伟")
        await each.says(f"报名 {event.id}")
    await town.at(local(5, 13))
    await liu.says("签到")
    await liu.presses("按名单签到")
    assert len({label.split(" ", 1)[-1] for label in liu.labels if "王伟" in label}) == 2
    # A company does not see where people work: their numbers tell them apart.
    assert "王伟 · 工友 3 签到了" in await liu.presses("王伟 · 工友 3")
    await liu.says("管理活动")
    await liu.presses("羽毛球友谊赛")
    said = await liu.presses("名单")
    assert "王伟 · 工友 3 · 已签到" in said
    assert "王伟 · 工友 2 · 有位子" in said


async def test_several_are_ticked_by_their_numbers_and_names(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    people = await members_at(town, event, *(f"工友{number}" for number in range(6)))
    names = ("王伟", "李伟", "陈静", "Ann Lee", "赵敏", "王伟强")
    for each, name in zip(people, names, strict=True):
        await called(each, name)
    await town.at(local(5, 13))
    await liu.says("签到")
    await liu.presses("按名单签到")
    said = await liu.says("3 5")
    assert "陈静签到了" in said
    assert "赵敏签到了" in said
    assert "到了 2 / 6" in said
    # A name, in full or by its sound; one of several is asked for, and nobody is guessed.
    assert "Ann Lee 签到了" in await liu.says("ann lee")
    assert "李伟签到了" in await liu.says("liwei")
    assert "王伟签到了" in await liu.says("王伟")
    assert "名单上没有“张三”" in await liu.says("张三、chenjing")
    assert "到了 5 / 6" in liu.sees
    assert "到了 6 / 6" in await liu.says("6")
    assert "都到齐了" in liu.sees


async def test_a_typed_code_is_one_guess_however_many_events_there_are(town: Nanhai) -> None:
    boss = await organizer(town, Role.DISTRICT, 1, "区长")
    ana = town.person("安")
    rows = [town.save(event(f"x{i}", f"活动{i:02}", local(5, 14, i))) for i in range(12)]
    await ana.arrives()
    await ana.says(f"报名 {rows[11].id}")
    await town.at(local(5, 13))
    code = await code_of(ana)
    other = f"{(int(code) + 1) % 1_000_000:06}"
    for _guess in range(9):
        assert "❌ 没有人用这个签到码" in await boss.says(f"签到 {other}")
    assert "签到了。" in await boss.says(f"签到 {code}")
    assert "❌ 没有人用这个签到码" in await boss.says(f"签到 {other}")
    assert "错的码太多了" in await boss.says(f"签到 {code}")


async def test_the_first_code_typed_finds_its_event_among_twelve(town: Nanhai) -> None:
    boss = await organizer(town, Role.DISTRICT, 1, "区长")
    ana = town.person("安")
    rows = [town.save(event(f"x{i}", f"活动{i:02}", local(5, 14, i))) for i in range(12)]
    await ana.arrives()
    # Chat pages and WeCom give no name.
    await called(ana, "安")
    await ana.says(f"报名 {rows[11].id}")
    await town.at(local(5, 13))
    assert "安签到了" in await boss.says(f"签到 {await code_of(ana)}")


async def test_a_code_that_fits_two_asks_who_it_is(town: Nanhai) -> None:
    boss = await organizer(town, Role.DISTRICT, 1, "区长")
    first = town.save(event("x1", "下棋", local(5, 14)))
    second = town.save(event("x2", "打牌", local(5, 14)))
    (ana,) = await members_at(town, first, "安")
    (ben,) = await members_at(town, second, "本")
    await town.at(local(5, 13))
    code = await code_of(ana)
    # Chance gives two events the same digits once in a million; here it is made.
    turn = town.store.write_now(checking_in.turn_of, second.id, code)
    town.change(Signup, town.get(Signup, event_id=second.id).id, turn=turn)
    assert "对得上几个人" in await boss.says(f"签到 {code}")
    await boss.presses(next(label for label in boss.labels if "打牌" in label))
    assert signup_states(town, second) == [SignupState.ATTENDED]
    assert signup_states(town, first) == [SignupState.SEATED]
    assert await ben.says("我的")
