"""WeChat's API for one Official Account: its stable token, and what its errors mean for a send."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.channels import Outcome
from bot.channels.tencent.api import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    ApiError,
    ErrorCodes,
    MaybeSent,
    NotSent,
    Token,
    TokenApi,
)

STABLE = "/cgi-bin/stable_token"

# A forced refresh is allowed 20 times a day (stable_token's documentation).
BETWEEN_FORCED = timedelta(hours=24) / 20

# Sorted as WeChat describes its return codes; the texts stand in wechatpy's WeChatErrorCode.
CODES = ErrorCodes(
    whole_account={
        45011: timedelta(minutes=1),  # Too many calls in a minute.
        **dict.fromkeys((40001, 40014, 42001, 41001), timedelta(minutes=10)),  # The token, again.
        # Not authorised, banned, restricted; a wrong id or secret, an address not on the list.
        **dict.fromkeys(
            (48001, 48004, 50002, 40002, 40013, 40125, 40164, 40243, 89503), timedelta(hours=1)
        ),
    },
    until_midnight=frozenset((45009,)),
    of_any_call=frozenset(
        (40001, 40002, 40013, 40014, 40125, 40164, 40243, 41001, 42001, 50002, 89503)
    ),
    later={-1: timedelta(seconds=10), 43117: timedelta(minutes=10)},
    not_now={
        45015: "the window is closed",
        45047: "nothing is left of the window's allowance",
        43101: "no consent to this message",
        48002: "the person takes no messages",
    },
    gone={43004: "does not follow", 40003: "no such follower", 43019: "is on the blacklist"},
)


class WeChatApi(TokenApi):
    """An account's calls."""

    spoilt = frozenset((40001, 40014, 42001))

    def __init__(
        self,
        *,
        app_id: str,
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
        self._app_id = app_id
        self._secret = secret
        self._forced_at: datetime | None = None

    async def _fetch_token(self, spoilt: Token | None) -> Token:
        token = await self._stable_token(force=False)
        if spoilt is None or token.value != spoilt.value:
            return token
        # stable_token repeats a token while it believes in it, even one that others refuse.
        now = self._now()
        if self._forced_at is not None and now - self._forced_at < BETWEEN_FORCED:
            raise ApiError(40001)
        self._forced_at = now
        return await self._stable_token(force=True)

    async def _stable_token(self, *, force: bool) -> Token:
        asked = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._secret,
            "force_refresh": force,
        }
        return await self._ask_for_token(STABLE, {}, asked)


def outcome_of(problem: ApiError | NotSent | MaybeSent, now: datetime) -> Outcome:
    """What a send that met this problem came to."""
    return CODES.outcome(problem, now)
