"""Templates of one Official Account, as WeChat checks and sends them."""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.platforms.tencent.envelope import Value
from tests.platforms.tencent.server import Refusal
from tests.platforms.wechat.people import Person

SAME_FOR = timedelta(minutes=10)
"""How long the same client_msg_id is known."""

# The table of what a field may hold: 参数值内容限制.
HOLDS = {
    "thing": re.compile(r"[^\x00-\x1f]{1,20}"),
    "name": re.compile(r"[^\x00-\x1f0-9]{1,10}|[A-Za-z .]{1,20}"),
    "phrase": re.compile("[\u4e00-\u9fff]{1,5}"),
    "time": re.compile(r"(\d{4}年\d{1,2}月\d{1,2}日 )?\d{1,2}:\d\d"),
    "date": re.compile(r"\d{4}年\d{1,2}月\d{1,2}日( \d{1,2}:\d\d)?"),
}


@dataclass
class Forms:
    """The account's template messages and subscription notices: the fields of each by its id.

    ``fails`` is what becomes of template messages instead of success, for as long as it is set.
    """

    templates: dict[str, tuple[str, ...]] = field(default_factory=dict)
    subscriptions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fails: str = ""
    _known: dict[tuple[str, str], tuple[datetime, int]] = field(default_factory=dict)
    _news: deque[tuple[Person, dict[str, Value]]] = field(default_factory=deque)

    def send_template(
        self, person: Person | None, asked: Mapping[str, Any], msgid: int, now: datetime
    ) -> int:
        """Take a template message and say by which number; what becomes of it is told later."""
        person = _follower(person)
        said = _filled(self.templates, asked)
        name = (person.openid, str(asked.get("client_msg_id", "")))
        known = self._known.get(name) if name[1] else None
        if known is not None and now - known[0] < SAME_FOR:
            return known[1]
        self._known[name] = now, msgid
        status = "failed:user block" if person.blocks_templates else self.fails or "success"
        if status == "success":
            person.screen.append(said)
        news: dict[str, Value] = {"Event": "TEMPLATESENDJOBFINISH"}
        self._news.append((person, news | {"MsgID": msgid, "Status": status}))
        return msgid

    def send_notice(self, person: Person | None, asked: Mapping[str, Any]) -> None:
        """Take a subscription notice; each uses up one consent."""
        person = _follower(person)
        said = _filled(self.subscriptions, asked)
        template = str(asked["template_id"])
        if not person.consents.get(template):
            raise Refusal(43101, "user refuse to accept the msg")
        person.consents[template] -= 1
        person.screen.append(said)

    async def tell(self) -> int:
        """Tell the account what became of its messages; return how many it was told of."""
        told = 0
        while self._news:
            person, news = self._news.popleft()
            await person.reports(news)
            told += 1
        return told


def _follower(person: Person | None) -> Person:
    if person is None:
        raise Refusal(40003, "invalid openid")
    if not person.following:
        raise Refusal(43004, "require subscribe")
    return person


def _filled(known: Mapping[str, tuple[str, ...]], asked: Mapping[str, Any]) -> str:
    """The words of a form as they are shown, a field a line."""
    fields = known.get(str(asked.get("template_id")))
    if fields is None:
        raise Refusal(40037, "invalid template_id")
    data = asked.get("data", {})
    if set(data) != set(fields):
        raise Refusal(47003, "argument invalid! data is not what the template has")
    for name in fields:
        value = data[name].get("value", "")
        if not HOLDS[name.rstrip("0123456789")].fullmatch(value):
            raise Refusal(47003, f"argument invalid! data.{name}.value is {value!r}")
    return "\n".join(data[name]["value"] for name in fields)
