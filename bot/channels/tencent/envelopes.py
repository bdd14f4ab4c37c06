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

_CIPHER = rb"[A-Za-z0-9+/=\\]{1,90000}"
_XML_CIPHER = re.compile(rb"<Encrypt>\s*(?:<!\[CDATA\[)?(" + _CIPHER + rb")(?:\]\]>)?\s*</Encrypt>")
_JSON_CIPHER = re.compile(rb'"Encrypt"\s*:\s*"(' + _CIPHER + rb')"')


class Forged(Exception):
    """It does not come from the platform, or not just now."""


class Malformed(Exception):
    """The platform would not say it like this."""


# Signatures


def signature_of(token: str, *parts: str) -> str:
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


def same(given: str, wanted: str) -> bool:
    """Compare in a time that tells nothing about how much was right."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


# Encryption


class _Crypto(PrpCrypto):  # type: ignore[misc]  # wechatpy has no types.
    def get_random_string(self) -> str:
        # wechatpy draws from random.sample, which can be foretold.
        return secrets.token_hex(8)


class Seal:
    """One EncodingAESKey of an account; ``owner`` is its AppID, or the CorpID of its enterprise."""

    def __init__(self, encoding_aes_key: str, owner: str) -> None:
        key = b64decode(encoding_aes_key + "=") if len(encoding_aes_key) == 43 else b""
        if len(key) != 32:
            raise ValueError("an EncodingAESKey has 43 letters and digits")
        self._crypto = _Crypto(key)
        self._owner = owner

    def open(self, cipher: str) -> bytes | None:
        """What was encrypted for this account with this key, None for anything else."""
        try:
            said: str = self._crypto.decrypt(cipher, self._owner)
        # What wechatpy lets through for junk: bad base64, block, padding, length, UTF-8.
        except (InvalidAppIdException, ValueError, IndexError, struct.error, OverflowError):
            return None
        return said.encode()

    def close(self, said: str) -> str:
        cipher: bytes = self._crypto.encrypt(said, self._owner)
        return cipher.decode()


# Pushes


@dataclass(frozen=True, slots=True)
class Push:
    """A push, verified and read; ``seal`` is the key it was encrypted with, if it was."""

    fields: Mapping[str, str]
    seal: Seal | None
    is_json: bool

    def field(self, name: str) -> str:
        return self.fields.get(name, "")


def open_push(body: bytes, query: Mapping[str, str], token: str, seals: Sequence[Seal]) -> Push:
    """Read a push whose address is signed.

    An account with a key takes encrypted pushes only: the signature of a plain one covers its
    address and not its body. Without a key the plain half of the compatible mode is read.
    """
    is_json = body.lstrip()[:1] == b"{"
    if not seals:
        return Push(_fields(body, is_json), None, is_json)
    cipher = _signed_cipher(body, query, token, is_json=is_json)
    for seal in seals:
        said = seal.open(cipher)
        if said is not None:
            return Push(_fields(said, said[:1] == b"{"), seal, is_json)
    raise Malformed


def _signed_cipher(body: bytes, query: Mapping[str, str], token: str, *, is_json: bool) -> str:
    # The cipher is found by its shape, so that nothing is parsed before it proves genuine. In the
    # compatible mode a person's own words, which stand beside it, may have that shape as well.
    for found in (_JSON_CIPHER if is_json else _XML_CIPHER).finditer(body):
        cipher = found[1].decode().replace("\\", "")
        wanted = signature_of(token, query.get("timestamp", ""), query.get("nonce", ""), cipher)
        if same(query.get("msg_signature", ""), wanted):
            return cipher
    raise Forged


def _fields(said: bytes, is_json: bool) -> dict[str, str]:
    try:
        read: Any = orjson.loads(said) if is_json else xmltodict.parse(said)["xml"]
    # xmltodict raises ValueError for entities, and TypeError and KeyError come of other roots.
    except (ExpatError, ValueError, KeyError, TypeError) as problem:
        raise Malformed from problem
    if not isinstance(read, dict):
        raise Malformed
    if not is_json and any(isinstance(value, list) for value in read.values()):
        raise Malformed
    return dict(_flat(read))


def _flat(read: Mapping[Any, Any], deep: int = 4) -> Iterator[tuple[str, str]]:
    """The fields; what stands deeper is named by its whole path: ``ScanCodeInfo.ScanResult``."""
    for name, each in read.items():
        value = dict(enumerate(each)) if isinstance(each, list) else each
        if isinstance(value, dict) and deep:
            yield from ((f"{name}.{path}", each) for path, each in _flat(value, deep - 1))
        elif isinstance(value, str | int) and not isinstance(value, bool):
            yield name, printable(str(value))


def key_of(push: Push, *also: str) -> str:
    """The MsgId; for an event, what is advised and what tells two in one second apart."""
    key = push.field("MsgId")
    if not key:
        names = ("FromUserName", "CreateTime", "Event", "EventKey", *also)
        if not push.field("CreateTime"):
            raise Malformed
        told = "+".join(push.field(name) for name in names)
        # The inbox keeps keys longer than an erased person may be known by their openid.
        return hashlib.sha256(told.encode()).hexdigest()
    return key if len(key) <= MAX_KEY else hashlib.sha256(key.encode()).hexdigest()


# Replies


def render(push: Push, content: str, token: str, now: datetime) -> bytes:
    """A passive reply in the mode and format of the push, encrypted with its key."""
    fields = {
        "ToUserName": push.field("FromUserName"),
        "FromUserName": push.field("ToUserName"),
        "CreateTime": int(now.timestamp()),
        "MsgType": "text",
        "Content": content,
    }
    said = orjson.dumps(fields).decode() if push.is_json else _xml(fields)
    if push.seal is None:
        return said.encode()
    cipher, timestamp, nonce = (
        push.seal.close(said),
        str(fields["CreateTime"]),
        secrets.token_hex(8),
    )
    signature = signature_of(token, timestamp, nonce, cipher)
    if push.is_json:
        return orjson.dumps(
            {
                "Encrypt": cipher,
                "MsgSignature": signature,
                "TimeStamp": fields["CreateTime"],
                "Nonce": nonce,
            }
        )
    return (
        f"<xml><Encrypt><![CDATA[{cipher}]]></Encrypt>"
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
