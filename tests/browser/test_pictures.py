"""Pictures on the chat page: sent by the paper clip, and shown where a message has one."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Opener
from tests.channels.web.tiny_station import TinyStation
from tests.pictures import png

HUM = Path(__file__).parents[2] / "demo/works/hum.mp3"

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_picture_is_sent_by_the_paper_clip_and_stands_in_the_conversation(
    visitor: Opener, station: TinyStation, tmp_path: Path
) -> None:
    file = tmp_path / "hall.png"
    file.write_bytes(png())
    person = await visitor()
    page = await person.opens()
    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("button", name="发图片或声音").click()
    await (await choosing.value).set_files(file)
    await expect(page.locator("article.mine img.photo")).to_be_visible()
    await expect(page.locator("article.theirs").last).to_be_visible()
    [fetch] = [each.fetch for each in station.heard if each.fetch is not None]
    sent = await fetch()
    # It was made smaller before it went out: a JPEG, whatever it had been.
    assert sent is not None
    assert sent.media_type == "image/jpeg"
    # A sound goes out as it is, and can be heard where it stands.
    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("button", name="发图片或声音").click()
    await (await choosing.value).set_files(HUM)
    await expect(page.locator("article.mine audio")).to_be_visible()
    [voice] = [each.voice for each in station.heard if each.voice is not None]
    heard = await voice.fetch()
    assert heard is not None
    assert heard.content == HUM.read_bytes()
