"""A small scripted station behind a real server: what the web chat is tried against by itself."""

import contextlib
import re
import time
from collections.abc import AsyncIterator, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels import File
from bot.channels.web.alerts import Alerts
from bot.channels.web.channel import Web
from bot.channels.web.words import CALLED
from bot.conversation.incoming import Incoming
from bot.conversation.messages import Attachment, Message, ShownButton, ShownChoice
from models.rules.languages import Translated
from models.rules.sending.buckets import Buckets
from models.store import StoreDown
from tests.channels.listener import Listener
from tests.channels.services import services
from tests.serving import listen
from tests.serving import serving as serve

ICS = Attachment("企业体验游.ics", "text/calendar", "calendar", (12,))
PICTURE = Attachment("poster.svg", "image/svg+xml", "poster", (12,))
GONE = Attachment("名单.xlsx", "application/vnd.ms-excel", "gone", (1,))
CONTENTS = {
    "calendar": b"BEGIN:VCALENDAR\r\n" + b"X" * 1500 + b"\r\nEND:VCALENDAR\r\n",
    "poster": (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 160">'
        b'<rect width="320" height="160" fill="#c96f3b"/></svg>'
    ),
}

WELCOME = Message(
    "这里是创思驿站：找队伍、报活动、到点提醒你。\n"
    "用之前说一句：我们只记你告诉我们的资料，厂里看不到，随时可删。",
    buttons=(ShownButton("同意", "consent"), ShownButton("看看细则", url="/privacy")),
)
WELCOME_EN = Message(
    "This is the Yizhan station: find a team, sign up for events, get reminded.\n"
    "One thing first: we keep only what you tell us, your employer can't see it, "
    "and you can delete it any time.",
    buttons=(ShownButton("Agree", "consent"), ShownButton("Details", url="/privacy")),
    language="en",
)
TOWNS = Message(
    "好，你在哪个镇街？",
    choices=tuple(
        ShownChoice(n, town, f"town.{n}")
        for n, town in enumerate(("桂城", "狮山", "大沥", "里水", "丹灶", "西樵", "九江"), 1)
    ),
    buttons=(ShownButton("跳过", "skip"),),
)
EVENTS = Message(
    "近期活动\n"
    "1. 企业体验游·走进灯具厂 · 12月5日 周六 9:00 · 桂城站 · 余 3 席\n"
    "2. 羽毛球友谊赛 · 12月6日 周日 14:00 · 狮山体育馆 · 已满，排队 7 人\n"
    "3. 创思大讲堂·怎样和孩子说话 · 12月8日 周二 19:30 · 里水站 · 余 40 席",
    choices=(
        ShownChoice(1, "企业体验游·走进灯具厂", "event.1", in_text=True),
        ShownChoice(2, "羽毛球友谊赛", "event.2", in_text=True),
        ShownChoice(3, "创思大讲堂", "event.3", in_text=True),
    ),
    buttons=(ShownButton("更多", "more"),),
)
EVENT = Message(
    "企业体验游·走进灯具厂\n"
    "12月5日 周六 9:00–12:00（后天）\n"
    "桂城站集合 · 余 3 席（共 45）\n"
    "带身份证，穿平底鞋\n"
    "地图 https://maps.example.org/guicheng",
    buttons=(ShownButton("报名", "sign-up.1"), ShownButton("问一问", "ask.1")),
)
SEAT = Message(
    "✅ 报上了：企业体验游，12月5日 周六 9:00。\n前一天和两小时前提醒你。",
    buttons=(ShownButton("我的报名", "mine"), ShownButton("取消报名", "cancel.1")),
    file=ICS,
    offers_alerts=True,
)
OFFER = Message(
    "🔔 空出一个位子：企业体验游，周六 9:00。\n今晚 20:00 前留给你。",
    buttons=(ShownButton("要", "take.1"), ShownButton("不要了", "leave.1")),
)
FORGOTTEN = Message("删好了。想回来就说一声。", forget=True)


def interests(chosen: frozenset[int]) -> Message:
    """A question that is answered by taps and changes in place."""
    names = ("球类", "健身", "徒步", "音乐", "跳舞", "摄影", "读书", "手工", "棋牌", "美食")
    marked = tuple(
        ShownChoice(n, f"✓ {name}" if n in chosen else name, f"toggle.{n}")
        for n, name in enumerate(names, 1)
    )
    return Message(
        "喜欢什么？可以选几样。",
        choices=marked,
        buttons=(ShownButton("选好了", "chosen"),),
        edit=bool(chosen),
    )


