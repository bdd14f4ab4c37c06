"""What an error of the Bot API means for the message that was to be sent.

The strings are those of Telegram's own server (tdlib/telegram-bot-api, Client.cpp).
"""

from collections.abc import Callable
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels import Doubtful, Moved, Outcome, Refused, TryLater, Unreachable
from bot.channels.telegram.transport import Dropped, NotSent, ProxyFailed
from models.sending.reasons import Reason

SOON = timedelta(seconds=5)
NOT_ACCEPTED = "Telegram does not accept the token"
TOKEN_REFUSED = TryLater(timedelta(minutes=5), "token refused", whole_account=True)

# The server turns some 403 into 400, so it is the words that count and not the code.
GONE = {
    "bot was blocked by the user": Reason.BLOCKED,
    "user is deactivated": Reason.DEACTIVATED,
    "bot was kicked from": "removed",
    "bot is not a member of": "removed",
    "the group chat was deleted": "deleted",
    "chat not found": "unknown chat",
    "chat_id is empty": "unknown chat",
    "peer_id_invalid": "unknown chat",
    "bot can't initiate conversation": "never started",
    "bot can't send messages to bots": "a bot",
    "chat_write_forbidden": "may not write",
    "user_is_blocked": Reason.BLOCKED,
    "input_user_deactivated": Reason.DEACTIVATED,
}

NOT_MODIFIED = "message is not modified"


def outcome_of(error: TelegramError, *, whole_account: Callable[[], bool]) -> Outcome:
    """Sort an error; ``whole_account`` decides what a 429 is about, which it does not say."""
    match error:
        case RetryAfter():
            return TryLater(wait_of(error), "too many requests", whole_account())
        case ChatMigrated(new_chat_id=address):
            return Moved(str(address))
        case ProxyFailed():
            return TryLater(SOON, error.message, whole_account=True, is_silent=True)
        case NotSent():
            return TryLater(SOON, "no connection", is_silent=True)
        case Dropped() | TimedOut():
            return Doubtful("no answer")
        case InvalidToken():
            return TOKEN_REFUSED
        case Conflict():
            return TryLater(SOON, "conflict")
        case Forbidden() | BadRequest():
            words = error.message.lower()
            for known, reason in GONE.items():
                if known in words:
                    return Unreachable(reason)
            if isinstance(error, Forbidden):
                return Unreachable("forbidden")
            return Refused(error.message)
        case _:
            # 5xx: "Internal Server Error: restart" and its like were not carried out.
            return TryLater(SOON, "server error")


def is_silence(error: TelegramError) -> bool:
    """Whether Telegram gave no answer at all; a refusal is one."""
    return isinstance(error, NotSent | Dropped | TimedOut)


def problem_of(error: TelegramError) -> str:
    """What the operator has to mend before anything can be sent; empty for other errors."""
    match error:
        case InvalidToken():
            return NOT_ACCEPTED
        case ProxyFailed():
            return in_words(error)
        case _:
            return ""


def in_words(error: TelegramError) -> str:
    """Why there is no connection, for the operator."""
    if isinstance(error, ProxyFailed):
        return f"Telegram cannot be reached: {error.message}"
    return f"Telegram cannot be reached: {type(error).__name__}: {error.message}"


def wait_of(error: RetryAfter) -> timedelta:
    """How long a 429 says to wait; PTB tells a number or a timedelta, by the environment."""
    after = error.retry_after
    return after if isinstance(after, timedelta) else timedelta(seconds=after)


def is_not_modified(error: TelegramError) -> bool:
    return NOT_MODIFIED in error.message.lower()
