"""A WeChat that behaves: its API, its pushes, and the people of one Official Account.

By hand: ``python -m tests.platforms.wechat --port 8082 --callback http://127.0.0.1:8080/wechat/NAME``
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from tests.platforms.tencent.envelope import MAX_TEXT, Fault, Sealing, Value
from tests.platforms.tencent.server import AES_KEY, TOKEN_LASTS, TRIES, ApiServer, Call, Refusal
from tests.platforms.wechat.forms import Forms
from tests.platforms.wechat.people import Person

FAULT = "该公众号提供的服务出现故障，请稍后再试"
RENEWED_BEFORE = timedelta(minutes=5)

STABLE_TOKEN = "/cgi-bin/stable_token"
SEND = "/cgi-bin/message/custom/send"
TEMPLATE_SEND = "/cgi-bin/message/template/send"
NOTICE_SEND = "/cgi-bin/message/subscribe/bizsend"


class WeChatServer(ApiServer):
    """One Official Account on one WeChat."""

    # 40001: invalid credential, access_token is invalid or not latest.
    unknown_token = 40001
    hint = " rid: 6b17-5a"

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
        super().__init__(callback=callback, second=second, starts_at=starts_at)
        self.app_id, self.secret, self.token = app_id, secret, token
        self.encoding_aes_key, self.mode, self.push_format = encoding_aes_key, mode, push_format
        self.verified = verified
        self.gh_id = "gh_0123456789ab"
        self.allows_this_address = True
        self.forms = Forms()
        self.daily_quota: dict[str, int] = {}
        self._people: dict[str, Person] = {}

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post(STABLE_TOKEN, self.guarded(self._stable_token, with_token=False))
        app.router.add_post(SEND, self.guarded(self._send))
        app.router.add_post(TEMPLATE_SEND, self.guarded(self._send_template))
        app.router.add_post(NOTICE_SEND, self.guarded(self._send_notice))

    # For those who watch

    def person(self, openid: str) -> Person:
        """A follower of the account, the same for the same openid."""
        return self._people.setdefault(openid, Person(openid, self))

    def spoil_tokens(self) -> None:
        """Refuse the tokens given out so far, as when somebody else has fetched one."""
        self._tokens = dict.fromkeys(self._tokens, datetime.min.replace(tzinfo=UTC))

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
        query, body = self.sealing().push(asked, self.timestamp())
        media_type = "application/json" if self.push_format == "json" else "text/xml"
        shown = FAULT
        for self.tries in range(1, TRIES + 1):
            self.on_try(self.tries)
            answer = await self.post(query, body, media_type)
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

    async def verify(self, echo: str = "3719437101") -> bool:
        """Ask for the echo that makes an address the account's own."""
        query, _ = self.sealing().push({"FromUserName": "", "ToUserName": ""}, self.timestamp())
        wanted = {name: query[name] for name in ("signature", "timestamp", "nonce")}
        async with self.http.get(self.callback, params={**wanted, "echostr": echo}) as response:
            return response.status == 200 and await response.text() == echo

    # The API

    def keep_pace(self, path: str) -> None:
        if path not in self.daily_quota:
            return
        if self.daily_quota[path] == 0:
            raise Refusal(45009, "reach max api daily quota limit")
        self.daily_quota[path] -= 1

    def check_account(self) -> None:
        if not self.verified:
            raise Refusal(48001, "api unauthorized")

    def _stable_token(self, call: Call) -> dict[str, Any]:
        payload = call.payload
        if payload.get("grant_type") != "client_credential":
            raise Refusal(40002, "invalid grant_type")
        if payload.get("appid") != self.app_id:
            raise Refusal(40013, "invalid appid")
        if payload.get("secret") != self.secret:
            raise Refusal(40125, "invalid appsecret")
        if not self.allows_this_address:
            raise Refusal(40164, "invalid ip 127.0.0.1, not in whitelist")
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

    def _send(self, call: Call) -> dict[str, Any]:
        payload = call.payload
        if payload.get("msgtype") != "text":
            raise Refusal(40008, "invalid message type")
        content = payload.get("text", {}).get("content", "")
        if not content:
            raise Refusal(44004, "text content is empty")
        if len(content.encode()) > MAX_TEXT:
            raise Refusal(45002, "content size out of limit")
        person = self._people.get(str(payload.get("touser")))
        if person is None:
            raise Refusal(40003, "invalid openid")
        if not person.following:
            raise Refusal(43004, "require subscribe")
        left = person.allowance()
        if left is None:
            raise Refusal(45015, "response out of time limit or subscription is canceled")
        if left == 0:
            raise Refusal(45047, "out of response count limit")
        person.spend()
        # WeChat shows what ASCII-only JSON made of Chinese as it stands.
        person.screen.append(ascii(content)[1:-1] if b"\\u" in call.raw else content)
        return {"errcode": 0, "errmsg": "ok"}

    def _send_template(self, call: Call) -> dict[str, Any]:
        payload = call.payload
        person = self._people.get(str(payload.get("touser")))
        msgid = self.forms.send_template(person, payload, self.next_id(), self.clock())
        return {"errcode": 0, "errmsg": "ok", "msgid": msgid}

    def _send_notice(self, call: Call) -> dict[str, Any]:
        payload = call.payload
        self.forms.send_notice(self._people.get(str(payload.get("touser"))), payload)
        return {"errcode": 0, "errmsg": "ok"}

    def menu_get(self, call: Call) -> dict[str, Any]:
        if not self.menu:
            raise Refusal(46003, "menu no exist")
        buttons = [{**column, "sub_button": column.get("sub_button", [])} for column in self.menu]
        for column in buttons:
            column["sub_button"] = [{**row, "sub_button": []} for row in column["sub_button"]]
        return {"menu": {"button": buttons}}

    def menu_create(self, call: Call) -> dict[str, Any]:
        columns = call.payload.get("button", [])
        if not 1 <= len(columns) <= 3:
            raise Refusal(40016, "invalid button size")
        for column in columns:
            rows = column.get("sub_button")
            if rows is None:
                _check_button(column, 16, (40018, 40019, 40020))
                continue
            if not 1 <= len(rows) <= 5:
                raise Refusal(40023, "invalid sub button size")
            for row in rows:
                _check_button(row, 40, (40025, 40026, 40027))
        self.menu = columns
        return {"errcode": 0, "errmsg": "ok"}


def _check_button(button: dict[str, Any], name_bytes: int, codes: tuple[int, int, int]) -> None:
    name, key, url = codes
    if not 1 <= len(button.get("name", "").encode()) <= name_bytes:
        raise Refusal(name, "invalid button name size")
    if button.get("type") == "click" and not 1 <= len(button.get("key", "").encode()) <= 128:
        raise Refusal(key, "invalid button key size")
    if button.get("type") == "view" and not button.get("url", "").startswith("http"):
        raise Refusal(url, "invalid button url")
    if button.get("type") not in ("click", "view"):
        raise Refusal(40017, "invalid button type")
