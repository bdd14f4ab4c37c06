"""What programs can be told of, and when it is tried again to tell them. Pure."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address


class HookKind(StrEnum):
    """The `type` of what a hook sends."""

    SIGN_UP = "sign_up.made"
    CANCEL = "sign_up.cancelled"
    CHECK_IN = "sign_up.checked_in"
    EVENT = "event.changed"
    THREAD = "thread.opened"
    TEST = "test"


CHOSEN = tuple(each for each in HookKind if each is not HookKind.TEST)
"""What a hook can be made for; a test is sent by hand."""

AGAIN = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400)
)
"""How long after each failure it is tried again, by Standard Webhooks; then it is given up."""

LONGEST_WAIT = timedelta(hours=12)
"""How long a receiver may ask to be left alone (Retry-After) before the next attempt."""

NAT64 = IPv6Network("64:ff9b::/96")

LASTING = timedelta(days=3)
"""A hook whose every attempt has failed for so long is turned off."""


def to_column(kinds: Iterable[HookKind]) -> str:
    """Kinds as a column holds them, between spaces, so that one of them is found."""
    kept = set(kinds)
    return " " + " ".join(each for each in CHOSEN if each in kept) + " " if kept else ""


def from_column(words: str) -> frozenset[HookKind]:
    """The kinds of ``to_column``."""
    return frozenset(HookKind(each) for each in words.split() if each in set(HookKind))


def wait_after(attempts: int, asked: timedelta | None = None) -> timedelta | None:
    """How long to wait after so many failures; None: it is given up.

    ``asked`` is what the receiver asked for, which only makes it longer.
    """
    if attempts > len(AGAIN):
        return None
    own = AGAIN[attempts - 1]
    return own if asked is None else max(own, min(asked, LONGEST_WAIT))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and no machine of the house."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return found.is_global and not found.is_multicast
    within = found.ipv4_mapped or found.sixtofour or _translated(found)
    if within is not None:
        return is_public(str(within))
    is_set_aside = found.is_multicast or found.is_site_local or found.is_reserved
    return found.is_global and not is_set_aside


def _translated(address: IPv6Address) -> IPv4Address | None:
    """The address that a network without IPv4 of its own turns this one into (RFC 6052)."""
    return IPv4Address(int(address) & 0xFFFF_FFFF) if address in NAT64 else None
