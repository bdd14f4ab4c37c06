"""What WeChat and WeCom push and how it is answered: signatures, encryption, fields, replies.

wechatpy encrypts and renders here. Its parser is not used: it knows XML only, and an account may
choose JSON; and its checks compare in a time that tells how much of a signature was right.
"""

import hashlib
import hmac
import re
import secrets
import struct
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from xml.parsers.expat import ExpatError

import orjson
import xmltodict
from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException
from wechatpy.replies import TextReply

from bot.channels.tencent.in_text import printable

FRESH_FOR = timedelta(minutes=5)
MAX_ADDRESS = 64
MAX_KEY = 128

_BASE64 = rb"[A-Za-z0-9+/=\\]{1,90000}"
_XML_ENCRYPTED = re.compile(
    rb"<Encrypt>\s*(?:<!\[CDATA\[)?(" + _BASE64 + rb")(?:\]\]>)?\s*</Encrypt>"
)
_JSON_ENCRYPTED = re.compile(rb'"Encrypt"\s*:\s*"(' + _BASE64 + rb')"')


class InvalidSignature(Exception):
    """The request was not signed by the platform, or not within the last minutes."""


class MalformedPush(Exception):
    """The request is signed, but not in a form that the platform documents."""


class Unfit(Exception):
    """The platform signed the request, but it does not fit the settings or this machine's clock.

    Its text says what to change.
    """


PLAIN_BUT_KEY = (
    "messages come unencrypted, but encoding_aes_key is set: "
    "leave it empty, or choose the safe mode (安全模式) at the platform"
)
SEALED_BUT_NO_KEY = (
    "messages come encrypted, but encoding_aes_key is empty: "
    "set it, or choose the plain mode (明文模式) at the platform"
)
OTHER_KEY = (
    "messages cannot be decrypted: encoding_aes_key, or app_id or corp_id, "
    "is not what the platform shows"
)
NOT_FRESH = "messages are signed, but not fresh: check the clock of this machine"


# Signatures


def signature_of(token: str, *parts: str) -> str:
    """The SHA-1, in hex, of the token and the parts, sorted and joined."""
    return hashlib.sha1("".join(sorted((token, *parts))).encode()).hexdigest()  # noqa: S324


def is_fresh(timestamp: str, now: datetime) -> bool:
    """Whether the platform signed this within five minutes of now.

    A push is repeated within 15 seconds, so both a fresh and a reused timestamp pass. A nonce is
    not remembered: replayed within the five minutes, a push is a repeat with the same key, which
    gets the first one's answer and changes nothing.
    """
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        return False
    return abs(now.timestamp() - int(timestamp)) <= FRESH_FOR.total_seconds()


