"""A while in which the platform carries out every call and answers none."""

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.delivery import IN_FLIGHT
from tests.chaos.comparing import Findings
from tests.chaos.town import WORDS
from tests.platforms.telegram.faults import Noted

COMPLAINT, RELIEF = "the platform does not answer", "the platform answers again"


@dataclass(slots=True)
class Silence:
    """``noticed`` is when the station said so first."""

    since: float
    noticed: float = float("inf")
    until: float = float("inf")

    def unanswered(self, record: Sequence[Noted], crowd: range) -> list[Noted]:
        """What nobody had asked for, and was told without an answer."""
        return [
            each
            for each in record
            if each.told == "hang"
            and self.since <= each.at <= self.until
            and (each.chat in crowd or WORDS in each.text)
        ]

    def look(self, found: Findings, record: Sequence[Noted], crowd: range) -> None:
        """Few calls are on their way as it begins, and none follow while it lasts."""
        unanswered = self.unanswered(record, crowd)
        found.unanswered = max(found.unanswered, len(unanswered))
        found.must(
            len(unanswered) <= IN_FLIGHT,
            f"{len(unanswered)} messages got no answer, at most {IN_FLIGHT} may be on their way",
        )
        later = [each for each in unanswered if each.at > self.noticed]
        found.must(not later, f"{len(later)} messages were sent into the silence")
        answers = [each for each in record if each.told == "response"]
        heard = any(self.since <= each.at <= self.until for each in answers)
        found.must(heard, "nobody was answered during the silence")


def complaints(logs: str) -> int:
    """How often the station has said that its platform does not answer."""
    return _lines(logs, COMPLAINT)


def _lines(logs: str, words: str) -> int:
    return sum(words in line and "account=" in line for line in logs.splitlines())


def look_at_all(
    found: Findings,
    silences: Sequence[Silence],
    record: Sequence[Noted],
    crowd: range,
    logs: str,
    *,
    killed: Sequence[float],
) -> None:
    """It is told once a silence, and once more by whoever takes over amid its halt.

    ``killed`` are the times when senders were.
    """
    if not silences:
        return
    for silence in silences:
        silence.look(found, record, crowd)
    said, over = complaints(logs), _lines(logs, RELIEF)
    most = len(silences) + sum(at >= silences[0].since for at in killed)
    found.must(len(silences) <= said <= most, f"{said} complaints, {most} at most are due")
    found.must(len(silences) <= over <= said, f"{over} times it was over, after {said} complaints")
