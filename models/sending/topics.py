"""Every topic of a delivery in one table, and the rules that follow from its kind."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from models.network.members import NoticeKind

FIRST, BEHIND = 0, 1
PRIORITIES = (FIRST, BEHIND)
"""The order of sending: announcements after everything else that is due."""


@dataclass(frozen=True, slots=True)
class Topic:
    """The rules of a topic; members mute it by its ``kind``.

    A topic without a kind is a duty: it waits for an organizer's answer and cannot be muted. An
    organizer who wants no duties gives up the role.
    """

    kind: NoticeKind | None
    priority: int = FIRST

    @property
    def is_service(self) -> bool:
        """Return whether a member's own sign-up or team causes it.

        Platforms require this of template messages.
        """
        return self.kind not in (None, NoticeKind.ANNOUNCEMENT, NoticeKind.ACCOUNT)

    @property
    def may_repeat(self) -> bool:
        """Return whether it is sent again when its arrival is unknown."""
        return self.kind != NoticeKind.ANNOUNCEMENT


ANNOUNCEMENT = "announcement"
MOVED, RELOCATED, CALLED_OFF = EVENT_CHANGES = ("moved", "relocated", "called-off")
"""Notices of what changed of an event; each tells all of it, whichever its topic is."""

_CHANGE = Topic(NoticeKind.CHANGE)
_DUTY = Topic(None)

TOPICS = {
    "reminder": Topic(NoticeKind.REMINDER),
    "offer": Topic(NoticeKind.OFFER),
    "lapsed": Topic(NoticeKind.OFFER),
    "no-seats": Topic(NoticeKind.OFFER),
    # Who wants no reminders is not asked afterwards either.
    "feedback": Topic(NoticeKind.REMINDER),
    "another-one": Topic(NoticeKind.OFFER),
    # They are sent in the same way: to whoever came, once.
    "photos": Topic(NoticeKind.REMINDER),
    "photo-taken-down": _DUTY,
    "hook-off": _DUTY,
    "signed-up": _CHANGE,
    "signed-off": _CHANGE,
    "seat-handed": _CHANGE,
    "seat-answered": _CHANGE,
    "drawn": _CHANGE,
    "sign-up-opens": Topic(NoticeKind.REMINDER),
    "sign-up-request": _DUTY,
    "sign-up-requests-wait": _DUTY,
    "sign-up-answered": _CHANGE,
    "sign-up-unanswered": _CHANGE,
    "draw-closed": _DUTY,
    MOVED: _CHANGE,
    RELOCATED: _CHANGE,
    CALLED_OFF: _CHANGE,
    ANNOUNCEMENT: Topic(NoticeKind.ANNOUNCEMENT, BEHIND),
    "announcement-ended": _CHANGE,
    "announcement-answered": _CHANGE,
    "announcement-held": _DUTY,
    "announcement-late": _DUTY,
    "announcement-orphaned": _DUTY,
    "announcement-waits": _CHANGE,
    "announcement-lapsed": _CHANGE,
    "approval-waits": _DUTY,
    "event-waits": _CHANGE,
    "event-lapsed": _CHANGE,
    "event-approval-waits": _DUTY,
    "approve-announcement": _DUTY,
    "event-answered": _CHANGE,
    "approve-event": _DUTY,
    "certificate": _CHANGE,
    "certificate-withdrawn": _CHANGE,
    "passed-on": _CHANGE,
    "role-ended": _CHANGE,
    "team-supported": _CHANGE,
    "team-approved": _CHANGE,
    "team-sent-back": _CHANGE,
    "team-removed": _CHANGE,
    "team-closed": _CHANGE,
    "attendance-disputed": _DUTY,
    "attendance-decided": _CHANGE,
    "approve-team": _DUTY,
    "join-request": _CHANGE,
    "join-answer": _CHANGE,
    "sign-up-questions": _CHANGE,
    "deputy": _CHANGE,
    "helps": _CHANGE,
    "event-word": _CHANGE,
    "hall-seat": _CHANGE,
    "captaincy": _CHANGE,
    "captaincy-declined": _CHANGE,
    "captain-now": _CHANGE,
    "new-captain": _CHANGE,
    "no-captain": _CHANGE,
    "link-asked": _DUTY,
    "linked": _DUTY,
    "blocked": _DUTY,
    "unblocked": _DUTY,
    "erasure": _DUTY,
    "erasure-taken-back": _DUTY,
    "bind-asked": _DUTY,
    "bind-answered": _CHANGE,
    "thread": _DUTY,
    "thread-answer": _CHANGE,
    # Who wants no reminders of events wants none of deadlines.
    "entry-unfinished": Topic(NoticeKind.REMINDER),
    "entry-author-asked": _CHANGE,
    "entry-author-answered": _CHANGE,
    "entry-returned": _CHANGE,
    "entry-hidden": _CHANGE,
    "entry-shown": _CHANGE,
    "contest-cancelled": _CHANGE,
    "contest-closed": _DUTY,
    "contest-thanks": _CHANGE,
    "thread-passed": _CHANGE,
    "thread-settled": _CHANGE,
    "stage-order": _CHANGE,
    "stage-soon": _CHANGE,
    "stage-now": _CHANGE,
    "stage-moved-up": _CHANGE,
    "stage-result": _CHANGE,
    "stage-corrected": _CHANGE,
    "stage-results": _CHANGE,
    "stage-judge": _DUTY,
    "nomination-asked": _CHANGE,
    "nomination-answered": _CHANGE,
    "award-proposed": _CHANGE,
    "award-won": _CHANGE,
    "award-not-won": _CHANGE,
    "award-nominator": _CHANGE,
    "tournament-drawn": _CHANGE,
    "tournament-over": _CHANGE,
    "tournament-cancelled": _CHANGE,
    "match-set": _CHANGE,
    "match-soon": Topic(NoticeKind.REMINDER),
    "match-score-due": _CHANGE,
    "match-reported": _CHANGE,
    "match-settled": _CHANGE,
    "match-next": _CHANGE,
    "match-disputed": _DUTY,
    "match-unconfirmed": _DUTY,
    "judge-asked": _CHANGE,
    "judge-answered": _CHANGE,
    "entries-to-judge": _CHANGE,
    "entries-left-to-judge": Topic(NoticeKind.REMINDER),
    "judging-done": _CHANGE,
    "unit-voted": _DUTY,
    "monthly-account": Topic(NoticeKind.ACCOUNT),
}


_ADDED: dict[str, Topic] = {}


def add(more: Mapping[str, Topic]) -> None:
    """Add an extension's topics, once in a process. Raises ValueError for one that is known."""
    if known := [name for name in more if is_known(name)]:
        raise ValueError(f"there is a topic called {known[0]} already")
    _ADDED.update(more)


def is_known(name: str) -> bool:
    return name in TOPICS or name in _ADDED


def topic_of(name: str) -> Topic:
    """Return the rules of a topic; a name that is not in the table has those of a duty."""
    return TOPICS.get(name) or _ADDED.get(name, _DUTY)


def is_muted(name: str, muted: Container[str]) -> bool:
    """Return whether a member who muted these kinds gets no messages of this topic."""
    kind = topic_of(name).kind
    return kind is not None and kind in muted
