"""What WeChat pushes, as the station hears it."""

from datetime import datetime, timedelta

from bot.channels.imitation import id_to_press
from bot.channels.sealed import MAX_ADDRESS, Malformed, Push, key_of
from bot.messages import Incoming, Window

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
UNSUPPORTED = ("[收到不支持的消息类型", "【收到不支持的消息类型")
"""What WeChat itself puts into a text for stickers and the like."""


def incoming_of(push: Push, account: str, now: datetime, *, may_send: bool) -> Incoming | None:
    """The push as the station hears it; None when it is nothing a person said or did."""
    address, kind = push.field("FromUserName"), push.field("MsgType").lower()
    if not address or len(address) > MAX_ADDRESS or not push.field("ToUserName") or not kind:
        raise Malformed
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
        language="zh",
        not_text=not pressed and not text,
        window=_window(AFTER_A_CLICK if pressed else AFTER_WORDS, now, may_send),
        shows_waiting=True,
    )


def _event(
    push: Push, account: str, address: str, now: datetime, *, may_send: bool
) -> Incoming | None:
    event, about = push.field("Event").lower(), push.field("EventKey")
    text = press = link = ""
    if not event:
        raise Malformed
    match event:
        case "subscribe" if about.startswith("qrscene_"):
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
        language="zh",
        left=left,
        returned=event == "subscribe",
        window=None if left else _window(AFTER_A_CLICK, now, may_send),
        shows_waiting=not left,
    )


def _window(grant: tuple[timedelta, int], now: datetime, may_send: bool) -> Window | None:
    lasts, allowance = grant
    return Window(now + lasts, allowance) if may_send else None
