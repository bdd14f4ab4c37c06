"""Founding a team: proposed by a member, supported by others, approved by its station."""

from collections.abc import Generator, Mapping
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Button, Reply, Text, lines, say, say_n
from bot.conversation.routing import Drop, Router
from handlers.actions import (
    MENU,
    MINE,
    TEAMS,
    FoundTeam,
    OpenTeam,
    Support,
    TakeBack,
)
from handlers.teams import joining
from handlers.words import INTERESTS, station_name, team_name
from models.network import stations
from models.rules.languages import Translated
from models.rules.members.interests import Interest
from models.rules.teams.joining import SUPPORTERS, Supported, TeamState
from models.sending.reasons import Reason
from models.teams import founding
from models.teams import teams as all_teams
from models.teams.founding import NotSupported, TooMany

router = Router()

LONGEST_NAME, LONGEST_ABOUT = 20, 200
NEW = "new"


# Proposing


@router.dialog("newteam", draft=say("Go on with the team"), of_oneself=True)
def newteam(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    interest = yield Question(
        "interest",
        say("What will the team do?"),
        options=tuple(Option(each, INTERESTS[each]) for each in Interest),
    )
    station_id = yield Question(
        "town",
        say("In which town? Yours stands first."),
        options=tuple(
            Option(str(number), Translated.from_json(name)) for number, name in start["towns"]
        ),
    )
    name = start["name"] or (
        yield Question("name", say("What's the team called?"), check=short_name)
    )
    return interest, int(station_id), name


def short_name(words: str) -> str | Wrong:
    if len(words) < 2 or words.isdecimal():
        return Wrong(say("A name has two letters or more."))
    if len(words) > LONGEST_NAME:
        return Wrong(say("That's long; {n} characters at most.", n=LONGEST_NAME))
    return words


def sentence(words: str) -> str | Wrong:
    if len(words) > LONGEST_ABOUT:
        return Wrong(say("That's long; {n} characters at most.", n=LONGEST_ABOUT))
    return words


@router.command("newteam", zh="建队伍", also=("建队", "组队"), about=say("Found a team"))
def begin_by_words(chat: Chat, words: str) -> Reply:
    """``建队伍`` asks everything; a name may stand behind it."""
    name = words if words and isinstance(short_name(words), str) else ""
    towns = _towns(chat)
    if not towns:
        return Reply(say("There is no town here yet."), buttons=(TEAMS, MENU))
    return newteam.begin(chat, towns=towns, name=name)


@router.button(FoundTeam)
def begin(chat: Chat, press: FoundTeam) -> Reply:
    return begin_by_words(chat, "")


def _towns(chat: Chat) -> list[tuple[int | None, list[Any]]]:
    """The towns, the member's own first."""
    own = stations.get(chat.session, chat.member.station_id)
    path = own.path if own is not None else ""
    towns = sorted(stations.towns(chat.session), key=lambda each: not path.startswith(each.path))
    return [(each.id, each.text_of("name").to_json()) for each in towns]


@newteam.done
def look_for_similar(chat: Chat, form: tuple[str, int, str]) -> Reply:
    """Show what is there already before anything is founded."""
    interest, station_id, name = form
    alike = founding.similar(chat.session, name)
    similar = [[each.id, each.text_of("name").to_json()] for each in alike]
    return newteam_rest.begin(
        chat, interest=interest, station_id=station_id, name=name, similar=similar
    )


@router.dialog("newteam-rest", draft=say("Go on with the team"), worth=lambda _chat, _state: True)
def newteam_rest(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    if start["similar"]:
        picked = yield which_of(start["similar"])
        if picked != NEW:
            return picked
    about = yield Question(
        "about", say("Tell in a sentence what you do there, and for whom."), check=sentence
    )
    return {**start, "about": about}


def which_of(similar: list[tuple[int, list[Any]]]) -> Question:
    """Asks whether one of the teams that are there is meant."""
    options = tuple(Option(str(number), Translated.from_json(name)) for number, name in similar)
    return Question(
        "which",
        say("There are these already. Join one?"),
        options=(*options, Option(NEW, say("None of these"))),
    )


@newteam_rest.done
def propose(chat: Chat, form: str | dict[str, Any]) -> Reply:
    if isinstance(form, str):
        return joining.open_team(chat, OpenTeam(int(form)))
    station = stations.get(chat.session, form["station_id"])
    if station is None:
        return Reply(say("That's not possible any more."), buttons=(TEAMS, MENU))
    team = founding.propose(
        chat.session,
        chat.member.id,
        station,
        interest=Interest(form["interest"]),
        name=form["name"],
        about=form["about"],
    )
    if isinstance(team, TooMany):
        return too_many(team)
    return Reply(
        lines(
            say("✅ Proposed: {team}, {place}.", team=team.name, place=station_name(station)),
            say(
                "It needs {needed} supporters. They write “support {number}” here.",
                needed=SUPPORTERS,
                number=team.id,
            ),
        ),
        buttons=(Button(say("How it stands"), OpenTeam(team.id)), TEAMS, MINE),
    )


def too_many(why: TooMany) -> Reply:
    return Reply(
        say_n(
            "You have {n} team on the way; wait until it is decided.",
            "You have {n} teams on the way; wait until one is decided.",
            why.most,
        ),
        buttons=(TEAMS, MINE),
    )


@router.button(TakeBack)
def take_back(chat: Chat, press: TakeBack) -> Reply:
    """End one's own proposal, after asking once."""
    team = all_teams.get(chat.session, press.team_id)
    if team is None or team.founder_id != chat.member.id or team.state not in founding.UNDECIDED:
        return joining.open_team(chat, OpenTeam(press.team_id))
    if not press.sure:
        return Reply(
            say("{team} and its supporters are lost then. Take it back?", team=team_name(team)),
            buttons=(
                Button(say("Keep it"), OpenTeam(press.team_id)),
                Button(say("Take it back"), TakeBack(press.team_id, 1)),
            ),
        )
    founding.take_back(chat.session, press.team_id, chat.member.id)
    return Reply(
        say("✅ Taken back: {team}.", team=team_name(team)), buttons=(joining.FOUND, TEAMS, MINE)
    )


# Supporting


@router.command("support", zh="支持")
def support_by_words(chat: Chat, words: str) -> Reply:
    if words.isdecimal() and len(words) < 10:
        return support(chat, Support(int(words)))
    return joining.list_teams(chat, words)


@router.button(Support)
def support(chat: Chat, press: Support) -> Reply:
    """Count a supporter; the founder sees it, and the third of them asks the station."""
    done = founding.support(chat.session, press.team_id, chat.member.id, chat.now)
    match done:
        case NotSupported.OVER:
            return joining.open_team(chat, OpenTeam(press.team_id))
        case NotSupported.FOUNDER:
            text: Text = say("It's yours; others have to support it.")
        case Supported(count, complete):
            text = (
                say("✅ Enough supporters. Now its station is asked, and you'll hear of it.")
                if complete
                else say("✅ You support it: {n} of {needed}.", n=count, needed=SUPPORTERS)
            )
        case never:
            assert_never(never)
    return Reply(text, buttons=(Button(say("How it stands"), OpenTeam(press.team_id)), TEAMS))


@router.notice("team-supported")
def supported(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    team = all_teams.get(chat.session, facts["team_id"])
    if team is None or team.founder_id != chat.member.id:
        return Drop(Reason.NOT_THEIRS)
    if team.state in (TeamState.ACTIVE, TeamState.REFUSED):
        return Drop(Reason.ANSWERED)
    station = stations.get(chat.session, team.station_id)
    text = say(
        "🔔 {team}: {n} of {needed} supporters.",
        team=team_name(team),
        n=facts["count"],
        needed=SUPPORTERS,
    )
    asked = say("Now {place} is asked.", place=station_name(station))
    is_complete = facts["count"] >= SUPPORTERS
    return Reply(lines(text, asked if is_complete else None), buttons=(TEAMS, MINE))
