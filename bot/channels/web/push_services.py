"""What is said to the browsers' push services: encrypted alerts, signed by the station's key.

Protocol: RFC 8030; encryption: RFC 8291; signature (VAPID): RFC 8292. What sends takes 8 MB, so it
is imported with the first alert.
"""

import asyncio
import base64
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from models.rules.sending.alerts import Subscription, is_endpoint

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    from bot.channels.outgoing import HttpClient

SECONDS = 10.0
"""How long a push service may take for a whole request."""

ANSWER_BYTES = 4096
LONGEST_TTL = 28 * 24 * 3600
SIGNED_FOR = timedelta(hours=12)
"""RFC 8292 allows a day at most; clocks differ."""

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Answer(Enum):
    """What became of an alert at its push service."""

    TAKEN = "taken"
    GONE = "gone"
    BUSY = "busy"
    SILENT = "silent"
    REFUSED = "refused"


class StationKey:
    """The key by which push services know this station, made from a shared secret.

    ``subject`` is the address at which the station's operator is found.
    """

    def __init__(self, secret: bytes, subject: str) -> None:
        self._secret = secret
        self._subject = subject

    def _private(self) -> "EllipticCurvePrivateKey":
        from cryptography.hazmat.primitives.asymmetric import ec

        # Key generation from extra random bits (FIPS 186-5, A.2.1): 512 of them, from the secret.
        bits = int.from_bytes(hashlib.sha512(b"web push" + self._secret).digest(), "big")
        return ec.derive_private_key(bits % (P256_ORDER - 1) + 1, ec.SECP256R1())

    def public(self) -> str:
        """Return the key that browsers subscribe with, in base64url."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        point = (
            self._private().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        )
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()

    def sign(self, endpoint: str, now: datetime) -> Mapping[str, str]:
        """Return the header that proves to this push service who sends."""
        from py_vapid import Vapid02

        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((now + SIGNED_FOR).timestamp()),
            "sub": self._subject,
        }
        # Not strict: it wants a host with a dot, and a station is tried at localhost.
        signed: Mapping[str, str] = Vapid02(self._private(), conf={"no-strict": True}).sign(claims)
        return signed


class PushServices:
    """Sends to the push services of the open Internet, or to those that ``accepts`` allows."""

    def __init__(
        self,
        client: "HttpClient | None" = None,
        accepts: Callable[[str], bool] = is_endpoint,
        *,
        seconds: float = SECONDS,
    ) -> None:
        self.accepts = accepts
        self._client = client
        self._seconds = seconds

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def send(
        self, to: Subscription, content: bytes, key: StationKey, now: datetime, expires_at: datetime
    ) -> Answer:
        """Send one alert, which the service keeps until it expires; raises nothing it may cause."""
        from bot.channels.outgoing import Broken, HttpClient, NotConnected

        if not self.accepts(to.endpoint):
            return Answer.GONE
        sealed = _encrypted(to, content)
        if sealed is None:
            return Answer.GONE
        ttl = max(0, min(LONGEST_TTL, int((expires_at - now).total_seconds())))
        headers = {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(ttl),
            "Urgency": "high",
            **key.sign(to.endpoint, now),
        }
        self._client = self._client or HttpClient(connections=32, is_public_only=True)
        try:
            async with asyncio.timeout(self._seconds):
                status, _ = await self._client.request(
                    "POST",
                    to.endpoint,
                    seconds=self._seconds,
                    data=sealed,
                    headers=headers,
                    most=ANSWER_BYTES,
                )
        except (NotConnected, Broken, TimeoutError):
            return Answer.SILENT
        return _meaning(status)


def _encrypted(to: Subscription, content: bytes) -> bytes | None:
    """The content for this browser's eyes; None where its key is none."""
    from pywebpush import WebPusher

    keys = {"p256dh": to.p256dh, "auth": to.auth}
    try:
        encoded = WebPusher({"endpoint": to.endpoint, "keys": keys}).encode(content)
    except ValueError:
        return None
    sealed: bytes = encoded["body"]
    return sealed


def _meaning(status: int) -> Answer:
    """RFC 8030: 201 is taken; 404 and 410 are a subscription that has ended (7.3)."""
    if 200 <= status < 300:
        return Answer.TAKEN
    if status in (404, 410):
        return Answer.GONE
    if status == 429 or status >= 500:
        return Answer.BUSY
    return Answer.REFUSED
