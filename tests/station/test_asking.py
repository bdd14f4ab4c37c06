"""The platforms are asked whether the accounts in the settings work."""

from pydantic import SecretStr

from bot.station.asking import ask
from bot.station.sections import ReaderSettings, TelegramSettings, WeChatSettings
from bot.station.settings import Settings
from tests.channels.services import TUESDAY
from tests.platforms.models.server import KEY, Models
from tests.platforms.telegram.server import TelegramServer
from tests.platforms.wechat.server import WeChatServer


async def test_each_account_is_told_by_what_its_platform_answers() -> None:
    wechat = WeChatServer(starts_at=TUESDAY)
    await wechat.start()
    async with TelegramServer() as telegram:

        def bot(token: str) -> TelegramSettings:
            return TelegramSettings(token=SecretStr(token), api_base=telegram.api_base)

        def office(secret: str, *, verified: bool = True) -> WeChatSettings:
            return WeChatSettings(
                app_id=wechat.app_id,
                secret=SecretStr(secret),
                token=SecretStr(wechat.token),
                verified=verified,
                api_base=wechat.url,
            )

        settings = Settings(
            telegram={"good": bot(telegram.token), "wrong": bot("1:wrong")},
            wechat={
                "good": office(wechat.secret),
                "wrong": office("another"),
                "mute": office("", verified=False),
            },
        )
        assert await ask(settings, wechat.clock) == {
            "telegram.good": "",
            "telegram.wrong": "Telegram does not accept the token",
            "wechat.good": "",
            "wechat.wrong": "errcode 40125",
        }
    await wechat.stop()


async def test_the_reader_is_asked_about_a_sample() -> None:
    async with Models() as models:
        models.says = [{"intent": "events"}]
        reader = {"base_url": models.base_url, "model": "m", "api_key": KEY}
        settings = Settings(reader=ReaderSettings.model_validate(reader))
        assert settings.accounts_in_words()[-1].startswith("reader: on, m at 127.0.0.1:")
        assert await ask(settings, lambda: TUESDAY) == {"reader": ""}
        models.says = [500]
        assert await ask(settings, lambda: TUESDAY) == {"reader": "HTTP 500"}
