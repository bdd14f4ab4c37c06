"""Every topic of a delivery in one table, and the rules that follow from its kind."""

from collections.abc import Container
from dataclasses import dataclass

from models.network.members import NoticeKind

FIRST, BEHIND = 0, 1
PRIORITIES = (FIRST, BEHIND)
"""What is sent first where several things are due: an announcement waits for everything else."""


@dataclass(frozen=True, slots=True)
class Topic:
    """``kind`` is what members mute it by.

    A topic without one is a duty: it waits for an organizer's answer and cannot be muted; an
    organizer who wants none of them gives up the role.
    """

    kind: NoticeKind | None
    priority: int = FIRST

    @property
    def is_service(self) -> bool:
        """Whether a member's own sign-up or team causes it, as platforms require of a template."""
        return self.kind not in (None, NoticeKind.ANNOUNCEMENT)

    @property
    def may_repeat(self) -> bool:
        """Whether it is sent again when nobody knows whether it arrived."""
        return self.kind != NoticeKind.ANNOUNCEMENT


ANNOUNCEMENT = "announcement"

_CHANGE = Topic(NoticeKind.CHANGE)
_DUTY = Topic(None)

TOPICS = {
    "reminder": Topic(NoticeKind.REMINDER),
    "offer": Topic(NoticeKind.OFFER),
    "lapsed": Topic(NoticeKind.OFFER),
    "moved": _CHANGE,
    "called-off": _CHANGE,
    "relocated": _CHANGE,
    ANNOUNCEMENT: Topic(NoticeKind.ANNOUNCEMENT, BEHIND),
    "announcement-ended": _CHANGE,
    "announcement-answered": _CHANGE,
    "announcement-held": _DUTY,
    "approve-announcement": _DUTY,
    "event-answered": _CHANGE,
    "approve-event": _DUTY,
    "passed-on": _CHANGE,
    "team-supported": _CHANGE,
    "team-approved": _CHANGE,
    "team-sent-back": _CHANGE,
    "team-removed": _CHANGE,
    "approve-team": _DUTY,
    "join-request": _CHANGE,
    "join-answer": _CHANGE,
    "deputy": _CHANGE,
    "captaincy": _CHANGE,
    "captaincy-declined": _CHANGE,
    "captain-now": _CHANGE,
    "new-captain": _CHANGE,
    "no-captain": _CHANGE,
    "wish": _CHANGE,
    "wish-answer": _CHANGE,
}


def topic_of(name: str) -> Topic:
    """The rules of a topic; one that the table no longer has is treated as a duty."""
    return TOPICS.get(name, _DUTY)


def is_muted(name: str, muted: Container[str]) -> bool:
    """Whether a member who muted these kinds gets nothing of this topic."""
    kind = topic_of(name).kind
    return kind is not None and kind in muted
