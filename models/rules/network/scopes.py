"""What a program may do with a token; never more than the member may whose token it is."""

from collections.abc import Iterable
from enum import StrEnum

from models.rules.network.permissions import Act


class Scope(StrEnum):
    EVENTS_READ = "events:read"
    EVENTS_WRITE = "events:write"
    SIGN_UPS_READ = "sign-ups:read"
    SIGN_UPS_WRITE = "sign-ups:write"
    TEAMS_READ = "teams:read"
    MEMBERS_READ = "members:read"
    ANNOUNCEMENTS_READ = "announcements:read"
    ANNOUNCEMENTS_WRITE = "announcements:write"
    ANNOUNCEMENTS_SEND = "announcements:send"


NEEDS: dict[Scope, Act] = {
    Scope.EVENTS_READ: Act.CHECK_IN,
    Scope.EVENTS_WRITE: Act.RUN_EVENT,
    Scope.SIGN_UPS_READ: Act.SEE_LIST,
    Scope.SIGN_UPS_WRITE: Act.CHECK_IN,
    Scope.TEAMS_READ: Act.SEE_TEAM,
    Scope.MEMBERS_READ: Act.SEE_PERSON,
    Scope.ANNOUNCEMENTS_READ: Act.ANNOUNCE,
    Scope.ANNOUNCEMENTS_WRITE: Act.ANNOUNCE,
    Scope.ANNOUNCEMENTS_SEND: Act.ANNOUNCE,
}
"""The act without which a scope would open nothing, so that it is not given at all."""


def to_column(scopes: Iterable[Scope]) -> str:
    """Scopes as a column holds them, ``events:read events:write``."""
    kept = set(scopes)
    return " ".join(each for each in Scope if each in kept)


def from_column(words: str) -> frozenset[Scope]:
    """The scopes of ``to_column``; a word that none is any more opens nothing."""
    return frozenset(Scope(each) for each in words.split() if each in set(Scope))
