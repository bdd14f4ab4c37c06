"""Joining a team, and the states of a team that a member founds."""

from dataclasses import dataclass
from enum import StrEnum

SUPPORTERS = 3
"""How many others must support a proposed team before its station is asked."""

MAX_PROPOSALS = 2
"""How many proposed teams a member may have at a time."""


class JoinMode(StrEnum):
    """How members join: at once, by approval, or only from the club's own enterprise."""

    OPEN = "open"
    APPROVAL = "approval"
    OWN = "own"


class TeamState(StrEnum):
    """PROPOSED looks for supporters, WAITING for the station; only ACTIVE ones are real.

    WITHDRAWN was taken back by its founder; CLOSED was a team until an organizer closed it.
    """

    PROPOSED = "proposed"
    WAITING = "waiting"
    ACTIVE = "active"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class JoinOutcome(StrEnum):
    """What asking to join a team leads to."""

    IN = "in"
    ASKED = "asked"
    ELSEWHERE = "elsewhere"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Supported:
    """How a proposed team stands after a supporter came, or came again."""

    count: int
    complete: bool


def decide_join(state: TeamState, mode: JoinMode, club_path: str, member_path: str) -> JoinOutcome:
    """The outcome of a member's wish to join; paths are those of the two stations."""
    if state is not TeamState.ACTIVE:
        return JoinOutcome.NOT_YET
    if mode is JoinMode.OWN:
        return JoinOutcome.IN if member_path.startswith(club_path) else JoinOutcome.ELSEWHERE
    return JoinOutcome.ASKED if mode is JoinMode.APPROVAL else JoinOutcome.IN


def support(supporters: int) -> Supported:
    """Whether this number of supporters, without the founder, is enough."""
    return Supported(supporters, supporters >= SUPPORTERS)
