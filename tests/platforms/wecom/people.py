"""Members of the enterprise who see the app: they type, press, scan, and see a screen."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.platforms.wecom.cards import CardButton, Shown

if TYPE_CHECKING:
    from tests.platforms.wecom.server import Fields, WeComServer

_LINK = re.compile(r'<a href="(?P<href>[^"]*)">(?P<label>[^<]*)</a>')
_NUMBERED = re.compile(r"^(?P<number>\d+)[. ]+(?P<label>.*)$", re.MULTILINE)
_TYPED = re.compile(r"^(?:回复：|Reply: )(.+)$", re.MULTILINE)


@dataclass(slots=True)
class Person:
    """One member. What the app said to them is on ``screen``, oldest first."""

    userid: str
    _server: "WeComServer"
    sees_the_app: bool = True
    has_a_licence: bool = True
    screen: list[Shown] = field(default_factory=list)
    heard_at: list[float] = field(default_factory=list)
    acted_at: int = 0

    # What a member does; each act returns what is shown in answer, empty for nothing.

    async def says(self, text: str) -> str:
        return await self._types({"MsgType": "text", "Content": text})

    async def shows_a_picture(self, content: bytes = b"") -> str:
        media_id = f"m-picture-{len(self._server.media)}"
        self._server.media[media_id] = content
        address = f"{self._server.url}/picture/{media_id}"
        return await self._types({"MsgType": "image", "PicUrl": address, "MediaId": media_id})

    async def says_aloud(self, content: bytes = b"") -> str:
        self._server.media["m-voice"] = content
        return await self._types({"MsgType": "voice", "MediaId": "m-voice", "Format": "amr"})

    async def presses(self, label: str) -> str:
        """Press the newest button of this label, or the menu; what is only listed is typed."""
        for place in range(len(self.screen) - 1, -1, -1):
            message = self.screen[place]
            for button in message.buttons:
                if button.key and label in _names(button):
                    return await self.presses_again(message, button)
            for line in _NUMBERED.finditer(message.text):
                if not line["label"].startswith(label):
                    continue
                # A button has room for the beginning of its line, after the number.
                for button in message.buttons:
                    if button.label.startswith(f"{line['number']} "):
                        return await self.presses_again(message, button)
                return await self.says(line["number"])
            if label in typed(message.text):
                return await self.says(label)
        for row in self._server.menu_rows():
            if row["name"] == label and row["type"] == "click":
                return await self._event("click", row["key"])
        raise LookupError(f"nothing to press is called {label!r} on {self.screen[-3:]}")

    async def presses_again(self, message: Shown, button: CardButton) -> str:
        """Press a card's button, which stays there until the card is changed."""
        code = self._server.code_for(self, message)
        about = {"TaskId": message.task_id, "ResponseCode": code}
        if button.vote:
            picked = f"<OptionIds><OptionId><![CDATA[{button.key}]]></OptionId></OptionIds>"
            items = {"SelectedItem": f"<QuestionKey>vote</QuestionKey>{picked}"}
            return await self._event(
                "template_card_event",
                button.vote,
                CardType="vote_interaction",
                SelectedItems=items,
                **about,
            )
        return await self._event(
            "template_card_event", button.key, CardType="button_interaction", **about
        )

    async def scans(self, scanned: str) -> str:
        """Scan a code by the menu's row for it."""
        key = next(row["key"] for row in self._server.menu_rows() if row["type"].startswith("scan"))
        info = {"ScanType": "qrcode", "ScanResult": scanned}
        return await self._event("scancode_waitmsg", key, ScanCodeInfo=info)

    async def joins(self) -> str:
        """Be let into the app by the enterprise."""
        self.sees_the_app = True
        return await self._event("subscribe", "")

    async def is_taken_out(self) -> None:
        """Be taken off those who see the app."""
        self.sees_the_app = False
        await self._event("unsubscribe", "")

    async def enters(self) -> str:
        """Open the app, which the client reports by itself."""
        return await self._event("enter_agent", "")

    def opens(self, label: str) -> str:
        """The address behind the newest link of this label."""
        for message in reversed(self.screen):
            for name, address in links(message):
                if name == label:
                    return address
        raise LookupError(f"no link is called {label!r} on {self.screen[-3:]}")

    async def _types(self, fields: "Fields") -> str:
        return await self._server.push(self, {**fields, "MsgId": self._server.next_id()})

    async def _event(self, event: str, key: str, **more: "str | dict[str, str]") -> str:
        fields: Fields = {"MsgType": "event", "Event": event, "EventKey": key, **more}
        return await self._server.push(self, fields)


def links(message: Shown) -> list[tuple[str, str]]:
    """The label and the address of all that can be opened."""
    opened = [(each.label, each.url) for each in message.buttons if each.url]
    return opened + [(each["label"], each["href"]) for each in _LINK.finditer(message.text)]


def typed(text: str) -> list[str]:
    """The words that a text offers to be typed."""
    return [word.strip() for line in _TYPED.findall(text) for word in line.split(" / ")]


def labels(message: Shown) -> list[str]:
    """Everything under a message that can be pressed, typed or opened."""
    lines = {each["number"]: each["label"] for each in _NUMBERED.finditer(message.text)}
    if message.buttons:
        # What a button has no room for is read in its line.
        return [
            lines.get(each.label.partition(" ")[0], "")
            if each.label.endswith("…")
            else _names(each)[-1]
            for each in message.buttons
        ]
    return [*lines.values(), *typed(message.text), *(label for label, _ in links(message))]


def _names(button: CardButton) -> list[str]:
    """What a person calls a button: its label, without the mark, without the number."""
    unmarked = button.label.removeprefix("✓ ")
    return [button.label, unmarked, re.sub(r"^\d+ ", "", unmarked)]
