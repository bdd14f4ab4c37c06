"""The ways by which a message may reach an address, and which of them is open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Route(StrEnum):
    """How a message travels. What has no open way waits, and travels with the next reply."""

    DIRECT = "direct"
    CUSTOMER_SERVICE = "customer-service"
    TEMPLATE = "template"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True, slots=True)
class Way:
    """One way of sending: ``spends`` messages of the window, or a template's notice.

    ``template`` is the platform's name for it.
    """

    route: Route
    spends: int = 0
    template: str = ""


DIRECT = Way(Route.DIRECT)
"""The only way of platforms that let a station speak whenever it wants to."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a platform still allows for one address.

    ``allowance`` messages until ``window_until``; template messages unless there shall be
    ``no_templates``; and of each template as many subscription notices as were agreed to.
    """

    window_until: datetime | None = None
    allowance: int = 0
    no_templates: bool = False
    grants: Mapping[str, int] = field(default_factory=dict)


def route(ways: Iterable[Way], ledger: Ledger, now: datetime, *, is_service: bool) -> Way | None:
    """The first of the ways that is open now; None where the message has to wait.

    Only service notices, which follow from the member's own sign-up or team, go by a template:
    platforms withdraw the permission from accounts that announce with it.
    """
    for way in ways:
        if _is_open(way, ledger, now, is_service):
            return way
    return None


def _is_open(way: Way, ledger: Ledger, now: datetime, is_service: bool) -> bool:
    match way.route:
        case Route.DIRECT:
            return True
        case Route.CUSTOMER_SERVICE:
            return may_speak(ledger.window_until, ledger.allowance, now, way.spends)
        case Route.TEMPLATE:
            return is_service and not ledger.no_templates
        case Route.SUBSCRIPTION:
            return is_service and ledger.grants.get(way.template, 0) > 0


def may_speak(
    window_until: datetime | None, allowance: int, now: datetime, messages: int = 1
) -> bool:
    """Whether the window is open and ``messages`` of its allowance are left.

    An address without a window has never written on such a platform and may not be written to.
    """
    return window_until is not None and now < window_until and 0 < messages <= allowance


def may_write(
    is_windowed: bool,
    window_until: datetime | None,
    allowance: int,
    now: datetime,
    messages: int = 1,
) -> bool:
    """Whether an address can be written to now, as far as the window of its platform goes."""
    return not is_windowed or may_speak(window_until, allowance, now, messages)


def likelihood(
    *,
    unreachable: str,
    notifies: bool,
    is_windowed: bool,
    window_until: datetime | None,
    allowance: int,
    now: datetime,
) -> tuple[bool, bool, bool]:
    """How likely a person is reached at an address: the greater of two is the better one.

    Reachable before lost; an account whose messages the person's device announces before a web
    page, which may not be open; one that can be written to now before one that must wait.
    """
    return (
        not unreachable,
        notifies,
        may_write(is_windowed, window_until, allowance, now),
    )
