"""A WeCom that behaves: its API, its pushes, and the members of one enterprise."""

import asyncio
import itertools
import json
import os
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web

from tests.platforms.tencent.envelope import Sealing, seal, signature, to_xml
from tests.platforms.wecom.cards import Refusal, Shown, card, shown
from tests.platforms.wecom.people import Person

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
TRIES = 3
PATIENCE = 5.0
ECHO_PATIENCE = 1.0
TOKEN_LASTS = timedelta(hours=2)
CODE_LASTS = timedelta(hours=72)
PER_MEMBER = ((30, 60.0), (1000, 3600.0))

GET_TOKEN = "/cgi-bin/gettoken"
SEND = "/cgi-bin/message/send"
UPDATE_CARD = "/cgi-bin/message/update_template_card"
MENU_GET = "/cgi-bin/menu/get"
MENU_CREATE = "/cgi-bin/menu/create"
MEDIA_GET = "/cgi-bin/media/get"

Fields = Mapping[str, "str | int | dict[str, str]"]
Trouble = int | str | dict[str, str]
"""An errcode; fields of an answer that is not an error; ``503``, ``html``; ``drop``: cut off, not
taken; ``hang``: taken, never answered; ``cut``: taken, and cut off instead of answered; ``fine``:
no trouble."""


@dataclass(frozen=True, slots=True)
class Call:
    path: str
    payload: Mapping[str, Any]
    raw: bytes


@dataclass(slots=True)
class _Code:
    """What a press was given to change its card by, once."""

    person: Person
    message: Shown
    until: datetime


