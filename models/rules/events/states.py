"""The states of an event and of a member's claim on it, as their rows keep them."""

from enum import StrEnum


class EventState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    ASKED = "asked"
    LAPSED = "lapsed"
    RETURNED = "returned"


class SignupState(StrEnum):
    SEATED = "seated"
    WAITING = "waiting"
    OFFERED = "offered"
    ENTERED = "entered"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    NO_SHOW = "no_show"
