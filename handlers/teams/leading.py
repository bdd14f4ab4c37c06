"""Running a team: what can be changed about it, and who is captain next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    say,
    say_n,
)
from bot.conversation.routing import Drop, Router
from handlers import permission
from handlers.actions import (
    MENU,
    MINE,
    TEAMS,
    Leave,
    ListEvents,
    ManageTeam,
    OpenTeam,
    PostToTeam,
)
from handlers.repeats import meets
from handlers.words import person, person_apart, team_name
from models.network import members, roles, stations
from models.network.stations import Station
from models.rules.network.permissions import Act, Role
from models.rules.teams.joining import JoinMode, TeamState
from models.sending.reasons import Reason
from models.teams import founding, leading, sessions, teams
from models.teams.leading import BidAnswered, NotDone
from models.teams.teams import Bid, BidState, Team

router = Router()


@dataclass(frozen=True, slots=True)
class TeamPeople(Action, tag="team-people"):
    """Who is in a team; with ``captain`` to choose its next captain."""

    team_id: int
    skip: int = 0
    captain: int = 0


@dataclass(frozen=True, slots=True)
class ChooseWayIn(Action, tag="way-in"):
    """How one gets into the team; without ``mode`` it is asked."""

    team_id: int
    mode: str = ""


@dataclass(frozen=True, slots=True)
class OfferCaptaincy(Action, tag="hand-over"):
    team_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class AnswerCaptaincy(Action, tag="captaincy"):
    bid_id: int
    yes: int


@dataclass(frozen=True, slots=True)
class ChangeSession(Action, tag="session"):
    """The weekly session: ``weekly`` sets it, ``once`` changes and ``skip`` drops the next."""

    team_id: int
    what: str


@dataclass(frozen=True, slots=True)
class CloseTeam(Action, tag="close-team"):
    team_id: int


WAYS_IN = {
    JoinMode.OPEN: say("Anyone joins at once"),
    JoinMode.APPROVAL: say("The captain lets people in"),
    JoinMode.OWN: say("Only the company's own people"),
}


def team_for(chat: Chat, team_id: int, act: Act = Act.RUN_TEAM) -> Team | Reply:
    """The team, where this member may do that with it; else the answer to give instead."""
    team = teams.get(chat.session, team_id)
    if team is None or team.state is not TeamState.ACTIVE:
        return Reply(say("There is no such team any more."), buttons=(TEAMS, MENU))
    station = stations.get(chat.session, team.station_id)
    refusal = permission.denied(chat, act, station, team_id=team_id, subject=f"team:{team_id}")
    return refusal or team


def back_to(team_id: int) -> tuple[Button, ...]:
    return (
        Button(say("Manage"), ManageTeam(team_id)),
        Button(say("See the team"), OpenTeam(team_id)),
        MENU,
    )


@router.button(ManageTeam)
def manage(chat: Chat, press: ManageTeam) -> Reply:
    """Everything those in charge can do, by number."""
    team = team_for(chat, press.team_id)
    if isinstance(team, Reply):
        return team
    number = press.team_id
    coming = sessions.next_of(chat.session, number, chat.now)
    leaders = leading.leaders(chat.session, number, chat.now)
    has_captain = bool(leaders) and leaders[0][0].role is Role.CAPTAIN
    size = say_n("{n} member", "{n} members", team.members)
    when_met = meets(chat, team) or say("not set")
    rows: list[tuple[Sayable, Sayable, Action]] = [
        (say("People"), size, TeamPeople(number)),
        (say("Way in"), WAYS_IN[team.join_mode], ChooseWayIn(number)),
        (say("Weekly session"), when_met, ChangeSession(number, "weekly")),
    ]
    if coming is not None:
        when = When(coming.starts_at, near=True)
        rows.append((say("Change the next once"), when, ChangeSession(number, "once")))
        rows.append((say("Skip the next"), when, ChangeSession(number, "skip")))
    if may(chat, team, Act.HAND_OVER_TEAM):
        label = say("Hand over the team") if has_captain else say("Find a captain")
        rows.append((label, "", TeamPeople(number, 0, 1)))
    if teams.is_member(chat.session, number, chat.member.id):
        rows.append((say("Leave the team"), "", Leave(number)))
    if may(chat, team, founding.act_for(team)):
        rows.append((say("Close the team"), "", CloseTeam(number)))
    return Reply(
        say("{team}: what would you like to change?", team=team_name(team)),
        tuple(
            Choice(place, label, action, _row(label, value))
            for place, (label, value, action) in enumerate(rows, start=1)
        ),
        (
            Button(say("Write to team"), PostToTeam(number)),
            Button(say("Team events"), ListEvents(team_id=number)),
            Button(say("See the team"), OpenTeam(number)),
        ),
    )


def _row(label: Sayable, value: Sayable) -> Sayable:
    return say("{label}: {value}", label=label, value=value) if value else label


def may(chat: Chat, team: Team, act: Act) -> bool:
    station = stations.get(chat.session, team.station_id)
    return station is not None and roles.may(
        chat.session, chat.member.id, act, station, chat.now, team_id=team.id
    )


def name_of(chat: Chat, member_id: int, team_id: int) -> Sayable:
    """A member's name for those who lead them, told from others of that name in the team."""
    member = members.get(chat.session, member_id)
    station = stations.get(chat.session, member.station_id)
    namesakes = teams.namesakes(chat.session, team_id, also=member_id)
    return person_apart(member, station, namesakes, sees_places=sees_places(chat, team_id))


