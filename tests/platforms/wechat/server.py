"""A WeChat that behaves: its API, its pushes, and the people of one Official Account.

By hand: ``python -m tests.platforms.wechat --port 8082 --callback http://127.0.0.1:8080/wechat/NAME``
"""

import asyncio
import itertools
import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web

from tests.platforms.tencent.envelope import MAX_TEXT, Fault, Sealing, Value
from tests.platforms.wechat.forms import Forms, Refusal
from tests.platforms.wechat.people import Person

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
FAULT = "该公众号提供的服务出现故障，请稍后再试"
TRIES = 3
PATIENCE = 5.0
TOKEN_LASTS = timedelta(hours=2)
RENEWED_BEFORE = timedelta(minutes=5)

STABLE_TOKEN = "/cgi-bin/stable_token"
SEND = "/cgi-bin/message/custom/send"
MENU_GET = "/cgi-bin/menu/get"
MENU_CREATE = "/cgi-bin/menu/create"
TEMPLATE_SEND = "/cgi-bin/message/template/send"
NOTICE_SEND = "/cgi-bin/message/subscribe/bizsend"
MEDIA_GET = "/cgi-bin/media/get"

Trouble = int | str
"""An errcode; ``503``, ``html``; ``drop``: cut off, not taken; ``hang``: taken, never answered."""


class _Error(Exception):
    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Call:
    path: str
    payload: Mapping[str, Any]


