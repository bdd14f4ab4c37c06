"""A WeCom that behaves: its API, its pushes, and the members of one enterprise."""

import os
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web

from tests.platforms.tencent.envelope import Sealing, seal, signature, to_xml
from tests.platforms.tencent.server import AES_KEY, TOKEN_LASTS, TRIES, ApiServer, Call, Refusal
from tests.platforms.wecom.cards import Shown, card, shown
from tests.platforms.wecom.people import Person

ECHO_PATIENCE = 1.0
CODE_LASTS = timedelta(hours=72)
PER_MEMBER = ((30, 60.0), (1000, 3600.0))

GET_TOKEN = "/cgi-bin/gettoken"
SEND = "/cgi-bin/message/send"
UPDATE_CARD = "/cgi-bin/message/update_template_card"

Fields = Mapping[str, "str | int | dict[str, str]"]


@dataclass(slots=True)
class _Code:
    """What a press was given to change its card by, once."""

    person: Person
    message: Shown
    until: datetime


class WeComServer(ApiServer):
    """One app of one enterprise.

    ``pace`` is how many calls a second are taken before 45009, None for any number; ``sends_left``
    how many messages are before the day's are used up. ``per_member`` are the numbers of messages
    that a member gets within so many seconds. What WeCom drops without a word is in ``dropped``,
    with the reason.
    """

    unknown_token = 40014
    hint = ", hint: [1606976]"

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
        per_member: Sequence[tuple[int, float]] = PER_MEMBER,
    ) -> None:
        super().__init__(callback=callback, second=second, starts_at=starts_at, latency=latency)
        self.corp_id, self.agent_id, self.secret = corp_id, agent_id, secret
        self.token, self.encoding_aes_key = token, encoding_aes_key
        self.pace = pace
        self.per_member = per_member
        self.sends_left: int | None = None
        self.trusts_this_address = True
        self.dropped: list[tuple[str, Mapping[str, Any]]] = []
        self._people: dict[str, Person] = {}
        self._codes: dict[str, _Code] = {}
        self._seen: dict[bytes, datetime] = {}
        self._tasks: set[str] = set()
        self._called_at: deque[float] = deque()

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get(GET_TOKEN, self.guarded(self._get_token, with_token=False))
        app.router.add_post(SEND, self.guarded(self._send))
        app.router.add_post(UPDATE_CARD, self.guarded(self._update_card))

    # For those who watch

    def person(self, userid: str) -> Person:
        """A member who sees the app, the same for the same name."""
        return self._people.setdefault(userid.lower(), Person(userid, self))

    def spoil_tokens(self) -> None:
        """Take back the tokens given out so far, as WeCom may at any time."""
        self._tokens.clear()

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
        person.acted_at = max(person.acted_at + 1, self.timestamp())
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
        timestamp, nonce = str(self.timestamp()), str(int.from_bytes(os.urandom(4), "big"))
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
            answer = await self.post(query, body)
            if answer is None:
                continue
            about = {"FromUserName": person.userid, "ToUserName": self.corp_id}
            said = self.sealing().read_answer(answer, about)
            if said and person.sees_the_app:
                person.screen.append(Shown(said))
            break
        new = [each.text for each in person.screen if (id(each), each.changed) not in before]
        return "\n".join(new)

    async def verify(self, echo: str = "1616140317555161061") -> bool:
        """Ask for the echo that makes an address the app's own, within a second."""
        cipher = seal(echo, self.encoding_aes_key, self.corp_id)
        timeout = aiohttp.ClientTimeout(total=ECHO_PATIENCE)
        async with self.http.get(
            self.callback, params={**self.signed(cipher), "echostr": cipher}, timeout=timeout
        ) as response:
            return response.status == 200 and await response.read() == echo.encode()

    # The API

    def keep_pace(self, path: str) -> None:
        if self.pace is None:
            return
        now = time.monotonic()
        while self._called_at and self._called_at[0] <= now - 1:
            self._called_at.popleft()
        if len(self._called_at) >= self.pace:
            raise Refusal(45009, "api freq out of limit")
        self._called_at.append(now)

    def check_account(self) -> None:
        if not self.trusts_this_address:
            raise Refusal(60020, "not allow to access from your ip")

    def _get_token(self, call: Call) -> dict[str, Any]:
        query = call.query
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

    def _send(self, call: Call) -> dict[str, Any]:
        payload = call.payload
        if payload.get("agentid") != self.agent_id:
            raise Refusal(40056, "invalid agentid")
        message = shown(payload)
        person = self._people.get(str(payload.get("touser")).lower())
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
        for most, seconds in self.per_member:
            if sum(at > now - seconds for at in person.heard_at) >= most:
                return "quota"
        person.heard_at.append(now)
        return ""

    def _update_card(self, call: Call) -> dict[str, Any]:
        payload = call.payload
        if payload.get("agentid") != self.agent_id:
            raise Refusal(40056, "invalid agentid")
        new = card(payload.get("template_card", {}))
        # WeCom's own number for this is not documented.
        code = self._codes.pop(str(payload.get("response_code")), None)
        if code is None or code.until <= self.clock():
            raise Refusal(40058, "invalid response_code")
        if payload.get("userids") not in ([code.person.userid], [code.person.userid.lower()]):
            return {"invaliduser": payload.get("userids", [])}
        code.message.text, code.message.buttons = new.text, new.buttons
        code.message.task_id = new.task_id
        code.message.changed += 1
        return {}

    def menu_get(self, call: Call) -> dict[str, Any]:
        if call.query.get("agentid") != str(self.agent_id):
            raise Refusal(40056, "invalid agentid")
        if not self.menu:
            raise Refusal(46003, "menu no exist")
        return {
            "button": [{**each, "sub_button": each.get("sub_button", [])} for each in self.menu]
        }

    def menu_create(self, call: Call) -> dict[str, Any]:
        if call.query.get("agentid") != str(self.agent_id):
            raise Refusal(40056, "invalid agentid")
        columns = call.payload.get("button", [])
        if not 1 <= len(columns) <= 3 or any(len(c.get("sub_button", [])) > 5 for c in columns):
            raise Refusal(40016, "invalid button size")
        self.menu = columns
        return {}


def _element(name: str, value: "str | int | dict[str, str]") -> str:
    if isinstance(value, dict):
        # What stands deeper still is written out by whoever says it.
        inner = (
            f"<{key}>{each}</{key}>" if each.startswith("<") else _element(key, each)
            for key, each in value.items()
        )
        return f"<{name}>{''.join(inner)}</{name}>"
    return to_xml({name: value}).removeprefix("<xml>").removesuffix("</xml>")
