"""The chat page as people use it: a real browser at the small scripted station."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from bot.channels.web.channel import Web
from bot.conversation.messages import Attachment, Message, ShownButton, ShownChoice
from models.rules.languages import LANGUAGES, Language
from tests.browser.conftest import LOOKS, Look, Opener
from tests.channels.web.tiny_station import OFFER, TinyStation, port_of, serving

pytestmark = pytest.mark.asyncio(loop_scope="session")

MEASURES = (Path(__file__).parent / "measures.js").read_text()
WELCOME = "这里是创思驿站"


async def says(page: Page, text: str) -> None:
    await page.get_by_label("说点什么").fill(text)
    await page.keyboard.press("Enter")


async def presses(page: Page, label: str) -> None:
    await page.get_by_role("button", name=label, exact=True).click()


def bubbles(page: Page) -> Any:
    return page.locator("article .bubble")


async def measured(page: Page, measure: str) -> Any:
    return await page.evaluate(f"({MEASURES}).{measure}()")


async def welcomed(visitor: Opener, look: Look | None = None, **more: Any) -> Page:
    person = await (visitor(look, **more) if look else visitor(**more))
    page = await person.opens()
    await expect(bubbles(page)).to_contain_text([WELCOME])
    return page


async def looks_right(page: Page) -> None:
    contrast = await measured(page, "contrast")
    assert contrast["poor"] == []
    assert contrast["seen"] > 5
    assert await measured(page, "small") == []
    assert await measured(page, "tooWide") == []
    assert await measured(page, "nameless") == []


# The way of a worker


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_worker_is_welcomed_and_signs_up_by_taps_alone(
    visitor: Opener, station: TinyStation, web: Web, look: Look
) -> None:
    page = await welcomed(visitor, look)
    await looks_right(page)
    await presses(page, "同意")
    await presses(page, "桂城")
    await presses(page, "徒步")
    await expect(page.get_by_role("button", name="✓ 徒步")).to_be_visible()
    await presses(page, "选好了")
    await expect(page.locator(".row")).to_have_count(3)
    await looks_right(page)
    await page.locator(".row").first.click()
    await presses(page, "报名")
    await expect(bubbles(page).last).to_contain_text("✅ 报上了")
    await expect(page.locator(".file")).to_contain_text("企业体验游.ics")
    await expect(page.locator(".file")).to_contain_text("1 KB · 下载")
    station.deliver(station.heard[0].address, OFFER)
    web.announce(station.heard[0].address)
    await expect(bubbles(page).last).to_contain_text("空出一个位子")
    await looks_right(page)
    assert len(station.signed_up) == 1


@pytest.mark.parametrize("width", [320, 2000])
async def test_the_page_fits_every_screen(visitor: Opener, width: int) -> None:
    page = await welcomed(visitor, Look(width, 568, "light"))
    await says(page, "很长" + "长" * 300 + " " + "x" * 300)
    await says(page, "活动")
    await expect(page.locator("button.row")).to_have_count(3)
    await looks_right(page)
    box = await page.locator("#log").bounding_box()
    assert box is not None
    assert box["width"] <= 720


@pytest.mark.parametrize(("width", "height"), [(360, 640), (360, 400), (320, 480)])
async def test_the_page_never_slides_away(visitor: Opener, width: int, height: int) -> None:
    page = await welcomed(visitor, Look(width, height, "light"))
    for _ in range(3):
        await says(page, "活动")
    await says(page, "很长" + "长" * 400)
    await expect(page.locator("article.mine")).to_have_count(4)
    await expect(page.locator("article.theirs")).to_have_count(5)
    for _ in range(2):
        assert await page.evaluate(
            "[document.scrollingElement.scrollHeight === innerHeight, scrollY, "
            "document.body.scrollTop, document.querySelector('header').getBoundingClientRect().top]"
        ) == [True, 0, 0, 0]
        await page.mouse.move(width / 2, 20)
        await page.mouse.wheel(0, 900)
    field = await page.locator("#field").bounding_box()
    assert field is not None
    assert field["y"] + field["height"] <= height
    # The last answer is seen from its beginning.
    top = await page.locator("article").last.evaluate("node => node.getBoundingClientRect().top")
    bar = await page.locator("header").evaluate("node => node.getBoundingClientRect().bottom")
    assert bar <= top < height


async def test_what_a_button_of_the_last_message_brings_is_seen(visitor: Opener) -> None:
    page = await welcomed(visitor, Look(360, 300, "light"))
    await says(page, "活动")
    rows = page.locator("button.row")
    await expect(rows).to_have_count(3)
    is_tall = "node => node.offsetHeight > node.closest('#scroll').clientHeight + 120"
    assert await page.locator("article").last.evaluate(is_tall)
    await rows.first.click()
    await expect(page.locator("article")).to_have_count(5)
    await expect(page.locator("article").last.locator(".bubble")).to_be_in_viewport()
    await expect(page.locator("#newer")).to_be_hidden()


async def test_letters_of_twice_the_size_are_not_cut(visitor: Opener) -> None:
    page = await welcomed(visitor, Look(360, 640, "light"))
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    await says(page, "活动")
    await expect(page.locator("button.row")).to_have_count(3)
    assert await measured(page, "tooWide") == []
    height = await page.locator("#field").evaluate("node => node.getBoundingClientRect().height")
    assert height < 100


async def test_the_file_of_a_reply_is_saved_under_its_name(visitor: Opener) -> None:
    page = await welcomed(visitor)
    await says(page, "报名 1")
    async with page.expect_download() as download:
        await page.locator("a.file").click()
    assert (await download.value).suggested_filename == "企业体验游.ics"


async def test_a_picture_is_shown_with_its_name_for_those_who_cannot_see_it(
    visitor: Opener,
) -> None:
    page = await welcomed(visitor)
    await says(page, "海报")
    picture = page.get_by_role("img", name="poster.svg")
    await expect(picture).to_be_in_viewport()
    assert await picture.get_attribute("loading") == "lazy"


async def test_a_posters_code_opens_its_event_once(visitor: Opener, station: TinyStation) -> None:
    person = await visitor()
    page = await person.opens("/chat?start=e12")
    await expect(bubbles(page)).to_contain_text(["企业体验游"])
    assert page.url == f"{person.origin}/chat"
    await page.reload()
    await expect(bubbles(page)).to_have_count(1)
    assert [(each.link, each.text) for each in station.heard] == [("e12", "")]


# Buttons


async def test_a_change_replaces_the_message_in_its_place(visitor: Opener) -> None:
    page = await welcomed(visitor)
    await presses(page, "同意")
    await presses(page, "桂城")
    await expect(bubbles(page)).to_have_count(5)
    for name in ("徒步", "读书"):
        await presses(page, name)
        await expect(page.get_by_role("button", name=f"✓ {name}")).to_be_visible()
    await expect(bubbles(page)).to_have_count(5)
    await presses(page, "✓ 徒步")
    await expect(page.get_by_role("button", name="徒步", exact=True)).to_be_visible()
    await expect(bubbles(page)).to_have_count(5)


async def test_only_the_newest_answer_and_the_last_list_can_be_pressed(visitor: Opener) -> None:
    page = await welcomed(visitor)
    await says(page, "活动")
    await expect(page.locator("button.row")).to_have_count(3)
    await expect(page.get_by_role("button", name="同意")).to_have_count(0)
    await page.locator("button.row").first.click()
    await expect(page.get_by_role("button", name="报名", exact=True)).to_be_visible()
    await expect(page.locator("button.row")).to_have_count(3)
    await expect(page.get_by_role("button", name="更多")).to_have_count(0)
    await says(page, "活动")
    await expect(page.locator("div.row")).to_have_count(3)
    await expect(page.locator("button.row")).to_have_count(3)
    await expect(page.get_by_role("button", name="报名", exact=True)).to_have_count(0)


async def test_a_notice_keeps_its_buttons_until_one_is_pressed(
    visitor: Opener, station: TinyStation, web: Web
) -> None:
    page = await welcomed(visitor)
    station.deliver(station.heard[0].address, OFFER)
    web.announce(station.heard[0].address)
    await expect(page.get_by_role("button", name="要", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="同意")).to_be_visible()
    await says(page, "海报")
    await expect(page.get_by_role("img")).to_be_visible()
    await expect(page.get_by_role("button", name="同意")).to_have_count(0)
    await presses(page, "要")
    await expect(bubbles(page).last).to_contain_text("报上了")
    await expect(page.get_by_role("button", name="不要了")).to_have_count(0)


async def test_a_button_pressed_twice_is_heard_once(visitor: Opener, station: TinyStation) -> None:
    page = await welcomed(visitor)
    station.gate.clear()
    button = page.get_by_role("button", name="同意")
    await button.click()
    await expect(button).to_have_attribute("aria-disabled", "true")
    await button.click(force=True)
    await expect(page.get_by_label("驿站正在回复")).to_be_visible()
    station.gate.set()
    await expect(page.get_by_role("button", name="西樵")).to_be_visible()
    await expect(page.get_by_label("驿站正在回复")).to_be_hidden()
    assert [each.press for each in station.heard] == ["", "consent"]


async def test_erasing_empties_the_page_and_the_device(visitor: Opener) -> None:
    page = await welcomed(visitor)
    await says(page, "我叫张三")
    await expect(bubbles(page)).to_have_count(3)
    await says(page, "删掉我")
    await expect(bubbles(page)).to_have_text(["删好了。想回来就说一声。"])
    kept = await page.evaluate("JSON.stringify(localStorage)")
    assert "张三" not in kept
    assert "删掉我" not in kept
    await page.reload()
    await expect(bubbles(page)).to_have_text(["删好了。想回来就说一声。"])


# Keyboard, screen reader, senses


async def test_everything_can_be_done_by_keyboard(visitor: Opener, station: TinyStation) -> None:
    page = await welcomed(visitor, Look(1280, 800, "light"))
    order = []
    for _ in range(8):
        await page.keyboard.press("Tab")
        order.append(
            await page.evaluate(
                "document.activeElement.id || document.activeElement.textContent.trim()"
            )
        )
        ring = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring == "solid", order
    assert order == ["中", "EN", "同意", "看看细则", "menu", "clip", "field", "send"]
    for _ in range(5):
        await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="西樵")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="桂城")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="徒步")).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await expect(page.get_by_role("button", name="✓ 球类")).to_be_focused()
    assert [each.press for each in station.heard] == ["", "consent", "town.1", "toggle.1"]


async def test_shift_enter_makes_a_line_and_enter_sends(
    visitor: Opener, station: TinyStation
) -> None:
    page = await welcomed(visitor)
    field = page.get_by_label("说点什么")
    await field.focus()
    await page.keyboard.type("第一行")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("第二行")
    await page.keyboard.press("Enter")
    await expect(bubbles(page)).to_have_count(3)
    await expect(field).to_have_value("")
    await expect(field).to_be_focused()
    assert station.heard[-1].text == "第一行\n第二行"


async def test_enter_belongs_to_the_input_method_while_a_word_is_composed(
    visitor: Opener, station: TinyStation
) -> None:
    page = await welcomed(visitor)
    field = page.get_by_label("说点什么")
    await field.fill("huodong")
    await field.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    await field.dispatch_event("keydown", {"key": "Enter", "keyCode": 229})
    await expect(field).to_have_value("huodong")
    await field.fill("活动")
    await page.keyboard.press("Enter")
    await expect(page.locator("button.row")).to_have_count(3)
    assert [each.text for each in station.heard] == ["/start", "活动"]


async def test_what_arrives_is_read_aloud(visitor: Opener, station: TinyStation, web: Web) -> None:
    page = await welcomed(visitor)
    spoken = page.locator("[aria-live=polite]#spoken")
    await expect(spoken).to_contain_text(WELCOME)
    station.deliver(station.heard[0].address, OFFER)
    web.announce(station.heard[0].address)
    await expect(spoken).to_contain_text("空出一个位子")


async def test_nothing_moves_for_those_who_asked_for_stillness(
    visitor: Opener, station: TinyStation
) -> None:
    page = await welcomed(visitor, reduced_motion="reduce")
    station.gate.clear()
    await presses(page, "同意")
    await expect(page.get_by_label("驿站正在回复")).to_be_visible()
    running = await page.evaluate("document.getAnimations().length")
    station.gate.set()
    assert running == 0
    await expect(page.get_by_role("button", name="西樵")).to_be_visible()


# Two languages


async def test_an_english_browser_is_welcomed_in_english(visitor: Opener) -> None:
    person = await visitor(locale="en-GB")
    page = await person.opens()
    await expect(bubbles(page)).to_contain_text(["This is the Yizhan station"])
    await expect(page).to_have_title("Yizhan station")
    await expect(page.get_by_label("Say something")).to_be_visible()
    await looks_right(page)


async def test_any_other_language_begins_in_chinese(visitor: Opener) -> None:
    person = await visitor(locale="fr-FR")
    page = await person.opens()
    await expect(bubbles(page)).to_contain_text([WELCOME])
    assert await page.locator("html").get_attribute("lang") == "zh-CN"


async def test_a_link_may_ask_for_a_language(visitor: Opener, station: TinyStation) -> None:
    person = await visitor()
    page = await person.opens("/chat?lang=en")
    await expect(bubbles(page)).to_contain_text(["This is the Yizhan station"])
    for unknown in ("fr", "constructor"):
        await page.goto(f"{person.origin}/chat?lang={unknown}")
        await expect(page).to_have_title("Yizhan station")
    assert [each.language for each in station.heard] == ["en"]


async def test_the_switch_changes_the_page_and_tells_the_station(
    visitor: Opener, station: TinyStation
) -> None:
    page = await welcomed(visitor)
    await presses(page, "EN English")
    await expect(page.get_by_label("Say something")).to_be_visible()
    await expect(bubbles(page).last).to_contain_text("This is the Yizhan station")
    switch = page.get_by_role("button", name="English")
    await expect(switch).to_have_attribute("aria-pressed", "true")
    await page.reload()
    await expect(page).to_have_title("Yizhan station")
    assert [each.text for each in station.heard] == ["/start", "/language en"]


async def test_languages_that_are_added_are_offered_in_a_list(
    visitor: Opener, station: TinyStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code, name in (("xx", "Ix"), ("yy", "Ypsilon")):
        monkeypatch.setitem(LANGUAGES, code, Language(code, name))
    async with serving(station, station.web(look_every=60)) as origin:
        person = await visitor(Look(320, 568, "light"))
        person.origin = origin
        page = await person.opens()
        await expect(bubbles(page)).to_contain_text([WELCOME])
        switch = page.get_by_label("语言")
        offered = ["中文", "English", "Ix", "Ypsilon"]
        await expect(switch.locator("option")).to_have_text(offered)
        await looks_right(page)
        await switch.last.select_option("Ix")
        await expect(page.locator("html")).to_have_attribute("lang", "xx")
        await expect(bubbles(page).last).to_contain_text("/language xx")
        # The page learns an answer's language, and keeps what was chosen.
        await page.reload()
        await expect(page.locator("html")).to_have_attribute("lang", "xx")


# Trouble on the way


async def test_what_is_written_without_a_net_goes_out_once_when_it_is_back(
    visitor: Opener, station: TinyStation
) -> None:
    page = await welcomed(visitor)
    await page.context.set_offline(True)
    await expect(page.get_by_text("没有网络，写好的会留着")).to_be_visible()
    await looks_right(page)
    await says(page, "报名 1")
    await says(page, "活动")
    await expect(page.get_by_text("等着发出")).to_have_count(2)
    await presses(page, "同意")
    await expect(bubbles(page)).to_have_text([re.compile(WELCOME), "报名 1", "活动", "同意"])
    assert len(station.heard) == 1
    await page.context.set_offline(False)
    await expect(bubbles(page)).to_have_count(7)
    await expect(page.locator("#banner")).to_be_empty()
    await expect(page.get_by_text("等着发出")).to_have_count(0)
    said = [each.text or each.press for each in station.heard]
    assert said == ["/start", "报名 1", "活动", "consent"]


async def test_a_station_on_this_machine_needs_no_internet(visitor: Opener) -> None:
    person = await visitor()
    await person.context.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false })"
    )
    page = await person.opens()
    await expect(bubbles(page)).to_contain_text([WELCOME])
    await says(page, "活动")
    await expect(page.locator("button.row")).to_have_count(3)
    await expect(page.locator("#banner")).to_be_empty()


async def test_what_waits_survives_a_reload(visitor: Opener, station: TinyStation) -> None:
    page = await welcomed(visitor)
    station.down = True
    await says(page, "报名 1")
    await expect(page.get_by_text("等着发出")).to_be_visible()
    await page.get_by_label("说点什么").fill("还没写完")
    await page.reload()
    await expect(bubbles(page)).to_have_count(2)
    await expect(page.get_by_label("说点什么")).to_have_value("还没写完")
    station.down = False
    await expect(bubbles(page).last).to_contain_text("报上了")
    assert len(station.signed_up) == 1


async def test_an_answer_lost_on_the_way_does_not_sign_up_twice(
    visitor: Opener, station: TinyStation
) -> None:
    page = await welcomed(visitor)
    sent: list[str] = []

    async def lose_the_first(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "")["id"])
        if len(sent) == 1:
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/chat/messages", lose_the_first)
    await says(page, "报名 1")
    await expect(bubbles(page)).to_have_count(3)
    await expect(bubbles(page).last).to_contain_text("报上了")
    assert sent == [sent[0]] * 2
    assert len(station.signed_up) == 1


async def test_a_station_that_cannot_answer_is_named_and_tried_again(
    visitor: Opener, station: TinyStation
) -> None:
    page = await welcomed(visitor)
    station.down = True
    await says(page, "活动")
    await expect(page.get_by_text("连不上驿站")).to_be_visible()
    await expect(page.get_by_label("说点什么")).to_be_editable()
    station.down = False
    await expect(page.locator("button.row")).to_have_count(3)
    await expect(page.locator("#banner")).to_be_empty()


async def test_a_message_that_is_refused_says_so_and_holds_up_no_other(
    visitor: Opener, station: TinyStation
) -> None:
    page = await welcomed(visitor)
    await page.evaluate("say('text', '长'.repeat(4001))")
    await expect(page.get_by_text("这条没能发出去").first).to_be_visible()
    await says(page, "活动")
    await expect(page.locator("button.row")).to_have_count(3)
    await looks_right(page)


async def test_a_page_finds_the_station_again_after_it_was_restarted(
    visitor: Opener, station: TinyStation
) -> None:
    first = station.web()
    async with serving(station, first) as origin:
        person = await visitor()
        person.origin = origin
        page = await person.opens()
        await expect(bubbles(page)).to_contain_text([WELCOME])
    station.deliver(station.heard[0].address, OFFER)
    async with serving(station, station.web(), port_of(origin)):
        await expect(bubbles(page).last).to_contain_text("空出一个位子")
        await expect(bubbles(page)).to_have_count(2)
        await page.close()


# What is kept, and where


async def test_a_reload_keeps_the_conversation_and_starts_none(
    visitor: Opener, station: TinyStation
) -> None:
    page = await welcomed(visitor)
    await says(page, "活动")
    await expect(page.locator("button.row")).to_have_count(3)
    before = await bubbles(page).all_text_contents()
    await page.reload()
    await expect(bubbles(page)).to_have_text(before)
    await expect(page.locator("button.row")).to_have_count(3)
    await expect(page.get_by_role("button", name="更多")).to_be_in_viewport()
    assert [each.text for each in station.heard] == ["/start", "活动"]


async def test_what_was_missed_is_shown_once(
    visitor: Opener, station: TinyStation, web: Web
) -> None:
    page = await welcomed(visitor)
    person, address = page.context, station.heard[0].address
    origin = page.url
    await page.close()
    for number in range(1, 6):
        station.deliver(address, Message(f"通知 {number}"))
        if number == 2:
            station.finish_together()
    page = await person.new_page()
    await page.goto(origin)
    everything = [re.compile(WELCOME), *(f"通知 {number}" for number in range(1, 6))]
    await expect(bubbles(page)).to_have_text(everything)
    await page.reload()
    station.deliver(address, Message("新的"))
    web.announce(address)
    await expect(bubbles(page)).to_have_text([*everything, "新的"])


async def test_words_of_one_day_are_not_read_on_the_next(
    visitor: Opener, station: TinyStation, web: Web
) -> None:
    page = await welcomed(visitor)
    said = "🔔 羽毛球，12月5日 周六 14:00（明天）。今晚 20:00 前留给你。"
    passing = (("（明天）", ""), ("今晚 20:00", "12月4日 周五 20:00"))
    address = station.heard[0].address
    station.deliver(address, Message(said, passing=passing, day="2026-12-04"))
    web.announce(address)
    await expect(bubbles(page).last).to_have_text(said)
    await page.evaluate(
        """() => Transcript.change((log) => {
            for (const entry of log.entries) entry.at -= 24 * 3600 * 1000;
        })"""
    )
    await page.reload()
    read = "🔔 羽毛球，12月5日 周六 14:00。12月4日 周五 20:00 前留给你。"
    await expect(bubbles(page).last).to_have_text(read)


async def test_two_tabs_are_one_conversation(
    visitor: Opener, station: TinyStation, web: Web
) -> None:
    person = await visitor()
    first = await person.opens()
    await expect(bubbles(first)).to_have_count(1)
    second = await person.opens()
    await expect(bubbles(second)).to_have_count(1)
    await says(second, "一")
    await says(first, "二")
    station.deliver(station.heard[0].address, OFFER)
    web.announce(station.heard[0].address)
    for tab in (first, second):
        await expect(bubbles(tab)).to_have_count(6)
        await expect(bubbles(tab).filter(has_text="空出一个位子")).to_have_count(1)
        kept = "Transcript.load().entries.filter((entry) => entry.notice).length"
        assert await tab.evaluate(kept) == 1
    await presses(second, "不要了")
    await expect(first.get_by_role("button", name="不要了")).to_have_count(0)
    assert [each.text or each.press for each in station.heard] == ["/start", "一", "二", "leave.1"]


async def test_the_device_keeps_the_last_two_hundred_messages(visitor: Opener) -> None:
    page = await welcomed(visitor)
    await page.evaluate(
        """Transcript.change((log) => {
          const one = log.entries[0];
          for (let n = 0; n < 230; n += 1) log.entries.push({ ...one, id: `r-${n}` });
        })"""
    )
    await says(page, "活动")
    await expect(page.locator("button.row")).to_have_count(3)
    assert await page.evaluate("Transcript.load().entries.length") == 200


async def test_a_new_message_does_not_pull_a_reader_away(
    visitor: Opener, station: TinyStation, web: Web
) -> None:
    page = await welcomed(visitor)
    for _ in range(4):
        await says(page, "活动")
    await expect(page.locator(".row")).to_have_count(12)
    await page.mouse.move(180, 300)
    await page.mouse.wheel(0, -5000)
    await expect(bubbles(page).first).to_be_in_viewport()
    station.deliver(station.heard[0].address, OFFER)
    web.announce(station.heard[0].address)
    await presses(page, "有新消息")
    await expect(bubbles(page).last).to_be_in_viewport()
    await expect(page.get_by_role("button", name="有新消息")).to_be_hidden()


async def test_private_windows_without_storage_can_chat(visitor: Opener) -> None:
    person = await visitor()
    await person.context.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }"
    )
    page = await person.opens()
    await expect(bubbles(page)).to_contain_text([WELCOME])
    await says(page, "活动")
    await expect(page.locator("button.row")).to_have_count(3)


# What others write


EVIL = '<img src=x onerror="document.title=1"><script>document.title=1</script>'


async def test_nothing_that_is_written_becomes_part_of_the_page(
    visitor: Opener, station: TinyStation, web: Web
) -> None:
    page = await welcomed(visitor)
    await says(page, EVIL)
    await expect(bubbles(page).last).to_have_text(f"没太明白：{EVIL}")
    message = Message(
        f"{EVIL}\n1. {EVIL}\n2. javascript:alert(1) http://a.example/\"onx='1 https://b.example/c).",
        choices=(
            ShownChoice(1, EVIL, "one", in_text=True),
            ShownChoice(2, EVIL, "two", in_text=True),
            ShownChoice(3, EVIL, "three"),
        ),
        buttons=(
            ShownButton(EVIL, 'x"onclick="alert(1)'),
            ShownButton("坏链接", url="javascript:document.title=1"),
            ShownButton("更坏", url="data:text/html,<script>1</script>"),
            ShownButton("好链接", url="https://station.example.org/ok"),
        ),
        file=Attachment(f"{EVIL}.ics", "text/calendar", "calendar"),
        language='zh"onload="alert(1)',
    )
    station.deliver(station.heard[0].address, message)
    web.announce(station.heard[0].address)
    await expect(page.get_by_role("link", name="好链接")).to_be_visible()
    await expect(page.get_by_text("坏链接")).to_have_count(0)
    await expect(page.get_by_text("更坏")).to_have_count(0)
    await expect(
        page.locator("#log script, #log img, #log [onerror], #log [onclick]")
    ).to_have_count(0)
    links = await page.locator("#log .row a").evaluate_all("all => all.map((one) => one.href)")
    assert links == ["http://a.example/", "https://b.example/c"]
    for link in await page.locator("#log a[target=_blank]").all():
        assert await link.get_attribute("rel") == "noopener noreferrer"
    await expect(page).to_have_title("创思驿站")
    assert await measured(page, "tooWide") == []


async def test_a_transcript_that_is_broken_is_begun_anew(
    visitor: Opener, station: TinyStation
) -> None:
    person = await visitor()
    await person.context.add_init_script(
        "if (!sessionStorage.once) { sessionStorage.once = 1; localStorage['yizhan.chat'] = '{'; }"
    )
    page = await person.opens()
    await expect(bubbles(page)).to_contain_text([WELCOME])
    await page.reload()
    await expect(bubbles(page)).to_have_count(1)


# Speed


async def test_the_page_is_small_and_asks_only_its_own_host(visitor: Opener) -> None:
    person = await visitor()
    sizes: list[asyncio.Task[int]] = []

    async def weigh(response: Any) -> int:
        return len(await response.body())

    def measure(response: Any) -> None:
        if "/chat/stream" not in response.url and "/messages" not in response.url:
            sizes.append(asyncio.ensure_future(weigh(response)))

    person.context.on("response", measure)
    page = await person.opens()
    await expect(bubbles(page)).to_contain_text([WELCOME])
    weights = await asyncio.gather(*sizes)
    assert len(weights) >= 7
    assert sum(weights) < 60_000
    assert person.foreign == []