class WeChatServer:
    """One Official Account on one WeChat. ``second`` is how long a second of its patience takes."""

    def __init__(
        self,
        *,
        app_id: str = "wx0123456789abcdef",
        secret: str = "secret",
        token: str = "token",
        encoding_aes_key: str = AES_KEY,
        mode: str = "plain",
        push_format: str = "xml",
        verified: bool = True,
        callback: str = "",
        second: float = 1.0,
        starts_at: datetime | None = None,
    ) -> None:
        self.app_id, self.secret, self.token = app_id, secret, token
        self.encoding_aes_key, self.mode, self.push_format = encoding_aes_key, mode, push_format
        self.verified = verified
        self.callback = callback
        self.gh_id = "gh_0123456789ab"
        self.allows_this_address = True
        self.menu: list[dict[str, Any]] = []
        self.forms = Forms()
        self.calls: list[Call] = []
        self.daily_quota: dict[str, int] = {}
        self.tries = 0
        self.on_try: Callable[[int], object] = lambda nth: None
        self._second = second
        self._starts_at = starts_at
        self._ahead = timedelta()
        self._people: dict[str, Person] = {}
        self._tokens: dict[str, datetime] = {}
        self.media: dict[str, bytes] = {}
        self._ids = itertools.count(24_300_000_000_000_001)
        self._troubles: dict[str, deque[Trouble]] = defaultdict(deque)
        self._released = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._http: aiohttp.ClientSession | None = None
        self.url = ""

    # Its life and its clock

    async def start(self, port: int = 0) -> None:
        app = web.Application()
        app.router.add_post(STABLE_TOKEN, self._guarded(self._stable_token, with_token=False))
        app.router.add_post(SEND, self._guarded(self._send))
        app.router.add_get(MENU_GET, self._guarded(self._menu_get))
        app.router.add_post(MENU_CREATE, self._guarded(self._menu_create))
        app.router.add_post(TEMPLATE_SEND, self._guarded(self._send_template))
        app.router.add_post(NOTICE_SEND, self._guarded(self._send_notice))
        app.router.add_get(MEDIA_GET, self._give_media)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        timeout = aiohttp.ClientTimeout(total=PATIENCE * self._second)
        self._http = aiohttp.ClientSession(timeout=timeout)

    async def stop(self) -> None:
        self._released.set()
        if self._http is not None:
            await self._http.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def clock(self) -> datetime:
        return (self._starts_at or datetime.now(UTC)) + self._ahead

    def advance(self, **by: float) -> None:
        """Let time pass: ``advance(hours=49)``."""
        self._ahead += timedelta(**by)

    # For those who watch

    def person(self, openid: str) -> Person:
        """A follower of the account, the same for the same openid."""
        return self._people.setdefault(openid, Person(openid, self))

    def upset(self, path: str, *troubles: Trouble) -> None:
        """Answer the next calls of a path with these troubles, one each."""
        self._troubles[path].extend(troubles)

    def payloads(self, path: str) -> list[Mapping[str, Any]]:
        return [call.payload for call in self.calls if call.path == path]

    def spoil_tokens(self) -> None:
        """Refuse the tokens given out so far, as when somebody else has fetched one."""
        self._tokens = dict.fromkeys(self._tokens, datetime.min.replace(tzinfo=UTC))

    def menu_buttons(self) -> Iterator[dict[str, Any]]:
        for column in self.menu:
            yield from column.get("sub_button") or [column]

    def next_id(self) -> int:
        return next(self._ids)

    # Pushes

    def sealing(self) -> Sealing:
        return Sealing(self.app_id, self.token, self.encoding_aes_key, self.mode, self.push_format)

    def addressed(self, person: Person, fields: Mapping[str, Value]) -> dict[str, Value]:
        return {
            "ToUserName": self.gh_id,
            "FromUserName": person.openid,
            "CreateTime": int(self.clock().timestamp()),
            **fields,
        }

    async def push(self, person: Person, fields: Mapping[str, Value]) -> str:
        """Tell the account, three times if need be, and show the person its answer."""
        asked = self.addressed(person, fields)
        query, body = self.sealing().push(asked, int(self.clock().timestamp()))
        shown = FAULT
        for self.tries in range(1, TRIES + 1):
            self.on_try(self.tries)
            answer = await self._post(query, body)
            if answer is None:
                continue
            try:
                shown = self.sealing().read_answer(answer, asked)
            except Fault:
                shown = FAULT
            break
        if shown and person.following:
            person.screen.append(shown)
        return shown if person.following else ""

    async def _post(self, query: Mapping[str, str], body: bytes) -> bytes | None:
        assert self._http is not None
        kind = "application/json" if self.push_format == "json" else "text/xml"
        try:
            async with self._http.post(
                self.callback, params=query, data=body, headers={"Content-Type": kind}
            ) as response:
                return await response.read() if response.status == 200 else None
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def verify(self, echo: str = "3719437101") -> bool:
        """Ask for the echo that makes an address the account's own."""
        assert self._http is not None
        query, _ = self.sealing().push({"FromUserName": "", "ToUserName": ""}, self._timestamp())
        wanted = {name: query[name] for name in ("signature", "timestamp", "nonce")}
        async with self._http.get(self.callback, params={**wanted, "echostr": echo}) as response:
            return response.status == 200 and await response.text() == echo

    def _timestamp(self) -> int:
        return int(self.clock().timestamp())

    # The API

    def _guarded(
        self, act: Callable[[dict[str, Any], str], dict[str, Any]], *, with_token: bool = True
    ) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            raw = (await request.read()).decode()
            payload: dict[str, Any] = json.loads(raw) if raw else {}
            self.calls.append(Call(request.path, payload))
            waiting = self._troubles[request.path]
            trouble = waiting.popleft() if waiting else None
            if trouble == "503":
                return web.Response(status=503, text="Service Unavailable")
            if trouble == "html":
                return web.Response(text="<html>hello from the hotel's wifi</html>")
            if trouble == "drop" and request.transport is not None:
                request.transport.close()
                await self._released.wait()
            try:
                if isinstance(trouble, int):
                    raise _Error(trouble, "trouble")
                self._count(request.path)
                if with_token:
                    self._check_token(request.query.get("access_token", ""))
                answer = act(payload, raw)
            except (_Error, Refusal) as error:
                answer = {"errcode": error.code, "errmsg": f"{error} rid: 6b17-5a"}
            if trouble == "hang":
                await self._released.wait()
            return web.json_response(answer)

        return handle

    async def _give_media(self, request: web.Request) -> web.StreamResponse:
        """The file itself, or an error as JSON with status 200, as the real one answers."""
        try:
            self._check_token(request.query.get("access_token", ""))
            content = self.media.get(request.query.get("media_id", ""))
            if content is None:
                raise _Error(40007, "invalid media_id")
        except _Error as error:
            return web.json_response({"errcode": error.code, "errmsg": str(error)})
        return web.Response(body=content, content_type="image/jpeg")

    def _count(self, path: str) -> None:
        if path not in self.daily_quota:
            return
        if self.daily_quota[path] == 0:
            raise _Error(45009, "reach max api daily quota limit")
        self.daily_quota[path] -= 1

    def _check_token(self, token: str) -> None:
        if not token:
            raise _Error(41001, "access_token missing")
        if token not in self._tokens or self._tokens[token].year == 1:
            raise _Error(40001, "invalid credential, access_token is invalid or not latest")
        if self._tokens[token] <= self.clock():
            raise _Error(42001, "access_token expired")
        if not self.verified:
            raise _Error(48001, "api unauthorized")

    def _stable_token(self, payload: dict[str, Any], _raw: str) -> dict[str, Any]:
        if payload.get("grant_type") != "client_credential":
            raise _Error(40002, "invalid grant_type")
        if payload.get("appid") != self.app_id:
            raise _Error(40013, "invalid appid")
        if payload.get("secret") != self.secret:
            raise _Error(40125, "invalid appsecret")
        if not self.allows_this_address:
            raise _Error(40164, "invalid ip 127.0.0.1, not in whitelist")
        now = self.clock()
        newest = list(self._tokens)[-1:]
        good = [each for each in newest if self._tokens[each] - now > RENEWED_BEFORE]
        if payload.get("force_refresh") and good:
            self._tokens[good[0]] = datetime.min.replace(tzinfo=UTC)
            good = []
        if not good:
            good = [f"token-{len(self._tokens) + 1}"]
            self._tokens[good[0]] = now + TOKEN_LASTS
        lasts = int((self._tokens[good[0]] - now).total_seconds())
        return {"access_token": good[0], "expires_in": lasts}

    def _send(self, payload: dict[str, Any], raw: str) -> dict[str, Any]:
        if payload.get("msgtype") != "text":
            raise _Error(40008, "invalid message type")
        content = payload.get("text", {}).get("content", "")
        if not content:
            raise _Error(44004, "text content is empty")
        if len(content.encode()) > MAX_TEXT:
            raise _Error(45002, "content size out of limit")
        person = self._people.get(str(payload.get("touser")))
        if person is None:
            raise _Error(40003, "invalid openid")
        if not person.following:
            raise _Error(43004, "require subscribe")
        left = person.allowance()
        if left is None:
            raise _Error(45015, "response out of time limit or subscription is canceled")
        if left == 0:
            raise _Error(45047, "out of response count limit")
        person.spend()
        # WeChat shows what ASCII-only JSON made of Chinese as it stands.
        person.screen.append(ascii(content)[1:-1] if "\\u" in raw else content)
        return {"errcode": 0, "errmsg": "ok"}

    def _send_template(self, payload: dict[str, Any], _raw: str) -> dict[str, Any]:
        person = self._people.get(str(payload.get("touser")))
        msgid = self.forms.send_template(person, payload, self.next_id(), self.clock())
        return {"errcode": 0, "errmsg": "ok", "msgid": msgid}

    def _send_notice(self, payload: dict[str, Any], _raw: str) -> dict[str, Any]:
        self.forms.send_notice(self._people.get(str(payload.get("touser"))), payload)
        return {"errcode": 0, "errmsg": "ok"}

    def _menu_get(self, _payload: dict[str, Any], _raw: str) -> dict[str, Any]:
        if not self.menu:
            raise _Error(46003, "menu no exist")
        buttons = [{**column, "sub_button": column.get("sub_button", [])} for column in self.menu]
        for column in buttons:
            column["sub_button"] = [{**row, "sub_button": []} for row in column["sub_button"]]
        return {"menu": {"button": buttons}}

    def _menu_create(self, payload: dict[str, Any], _raw: str) -> dict[str, Any]:
        columns = payload.get("button", [])
        if not 1 <= len(columns) <= 3:
            raise _Error(40016, "invalid button size")
        for column in columns:
            rows = column.get("sub_button")
            if rows is None:
                _check_button(column, 16, (40018, 40019, 40020))
                continue
            if not 1 <= len(rows) <= 5:
                raise _Error(40023, "invalid sub button size")
            for row in rows:
                _check_button(row, 40, (40025, 40026, 40027))
        self.menu = columns
        return {"errcode": 0, "errmsg": "ok"}


def _check_button(button: dict[str, Any], name_bytes: int, codes: tuple[int, int, int]) -> None:
    name, key, url = codes
    if not 1 <= len(button.get("name", "").encode()) <= name_bytes:
        raise _Error(name, "invalid button name size")
    if button.get("type") == "click" and not 1 <= len(button.get("key", "").encode()) <= 128:
        raise _Error(key, "invalid button key size")
    if button.get("type") == "view" and not button.get("url", "").startswith("http"):
        raise _Error(url, "invalid button url")
    if button.get("type") not in ("click", "view"):
        raise _Error(40017, "invalid button type")
