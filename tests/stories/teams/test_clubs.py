"""An enterprise's club: applied for, approved by the town and registered, for its own people."""

from sqlmodel import Session, col, select

from models.network.audit import Audit
from models.rules.network.permissions import Role
from tests.stories.people import Person
from tests.stories.station import Nanhai


async def applies(founder: Person, name: str = "昭信篮球社") -> str:
    await founder.says("申请社团")
    await founder.says("昭信")
    await founder.presses("球类")
    await founder.says(name)
    await founder.says("陈师傅")
    assert "打人数" in await founder.says("很多")
    await founder.says("20人")
    return await founder.says("下班打球，单位里的人都能来。")


async def arrives_and_answers_for(town: Nanhai, name: str, role: Role, station_id: int) -> Person:
    organizer = town.person(name)
    await organizer.arrives()
    await town.appoint(organizer, role, station_id)
    return organizer


async def test_a_town_registers_a_club_for_the_companys_own_people(town: Nanhai) -> None:
    eve = await arrives_and_answers_for(town, "小怡", Role.TOWN, 3)
    # A contact point's organizers do not register clubs.
    fay = await arrives_and_answers_for(town, "小菲", Role.CONTACT_POINT, 4)
    ana, ben = town.person("小安"), town.person("小本")
    await ana.arrives()
    await ben.arrives()
    answer = await applies(ana)
    assert "申请交上去了：昭信篮球社，昭信集团" in answer
    assert "已经报给狮山" in answer
    await town.after(minutes=1)
    asked = await eve.hears("申请办社团：昭信篮球社")
    assert "负责人：陈师傅，20 人" in asked
    assert all("申请办社团" not in each for each in fay.unasked())
    assert "没有和“昭信篮球”有关的队伍" in await ben.says("队伍 昭信篮球")
    assert "登记号 NH-2026-001" in await eve.presses("批准")
    await town.after(minutes=1)
    assert "登记号 NH-2026-001" in await ana.hears("你是队长")

    card = await ben.says("队伍 zhaoxin lanqiu")
    assert "昭信篮球社" in card
    card = await ben.presses("昭信篮球社")
    assert "登记号 NH-2026-001" in card
    assert "只收昭信集团的人" in card
    assert "先在资料里填上" in await ben.presses("加入")
    await ben.presses("填单位")
    await ben.says("昭信")
    await ben.says("队伍 昭信篮球")
    await ben.presses("昭信篮球社")
    assert "现在 2 人" in await ben.presses("加入")

    def acts(session: Session) -> list[str]:
        return [str(each.act) for each in session.exec(select(Audit).order_by(col(Audit.id))).all()]

    assert town.look(acts)[-1] == "approve_club"


async def test_a_club_is_sent_back_with_a_reason_and_takes_no_number(town: Nanhai) -> None:
    eve = await arrives_and_answers_for(town, "小怡", Role.TOWN, 3)
    ana = town.person("小安")
    await ana.arrives()
    await applies(ana)
    await town.after(minutes=1)
    await eve.hears("申请办社团")
    await eve.presses("退回")
    assert "不说原因" in eve.labels
    await eve.says("先把负责人的电话补上。")
    await town.after(minutes=1)
    assert "先把负责人的电话补上" in await ana.hears("没批下来")
    await applies(ana, "昭信羽毛球社")
    await town.after(minutes=1)
    await eve.hears("昭信羽毛球社")
    assert "登记号 NH-2026-001" in await eve.presses("批准")


async def test_a_club_can_be_opened_to_everybody_by_its_captain(town: Nanhai) -> None:
    eve = await arrives_and_answers_for(town, "小怡", Role.TOWN, 3)
    ana, ben = town.person("小安"), town.person("小本")
    await ana.arrives()
    await ben.arrives()
    await applies(ana)
    await town.after(minutes=1)
    await eve.hears("申请办社团")
    await eve.presses("批准")
    await town.after(minutes=1)
    await ana.hears("你是队长")
    await ana.presses("管理队伍")
    await ana.presses("加入方式")
    assert "以后：谁来都行，当场加入" in await ana.presses("谁来都行，当场加入")
    await ben.says("队伍 昭信篮球")
    await ben.presses("昭信篮球社")
    assert "现在 2 人" in await ben.presses("加入")
