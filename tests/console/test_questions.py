"""The questions of an event at the desk: added, changed, put in order, deleted; and who may."""

from sqlmodel import Session

from models.events import events, questions, signups
from models.events.answering import keep_first
from models.events.events import Event
from models.events.questions import EventQuestion
from models.network import members
from models.network.members import Member
from models.rules.events.questions import MOST_QUESTIONS, QuestionKind
from models.rules.network.permissions import Role
from tests.console.browsing import GUICHENG, SHISHAN, Browser, Nanhai
from tests.console.rows import keep
from tests.miniature.rows import lamp_works

MEAL = {"text": "晚上一起吃饭吗？", "kind": "choice", "choices": "吃 / 不吃"}


def asked(desks: Nanhai, number: int) -> list[EventQuestion]:
    return desks.look(lambda session: list(questions.of_event(session, number)))


def texts(desks: Nanhai, number: int) -> list[str]:
    return [each.text for each in asked(desks, number)]


async def at_desk(desks: Nanhai, number: int) -> tuple[Browser, str]:
    """The page of the questions, in front of who organizes Guicheng."""
    path = f"/console/events/{number}/questions"
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    assert path in (await browser.opens(f"/console/events/{number}")).html
    await browser.opens(path)
    return browser, path


async def test_questions_are_added_ready_made_and_in_ones_own_words(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works(along="2"))
    browser, path = await at_desk(desks, number)
    await browser.sends(f"{path}/ready", ready="phone")
    one, two = ({"ready": "stop", "choices-of-stop": each} for each in ("桂城", "桂城/狮山"))
    refused = await browser.sends(f"{path}/ready", None, **one)
    assert (refused.status, 'id="w-choices-of-stop"' in refused.html) == (422, True)
    await browser.sends(f"{path}/ready", None, **two)
    # ID numbers are kept where there is a key for them only.
    refused = await browser.sends(f"{path}/ready", ready="id-number")
    assert (refused.status, "身份证号" in refused.text) == (422, True)
    wrong: list[tuple[str, dict[str, str]]] = [
        ("text", {"text": ""}),
        ("text", {"text": "长" * 201}),
        ("kind", {"kind": "id number"}),
        ("choices", {"choices": "吃"}),
        ("choices", {"choices": "/".join(map(str, range(13)))}),
        ("choices", {"choices": f"吃/{'长' * 21}"}),
        ("choices", {"kind": "text"}),
        ("choices-en", {"choices-en": "Yes"}),
        ("choices-en", {"choices-en": "Yes/No/Perhaps"}),
        ("keep_days", {"keep_days": "365"}),
        ("condition", {"condition": "99-0"}),
        ("asked_again", {"kind": "photo", "choices": "", "asked_again": "1"}),
    ]
    for field, changed in wrong:
        page = await browser.sends(path, None, **{**MEAL, **changed})
        assert (page.status, 'class="wrong"' in page.html) == (422, True), field
    assert len(asked(desks, number)) == 2
    stop = asked(desks, number)[1]
    both = {"text-en": "Will you eat with us?", "choices-en": "Yes / No"}
    set_so = {"per_person": "1", "asked_again": "1", "keep_days": "7"}
    await browser.sends(path, None, **MEAL, **both, **set_so, condition=f"{stop.id}-1")
    meal = asked(desks, number)[2]
    assert (meal.kind, meal.choices, meal.keep_days) == (QuestionKind.CHOICE, ["吃", "不吃"], 7)
    assert (meal.required, meal.per_person, meal.at_check_in) == (False, True, False)
    assert (meal.asked_again, meal.if_question, meal.if_choice) == (True, stop.id, "狮山")
    assert meal.text_of("text").to("en") == "Will you eat with us?"
    assert [each.to("en") for each in meal.choices_said()] == ["Yes", "No"]
    # As in the chat, the question may hold what can be chosen.
    page = await browser.sends(path, text="喝什么？茶/水", kind="choices", required="1")
    assert asked(desks, number)[3].choices == ["茶", "水"]
    assert "选了“狮山”才问" in page.text
    for count in range(MOST_QUESTIONS - 4):
        await browser.sends(path, text=f"第 {count} 问", kind="text")
    assert (await browser.sends(path, text="还有一问", kind="text")).status == 422
    assert len(asked(desks, number)) == MOST_QUESTIONS


