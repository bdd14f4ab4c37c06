"""Files sent to the desk: shown row by row, written in turns, forgotten after."""

from datetime import timedelta

from sqlmodel import Session, col, select

from bot.conversation.language import phrasebook
from bot.station.uploads import Uploads
from models.loading import uploads
from models.loading.uploads import UploadedFile
from models.members import privacy
from models.network.audit import Audit
from models.network.members import Member
from models.network.stations import Station
from models.rules.network.permissions import Act, Role
from tests.console.browsing import GUICHENG, ZHAOXIN, Browser, Nanhai, Seen
from tests.models.loading.files import book

HERE = "/console/network/import"
HEAD = ["姓名", "站点", "工号", "班次"]
ROWS = [["小李", "桂城", "A1", "夜班"], ["小王", "狮山", "A2", None], ["小张", "桂城", "A3", "晚"]]


async def works(desks: Nanhai) -> None:
    """What a worker's job does once it is asked to."""
    await Uploads(desks.store, desks.care, phrasebook(), lambda: desks.now).work()


async def sent(browser: Browser, content: bytes, name: str = "名单.xlsx") -> Seen:
    await browser.opens(HERE)
    return await browser.sends(HERE, {"file": (name, content)})


def people(session: Session) -> list[str]:
    query = select(Member.name).where(Member.staff_number != "").order_by(Member.name)
    return list(session.exec(query))


def kept(session: Session) -> list[UploadedFile]:
    return list(session.exec(select(UploadedFile)))


