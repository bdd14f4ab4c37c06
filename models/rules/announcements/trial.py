"""The trial wave of a wide announcement: it goes to a few people before it goes to all."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

MAX_WAIT = timedelta(minutes=10)
"""How long the rest waits for those of the trial that could have been sent and were not."""


@dataclass(frozen=True, slots=True)
class TrialSize:
    """Announcements to more than ``over`` people go to ``wave`` of them first; 0 tries none."""

    over: int = 100
    wave: int = 20

    def is_for(self, people: int) -> bool:
        return 0 < self.wave < people and people > self.over


class Verdict(StrEnum):
    GO = "go"
    WAIT = "wait"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class TrialCounts:
    """What has become of the trial's deliveries.

    ``under_way`` are those that could be sent now, ``postponed`` those that may not go before
    later, ``waiting`` those that only the member's next message brings. Muted and late deliveries
    say nothing about the announcement and are left out.
    """

    sent: int = 0
    refused: int = 0
    in_doubt: int = 0
    unreachable: int = 0
    under_way: int = 0
    postponed: int = 0
    waiting: int = 0


def verdict(tried: TrialCounts, lasted: timedelta) -> Verdict:
    """Whether the rest is sent, waits for the trial, or is held for an organizer's decision."""
    if tried.refused:
        return Verdict.HOLD
    if tried.under_way and lasted < MAX_WAIT:
        return Verdict.WAIT
    failed = tried.in_doubt + tried.unreachable
    if failed > tried.sent:
        # A single phone that is gone is no reason, while the others are still to come.
        return Verdict.WAIT if tried.postponed else Verdict.HOLD
    if tried.sent:
        return Verdict.GO
    # Nothing is known yet. What is postponed will tell, and at night the rest would wait with it;
    # what waits for people to write may wait for days.
    return Verdict.WAIT if tried.postponed or tried.under_way else Verdict.GO
