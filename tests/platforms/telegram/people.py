"""The person's side of Telegram: what somebody does in the app, and what they see there."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.platforms.telegram.server import TelegramServer

PATIENCE_SECONDS = 15.0

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it arrived."""

    name: str
    media_type: str
    content: bytes


@dataclass(slots=True)
class Shown:
    """One message of the bot's on the screen."""

    number: int
    text: str
    rows: list[list[dict[str, str]]] = field(default_factory=list)
    document: Document | None = None
    picture: bool = False
    edits: int = 0
    date: int = 0

    @property
    def buttons(self) -> list[str]:
        """The labels under the message, row by row."""
        return [button["text"] for row in self.rows for button in row]

    def button(self, label: str) -> dict[str, str] | None:
        """The button of this label, with or without its number; else the first containing it."""
        every = [button for row in self.rows for button in row]
        for button in every:
            if label in (button["text"], button["text"].partition(" ")[2]):
                return button
        return next((button for button in every if label in button["text"]), None)


class Person:
    """Somebody with the Telegram app, in a private chat with the bot."""

    def __init__(
        self, server: "TelegramServer", chat_id: int, *, language_code: str, name: str
    ) -> None:
        self._server = server
        self.chat_id = chat_id
        self.language_code = language_code
        self.name = name
        self.started = False
        self.blocked = False
        self.deactivated = False
        self.screen: list[Shown] = []
        self.spinning: dict[str, int] = {}
        self.patience = PATIENCE_SECONDS
        self._changed: list[Shown] = []

    # What they do

    async def says(self, text: str) -> list[Shown]:
        """Write something; returns what the screen shows anew once the bot has dealt with it."""
        return await self._does("message", self.message(text=text, **_entities(text)))

    async def opens(self, payload: str = "") -> list[Shown]:
        """Follow a link t.me/BOT?start=PAYLOAD."""
        return await self.says(f"/start {payload}".strip())

    async def sends(self, **content: Any) -> list[Shown]:
        """Send something that is not a text, as Telegram describes it: ``sticker={…}``."""
        return await self._does("message", self.message(**content))

    async def says_aloud(self, content: bytes, seconds: int) -> list[Shown]:
        """Send a voice message."""
        name = f"voice-{self._server.new_message_id()}"
        self._server.files[name] = content
        voice = {
            "file_id": name,
            "file_unique_id": name,
            "duration": seconds,
            "mime_type": "audio/ogg",
            "file_size": len(content),
        }
        return await self.sends(voice=voice)

    async def shows(self, content: bytes, caption: str = "") -> list[Shown]:
        """Send a picture."""
        return await self.sends(**self._photo(content, caption))

    async def shows_together(self, contents: list[bytes]) -> list[Shown]:
        """Send an album: Telegram tells of each picture in an update of its own."""
        self.started, self._changed = True, []
        album = str(13_900_000_000_000_000 + self._server.new_message_id())
        updates = [
            self._server.push(
                "message",
                self.message(media_group_id=album, **self._photo(content)),
                lane=self.chat_id,
            )
            for content in contents
        ]
        for update in updates:
            await asyncio.wait_for(update.settled.wait(), self.patience)
        return _distinct(self._changed)

    def _photo(self, content: bytes, caption: str = "") -> Json:
        """A picture as Telegram tells of it, in two sizes, the largest last."""
        small, large = self._server.take_file(content[:64]), self._server.take_file(content)
        sizes = [
            {"file_id": small, "file_unique_id": f"s{small}", "width": 90, "height": 60},
            {"file_id": large, "file_unique_id": f"l{large}", "width": 1280, "height": 853},
        ]
        sizes[0]["file_size"], sizes[1]["file_size"] = 64, len(content)
        return {"photo": sizes, **({"caption": caption} if caption else {})}

    async def presses(self, label: str) -> list[Shown]:
        """Press the newest button of this label."""
        for shown in reversed(self.screen):
            button = shown.button(label)
            if button is not None:
                return await self.presses_on(shown, button)
        raise AssertionError(f"no button {label!r} on the screen: {self.labels}")

    async def presses_on(self, shown: Shown, button: dict[str, str]) -> list[Shown]:
        """Press one button of one message, perhaps an old one."""
        if "callback_data" not in button:
            raise AssertionError(f"{button['text']!r} opens {button.get('url')}, follow it instead")
        query = self._server.new_query(self)
        return await self._does(
            "callback_query",
            {
                "id": query,
                "from": self.user(),
                "message": self._server.message_of(self, shown),
                "chat_instance": str(-4000000000000000000 + self.chat_id),
                "data": button["callback_data"],
            },
            lane=self.chat_id + (3 << 33),
        )

    def follows(self, label: str) -> str:
        """Where the newest button of this label leads."""
        for shown in reversed(self.screen):
            button = shown.button(label)
            if button is not None and "url" in button:
                return button["url"]
        raise AssertionError(f"no link {label!r} on the screen: {self.labels}")

    async def blocks(self) -> list[Shown]:
        """Stop the bot."""
        self.blocked = True
        return await self._membership("member", "kicked")

    async def unblocks(self) -> list[Shown]:
        self.blocked = False
        return await self._membership("kicked", "member")

    # What they see

    @property
    def sees(self) -> str:
        """The text of the newest message."""
        return self.screen[-1].text if self.screen else ""

    @property
    def labels(self) -> list[str]:
        """Every button on the screen, the newest message first."""
        return [label for shown in reversed(self.screen) for label in shown.buttons]

    def sees_anew(self, shown: Shown) -> None:
        """Take note of a message that is new, or was changed."""
        if not shown.edits:
            self.screen.append(shown)
        self._changed.append(shown)

    # As Telegram describes it

    def user(self) -> Json:
        user: Json = {"id": self.chat_id, "is_bot": False, "first_name": self.name}
        if self.language_code:
            user["language_code"] = self.language_code
        return user

    def chat(self) -> Json:
        return {"id": self.chat_id, "first_name": self.name, "type": "private"}

    def message(self, **content: Any) -> Json:
        return {
            "message_id": self._server.new_message_id(),
            "from": self.user(),
            "chat": self.chat(),
            "date": self._server.now(),
            **content,
        }

    async def _membership(self, before: str, after: str) -> list[Shown]:
        bot = self._server.bot_user()
        return await self._does(
            "my_chat_member",
            {
                "chat": self.chat(),
                "from": self.user(),
                "date": self._server.now(),
                "old_chat_member": _as_member(bot, before),
                "new_chat_member": _as_member(bot, after),
            },
        )

    async def _does(self, kind: str, what: Json, lane: int | None = None) -> list[Shown]:
        self.started = True
        self._changed = []
        update = self._server.push(kind, what, lane=self.chat_id if lane is None else lane)
        await asyncio.wait_for(update.settled.wait(), self.patience)
        return _distinct(self._changed)


def _distinct(shown: list[Shown]) -> list[Shown]:
    return list({each.number: each for each in shown}.values())


def _entities(text: str) -> Json:
    """A command is marked in the text, as the app does it."""
    if not text.startswith("/"):
        return {}
    length = len(text.split(maxsplit=1)[0])
    return {"entities": [{"offset": 0, "length": length, "type": "bot_command"}]}


def _as_member(bot: Json, status: str) -> Json:
    member: Json = {"user": bot, "status": status}
    if status == "kicked":
        member["until_date"] = 0
    return member
