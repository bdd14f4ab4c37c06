"""What programs change: the same acts as at the desk, refused with the same sentences, once."""

from typing import Any

from sqlmodel import Session, select

from models.events.events import Event, Signup, SignupState
from models.network.audit import Audit
from models.rules.network.permissions import Act, Role
from models.rules.network.scopes import Scope
from tests.api.programs import Answer, Program, of_member, program
from tests.console.browsing import DISTRICT, GUICHENG, SHISHAN, ZHAOXIN, Nanhai
from tests.console.rows import keep
from tests.miniature.rows import badminton, lamp_works, local

WALK: dict[str, Any] = {
    "title": "千灯湖夜走",
    "starts_at": "2026-12-08T19:30:00+08:00",
    "ends_at": "2026-12-08T21:00:00+08:00",
    "host": {"place": SHISHAN},
    "kind": "session",
    "category": "culture",
    "place": "千灯湖",
    "seats": 20,
    "translations": {"title": {"en": "Evening walk"}},
}


async def publishes(asking: Program, **changed: Any) -> Answer:
    return await asking.posts("/events", {**WALK, **changed})


async def test_a_program_publishes_changes_moves_and_cancels_an_event(desks: Nanhai) -> None:
    town = program(desks, Role.TOWN, SHISHAN)
    made = await publishes(town)
    assert (made.status, made.body["state"], made.body["seats"]) == (201, "open", 20)
    number, path = made.body["number"], f"/events/{made.body['number']}"
    assert made.headers["Location"] == f"/api/v1{path}"
    unlimited = await publishes(town, title="万人走", seats=0)
    assert (unlimited.status, unlimited.body["seats"]) == (201, None), unlimited.body
    sent = {"revision": 0, "seats": 30, "bring": "水", "is_approved_by_hand": True}
    changed = await town.asks("PATCH", path, sent)
    assert changed.status == 200, changed.body
    assert (changed.body["seats"], changed.body["bring"]) == (30, "水")
    assert changed.body["is_approved_by_hand"]
    assert changed.body["translations"]["title"] == {"en": "Evening walk"}
    stale = await town.asks("PATCH", path, {"revision": 0, "seats": 40})
    assert (stale.status, "changed it meanwhile" in stale.body["detail"]) == (409, True)
    revision = changed.body["revision"]
    times = {"starts_at": "2026-12-09T11:30:00Z", "ends_at": "2026-12-09T13:00:00Z"}
    moved = await town.posts(f"{path}/move", {**times, "revision": revision, "reason": "下雨"})
    assert moved.body["starts_at"] == "2026-12-09T19:30:00+08:00"
    assert (await town.posts(f"{path}/close")).body["state"] == "closed"
    revision = (await town.gets(path)).body["revision"]
    off = await town.posts(f"{path}/cancel", {"revision": revision, "reason": "台风"})
    assert (off.body["state"], off.body["reason"]) == ("cancelled", "台风")
    again = await town.posts(f"{path}/cancel", {"revision": off.body["revision"]})
    assert again.status == 409
    back = await town.posts(f"{path}/restore", {"revision": off.body["revision"]})
    assert back.body["state"] == "closed"

    def acts(session: Session) -> set[tuple[Act, bool]]:
        rows = session.exec(select(Audit).where(Audit.subject == f"event:{number}"))
        return {(each.act, "token" in each.details) for each in rows}

    assert desks.look(acts) == {(Act.PUBLISH_EVENT, True), (Act.RUN_EVENT, True)}


