"""More want to come than there are seats: the event is held once more, or with a second bus."""

from sqlmodel import Session, col, select

from models.events.events import Event, Signup, SignupState
from models.members import merging
from models.rules.events.companions import Along
from tests.miniature.rows import CARE, badminton, local
from tests.stories.people import Person
from tests.stories.scenes import called, gives_up, members_at, organizer, signup_states
from tests.stories.station import Nanhai

SEATED, WAITING, OFFERED, CANCELLED = (
    SignupState.SEATED,
    SignupState.WAITING,
    SignupState.OFFERED,
    SignupState.CANCELLED,
)


def second_of(session: Session) -> Event:
    found = session.exec(select(Event).order_by(col(Event.id).desc())).first()
    assert found is not None
    session.expunge(found)
    return found


async def holds_once_more(liu: Person, when: str, seats: str) -> str:
    assert "加的这场什么时候" in await liu.says("加一场")
    await liu.says(when)
    await liu.says(seats)
    return await liu.presses("加一场")


async def test_who_waits_is_asked_about_the_second_one_in_order_and_takes_one_of_the_two(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4, seats=2, along=Along.ONE))
    liu = await organizer(town)
    ana, _fei, ben = await members_at(town, event, "小安", "小飞", "小本")
    cai = town.person("小蔡")
    await cai.arrives()
    await cai.says(f"报名 {event.id} 两个人")
    assert "排" in await cai.presses("报名")
    dan, eva = await members_at(town, event, "小丹", "小娃")
    states = [SEATED, SEATED, WAITING, WAITING, WAITING, WAITING, WAITING]
    assert signup_states(town, event) == states
    said = await holds_once_more(liu, "12月6日下午两点", "3")
    assert "✅ 发布了：羽毛球友谊赛 (2)，12月6日 周日 14:00" in said
    # Cai's two have seats there, with Ben before them; Dan and Eva wait for both.
    assert "正在问排队的 3 人" in said
    assert "还有 2 人两场一起排着" in said
    second = town.look(second_of)
    await town.works()
    for each in (ben, cai):
        offer = await each.hears("🔔 空出一个位子：羽毛球友谊赛 (2)，12月6日")
        assert "不要也照样排着" in offer
    assert "那场你排第 1" in await dan.hears("🔔 加了一场：羽毛球友谊赛 (2)")
    assert len(eva.unasked()) == 1
    assert signup_states(town, event) == states

    # Who takes a seat there leaves the queue of the first, with who comes along; who refuses stays.
    assert "✅ 报上了：羽毛球友谊赛 (2)" in await cai.says(f"报名 {second.id}")
    left = [SEATED, SEATED, WAITING, CANCELLED, CANCELLED, WAITING, WAITING]
    assert signup_states(town, event) == left
    await ben.says(f"取消报名 {second.id}")
    assert signup_states(town, second) == [CANCELLED, SEATED, SEATED, OFFERED, WAITING]
    assert "你排第 1" in await ben.opens(f"e{event.id}")
    await town.works()
    await dan.hears("🔔 空出一个位子：羽毛球友谊赛 (2)")
    assert "✅ 报上了" in await dan.says(f"报名 {second.id}")
    assert "你排第 2" in await eva.opens(f"e{event.id}")

    # A seat can be had at one of them: whoever has one changes over, and so frees the other.
    assert "另一场你已经报上了" in await ana.says(f"报名 {second.id}")
    await gives_up(dan, second)
    await town.works()
    await eva.hears("🔔 空出一个位子：羽毛球友谊赛 (2)")
    await eva.says(f"取消报名 {second.id}")
    await ana.opens(f"e{event.id}")
    await ana.presses("换个日子")
    assert "✅ 换到 12月6日 周日 14:00" in await ana.presses("12月6日 周日 14:00")
    assert "另一场：12月5日" in await ana.opens(f"e{second.id}")
    await town.works()
    await ben.hears("🔔 空出一个位子：羽毛球友谊赛，12月5日")


async def test_a_second_bus_leaves_at_the_same_time_and_keeps_the_shares_of_seats(
    town: Nanhai,
) -> None:
    event = town.save(badminton(station_id=4, seats=1))
    liu = await organizer(town)
    assert "12月6日" not in await liu.says("加一场")
    await liu.presses("同一时间")
    assert "现在没有人排队" in await liu.presses("一样多")
    assert "什么都没改" in await liu.presses("不改了")
    await members_at(town, event, "小安")
    town.moves(event, event.starts_at, "")
    assert "✅ 发布了：羽毛球友谊赛 (2)，12月5日 周六 14:00" in await holds_twice_now(liu)
    second = town.look(second_of)
    assert (second.starts_at, second.seats) == (event.starts_at, 1)
    assert second.series_id == town.get(Event, id=event.id).series_id
    assert "羽毛球友谊赛 (3)" in await holds_twice_now(liu, f"加一场 {second.id}")


async def holds_twice_now(liu: Person, words: str = "加一场 1") -> str:
    await liu.says(words)
    await liu.presses("同一时间")
    await liu.presses("一样多")
    return await liu.presses("加一场")


async def test_who_is_let_in_at_the_door_waits_at_the_other_one_no_more(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=1))
    liu = await organizer(town)
    _ana, ben, _cai = await members_at(town, event, "小安", "小本", "小蔡")
    await called(ben, "小本")
    await holds_once_more(liu, "12月6日下午两点", "1")
    second = town.look(second_of)
    await town.works()
    assert signup_states(town, event) == [SEATED, WAITING, WAITING]
    assert signup_states(town, second)[0] == OFFERED
    await town.at(local(5, 13, 30))
    await liu.says(f"签到 {event.id}")
    await liu.presses("按名单签到")
    assert "还没有位子" in await liu.says("小本")
    await liu.presses("让他进来")
    await liu.presses("让进来")
    assert signup_states(town, event)[1] == SignupState.ATTENDED
    assert signup_states(town, second)[0] == CANCELLED


async def test_two_chats_of_one_person_leave_them_a_seat_at_one_of_the_two(town: Nanhai) -> None:
    event = town.save(badminton(station_id=4, seats=1))
    liu = await organizer(town)
    ana, ben = await members_at(town, event, "小安", "小本")
    await holds_once_more(liu, "12月6日下午两点", "1")
    second = town.look(second_of)
    await town.works()
    assert "✅ 报上了" in await ben.says(f"报名 {second.id}")
    (cai,) = await members_at(town, second, "小蔡")
    assert signup_states(town, second) == [SEATED, WAITING]

    def one_person(session: Session) -> None:
        claims = session.exec(select(Signup).order_by(col(Signup.id))).all()
        seats = [each.member_id for each in claims if each.state == SEATED]
        assert None not in seats
        one, other = (each or 0 for each in seats)
        merging.merge(session, one, other, CARE, town.hands.now)

    town.store.write_now(one_person)
    # The seat that they took first stays; the other goes to the queue.
    assert signup_states(town, event) == [SEATED]
    assert signup_states(town, second) == [CANCELLED, OFFERED]
    await town.works()
    await cai.hears("🔔 空出一个位子：羽毛球友谊赛 (2)")
    assert "✅" in await ana.says("我的")
