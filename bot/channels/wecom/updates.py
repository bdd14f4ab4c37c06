"""What WeCom pushes, as the station hears it."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.channels.tencent.envelopes import (
    MAX_ADDRESS,
    Forged,
    Malformed,
    Push,
    Seal,
    is_fresh,
    key_of,
    same,
    signature_of,
)
from bot.channels.tencent.in_text import printable
from bot.channels.wecom.cards import VOTE
from bot.conversation.messages import Incoming

NOT_TEXT = frozenset(("image", "voice", "video", "location", "link", "file"))
SCANS = frozenset(("scancode_push", "scancode_waitmsg"))
MAX_SCANNED = 200

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_IN_ADDRESS = re.compile(r"https?://.*(?:[?&]start=|/go/[^/?#]+/)([A-Za-z0-9_-]{1,64})(?![^&#])")


def echo_of(query: Mapping[str, str], token: str, seals: Sequence[Seal], now: datetime) -> bytes:
    """What an address that is being verified must answer; raises Forged or Malformed."""
    # A plus sign that was not escaped has become a blank, which base64 has not.
    cipher = query.get("echostr", "").replace(" ", "+")
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    wanted = signature_of(token, timestamp, nonce, cipher)
    if not same(query.get("msg_signature", ""), wanted) or not is_fresh(timestamp, now):
        raise Forged
    for seal in seals:
        echo = seal.open(cipher)
        if echo is not None:
            return echo
    raise Malformed


def incoming_of(push: Push, account: str) -> Incoming | None:
    """The push as the station hears it; None when it is nothing a person said or did."""
    address, kind = push.field("FromUserName"), push.field("MsgType").lower()
    if not address or len(address) > MAX_ADDRESS or not push.field("ToUserName") or not kind:
        raise Malformed
    if kind == "event":
        return _event(push, account, address)
    if kind != "text" and kind not in NOT_TEXT:
        return None
    text = push.field("Content").strip() if kind == "text" else ""
    return Incoming(
        account=account,
        address=address,
        key=key_of(push),
        text=text,
        language="zh",
        not_text=not text,
        shows_waiting=True,
    )


def _event(push: Push, account: str, address: str) -> Incoming | None:
    event, about = push.field("Event").lower(), push.field("EventKey")
    text = press = link = ""
    if not event:
        raise Malformed
    match event:
        case "subscribe":
            text = "/start"
        case "enter_agent" | "unsubscribe":
            pass
        case "template_card_event" if about == VOTE:
            press = push.field("SelectedItems.SelectedItem.OptionIds.OptionId")
        case "click" | "template_card_event":
            press = about
        case _ if event in SCANS:
            scanned = printable(push.field("ScanCodeInfo.ScanResult")).strip()
            link = payload_in(scanned)
            text = "" if link else scanned[:MAX_SCANNED]
        case _:
            return None
    # Whoever opens the app is there again, but has said nothing that wants an answer.
    is_silent = event in ("enter_agent", "unsubscribe")
    if not is_silent and not (text or press or link):
        raise Malformed
    return Incoming(
        account=account,
        address=address,
        # Two presses in one second differ in their codes for an answer.
        key=key_of(push, "TaskId", "ResponseCode", "ScanCodeInfo.ScanResult"),
        text=text,
        press=press,
        link=link,
        language="zh",
        left=event == "unsubscribe",
        returned=event in ("subscribe", "enter_agent"),
        shows_waiting=not is_silent,
    )


def payload_in(scanned: str) -> str:
    """The payload of a station's code: the code itself, or the end of an address that holds it."""
    if _PAYLOAD.fullmatch(scanned):
        return scanned
    found = _IN_ADDRESS.match(scanned)
    return found[1] if found else ""
