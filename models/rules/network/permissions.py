"""Permissions: one table of acts and roles, inherited down the tree of stations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never


class Role(StrEnum):
    """A role at a station or in a team. The first three organize a level of the tree."""

    DISTRICT = "district"
    TOWN = "town"
    CONTACT_POINT = "contact_point"
    CORE_MEMBER = "core_member"
    CAPTAIN = "captain"
    DEPUTY = "deputy"


class Act(StrEnum):
    PUBLISH_EVENT = "publish_event"
    RUN_EVENT = "run_event"
    CHECK_IN = "check_in"
    APPROVE_EVENT = "approve_event"
    ANNOUNCE = "announce"
    APPROVE_ANNOUNCEMENT = "approve_announcement"
    INVITE_ORGANIZER = "invite_organizer"
    INVITE_CORE_MEMBER = "invite_core_member"
    WITHDRAW_ROLE = "withdraw_role"
    APPROVE_TEAM = "approve_team"
    APPROVE_CLUB = "approve_club"
    ANSWER_THREAD = "answer_wish"
    KEEP_ANSWER = "keep_answer"
    KEEP_PARTNER = "keep_partner"
    RUN_CONTEST = "run_contest"
    DECIDE_AWARD = "decide_award"
    BIND_MEMBER = "bind_member"
    LOAD = "load"
    SEE_MISSES = "see_misses"
    SEE_LIST = "see_list"
    SEE_TEAM = "see_team"
    SEE_PLACES = "see_places"
    SEE_REACH = "see_reach"
    SEE_REPORT = "see_report"
    SEE_PERSON = "see_person"
    MERGE_MEMBERS = "merge_members"
    ERASE_MEMBER = "erase_member"
    BLOCK_MEMBER = "block_member"
    READ_AUDIT = "read_audit"
    POST_TO_TEAM = "post_to_team"
    SEND_URGENT = "send_urgent"
    RUN_TEAM = "run_team"
    HAND_OVER_TEAM = "hand_over_team"
    OPEN_CONSOLE = "open_console"
    LET_PROGRAMS = "let_programs"


ORGANIZERS = frozenset({Role.DISTRICT, Role.TOWN, Role.CONTACT_POINT})
UPPER = frozenset({Role.DISTRICT, Role.TOWN})
HELPERS = ORGANIZERS | {Role.CORE_MEMBER}
LEADERS = frozenset({Role.CAPTAIN, Role.DEPUTY})

TABLE: dict[Act, frozenset[Role]] = {
    Act.PUBLISH_EVENT: HELPERS | LEADERS,
    Act.RUN_EVENT: ORGANIZERS | LEADERS,
    Act.CHECK_IN: HELPERS | LEADERS,
    Act.APPROVE_EVENT: ORGANIZERS,
    Act.ANNOUNCE: ORGANIZERS,
    Act.APPROVE_ANNOUNCEMENT: ORGANIZERS,
    Act.INVITE_ORGANIZER: UPPER,
    Act.INVITE_CORE_MEMBER: ORGANIZERS,
    Act.WITHDRAW_ROLE: ORGANIZERS,
    Act.APPROVE_TEAM: ORGANIZERS,
    Act.APPROVE_CLUB: UPPER,
    Act.ANSWER_THREAD: ORGANIZERS,
    Act.KEEP_ANSWER: ORGANIZERS | LEADERS,
    Act.KEEP_PARTNER: ORGANIZERS,
    Act.RUN_CONTEST: ORGANIZERS,
    Act.DECIDE_AWARD: UPPER,
    Act.BIND_MEMBER: UPPER,
    Act.LOAD: UPPER,
    Act.SEE_MISSES: UPPER,
    Act.SEE_LIST: HELPERS | LEADERS,
    Act.SEE_TEAM: ORGANIZERS | LEADERS,
    Act.SEE_PLACES: UPPER,
    Act.SEE_REACH: UPPER,
    Act.SEE_REPORT: ORGANIZERS,
    Act.SEE_PERSON: UPPER,
    Act.MERGE_MEMBERS: UPPER,
    Act.ERASE_MEMBER: UPPER,
    Act.BLOCK_MEMBER: UPPER,
    Act.READ_AUDIT: ORGANIZERS,
    Act.POST_TO_TEAM: ORGANIZERS | LEADERS,
    Act.SEND_URGENT: ORGANIZERS,
    Act.RUN_TEAM: ORGANIZERS | LEADERS,
    Act.HAND_OVER_TEAM: ORGANIZERS | {Role.CAPTAIN},
    Act.OPEN_CONSOLE: HELPERS | LEADERS,
    Act.LET_PROGRAMS: ORGANIZERS,
}
"""The roles that may do an act: at their station and everything below it, or in their team.

