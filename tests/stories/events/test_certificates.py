"""Certificates: issued to those who came, named, had again, checked by anybody, withdrawn."""

from sqlmodel import Session, select

from models.events import certificates
from models.events.certificates import Certificate
from models.events.events import Event, Signup, SignupState
from models.members import merging
from models.network import audit
from models.network.members import Member
from models.network.stations import Care
from tests.miniature.rows import ZONE, badminton, local
from tests.papers.papers import codes_in, pages_of
from tests.stories.people import Person
from tests.stories.scenes import members_at, organizer
from tests.stories.station import Nanhai


async def after_the_match(town: Nanhai, *names: str) -> tuple[Event, Person, list[Person]]:
    """An event that is over, its organizer, and people who came to it."""
    event = town.save(badminton(station_id=4))
    liu = await organizer(town)
    people = await members_at(town, event, *names)
    for signup in town.rows(Signup):
        town.change(Signup, signup.id, state=SignupState.ATTENDED)
    await town.at(local(6, 9))
    for each in people:
        # On WeChat nothing reaches whoever has not written for two days.
        await each.says("我的")
    return event, liu, people


async def asks_for_certificates(liu: Person, title: str) -> str:
    await liu.says("管理活动")
    await liu.presses("以前的")
    await liu.presses(title)
    await liu.presses("更多")
    return await liu.presses("证书")


def came(town: Nanhai, number: int) -> int:
    """The member whose claim is the n-th."""
    member_id = town.rows(Signup)[number].member_id
    assert member_id is not None
    return member_id


async def checks(town: Nanhai, code: str, **headers: str) -> tuple[int, str, str]:
    """What somebody sees who scans the code: status, words, tag."""
    given = {"Accept-Language": "zh-CN", **headers}
    async with town.http.get(f"{town.origin}/c/{code}", headers=given) as response:
        return response.status, await response.text(), response.headers.get("ETag", "")


async def test_all_who_came_get_a_certificate_by_one_tap(town: Nanhai) -> None:
    event, liu, (ana, ben) = await after_the_match(town, "小安", "小本")
    town.change(Member, came(town, 0), name="张小兰", loaded_as="A-001")
    assert "✅ 签到 2 人 · 0 人有证书" in await asks_for_certificates(liu, event.title)
    assert "像 6 或 2.5" in await liu.presses("时长：3 小时")
    await liu.says("2.5")
    said = await liu.presses("发给 2 人")
    assert "✅ 2 张证书发出去了。" in said
    assert "2 人有证书 · 1 人在等写名字" in said
    await town.works()

    # A name out of a list is known; whoever is known by a nickname is asked once.
    ready = await ana.hears("✅ 你的证书：羽毛球友谊赛。")
    first, second = town.rows(Certificate)
    assert f"张小兰 · 2.5 小时 · {first.number}" in ready
    assert pages_of((await ana.file()).content) == 1
    await ana.presses("要图片")
    (address,) = codes_in((await ana.file()).content)
    assert address.rpartition("/")[2] == first.code
    assert "就差名字" in await ben.hears("羽毛球友谊赛的证书做好了")
    # In the list of one's certificates as well the name is written at once.
    await ben.says("证书")
    assert "证书上写什么名字" in await ben.presses("羽毛球友谊赛")
    assert "名字里只能有字" in await ben.says("13800138000")
    assert f"李大本 · 2.5 小时 · {second.number}" in await ben.says("李大本")
    assert (await ben.file()).name == f"羽毛球友谊赛 {second.number}.pdf"
    # A slip can be put right for a day; then it stands.
    await ben.presses("改名字")
    assert "李大笨 ·" in await ben.says("李大笨")
    await town.after(days=2)
    assert "羽毛球友谊赛" in await ben.says("证书")
    assert "李大笨 ·" in await ben.presses("羽毛球友谊赛")
    assert "改名字" not in ben.labels
    prefix, year, nth = first.number.split("-")
    assert (year, nth) == ("2026", "001")
    assert second.number == f"{prefix}-2026-002"
    assert "到场的人都有了" not in await asks_for_certificates(liu, event.title)
    assert "发给" not in " ".join(liu.labels)


