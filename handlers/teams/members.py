"""A team's people: who gets in, who is deputy, who has to go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import Action, Button, Choice, Reply, lines, say
from bot.conversation.routing import Drop, Router
from handlers.actions import MENU, MINE, TEAMS, ListEvents
from handlers.members.roles import ROLES
from handlers.teams.leading import (
    WAYS_IN,
    ChooseWayIn,
    OfferCaptaincy,
    TeamPeople,
    back_to,
    bid_of,
    may,
    name_of,
    not_done,
    sees_places,
    team_for,
)
from handlers.words import DOT, person_apart, team_name
from models.network import stations
from models.rules.network.permissions import Act, Role
from models.rules.teams.joining import JoinMode
from models.sending.reasons import Reason
from models.teams import joining, leading, teams
from models.teams.leading import NotDone
from models.teams.teams import Bid, BidKind, BidState

router = Router()

PAGE = 10


@dataclass(frozen=True, slots=True)
class OpenPerson(Action, tag="team-person"):
    team_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class MakeDeputy(Action, tag="deputy"):
    team_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class StandDown(Action, tag="stand-down"):
    team_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class RemovePerson(Action, tag="team-remove"):
    team_id: int
    member_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class AnswerJoin(Action, tag="answer-join"):
    bid_id: int
    yes: int


# People


@router.button(TeamPeople)
def people(chat: Chat, press: TeamPeople) -> Reply:
    act = Act.HAND_OVER_TEAM if press.captain else Act.RUN_TEAM
    team = team_for(chat, press.team_id, act)
    if isinstance(team, Reply):
        return team
    skip = max(press.skip, 0)
    rows = teams.people(chat.session, press.team_id, skip=skip, limit=PAGE + 1)
    roles = {member.id: grant.role for grant, member in _leaders(chat, press.team_id)}
    namesakes, sees = teams.namesakes(chat.session, press.team_id), sees_places(chat, team.id)
    leading.record_view(chat.session, team, chat.member.id, chat.now)
    choices = []
    for place, member in enumerate(rows[:PAGE], start=skip + 1):
        role = roles.get(member.id)
        if press.captain and role is Role.CAPTAIN:
            continue
        station = stations.get(chat.session, member.station_id)
        name = person_apart(member, station, namesakes, sees_places=sees)
        line = lines(name, ROLES[role] if role is not None else None, between=DOT)
        action = (
            OfferCaptaincy(press.team_id, member.id)
            if press.captain
            else OpenPerson(press.team_id, member.id)
        )
        choices.append(Choice(place, name, action, line))
    if not choices:
        return Reply(say("There is nobody else in the team yet."), buttons=back_to(press.team_id))
    more = TeamPeople(press.team_id, skip + PAGE, press.captain)
    following = (Button(say("More"), more),) if len(rows) > PAGE else ()
    asked = (
        say("Who shall be {team}'s captain? They are asked first.", team=team_name(team))
        if press.captain
        else say("{team}: tap somebody.", team=team_name(team))
    )
    return Reply(asked, tuple(choices), (*following, *back_to(press.team_id)[:2]))


def _leaders(chat: Chat, team_id: int) -> Any:
    return leading.leaders(chat.session, team_id, chat.now)


@router.button(OpenPerson)
def open_person(chat: Chat, press: OpenPerson) -> Reply:
    """A member of the team, with the changes that this member may make."""
    team = team_for(chat, press.team_id)
    if isinstance(team, Reply):
        return team
    if not teams.is_member(chat.session, press.team_id, press.member_id):
        return not_done(NotDone.NOT_IN, press.team_id)
    ids = (press.team_id, press.member_id)
    role = leading.role_of(chat.session, *ids, chat.now)
    acts: list[Button] = []
    if leading.may_change(chat.session, team, press.member_id, chat.member.id, chat.now):
        if may(chat, team, Act.HAND_OVER_TEAM):
            if role is None:
                acts.append(Button(say("Make deputy"), MakeDeputy(*ids)))
            if role is Role.DEPUTY:
                acts.append(Button(say("End as deputy"), StandDown(*ids)))
            if role is not Role.CAPTAIN:
                acts.append(Button(say("Make captain"), OfferCaptaincy(*ids)))
        acts.append(Button(say("Remove"), RemovePerson(*ids)))
    return Reply(
        lines(
            name_of(chat, press.member_id, press.team_id),
            ROLES[role] if role is not None else None,
            between=DOT,
        ),
        buttons=tuple(acts) or back_to(press.team_id),
    )


@router.button(MakeDeputy)
def make_deputy(chat: Chat, press: MakeDeputy) -> Reply:
    team = team_for(chat, press.team_id, Act.HAND_OVER_TEAM)
    if isinstance(team, Reply):
        return team
    by = chat.member.id
    why = leading.appoint_deputy(chat.session, team, press.member_id, by, chat.now)
    if why is not None:
        return not_done(why, press.team_id)
    name = name_of(chat, press.member_id, press.team_id)
    return Reply(say("✅ Deputy captain: {name}.", name=name), buttons=back_to(press.team_id))


@router.button(StandDown)
def stand_down(chat: Chat, press: StandDown) -> Reply:
    team = team_for(chat, press.team_id, Act.HAND_OVER_TEAM)
    if isinstance(team, Reply):
        return team
    why = leading.demote(chat.session, team, press.member_id, chat.member.id, chat.now)
    if why is not None:
        return not_done(why, press.team_id)
    name = name_of(chat, press.member_id, press.team_id)
    return Reply(say("✅ No deputy any more: {name}.", name=name), buttons=back_to(press.team_id))


@router.button(RemovePerson)
def remove(chat: Chat, press: RemovePerson) -> Reply:
    """Remove a member from the team, after asking once."""
    team = team_for(chat, press.team_id)
    if isinstance(team, Reply):
        return team
    if not teams.is_member(chat.session, press.team_id, press.member_id):
        return not_done(NotDone.NOT_IN, press.team_id)
    name = name_of(chat, press.member_id, press.team_id)
    if not press.sure:
        return Reply(
            say("This takes {name} out of {team}. They are told.", name=name, team=team_name(team)),
            buttons=(
                Button(say("Keep them"), OpenPerson(press.team_id, press.member_id)),
                Button(say("Remove"), RemovePerson(press.team_id, press.member_id, 1)),
            ),
        )
    why = leading.remove(chat.session, team, press.member_id, chat.member.id, chat.now)
    if why is not None:
        return not_done(why, press.team_id)
    return Reply(say("✅ Removed: {name}.", name=name), buttons=back_to(press.team_id))


@router.notice("deputy")
def now_deputy(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    return _leading(chat, facts, Role.DEPUTY)


@router.notice("captain-now")
def now_captain(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    return _leading(chat, facts, Role.CAPTAIN)


def _leading(chat: Chat, facts: Mapping[str, Any], role: Role) -> Reply | Drop:
    team = teams.get(chat.session, facts["team_id"])
    is_so = leading.role_of(chat.session, facts["team_id"], chat.member.id, chat.now) is role
    if team is None or not is_so:
        return Drop(Reason.OUTDATED)
    text = (
        say("🔔 You're the captain of {team} now.", team=team_name(team))
        if role is Role.CAPTAIN
        else say("🔔 You're a deputy captain of {team} now.", team=team_name(team))
    )
    return Reply(text, buttons=back_to(facts["team_id"]))


@router.notice("team-removed")
def removed(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    team = teams.get(chat.session, facts["team_id"])
    if team is None or teams.is_member(chat.session, facts["team_id"], chat.member.id):
        return Drop(Reason.IN_TEAM_AGAIN)
    text = say("🔔 You're not in {team} any more: its captain ended it.", team=team_name(team))
    return Reply(text, buttons=(TEAMS, MINE))


# Getting in


@router.button(ChooseWayIn)
def choose_way_in(chat: Chat, press: ChooseWayIn) -> Reply:
    team = team_for(chat, press.team_id)
    if isinstance(team, Reply):
        return team
    modes = [
        mode for mode in JoinMode if mode is not JoinMode.OWN or team.enterprise_id is not None
    ]
    if press.mode not in modes:
        return Reply(
            say("How do people get into {team}?", team=team_name(team)),
            tuple(
                Choice(place, WAYS_IN[mode], ChooseWayIn(press.team_id, mode))
                for place, mode in enumerate(modes, start=1)
            ),
        )
    mode = JoinMode(press.mode)
    joining.set_join_mode(chat.session, team, mode, chat.member.id, chat.now)
    return Reply(say("✅ {way}, from now on.", way=WAYS_IN[mode]), buttons=back_to(press.team_id))


@router.notice("join-request")
def join_request(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    bid, team = bid_of(chat, facts)
    if bid is None or team is None or bid.state is not BidState.OPEN:
        return Drop(Reason.ANSWERED)
    if not may(chat, team, Act.RUN_TEAM):
        return Drop(Reason.NOT_THEIRS)
    name = name_of(chat, bid.member_id, bid.team_id)
    return Reply(
        say("🔔 {name} would like to join {team}.", name=name, team=team_name(team)),
        buttons=(
            Button(say("Let in"), AnswerJoin(bid.id, 1)),
            Button(say("Decline"), AnswerJoin(bid.id, 0)),
        ),
    )


@router.button(AnswerJoin)
def answer_join(chat: Chat, press: AnswerJoin) -> Reply:
    bid = chat.session.get(Bid, press.bid_id)
    if bid is None or bid.kind is not BidKind.JOIN:
        return Reply(say("That's settled already."), buttons=(TEAMS, MENU))
    team = team_for(chat, bid.team_id)
    if isinstance(team, Reply):
        return team
    by = chat.member.id
    done = joining.answer_request(chat.session, press.bid_id, by, yes=bool(press.yes), now=chat.now)
    if isinstance(done, NotDone):
        return not_done(done, bid.team_id)
    name = name_of(chat, bid.member_id, bid.team_id)
    text = (
        say("✅ {name} is in.", name=name)
        if press.yes
        else say("✅ Told {name} that it's not possible now.", name=name)
    )
    return Reply(text, buttons=back_to(bid.team_id))


@router.notice("join-answer")
def join_answer(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    bid, team = bid_of(chat, facts)
    if bid is None or team is None or bid.state is BidState.OPEN:
        return Drop(Reason.ASKED_AGAIN)
    if bid.state is BidState.REFUSED:
        text = say("🔔 {team} can't take you in now. There are others.", team=team_name(team))
        return Reply(text, buttons=(TEAMS, MINE))
    if not teams.is_member(chat.session, team.id, chat.member.id):
        return Drop(Reason.NOT_IN_TEAM)
    events = Button(say("Team events"), ListEvents(team_id=team.id))
    return Reply(
        say("🔔 {team} has let you in.", team=team_name(team)), buttons=(events, TEAMS, MINE)
    )