class WeComServer:
    """One app of one enterprise. ``second`` is how long a second of WeCom's patience takes.

    ``pace`` is how many calls a second are taken before 45009, None for any number; ``sends_left``
    how many messages are before the day's are used up; ``latency`` how long each answer takes.
    What WeCom drops without a word is in ``dropped``, with the reason.
    """

    def __init__(
        self,
        *,
        corp_id: str = "ww0123456789abcdef",
        agent_id: int = 1000002,
        secret: str = "secret",
        token: str = "token",
        encoding_aes_key: str = AES_KEY,
        callback: str = "",
        second: float = 1.0,
        starts_at: datetime | None = None,
        pace: int | None = None,
        latency: float = 0.0,
    ) -> None:
        self.corp_id, self.agent_id, self.secret = corp_id, agent_id, secret
        self.token, self.encoding_aes_key = token, encoding_aes_key
        self.callback = callback
        self.pace, self.latency = pace, latency
        self.sends_left: int | None = None
        self.trusts_this_address = True
        self.menu: list[dict[str, Any]] = []
        self.media: dict[str, bytes] = {}
        self.calls: list[Call] = []
        self.dropped: list[tuple[str, Mapping[str, Any]]] = []
        self.tries = 0
        self.on_try: Callable[[int], object] = lambda nth: None
        self.url = ""
        self._second = second
        self._starts_at = starts_at
        self._ahead = timedelta()
        self._people: dict[str, Person] = {}
        self._tokens: dict[str, datetime] = {}
        self._codes: dict[str, _Code] = {}
        self._seen: dict[bytes, datetime] = {}
        self._tasks: set[str] = set()
        self._called_at: deque[float] = deque()
        self._ids = itertools.count(24_300_000_000_000_001)
        self._troubles: dict[str, deque[Trouble]] = defaultdict(deque)
        self._released = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._http: aiohttp.ClientSession | None = None

    # Its life and its clock

    async def start(self, port: int = 0) -> None:
        app = web.Application()
        app.router.add_get(GET_TOKEN, self._guarded(self._get_token, with_token=False))
        app.router.add_post(SEND, self._guarded(self._send))
        app.router.add_post(UPDATE_CARD, self._guarded(self._update_card))
        app.router.add_get(MENU_GET, self._guarded(self._menu_get))
        app.router.add_post(MENU_CREATE, self._guarded(self._menu_create))
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
        """Let time pass: ``advance(hours=5)``."""
        self._ahead += timedelta(**by)

    # For those who watch

    def person(self, userid: str) -> Person:
        """A member who sees the app, the same for the same name."""
        return self._people.setdefault(userid, Person(userid, self))

    def upset(self, path: str, *troubles: Trouble) -> None:
        """Answer the next calls of a path with these troubles, one each."""
        self._troubles[path].extend(troubles)

    def payloads(self, path: str) -> list[Mapping[str, Any]]:
        return [call.payload for call in self.calls if call.path == path]

    def spoil_tokens(self) -> None:
        """Take back the tokens given out so far, as WeCom may at any time."""
        self._tokens.clear()

    def menu_rows(self) -> Iterator[dict[str, Any]]:
        for column in self.menu:
            yield from column.get("sub_button") or [column]

    def next_id(self) -> int:
        return next(self._ids)

    def code_for(self, person: Person, message: Shown) -> str:
        """A code by which the app may change this card, once."""
        code = f"code-{self.next_id()}"
        self._codes[code] = _Code(person, message, self.clock() + CODE_LASTS)
        return code

    # Pushes

    def sealing(self) -> Sealing:
        return Sealing(self.corp_id, self.token, self.encoding_aes_key, "safe", "xml")

    def addressed(self, person: Person, fields: Fields) -> Fields:
        # Nobody does two things within a second, also where a test's clock stands still.
        person.acted_at = max(person.acted_at + 1, self._timestamp())
        return {
            "ToUserName": self.corp_id,
            "FromUserName": person.userid,
            "CreateTime": person.acted_at,
            "AgentID": self.agent_id,
            **fields,
        }

    def sealed(self, fields: Fields) -> tuple[dict[str, str], bytes]:
        """The query and the body of a push."""
        said = "<xml>" + "".join(_element(name, value) for name, value in fields.items()) + "</xml>"
        cipher = seal(said, self.encoding_aes_key, self.corp_id)
        body = to_xml({"ToUserName": self.corp_id, "AgentID": self.agent_id, "Encrypt": cipher})
        return self.signed(cipher), body.encode()

    def signed(self, cipher: str) -> dict[str, str]:
        timestamp, nonce = str(self._timestamp()), str(int.from_bytes(os.urandom(4), "big"))
        return {
            "msg_signature": signature(self.token, timestamp, nonce, cipher),
            "timestamp": timestamp,
            "nonce": nonce,
        }

    async def push(self, person: Person, fields: Fields) -> str:
        """Tell the app, three times if need be; returns what the person is shown meanwhile."""
        asked = self.addressed(person, fields)
        query, body = self.sealed(asked)
        before = {(id(each), each.changed) for each in person.screen}
        for self.tries in range(1, TRIES + 1):
            self.on_try(self.tries)
            answer = await self._post(query, body)
            if answer is None:
                continue
            about = {"FromUserName": person.userid, "ToUserName": self.corp_id}
            said = self.sealing().read_answer(answer, about)
            if said and person.sees_the_app:
                person.screen.append(Shown(said))
            break
        new = [each.text for each in person.screen if (id(each), each.changed) not in before]
        return "\n".join(new)

    async def _post(self, query: Mapping[str, str], body: bytes) -> bytes | None:
        assert self._http is not None
        headers = {"Content-Type": "text/xml"}
        try:
            async with self._http.post(
                self.callback, params=query, data=body, headers=headers
            ) as response:
                return await response.read() if response.status == 200 else None
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def verify(self, echo: str = "1616140317555161061") -> bool:
        """Ask for the echo that makes an address the app's own, within a second."""
        assert self._http is not None
        cipher = seal(echo, self.encoding_aes_key, self.corp_id)
        timeout = aiohttp.ClientTimeout(total=ECHO_PATIENCE)
        async with self._http.get(
            self.callback, params={**self.signed(cipher), "echostr": cipher}, timeout=timeout
        ) as response:
            return response.status == 200 and await response.read() == echo.encode()

    def _timestamp(self) -> int:
        return int(self.clock().timestamp())

    # The API

    def _guarded(
        self, act: Callable[[Mapping[str, Any], Call], dict[str, Any]], *, with_token: bool = True
    ) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            raw = await request.read()
            call = Call(request.path, json.loads(raw) if raw else {}, raw)
            self.calls.append(call)
            waiting = self._troubles[request.path]
            trouble = waiting.popleft() if waiting else None
            if self.latency:
                await asyncio.sleep(self.latency)
            if trouble == "503":
                return web.Response(status=503, text="Service Unavailable")
            if trouble == "html":
                return web.Response(text="<html>hello from the hotel's wifi</html>")
            if trouble == "drop":
                await self._cut(request)
            try:
                if isinstance(trouble, int):
                    raise Refusal(trouble, "trouble")
                self._keep_pace()
                if with_token:
                    self._check_token(request.query.get("access_token", ""))
                if isinstance(trouble, dict):
                    return web.json_response({"errcode": 0, "errmsg": "ok", **trouble})
                answer = {"errcode": 0, "errmsg": "ok", **act(request.query, call)}
            except Refusal as error:
                answer = {"errcode": error.code, "errmsg": f"{error}, hint: [1606976]"}
            if trouble == "hang":
                await self._released.wait()
            if trouble == "cut":
                await self._cut(request)
            return web.json_response(answer)

        return handle

    async def _cut(self, request: web.Request) -> None:
        assert request.transport is not None
        request.transport.close()
        await self._released.wait()

    def _keep_pace(self) -> None:
        if self.pace is None:
            return
        now = time.monotonic()
        while self._called_at and self._called_at[0] <= now - 1:
            self._called_at.popleft()
        if len(self._called_at) >= self.pace:
            raise Refusal(45009, "api freq out of limit")
        self._called_at.append(now)

    def _check_token(self, token: str) -> None:
        if not token:
            raise Refusal(41001, "access_token missing")
        if token not in self._tokens:
            raise Refusal(40014, "invalid access_token")
        if self._tokens[token] <= self.clock():
            raise Refusal(42001, "access_token expired")
        if not self.trusts_this_address:
            raise Refusal(60020, "not allow to access from your ip")

    def _get_token(self, query: Mapping[str, str], _call: Call) -> dict[str, Any]:
        if query.get("corpid") != self.corp_id:
            raise Refusal(40013, "invalid corpid")
        if query.get("corpsecret") != self.secret:
            raise Refusal(40001, "invalid credential")
        now = self.clock()
        good = [token for token, until in self._tokens.items() if until > now]
        if not good:
            good = [f"token-{len(self.calls)}"]
            self._tokens[good[0]] = now + TOKEN_LASTS
        lasts = int((self._tokens[good[0]] - now).total_seconds())
        return {"access_token": good[0], "expires_in": lasts}

    def _send(self, _query: Mapping[str, str], call: Call) -> dict[str, Any]:
        payload = call.payload
        if payload.get("agentid") != self.agent_id:
            raise Refusal(40056, "invalid agentid")
        message = shown(payload)
        person = self._people.get(str(payload.get("touser")))
        if person is None or not person.sees_the_app:
            raise Refusal(81013, "user & party & tag all invalid")
        if not person.has_a_licence:
            return {"unlicenseduser": person.userid.lower(), "msgid": "m"}
        if self.sends_left is not None:
            if self.sends_left == 0:
                raise Refusal(45009, "reach max api daily quota limit")
            self.sends_left -= 1
        reason = self._why_dropped(person, message, call)
        if reason:
            self.dropped.append((reason, payload))
        else:
            person.screen.append(message)
        return {"msgid": f"msg-{len(self.calls)}"}

    def _why_dropped(self, person: Person, message: Shown, call: Call) -> str:
        """Why WeCom says ok and shows nothing; empty when it shows the message."""
        if call.payload.get("enable_duplicate_check"):
            until = self._seen.get(call.raw)
            if until is not None and self.clock() < until:
                return "repeated"
            lasts = timedelta(seconds=call.payload.get("duplicate_check_interval", 1800))
            self._seen[call.raw] = self.clock() + lasts
        # Seen by others: a card whose task_id was used before is answered with ok, and not shown.
        if message.task_id and message.task_id in self._tasks:
            return "task_id"
        self._tasks.add(message.task_id)
        now = time.monotonic()
        for most, seconds in PER_MEMBER:
            if sum(at > now - seconds for at in person.heard_at) >= most:
                return "quota"
        person.heard_at.append(now)
        return ""

    def _update_card(self, _query: Mapping[str, str], call: Call) -> dict[str, Any]:
        payload = call.payload
        if payload.get("agentid") != self.agent_id:
            raise Refusal(40056, "invalid agentid")
        new = card(payload.get("template_card", {}))
        # WeCom's own number for this is not documented.
        code = self._codes.pop(str(payload.get("response_code")), None)
        if code is None or code.until <= self.clock():
            raise Refusal(40058, "invalid response_code")
        if payload.get("userids") != [code.person.userid]:
            return {"invaliduser": payload.get("userids", [])}
        code.message.text, code.message.buttons = new.text, new.buttons
        code.message.task_id = new.task_id
        code.message.changed += 1
        return {}

    def _menu_get(self, query: Mapping[str, str], _call: Call) -> dict[str, Any]:
        if query.get("agentid") != str(self.agent_id):
            raise Refusal(40056, "invalid agentid")
        if not self.menu:
            raise Refusal(46003, "menu no exist")
        return {
            "button": [{**each, "sub_button": each.get("sub_button", [])} for each in self.menu]
        }

    def _menu_create(self, query: Mapping[str, str], call: Call) -> dict[str, Any]:
        if query.get("agentid") != str(self.agent_id):
            raise Refusal(40056, "invalid agentid")
        columns = call.payload.get("button", [])
        if not 1 <= len(columns) <= 3 or any(len(c.get("sub_button", [])) > 5 for c in columns):
            raise Refusal(40016, "invalid button size")
        self.menu = columns
        return {}

    async def _give_media(self, request: web.Request) -> web.StreamResponse:
        """The file itself, or an error as JSON with status 200, as the real one answers."""
        try:
            self._check_token(request.query.get("access_token", ""))
            content = self.media.get(request.query.get("media_id", ""))
            if content is None:
                raise Refusal(40007, "invalid media_id")
        except Refusal as error:
            return web.json_response({"errcode": error.code, "errmsg": str(error)})
        return web.Response(body=content, content_type="image/jpeg")


def _element(name: str, value: "str | int | dict[str, str]") -> str:
    if isinstance(value, dict):
        # What stands deeper still is written out by whoever says it.
        inner = (
            f"<{key}>{each}</{key}>" if each.startswith("<") else _element(key, each)
            for key, each in value.items()
        )
        return f"<{name}>{''.join(inner)}</{name}>"
    return to_xml({name: value}).removeprefix("<xml>").removesuffix("</xml>")
