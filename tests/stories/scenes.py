"""How stories begin, and what they look up, where several do."""

import re
from collections.abc import Mapping

from sqlmodel import Session, col, select

from models.events.events import Event, Signup, SignupState
from models.network import audit, invites, roles, stations
from models.network.members import Address, Member
from models.network.roles import Grant
from models.rules.network.permissions import Act, Role
from tests.stories.people import Person
from tests.stories.station import Nanhai

# Who is there


async def settles(person: Person, place: str, *interests: str, shift: str = "跳过") -> None:
    """Say hello, agree, and tell where one works and what one likes."""
    await person.says("你好")
    await person.presses("同意")
    await person.says(place)
    for interest in interests:
        await person.presses(interest)
    await person.presses("选好了" if interests else "跳过")
    await person.presses(shift)


async def called(person: Person, name: str) -> str:
    """Tell the name by which organizers shall know one."""
    await person.says("资料")
    await person.presses("称呼")
    return await person.says(name)


async def gives_up(person: Person, event: Event) -> str:
    await person.says(f"取消报名 {event.id}")
    return await person.presses("让出位子")


async def proposes(founder: Person, name: str = "狮山夜跑队", place: str = "狮山") -> int:
    """Found a team in taps and two messages; returns its number."""
    await founder.says("队伍")
    await founder.presses("建队伍")
    await founder.presses("跑步健身")
    await founder.presses(place)
    await founder.says(name)
    answer = await founder.says("下班绕湖跑五公里，慢的也等。")
    found = re.search(r"支持 (\d+)", answer)
    assert found is not None, answer
    return int(found[1])


async def organizer(
    town: Nanhai, role: Role = Role.CONTACT_POINT, station_id: int = 4, name: str = "站长"
) -> Person:
    """Someone who has arrived and holds this role."""
    person = town.person(name)
    await person.arrives()
    await town.appoint(person, role, station_id)
    return person


def crowd(town: Nanhai, station_id: int, size: int, *, lost: str = "") -> None:
    """People of this station whose platform nobody here speaks for."""

    now = town.hands.now

    def settle(session: Session) -> None:
        for number in range(size):
            member = Member(station_id=station_id, consented_at=now, created_at=now)
            session.add(member)
            session.flush()
            session.add(
                Address(
                    member_id=member.id,
                    account="telegram.elsewhere",
                    external=f"p{number}",
                    unreachable=lost,
                    created_at=now,
                )
            )
        session.flush()

    town.store.write_now(settle)


async def signed_up(town: Nanhai, row: Event) -> Person:
    ana = town.person("小安")
    await ana.arrives()
    assert "✅ 报上了" in await ana.says(f"报名 {row.id}")
    return ana


async def members_at(town: Nanhai, event: Event, *names: str) -> list[Person]:
    """People who have arrived and signed up, in this order."""
    people = [town.person(name) for name in names]
    for each in people:
        await each.arrives()
        await each.says(f"报名 {event.id}")
    return people


def code_for(town: Nanhai, role: Role, station_id: int) -> str:
    """A code as ``yizhan invite`` makes it."""

    def make(session: Session) -> str:
        station = stations.get(session, station_id)
        assert station is not None
        return invites.invite(session, role, station, town.hands.now)

    return town.store.write_now(make)


def code_shown(person: Person) -> str:
    """The code that somebody has just been shown."""
    found = re.search(r"绑定 ([A-Z2-9]{8})", person.sees)
    assert found is not None, person.sees
    return found[1]


def withdraw_all(town: Nanhai) -> None:
    """End every role there is."""

    def end(session: Session) -> None:
        for grant in session.exec(select(Grant)).all():
            roles.withdraw(session, grant.id, grant.member_id, town.hands.now)

    town.store.write_now(end)


# What is shown


async def code_of(person: Person) -> str:
    """The six digits that somebody is shown under what is theirs."""
    await person.says("我的")
    said = await person.presses("签到码")
    found = re.search(r"你的签到码：(\d{6})", said)
    assert found is not None, said
    return found[1]


# What is kept


def published(town: Nanhai) -> list[Event]:
    def look(session: Session) -> list[Event]:
        return list(session.exec(select(Event).order_by(Event.id)).all())  # type: ignore[arg-type]

    found: list[Event] = town.look(look)
    return found


def signup_states(town: Nanhai, event: Event) -> list[SignupState]:
    def look(session: Session) -> list[SignupState]:
        found = session.exec(
            select(Signup.state).where(Signup.event_id == event.id).order_by(Signup.turn)  # type: ignore[arg-type]
        )
        return [SignupState(state) for state in found]

    states: list[SignupState] = town.look(look)
    return states


def named_states(town: Nanhai, event_id: int) -> list[tuple[str, SignupState]]:
    """The claims on an event by the names of their people, the oldest first."""

    def read(session: Session) -> list[tuple[str, SignupState]]:
        rows = session.exec(
            select(Signup, Member.name)
            .join(Member, col(Member.id) == col(Signup.member_id), isouter=True)
            .where(Signup.event_id == event_id)
            .order_by(col(Signup.id))
        )
        return [(name or one.name, one.state) for one, name in rows.all()]

    found: list[tuple[str, SignupState]] = town.look(read)
    return found


def check_ins(town: Nanhai, event: Event) -> int:
    found = town.look(audit.about, f"event:{event.id}")
    return sum(each.act == Act.CHECK_IN for each in found)


async def asks(liu: Person, event: Event, *ready: str) -> str:
    """Add these ready-made questions, two taps each."""
    await liu.says(f"管理活动 {event.id}")
    await liu.presses("更多")
    said = await liu.presses("报名问题")
    for number, each in enumerate(ready):
        if number:
            await liu.presses("再加一问")
        said = await liu.presses(each)
    return said


def id_page_of(person: Person) -> str:
    """The path of the page for ID numbers that somebody was just led to."""
    found = re.search(r"/ask/[A-Za-z0-9_-]{43}", person.link("打开页面"))
    assert found is not None
    return found[0]


async def opens(town: Nanhai, path: str, **headers: str) -> tuple[int, str, Mapping[str, str]]:
    """What somebody sees in a browser: status, words, headers."""
    given = {"Accept-Language": "zh-CN", **headers}
    async with town.http.get(f"{town.origin}/e/{path}", headers=given) as response:
        content = await response.read()
        return response.status, content.decode(errors="replace"), response.headers
