"""Why a delivery was not sent, not sent at once, or not planned at all: one name for each reason.

``Delivery.reason`` holds one of these, alone or followed by ``: `` and what the platform or the
runtime added; or the platform's own words, where it refused a message or an address.
"""

from enum import StrEnum


class Reason(StrEnum):
    # The member, or a rule that protects them, holds it back.
    MUTED = "muted"
    QUIET_HOURS = "quiet hours"
    DAILY_CAP = "daily cap"
    NOT_CONSENTED = "not consented"
    LEFT = "the member has left"
    ERASED = "erased"

    # It came too late.
    TOO_LATE = "too late"
    STATION_AWAY = "came due while the station was away"

    # No address reaches the member.
    NO_ADDRESS = "no address"
    SIGNED_OUT = "signed out"
    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    CHAT_MOVED = "moved"
    OUTSIDE_WINDOW = "outside the platform's window"
    PLATFORM = "by the platform"

    # It was shown with a reply, or its arrival is unknown.
    SHOWN = "shown"
    IN_DOUBT = "in doubt"
    SENDER_STOPPED = "its sender stopped"
    STOPPED_WHILE_SENDING = "the station stopped before the platform answered"
    CHANNEL_FAILED = "the channel failed"
    NO_ANSWER = "the platform does not answer"

    # It was claimed and returned to the queue.
    STATION_STOPS = "the station stops"
    ACCOUNT_HALTED = "the account is halted"
    CHAT_BUSY = "the chat has heard much"
    CHAT_MOVING = "the chat is moving"
    LEASE_EXPIRED = "the lease ran out"
    NOT_HANDED_OVER = "its sender stopped before it was handed over"
    NOT_DECIDED = "could not be decided about"

    # No handler puts it into words, or one failed at it.
    NO_HANDLER = "no handler puts it into words"
    HANDLER_FAILED = "cannot be put into words"

    # Its facts have changed.
    STOPPED = "stopped"
    EVENT_CANCELLED = "the event is cancelled"
    EVENT_OVER = "the event is over"
    EVENT_MOVED = "the event was moved"
    NOT_SIGNED_UP = "not signed up any more"
    SIGNED_UP_AGAIN = "signed up again"
    OFFER_ENDED = "the offer has ended"
    ANSWERED = "answered already"
    ASKED_AGAIN = "asked again"
    NOT_THEIRS = "not theirs to answer"
    NOT_IN_TEAM = "not in the team any more"
    IN_TEAM_AGAIN = "in the team again"
    GONE = "it does not exist any more"
    OUTDATED = "not so any more"

    @classmethod
    def of(cls, kept: str) -> "Reason":
        """Return the reason in a row's text; PLATFORM if the text is the platform's own words."""
        head = kept.partition(":")[0]
        return _KNOWN.get(head, cls.PLATFORM)


_KNOWN = {str(reason): reason for reason in Reason}
