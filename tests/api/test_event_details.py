"""Questions, quotas and the draw of an event by programs, and what their member signed up for."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session, select

from models.events import answers, questions
from models.events.events import Event, Signup, SignupState
from models.events.groups import Mode, Series
from models.rules.events import draw_records
from models.rules.events.draw_records import Proven
from models.rules.events.gates import Gates
from models.rules.events.questions import MOST_QUESTIONS
from models.rules.network.permissions import Role
from models.rules.network.scopes import Scope
from models.sending.deliveries import Delivery
from tests.api.programs import Answer, Program, of_member, program
from tests.console.browsing import GUICHENG, SHISHAN, Nanhai
from tests.console.draws import enter, event_of, run
from tests.console.rows import keep
from tests.miniature.rows import badminton, lamp_works

BY_HAND = Gates(approval=True).to_column()
MEAL: dict[str, Any] = {
    "kind": "choice",
    "text": "带饭吗？",
    "choices": ["带", "不带"],
    "translations": {"en": {"text": "Do you bring food?", "choices": ["Yes", "No"]}},
}


def told(answer: Answer) -> list[str]:
    """The texts of the questions of an answer."""
    assert answer.status == 200, answer.body
    return [each["text"] for each in answer.body["items"]]


async def test_a_program_asks_changes_orders_and_deletes_questions(desks: Nanhai) -> None:
    (match,) = keep(desks, badminton())
    town, path = program(desks, Role.TOWN, SHISHAN), f"/events/{match}/questions"
    meal = await town.posts(path, MEAL)
    assert (meal.status, meal.body["choices"]) == (201, ["带", "不带"]), meal.body
    assert meal.body["translations"] == {
        "text": {"en": "Do you bring food?"},
        "choice-0": {"en": "Yes"},
        "choice-1": {"en": "No"},
    }
    assert meal.headers["Location"] == f"/api/v1{path}/{meal.body['number']}"
    condition = {"question": meal.body["number"], "choice": "带"}
    what = await town.posts(path, {"kind": "text", "text": "带什么？", "condition": condition})
    assert what.body["condition"] == condition
    ready = await town.posts(f"{path}/ready", {"ready": "phone"})
    assert (ready.status, ready.body["ready"], ready.body["kind"]) == (200, "phone", "phone")
    again = await town.posts(f"{path}/ready", {"ready": "phone"})
    assert again.body == ready.body
    assert told(await town.gets(path))[:2] == ["带饭吗？", "带什么？"]
    # One that hangs on another stays behind it.
    refused = await town.posts(f"{path}/{what.body['number']}/move", {"earlier": True})
    assert refused.status == 409, refused.body
    moved = await town.posts(f"{path}/{ready.body['number']}/move", {"earlier": True})
    assert told(moved)[2] == "带什么？"
    one = f"{path}/{what.body['number']}"
    changed = await town.asks("PATCH", one, {"required": False, "condition": None})
    assert (changed.body["required"], changed.body["condition"]) == (False, None)
    assert changed.body["keep_days"] == what.body["keep_days"]
    assert (await town.asks("PATCH", one, {"keep_days": 8})).status == 422
    for sent, field in (
        ({**MEAL, "choices": ["一个"]}, "choices"),
        ({**MEAL, "translations": {"en": {"text": "?", "choices": ["Yes"]}}}, "choices"),
        ({"kind": "text", "text": "谁？", "choices": ["甲", "乙"]}, "choices"),
        ({"kind": "text", "text": "谁？", "condition": {"question": 99, "choice": "甲"}}, ""),
    ):
        answer = await town.posts(path, sent)
        faults = [each["field"] for each in answer.body["errors"]]
        expected = (422, True) if field else (409, True)
        assert (answer.status, all(field in each for each in faults)) == expected, answer.body
    assert told(await town.posts(f"{path}/ask-others")) == told(await town.gets(path))
    left = await town.asks("DELETE", f"{path}/{meal.body['number']}")
    assert "带饭吗？" not in told(left)


def course(desks: Nanhai, dates: int) -> list[int]:
    """The numbers of the dates of a course, with twenty seats each."""

    def add(session: Session) -> int:
        row = Series(code="course", station_id=SHISHAN, mode=Mode.BOTH)
        session.add(row)
        session.flush()
        return row.id

    series_id = desks.store.write_now(add)
    rows = [badminton(code=f"c{n}", series_id=series_id, seats=20) for n in range(dates)]
    return keep(desks, *rows)


def says_at(desks: Nanhai, event_id: int, name: str, value: str) -> None:
    """Somebody who has a seat has answered the first question of an event."""
    member_id = desks.member(name)

    def add(session: Session) -> None:
        at = desks.now
        claim = Signup(event_id=event_id, member_id=member_id, state=SignupState.SEATED, at=at)
        session.add(claim)
        session.flush()
        (question, *_rest) = questions.of_event(session, event_id)
        answers.keep(session, event_id, claim.id, {question.id: value}, at)

    desks.store.write_now(add)


async def test_a_question_is_asked_and_deleted_at_all_dates_of_a_course(desks: Nanhai) -> None:
    numbers = [*course(desks, 3), *keep(desks, badminton(code="alone"))]
    town = program(desks, Role.TOWN, SHISHAN)
    first, *others, alone = (f"/events/{number}/questions" for number in numbers)
    meal = (await town.posts(first, MEAL)).body["number"]
    assert [told(await town.gets(path)) for path in others] == [[], []]
    again = f"{first}/{meal}/all-dates"
    asked = (await town.posts(again)).body
    assert (asked["text"], asked["dates"], asked["left"]) == ("带饭吗？", 2, [])
    assert (await town.posts(again)).body["dates"] == 0
    assert [told(await town.gets(path)) for path in others] == [["带饭吗？"]] * 2
    assert told(await town.gets(alone)) == []
    assert (await program(desks, Role.TOWN, GUICHENG).posts(again)).status == 404

    # At the desk one press deletes it at all of them.
    browser = await desks.signed_in(town.member_id)
    path = f"/console{first}"
    assert "以后都这样" not in (await browser.opens(path)).text
    await browser.sends(f"{path}/{meal}", keep_days="7")
    assert "以后都这样" in (await browser.opens(path)).text
    assert "另外 2 次也这样问" in (await browser.sends(f"{path}/{meal}/dates")).text
    assert "另外 2 次的也删掉" in (await browser.opens(f"{path}/{meal}")).text
    gone = await browser.sends(f"{path}/{meal}/delete", dates="1")
    assert "3 次的都删掉了" in gone.text
    assert [told(await town.gets(path)) for path in (first, *others)] == [[]] * 3


async def test_the_desk_asks_back_where_any_date_has_answers_that_would_go(desks: Nanhai) -> None:
    """Those of another date go with the question as well, and nobody sees them on this page."""
    first, second, third = (f"/events/{number}/questions" for number in course(desks, 3))
    town = program(desks, Role.TOWN, SHISHAN)
    meal = (await town.posts(first, MEAL)).body["number"]
    await town.posts(f"{first}/{meal}/all-dates")
    says_at(desks, int(second.split("/")[2]), "安娜", "带")
    browser = await desks.signed_in(town.member_id)
    path = f"/console{first}/{meal}"
    await browser.opens(path)
    asked = await browser.sends(f"{path}/delete", dates="1")
    assert (asked.status, "3 次的“带饭吗？”和大家的回答都删掉？" in asked.text) == (422, True)
    # Only the button that was pressed is sure now.
    assert asked.html.count('name="sure"') == 1
    assert told(await town.gets(second)) == ["带饭吗？"]
    # Here alone nobody has answered.
    gone = await browser.sends(f"{path}/delete")
    assert "已删掉：带饭吗？" in gone.text, gone.text
    (meal,) = [each["number"] for each in (await town.gets(third)).body["items"]]
    path = f"/console{third}/{meal}"
    await browser.opens(path)
    await browser.sends(f"{path}/delete", dates="1")
    assert "2 次的都删掉了" in (await browser.sends(f"{path}/delete", dates="1", sure="1")).text
    assert [told(await town.gets(path)) for path in (first, second, third)] == [[]] * 3


async def test_those_who_signed_up_for_other_dates_are_told_of_and_asked(desks: Nanhai) -> None:
    numbers = course(desks, 2)
    first, second = (f"/events/{number}/questions" for number in numbers)
    town = program(desks, Role.TOWN, SHISHAN)
    phone = (await town.posts(f"{first}/ready", {"ready": "phone"})).body["number"]
    await town.posts(f"{second}/ready", {"ready": "phone"})
    says_at(desks, numbers[1], "安娜", "13800138000")
    meal = (await town.posts(first, MEAL)).body["number"]
    browser = await desks.signed_in(town.member_id)
    path = f"/console{first}"
    assert "还有问题没问到" not in (await browser.opens(path)).text
    told = "有 1 位早些报了名，还有问题没问到"
    page = await browser.sends(f"{path}/{meal}/dates")
    assert f"另外 1 次也这样问。 {told}" in page.text
    assert f"以后的各次： {told}" in page.text
    assert (await town.posts(f"{first}/{phone}/all-dates")).body["unasked"] == 1
    assert "会问 1 个人" in (await browser.sends(f"{path}/others", dates="1")).text
    again = await town.posts(f"{first}/ask-others/all-dates")
    assert (again.status, len(again.body["items"])) == (200, 2)
    rows = desks.look(lambda session: session.exec(select(Delivery)).all())
    assert [(each.topic, each.facts) for each in rows if each.topic == "sign-up-questions"] == [
        ("sign-up-questions", {"event_id": numbers[1], "dates": True})
    ]


async def test_a_program_hears_at_which_dates_it_could_not_be_done(desks: Nanhai) -> None:
    numbers = course(desks, 3)
    first, second, third = (f"/events/{number}/questions" for number in numbers)
    town = program(desks, Role.TOWN, SHISHAN)
    meal = (await town.posts(first, MEAL)).body["number"]
    # One date is full of questions, so that no other fits.
    for number in range(MOST_QUESTIONS):
        assert (await town.posts(third, {"kind": "text", "text": f"{number}？"})).status == 201
    asked = (await town.posts(f"{first}/{meal}/all-dates")).body
    assert (asked["dates"], asked["left"]) == (1, [numbers[2]])
    # At another seats are shared out by its answers.
    quotas = f"/events/{numbers[1]}/quotas"
    revision = (await town.gets(quotas)).body["revision"]
    shares = [{"group": "Yes", "least": 0, "most": 8}]
    shared = await town.asks("PUT", quotas, {"revision": revision, "quotas": shares})
    assert shared.status == 200, shared.body
    says_at(desks, numbers[1], "安娜", "带")
    gone = await town.asks("DELETE", f"{first}/{meal}/all-dates")
    assert (gone.body["dates"], gone.body["left"], told(gone)) == (1, [numbers[1]], [])
    assert told(await town.gets(second)) == ["带饭吗？"]
    assert (await town.asks("DELETE", f"{first}/{meal}/all-dates")).status == 404
    other = program(desks, Role.TOWN, GUICHENG)
    (left,) = [each["number"] for each in (await town.gets(second)).body["items"]]
    assert (await other.asks("DELETE", f"{second}/{left}/all-dates")).status == 404


async def test_a_question_of_another_event_is_not_there(desks: Nanhai) -> None:
    match, tour = keep(desks, badminton(), lamp_works())
    guicheng, shishan = program(desks, Role.TOWN, GUICHENG), program(desks, Role.TOWN, SHISHAN)
    number = (await guicheng.posts(f"/events/{tour}/questions", MEAL)).body["number"]
    other = f"/events/{match}/questions/{number}"
    assert (await shishan.gets(other)).status == 404
    assert (await shishan.asks("PATCH", other, {"required": False})).status == 404
    assert (await shishan.asks("DELETE", other)).status == 404
    assert (await shishan.posts(f"{other}/move", {"earlier": True})).status == 404
    assert len(told(await guicheng.gets(f"/events/{tour}/questions"))) == 1


async def test_a_program_shares_seats_out(desks: Nanhai) -> None:
    (match,) = keep(desks, badminton(seats=20))
    town, path = program(desks, Role.TOWN, SHISHAN), f"/events/{match}/quotas"
    await town.posts(f"/events/{match}/questions", MEAL)
    before = (await town.gets(path)).body
    assert before["quotas"] == []
    wanted = [
        {"group": "Shishan", "least": 5, "most": None},
        {"group": "Yes", "least": 0, "most": 8},
    ]
    sent = {"revision": before["revision"], "quotas": wanted, "until": "2026-12-04T14:00:00+08:00"}
    set_ = await town.asks("PUT", path, sent)
    assert set_.status == 200, set_.body
    assert (set_.body["seats"], set_.body["until"]) == (20, sent["until"])
    counted = [{**each, "held": 0, "waiting": 0} for each in wanted]
    assert set_.body["quotas"] == counted
    (question,) = (await town.gets(f"/events/{match}/questions")).body["items"]
    assert question["decides"]
    # What is read can be sent back.
    back = {"revision": set_.body["revision"], "quotas": wanted, "until": None}
    assert (await town.asks("PUT", path, back)).body["quotas"] == counted
    assert (await town.asks("PUT", path, back)).status == 409
    revision = (await town.gets(path)).body["revision"]
    for quotas, until, field in (
        ([{"group": "月球", "least": 1}], None, "quotas.0.group"),
        ([{"group": "狮山", "least": 5, "most": 4}], None, "quotas.0.most"),
        ([{"group": "狮山"}], None, "quotas.0.least"),
        ([{"group": "狮山", "least": 21}], None, "shares"),
        ([{"group": "狮山", "least": 10**9}], None, "quotas.0.least"),
        (wanted, "2026-12-06T14:00:00+08:00", "until"),
        (wanted, "2026-11-06T14:00:00+08:00", "until"),
    ):
        answer = await town.asks(
            "PUT", path, {"revision": revision, "quotas": quotas, "until": until}
        )
        faults = [each["field"] for each in answer.body["errors"]]
        assert (answer.status, faults) == (422, [field]), answer.body
    none = await town.asks("PUT", path, {"revision": revision, "quotas": []})
    assert none.body["quotas"] == []


async def test_a_program_has_seats_drawn(desks: Nanhai) -> None:
    (tour,) = keep(desks, lamp_works(seats=1))
    town, path = program(desks, Role.TOWN, GUICHENG), f"/events/{tour}/draw"
    before = await town.gets(path)
    assert (before.body["state"], before.body["why_not"]) == ("", "")
    assert (await town.gets(f"{path}/record")).status == 404
    begun = await town.posts(path)
    assert (begun.body["state"], len(begun.body["commitment"])) == ("entering", 64)
    assert (await town.asks("DELETE", path)).body["state"] == ""
    assert (await town.posts(path)).body["state"] == "entering"
    named = await town.posts(f"{path}/name", {"name": "排列 3 第 2026322 期"})
    assert named.body["number_name"] == "排列 3 第 2026322 期"
    assert (await town.posts(f"{path}/name", {"name": "另一个"})).status == 409
    assert (await town.posts(f"{path}/web")).body["admits_web"]
    for name in ("阿梅", "小李"):
        enter(desks, tour, name)
    assert (await town.asks("DELETE", path)).status == 409
    assert (await town.posts(f"{path}/number", {"number": "739"})).status == 409
    desks.now = event_of(desks, tour).closes_at + timedelta(minutes=1)
    run(desks)
    closed = await town.gets(path)
    assert (closed.body["state"], len(closed.body["list_hash"])) == ("closed", 64)
    assert (await town.gets(f"{path}/record")).body["secret"] == ""
    assert (await town.posts(f"{path}/number", {"number": "7"})).status == 422
    assert (await town.posts(f"{path}/number", {"number": "7 3 9"})).status == 200
    run(desks)
    assert (await town.gets(path)).body["state"] == "drawn"
    record = (await town.gets(f"{path}/record")).body
    assert isinstance(draw_records.verify(record), Proven)
    assert (await town.posts(f"{path}/number", {"number": "111"})).status == 409


async def test_a_member_gives_up_what_they_signed_up_for(desks: Nanhai) -> None:
    """Also at an event of another town, about which the token may do nothing else."""
    match, _tour = keep(desks, badminton(seats=1), lamp_works())
    town = program(desks, Role.TOWN, GUICHENG)
    ben = desks.member("阿本")

    def claims(session: Session) -> None:
        at = desks.now
        for member, state in ((town.member_id, SignupState.SEATED), (ben, SignupState.SEATED)):
            session.add(Signup(event_id=match, member_id=member, state=state, at=at))
        session.get_one(Event, match).held = 2

    desks.store.write_now(claims)
    (mine,) = (await town.gets("/me/sign-ups")).body["items"]
    assert (mine["event"], mine["title"], mine["state"]) == (match, "羽毛球友谊赛", "seated")
    reading = of_member(desks, town.member_id, [Scope.SIGN_UPS_READ])
    assert (await reading.posts(f"/me/sign-ups/{match}/cancel")).status == 403
    gone = await town.posts(f"/me/sign-ups/{match}/cancel")
    assert (gone.status, gone.body["state"]) == (200, "cancelled"), gone.body
    assert (await town.posts(f"/me/sign-ups/{match}/cancel")).status == 404
    assert (await town.posts("/me/sign-ups/99/cancel")).status == 404
    assert (await town.gets("/me/sign-ups")).body["items"] == []
    assert event_of(desks, match).held == 1


async def test_requests_are_granted_and_refused(desks: Nanhai) -> None:
    (match,) = keep(desks, badminton(gates=BY_HAND))
    town = program(desks, Role.TOWN, SHISHAN)
    numbers = [await _asks_for(desks, match, name) for name in ("安娜", "阿本")]
    first, second = (f"/events/{match}/sign-ups/{number}" for number in numbers)
    assert (await town.gets(first)).body["state"] == "asked"
    assert (await town.posts(f"{first}/let-in")).body["state"] == "seated"
    assert (await town.posts(f"{first}/let-in")).status == 409
    refused = await town.posts(f"{second}/refuse", {"reason": "人满了"})
    assert refused.body["state"] == "cancelled", refused.body
    other = program(desks, Role.TOWN, GUICHENG)
    assert (await other.posts(f"{second}/let-in")).status == 404


async def _asks_for(desks: Nanhai, event_id: int, name: str) -> int:
    enter(desks, event_id, name)
    asking: Program = program(desks, Role.DISTRICT, name=f"who looks for {name}")
    found = (await asking.gets(f"/events/{event_id}/sign-ups?state=asked")).body["items"]
    number: int = next(each["number"] for each in found if name in each["name"])
    return number