class TinyStation(Listener):
    """Answers by a script, and keeps deliveries by place, as the station does."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.signed_up: list[str] = []
        self._chosen: frozenset[int] = frozenset()
        self._deliveries: list[tuple[int, str, Message]] = []

    def _answer(self, incoming: Incoming) -> Message | None:
        said = incoming.press or incoming.link or incoming.text
        if said.startswith("toggle."):
            self._chosen ^= {int(said.removeprefix("toggle."))}
            return interests(self._chosen)
        if said in ("sign-up.1", "报名 1"):
            self.signed_up.append(incoming.address)
        scripted: dict[str, Message | None] = {
            "/start": WELCOME if incoming.language == "zh" else WELCOME_EN,
            "/language en": WELCOME_EN,
            "/language zh": WELCOME,
            "consent": TOWNS,
            "town.1": interests(frozenset()),
            "chosen": EVENTS,
            "活动": EVENTS,
            "event.1": EVENT,
            "e12": EVENT,
            "sign-up.1": SEAT,
            "报名 1": SEAT,
            "take.1": SEAT,
            "海报": Message("这是海报。", file=PICTURE),
            "名单": Message("名单在这里。", file=GONE),
            "删掉我": FORGOTTEN,
            "嗯": None,
        }
        return scripted.get(said, Message(f"没太明白：{said}", language=incoming.language))

    def deliver(self, address: str, message: Message) -> int:
        """Finish a delivery; returns its place. Open pages see it at their next look."""
        self._deliveries.append((len(self._deliveries) + 1, address, message))
        return len(self._deliveries)

    def finish_together(self) -> None:
        """Let all deliveries have been finished in one moment."""
        place = len(self._deliveries)
        self._deliveries = [(place, to, message) for _, to, message in self._deliveries]

    async def missed(self, address: str, after: int) -> list[tuple[int, Message]]:
        if self.down:
            raise StoreDown("the disk is gone")
        found = [
            (place, message)
            for place, to, message in self._deliveries
            if to == address and place > after
        ]
        return found[:3]

    async def make_file(self, attachment: Attachment) -> File:
        if attachment.maker not in CONTENTS:
            raise LookupError(attachment.maker)
        return File(attachment.name, attachment.media_type, CONTENTS[attachment.maker])

    def file_link(self, attachment: Attachment, visitor: str = "") -> str:
        return f"https://station.example.org/files/{attachment.maker}"

    async def serve_file(self, request: Request) -> Response:
        maker = request.path_params["maker"]
        kind = "image/svg+xml" if maker == "poster" else "text/calendar"
        return Response(CONTENTS[maker], media_type=kind)

    def web(
        self,
        *,
        look_every: float = 0.2,
        clock: Callable[[], float] = time.monotonic,
        per_address: Buckets | None = None,
        per_client: Buckets | None = None,
        secure_cookies: bool = False,
        called: Translated = CALLED,
        alerts: Alerts | None = None,
    ) -> Web:
        return Web(
            alerts=alerts,
            services=services(
                listen=self,
                make_file=self.make_file,
                file_link=self.file_link,
                link_to=lambda path: f"https://station.example.org{path}",
            ),
            missed=self.missed,
            secure_cookies=secure_cookies,
            look_every=look_every,
            clock=clock,
            called=called,
            per_address=per_address,
            per_client=per_client,
        )

    def application(self, web: Web) -> Starlette:
        files = Route("/files/{maker}", self.serve_file)
        return Starlette(routes=[*web.routes(), files])


@contextlib.asynccontextmanager
async def serving(station: TinyStation, web: Web, port: int = 0) -> AsyncIterator[str]:
    """The station on a port of its own; yields its origin. Ends as the real process ends."""
    application = station.application(web)
    async with serve(application, listen(port), leave=web.close_streams, done=web.stop) as origin:
        await web.start()
        yield origin


def port_of(origin: str) -> int:
    found = re.search(r":(\d+)$", origin)
    assert found is not None
    return int(found[1])
