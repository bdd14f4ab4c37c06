"""Organizers of a town take the personal codes of their lists; those of a firm never do."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete
from sqlmodel import Session, col, select

from bot.conversation.messages import Attachment
from bot.station.no_file import FileRefused, NoFile
from models.members import binding
from models.network import roles
from models.network.audit import Audit
from models.network.members import Member
from models.network.roles import Grant
from models.network.stations import Station
from models.rules.network.permissions import Act, Role
from tests.stories.people import Person
from tests.stories.scenes import organizer
from tests.stories.station import Nanhai

SHISHAN, ZHAOXIN = 3, 4
WHY = "夜班培训，现场发码"


def _load(town: Nanhai) -> None:
    """Two rows of a company without a chat; a third one holds a role."""

    def load(session: Session) -> None:
        rows = [
            Member(
                name=name,
                station_id=ZHAOXIN,
                staff_number=number,
                loaded_as=f"s4/{number}",
                created_at=town.hands.now,
            )
            for name, number in (("李伟", "0317"), ("王芳", "0318"), ("赵强", "0319"))
        ]
        session.add_all(rows)
        session.flush()
        station = session.get_one(Station, ZHAOXIN)
        roles.give(session, rows[-1].id, Role.CORE_MEMBER, station, town.hands.now)

    town.store.write_now(load)


async def _codes(person: Person) -> dict[str, str]:
    """The codes by name, out of the file that was given."""
    given = await person.file()
    assert given.name.endswith(".xlsx")
    sheet = load_workbook(BytesIO(given.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("地方", "称呼", "工号", "发这句：绑定 个人码")
    assert {row[0] for row in rows[1:]} == {"昭信集团"}
    return {str(row[1]): str(row[3]) for row in rows[1:]}


async def test_a_town_takes_the_codes_of_its_lists_and_says_what_for(town: Nanhai) -> None:
    _load(town)
    boss = await organizer(town, Role.TOWN, SHISHAN)
    asked = await boss.says("个人码 昭信")
    assert "昭信集团：名单里还有 2 人没有来过" in asked
    assert "要来做什么用？" in asked
    assert "昭信集团：2 个码" in await boss.says(WHY)
    codes = await _codes(boss)
    # A code of somebody with a role would give that role: the operator hands it out.
    assert codes.keys() == {"李伟", "王芳"}
    # The file is written anew with the same codes, and holds nobody's whose code was used.
    ben = town.person("小本")
    await ben.arrives()
    await town.after(minutes=1)
    await ben.says(f"绑定 {codes['李伟']}")
    assert "✅ 和名单对上了：李伟" in await ben.presses("是我")
    told = await ben.says("谁看过我")
    for words in ("拿个人码名单", "昭信集团", WHY):
        assert words in told
    acts = await boss.says("审计")
    for words in ("拿个人码名单", "昭信集团", WHY):
        assert words in acts
    # A new list ends the codes of the one before.
    await boss.says("个人码 狮山")
    await boss.says("补发")
    assert (await _codes(boss)).keys() == {"王芳"}
    ana = town.person("小安")
    await ana.arrives()
    assert "没有这个码" in await ana.says(f"绑定 {codes['王芳']}")
    # What was taken after they came is nothing about them.
    assert "补发" not in await ben.says("谁看过我")


async def test_the_list_of_codes_ends_with_the_right_to_it(town: Nanhai) -> None:
    _load(town)
    boss = await organizer(town, Role.TOWN, SHISHAN)
    number = town.rows(Grant, role=Role.TOWN)[0].member_id

    def take(session: Session) -> str:
        station = session.get_one(Station, SHISHAN)
        taken = binding.take_codes(session, station, number, WHY, town.hands.now)
        assert isinstance(taken, binding.CodeList)
        return taken.seed

    seed = town.store.write_now(take)
    file = Attachment("a.xlsx", "text/plain", "row-codes", (number, SHISHAN, "zh", seed))
    files = town.station.core.files
    first, again = (await files.make(file)).content, (await files.make(file)).content
    sheets = [load_workbook(BytesIO(each)).active for each in (first, again)]
    written = [list(each.iter_rows(values_only=True)) for each in sheets if each is not None]
    assert written[0] == written[1]

    def dismiss(session: Session) -> None:
        session.execute(delete(Grant).where(col(Grant.member_id) == number))

    town.store.write_now(dismiss)
    with pytest.raises(FileRefused) as refused:
        await files.make(file)
    assert refused.value.why is NoFile.NO_RIGHT
    assert "由镇街或区的组织者发" in await boss.says("个人码")


async def test_the_organizers_of_a_firm_are_given_no_codes_of_its_people(town: Nanhai) -> None:
    _load(town)
    boss = await organizer(town, Role.CONTACT_POINT, ZHAOXIN)
    for words in ("个人码", "个人码 昭信", "个人码 狮山"):
        assert "个人码由镇街或区的组织者发" in await boss.says(words)
    ana = await organizer(town, Role.TOWN, SHISHAN, name="镇长")
    await ana.says("个人码 昭信")
    await ana.says(WHY)
    # Nor do they read that it was done.
    assert "拿个人码名单" not in await boss.says("审计")

    def acts(session: Session) -> list[str]:
        taken = select(Audit.subject).where(Audit.act == Act.BIND_MEMBER)
        return list(session.exec(taken))

    assert town.look(acts) == [f"station:{ZHAOXIN}"]


async def test_a_reason_is_asked_for_and_a_place_without_lists_says_so(town: Nanhai) -> None:
    boss = await organizer(town, Role.TOWN, SHISHAN)
    assert "没有等着用码的人" in await boss.says("个人码")
    assert "没有叫“月球”的" in await boss.says("个人码 月球")
    _load(town)
    await boss.says("个人码")
    assert "最多 200 个字" in await boss.says("长" * 201)
    assert "2 个码" in await boss.says(WHY)
    [row] = town.rows(Audit, act=Act.BIND_MEMBER)
    assert row.details["reason"] == WHY
