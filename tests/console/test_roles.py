"""Roles at the desk: who holds which, giving them by codes, ending them; personal codes."""

from io import BytesIO

from openpyxl import load_workbook
from sqlmodel import Session, col, select

from models.loading.network import load, read_bytes
from models.network import invites, members, roles
from models.network.audit import Audit
from models.network.invites import Invite
from models.network.members import Member
from models.network.roles import Grant
from models.network.stations import Station
from models.rules.network.permissions import Act, Role
from models.sending.deliveries import Delivery
from tests.console.browsing import GUICHENG, SHISHAN, ZHAOXIN, Browser, Nanhai
from tests.miniature.rows import CARE
from tests.papers.papers import pages_of

HERE = "/console/network/roles"
CODES = "/console/network/codes"


async def book(browser: Browser, path: str, **fields: object) -> list[tuple[object, ...]]:
    """The rows of a workbook that a form answers with."""
    assert browser.last is not None
    form = {"key": browser.last.key, **{name: str(each) for name, each in fields.items()}}
    async with browser.session.post(f"{browser.origin}{path}", data=form) as answer:
        assert answer.status == 200, await answer.text()
        sheet = load_workbook(BytesIO(await answer.read())).active
    assert sheet is not None
    return list(sheet.iter_rows(values_only=True))


async def test_a_role_is_given_by_a_code_seen_in_the_list_and_ended(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    await browser.opens(HERE)
    for fields, said in (
        ({"what": "district", "place": "狮山"}, "选一个职务"),
        ({"what": "core_member", "place": "桂城"}, "没有叫“桂城”的"),
        ({"what": "contact_point", "place": "狮山"}, "没有叫“狮山”的"),
        ({"what": "core_member", "place": "狮山", "until": "2020-01-01"}, "已经过了"),
        ({"what": "core_member", "place": "狮山", "many": "51"}, "1 到 50"),
    ):
        refused = await browser.sends(f"{HERE}/give", None, **fields)
        assert (refused.status, said in refused.text) == (422, True), refused.text
        await browser.opens(HERE)
    made = await browser.sends(
        f"{HERE}/give", what="core_member", place="狮山", until="2026-12-31", many=1
    )
    assert "12月31日" in made.text
    code = next(word for word in made.text.split() if len(word) == 8 and word.isupper())
    assert code not in (await browser.opens(HERE)).text

    def claims(session: Session) -> None:
        caller = members.meet(session, "web.chat", "new", language="zh", now=desks.now)
        assert isinstance(invites.claim(session, caller, code, desks.now), roles.RoleGiven)
        session.get_one(Member, caller.id).name = "阿骨"

    desks.store.write_now(claims)
    seen = await browser.opens(f"{HERE}?words=agu&role=core_member")
    assert ("阿骨" in seen.text, "镇街组织者 狮山" in seen.text) == (True, False)
    assert "阿骨" not in (await browser.opens(f"{HERE}?words=没有")).text
    grant = desks.look(
        lambda session: session.exec(select(Grant).where(Grant.role == Role.CORE_MEMBER)).one().id
    )
    other = await desks.desk_of(Role.TOWN, GUICHENG)
    assert "阿骨" not in (await other.opens(HERE)).text
    assert (await other.sends(f"{HERE}/{grant}/end")).status == 403
    await browser.opens(HERE)
    assert "会告诉本人" in (await browser.sends(f"{HERE}/{grant}/end")).text
    assert (await browser.sends(f"{HERE}/{grant}/end")).status == 404
    topics = desks.look(lambda session: list(session.exec(select(Delivery.topic))))
    assert topics == ["role-ended"]


async def test_several_codes_are_a_list_and_each_can_be_withdrawn(desks: Nanhai) -> None:
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    await browser.opens(HERE)
    rows = await book(browser, f"{HERE}/give", what="core_member", place="狮山", many=3)
    codes = {row[2] for row in rows[1:]}
    assert (len(codes), rows[1][:2]) == (3, ("狮山", "活动骨干"))
    number = desks.look(lambda session: session.exec(select(Invite.id).limit(1)).one())
    other = await desks.desk_of(Role.CONTACT_POINT, ZHAOXIN)
    await other.opens(HERE)
    assert (await other.sends(f"{HERE}/codes/{number}/cancel")).status == 404
    await browser.opens(HERE)
    assert "作废了" in (await browser.sends(f"{HERE}/codes/{number}/cancel")).text
    assert (await browser.sends(f"{HERE}/codes/{number}/cancel")).status == 404
    core = await desks.desk_of(Role.CORE_MEMBER, SHISHAN)
    assert (await core.opens(HERE)).status == 403


async def test_personal_codes_are_made_for_a_reason_and_handed_out_as_a_list(
    desks: Nanhai,
) -> None:
    rows = '[[members]]\nname = "小李"\nstation = "{0}"\nstaff_number = "A1"\n'

    def fill(session: Session) -> None:
        code = session.get_one(Station, SHISHAN).code
        load(session, read_bytes(rows.format(code).encode(), "a.toml"), CARE, desks.now)

    desks.store.write_now(fill)
    browser = await desks.desk_of(Role.TOWN, SHISHAN)
    assert "有 1 个人还没来过" in (await browser.opens(CODES)).text
    assert "没有叫“桂城”的" in (await browser.opens(f"{CODES}?place=桂城")).text
    assert "有 0 个人还没来过" in (await browser.opens(f"{CODES}?place=昭信")).text
    assert (await browser.opens(f"{CODES}?of={GUICHENG}")).status == 404
    await browser.opens(CODES)
    assert (await browser.sends(CODES, of=SHISHAN, reason=" ")).status == 422
    await browser.opens(CODES)
    assert (await browser.sends(CODES, of=GUICHENG, reason="发码")).status == 404
    await browser.opens(CODES)
    [_heads, row] = await book(browser, CODES, of=SHISHAN, reason="年会发码")
    assert row[:3] == ("狮山", "小李", "A1")
    # As slips they are made for a reason too, and the ones from before end.
    form = {"key": (await browser.opens(CODES)).key, "of": SHISHAN, "reason": "发码", "as": "pdf"}
    async with browser.session.post(f"{desks.origin}{CODES}", data=form) as answer:
        assert pages_of(await answer.read()) == 1
    taken = select(Audit).where(Audit.act == Act.BIND_MEMBER)
    reasons = desks.look(lambda session: [e.details["reason"] for e in session.exec(taken)])
    assert reasons == ["年会发码", "发码"]
    point = await desks.desk_of(Role.CONTACT_POINT, ZHAOXIN)
    assert (await point.opens(CODES)).status == 403
    unbound = desks.look(lambda session: session.exec(select(col(Member.id))).all())
    assert len(unbound) > 0
