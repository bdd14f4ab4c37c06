"""Ask the platforms whether the accounts in the settings work; only their own data is read.

A reader by a model is asked about a sample.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.station.settings import Settings

SECONDS = 10.0


async def ask(settings: Settings, now: Callable[[], datetime]) -> Mapping[str, str]:
    """Return what is wrong with each account that has an API, and with the reader; "" for nothing.

    The sentences are those of the log and of ``/readyz``.
    """
    return {
        **await _telegram(settings),
        **await _wechat(settings, now),
        **await _wecom(settings, now),
        **await _reader(settings),
    }


async def _reader(settings: Settings) -> dict[str, str]:
    given = settings.reader
    if not given.models:
        return {}
    from bot.reading import Models

    models = Models(
        given.base_url,
        given.api_key.get_secret_value(),
        reads=given.model,
        hears=given.transcription_model,
    )
    return {"reader": await models.trouble()}


async def _telegram(settings: Settings) -> dict[str, str]:
    found: dict[str, str] = {}
    if not settings.telegram:
        return found
    from bot.channels.telegram.api import Api, InvalidToken, TelegramError
    from bot.channels.telegram.outcomes import NOT_ACCEPTED, in_words

    for name, bot in settings.telegram.items():
        api = Api(
            bot.token.get_secret_value(),
            api_base=bot.api_base,
            answer_seconds=SECONDS,
            proxy=bot.proxy.get_secret_value(),
        )
        try:
            await api.bot.get_me()
            info = await api.bot.get_webhook_info()
            said = ""
            if bot.mode == "polling" and info.url:
                said = "a webhook is set for this bot; serving by polling takes it away"
            elif bot.mode == "webhook" and info.last_error_message:
                said = f"Telegram cannot bring updates: {info.last_error_message}"
        except InvalidToken:
            # The library's words for this error contain the token.
            said = NOT_ACCEPTED
        except TelegramError as error:
            said = in_words(error)
        finally:
            await api.close()
        found[f"telegram.{name}"] = said
    return found


async def _wechat(settings: Settings, now: Callable[[], datetime]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, given in settings.wechat.items():
        if not given.verified:
            continue
        from bot.channels.wechat.api import WeChatApi

        api = WeChatApi(
            app_id=given.app_id,
            secret=given.secret.get_secret_value(),
            api_base=given.api_base,
            now=now,
            proxy=given.proxy.get_secret_value(),
        )
        found[f"wechat.{name}"] = await api.trouble()
    return found


async def _wecom(settings: Settings, now: Callable[[], datetime]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, given in settings.wecom.items():
        from bot.channels.wecom.api import WeComApi

        api = WeComApi(
            corp_id=given.corp_id,
            secret=given.secret.get_secret_value(),
            api_base=given.api_base,
            now=now,
            proxy=given.proxy.get_secret_value(),
        )
        found[f"wecom.{name}"] = await api.trouble()
    return found
