"""The same person on every channel: what they do, and the words they see."""

import asyncio
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import aiohttp

from tests.platforms.telegram import people as telegram_people
from tests.platforms.wechat import people as wechat_people
from tests.platforms.wecom import people as wecom_people

PATIENCE = 5.0
LINK = re.compile(r"<a [^>]*>(.*?)</a>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class GivenFile:
    name: str
    content: bytes


class Person(ABC):
    """Somebody who talks with the station. ``sees`` is the newest message, without its buttons."""

    name: str

    @abstractmethod
    async def says(self, text: str) -> str:
        """Write something; returns the answer's words."""

    @abstractmethod
    async def presses(self, label: str) -> str:
        """Press the newest button of this label; returns the answer's words."""

    @abstractmethod
    async def opens(self, link: str) -> str:
        """Come by a deep link or a poster's code."""

    @property
    @abstractmethod
    def sees(self) -> str: ...

    @property
    @abstractmethod
    def labels(self) -> list[str]:
        """The labels under the newest message."""

    @abstractmethod
    async def hears(self, words: str) -> str:
        """The newest message that holds these words and came by itself.

        Where WeChat lets nothing come by itself any more, it came with the answer to their next
        word, which they say here.
        """

    @abstractmethod
    def unasked(self) -> list[str]:
        """Every message that came by itself, the oldest first."""

    @abstractmethod
    async def file(self) -> GivenFile:
        """The file that came with the newest message."""

    @abstractmethod
    async def sends_picture(self, content: bytes) -> str:
        """Send a picture; returns the answer's words."""

    @abstractmethod
    async def picture(self) -> bytes:
        """The newest picture that was shown."""

    @abstractmethod
    def link(self, label: str) -> str:
        """Where the newest button of this label leads."""

    async def arrives(self, language: str = "zh") -> str:
        """Say hello, agree, and skip the three questions."""
        agree, skip = ("Agree", "Skip") if language == "en" else ("同意", "跳过")
        hello = "hello" if language == "en" else "你好"
        await self.says(hello)
        if agree not in self.labels:
            # WeChat does not tell what language somebody reads.
            await self.presses("English")
        answer = await self.presses(agree)
        for _question in range(3):
            answer = await self.presses(skip)
        return answer


class OnTelegram(Person):
    def __init__(self, person: telegram_people.Person) -> None:
        self.person = person
        self.name = person.name
        self._answers: set[int] = set()

    def _note(self, shown: list[telegram_people.Shown]) -> str:
        self._answers |= {each.number for each in shown}
        return "\n".join(each.text for each in shown if each.text)

    async def says(self, text: str) -> str:
        return self._note(await self.person.says(text))

    async def presses(self, label: str) -> str:
        return self._note(await self.person.presses(label))

    async def opens(self, link: str) -> str:
        return self._note(await self.person.opens(link))

    @property
    def sees(self) -> str:
        return self.person.sees

    @property
    def labels(self) -> list[str]:
        shown = self.person.screen[-1]
        # Those of choices carry their number in front, which other channels show beside them.
        buttons = [re.sub(r"^\d+ ", "", each) for each in shown.buttons]
        # Telegram takes no button to an address that is not public; then it stands in the text.
        return buttons + re.findall(r"^(\S.*) https?://\S+$", shown.text, re.MULTILINE)

    async def hears(self, words: str) -> str:
        return _newest(self.unasked(), words)

    def unasked(self) -> list[str]:
        return [each.text for each in self.person.screen if each.number not in self._answers]

    async def file(self) -> GivenFile:
        document = next(
            each.document for each in reversed(self.person.screen) if each.document is not None
        )
        return GivenFile(document.name, document.content)

    async def sends_picture(self, content: bytes) -> str:
        return self._note(await self.person.shows(content))

    async def picture(self) -> bytes:
        return next(
            each.document.content
            for each in reversed(self.person.screen)
            if each.picture and each.document is not None
        )

    async def says_aloud(self, content: bytes, seconds: int = 3) -> str:
        return self._note(await self.person.says_aloud(content, seconds))

    async def shows_a_picture(self) -> str:
        sizes = [{"file_id": "p1", "file_unique_id": "u1", "width": 90, "height": 60}]
        return self._note(await self.person.sends(photo=sizes))

    async def leaves(self) -> None:
        await self.person.blocks()

    async def returns(self) -> str:
        return self._note(await self.person.unblocks())

    def link(self, label: str) -> str:
        try:
            return self.person.follows(label)
        except AssertionError:
            found = re.findall(r"https?://\S+", self.person.sees)
            if not found:
                raise
            address: str = found[-1]
            return address


class OnWeChat(Person):
    def __init__(self, person: wechat_people.Person, http: aiohttp.ClientSession) -> None:
        self.person = person
        self.name = person.openid
        self._http = http
        self._answers: set[int] = set()
        self._waited: set[int] = set()

    async def _note(self, answer: str) -> str:
        if answer and self.person.screen:
            self._answers.add(len(self.person.screen) - 1)
        return _without_links(answer)

    async def says(self, text: str) -> str:
        return await self._note(await self.person.says(text))

    async def presses(self, label: str) -> str:
        return await self._note(await self.person.presses(label))

    async def opens(self, link: str) -> str:
        if not self.person.following or not self.person.screen:
            return await self._note(await self.person.follows(link))
        return await self._note(await self.person.scans(link))

    @property
    def sees(self) -> str:
        return _without_links(self.person.screen[-1])

    @property
    def labels(self) -> list[str]:
        return re.findall(r"<a [^>]*>(?:\d+[.、]? )?(.*?)</a>", self.person.screen[-1])

    async def hears(self, words: str) -> str:
        if not any(words in each for each in self._heard()) and not self.person.allowance():
            await self.says("我的")
            self._waited.add(len(self.person.screen) - 1)
        return _newest(self._heard(), words)

    def _heard(self) -> list[str]:
        """What came by itself, and what stood below answers because it could not."""
        texts = enumerate(_without_links(text) for text in self.person.screen)
        return [
            text.partition("\n\n")[2] if place in self._waited else text
            for place, text in texts
            if place in self._waited or place not in self._answers
        ]

    def unasked(self) -> list[str]:
        return [
            _without_links(text)
            for place, text in enumerate(self.person.screen)
            if place not in self._answers
        ]

    async def file(self) -> GivenFile:
        for text in reversed(self.person.screen):
            for href in re.findall(r'<a href="(http[^"]+/files/[^"]+)">', text):
                async with self._http.get(href.replace("&amp;", "&")) as response:
                    assert response.status == 200, response.status
                    assert response.content_disposition is not None
                    name = response.content_disposition.filename or ""
                    return GivenFile(name, await response.read())
        raise AssertionError(f"no file on the screen: {self.person.screen[-2:]}")

    async def sends_picture(self, content: bytes) -> str:
        return await self._note(await self.person.shows_a_picture(content))

    async def picture(self) -> bytes:
        for text in reversed(self.person.screen):
            for href in re.findall(r'<a href="(http[^"]+/pictures/[^"]+)">', text):
                return await _fetched(self._http, href)
        raise AssertionError(f"no picture on the screen: {self.person.screen[-2:]}")

    async def says_aloud(self, content: bytes, recognised: str = "") -> str:
        return await self._note(await self.person.says_aloud(recognised, content))

    async def shows_a_picture(self) -> str:
        return await self._note(await self.person.shows_a_picture())

    async def leaves(self) -> None:
        await self.person.unfollows()

    async def returns(self) -> str:
        return await self._note(await self.person.follows())

    def link(self, label: str) -> str:
        return self.person.opens(label)


class OnWeCom(Person):
    def __init__(
        self, person: wecom_people.Person, http: aiohttp.ClientSession, tick: Callable[[], None]
    ) -> None:
        self.person = person
        self.name = person.userid
        self._http = http
        self._tick = tick
        self._answers: set[int] = set()

    async def _note(self, act: Awaitable[str]) -> str:
        """Do something; what is shown meanwhile is its answer."""
        self._tick()
        before = len(self.person.screen)
        answer = await act
        self._answers |= set(range(before, len(self.person.screen)))
        return _without_links(answer)

    async def says(self, text: str) -> str:
        return await self._note(self.person.says(text))

    async def presses(self, label: str) -> str:
        return await self._note(self.person.presses(label))

    async def opens(self, link: str) -> str:
        return await self._note(self.person.scans(link))

    @property
    def sees(self) -> str:
        return _without_links(self.person.screen[-1].text)

    @property
    def labels(self) -> list[str]:
        return wecom_people.labels(self.person.screen[-1])

    async def hears(self, words: str) -> str:
        return _newest(self.unasked(), words)

    def unasked(self) -> list[str]:
        return [
            _without_links(message.text)
            for place, message in enumerate(self.person.screen)
            if place not in self._answers
        ]

    async def file(self) -> GivenFile:
        async with self._http.get(self._newest_link("/files/")) as response:
            assert response.status == 200, response.status
            assert response.content_disposition is not None
            name = response.content_disposition.filename or ""
            return GivenFile(name, await response.read())

    async def sends_picture(self, content: bytes) -> str:
        return await self._note(self.person.shows_a_picture(content))

    async def picture(self) -> bytes:
        return await _fetched(self._http, self._newest_link("/pictures/"))

    def _newest_link(self, part: str) -> str:
        for message in reversed(self.person.screen):
            for _label, address in wecom_people.links(message):
                if part in address:
                    return address
        raise AssertionError(f"no link to {part} on the screen: {self.person.screen[-2:]}")

    async def says_aloud(self, content: bytes) -> str:
        return await self._note(self.person.says_aloud(content))

    async def shows_a_picture(self) -> str:
        return await self._note(self.person.shows_a_picture())

    async def leaves(self) -> None:
        await self.person.is_taken_out()

    async def returns(self) -> str:
        return await self._note(self.person.joins())

    def link(self, label: str) -> str:
        return self.person.opens(label)


class OnTheWeb(Person):
    """Does what the page does: posts messages, and keeps the stream of events open."""

    def __init__(self, origin: str, name: str, language: str, bell: asyncio.Event) -> None:
        self.origin = origin
        self.name = name
        self.language = language
        self._http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._ids = count(1)
        self._screen: list[dict[str, Any]] = []
        self._came: list[dict[str, Any]] = []
        self._bell = bell
        self._stream: asyncio.Task[None] | None = None
        self._place = 0
        self.is_away = False

    async def closes(self) -> None:
        if self._stream is not None:
            self._stream.cancel()
            await asyncio.gather(self._stream, return_exceptions=True)
        await self._http.close()

    async def _post(self, **what: str) -> str:
        body = {"id": f"message-{next(self._ids)}", "language": self.language, **what}
        headers = {"Sec-Fetch-Site": "same-origin"}
        url = f"{self.origin}/chat/messages"
        async with self._http.post(url, json=body, headers=headers) as response:
            assert response.status == 200, await response.text()
            reply = (await response.json())["reply"]
        if self._stream is None or self._stream.done():
            self._stream = asyncio.create_task(self._listen())
        if reply is None:
            return ""
        self._screen.append(reply)
        words: str = reply["text"]
        return words

    async def _listen(self) -> None:
        timeout = aiohttp.ClientTimeout(total=None)
        url = f"{self.origin}/chat/stream?after={self._place}"
        async with self._http.get(url, timeout=timeout) as response:
            async for line in response.content:
                if line.startswith(b"id: "):
                    self._place = int(line[4:])
                if line.startswith(b"data: "):
                    message = json.loads(line[6:])
                    self._came.append(message)
                    self._screen.append(message)
                    self._bell.set()

    async def leaves(self) -> None:
        """Close the page: nothing is heard until it is opened again."""
        if self._stream is not None:
            self._stream.cancel()
            await asyncio.gather(self._stream, return_exceptions=True)
        self.is_away = True

    @property
    def offers_alerts(self) -> bool:
        """Whether the newest message has the button for alerts below it."""
        offers: bool = self._screen[-1]["alerts"]
        return offers

    async def turns_alerts_on(self, subscription: dict[str, Any]) -> None:
        """Press that button, in a browser that subscribes at a push service."""
        headers = {"Sec-Fetch-Site": "same-origin"}
        url = f"{self.origin}/chat/push"
        async with self._http.post(url, json=subscription, headers=headers) as response:
            assert response.status == 200, await response.text()

    async def returns(self) -> None:
        """Open the page, which fetches what came meanwhile."""
        self.is_away = False
        self._stream = asyncio.create_task(self._listen())

    async def says(self, text: str) -> str:
        return await self._post(text=text)

    async def says_aloud(self, content: bytes) -> str:
        return await self._sends(content, "sounds")

    async def sends_picture(self, content: bytes) -> str:
        return await self._sends(content, "pictures")

    async def _sends(self, content: bytes, what: str) -> str:
        url = f"{self.origin}/chat/{what}?id=message-{next(self._ids)}&language={self.language}"
        headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "image/png"}
        async with self._http.post(url, data=content, headers=headers) as response:
            assert response.status == 200, await response.text()
            reply = (await response.json())["reply"]
        self._screen.append(reply)
        words: str = reply["text"]
        return words

    async def picture(self) -> bytes:
        url = next(each["picture"] for each in reversed(self._screen) if each["picture"])
        return await _fetched(self._http, _absolute(self.origin, url))

    async def opens(self, link: str) -> str:
        return await self._post(link=link)

    async def presses(self, label: str) -> str:
        for message in reversed(self._screen):
            for each in (*message["choices"], *message["buttons"]):
                if label in (each["label"], each["label"].removeprefix("✓ ")) and each["data"]:
                    return await self._post(press=each["data"])
            for each in message["choices"]:
                if label in each["label"]:
                    return await self._post(press=each["data"])
        raise AssertionError(f"no button {label!r}: {self.labels}")

    @property
    def sees(self) -> str:
        text: str = self._screen[-1]["text"]
        return text

    @property
    def labels(self) -> list[str]:
        last = self._screen[-1]
        return [each["label"] for each in (*last["choices"], *last["buttons"])]

    async def hears(self, words: str) -> str:
        async with asyncio.timeout(PATIENCE):
            while not any(words in each["text"] for each in self._came):
                self._bell.clear()
                await self._bell.wait()
        return _newest(self.unasked(), words)

    def unasked(self) -> list[str]:
        return [each["text"] for each in self._came]

    async def file(self) -> GivenFile:
        card = next(each["file"] for each in reversed(self._screen) if each["file"])
        async with self._http.get(_absolute(self.origin, card["url"])) as response:
            assert response.status == 200, response.status
            return GivenFile(card["name"], await response.read())

    def link(self, label: str) -> str:
        for message in reversed(self._screen):
            for each in message["buttons"]:
                if each["label"] == label and each["url"]:
                    return _absolute(self.origin, each["url"])
        raise AssertionError(f"no link {label!r}: {self.labels}")


async def _fetched(http: aiohttp.ClientSession, url: str) -> bytes:
    async with http.get(url) as response:
        assert response.status == 200, response.status
        return await response.read()


def _absolute(origin: str, url: str) -> str:
    return origin + url if url.startswith("/") else url


def _newest(texts: list[str], words: str) -> str:
    for text in reversed(texts):
        if words in text:
            return text
    raise AssertionError(f"nothing came that holds {words!r}: {texts}")


def _without_links(text: str) -> str:
    """The words that are read, links by their labels."""
    return LINK.sub(r"\1", text)
