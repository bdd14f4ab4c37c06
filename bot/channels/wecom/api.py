"""WeCom's API for one app of an enterprise: its token, and what its errors mean for a send."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.channels.tencent.api import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    ApiError,
    ErrorCodes,
    Token,
    TokenApi,
)

GET_TOKEN = "/cgi-bin/gettoken"  # noqa: S105
SEND = "/cgi-bin/message/send"
UPDATE_CARD = "/cgi-bin/message/update_template_card"

TOO_OFTEN = 45009

# Sorted as WeCom describes its global return codes (document/path/90313).
CODES = ErrorCodes(
    whole_account={
        TOO_OFTEN: timedelta(minutes=1),
        45033: timedelta(seconds=10),  # Too many calls at once.
        **dict.fromkeys((40014, 42001, 41001), timedelta(minutes=10)),  # The token, again.
        # A wrong secret, CorpID or app; no permission; an app that is switched off; an address
        # that is not among the enterprise's trusted ones.
        **dict.fromkeys(
            (40001, 40013, 40056, 40091, 48002, 48004, 50003, 301002, 60020),
            timedelta(hours=1),
        ),
    },
    later={-1: timedelta(seconds=10)},
    of_any_call=frozenset((40001, 40013, 40014, 41001, 42001, 60020)),
    gone={
        81013: "nobody by this name may see the app",
        82001: "nobody by this name may see the app",
        60011: "may not see the app",
        60111: "no such member",
        46004: "no such member",
        40003: "no such member",
        40031: "no such member",
    },
)


class WeComApi(TokenApi):
    """An app's calls."""

    spoilt = frozenset((40014, 42001))

    def __init__(
        self,
        *,
        corp_id: str,
        secret: str,
        api_base: str,
        now: Callable[[], datetime],
        answer_seconds: float = ANSWER_SECONDS,
        connect_seconds: float = CONNECT_SECONDS,
        proxy: str = "",
    ) -> None:
        super().__init__(
            api_base=api_base,
            now=now,
            answer_seconds=answer_seconds,
            connect_seconds=connect_seconds,
            proxy=proxy,
        )
        self._who = {"corpid": corp_id, "corpsecret": secret}

    async def _fetch_token(self, spoilt: Token | None) -> Token:
        """The token; WeCom repeats it while it is good, and cannot be made to give another."""
        token = await self._ask_for_token(GET_TOKEN, self._who)
        if spoilt is not None and token.value == spoilt.value:
            raise ApiError(40014)
        return token
