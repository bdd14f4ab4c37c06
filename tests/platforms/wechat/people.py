"""People who follow the account: they type, tap, scan, and see a screen."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tests.platforms.tencent.envelope import Row, Value

if TYPE_CHECKING:
    from tests.platforms.wechat.server import WeChatServer

AFTER_WORDS = (timedelta(hours=48), 5)
AFTER_A_CLICK = (timedelta(minutes=1), 3)

_LINK = re.compile(r'<a href="(?P<href>[^"]*)">(?P<label>[^<]*)</a>')
_NUMBERED = re.compile(r"^(?P<number>\d+)[. ]+(?P<label>.*)$", re.MULTILINE)


@dataclass(slots=True)
class Grant:
    """What the account may send this person, until when."""

    until: datetime
    left: int


@dataclass(slots=True)
class Person:
    """One follower. What was said to them is on ``screen``, oldest first, links as written."""

    openid: str
    _server: "WeChatServer"
    following: bool = True
    screen: list[str] = field(default_factory=list)
    grants: dict[timedelta, Grant] = field(default_factory=dict)
    blocks_templates: bool = False
    consents: dict[str, int] = field(default_factory=dict)

    # What a person does; each act returns what is shown in answer, empty for nothing.

    async def says(self, text: str) -> str:
        return await self._types({"MsgType": "text", "Content": text})

    async def says_aloud(self, recognised: str = "", content: bytes = b"") -> str:
        """Send a voice message; recognition is an option of the account."""
        self._server.media["m-voice"] = content
        fields: dict[str, Value] = {"MsgType": "voice", "MediaId": "m-voice", "Format": "amr"}
        if recognised:
            fields["Recognition"] = recognised
        return await self._types(fields)

    async def shows_a_picture(self, content: bytes = b"") -> str:
        media_id = f"m-picture-{len(self._server.media)}"
        self._server.media[media_id] = content
        address = f"{self._server.url}/picture/{media_id}"
        fields: dict[str, Value] = {"MsgType": "image", "PicUrl": address, "MediaId": media_id}
        return await self._types(fields)

    async def presses(self, label: str) -> str:
        """Tap the newest link of this label, or the menu; what is only listed is typed."""
        for said, id in self._pressing_links(label):
            self._grant(AFTER_A_CLICK)
            # Accounts without verification are told the words of the link and not its id.
            known = {"bizmsgmenuid": id} if self._server.verified else {}
            fields: dict[str, Value] = {"MsgType": "text", "Content": said, **known}
            return await self._server.push(self, {**fields, "MsgId": self._server.next_id()})
        for button in self._server.menu_rows():
            if button["name"] == label and button["type"] == "click":
                self._grant(AFTER_A_CLICK)
                return await self._event("CLICK", button["key"])
            if button["name"] == label:
                return await self._event("VIEW", button["url"])
        for text in reversed(self.screen):
            for line in _NUMBERED.finditer(text):
                if line["label"].startswith(label):
                    return await self.says(line["number"])
            if label in (part.strip() for part in re.split("[：:/\n]", text)):
                return await self.says(label)
        raise LookupError(f"nothing to press is called {label!r} on {self.screen[-3:]}")

    async def follows(self, scene: str = "") -> str:
        self.following = True
        self._grant(AFTER_A_CLICK)
        if not scene:
            return await self._event("subscribe", "")
        return await self._event("subscribe", f"qrscene_{scene}", Ticket=f"ticket-{scene}")

    async def scans(self, scene: str) -> str:
        """Scan a code of this scene."""
        if not self.following:
            return await self.follows(scene)
        self._grant(AFTER_A_CLICK)
        return await self._event("SCAN", scene, Ticket=f"ticket-{scene}")

    async def unfollows(self) -> None:
        self.following = False
        self.grants.clear()
        await self._event("unsubscribe", "")

    async def is_located(self) -> str:
        """Report a place, as the client does by itself where the account asked for it."""
        return await self._event("LOCATION", "", Latitude="23.03", Longitude="113.14")

    def opens(self, label: str) -> str:
        """The address behind the newest link of this label."""
        for text in reversed(self.screen):
            for link in _LINK.finditer(text):
                if link["label"] == label:
                    return link["href"]
        raise LookupError(f"no link is called {label!r} on {self.screen[-3:]}")

    async def decides(self, **templates: bool) -> str:
        """Agree to one more notice of each of these templates, or do not, in the window asked."""
        for template, agrees in templates.items():
            if agrees:
                self.consents[template] = self.consents.get(template, 0) + 1
        rows: list[Row] = [
            {
                "TemplateId": template,
                "SubscribeStatusString": "accept" if agrees else "reject",
                "PopupScene": 2,
            }
            for template, agrees in templates.items()
        ]
        return await self.reports(
            {"Event": "subscribe_msg_popup_event", "SubscribeMsgPopupEvent": rows}
        )

    async def takes_back(self, template: str) -> str:
        """Want no notices of this template any more."""
        self.consents.pop(template, None)
        rows: list[Row] = [{"TemplateId": template, "SubscribeStatusString": "reject"}]
        return await self.reports(
            {"Event": "subscribe_msg_change_event", "SubscribeMsgChangeEvent": rows}
        )

    # Behind it

    async def reports(self, event: dict[str, Value]) -> str:
        """Have WeChat tell the account something about this person."""
        return await self._server.push(self, {"MsgType": "event", **event})

    def allowance(self) -> int | None:
        """How many messages the account may send now; None when no window is open."""
        now = self._server.clock()
        open_now = [grant.left for grant in self.grants.values() if now < grant.until]
        return max(open_now) if open_now else None

    def spend(self) -> None:
        now = self._server.clock()
        grants = [grant for grant in self.grants.values() if now < grant.until and grant.left]
        min(grants, key=lambda grant: grant.until).left -= 1

    def _grant(self, what: tuple[timedelta, int]) -> None:
        lasts, times = what
        self.grants[lasts] = Grant(self._server.clock() + lasts, times)

    async def _types(self, fields: dict[str, Value]) -> str:
        self._grant(AFTER_WORDS)
        return await self._server.push(self, {**fields, "MsgId": self._server.next_id()})

    async def _event(self, event: str, key: str, **more: Value) -> str:
        return await self._server.push(
            self, {"MsgType": "event", "Event": event, "EventKey": key, **more}
        )

    def _pressing_links(self, label: str) -> Iterator[tuple[str, str]]:
        for text in reversed(self.screen):
            for link in _LINK.finditer(text):
                address, _, query = link["href"].partition("?")
                if address != "weixin://bizmsgmenu":
                    continue
                given = dict(part.partition("=")[::2] for part in query.split("&"))
                said, id = unquote(given["msgmenucontent"]), unquote(given["msgmenuid"])
                seen = said.replace("\xa0", " ")
                shown = (link["label"], seen)
                if label in (*shown, *(_NUMBERED.sub(r"\g<label>", each) for each in shown)):
                    yield said, id
