"""Decide just before sending whether and how a claimed delivery is sent."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Self

import structlog
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.channels import Refused, Unreachable, directly
from bot.conversation.messages import Message
from bot.conversation.routing import Drop
from models.network.members import NoticeKind
from models.network.stations import Care
from models.rules.sending import quiet_hours
from models.rules.sending.reach import Ledger, Route, Way, route
from models.sending import daily
from models.sending.claims import Claimed
from models.sending.deliveries import Owed
from models.sending.reasons import Reason
from models.sending.topics import EVENT_CHANGES
from scheduler.endings import Late, Postpone, Unsent, Wait

log = structlog.get_logger(__name__)

SETTLED_BY_THEN = timedelta(seconds=2)

Compose = Callable[[Session, Owed, datetime], Message | Drop]
"""Words a delivery in the member's language by the current rows, or drops it for a reason."""

Ways = Callable[[Message, NoticeKind | None], Sequence[Way]]
"""Returns the ways in which a channel can send a message, the best first."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A message to send now, in this way."""

    message: Message
    way: Way


@dataclass(slots=True)
class Spent:
    """Counts of sends that are decided and not settled yet; they count as sent.

    ``messages`` of a window by address, ``grants`` of a template by address and template,
    ``announcements`` by member, ``changes`` of an event by claim.
    """

    messages: Counter[int] = field(default_factory=Counter)
    grants: Counter[tuple[int, str]] = field(default_factory=Counter)
    announcements: Counter[int] = field(default_factory=Counter)
    changes: Counter[int] = field(default_factory=Counter)

    @classmethod
    def by(cls, rows: Iterable[tuple[Claimed, Way]]) -> Self:
        """Return the counts of these sends."""
        spent = cls()
        for row, way in rows:
            spent.add(row, way)
        return spent

    def add(self, row: Claimed, way: Way) -> None:
        """Count one more send."""
        if row.address_id is not None:
            self.messages[row.address_id] += way.spends
            if way.route == Route.SUBSCRIPTION:
                self.grants[row.address_id, way.template] += 1
        if row.member_id is not None and daily.counts_towards_daily_cap(row.topic, row.facts):
            self.announcements[row.member_id] += 1
        if row.topic in EVENT_CHANGES:
            self.changes[row.facts.get("signup_id", 0)] += 1


@dataclass(frozen=True, slots=True)
class Decider:
    """Decides about the deliveries of one account; ``ways`` is a method of its channel."""

    compose: Compose
    care: Care
    ways: Ways = directly

    def decide(self, session: Session, row: Claimed, now: datetime, spent: Spent) -> Ready | Unsent:
        """Return the message to send now, or why nothing is sent now."""
        if row.address_id is None or row.external is None:
            return Drop(Reason.LEFT)
        if now >= row.expires_at:
            return Late()
        said = self._compose(session, row, now)
        if not isinstance(said, Message):
            return said
        if row.unreachable:
            return Unreachable(row.unreachable)
        held = self._held(row, now, spent)
        if held is not None:
            return held
        if said.tells is not None and spent.changes[said.tells.signup_id]:
            # Another notice of the same event is on its way and may have said it all.
            return Postpone(now + SETTLED_BY_THEN, Reason.CHAT_BUSY)
        ways = self.ways(said, row.rules.kind)
        way = route(ways, _ledger(row, spent), now, is_service=row.rules.is_service)
        if way is None:
            return Wait(Reason.OUTSIDE_WINDOW, max([1, *(way.spends for way in ways)]))
        return Ready(said, way)

    def _compose(self, session: Session, row: Claimed, now: datetime) -> Message | Drop | Refused:
        # Before quiet hours: a muted or outdated delivery ends at once.
        try:
            return self.compose(session, row, now)
        except DBAPIError:
            raise
        except Exception as problem:
            # A row that a handler fails to word must not delay the account's other deliveries.
            log.exception("a delivery cannot be put into words", delivery=row.id, topic=row.topic)
            return Refused(f"{Reason.HANDLER_FAILED}: {type(problem).__name__}")

    def counted_day(self, now: datetime) -> date | None:
        """Return today in the station's zone; None if no daily cap on announcements is set."""
        return self._today(now) if self.care.announcements_a_day else None

    def _today(self, now: datetime) -> date:
        return now.astimezone(self.care.zone).date()

    def _held(self, row: Claimed, now: datetime, spent: Spent) -> Postpone | Late | None:
        """Return the postponement by quiet hours or the daily cap; None if it may be sent now."""
        if daily.is_urgent(row.topic, row.facts):
            return None
        hours = self.care.quiet_of(row.quiet, row.shift)
        if self._has_heard_enough(row, now, spent):
            reason = Reason.DAILY_CAP
            allowed = quiet_hours.next_day(now, hours, self.care.zone)
        else:
            reason = Reason.QUIET_HOURS
            allowed = quiet_hours.next_allowed(now, hours, self.care.zone)
        # A change that would reach the member too late after quiet hours is sent at once: better
        # woken than standing before closed doors.
        is_change = row.rules.kind == NoticeKind.CHANGE
        if allowed <= now or (is_change and allowed >= _to_be_told_by(row)):
            return None
        return Postpone(allowed, reason) if allowed < row.expires_at else Late(reason)

    def _has_heard_enough(self, row: Claimed, now: datetime, spent: Spent) -> bool:
        most = self.care.announcements_a_day
        if (
            not most
            or row.member_id is None
            or not daily.counts_towards_daily_cap(row.topic, row.facts)
        ):
            return False
        told = row.told if row.told is not None and row.told_on == self._today(now) else 0
        return told + spent.announcements[row.member_id] >= most


def _ledger(row: Claimed, spent: Spent) -> Ledger:
    """Return the address's ledger less what is in flight."""
    assert row.address_id is not None
    return Ledger(
        window_until=row.window_until,
        allowance=(row.allowance or 0) - spent.messages[row.address_id],
        no_templates=bool(row.no_templates),
        grants={
            template: times - spent.grants[row.address_id, template]
            for template, times in row.grants.items()
        },
    )


def _to_be_told_by(row: Claimed) -> datetime:
    """Return when a notice of a change becomes useless: the start it changes, else its expiry."""
    by = row.facts.get("by")
    return min(datetime.fromisoformat(by), row.expires_at) if by else row.expires_at
