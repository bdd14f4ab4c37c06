"""WeCom's pushes decoded."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.channels.pushes import PAYLOAD
from bot.channels.tencent.envelopes import (
    NOT_FRESH,
    OTHER_KEY,
    InvalidSignature,
    MalformedPush,
    MessageCipher,
    Push,
    Unfit,
    is_fresh,
    is_same,
    key_of,
    sender_and_type,
    signature_of,
)
from bot.channels.tencent.in_text import printable
from bot.channels.wecom.cards import VOTE
from bot.conversation.incoming import Incoming

NOT_TEXT = frozenset(("image", "voice", "video", "location", "link", "file"))
SCANS = frozenset(("scancode_push", "scancode_waitmsg"))
MAX_SCANNED = 200

_IN_ADDRESS = re.compile(r"https?://.*(?:[?&]start=|/go/[^/?#]+/)([A-Za-z0-9_-]{1,64})(?![^&#])")


def echo_of(
    query: Mapping[str, str], token: str, ciphers: Sequence[MessageCipher], now: datetime
) -> bytes:
    """What an address that is being verified must answer.

    Raises InvalidSignature or Unfit.
    """
    # A plus sign that was not escaped has become a blank, which base64 does not have.
    encrypted = query.get("echostr", "").replace(" ", "+")
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    expected = signature_of(token, timestamp, nonce, encrypted)
    if not is_same(query.get("msg_signature", ""), expected):
        raise InvalidSignature
    if not is_fresh(timestamp, now):
        raise Unfit(NOT_FRESH)
    for cipher in ciphers:
        echo = cipher.decrypt(encrypted)
        if echo is not None:
            return echo
    raise Unfit(OTHER_KEY)


def incoming_of(push: Push, account: str) -> Incoming | None:
    """The push decoded; None where a person neither said nor did anything.

    Raises MalformedPush.
    """
    address, kind = sender_and_type(push)
    # WeCom ignores the case of userids (document/path/90195), and itself returns them in small
    # letters: one member, whatever case a push has.
    address = address.lower()
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
        not_text=not text,
        shows_waiting=True,
    )


def _event(push: Push, account: str, address: str) -> Incoming | None:
    event, about = push.field("Event").lower(), push.field("EventKey")
    text = press = link = ""
    if not event:
        raise MalformedPush
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
    # A member who opens the app is reachable again, but sent nothing that needs an answer.
    is_silent = event in ("enter_agent", "unsubscribe")
    if not is_silent and not (text or press or link):
        raise MalformedPush
    return Incoming(
        account=account,
        address=address,
        # Two presses in one second differ in their codes for an answer.
        key=key_of(push, "TaskId", "ResponseCode", "ScanCodeInfo.ScanResult"),
        text=text,
        press=press,
        link=link,
        left=event == "unsubscribe",
        returned=event in ("subscribe", "enter_agent"),
        shows_waiting=not is_silent,
    )


def payload_in(scanned: str) -> str:
    """The payload of a station's code: the code itself, or the end of an address that holds it."""
    if PAYLOAD.fullmatch(scanned):
        return scanned
    found = _IN_ADDRESS.match(scanned)
    return found[1] if found else ""