What is read about people is an act as well. SEE_LIST shows the names on an event's list and
SEE_TEAM those in a team; SEE_PLACES shows where they work; SEE_REACH shows exact numbers of an
audience and who was not reached, and those of an account, which SEE_REPORT opens; the others see
them by ``floors``. SEE_PERSON finds people and opens what is known of one. The organizers of a
contact point work for the members' employer, so they have neither SEE_PLACES, SEE_REACH nor
SEE_PERSON, nor SEE_MISSES, nor what is done to a person.
"""

FOR_AN_EVENING = frozenset({Act.CHECK_IN, Act.SEE_LIST, Act.OPEN_CONSOLE})
"""What somebody who helps at one event may do there until it ends, without any role."""

RANK = {
    Role.DISTRICT: 3,
    Role.TOWN: 2,
    Role.CONTACT_POINT: 1,
    Role.CORE_MEMBER: 0,
    Role.CAPTAIN: 0,
    Role.DEPUTY: 0,
}
"""Only a higher rank grants a role or takes it away; a captain may do so to a deputy."""


@dataclass(frozen=True, slots=True)
class SoloLimits:
    """To how many people each role may announce without a second organizer's approval."""

    district: int = 20_000
    town: int = 3_000
    contact_point: int = 300
    captain: int = 500

    def of(self, role: Role) -> int:
        match role:
            case Role.DISTRICT:
                return self.district
            case Role.TOWN:
                return self.town
            case Role.CONTACT_POINT:
                return self.contact_point
            case Role.CAPTAIN | Role.DEPUTY:
                return self.captain
            case Role.CORE_MEMBER:
                return 0
            case never:
                assert_never(never)


@dataclass(frozen=True, slots=True)
class Held:
    """A role that a member holds, at the station of ``path`` (``/1/3/``) or in a team.

    ``until`` is its exclusive end; None means for good.
    """

    role: Role
    path: str = ""
    team_id: int | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What an act is about: a station by its path and, where it is a team's matter, the team."""

    path: str
    team_id: int | None = None


def may(act: Act, held: Iterable[Held], place: Place, now: datetime) -> bool:
    """Whether any of the roles allows the act there and now."""
    return any(
        each.role in TABLE[act] and _holds(each, now) and _covers(each, place) for each in held
    )


def may_grant(role: Role, held: Iterable[Held], place: Place, now: datetime) -> bool:
    """Whether any of the roles may give this role there, or take it away."""
    act = Act.INVITE_ORGANIZER if role in ORGANIZERS else Act.INVITE_CORE_MEMBER
    for each in held:
        if not _holds(each, now) or not _covers(each, place):
            continue
        if role in LEADERS:
            if each.role in TABLE[Act.RUN_TEAM] and each.role != Role.DEPUTY:
                return True
        elif each.role in TABLE[act] and RANK[each.role] > RANK[role]:
            return True
    return False


def is_above(
    act: Act, held: Iterable[Held], theirs: Iterable[Held], place: Place, now: datetime
) -> bool:
    """Whether any of the roles allows an act on a person of that place who holds ``theirs``.

    Nobody acts on a person of their own rank or a higher one, wherever that one's role stands.
    """
    rank = max((RANK[each.role] for each in theirs if _holds(each, now)), default=-1)
    able = (each for each in held if may(act, [each], place, now))
    return max((RANK[each.role] for each in able), default=-1) > rank


def solo_limit(
    act: Act, held: Iterable[Held], place: Place, now: datetime, most: SoloLimits
) -> int:
    """To how many people a member with these roles may announce there without approval."""
    sizes = [most.of(each.role) for each in held if may(act, [each], place, now)]
    return max(sizes, default=0)


def roles_for(act: Act) -> frozenset[Role]:
    """The roles that allow an act."""
    return TABLE[act]


def _holds(held: Held, now: datetime) -> bool:
    return held.until is None or now < held.until


def _covers(held: Held, place: Place) -> bool:
    if held.role in LEADERS:
        return held.team_id is not None and held.team_id == place.team_id
    return bool(held.path) and place.path.startswith(held.path)
