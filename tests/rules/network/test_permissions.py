"""Who may do what: every act with every role, everywhere."""

from datetime import UTC, datetime, timedelta

import pytest

from models.rules.network.permissions import (
    LEADERS,
    ORGANIZERS,
    RANK,
    TABLE,
    Act,
    Held,
    Place,
    Role,
    SoloLimits,
    is_above,
    may,
    may_grant,
    solo_limit,
)

NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
HERE, BELOW, BESIDE, ABOVE = "/1/3/", "/1/3/4/", "/1/2/", "/1/"

MOST = SoloLimits(district=400, town=300, contact_point=200, captain=40)

D, T, P, M, C, V = (
    Role.DISTRICT,
    Role.TOWN,
    Role.CONTACT_POINT,
    Role.CORE_MEMBER,
    Role.CAPTAIN,
    Role.DEPUTY,
)
EXPECTED = {
    Act.PUBLISH_EVENT: {D, T, P, M, C, V},
    Act.RUN_EVENT: {D, T, P, C, V},
    Act.CHECK_IN: {D, T, P, M, C, V},
    Act.APPROVE_EVENT: {D, T, P},
    Act.ANNOUNCE: {D, T, P},
    Act.APPROVE_ANNOUNCEMENT: {D, T, P},
    Act.INVITE_ORGANIZER: {D, T},
    Act.INVITE_CORE_MEMBER: {D, T, P},
    Act.WITHDRAW_ROLE: {D, T, P},
    Act.APPROVE_TEAM: {D, T, P},
    Act.BIND_MEMBER: {D, T},
    Act.LOAD: {D, T},
    Act.APPROVE_CLUB: {D, T},
    Act.ANSWER_THREAD: {D, T, P},
    Act.KEEP_ANSWER: {D, T, P, C, V},
    Act.KEEP_PARTNER: {D, T, P},
    Act.RUN_CONTEST: {D, T, P},
    Act.DECIDE_AWARD: {D, T},
    Act.SEE_MISSES: {D, T},
    Act.SEE_LIST: {D, T, P, M, C, V},
    Act.SEE_TEAM: {D, T, P, C, V},
    Act.SEE_PLACES: {D, T},
    Act.SEE_REACH: {D, T},
    Act.SEE_REPORT: {D, T, P},
    Act.SEE_PERSON: {D, T},
    Act.MERGE_MEMBERS: {D, T},
    Act.ERASE_MEMBER: {D, T},
    Act.BLOCK_MEMBER: {D, T},
    Act.READ_AUDIT: {D, T, P},
    Act.POST_TO_TEAM: {D, T, P, C, V},
    Act.SEND_URGENT: {D, T, P},
    Act.RUN_TEAM: {D, T, P, C, V},
    Act.HAND_OVER_TEAM: {D, T, P, C},
    Act.OPEN_CONSOLE: {D, T, P, M, C, V},
    Act.LET_PROGRAMS: {D, T, P},
}
"""Written out a second time on purpose: a change of the table must be meant."""


def held(role: Role, path: str = HERE, until: datetime | None = None) -> Held:
    return Held(role, path, 7 if role in LEADERS else None, until)


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("role", list(Role))
def test_an_act_is_open_to_exactly_the_roles_of_the_table(act: Act, role: Role) -> None:
    place = Place(HERE, 7)
    assert may(act, [held(role)], place, NOW) is (role in EXPECTED[act])
    assert not may(act, [], place, NOW)


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("role", sorted(set(Role) - LEADERS))
def test_rights_go_down_the_tree_and_never_up_or_aside(act: Act, role: Role) -> None:
    mine = [held(role)]
    assert may(act, mine, Place(BELOW), NOW) is (role in TABLE[act])
    assert not may(act, mine, Place(BESIDE), NOW)
    assert not may(act, mine, Place(ABOVE), NOW)
    # Station 33 is not below station 3.
    assert not may(act, mine, Place("/1/33/"), NOW)


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("role", sorted(LEADERS))
def test_a_teams_leaders_lead_their_own_team_only(act: Act, role: Role) -> None:
    assert not may(act, [held(role)], Place(HERE, 8), NOW)
    assert not may(act, [held(role)], Place(HERE), NOW)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_ends_by_itself_on_its_last_day(role: Role) -> None:
    for act in Act:
        ended = held(role, until=NOW)
        lasting = held(role, until=NOW + timedelta(seconds=1))
        assert not may(act, [ended], Place(HERE, 7), NOW)
        assert may(act, [lasting], Place(HERE, 7), NOW) is (role in TABLE[act])


@pytest.mark.parametrize("mine", list(Role))
@pytest.mark.parametrize("theirs", list(Role))
def test_nobody_acts_on_a_person_of_their_rank_or_a_higher_one(mine: Role, theirs: Role) -> None:
    for act in (Act.BLOCK_MEMBER, Act.ERASE_MEMBER, Act.MERGE_MEMBERS):
        above = mine in TABLE[act] and RANK[mine] > RANK[theirs]
        # Wherever the other's role stands.
        assert is_above(act, [held(mine)], [held(theirs, BESIDE)], Place(BELOW), NOW) is above
        assert is_above(act, [held(mine)], [], Place(BELOW), NOW) is (mine in TABLE[act])
        assert not is_above(act, [held(mine)], [], Place(BESIDE), NOW)
        ended = held(theirs, until=NOW)
        assert is_above(act, [held(mine)], [ended], Place(BELOW), NOW) is (mine in TABLE[act])


@pytest.mark.parametrize("role", list(Role))
def test_a_role_writes_alone_to_as_many_as_the_table_says_and_only_where_it_may(role: Role) -> None:
    act = Act.POST_TO_TEAM if role in LEADERS else Act.ANNOUNCE
    alone_here = MOST.of(role) if role in TABLE[act] else 0
    assert solo_limit(act, [held(role)], Place(HERE, 7), NOW, MOST) == alone_here
    assert solo_limit(act, [held(role)], Place(BESIDE, 8), NOW, MOST) == 0
    assert solo_limit(act, [held(role, until=NOW)], Place(HERE, 7), NOW, MOST) == 0


def test_a_deputy_writes_to_as_many_as_the_captain_and_a_core_member_to_nobody() -> None:
    assert MOST.of(Role.DEPUTY) == MOST.of(Role.CAPTAIN) == 40
    assert MOST.of(Role.CORE_MEMBER) == 0


@pytest.mark.parametrize("role", list(Role))
def test_only_organizers_write_at_night(role: Role) -> None:
    assert may(Act.SEND_URGENT, [held(role)], Place(HERE, 7), NOW) is (role in ORGANIZERS)


def test_of_several_roles_the_widest_counts() -> None:
    both = [held(Role.CONTACT_POINT), held(Role.TOWN)]
    assert solo_limit(Act.ANNOUNCE, both, Place(HERE), NOW, MOST) == MOST.town


@pytest.mark.parametrize("giver", list(Role))
@pytest.mark.parametrize("given", list(Role))
def test_only_a_higher_rank_gives_a_role(giver: Role, given: Role) -> None:
    place = Place(HERE, 7)
    allowed = may_grant(given, [held(giver)], place, NOW)
    if given in LEADERS:
        assert allowed is (giver in ORGANIZERS | {Role.CAPTAIN})
    elif giver in LEADERS or giver == Role.CORE_MEMBER:
        assert not allowed
    else:
        assert allowed is (RANK[giver] > RANK[given])
    assert not may_grant(given, [held(giver)], Place(BESIDE, 8), NOW)
