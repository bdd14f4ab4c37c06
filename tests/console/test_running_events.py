"""Events at the desk: publishing, correcting, approving, what becomes of them, and who comes."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image
from sqlmodel import Session, col, select

from models.events import quotas
from models.events.events import Event, EventState, Signup, SignupState
from models.network.audit import Audit
from models.network.members import Member
from models.rules.events import undated
from models.rules.network.permissions import Act, Role
from tests.console.browsing import DISTRICT, GUICHENG, SHISHAN, ZHAOXIN, Browser, Nanhai
from tests.console.rows import keep
from tests.miniature.rows import badminton, lamp_works, local

NEW = "/console/events/new"


def fields(**changed: Any) -> dict[str, Any]:
    """What the form of the lamp works sends, as it stands."""
    return {
        "title": "走进灯具厂",
        "title-en": "The lamp works",
        "place": "桂城站集合",
        "place-en": "Meet at Guicheng station",
        "bring": "身份证",
        "bring-en": "your ID",
        "kind": "tour",
        "category": "career",
        "seats": "2",
        "closes": "2026-12-03T11:00",
        "revision": 0,
        **changed,
    }


def a_new_one(**changed: Any) -> dict[str, Any]:
    times: dict[str, Any] = {"starts": "2026-12-08T19:00", "ends": "2026-12-08T21:00", "closes": ""}
    return {**fields(), "host": f"{GUICHENG}-0", "title": "夜校", **times, **changed}


def claim(desks: Nanhai, event_id: int, name: str, state: SignupState) -> int:
    def add(session: Session) -> int:
        event = session.get_one(Event, event_id)
        member = Member(name=name, language="zh", consented_at=desks.now, created_at=desks.now)
        session.add(member)
        session.flush()
        event.turns += 1
        event.held += state is SignupState.SEATED
        event.waiting += state is SignupState.WAITING
        made = Signup(
            event_id=event_id, member_id=member.id, state=state, turn=event.turns, at=desks.now
        )
        session.add(made)
        session.flush()
        return made.id

    return desks.store.write_now(add)


def event_of(desks: Nanhai, number: int) -> Event:
    return desks.look(lambda session: session.get_one(Event, number))


async def at(desks: Nanhai, path: str, role: Role = Role.TOWN, where: int = GUICHENG) -> Browser:
    browser = await desks.desk_of(role, where)
    assert (await browser.opens(path)).status == 200
    return browser


async def test_an_event_is_corrected_on_one_page(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works())
    path = f"/console/events/{number}/edit"
    browser = await at(desks, path)
    changed = fields(
        title="走进灯厂", cost="免费", along="2", seats="9", age_from="18", audience="桂城"
    )
    seen = await browser.sends(path, **changed, shares="昭信集团 3\n狮山 至少 1")
    assert seen.path == f"/console/events/{number}", seen.text
    event = event_of(desks, number)
    assert (event.title, event.cost, event.seats, event.gates) == ("走进灯厂", "免费", 9, "age 18-")
    assert event.audience == f"/s{GUICHENG}/"
    assert event.text_of("title").translations == {"en": "The lamp works"}
    shares = desks.look(lambda session: quotas.of_event(session, number))
    assert [(each.share.who, each.share.least) for each in shares] == [
        (f"/s{ZHAOXIN}/", 3),
        (f"/s{SHISHAN}/", 1),
    ]
    html = (await browser.opens(path)).html
    said = html.partition('id="f-shares"')[2].partition(">")[2].partition("<")[0]
    kept = {**changed, "shares": said, "revision": event.revision}
    await browser.sends(path, **kept)
    assert event_of(desks, number).revision == event.revision


async def test_who_would_hear_of_another_place_is_said_before_it_is_saved(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works())
    claim(desks, number, "阿梅", SignupState.SEATED)
    path = f"/console/events/{number}/edit"
    browser = await at(desks, path)
    seen = await browser.sends(path, **fields(place="东门"))
    assert seen.status == 422
    assert "阿梅" in seen.text
    assert event_of(desks, number).place == "桂城站集合"
    await browser.sends(path, **fields(place="东门"), sure="1")
    assert event_of(desks, number).place == "东门"


async def test_what_cannot_be_taken_is_told_at_its_field_and_nothing_changes(
    desks: Nanhai,
) -> None:
    (number,) = keep(desks, lamp_works())
    claim(desks, number, "阿梅", SignupState.SEATED)
    claim(desks, number, "小李", SignupState.SEATED)
    path = f"/console/events/{number}/edit"
    browser = await at(desks, path)
    wrong: dict[str, Any] = {
        "title": "",
        "about": "长" * 601,
        "seats": "1",
        "closes": "2026-12-03T12:00",
        "opens": "2026-12-03T11:30",
        "age_from": "x",
        "audience": "没有的地方",
        "shares": "昭信集团",
        "map_url": "javascript:alert(1)",
        "done": "999",
    }
    for name, words in wrong.items():
        seen = await browser.sends(path, **fields(**{"cost": "20 元", name: words}))
        assert seen.status == 422, name
        assert f'id="w-{name}"' in seen.html, name
    event = event_of(desks, number)
    assert (event.cost, event.revision) == ("", 0)


async def test_what_somebody_else_changed_meanwhile_is_looked_at_once_more(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works(revision=3))
    path = f"/console/events/{number}/edit"
    browser = await at(desks, path)
    seen = await browser.sends(path, **fields(title="别的", revision=2))
    assert seen.status == 422
    assert 'name="revision" value="3"' in seen.html
    core = await desks.desk_of(Role.CORE_MEMBER, GUICHENG)
    assert (await core.opens(path)).status == 403
    await core.opens("/console/account")
    assert (await core.sends(path, **fields(title="别的", revision=3))).status == 403


async def test_a_picture_is_sent_and_taken_away(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works())
    drawn = BytesIO()
    Image.new("RGB", (8, 8), "red").save(drawn, "PNG")
    browser, path = await at(desks, f"/console/events/{number}/edit"), f"/console/events/{number}"
    seen = await browser.sends(f"{path}/picture", {"picture": ("x.png", b"no picture")})
    assert seen.status == 422
    await browser.sends(f"{path}/picture", {"picture": ("x.png", drawn.getvalue())})
    assert event_of(desks, number).picture_id is not None
    await browser.opens(f"{path}/edit")
    await browser.sends(f"{path}/picture", none="1")
    assert event_of(desks, number).picture_id is None


async def test_an_event_is_published_or_waits_for_approval(desks: Nanhai) -> None:
    browser = await at(desks, NEW)
    seen = await browser.sends(NEW, **a_new_one())
    assert "夜校" in seen.text, seen.text
    assert seen.status == 200
    assert event_of(desks, 1).state is EventState.OPEN
    core = await at(desks, NEW, Role.CORE_MEMBER)
    again = {"starts": "2026-12-09T19:00", "ends": "2026-12-09T21:00"}
    await core.sends(NEW, **a_new_one(title="读书会", **again))
    assert event_of(desks, 2).state is EventState.ASKED
    await browser.opens("/console/events/2")
    approved = await browser.sends("/console/events/2/approve")
    assert "读书会" in approved.text
    assert event_of(desks, 2).state is EventState.OPEN
    await core.opens(NEW)
    later = {"starts": "2026-12-10T19:00", "ends": "2026-12-10T21:00"}
    await core.sends(NEW, **a_new_one(title="电影", **later))
    await browser.opens("/console/events/3")
    await browser.sends("/console/events/3/send-back", reason="请换个时间")
    assert event_of(desks, 3).reason == "请换个时间"
    assert "请换个时间" in (await core.opens("/console/events/3")).text


async def test_one_like_an_earlier_one_begins_with_what_that_had(desks: Nanhai) -> None:
    keep(desks, lamp_works(seats=9))
    browser = await at(desks, f"{NEW}?like=1")
    assert browser.last is not None
    assert 'value="2026-12-10T11:00"' in browser.last.html
    times: dict[str, Any] = {"starts": "2026-12-03T12:00", "ends": "2026-12-03T13:00"}
    seen = await browser.sends(NEW, **a_new_one(like="1", **times))
    assert seen.status == 422
    assert "走进灯具厂" in seen.text
    assert 'name="sure"' in seen.html
    seen = await browser.sends(NEW, **a_new_one(like="1", sure="1", **times, drawn="1", seats=""))
    assert 'class="wrong"' in seen.html
    other = await desks.desk_of(Role.TOWN, SHISHAN)
    assert (await other.opens(f"{NEW}?like=1")).status == 404


async def test_an_event_is_moved_postponed_cancelled_and_brought_back(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works())
    claim(desks, number, "阿梅", SignupState.SEATED)
    path = f"/console/events/{number}"
    browser = await at(desks, f"{path}/course")
    times: dict[str, Any] = {
        "starts": "2026-12-04T11:00",
        "ends": "2026-12-04T13:00",
        "revision": 0,
    }
    seen = await browser.sends(f"{path}/move", **times)
    assert seen.status == 422
    assert "阿梅" in seen.text
    await browser.sends(f"{path}/move", **times, sure="1", why_moved="下雨")
    assert event_of(desks, number).starts_at == local(4, 11)
    for act, is_so in (
        ("postpone", lambda event: undated.is_to_come(event.starts_at)),
        ("move", lambda event: event.starts_at == local(4, 11)),
        ("cancel", lambda event: event.state is EventState.CANCELLED),
        ("restore", lambda event: event.state is EventState.OPEN),
        ("close", lambda event: event.state is EventState.CLOSED),
        ("open", lambda event: event.state is EventState.OPEN),
    ):
        await browser.opens(f"{path}/course")
        asked = {**times, "revision": event_of(desks, number).revision, "sure": "1"}
        seen = await browser.sends(f"{path}/{act}", **asked, closes="2026-12-04T10:00")
        assert seen.status == 200, (act, seen.text)
        assert is_so(event_of(desks, number)), act


async def test_who_waits_is_offered_a_seat_when_it_is_held_once_more(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works(seats=1))
    claim(desks, number, "阿梅", SignupState.SEATED)
    claim(desks, number, "小李", SignupState.WAITING)
    path = f"/console/events/{number}"
    browser = await at(desks, f"{path}/course")
    times: dict[str, Any] = {"more_starts": "2026-12-03T15:00", "more_ends": "2026-12-03T17:00"}
    seen = await browser.sends(f"{path}/once-more", **times, more_seats="5", revision=0)
    assert seen.path == "/console/events/2", seen.text
    second = event_of(desks, 2)
    assert second.held + second.waiting == 1


async def test_names_are_shown_once_their_opening_is_recorded(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works())
    claim(desks, number, "阿梅", SignupState.SEATED)
    path = f"/console/events/{number}/people"
    browser = await at(desks, path, Role.CORE_MEMBER)
    assert browser.last is not None
    assert "阿梅" not in browser.last.text
    assert "阿梅" in (await browser.sends(path)).text
    opened = desks.look(
        lambda session: session.exec(select(Audit.subject).where(Audit.act == Act.SEE_LIST)).all()
    )
    assert opened == [f"event:{number}"]
    desks.now += timedelta(minutes=20)
    assert "阿梅" not in (await browser.opens(path)).text


async def test_people_are_checked_in_from_the_list_and_walk_in(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works())
    seated = claim(desks, number, "阿梅", SignupState.SEATED)
    desks.now = local(3, 10)
    path = f"/console/events/{number}"
    browser = await at(desks, f"{path}/people", Role.CORE_MEMBER)
    await browser.sends(f"{path}/people")
    seen = await browser.sends(f"{path}/check-in", claim=seated)
    assert seen.status == 200, seen.text
    undone = await browser.sends(f"{path}/check-in", claim=seated, undo="1")
    assert undone.status == 200, undone.text
    assert (await browser.sends(f"{path}/walk-in", names="阿梅")).status == 422
    assert "2" in (await browser.sends(f"{path}/walk-in", names="老王\n老陈", over="1")).text
    states = desks.look(lambda session: session.exec(select(Signup.state)).all())
    assert sorted(states) == ["attended", "attended", "seated"]


async def test_requests_are_answered_and_a_list_is_signed_up(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works(seats=9, gates="approval"))
    first = claim(desks, number, "阿梅", SignupState.ASKED)
    second = claim(desks, number, "小李", SignupState.ASKED)
    path = f"/console/events/{number}"
    browser = await at(desks, f"{path}/people", Role.DISTRICT, DISTRICT)
    await browser.sends(f"{path}/people", list="asked")
    assert "阿梅" in (await browser.sends(f"{path}/let-in", claim=first, list="asked")).text
    assert "小李" in (await browser.sends(f"{path}/refuse", claim=second, reason="full")).text
    await browser.opens(f"{path}/names")
    seen = await browser.sends(f"{path}/names", text="1. 阿梅\n2. 新来的")
    assert seen.status == 422
    assert "who-1" in seen.html
    assert "who-0" not in seen.html
    chosen: dict[str, Any] = {"text": "1. 阿梅\n2. 新来的", "sure": "1", "who-1": "name"}
    await browser.sends(f"{path}/names", **chosen)
    names = desks.look(lambda session: session.exec(select(Signup.name)).all())
    assert "新来的" in names


async def test_who_is_ticked_is_checked_in_or_written_to_together(desks: Nanhai) -> None:
    [event] = keep(desks, lamp_works(seats=5))
    path = f"/console/events/{event}"
    seats = [claim(desks, event, name, SignupState.SEATED) for name in ("甲", "乙", "丙")]
    waits = claim(desks, event, "丁", SignupState.WAITING)
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    await browser.opens(f"{path}/people")
    opened = await browser.sends(f"{path}/people")
    assert opened.html.count('name="pick"') == 3
    none = await browser.sends(f"{path}/ticked/write", text="七点集合")
    assert none.status == 422
    for fields_ in ({"pick": seats}, {"pick": [waits], "text": "在吗"}):
        assert (await browser.sends(f"{path}/ticked/write", None, **fields_)).status == 422
    assert (await browser.sends(f"{path}/ticked/write", None, pick=["x"])).status == 400
    await browser.opens(f"{path}/people")
    told = await browser.sends(f"{path}/ticked/write", None, pick=seats[:2], text="七点集合")
    assert "2 人马上会收到" in told.text
    early = await browser.sends(f"{path}/ticked/check-in", None, pick=seats)
    assert early.status == 422
    desks.now = local(3, 10)
    browser = await desks.desk_of(Role.CORE_MEMBER, GUICHENG)
    await browser.opens(f"{path}/people")
    await browser.sends(f"{path}/people")
    done = await browser.sends(f"{path}/ticked/check-in", None, pick=[*seats[:2], waits])
    assert "2 个人" in done.text

    def came(session: Session) -> list[int]:
        query = select(Signup.id).where(Signup.state == SignupState.ATTENDED)
        return list(session.exec(query.order_by(col(Signup.id))))

    assert desks.look(came) == seats[:2]
    assert (await browser.sends(f"{path}/ticked/write", None, pick=seats, text="好")).status == 403


async def test_several_events_are_cancelled_for_one_reason_each_decided_alone(
    desks: Nanhai,
) -> None:
    one, two, over, away = keep(
        desks,
        lamp_works(station_id=GUICHENG),
        badminton(station_id=GUICHENG),
        badminton(station_id=GUICHENG, code="over", state=EventState.CANCELLED),
        badminton(station_id=SHISHAN, code="away"),
    )
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    here = "/console/events/ticked/cancel"

    def states(session: Session) -> list[EventState]:
        numbers = (one, two, over, away)
        return [session.get_one(Event, each).state for each in numbers]

    before = desks.look(states)
    pick = [f"{each}-0" for each in (one, two, over, away)]
    page = await browser.opens("/console/events")
    assert f'value="{one}-0"' in page.html
    seen = await browser.sends(here, None, pick=pick, why_cancelled="台风")
    assert (seen.status, "再按一次" in seen.text) == (422, True)
    assert ("活动取消了，什么都没改" in seen.text, "不归你管" in seen.text) == (True, True)
    assert desks.look(states) == before
    await browser.opens("/console/events")
    sure = {"sure-cancel": ",".join(pick)}
    done = await browser.sends(here, None, pick=pick, why_cancelled="台风", **sure)
    assert "取消了 2 场活动" in done.text
    cancelled = EventState.CANCELLED
    assert desks.look(states) == [cancelled, cancelled, cancelled, before[3]]
    assert desks.look(lambda session: session.get_one(Event, one).reason) == "台风"
    await browser.opens("/console/events")
    assert (await browser.sends(here, None, pick="x", why_cancelled="")).status == 400
