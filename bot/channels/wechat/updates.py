"""WeChat's pushes decoded."""

import re
from datetime import datetime, timedelta

from bot.channels.tencent.envelopes import MalformedPush, Push, key_of, sender_and_type
from bot.channels.tencent.in_text import id_to_press
from bot.conversation.incoming import Consent, Incoming, Receipt, Window

# What an account may send after it was spoken to: api_sendcustommessage of the service account's
# documentation. Clicks on a link that presses count as clicks on the menu.
AFTER_WORDS = (timedelta(hours=48), 5)
AFTER_A_CLICK = (timedelta(minutes=1), 3)

NOT_TEXT = frozenset(
    (
        "image",
        "voice",
        "video",
        "shortvideo",
        "location",
        "link",
        "file",
        "music",
        "miniprogrampage",
    )
)
TEMPLATE_SENT, NOTICE_SENT = "templatesendjobfinish", "subscribe_msg_sent_event"
NEWS = frozenset(
    (TEMPLATE_SENT, NOTICE_SENT, "subscribe_msg_popup_event", "subscribe_msg_change_event")
)
NO_CONSENT = "43101"
LIST_ROW = re.compile(r"(?:^|\.)List(?:\.(?P<row>\d+))?\.(?P<field>[A-Za-z]+)$")

UNSUPPORTED = ("[收到不支持的消息类型", "【收到不支持的消息类型")
"""What WeChat itself puts into a text for stickers and the like."""


def incoming_of(push: Push, account: str, now: datetime, *, may_send: bool) -> Incoming | None:
    """The push decoded; None where a person neither said nor did anything.

    Raises MalformedPush.
    """
    address, kind = sender_and_type(push)
    if kind == "event":
        return _event(push, account, address, now, may_send=may_send)
    if kind != "text" and kind not in NOT_TEXT:
        return None
    pressed = id_to_press(push.field("bizmsgmenuid"))
    text = push.field("Content") if kind == "text" else push.field("Recognition")
    text = "" if text.startswith(UNSUPPORTED) else text.replace("\xa0", " ").strip()
    return Incoming(
        account=account,
        address=address,
        key=key_of(push),
        text="" if pressed else text,
        press=pressed,
        not_text=not pressed and not text,
        is_heard=kind == "voice" and bool(text),
        window=_window(AFTER_A_CLICK if pressed else AFTER_WORDS, now, may_send),
        shows_waiting=True,
        takes_notices=True,
    )


def _event(
    push: Push, account: str, address: str, now: datetime, *, may_send: bool
) -> Incoming | None:
    event, about = push.field("Event").lower(), push.field("EventKey")
    text = press = link = ""
    if not event:
        raise MalformedPush
    if event in NEWS:
        return _news(push, account, address, event)
    match event:
        case "subscribe" if about.startswith("qrscene_") and about != "qrscene_":
            link = about.removeprefix("qrscene_")
        case "subscribe":
            text = "/start"
        case "scan":
            link = about
        case "click":
            press = about
        case "unsubscribe":
            pass
        case _:
            return None
    left = event == "unsubscribe"
    return Incoming(
        account=account,
        address=address,
        key=key_of(push),
        text=text,
        press=press,
        link=link,
        left=left,
        returned=event == "subscribe",
        window=None if left else _window(AFTER_A_CLICK, now, may_send),
        shows_waiting=not left,
        takes_notices=True,
    )


def _news(push: Push, account: str, address: str, event: str) -> Incoming | None:
    """What WeChat itself tells: of consent to notices, and of what became of messages."""
    consents: list[Consent] = []
    receipts: list[Receipt] = []
    if event == TEMPLATE_SENT:
        receipts.append(_receipt(push.field("MsgID"), push.field("Status")))
    for row in _rows(push):
        template, status = row.get("TemplateId", ""), row.get("SubscribeStatusString", "")
        code = row.get("ErrorCode", "")
        if event == NOTICE_SENT:
            failure = "" if code == "0" else row.get("ErrorStatus", "") or f"errcode {code}"
            receipts.append(Receipt(row.get("MsgID", ""), failure))
        if template and (status == "reject" or code == NO_CONSENT):
            consents.append(Consent(template, 0))
        elif template and status == "accept":
            consents.append(Consent(template, 1))
    if not consents and not receipts:
        return None
    also = ("MsgID", *(name for name in push.fields if LIST_ROW.search(name)))
    return Incoming(
        account=account,
        address=address,
        key=key_of(push, *also),
        consents=tuple(consents),
        receipts=tuple(each for each in receipts if each.reference),
    )


def _receipt(reference: str, status: str) -> Receipt:
    """``success``, ``failed:user block`` or ``failed: system failed``, as they are documented."""
    words = status.lower().partition(":")[2].strip()
    is_there = status.lower().startswith("success")
    return Receipt(reference, "" if is_there else words or "failed", words == "user block")


def _rows(push: Push) -> list[dict[str, str]]:
    """The rows of the event's list; in XML a single row is no list."""
    rows: dict[str, dict[str, str]] = {}
    for name, value in push.fields.items():
        if found := LIST_ROW.search(name):
            rows.setdefault(found["row"] or "", {})[found["field"]] = value
    return list(rows.values())


def _window(grant: tuple[timedelta, int], now: datetime, may_send: bool) -> Window | None:
    lasts, allowance = grant
    return Window(now + lasts, allowance) if may_send else None
