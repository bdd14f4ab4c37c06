"""How WeChat signs, encrypts and reads: from its documentation, apart from the station's code."""

import base64
import hashlib
import json
import os
import struct
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
MAX_TEXT = 2048

Row = Mapping[str, str | int]
Value = str | int | Sequence[Row]
"""Several rows stand in an event as a List each."""


class Fault(Exception):
    """An answer that WeChat does not understand."""


def signature(token: str, *parts: str) -> str:
    return hashlib.sha1("".join(sorted([token, *parts])).encode()).hexdigest()


def _cipher(encoding_aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(encoding_aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def seal(said: str, encoding_aes_key: str, app_id: str) -> str:
    """16 random bytes, the length, the message and the app id, padded to 32 and encrypted."""
    raw = said.encode()
    plain = os.urandom(16) + struct.pack(">I", len(raw)) + raw + app_id.encode()
    pad = BLOCK - len(plain) % BLOCK
    encryptor = _cipher(encoding_aes_key).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad)).decode()


def unseal(cipher: str, encoding_aes_key: str, app_id: str) -> str:
    try:
        decryptor = _cipher(encoding_aes_key).decryptor()
        plain = decryptor.update(base64.b64decode(cipher, validate=True)) + decryptor.finalize()
        plain = plain[: -plain[-1]]
        (length,) = struct.unpack(">I", plain[16:20])
        said, owner = plain[20 : 20 + length].decode(), plain[20 + length :].decode()
    except (ValueError, IndexError, struct.error) as problem:
        raise Fault("cannot be decrypted") from problem
    if owner != app_id:
        raise Fault("encrypted for somebody else")
    return said


def to_xml(fields: Mapping[str, Value]) -> str:
    rows = []
    for name, value in fields.items():
        if not isinstance(value, str | int):
            inner = (to_xml(row).removeprefix("<xml>").removesuffix("</xml>") for row in value)
            listed = "".join(f"<List>\n{row}</List>\n" for row in inner)
            rows.append(f"<{name}>\n{listed}</{name}>\n")
            continue
        safe = str(value).replace("]]>", "]]]]><![CDATA[>")
        rows.append(
            f"<{name}>{safe if isinstance(value, int) else f'<![CDATA[{safe}]]>'}</{name}>\n"
        )
    return "<xml>" + "".join(rows) + "</xml>"


@dataclass(frozen=True, slots=True)
class Sealing:
    """The message settings of an account: plain, compatible or safe; XML or JSON."""

    app_id: str
    token: str
    encoding_aes_key: str
    mode: str
    push_format: str

    def push(self, fields: Mapping[str, Value], at: int) -> tuple[dict[str, str], bytes]:
        """The query and the body of a push."""
        timestamp, nonce = str(at), str(int.from_bytes(os.urandom(4), "big"))
        query = {
            "signature": signature(self.token, timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
            "openid": str(fields["FromUserName"]),
        }
        said = self._written(fields)
        if self.mode == "plain":
            return query, said.encode()
        cipher = seal(said, self.encoding_aes_key, self.app_id)
        query["encrypt_type"] = "aes"
        query["msg_signature"] = signature(self.token, timestamp, nonce, cipher)
        outside = dict(fields) if self.mode == "compatible" else {}
        outside.setdefault("ToUserName", fields["ToUserName"])
        return query, self._written({**outside, "Encrypt": cipher}).encode()

    def _written(self, fields: Mapping[str, Value]) -> str:
        if self.push_format == "json":
            nested = {
                name: value if isinstance(value, str | int) else {"List": list(value)}
                for name, value in fields.items()
            }
            return json.dumps(nested, ensure_ascii=False)
        return to_xml(fields)

    def read_answer(self, body: bytes, asked: Mapping[str, Value]) -> str:
        """The text a person is shown; empty for no answer, Fault for one that makes no sense."""
        if body in (b"", b"success"):
            return ""
        fields = self._read(body)
        if "Encrypt" in fields:
            if self.mode == "plain":
                raise Fault("encrypted, which this account is not")
            parts = (fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
            if fields["MsgSignature"] != signature(self.token, *parts):
                raise Fault("wrongly signed")
            fields = self._read(unseal(parts[2], self.encoding_aes_key, self.app_id).encode())
        elif self.mode == "safe":
            raise Fault("not encrypted")
        if fields.get("ToUserName") != asked["FromUserName"]:
            raise Fault("for somebody else")
        if fields.get("FromUserName") != asked["ToUserName"]:
            raise Fault("from somebody else")
        if not fields.get("CreateTime", "").isdecimal() or fields.get("MsgType") != "text":
            raise Fault("not a text of a time")
        content = fields.get("Content", "")
        if not content or len(content.encode()) > MAX_TEXT:
            raise Fault("empty or too long")
        return content

    def _read(self, body: bytes) -> dict[str, str]:
        try:
            if self.push_format == "json":
                return {name: str(value) for name, value in json.loads(body).items()}
            root = ET.fromstring(body)
        except (ET.ParseError, ValueError, AttributeError) as problem:
            raise Fault("cannot be read") from problem
        names = [child.tag for child in root]
        if root.tag != "xml" or len(names) != len(set(names)):
            raise Fault("not one of each")
        return {child.tag: child.text or "" for child in root}
