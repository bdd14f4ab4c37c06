"""Teams and clubs that wait for their station: approved or sent back in one tap."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question
from bot.conversation.messages import Action, Button, Choice, Reply, lines, say, say_n
from bot.conversation.routing import Drop, Router
from handlers import permission
from handlers.actions import MENU, MINE, TEAMS, ManageTeam, OpenTeam
from handlers.teams import joining
from handlers.words import DOT, INTERESTS, person, station_name, team_name
from models.network import members, roles, stations
from models.network.stations import Station
from models.rules.teams.joining import TeamState
from models.sending.reasons import Reason
from models.teams import founding
from models.teams import teams as all_teams
from models.teams.founding import TeamNotDecided
from models.teams.teams import Team

router = Router()


@dataclass(frozen=True, slots=True)
class ReviewTeam(Action, tag="review-team"):
    """Shows a proposed team to those who decide about it."""

    team_id: int


@dataclass(frozen=True, slots=True)
class ApproveTeam(Action, tag="approve-team"):
    team_id: int


@dataclass(frozen=True, slots=True)
class SendTeamBack(Action, tag="send-team-back"):
    team_id: int


@dataclass(frozen=True, slots=True)
class ListPending(Action, tag="pending"):
    pass


@router.command("pending", zh="待批队伍")
def pending(chat: Chat, words: str) -> Reply:
    return list_pending(chat, ListPending())


def waiting_teams(chat: Chat) -> dict[int, Team]:
    """What waits for an answer of this organizer."""
    by_id: dict[int, Team] = {}
    for _grant, station in roles.grants_of(chat.session, chat.member.id, chat.now):
        for team in founding.waiting(chat.session, station.path):
            if _may_decide(chat, team):
                by_id[team.id] = team
    return by_id


@router.button(ListPending)
def list_pending(chat: Chat, press: ListPending) -> Reply:
    pending = waiting_teams(chat)
    if not pending:
        return Reply(say("No team waits for your answer."), buttons=(TEAMS, MENU))
    return Reply(
        say("These wait for your answer:"),
        tuple(
            Choice(number, team_name(team), ReviewTeam(number), _place_and_name(chat, team))
            for number, team in pending.items()
        ),
        (TEAMS, MENU),
    )


def _may_decide(chat: Chat, team: Team) -> bool:
    station = chat.session.get_one(Station, team.station_id)
    act = founding.act_for(team)
    return team.founder_id != chat.member.id and roles.may(
        chat.session, chat.member.id, act, station, chat.now
    )


def _place_and_name(chat: Chat, team: Team) -> Any:
    station = stations.get(chat.session, team.station_id)
    return lines(team_name(team), station_name(station), between=DOT)


@router.button(ReviewTeam)
def review(chat: Chat, press: ReviewTeam) -> Reply:
    team = all_teams.get(chat.session, press.team_id)
    if team is None or team.state is not TeamState.WAITING:
        return decided_already(chat, team)
    return _refusal(chat, team) or review_card(chat, team)


def review_card(chat: Chat, team: Team) -> Reply:
    """What those who decide need to know, and one tap for either answer."""
    station = stations.get(chat.session, team.station_id)
    founder = members.get(chat.session, team.founder_id) if team.founder_id is not None else None
    name = person(founder.name, founder.id) if founder is not None else say("somebody who left")
    is_club = team.enterprise_id is not None
    asks = (
        say("🔔 {name} applies for a club: {team}", name=name, team=team_name(team))
        if is_club
        else say("🔔 {name} wants to found a team: {team}", name=name, team=team_name(team))
    )
    backers = len(founding.supporters(chat.session, team.id))
    behind = (
        say("Responsible: {name}; members: {n}", name=team.responsible, n=team.expected_members)
        if is_club
        else say_n("{n} supporter", "{n} supporters", backers)
    )
    return Reply(
        lines(
            asks,
            lines(station_name(station), INTERESTS[team.interest], between=DOT),
            behind,
            team.about,
        ),
        buttons=(
            Button(say("Approve"), ApproveTeam(team.id)),
            Button(say("Send back"), SendTeamBack(team.id)),
        ),
    )


@router.notice("approve-team")
def ask_station(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    team = all_teams.get(chat.session, facts["team_id"])
    if team is None or team.state is not TeamState.WAITING:
        return Drop(Reason.ANSWERED)
    return review_card(chat, team) if _may_decide(chat, team) else Drop(Reason.NOT_THEIRS)


def _refusal(chat: Chat, team: Team) -> Reply | None:
    station = stations.get(chat.session, team.station_id)
    act, subject = founding.act_for(team), f"team:{team.id}"
    return permission.denied(chat, act, station, subject=subject)


@router.button(ApproveTeam)
def approve(chat: Chat, press: ApproveTeam) -> Reply:
    team = all_teams.get(chat.session, press.team_id)
    if team is None:
        return decided_already(chat, None)
    refusal = _refusal(chat, team)
    if refusal is not None:
        return refusal
    done = founding.approve(chat.session, press.team_id, chat.member.id, chat.now, chat.care.zone)
    match done:
        case TeamNotDecided.OWN:
            return Reply(say("Somebody else has to decide about your own."), buttons=(MENU,))
        case TeamNotDecided.OVER:
            return decided_already(chat, team)
    number = done.register_number
    return Reply(
        lines(
            say("✅ Approved: {team}. Everyone behind it is told.", team=team_name(done)),
            say("Register number {number}", number=number) if number else None,
        ),
        buttons=(Button(say("See the team"), OpenTeam(press.team_id)), MENU),
    )


def decided_already(chat: Chat, team: Team | None) -> Reply:
    buttons = (TEAMS, MENU)
    if team is None:
        return Reply(say("There is no such team any more."), buttons=buttons)
    if team.state is TeamState.ACTIVE:
        return Reply(say("{team} is approved already.", team=team_name(team)), buttons=buttons)
    if team.state is TeamState.REFUSED:
        text = say("{team} was sent back already.", team=team_name(team))
        return Reply(text, buttons=buttons)
    return Reply(say("{team} still needs supporters.", team=team_name(team)), buttons=buttons)


@router.dialog("send-team-back")
def send_back_why(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    reason = yield permission.why_sent_back()
    return start["team_id"], reason


@router.button(SendTeamBack)
def begin_send_back(chat: Chat, press: SendTeamBack) -> Reply:
    team = all_teams.get(chat.session, press.team_id)
    if team is None or team.state is not TeamState.WAITING:
        return decided_already(chat, team)
    refusal = _refusal(chat, team)
    if refusal is not None:
        return refusal
    return send_back_why.begin(chat, team_id=press.team_id)


@send_back_why.done
def send_back(chat: Chat, form: tuple[int, str | None]) -> Reply:
    team_id, reason = form
    team = all_teams.get(chat.session, team_id)
    if team is None:
        return decided_already(chat, None)
    refusal = _refusal(chat, team)
    if refusal is not None:
        return refusal
    match founding.send_back(chat.session, team_id, chat.member.id, reason or "", chat.now):
        case TeamNotDecided.OWN:
            return Reply(say("Somebody else has to decide about your own."), buttons=(MENU,))
        case TeamNotDecided.OVER:
            return decided_already(chat, team)
        case done:
            text = say("✅ Sent back: {team}. They are told.", team=team_name(done))
            return Reply(text, buttons=(TEAMS, MENU))


# What became of it


@router.notice("team-approved")
def approved(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    team = all_teams.get(chat.session, facts["team_id"])
    if team is None or team.state is not TeamState.ACTIVE:
        return Drop(Reason.GONE)
    is_founder = team.founder_id == chat.member.id
    text = (
        say("🔔 {team} is approved, and you're its captain.", team=team_name(team))
        if is_founder
        else say("🔔 {team} is approved, and you're in.", team=team_name(team))
    )
    number = team.register_number
    registered = say("Register number {number}", number=number) if number else None
    first = Button(say("Manage"), ManageTeam(team.id)) if is_founder else TEAMS
    see = Button(say("See the team"), OpenTeam(team.id))
    return Reply(lines(text, registered), buttons=(see, first))


@router.notice("team-sent-back")
def sent_back(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    team = all_teams.get(chat.session, facts["team_id"])
    if team is None or team.state is not TeamState.REFUSED:
        return Drop(Reason.GONE)
    return Reply(
        lines(
            say("🔔 {team} was sent back.", team=team_name(team)),
            say("Why: {reason}", reason=team.reason) if team.reason else None,
        ),
        buttons=(TEAMS, joining.FOUND) if team.founder_id == chat.member.id else (TEAMS, MINE),
    )
