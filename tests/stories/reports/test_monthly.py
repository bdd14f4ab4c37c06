"""Each month by itself: the figures of the month before come to who organizes a town or all."""

from datetime import datetime

from sqlmodel import Session

from models.events.events import Kind, Signup, SignupState
from models.rules.network.permissions import Role
from models.sending.deliveries import Delivery
from tests.miniature.rows import CONTACT_POINT, DISTRICT, GUICHENG, SHISHAN, ZONE, event, local
from tests.stories.people import Person
from tests.stories.scenes import organizer
from tests.stories.station import Nanhai


def an_evening(town: Nanhai, person: Person, month: int) -> None:
    """A lecture in Shishan to which the first member came."""

    def add(session: Session) -> None:
        at = datetime(2026, month, 12, 19, tzinfo=ZONE)
        row = event(f"talk{month}", "讲座", at, station_id=SHISHAN, kind=Kind.LECTURE)
        session.add(row)
        session.flush()
        session.add(Signup(event_id=row.id, member_id=1, state=SignupState.ATTENDED, at=at))

    town.store.write_now(add)


def _told(town: Nanhai) -> int:
    return town.count(Delivery, topic="monthly-account")


async def test_on_the_first_working_day_organizers_get_the_month_before(town: Nanhai) -> None:
    mayor = await organizer(town, Role.DISTRICT, DISTRICT, "区长")
    liu = await organizer(town, Role.TOWN, SHISHAN, "刘姐")
    await organizer(town, Role.TOWN, GUICHENG, "桂姐")
    await organizer(town, Role.CONTACT_POINT, CONTACT_POINT, "站长")
    an_evening(town, liu, 11)
    an_evening(town, liu, 12)
    await town.works()
    said = await liu.hears("狮山，2026 年 11月的数字")
    assert "0 支队伍、0 名活动骨干、0 个社团、1 场活动" in said
    assert "1 人次" in said
    await mayor.hears("南海区，2026 年 11月的数字")
    # Nothing happened in Guicheng, and companies ask for themselves.
    assert _told(town) == 2
    await town.after(hours=2)
    assert _told(town) == 2
    await town.at(local(31, 12))
    assert _told(town) == 2
    # The 4th of January is the first working day.
    await town.at(datetime(2027, 1, 4, 9, 5, tzinfo=ZONE))
    assert _told(town) == 4


async def test_who_wants_no_figures_gets_none(town: Nanhai) -> None:
    liu = await organizer(town, Role.TOWN, SHISHAN, "刘姐")
    an_evening(town, liu, 11)
    assert "每月统计" in await liu.says("退订 月报")
    await town.works()
    assert town.count(Delivery, topic="monthly-account", reason="muted") == 1


async def test_members_are_not_asked_about_what_they_never_get(town: Nanhai) -> None:
    ana = town.person("小安")
    await ana.arrives()
    assert "每月统计" not in await ana.says("退订 公告")