async def test_anybody_checks_a_certificate_and_reads_when_it_is_withdrawn(town: Nanhai) -> None:
    event, liu, (ana,) = await after_the_match(town, "小安")
    town.change(Member, came(town, 0), name="张小兰", loaded_as="A-001")
    await asks_for_certificates(liu, event.title)
    await liu.presses("挑人发")
    await liu.presses("张小兰")
    certificate = town.get(Certificate)
    assert certificate.code is not None
    status, page, tag = await checks(town, certificate.code.lower())
    assert status == 200
    assert "</svg>证书有效。" in page
    for told in ("张＊", event.title, "3 小时", certificate.number, "12月6日"):
        assert told in page
    assert "小兰" not in page
    assert (await checks(town, certificate.code, **{"If-None-Match": tag}))[:2] == (304, "")
    assert (await checks(town, "ABCD2345EFGH"))[0] == 404

    await liu.presses("挑人发")
    await liu.presses("张小兰")
    assert "扫码会看到证书已收回" in await liu.presses("收回")
    assert "收回了，也告诉了本人" in await liu.presses("收回")
    await town.works()
    await ana.hears("⚠️ 羽毛球友谊赛的证书")
    assert (
        "</svg>证书已收回。" in (await checks(town, certificate.code, **{"If-None-Match": tag}))[1]
    )
    assert "还没有证书" in await ana.says("证书")
    acts = [each.details.get("what") for each in town.look(audit.about, f"event:{event.id}")]
    assert [each for each in acts if each and each.startswith("certificate")] == [
        "certificates",
        "certificate withdrawn",
    ]
    # Whoever came can be given another one, under a new number.
    await asks_for_certificates(liu, event.title)
    assert "✅ 1 张证书发出去了。" in await liu.presses("发给 1 人")
    assert len({each.number for each in town.rows(Certificate)}) == 2


async def test_without_a_name_nothing_can_be_checked_and_nobody_elses_is_named(
    town: Nanhai,
) -> None:
    event, liu, (ana, ben) = await after_the_match(town, "小安", "小本")
    await asks_for_certificates(liu, event.title)
    await liu.presses("发给 2 人")
    await town.works()
    await ana.hears("就差名字")
    first, second = town.rows(Certificate)
    assert first.code is not None
    assert (await checks(town, first.code))[0] == 404

    def steal(session: Session) -> bool:
        now = town.hands.now
        return certificates.name(session, second.id, came(town, 0), "张小兰", now)

    assert town.store.write_now(steal) is False
    assert [each.name for each in town.rows(Certificate)] == ["", ""]
    await ben.hears("就差名字")


async def test_of_an_erased_member_the_number_alone_stays(town: Nanhai) -> None:
    event, liu, (ana,) = await after_the_match(town, "小安")
    town.change(Member, came(town, 0), name="张小兰", loaded_as="A-001")
    await asks_for_certificates(liu, event.title)
    await liu.presses("发给 1 人")
    code = town.get(Certificate).code
    assert code is not None
    await ana.says("隐私")
    assert "证书也没人能验了" in await ana.presses("删掉我")
    await ana.presses("删除")
    row = town.get(Certificate)
    assert (row.member_id, row.name, row.code) == (None, "", None)
    assert (await checks(town, code))[0] == 404


async def test_of_two_members_who_are_one_a_certificate_stays_in_force_once(town: Nanhai) -> None:
    event, liu, _people = await after_the_match(town, "小安", "小本")
    await asks_for_certificates(liu, event.title)
    await liu.presses("发给 2 人")

    def unite(session: Session) -> list[bool]:
        care = Care(ZONE, "22:00-08:00")
        merging.merge(session, came(town, 0), came(town, 1), care, town.hands.now)
        rows = session.exec(select(Certificate)).all()
        assert len({each.member_id for each in rows}) == 1
        return sorted(each.revoked_at is None for each in rows)

    assert town.store.write_now(unite) == [False, True]
