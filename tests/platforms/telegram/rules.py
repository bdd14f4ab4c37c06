"""What Telegram's Bot API refuses, in its own words (tdlib/telegram-bot-api, Client.cpp)."""

import ipaddress
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_UPLOAD = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
MAX_DATA = 64
MAX_BUTTONS = 100
MAX_ROW = 8
PORTS = (443, 80, 88, 8443)

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"

Parameters = Mapping[str, Any]


class Refusal(Exception):
    """An answer that is not ok."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        body = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad(description: str) -> Refusal:
    return Refusal(400, f"Bad Request: {description}")


def text_of(given: Parameters) -> str:
    text = given.get("text", "")
    if not isinstance(text, str) or not text.strip():
        raise bad("message text is empty")
    if _units(text) > MAX_TEXT:
        raise bad("message is too long")
    return text


def caption_of(given: Parameters) -> str:
    caption = str(given.get("caption", ""))
    if _units(caption) > MAX_CAPTION:
        raise bad("message caption is too long")
    return caption


def _units(text: str) -> int:
    """Telegram says characters and counts entities in UTF-16; this counts the stricter way."""
    return len(text.encode("utf-16-le")) // 2


def chat_id_of(given: Parameters) -> int:
    chat = given.get("chat_id", "")
    if chat == "":
        raise bad("chat_id is empty")
    try:
        return int(chat)
    except ValueError:
        raise bad("chat not found") from None


def structure(value: Any, what: str) -> Any:
    """A nested value: itself in JSON, written as JSON in a form."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad(f"can't parse {what} JSON object") from None


def keyboard_of(given: Parameters) -> list[list[dict[str, str]]]:
    """The inline keyboard, checked button by button."""
    markup = structure(given.get("reply_markup") or {}, "reply keyboard markup")
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    rows = markup.get("inline_keyboard", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("can't parse inline keyboard button: expected an Array of Arrays")
    if sum(len(row) for row in rows) > MAX_BUTTONS or any(len(row) > MAX_ROW for row in rows):
        raise bad("reply markup is too long")
    for row in rows:
        for button in row:
            _check_button(button)
    return rows


def _check_button(button: Any) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad("can't parse inline keyboard button: Can't find field \"text\"")
    if not button["text"].strip():
        raise bad("BUTTON_TEXT_INVALID")
    if "url" in button:
        if not is_web_address(button["url"]):
            raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    elif not button.get("callback_data"):
        raise bad(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    elif len(button["callback_data"].encode()) > MAX_DATA:
        raise bad("BUTTON_DATA_INVALID")


def is_web_address(address: Any) -> bool:
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "tg":
        return True
    if parts.scheme not in ("http", "https") or " " in address:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host


def check_webhook(address: str, secret: str, *, local: bool) -> None:
    """A local Bot API server takes plain HTTP and any port, the public one does not."""
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad("secret token contains unallowed characters")
    parts = urlsplit(address)
    if parts.scheme == "http" and local:
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not local and (parts.port or 443) not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def commands_of(given: Parameters) -> list[dict[str, str]]:
    commands = structure(given.get("commands", []), "list of commands")
    if not isinstance(commands, list):
        raise bad("expected an Array of BotCommand")
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for each in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(each.get("command", ""))):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(each.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return commands


def language_of(given: Parameters) -> str:
    language = str(given.get("language_code", ""))
    if not re.fullmatch(r"([a-z]{2})?", language):
        raise bad("invalid language code specified")
    return language


def check_upload(content: bytes, *, photo: bool) -> None:
    if not content:
        raise bad("file must be non-empty")
    if len(content) > (MAX_PHOTO if photo else MAX_UPLOAD):
        raise Refusal(413, "Request Entity Too Large")
    if photo and not content.startswith((PNG, JPEG)):
        raise bad("IMAGE_PROCESS_FAILED")
