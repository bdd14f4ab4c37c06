"""States of contests and entries, and in which phase a contest is at a time."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Form(StrEnum):
    """How entries come about: handed in, performed in rounds, or nominated."""

    CALL = "call"
    STAGE = "stage"
    AWARD = "award"


class ContestState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    DECIDED = "decided"
    CANCELLED = "cancelled"


class Enters(StrEnum):
    """For whom an entry stands."""

    PERSON = "person"
    TEAM = "team"
    COMPANY = "company"


class PartKind(StrEnum):
    TEXT = "text"
    PICTURE = "picture"
    AUDIO = "audio"
    LINK = "link"


class EntryState(StrEnum):
    """GATHERING is the draft of its authors; RETURNED waits for their repair."""

    GATHERING = "gathering"
    HANDED_IN = "handed_in"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    HIDDEN = "hidden"


class Named(StrEnum):
    """What everybody may read of an author beside the entry."""

    NOBODY = "nobody"
    NICKNAME = "nickname"
    NAME = "name"


class Phase(StrEnum):
    """UPCOMING is published and takes no entries yet; CLOSED is being judged and voted on."""

    DRAFT = "draft"
    UPCOMING = "upcoming"
    ENTERING = "entering"
    CLOSED = "closed"
    DECIDED = "decided"
    CANCELLED = "cancelled"


class Timed(Protocol):
    """A contest by its state and its times."""

    @property
    def state(self) -> ContestState: ...

    @property
    def opens_at(self) -> datetime: ...

    @property
    def closes_at(self) -> datetime: ...


_BY_STATE = {
    ContestState.DRAFT: Phase.DRAFT,
    ContestState.CLOSED: Phase.CLOSED,
    ContestState.DECIDED: Phase.DECIDED,
    ContestState.CANCELLED: Phase.CANCELLED,
}


def phase_of(contest: Timed, now: datetime) -> Phase:
    """The phase of a contest; an open one is closed from ``closes_at`` on, whoever wrote so."""
    if contest.state is not ContestState.OPEN:
        return _BY_STATE[contest.state]
    if now < contest.opens_at:
        return Phase.UPCOMING
    return Phase.ENTERING if now < contest.closes_at else Phase.CLOSED