def is_same(given: str, expected: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


# Encryption


class _Crypto(PrpCrypto):  # type: ignore[misc]  # wechatpy has no types.
    def get_random_string(self) -> str:
        # wechatpy uses random.sample, whose results can be predicted.
        return secrets.token_hex(8)


class MessageCipher:
    """Encryption with one EncodingAESKey of an account.

    ``owner`` is the account's AppID, or the CorpID of its enterprise. Raises ValueError for a key
    that is not 43 letters and digits.
    """

    def __init__(self, encoding_aes_key: str, owner: str) -> None:
        key = b64decode(encoding_aes_key + "=") if len(encoding_aes_key) == 43 else b""
        if len(key) != 32:
            raise ValueError("an EncodingAESKey has 43 letters and digits")
        self._crypto = _Crypto(key)
        self._owner = owner

    def decrypt(self, encrypted: str) -> bytes | None:
        """The plain text; None for what was not encrypted for this account with this key."""
        try:
            plain: str = self._crypto.decrypt(encrypted, self._owner)
        # What wechatpy lets through for junk: bad base64, block, padding, length, UTF-8.
        except (InvalidAppIdException, ValueError, IndexError, struct.error, OverflowError):
            return None
        return plain.encode()

    def encrypt(self, plain: str) -> str:
        encrypted: bytes = self._crypto.encrypt(plain, self._owner)
        return encrypted.decode()


# Pushes


@dataclass(frozen=True, slots=True)
class Push:
    """A verified push; ``cipher`` is what it was encrypted with, None for a plain one."""

    fields: Mapping[str, str]
    cipher: MessageCipher | None
    is_json: bool

    def field(self, name: str) -> str:
        return self.fields.get(name, "")


def open_push(
    body: bytes,
    query: Mapping[str, str],
    token: str,
    ciphers: Sequence[MessageCipher],
    now: datetime,
) -> Push:
    """Read a push; raises InvalidSignature, Unfit or MalformedPush.

    The signature of its address must have been checked. An account with a key takes encrypted
    pushes only: the signature of a plain one covers its address and not its body. Without a key
    the plain half of the compatible mode is read.
    """
    is_json = body.lstrip()[:1] == b"{"
    if not ciphers:
        fields = _fields(body, is_json)
        if "Encrypt" in fields and "MsgType" not in fields:
            raise Unfit(SEALED_BUT_NO_KEY)
        return Push(fields, None, is_json)
    encrypted = _encrypted_part(body, query, token, is_json=is_json)
    if not is_fresh(query.get("timestamp", ""), now):
        raise Unfit(NOT_FRESH)
    for cipher in ciphers:
        plain = cipher.decrypt(encrypted)
        if plain is not None:
            return Push(_fields(plain, plain[:1] == b"{"), cipher, is_json)
    raise Unfit(OTHER_KEY)


def _encrypted_part(body: bytes, query: Mapping[str, str], token: str, *, is_json: bool) -> str:
    # It is found by its shape, so that nothing is parsed before its signature was checked. In the
    # compatible mode the plain fields, which hold the person's words, may have that shape as well.
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    is_plain = True
    for found in (_JSON_ENCRYPTED if is_json else _XML_ENCRYPTED).finditer(body):
        is_plain = False
        encrypted = found[1].decode().replace("\\", "")
        expected = signature_of(token, timestamp, nonce, encrypted)
        if is_same(query.get("msg_signature", ""), expected):
            return encrypted
    if is_plain and is_same(query.get("signature", ""), signature_of(token, timestamp, nonce)):
        raise Unfit(PLAIN_BUT_KEY)
    raise InvalidSignature


def _fields(body: bytes, is_json: bool) -> dict[str, str]:
    # WeChat passes on characters that XML and JSON forbid, as people's clients have sent them.
    text = printable(body.decode("utf-8", "replace"))
    if not is_json:
        try:
            return _xml_fields(text)
        except MalformedPush:
            # It puts what people write into CDATA as it is, and so also what ends CDATA.
            return _xml_fields(_with_whole_content(text))
    try:
        read: Any = orjson.loads(text)
    except ValueError as problem:
        raise MalformedPush from problem
    if not isinstance(read, dict):
        raise MalformedPush
    return dict(_flat(read))


def _xml_fields(text: str) -> dict[str, str]:
    try:
        read: Any = xmltodict.parse(text)["xml"]
    # xmltodict raises ValueError for entities, and TypeError and KeyError come of other roots.
    except (ExpatError, ValueError, KeyError, TypeError) as problem:
        raise MalformedPush from problem
    if not isinstance(read, dict) or any(isinstance(value, list) for value in read.values()):
        raise MalformedPush
    return dict(_flat(read))


def _with_whole_content(text: str) -> str:
    """The XML with all that stands between the first and the last mark of Content as its text."""
    opens, closes = "<Content><![CDATA[", "]]></Content>"
    start, end = text.find(opens) + len(opens), text.rfind(closes)
    if start < len(opens) or end < start:
        return text
    return text[:start] + text[start:end].replace("]]>", "]]]]><![CDATA[>") + text[end:]


def _flat(read: Mapping[Any, Any], deep: int = 4) -> Iterator[tuple[str, str]]:
    """The fields; what stands deeper is named by its whole path: ``ScanCodeInfo.ScanResult``."""
    for name, each in read.items():
        value = dict(enumerate(each)) if isinstance(each, list) else each
        if isinstance(value, dict) and deep:
            yield from ((f"{name}.{path}", each) for path, each in _flat(value, deep - 1))
        elif isinstance(value, str | int) and not isinstance(value, bool):
            yield name, printable(str(value))


def sender_and_type(push: Push) -> tuple[str, str]:
    """Who sent the push, and its MsgType in small letters; raises MalformedPush."""
    address, kind = push.field("FromUserName"), push.field("MsgType").lower()
    if not address or len(address) > MAX_ADDRESS or not push.field("ToUserName") or not kind:
        raise MalformedPush
    return address, kind


def key_of(push: Push, *also: str) -> str:
    """What tells a repeated push: its MsgId, or for an event a hash of its fields.

    ``also`` names fields besides those which WeChat advises, for events within one second. Raises
    MalformedPush for an event without a time.
    """
    key = push.field("MsgId")
    if not key:
        names = ("FromUserName", "CreateTime", "Event", "EventKey", *also)
        if not push.field("CreateTime"):
            raise MalformedPush
        fields = "+".join(push.field(name) for name in names)
        # Hashed, for the inbox keeps keys longer than it may keep the openid of an erased person.
        return hashlib.sha256(fields.encode()).hexdigest()
    return key if len(key) <= MAX_KEY else hashlib.sha256(key.encode()).hexdigest()


# Replies


def passive_reply(push: Push, content: str, token: str, now: datetime) -> bytes:
    """A passive reply in the mode and format of the push, encrypted with its key."""
    fields = {
        "ToUserName": push.field("FromUserName"),
        "FromUserName": push.field("ToUserName"),
        "CreateTime": int(now.timestamp()),
        "MsgType": "text",
        "Content": content,
    }
    plain = orjson.dumps(fields).decode() if push.is_json else _xml(fields)
    if push.cipher is None:
        return plain.encode()
    encrypted = push.cipher.encrypt(plain)
    timestamp, nonce = str(fields["CreateTime"]), secrets.token_hex(8)
    signature = signature_of(token, timestamp, nonce, encrypted)
    if push.is_json:
        return orjson.dumps(
            {
                "Encrypt": encrypted,
                "MsgSignature": signature,
                "TimeStamp": fields["CreateTime"],
                "Nonce": nonce,
            }
        )
    return (
        f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
        f"<MsgSignature><![CDATA[{signature}]]></MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
    ).encode()


def _xml(fields: Mapping[str, Any]) -> str:
    # wechatpy puts values into CDATA as they are; what ends a CDATA section must be taken apart.
    safe = {
        name: value.replace("]]>", "]]]]><![CDATA[>") if isinstance(value, str) else value
        for name, value in fields.items()
    }
    rendered: str = TextReply(
        target=safe["ToUserName"],
        source=safe["FromUserName"],
        time=safe["CreateTime"],
        content=safe["Content"],
    ).render()
    return rendered
