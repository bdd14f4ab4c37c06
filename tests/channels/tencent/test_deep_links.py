"""What a code leads to on platforms without links into a chat."""

from typing import Any

import aiohttp
import pytest

from bot.channels import Channel
from tests.channels.listener import served
from tests.channels.services import services
from tests.channels.wechat import wechat_account
from tests.channels.wecom import wecom_app

MADE: list[tuple[Any, str, str]] = [
    (wechat_account.made, "wechat.nanhai", "公众号"),
    (wecom_app.made, "wecom.nanhai", "企业微信"),
]


async def opened(channel: Channel, payload: str) -> tuple[int, str]:
    async with (
        served(channel) as origin,
        aiohttp.request("GET", f"{origin}/go/{channel.account}/{payload}") as response,
    ):
        return response.status, await response.text()


@pytest.mark.parametrize(("made", "account", "platform"), MADE)
async def test_who_scans_a_code_outside_the_platform_is_told_what_to_send(
    made: Any, account: str, platform: str
) -> None:
    status, text = await opened(made(account=account), "c12-345678")
    chinese, english = text.splitlines()
    assert status == 200
    assert platform in chinese
    assert chinese.endswith("签到 345678")
    assert english.endswith("/checkin 345678")


@pytest.mark.parametrize(("made", "account", "platform"), MADE)
async def test_the_stations_own_language_comes_first(
    made: Any, account: str, platform: str
) -> None:
    channel = made(account=account, serves=services(languages=["en", "zh"]))
    _, text = await opened(channel, "k7")
    assert text.splitlines()[0].endswith("/checkin k7")


@pytest.mark.parametrize(("made", "account", "platform"), MADE)
async def test_what_no_code_holds_leads_nowhere(made: Any, account: str, platform: str) -> None:
    assert await opened(made(account=account), "a.b") == (404, "")


@pytest.mark.parametrize(("made", "account", "platform"), MADE)
async def test_a_posters_code_is_sent_as_it_is_printed(
    made: Any, account: str, platform: str
) -> None:
    _, text = await opened(made(account=account), "e31-k7f2mq")
    chinese, english = text.splitlines()
    assert platform in chinese
    assert chinese.endswith("：e31-k7f2mq")
    assert english.endswith(": e31-k7f2mq")
