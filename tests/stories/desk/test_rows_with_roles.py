"""A letter finds somebody who can read it: a role of a row without a chat does not count."""

from sqlmodel import Session

from models.members import binding
from models.network import roles
from models.network.members import Member
from models.network.stations import Station
from models.rules.network.permissions import Role
from tests.stories.scenes import organizer, settles
from tests.stories.station import Nanhai

DISTRICT, SHISHAN = 1, 3


def _load(town: Nanhai) -> str:
    """A row of a file that organizes a town; returns the code that binds it."""

    def load(session: Session) -> str:
        row = Member(
            name="李伟", station_id=SHISHAN, loaded_as="s3/李伟", created_at=town.hands.now
        )
        session.add(row)
        session.flush()
        station = session.get_one(Station, SHISHAN)
        roles.give(session, row.id, Role.TOWN, station, town.hands.now)
        [code] = binding.new_codes(session, station, town.hands.now)
        return code.shown

    return town.store.write_now(load)


async def test_a_letter_goes_past_a_row_that_nobody_is_bound_to(town: Nanhai) -> None:
    code = _load(town)
    above = await organizer(town, Role.DISTRICT, DISTRICT, name="区里")
    ana = town.person("小安")
    await settles(ana, "狮山")
    await ana.says("心愿 想要一个夜班食堂")
    assert "南海区的组织者会看" in await ana.presses("留名")
    assert "想要一个夜班食堂" in await above.says("来信")
    # The next one is read where the row's person has come by then.
    ben = town.person("李伟")
    await ben.arrives()
    await ben.says(f"绑定 {code}")
    await ben.presses("是我")
    await ana.says("心愿 想要一个篮球场")
    assert "狮山的组织者会看" in await ana.presses("留名")
    assert "想要一个篮球场" in await ben.says("来信")
