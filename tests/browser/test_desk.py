"""Every page of the desk in a real browser: on a phone and on a screen, with eyes and without."""

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Look
from tests.browser.desks import PHONE, SCREEN, Desks

pytestmark = pytest.mark.asyncio(loop_scope="session")

MEASURES = (Path(__file__).parent / "measures.js").read_text()
AT_MOST = 200_000
"""Bytes of a page with its scripts and styles, before pictures."""

BAD = ("serious", "critical")


async def measured(page: Page, measure: str) -> Any:
    return await page.evaluate(f"({MEASURES}).{measure}()")


async def what_is_bad(page: Page) -> list[str]:
    """What keeps somebody from using a page: each with where it is."""
    await page.evaluate(AXE_SCRIPT)
    found = await page.evaluate("axe.run({ resultTypes: ['violations'] })")
    faults = [
        f"{each['id']}: {node['html']}"
        for each in found["violations"]
        for node in each["nodes"]
        if each["impact"] in BAD
    ]
    width, size = await measured(page, "width"), await measured(page, "size")
    if width > await page.evaluate("innerWidth"):
        faults.append(f"{width} pixels wide: {await measured(page, 'tooWide')}")
    if size > AT_MOST:
        faults.append(f"{size} bytes")
    return faults


async def what_tab_misses(page: Page) -> list[str]:
    """What can be acted on and is not reached by the keyboard, by pressing Tab through a page.

    A page that draws itself anew amid that, as the door's does, is gone through once more.
    """
    return await _tab_misses(page) and await _tab_misses(page)


async def _tab_misses(page: Page) -> list[str]:
    presses = await measured(page, "watchTab")
    for _ in range(presses):
        await page.keyboard.press("Tab")
    return list(await measured(page, "missed"))


async def test_what_keeps_people_from_using_a_page_is_found(browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 320, "height": 720})
    faulty = """<html lang=en><title>Faulty</title><main><h1>Faulty</h1><input>
        <p style="color: #bbb; background: #fff">Pale</p><button tabindex="-1">Act</button>
        <div style="width: 400px; height: 1px"></div></main>"""
    await page.set_content(faulty)
    told = [re.split("[: ]", each)[0] for each in await what_is_bad(page)]
    assert told == ["color-contrast", "label", "408"]
    assert [each[:7] for each in await what_tab_misses(page)] == ["<button"]
    await page.close()


@pytest.mark.parametrize(("look", "language"), [(PHONE, "en"), (SCREEN, "zh")])
async def test_every_page_fits_and_can_be_used_by_everybody(
    desks: Desks, look: Look, language: str
) -> None:
    faults: dict[str, list[str]] = {}
    async with desks.visitor(desks.rows.boss, look, language) as person:
        page = await person.opens(f"/console/people/{desks.rows.reader}")
        await page.locator("form[action$='/open'] button").click()
        for address in desks.pages():
            answer = await page.goto(person.origin + address)
            assert answer is not None
            found = await what_is_bad(page)
            if answer.status != 200:
                found.append(f"status {answer.status}")
            if look is SCREEN:
                found += await what_tab_misses(page)
            if found:
                faults[address] = found
    assert faults == {}


async def test_who_may_not_finds_what_they_may_in_the_menu_and_a_way_back_elsewhere(
    desks: Desks,
) -> None:
    opened: set[str] = set()
    async with desks.visitor(desks.rows.core, PHONE) as person:
        page = await person.opens("/console")
        for number in range(await page.locator(".menu a").count()):
            entry = page.locator(".menu a").nth(number)
            opened.add(str(await entry.get_attribute("href")))
            async with page.expect_navigation() as going:
                await entry.click()
            answer = await going.value
            assert answer is not None
            assert answer.status == 200, answer.url
            await expect(page.locator(".menu [aria-current=page]")).to_have_count(1)
        refused: dict[int, str] = {}
        for address in desks.pages():
            shown = await page.goto(person.origin + address)
            assert shown is not None
            if shown.status in (403, 404):
                refused[shown.status] = address
                assert await page.locator("main form").count() == 0, address
                await expect(page.locator("main a.button[href='/console']")).to_be_visible()
        assert set(refused) == {403, 404}
        for address in refused.values():
            await page.goto(person.origin + address)
            assert await what_is_bad(page) == []
    assert "/console/audit" not in opened
    assert "/console/people" not in opened


async def test_the_keyboard_goes_past_the_menu_to_the_content(desks: Desks) -> None:
    async with desks.visitor(desks.rows.boss, SCREEN) as person:
        page = await person.opens("/console/events")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="跳到内容")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        inside = "document.querySelector('main').contains(document.activeElement)"
        assert await page.evaluate(inside)