def sees_places(chat: Chat, team_id: int) -> bool:
    """Whether this member sees where the people in a team work."""
    team = chat.session.get_one(Team, team_id)
    station = chat.session.get_one(Station, team.station_id)
    return roles.may(chat.session, chat.member.id, Act.SEE_PLACES, station, chat.now)


def _called(chat: Chat, member_id: int) -> Sayable:
    """A leader's name, as any member may read it."""
    return person(members.get(chat.session, member_id).name, member_id)


def not_done(why: NotDone, team_id: int) -> Reply:
    texts = {
        NotDone.NOT_IN: say("They're not in the team any more."),
        NotDone.OVER: say("That's settled already."),
        NotDone.OUT_OF_REACH: say("Only the captain or an organizer can do that."),
    }[why]
    return Reply(texts, buttons=back_to(team_id))


def bid_of(chat: Chat, facts: Mapping[str, Any]) -> tuple[Bid | None, Team | None]:
    bid = chat.session.get(Bid, facts["bid_id"])
    return bid, teams.get(chat.session, facts["team_id"])


# The next captain


@router.button(OfferCaptaincy)
def offer_captaincy(chat: Chat, press: OfferCaptaincy) -> Reply:
    """Offer the captaincy to a member; nothing changes until they accept."""
    team = team_for(chat, press.team_id, Act.HAND_OVER_TEAM)
    if isinstance(team, Reply):
        return team
    by = chat.member.id
    done = leading.offer_captaincy(chat.session, team, press.member_id, by, chat.now)
    if isinstance(done, NotDone):
        return not_done(done, press.team_id)
    name = name_of(chat, press.member_id, press.team_id)
    return Reply(
        say("⏳ Asked {name}. You'll hear when they answer.", name=name),
        buttons=back_to(press.team_id),
    )


@router.notice("captaincy")
def asked_to_lead(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    bid, team = bid_of(chat, facts)
    if bid is None or team is None or bid.state is not BidState.OPEN:
        return Drop(Reason.ANSWERED)
    if bid.by_member_id is None:
        return Drop(Reason.LEFT)
    name = _called(chat, bid.by_member_id)
    return Reply(
        say("🔔 {name} asks you to be the captain of {team}.", name=name, team=team_name(team)),
        buttons=(
            Button(say("Take it on"), AnswerCaptaincy(bid.id, 1)),
            Button(say("No thanks"), AnswerCaptaincy(bid.id, 0)),
        ),
    )


@router.button(AnswerCaptaincy)
def answer_captaincy(chat: Chat, press: AnswerCaptaincy) -> Reply:
    done = leading.answer_captaincy(
        chat.session, press.bid_id, chat.member.id, yes=bool(press.yes), now=chat.now
    )
    match done:
        case NotDone():
            text: Sayable = say("That offer doesn't stand any more.")
            return Reply(text, buttons=(TEAMS, MENU))
        case BidAnswered(bid, team) if bid.state is BidState.ACCEPTED:
            text = say("✅ You're the captain of {team} now.", team=team_name(team))
            return Reply(text, buttons=back_to(bid.team_id))
        case BidAnswered():
            return Reply(say("✅ All right. We tell them."), buttons=(TEAMS, MENU))


@router.notice("captaincy-declined")
def declined(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    bid, team = bid_of(chat, facts)
    if bid is None or team is None or bid.state is not BidState.REFUSED:
        return Drop(Reason.ASKED_AGAIN)
    name = name_of(chat, bid.member_id, bid.team_id)
    return Reply(
        say("🔔 {name} would rather not lead {team}.", name=name, team=team_name(team)),
        buttons=(Button(say("Ask another"), TeamPeople(team.id, 0, 1)), MENU),
    )


@router.notice("new-captain")
def new_captain(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    team = teams.get(chat.session, facts["team_id"])
    # None once they are erased.
    captain_id = facts.get("captain_id")
    if team is None:
        return Drop(Reason.GONE)
    leads = captain_id is not None and (
        leading.role_of(chat.session, team.id, captain_id, chat.now) is Role.CAPTAIN
    )
    if captain_id is None or not leads:
        return Drop(Reason.OUTDATED)
    if not teams.is_member(chat.session, team.id, chat.member.id):
        return Drop(Reason.NOT_IN_TEAM)
    name = _called(chat, captain_id)
    text = say("🔔 {name} is the captain of {team} now.", name=name, team=team_name(team))
    return Reply(text, buttons=(Button(say("See the team"), OpenTeam(team.id)), MINE))


@router.notice("no-captain")
def without_captain(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    team = teams.get(chat.session, facts["team_id"])
    if team is None or leading.leaders(chat.session, team.id, chat.now):
        return Drop(Reason.OUTDATED)
    if not may(chat, team, Act.HAND_OVER_TEAM):
        return Drop(Reason.NOT_THEIRS)
    find = Button(say("Find a captain"), TeamPeople(team.id, 0, 1))
    return Reply(
        say("🔔 {team} has no captain any more.", team=team_name(team)),
        buttons=(find, Button(say("See the team"), OpenTeam(team.id))),
    )
