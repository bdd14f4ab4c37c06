"""A stand-in for Telegram's Bot API: real HTTP on loopback, which checks what the real one checks.

By hand: ``python -m tests.platforms.telegram --port 8081``, then set ``api_base`` of a Telegram
account to the printed address and type what a person says; ``!label`` presses a button.
"""

import asyncio
import hmac
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import PurePosixPath
from typing import Any, Literal, Self

import orjson
from aiohttp import web

from tests.platforms.telegram.faults import Fault, Noted, Weather
from tests.platforms.telegram.groups import Group
from tests.platforms.telegram.people import Document, Json, Person, Shown
from tests.platforms.telegram.queue import Update, Updates, Webhook
from tests.platforms.telegram.requests import hang_up, parameters_of, respond, upload
from tests.platforms.telegram.rules import (
    Parameters,
    Refusal,
    bad,
    caption_of,
    chat_id_of,
    check_webhook,
    commands_of,
    keyboard_of,
    language_of,
    structure,
    text_of,
)

TOKEN = "4839574812:AAFD39kkdpWt3ywyRZergyOLMaJhac60qcP"
QUERY_SECONDS = 60
REMEMBERED = 10_000

# Methods that a webhook's response cannot call (tdlib/telegram-bot-api, WebhookActor.cpp).
NOT_IN_RESPONSE = ("deletewebhook", "setwebhook", "close", "logout")

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"

Method = Callable[[Parameters], Awaitable[Any]]