async def test_what_a_form_refuses_a_program_is_refused_and_told_where(desks: Nanhai) -> None:
    town = program(desks, Role.TOWN, SHISHAN)
    for changed, field in (
        ({"starts_at": "2026-11-01T19:30:00+08:00"}, "starts_at"),
        ({"ends_at": "2026-12-08T19:00:00+08:00"}, "ends_at"),
        ({"closes_at": "2026-12-09T19:30:00+08:00"}, "closes_at"),
        ({"map_url": "javascript:alert(1)"}, "map_url"),
        ({"map_url": "https://map.example/1\n2"}, "map_url"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"),
        ({"closes_at": "9999-12-31T23:59:59-14:00"}, "closes_at"),
        ({"audience": ["月球"]}, "audience"),
        ({"host": {"place": GUICHENG}}, "host"),
        ({"translations": {"title": {"xx": "?"}}}, "translations.title.xx"),
        ({"starts_at": "2026-12-08T19:30:00"}, "starts_at"),
        ({"seats": "20"}, "seats"),
        ({"cost_": "10"}, "cost_"),
        ({"title": "坏\0了"}, "title"),
    ):
        answer = await publishes(town, **changed)
        faults = [each["field"] for each in answer.body["errors"]]
        assert (answer.status, faults) == (422, [field]), answer.body
    assert desks.look(lambda session: session.exec(select(Event)).all()) == []


async def test_what_is_sent_twice_is_done_once(desks: Nanhai) -> None:
    town, district = program(desks, Role.TOWN, SHISHAN), program(desks, Role.DISTRICT)
    first = await town.posts("/events", WALK, Idempotency_Key="walk-1")
    again = await town.posts("/events", WALK, Idempotency_Key="walk-1")
    assert (again.status, again.body) == (201, first.body)
    other = await town.posts("/events", {**WALK, "seats": 5}, Idempotency_Key="walk-1")
    assert (other.status, "another request" in other.body["detail"]) == (422, True)
    # The key is its token's own.
    own = {**WALK, "host": {"place": DISTRICT}}
    assert (await district.posts("/events", own, Idempotency_Key="walk-1")).status == 201
    assert len(desks.look(lambda session: session.exec(select(Event)).all())) == 2
    # What was refused may be sent again, and is done then.
    bad = {**WALK, "starts_at": "2026-11-01T19:30:00+08:00"}
    assert (await town.posts("/events", bad, Idempotency_Key="walk-2")).status == 422
    assert (await town.posts("/events", WALK, Idempotency_Key="walk-2")).status == 201


async def test_a_firms_event_is_approved_by_its_town(desks: Nanhai) -> None:
    town, firm = program(desks, Role.TOWN, SHISHAN), program(desks, Role.CONTACT_POINT, ZHAOXIN)
    assert (await publishes(firm, host={"place": ZHAOXIN})).body["state"] == "open"
    made = await publishes(firm, host={"place": SHISHAN})
    assert (made.status, made.body["state"]) == (201, "asked")
    path = f"/events/{made.body['number']}"
    assert (await firm.posts(f"{path}/approve")).status == 403
    assert (await town.posts(f"{path}/approve")).body["state"] == "open"
    again = await town.posts(f"{path}/send-back", {"reason": "太挤"})
    assert (again.status, "approved already" in again.body["detail"]) == (409, True)


async def test_a_turnstile_checks_people_in_and_a_list_keeps_names(desks: Nanhai) -> None:
    (match,) = keep(desks, badminton())
    ana = desks.member("安娜")
    town = program(desks, Role.TOWN, SHISHAN)
    seat = await town.posts(f"/events/{match}/sign-ups", {"name": "老李"})
    assert (seat.status, seat.body["name"], seat.body["state"]) == (201, "老李", "seated")
    assert (await town.posts(f"/events/{match}/sign-ups", {})).status == 422
    unknown = await town.posts(f"/events/{match}/sign-ups", {"member": ana})
    assert (unknown.status, unknown.body["errors"][0]["field"]) == (422, "member")
    path = f"/events/{match}/sign-ups/{seat.body['number']}"
    early = await town.posts(f"{path}/check-in")
    assert (early.status, "on the day" in early.body["detail"]) == (409, True)
    desks.now = local(5, 13, 30)
    came = await town.posts(f"{path}/check-in")
    assert (came.body["state"], came.body["checked_in_at"]) == (
        "attended",
        "2026-12-05T13:30:00+08:00",
    )
    assert (await town.posts(f"{path}/check-in")).status == 200
    assert (await town.asks("DELETE", f"{path}/check-in")).body["state"] == "seated"
    wrong = await town.posts(f"/events/{match}/check-ins", {"code": "000000"})
    assert (wrong.status, "Nobody with a seat" in wrong.body["detail"]) == (409, True)
    assert (await town.posts(f"/events/{match}/sign-ups/99/check-in")).status == 404


async def test_a_name_is_taken_off_and_a_members_claim_is_their_own(desks: Nanhai) -> None:
    (tour,) = keep(desks, lamp_works(station_id=SHISHAN))
    ana = desks.member("安娜")

    def sign_up(session: Session) -> int:
        row = Signup(event_id=tour, member_id=ana, state=SignupState.SEATED, turn=1, at=desks.now)
        session.add(row)
        session.flush()
        return row.id

    own = desks.store.write_now(sign_up)
    town = program(desks, Role.TOWN, SHISHAN)
    kept = (await town.posts(f"/events/{tour}/sign-ups", {"name": "老李"})).body["number"]
    off = await town.posts(f"/events/{tour}/sign-ups/{kept}/cancel")
    assert off.body["state"] == "cancelled"
    assert (await town.posts(f"/events/{tour}/sign-ups/{own}/cancel")).status == 409
    reading = program(desks, Role.TOWN, SHISHAN, [Scope.SIGN_UPS_READ], name="reads")
    assert (await reading.posts(f"/events/{tour}/sign-ups/{own}/cancel")).status == 403


async def test_a_draft_is_written_with_one_scope_and_sent_with_another(desks: Nanhai) -> None:
    desks.member("安娜")
    writer = program(
        desks, Role.DISTRICT, scopes=[Scope.ANNOUNCEMENTS_WRITE, Scope.ANNOUNCEMENTS_READ]
    )
    empty = await writer.posts("/announcements", {})
    assert (empty.status, empty.body["state"]) == (201, "draft")
    sent = {
        "text": "明天停水。",
        "texts": {"en": "No water tomorrow."},
        "audience": {"places": [1]},
    }
    made = await writer.posts("/announcements", sent)
    assert made.body["texts"] == {"en": "No water tomorrow."}, made.body
    number, path = made.body["number"], f"/announcements/{made.body['number']}"
    at = "2026-12-02T09:00:00+08:00"
    changed = await writer.asks("PATCH", path, {"first_at": at})
    assert (changed.body["first_at"], changed.body["text"]) == (at, "明天停水。")
    assert (await writer.posts(f"{path}/send")).status == 403
    assert number in (await writer.gets("/announcements?drafts=true")).numbers
    other = program(desks, Role.TOWN, GUICHENG)
    assert (await other.gets(path)).status == 404
    assert (await other.posts(f"{path}/send")).status == 404

    sender = of_member(
        desks, writer.member_id, [Scope.ANNOUNCEMENTS_SEND, Scope.ANNOUNCEMENTS_READ]
    )
    went = await sender.posts(f"{path}/send", Idempotency_Key="out")
    assert (went.status, went.body["state"]) == (200, "approved"), went.body
    assert (await sender.posts(f"{path}/send", Idempotency_Key="out")).body == went.body
    assert (await sender.posts(f"{path}/send")).status == 404
    assert (await sender.posts(f"{path}/stop")).body["state"] == "stopped"
    assert (await sender.posts(f"{path}/stop")).status == 409
    long = await writer.posts("/announcements", {"text": "水" * 501})
    assert (long.status, long.body["errors"][0]["field"]) == (422, "text")
