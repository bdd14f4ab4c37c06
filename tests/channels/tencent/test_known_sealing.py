"""WeCom's own published example, held against the encryption that comes from wechatpy.

The library has seen no change of its own for years, while what it stands on moves: a release of it,
or of cryptography, after which a push reads or seals differently must fail here. The values are
those of the sample code at WeCom, 加解密方案说明.
"""

import hashlib

import pytest
from wechatpy.crypto import PrpCrypto

from bot.channels.tencent import envelopes
from bot.channels.tencent.envelopes import MessageCipher, Push
from tests.miniature.rows import local
from tests.platforms.tencent import envelope

TOKEN, CORP = "QDG6eK", "wx5823bf96d3bd56c7"
KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
ECHO = (
    ("1409659589", "263014780"),
    "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
    "1616140317555161061",
)
MESSAGE = (
    ("1409659813", "1372623149"),
    "477715d11cdb4164915debcba66cb864d751f3e6",
    (
        "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUp"
        "j911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue"
        "06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+"
        "3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH"
        "27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8"
        "R07+qN+E7Q=="
    ),
    (
        "<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>\n"
        "<FromUserName><![CDATA[mycreate]]></FromUserName>\n<CreateTime>1409659813</CreateTime>\n"
        "<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[hello]]></Content>\n"
        "<MsgId>4561255354251345929</MsgId>\n<AgentID>218</AgentID>\n</xml>"
    ),
)
Example = tuple[tuple[str, str], str, str, str]


@pytest.mark.parametrize("example", [ECHO, MESSAGE], ids=["echo", "message"])
def test_what_the_platform_publishes_is_signed_and_read_as_it_says(example: Example) -> None:
    (timestamp, nonce), signature, sealed, plain = example
    assert envelopes.signature_of(TOKEN, timestamp, nonce, sealed) == signature
    assert envelope.signature(TOKEN, timestamp, nonce, sealed) == signature
    assert MessageCipher(KEY, CORP).decrypt(sealed) == plain.encode()
    assert MessageCipher(KEY, "wx-of-somebody-else").decrypt(sealed) is None


def test_the_same_text_with_the_same_random_bytes_is_sealed_to_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda size: "0123456789abcdef"[: 2 * size])
    sealed = MessageCipher(KEY, CORP).encrypt("工友，你好" * 20)
    digest = "c983949b363c94cd6121ac5018df0883b3cae9f4624a078fad9c7f8c49149a0b"
    assert hashlib.sha256(sealed.encode()).hexdigest() == digest
    assert envelope.unseal(sealed, KEY, CORP) == "工友，你好" * 20


@pytest.mark.parametrize("length", [0, 1, 11, 12, 31, 32, 500])
def test_every_length_comes_back_from_both_sides(length: int) -> None:
    """Padding goes to blocks of 32 bytes, where AES itself has 16."""
    said, cipher = "a" * length, MessageCipher(KEY, CORP)
    assert envelope.unseal(cipher.encrypt(said), KEY, CORP) == said
    assert cipher.decrypt(envelope.seal(said, KEY, CORP)) == said.encode()


def test_what_we_replace_in_the_library_is_still_what_it_calls() -> None:
    """Without it the random bytes would come from a generator that can be foretold."""
    assert PrpCrypto.get_random_string is not envelopes._Crypto.get_random_string
    seen = []

    class Watched(envelopes._Crypto):
        def get_random_string(self) -> str:
            seen.append("asked")
            return super().get_random_string()

    Watched(b"k" * 32).encrypt("x", CORP)
    assert seen == ["asked"]


def test_a_reply_is_the_xml_that_the_platform_takes() -> None:
    fields = {"FromUserName": "mycreate", "ToUserName": CORP}
    said = envelopes.passive_reply(
        Push(fields, None, is_json=False), "a ]]> b", TOKEN, local(1, 10)
    )
    assert said.decode() == (
        "<xml>\n<MsgType><![CDATA[text]]></MsgType>\n"
        "<Content><![CDATA[a ]]]]><![CDATA[> b]]></Content>\n"
        "<FromUserName><![CDATA[wx5823bf96d3bd56c7]]></FromUserName>\n"
        "<ToUserName><![CDATA[mycreate]]></ToUserName>\n<CreateTime>1796090400</CreateTime>\n</xml>"
    )