class TelegramServer:
    """One bot's Telegram. ``local`` takes webhooks without TLS, as a Bot API server of one's own.

    ``crowd`` are chats that exist without anybody playing them: what is sent there is counted.
    ``pace`` is how many messages a second are taken before 429, None for any number; ``latency``
    how many seconds a call takes; ``hurry`` divides the pauses between tries at the webhook.
    ``weather`` may let any call go wrong; ``record`` keeps every call that names a chat.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        username: str = "nanhai_yizhan_bot",
        local: bool = True,
        crowd: range = range(0),
        pace: float | None = None,
        latency: float = 0.0,
        hurry: float = 1000.0,
        now: Callable[[], int] = lambda: int(time.time()),
        weather: Weather | None = None,
        record: list[Noted] | None = None,
    ) -> None:
        self.token = token
        self.username = username
        self.local = local
        self.crowd = crowd
        self.pace = pace
        self.latency = latency
        self.now = now
        self.weather = weather
        self.record = record
        self.updates = Updates(execute=self._execute, hurry=hurry)
        self.menus: dict[str, list[tuple[str, str]]] = {}
        self.menus_everywhere: dict[str, list[tuple[str, str]]] = {}
        self.faults: list[Fault] = []
        self.calls: deque[tuple[str, Json]] = deque(maxlen=REMEMBERED)
        self.counted: Counter[str] = Counter()
        self.sent_at: deque[float] = deque(maxlen=1_000_000)
        self.unseen: list[Refusal] = []
        self._people: dict[int, Person] = {}
        self._queries: dict[str, tuple[Person, int]] = {}
        self._message_ids = count(1)
        self._query_ids = count(4382000000000000001)
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._base = ""
        self.files: dict[str, bytes] = {}
        self.downloads = 0
        self._shown_pictures: dict[str, Document] = {}
        self._methods: dict[str, Method] = {
            "getme": self._get_me,
            "getwebhookinfo": self._get_webhook_info,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getupdates": self._get_updates,
            "setmycommands": self._set_my_commands,
            "deletemycommands": self._delete_my_commands,
            "getmycommands": self._get_my_commands,
            "sendmessage": self._send_message,
            "sendphoto": self._send_photo,
            "senddocument": self._send_document,
            "editmessagetext": self._edit_message_text,
            "answercallbackquery": self._answer_callback_query,
            "sendchataction": self._send_chat_action,
            "getfile": self._get_file,
        }

    # The server

    async def start(self, port: int = 0) -> None:
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_route("*", "/bot{token}/{method}", self._answer)
        application.router.add_get("/file/bot{token}/{path:.+}", self._give_file)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self._base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        self._closing.set()
        await self.updates.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def goes_away(self) -> None:
        """Refuse connections and cut those there are, until it is started at the same port."""
        assert self._runner is not None
        for site in list(self._runner.sites):
            await site.stop()
        if self._runner.server is not None:
            for connection in self._runner.server.connections:
                connection.force_close()

    async def comes_back(self) -> None:
        assert self._runner is not None
        port = int(self._base.rpartition(":")[2])
        await web.TCPSite(self._runner, "127.0.0.1", port).start()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def api_base(self) -> str:
        """What to set ``api_base`` to."""
        return self._base

    # What a test may ask for

    def person(
        self, chat_id: int = 0, *, language_code: str = "zh-hans", name: str = "小王"
    ) -> Person:
        """Somebody with the app; the same one for the same ``chat_id``."""
        chat_id = chat_id or 6_000_000_001 + len(self._people)
        if chat_id not in self._people:
            self._people[chat_id] = Person(self, chat_id, language_code=language_code, name=name)
        return self._people[chat_id]

    def group(self, member: Person, *, title: str = "桂城羽毛球") -> Group:
        """A group that the bot is not in yet; ``member`` writes there."""
        group = Group(self, -1_001_987_654_321 - len(self._people), title=title, member=member)
        self._people[group.chat_id] = group
        return group

    def take_file(self, content: bytes) -> str:
        """Keep a file that a person sends; returns its file_id."""
        file_id = f"AgACAgUAAxkBAAI{len(self.files)}"
        self.files[file_id] = content
        return file_id

    def push(self, kind: str, body: Json, lane: int) -> Update:
        """Send the bot an update of any kind."""
        return self.updates.push(kind, body, lane)

    def limits(self, retry_after: int, *, times: int = 1, chat: int = 0, method: str = "") -> None:
        """Answer the next calls with 429."""
        refusal = Refusal(
            429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after
        )
        self.faults.append(Fault("refuse", times, method, chat, refusal))

    def breaks(
        self,
        kind: Literal["refuse", "drop", "hang", "reset"] = "refuse",
        *,
        times: int = 1,
        method: str = "",
    ) -> None:
        """Let the next calls fail: 500, dropped before or reset after they were taken, or hang."""
        self.faults.append(Fault(kind, times, method))

    def refuses(self, code: int, description: str, *, method: str = "", **parameters: int) -> None:
        """Answer the next call with this error."""
        self.faults.append(
            Fault("refuse", 1, method, refusal=Refusal(code, description, **parameters))
        )

    def called(self, method: str) -> list[Json]:
        """What a method was called with, the oldest first."""
        return [given for name, given in self.calls if name == method.lower()]

    # One call

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if self.latency:
            await asyncio.sleep(self.latency)
        given_token = request.match_info["token"]
        if ":" not in given_token:
            return respond(Refusal(404, "Not Found"))
        if not hmac.compare_digest(given_token.encode(), self.token.encode()):
            return respond(Refusal(401, "Unauthorized"))
        name = request.match_info["method"].lower()
        given = await parameters_of(request)
        self.calls.append((name, given))
        self.counted[name] += 1
        fault = self._fault(name, given)
        if fault is not None and fault.kind in ("refuse", "drop"):
            is_drop = fault.kind == "drop"
            self._note(name, given, done=False, told="drop" if is_drop else str(fault.refusal.code))
            return hang_up(request) if is_drop else respond(fault.refusal)
        try:
            result, refusal = await self._perform(name, given), None
        except Refusal as problem:
            result, refusal = None, problem
        said = "200" if refusal is None else str(refusal.code)
        told = said if fault is None else fault.kind
        self._note(name, given, done=refusal is None, told=told)
        if told == "hang":
            await self._closing.wait()
        if told == "reset":
            return hang_up(request)
        if refusal is not None:
            return respond(refusal)
        return web.Response(
            body=orjson.dumps({"ok": True, "result": result}), content_type="application/json"
        )

    def _fault(self, name: str, given: Parameters) -> Fault | None:
        fault = next((each for each in self.faults if each.concerns(name, given)), None)
        if fault is not None:
            fault.times -= 1
            return fault
        return self.weather(name, given) if self.weather is not None else None

    def _note(self, name: str, given: Parameters, *, done: bool, told: str) -> None:
        if self.record is not None and "chat_id" in given:
            chat, text = int(given["chat_id"]), str(given.get("text", given.get("caption", "")))
            self.record.append(Noted(name, chat, text, done, told, time.monotonic()))

    async def _perform(self, name: str, given: Parameters) -> Any:
        method = self._methods.get(name)
        if method is None:
            raise Refusal(404, "Not Found: method not found")
        return await method(given)

    async def _execute(self, call: Json) -> None:
        """Carry out a method call in a webhook's response; its result is told to nobody."""
        name = str(call.pop("method")).lower()
        self.calls.append((name, call))
        self.counted[f"{name} in response"] += 1
        try:
            if name.startswith("get") or name in NOT_IN_RESPONSE:
                raise bad(f"{name} cannot be called in a response")
            await self._perform(name, call)
        except Refusal as refusal:
            self._note(name, call, done=False, told="response")
            self.unseen.append(refusal)
        else:
            self._note(name, call, done=True, told="response")

    # The bot and its settings

    def bot_user(self) -> Json:
        number = int(self.token.partition(":")[0])
        return {"id": number, "is_bot": True, "first_name": "创思驿站", "username": self.username}

    async def _get_me(self, given: Parameters) -> Json:
        return {
            **self.bot_user(),
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    async def _set_webhook(self, given: Parameters) -> bool:
        url, secret = str(given.get("url", "")), str(given.get("secret_token", ""))
        if not url:
            return await self._delete_webhook(given)
        check_webhook(url, secret, local=self.local)
        connections = int(given.get("max_connections", 40))
        self._allow(given)
        self.updates.set_webhook(Webhook(url, secret, min(max(connections, 1), 100)))
        return True

    async def _delete_webhook(self, given: Parameters) -> bool:
        self.updates.set_webhook(Webhook())
        return True

    async def _get_webhook_info(self, given: Parameters) -> Json:
        return {
            "url": self.updates.webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.pending),
            "max_connections": self.updates.webhook.max_connections,
            "allowed_updates": list(self.updates.allowed),
        }

    async def _get_updates(self, given: Parameters) -> list[Json]:
        self._allow(given)
        limit = min(max(int(given.get("limit", 100)), 1), 100)
        timeout = float(given.get("timeout", 0))
        return await self.updates.fetch(int(given.get("offset", 0)), limit, timeout)

    def _allow(self, given: Parameters) -> None:
        """Not given, the kinds asked for last time stay; an empty list means the usual ones."""
        if "allowed_updates" in given:
            self.updates.allowed = tuple(structure(given["allowed_updates"], "allowed updates"))

    async def _set_my_commands(self, given: Parameters) -> bool:
        menu = [(each["command"], each["description"]) for each in commands_of(given)]
        self._menus_of(given)[language_of(given)] = menu
        return True

    async def _delete_my_commands(self, given: Parameters) -> bool:
        self._menus_of(given).pop(language_of(given), None)
        return True

    def _menus_of(self, given: Parameters) -> dict[str, list[tuple[str, str]]]:
        scope = structure(given.get("scope", {"type": "default"}), "scope")["type"]
        return {"default": self.menus_everywhere, "all_private_chats": self.menus}[scope]

    async def _get_my_commands(self, given: Parameters) -> list[Json]:
        menu = self.menus.get(language_of(given), [])
        return [{"command": command, "description": words} for command, words in menu]

    # Messages

    def new_message_id(self) -> int:
        return next(self._message_ids)

    def new_query(self, person: Person) -> str:
        query = str(next(self._query_ids))
        self._queries[query] = (person, self.now())
        person.spinning[query] = self.now()
        return query

    def message_of(self, person: Person, shown: Shown) -> Json:
        """A message of the bot's, as Telegram describes it."""
        message: Json = {
            "message_id": shown.number,
            "from": self.bot_user(),
            "chat": person.chat(),
            "date": shown.date,
        }
        if shown.document is None:
            message["text"] = shown.text
        else:
            file = shown.document
            described: Json = {
                "file_id": f"BQACAgUAAxkDAAI{shown.number}",
                "file_unique_id": f"AgAD{shown.number}",
                "file_size": len(file.content),
            }
            if shown.picture:
                message["photo"] = [{**described, "width": 320, "height": 320}]
            else:
                named = {"file_name": file.name, "mime_type": file.media_type}
                message["document"] = {**named, **described}
            if shown.text:
                message["caption"] = shown.text
        if shown.edits:
            message["edit_date"] = self.now()
        if shown.rows:
            message["reply_markup"] = {"inline_keyboard": shown.rows}
        return message

    def _reader(self, given: Parameters) -> Person | None:
        """Who is written to; None for one of the crowd. Raises what Telegram refuses."""
        chat = chat_id_of(given)
        self._keep_pace()
        person = self._people.get(chat)
        if person is None and chat in self.crowd:
            return None
        if person is None or not person.started:
            raise bad("chat not found")
        if person.deactivated:
            raise Refusal(403, "Forbidden: user is deactivated")
        if person.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return person

    def _keep_pace(self) -> None:
        now = time.monotonic()
        if self.pace is not None:
            lately = 0
            for at in reversed(self.sent_at):
                if now - at >= 1:
                    break
                lately += 1
            if lately >= self.pace:
                raise Refusal(429, "Too Many Requests: retry after 1", retry_after=1)
        self.sent_at.append(now)

    async def _send_message(self, given: Parameters) -> Json:
        return self._show(given, text_of(given), None)

    async def _send_photo(self, given: Parameters) -> Json:
        """Show an upload, or a picture sent before, by the file_id that its message had."""
        again = self._shown_pictures.get(str(given.get("photo", "")))
        photo = again or upload(given, "photo")
        message = self._show(given, caption_of(given), photo, picture=True)
        self._shown_pictures[message["photo"][-1]["file_id"]] = photo
        return message

    async def _get_file(self, given: Parameters) -> Json:
        """Where a file that a person sent can be fetched for an hour; 20 MB at most."""
        file_id = str(given.get("file_id", ""))
        if file_id not in self.files:
            raise bad("wrong file_id or the file is temporarily unavailable")
        size = len(self.files[file_id])
        if size > 20 * 1024 * 1024:
            raise bad("file is too big")
        return {
            "file_id": file_id,
            "file_unique_id": f"AQAD{file_id[-6:]}",
            "file_size": size,
            "file_path": f"voice/{file_id}.oga"
            if file_id.startswith("voice")
            else f"photos/{file_id}.jpg",
        }

    async def _give_file(self, request: web.Request) -> web.Response:
        token, path = request.match_info["token"], request.match_info["path"]
        content = self.files.get(PurePosixPath(path).stem)
        if not hmac.compare_digest(token.encode(), self.token.encode()) or content is None:
            return web.json_response({"ok": False, "error_code": 404}, status=404)
        self.downloads += 1
        return web.Response(body=content, content_type="application/octet-stream")

    async def _send_document(self, given: Parameters) -> Json:
        return self._show(given, caption_of(given), upload(given, "document"))

    def _show(
        self, given: Parameters, text: str, document: Document | None, *, picture: bool = False
    ) -> Json:
        rows = keyboard_of(given)
        person = self._reader(given)
        shown = Shown(self.new_message_id(), text, rows, document, picture=picture, date=self.now())
        if person is None:
            return self.message_of(
                Person(self, chat_id_of(given), language_code="", name="-"), shown
            )
        person.sees_anew(shown)
        return self.message_of(person, shown)

    async def _edit_message_text(self, given: Parameters) -> Json:
        text, rows, person = text_of(given), keyboard_of(given), self._reader(given)
        number = int(given.get("message_id", 0))
        screen = [] if person is None else person.screen
        shown = next((each for each in screen if each.number == number), None)
        if person is None or shown is None:
            raise bad("message to edit not found")
        if shown.document is not None:
            raise bad("there is no text in the message to edit")
        if (shown.text, shown.rows) == (text, rows):
            raise bad(
                "message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message"
            )
        shown.text, shown.rows = text, rows
        shown.edits += 1
        person.sees_anew(shown)
        return self.message_of(person, shown)

    async def _answer_callback_query(self, given: Parameters) -> bool:
        query = str(given.get("callback_query_id", ""))
        person, asked = self._queries.pop(query, (None, 0))
        if person is None or self.now() - asked > QUERY_SECONDS:
            raise bad(TOO_OLD)
        if len(str(given.get("text", ""))) > 200:
            raise bad("MESSAGE_TOO_LONG")
        person.spinning.pop(query, None)
        return True

    async def _send_chat_action(self, given: Parameters) -> bool:
        self._reader(given)
        return True