async def test_a_file_is_shown_before_it_is_written_and_forgotten_after(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    waiting = await sent(browser, book({"工友": [HEAD, *ROWS]}))
    assert (waiting.status, "正在读" in waiting.text) == (200, True)
    await works(desks)
    asks = {"HX-Request": "true", "HX-Target": "file"}
    assert "你不能导入狮山的内容" in (await browser.opens(HERE, **asks)).text
    shown = await browser.opens(HERE)
    assert "你不能导入狮山的内容" in shown.text
    assert "班次：没有“晚”" in shown.text
    assert "还没有写入" in shown.text
    good = await browser.opens(f"{HERE}?fate=added")
    assert ("小李" in good.text, "小王" in good.text) == (True, False)
    assert desks.look(people) == []
    [file] = desks.look(kept)
    going = await browser.sends(f"{HERE}/write", file=file.id)
    assert "写了 0 行，共 1 行" in going.text
    assert (await browser.sends(f"{HERE}/write", file=file.id)).status == 422
    busy = await sent(browser, b"a,b\n", "a.csv")
    assert (busy.status, "还在写" in busy.text) == (422, True)
    await works(desks)
    done = await browser.opens(HERE)
    assert ("写好了" in done.text, "你不能导入狮山的内容" in done.text) == (True, True)
    # New, changed, the same and wrong: what was not written is counted as it was before.
    assert ("工友 1 0 0 2" in shown.text, "工友 1 0 0 2" in done.text) == (True, True)
    assert desks.look(people) == ["小李"]
    [file] = desks.look(kept)
    assert file.content == b""
    assert "选一个文件" not in (await browser.sends(f"{HERE}/forget")).text
    assert desks.look(kept) == []


async def test_a_file_is_read_as_people_save_it_and_refused_with_a_reason(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.DISTRICT)
    await browser.opens(HERE)
    for files, said in (
        (None, "选一个文件"),
        ({"file": ("a.xls", b"x")}, "只能读"),
        ({"file": ("a.csv", b"x" * 5_000_001)}, "超过 5 MB"),
    ):
        refused = await browser.sends(HERE, files)
        assert (refused.status, said in refused.text) == (422, True)
    await sent(browser, b"PK nothing", "a.xlsx")
    await works(desks)
    broken = await browser.opens(HERE)
    assert "a.xlsx" in broken.text
    assert "换一个文件" in broken.text
    for encoding, name in (("utf-8", "工友.csv"), ("gb18030", "工友.csv")):
        text = "姓名,站点,工号\n小李,昭信集团,A1\n"
        await sent(browser, text.encode(encoding), name)
        await works(desks)
        assert "小李" in (await browser.opens(HERE)).text
    toml = '[[stations]]\nkind = "联系点"\nparent = "狮山"\nname = "新厂"\n'
    await sent(browser, toml.encode(), "a.toml")
    await works(desks)
    assert "新厂" in (await browser.opens(HERE)).text
    answer = await browser.session.get(f"{desks.origin}{HERE}/template.xlsx")
    await sent(browser, await answer.read(), "模板.xlsx")
    await works(desks)
    assert "没有要写的" in (await browser.opens(HERE)).text


async def test_a_file_is_its_senders_alone_and_ends_with_the_hour(desks: Nanhai) -> None:
    content = book({"工友": [HEAD, ROWS[0]]})
    one, other = await desks.desk_of(Role.DISTRICT), await desks.desk_of(Role.TOWN, GUICHENG)
    await sent(one, content)
    await works(desks)
    [file] = desks.look(kept)
    assert "小李" not in (await other.opens(HERE)).text
    assert (await other.sends(f"{HERE}/write", file=file.id)).status == 422
    firm = await desks.desk_of(Role.CONTACT_POINT, ZHAOXIN)
    assert (await firm.opens(HERE)).status == 403
    await one.opens(HERE)
    desks.now += timedelta(hours=1, minutes=1)
    assert (await one.sends(f"{HERE}/write", file=file.id)).status == 422
    desks.store.write_now(uploads.forget_before, desks.now)
    assert (desks.look(kept), desks.look(people)) == ([], [])


async def test_writing_can_be_stopped_and_what_is_written_stays(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.DISTRICT)
    text = "代码,类型,上级,名称\n" + "".join(f"p{n},联系点,狮山,第{n}厂\n" for n in range(300))
    await sent(browser, text.encode(), "站点.csv")
    await works(desks)
    await browser.opens(HERE)
    [file] = desks.look(kept)
    await browser.sends(f"{HERE}/write", file=file.id)
    due = desks.look(lambda session: uploads.next_due(session, desks.now))
    assert due is not None
    # Its process ends midway: what it had written and how far it was is kept together.
    desks.store.write_now(uploads.note, due.id, 50, 300)
    assert "写了 50 行，共 300 行" in (await browser.opens(HERE)).text
    stopped = await browser.sends(f"{HERE}/forget")
    assert "停下了" in stopped.text

    def loaded(session: Session) -> list[Audit]:
        return list(session.exec(select(Audit).where(col(Audit.act) == Act.LOAD)))

    assert [each.details for each in desks.look(loaded)] == [{"rows_of_part": 50}]
    await works(desks)
    assert desks.look(lambda session: len(session.exec(select(Station)).all())) == 4


async def test_whoever_lost_the_right_meanwhile_writes_nothing(desks: Nanhai) -> None:
    number = desks.member("镇长", Role.TOWN, GUICHENG)
    browser = await desks.signed_in(number)
    await sent(browser, book({"工友": [HEAD, ROWS[0]]}))
    await works(desks)
    [file] = desks.look(kept)
    await browser.opens(HERE)
    await browser.sends(f"{HERE}/write", file=file.id)

    def demote(session: Session) -> None:
        from models.network import roles

        [(grant, _station)] = roles.grants_of(session, number, desks.now)
        grant.withdrawn_at = desks.now
        session.add(grant)

    desks.store.write_now(demote)
    await works(desks)
    assert desks.look(people) == []
    [file] = desks.look(kept)
    assert (file.state, file.content) == ("broken_off", b"")


async def test_who_is_erased_after_a_file_was_shown_is_not_made_anew_by_it(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.DISTRICT)
    content = book(
        {
            "工友": [HEAD, ROWS[0], ROWS[1]],
            "角色": [["姓名", "角色", "负责"], ["小李", "活动骨干", "桂城"]],
        }
    )

    async def shown() -> int:
        await sent(browser, content)
        await works(desks)
        await browser.opens(HERE)
        return desks.look(kept)[0].id

    await browser.sends(f"{HERE}/write", file=await shown())
    await works(desks)
    assert desks.look(people) == ["小李", "小王"]

    def erase(session: Session) -> None:
        gone = session.exec(select(Member.id).where(Member.name == "小李")).one()
        privacy.erase_member(session, gone, desks.care, desks.now)

    again = await shown()
    desks.store.write_now(erase)
    await browser.sends(f"{HERE}/write", file=again)
    await works(desks)
    assert desks.look(people) == ["小王"]
    told = (await browser.opens(HERE)).text
    assert told.count("已经删除了") == 2
