"""Notices as WeChat's template messages and subscription notices, which have fixed fields."""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import structlog

from bot.channels import Outcome, Sent, TryLater
from bot.channels.tencent.api import ApiError, MaybeSent, NotSent, TokenApi, until_midnight
from bot.channels.wechat.api import outcome_of
from bot.conversation.messages import Message, ShownCard
from models.network.members import NoticeKind
from models.rules.sending.reach import Route, Way

TEMPLATE_SEND = "/cgi-bin/message/template/send"
SUBSCRIPTION_SEND = "/cgi-bin/message/subscribe/bizsend"

NoticePart = Literal["title", "time", "place", "text"]
"""What a notice has to say."""

# How many characters a field takes, by the word its name begins with, and which: the table
# 参数值内容限制 of the documentation, by which templates are checked as well.
LIMITS = {"thing": 20, "name": 10, "phrase": 5}
_NOT_TAKEN = {
    "thing": re.compile(r"[\x00-\x1f\x7f]+"),
    "name": re.compile(r"[\x00-\x1f\x7f\d]+"),
    "phrase": re.compile("[^\u4e00-\u9fff]+"),
}
NOTHING_TO_SAY = "—"
"""WeChat refuses a field that is empty."""

# Another template would do, this one does not: a wrong id; no right to it, or to any of its kind.
MISCONFIGURED = frozenset((40037, 48001))
MISFILLED = 47003
QUOTA_OF_THE_DAY = 45009
SAID_BEFORE = 45065
"""The same client_msg_id again: what it stood for has arrived."""

LEFT_ALONE_FOR = timedelta(hours=1)
REMEMBERED = 1000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class NoticeTemplate:
    """A template of the account: WeChat's ``id`` for it, and what stands in which field."""

    id: str
    fields: Mapping[str, NoticePart]

    def filled(self, card: ShownCard) -> dict[str, dict[str, str]] | None:
        """The fields with what the notice says; None where one of them cannot be filled."""
        data: dict[str, dict[str, str]] = {}
        for name, part in self.fields.items():
            value = _value(name, part, card)
            if not value:
                return None
            data[name] = {"value": value}
        return data


def _value(name: str, part: NoticePart, card: ShownCard) -> str:
    sort = name.rstrip("0123456789")
    if sort in ("time", "date"):
        return _time(card.at) if part == "time" else ""
    texts = {"title": card.title, "place": card.place, "text": card.text, "time": _time(card.at)}
    between = "" if sort == "phrase" else " "
    said = between.join(_NOT_TAKEN[sort].sub(" ", texts[part]).split())
    if not said and sort == "thing" and part != "title":
        return NOTHING_TO_SAY
    return _cut(said, LIMITS[sort], "…" if between else "")


def _time(at: datetime | None) -> str:
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}" if at is not None else ""


def _cut(text: str, most: int, end: str) -> str:
    """The text, or as much of its beginning as fits; what lies beyond 16 bits counts twice."""
    if _length(text) <= most:
        return text
    while _length(text) > most - len(end):
        text = text[:-1]
    return text.rstrip() + end


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@dataclass(slots=True)
class NoticeTemplates:
    """The forms of one account by the kind of notice, and which of them WeChat refuses now."""

    account: str
    now: Callable[[], datetime]
    templates: Mapping[NoticeKind, NoticeTemplate] = field(default_factory=dict)
    subscriptions: Mapping[NoticeKind, NoticeTemplate] = field(default_factory=dict)
    _refused_until: dict[str, datetime] = field(default_factory=dict)
    _misfilled: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _problems: dict[str, str] = field(default_factory=dict)

    @property
    def problem(self) -> str:
        return ", ".join(self._problems.values())

    def ways(self, message: Message, kind: NoticeKind | None) -> list[Way]:
        """The ways in which this notice could go as a form."""
        if kind is None or message.card is None:
            return []
        of_kind = (
            (Route.TEMPLATE, self.templates.get(kind)),
            (Route.SUBSCRIPTION, self.subscriptions.get(kind)),
        )
        return [
            Way(route, template=form.id)
            for route, form in of_kind
            if form is not None and self._takes(form, message.card)
        ]

    def _takes(self, form: NoticeTemplate, card: ShownCard) -> bool:
        until = self._refused_until.get(form.id)
        if until is not None and self.now() < until:
            return False
        data = form.filled(card)
        return data is not None and _name_of(form, data) not in self._misfilled

    async def send(self, api: TokenApi, to: str, message: Message) -> Outcome:
        """Send a notice the way it says."""
        way = message.way
        is_template = way.route == Route.TEMPLATE
        forms = self.templates if is_template else self.subscriptions
        form = next((form for form in forms.values() if form.id == way.template), None)
        data = form.filled(message.card) if form is not None and message.card else None
        if form is None or data is None:
            return TryLater(timedelta(0), "no template for this")
        asked: dict[str, Any] = {"touser": to, "template_id": form.id, "data": data}
        if is_template and message.name:
            asked["client_msg_id"] = message.name
        try:
            path = TEMPLATE_SEND if is_template else SUBSCRIPTION_SEND
            answer = await api.call(path, asked)
        except ApiError as problem:
            return self._outcome(problem, form, data)
        except (NotSent, MaybeSent) as problem:
            return outcome_of(problem, self.now())
        self._problems.pop(form.id, None)
        return Sent(str(answer.get("msgid", "")))

    def _outcome(self, problem: ApiError, form: NoticeTemplate, data: Mapping[str, Any]) -> Outcome:
        now, reason = self.now(), f"template {form.id}: {problem}"
        if problem.code == SAID_BEFORE:
            return Sent()
        if problem.code == MISFILLED:
            self._misfilled[_name_of(form, data)] = None
            while len(self._misfilled) > REMEMBERED:
                self._misfilled.popitem(last=False)
        elif problem.code in MISCONFIGURED:
            self._refused_until[form.id] = now + LEFT_ALONE_FOR
        elif problem.code == QUOTA_OF_THE_DAY:
            # Each of WeChat's interfaces has a quota of its own; the account may go on speaking.
            self._refused_until[form.id] = now + until_midnight(now)
        else:
            return outcome_of(problem, now)
        self._problems[form.id] = reason
        log.error("wechat template refused", account=self.account, reason=reason)
        # The next decision finds another way, or lets it wait.
        return TryLater(timedelta(0), reason)


def _name_of(form: NoticeTemplate, data: Mapping[str, Mapping[str, str]]) -> str:
    said = "\n".join((form.id, *(f"{name}={value['value']}" for name, value in data.items())))
    return hashlib.sha256(said.encode()).hexdigest()
