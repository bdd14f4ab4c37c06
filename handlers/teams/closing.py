"""Closing a team: a reason, what it ends, and what those in it are told."""

from collections.abc import Generator, Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question
from bot.conversation.messages import Reply, Sayable, lines, say, say_n
from bot.conversation.routing import Drop, Router
from handlers import permission
from handlers.actions import MENU, MINE, TEAMS
from handlers.teams.leading import CloseTeam, back_to, team_for
from handlers.words import team_name
from models.rules.languages import Translated
from models.rules.teams.joining import TeamState
from models.sending.reasons import Reason
from models.teams import closing, founding, teams
from models.teams.founding import TeamNotDecided
from models.teams.teams import Team

router = Router()


def what_ends(people: int, events: int) -> Sayable:
    """What closing a team does, before it is done."""
    return lines(
        say_n("{n} person is in it and is told.", "{n} people are in it and are told.", people),
        say_n("{n} event to come is cancelled.", "{n} events to come are cancelled.", events)
        if events
        else None,
        say("That can't be undone."),
    )


@router.dialog("close-team")
def close_why(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    reason = yield Question(
        "reason",
        say("Why is {team} closed? Everyone in it reads it.", team=Translated(start["name"])),
        check=permission.reason,
        skip=say("No reason"),
    )
    sure = yield Question(
        "sure",
        lines(
            say("{team} will be closed.", team=Translated(start["name"])),
            what_ends(start["people"], start["events"]),
        ),
        options=(Option("no", say("Keep it")), Option("yes", say("Close the team"))),
    )
    return start["team_id"], reason, sure == "yes"


def _team(chat: Chat, team_id: int) -> Team | Reply:
    team = teams.get(chat.session, team_id)
    act = founding.act_for(team) if team is not None else None
    return team_for(chat, team_id, act) if act is not None else team_for(chat, team_id)


@router.button(CloseTeam)
def begin(chat: Chat, press: CloseTeam) -> Reply:
    team = _team(chat, press.team_id)
    if isinstance(team, Reply):
        return team
    return close_why.begin(
        chat,
        team_id=team.id,
        name=team.name,
        people=team.members,
        events=len(closing.to_come(chat.session, team.id, chat.now)),
    )


@close_why.done
def close(chat: Chat, form: tuple[int, str | None, bool]) -> Reply:
    team_id, reason, is_sure = form
    team = _team(chat, team_id)
    if isinstance(team, Reply):
        return team
    if not is_sure:
        return Reply(say("All right, it stays."), buttons=back_to(team_id))
    done = closing.close(chat.session, team_id, reason or "", chat.member.id, chat.now)
    if isinstance(done, TeamNotDecided):
        return Reply(say("There is no such team any more."), buttons=(TEAMS, MENU))
    return Reply(
        lines(
            say("❌ Closed: {team}.", team=team_name(done.team)),
            say_n("{n} person is told.", "{n} people are told.", done.told),
        ),
        buttons=(TEAMS, MENU),
    )


@router.notice("team-closed")
def closed(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    team = teams.get(chat.session, facts["team_id"])
    if team is None or team.state is not TeamState.CLOSED:
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(
            say("❌ {team} is closed.", team=team_name(team)),
            say("Why: {reason}", reason=team.reason) if team.reason else None,
        ),
        buttons=(TEAMS, MINE),
    )
