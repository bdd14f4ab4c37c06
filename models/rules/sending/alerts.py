"""Which push services are written to, and what an alert says.

An alert is the notification of a browser for a chat page that is closed (Web Push, RFC 8030).
"""

import base64
import binascii
import ipaddress
import re
from dataclasses import dataclass

LONGEST_ENDPOINT = 1000
MOST_LINES = 3
MOST_CHARACTERS = 200

POINT_BYTES = 65
"""An uncompressed point of P-256, which begins with 4 (RFC 8291, 4)."""

SECRET_BYTES = 16

# A name ends in letters: every written form of an IPv4 address ends in a number (WHATWG URL).
_ENDPOINT = re.compile(r"https://((?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63})(?::443)?/[!$-\[\]-~]*")
_NOT_PUBLIC = (".local", ".localhost", ".internal", ".arpa")


@dataclass(frozen=True, slots=True)
class Subscription:
    """A browser's own address at its push service, and the keys to encrypt for it.

    ``p256dh`` and ``auth`` are base64url, as PushSubscription.toJSON() writes them.
    """

    endpoint: str
    p256dh: str
    auth: str


def are_keys(p256dh: str, auth: str) -> bool:
    """Return whether these may be the keys of a subscription, by their form."""
    point, secret = _decoded(p256dh), _decoded(auth)
    return len(point) == POINT_BYTES and point[0] == 4 and len(secret) == SECRET_BYTES


def _decoded(value: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except (binascii.Error, ValueError):
        return b""


def is_endpoint(url: str) -> bool:
    """Return whether an address may be a push service's: https, by name, at the usual port.

    Whoever subscribes chooses it, so it must not lead into the station's own network. What its name
    leads to is known when it is looked up: see ``is_public``.
    """
    found = _ENDPOINT.fullmatch(url) if len(url) <= LONGEST_ENDPOINT else None
    return found is not None and not found[1].lower().endswith(_NOT_PUBLIC)


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the open Internet."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or _translated(ip)
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast


_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


def _translated(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address inside one that a network translates (RFC 6052)."""
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _TRANSLATED else None


def first_lines(text: str) -> str:
    """Return the first lines of a message, as many as a locked screen shows."""
    kept = [line.strip() for line in text.splitlines() if line.strip()]
    said = "\n".join(kept[:MOST_LINES])
    return said if len(said) <= MOST_CHARACTERS else said[: MOST_CHARACTERS - 1].rstrip() + "…"
