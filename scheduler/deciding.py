"""Whether a claimed delivery is to be said now, and in which words: asked at the last moment."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.channels import Refused, Unreachable
from bot.messages import Message
from bot.routing import Drop
from models.deliveries import Owed
from models.members import NoticeKind
from models.rules import quiet_hours
from models.rules.reach import may_speak
from models.sending import Claimed
from models.stations import Care
from scheduler.endings import Late, Postpone, Unsent, Wait

log = structlog.get_logger(__name__)

Compose = Callable[[Session, Owed, datetime], Message | Drop]
"""Puts a delivery into the member's words as things stand now, or says why there is no need."""


@dataclass(frozen=True, slots=True)
class Decider:
    """Decides about one account's deliveries. ``windowed`` is its channel's."""

    compose: Compose
    care: Care
    windowed: bool = False

    def decide(
        self, session: Session, row: Claimed, now: datetime, spent: Counter[int]
    ) -> Message | Unsent:
        """Ask again, at the last moment, whether and when this is to be said."""
        if row.address_id is None or row.external is None:
            return Drop("the member has left")
        if now >= row.expires_at:
            return Late()
        if row.kind is not None and row.kind in (row.muted or ()):
            return Drop("muted")
        if row.unreachable:
            return Unreachable(row.unreachable)
        hours = row.quiet or self.care.quiet
        allowed = quiet_hours.next_allowed(now, hours, self.care.zone)
        # Better woken than standing before closed doors: a change that could not be told in time
        # otherwise is told at once.
        presses = row.kind == NoticeKind.CHANGE and allowed >= row.expires_at
        if allowed > now and not presses:
            return Postpone(allowed, "quiet hours")
        try:
            said = self.compose(session, row, now)
        except DBAPIError:
            raise
        except Exception as problem:
            # One row that a handler cannot put into words must not hold up the account's others.
            log.exception("a delivery cannot be put into words", delivery=row.id, topic=row.topic)
            return Refused(f"cannot be put into words: {type(problem).__name__}")
        if isinstance(said, Message) and self.windowed:
            left = (row.allowance or 0) - spent[row.address_id]
            if not may_speak(row.window_until, left, now):
                return Wait("outside the platform's window")
        return said
