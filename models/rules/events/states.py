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
    """ASKED waits for an organizer's approval and takes no seat until then."""

    SEATED = "seated"
    WAITING = "waiting"
    OFFERED = "offered"
    ENTERED = "entered"
    ASKED = "asked"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    NO_SHOW = "no_show"


class DrawState(StrEnum):
    """Where the draw of an event stands; NONE: its seats go to who comes first.

    CLOSING and DRAWING are short: the list, or the result, is computed from what is fixed then.
    """

    NONE = ""
    ENTERING = "entering"
    CLOSING = "closing"
    CLOSED = "closed"
    DRAWING = "drawing"
    DRAWN = "drawn"


LISTED = (DrawState.CLOSING, DrawState.CLOSED, DrawState.DRAWING)
"""Whose list is fixed: nobody enters, and who gives up stays on it, marked as gone."""
