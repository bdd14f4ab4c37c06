"""What programs read: lists page by page, one thing, and what is recorded of it."""

from sqlmodel import Session, select

from models.events.events import Signup, SignupState
from models.network.audit import Audit
from models.rules.network.permissions import Act, Role
from models.rules.network.scopes import Scope
from tests.api.programs import program
from tests.console.browsing import GUICHENG, SHISHAN, ZHAOXIN, Nanhai
from tests.console.rows import keep
from tests.miniature.rows import badminton, event, lamp_works, local, team


async def test_a_program_reads_what_its_member_looks_after(desks: Nanhai) -> None:
    lamps, match = keep(desks, lamp_works(), badminton())
    town = program(desks, Role.TOWN, SHISHAN)
    me = (await town.gets("/me")).body
    assert (me["place"]["name"], me["time_zone"]) == ("狮山", "Asia/Shanghai")
    assert (await town.gets("/events")).numbers == [match]
    assert (await town.gets(f"/events/{lamps}")).status == 404
    one = (await town.gets(f"/events/{match}")).body
    assert (one["title"], one["starts_at"]) == ("羽毛球友谊赛", "2026-12-05T14:00:00+08:00")
    assert one["translations"]["title"] == {"en": "Badminton match"}
    assert one["url"] == f"https://station.example/e/{match}"
    assert (await town.gets("/places")).body["items"][0]["number"] == SHISHAN
    assert (await town.gets(f"/places?below={SHISHAN}")).body["items"][0]["number"] == ZHAOXIN
    assert (await town.gets(f"/places?below={GUICHENG}")).status == 404


async def test_lists_are_read_page_by_page(desks: Nanhai) -> None:
    made = keep(desks, *(event(f"e{each}", f"第{each}场", local(3, 11)) for each in range(5)))
    district = program(desks, Role.DISTRICT)
    read, after = list[int](), ""
    while True:
        page = (await district.gets(f"/events?limit=2&after={after}")).body
        read += [each["number"] for each in page["items"]]
        if (after := page["next"]) is None:
            break
    assert read == made
    assert (await district.gets("/events?words=第3场")).numbers == [made[3]]


async def test_an_answer_that_a_program_has_is_not_sent_again(desks: Nanhai) -> None:
    keep(desks, lamp_works())
    district = program(desks, Role.DISTRICT)
    first = await district.gets("/events")
    again = await district.gets("/events", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, None)


async def test_whoever_reads_names_is_recorded_as_at_the_desk(desks: Nanhai) -> None:
    (match,) = keep(desks, badminton())
    ana = desks.member("安娜")

    def sign_up(session: Session) -> None:
        row = Signup(event_id=match, member_id=ana, state=SignupState.SEATED, turn=1, at=desks.now)
        session.add(row)
        session.add(team())

    desks.store.write_now(sign_up)
    town = program(desks, Role.TOWN, SHISHAN)
    (ana_told,) = (await town.gets(f"/events/{match}/sign-ups")).body["items"]
    assert (ana_told["name"], ana_told["member"], ana_told["state"]) == ("安娜", ana, "seated")
    await town.gets(f"/events/{match}/sign-ups")
    (listed,) = (await town.gets("/teams")).body["items"]
    assert (await town.gets(f"/teams/{listed['number']}/members")).body["items"] == []
    district = program(desks, Role.DISTRICT)
    assert (await district.gets(f"/members/{ana}")).body["claims"][0]["event"] == match
    assert ana in (await district.gets("/members?words=安娜")).numbers

    def acts(session: Session) -> list[tuple[Act, int, bool]]:
        rows = session.exec(select(Audit).where(Audit.act != Act.LET_PROGRAMS))
        return [(each.act, each.member_id or 0, "token" in each.details) for each in rows]

    assert desks.look(acts) == [
        (Act.SEE_LIST, town.member_id, True),
        (Act.SEE_TEAM, town.member_id, True),
        (Act.SEE_PERSON, district.member_id, True),
    ]


async def test_a_firm_sees_names_at_its_own_events_and_nobodys_record(desks: Nanhai) -> None:
    (own,) = keep(desks, lamp_works(station_id=ZHAOXIN))
    ana = desks.member("安娜")

    def sign_up(session: Session) -> None:
        row = Signup(event_id=own, member_id=ana, state=SignupState.SEATED, turn=1, at=desks.now)
        session.add(row)

    desks.store.write_now(sign_up)
    firm = program(desks, Role.CONTACT_POINT, ZHAOXIN)
    assert str(Scope.MEMBERS_READ) not in (await firm.gets("/me")).body["scopes"]
    (told,) = (await firm.gets(f"/events/{own}/sign-ups")).body["items"]
    assert (told["name"], told["member"], told["place"]) == ("安娜", None, "")
    assert (await firm.gets(f"/members/{ana}")).status == 403