async def test_questions_are_changed_put_in_order_and_deleted(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works(along=""))
    browser, path = await at_desk(desks, number)
    await browser.sends(path, None, **MEAL, required="1")
    await browser.sends(path, text="几点到？", kind="text", required="1")
    meal, time = asked(desks, number)
    page = await browser.opens(f"{path}/{time.id}")
    assert "晚上一起吃饭吗？ 吃" in page.text
    set_so = {"condition": f"{meal.id}-0", "at_check_in": "1", "keep_days": "90"}
    await browser.sends(f"{path}/{time.id}", None, **set_so)
    time = asked(desks, number)[1]
    assert (time.required, time.at_check_in, time.keep_days) == (False, True, 90)
    assert (time.if_question, time.if_choice) == (meal.id, "吃")
    # It hangs on the other one, so it cannot come before it.
    for which, earlier in ((time, "1"), (meal, "")):
        await browser.opens(path)
        refused = await browser.sends(f"{path}/{which.id}/move", earlier=earlier)
        assert (refused.status, "只能排在它后面" in refused.text) == (422, True)
    await browser.opens(f"{path}/{time.id}")
    await browser.sends(f"{path}/{time.id}", keep_days="90")
    await browser.sends(f"{path}/{time.id}/move", earlier="1")
    assert texts(desks, number) == ["几点到？", "晚上一起吃饭吗？"]
    await browser.sends(f"{path}/{time.id}/move")
    await browser.sends(f"{path}/{time.id}/move")
    assert texts(desks, number) == ["晚上一起吃饭吗？", "几点到？"]
    member = desks.member("阿梅")

    def sign_up(session: Session) -> None:
        who = members.without_address(session.get_one(Member, member))
        signups.sign_up(session, number, who, desks.care, desks.now)
        claim = signups.claim_of(session, number, member)
        assert claim is not None
        keep_first(session, number, {claim.id: {meal.id: "吃"}}, desks.care, desks.now)

    desks.store.write_now(sign_up)
    page = await browser.opens(path)
    assert "吃 1" in page.text
    assert (await browser.sends(f"{path}/others")).path == path
    page = await browser.sends(f"{path}/{meal.id}/delete")
    assert (page.status, 'name="sure"' in page.html) == (422, True)
    assert len(asked(desks, number)) == 2
    for each in (meal, time):
        page = await browser.sends(f"{path}/{each.id}/delete", sure="1")
    assert asked(desks, number) == []
    event = desks.look(lambda session: events.get(session, number))
    assert event is not None
    assert event.questions == 0
    assert (await browser.sends(f"{path}/{meal.id}/delete")).status == 404


async def test_who_does_not_run_it_and_who_comes_late_change_nothing(desks: Nanhai) -> None:
    number, other = keep(desks, lamp_works(), lamp_works(code="lamps-2"))
    browser, path = await at_desk(desks, number)
    await browser.sends(path, None, **MEAL)
    [meal] = asked(desks, number)
    # One of another event is not there.
    elsewhere = f"/console/events/{other}/questions/{meal.id}"
    for what in ("", "/move", "/delete"):
        await browser.opens(path)
        assert (await browser.sends(f"{elsewhere}{what}", sure="1")).status == 404
    for role, place, status in ((Role.CORE_MEMBER, GUICHENG, 403), (Role.TOWN, SHISHAN, 404)):
        desk = await desks.desk_of(role, place)
        for at in (path, f"{path}/{meal.id}"):
            assert (await desk.opens(at)).status == status
            await desk.opens("/console/account")
            assert (await desk.sends(at, None, **MEAL)).status == status
    desks.now = desks.look(lambda session: session.get_one(Event, number)).ends_at
    late = await desks.desk_of(Role.TOWN, GUICHENG)
    page = await late.opens(path)
    assert (meal.text in page.text, "<form" in page.html.partition("<main")[2]) == (True, False)
    for at in (path, f"{path}/ready", f"{path}/{meal.id}", f"{path}/{meal.id}/delete"):
        await late.opens("/console/account")
        assert (await late.sends(at, None, **MEAL, ready="phone", required="1")).status == 422
    [after] = asked(desks, number)
    assert after.model_dump() == meal.model_dump()
