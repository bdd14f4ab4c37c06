"""Finding, joining and leaving teams."""

from collections.abc import Sequence

from bot.chat import Chat
from bot.messages import Bilingual, Button, Choice, Lines, Reply, Text, lines, say, say_n
from bot.routing import Router
from handlers.actions import (
    EVENTS,
    MINE,
    TEAMS,
    FilterTeams,
    Join,
    Leave,
    ListEvents,
    ListTeams,
    OpenTeam,
)
from handlers.words import DOT, INTERESTS, station_name, team_name
from models import members, stations, teams
from models.members import Interest
from models.teams import Team

router = Router()

PAGE = 5


@router.command("teams", zh="队伍", also=("team", "找队伍"), about=say("Find teams"))
def list_teams(chat: Chat, words: str) -> Reply:
    """``/teams`` alone, or with what one likes doing, in Chinese, pinyin, initials or English."""
    if words:
        return search(chat, words)
    return browse(chat, ListTeams())


def search(chat: Chat, words: str) -> Reply:
    found = teams.matching(chat.session, words, PAGE)
    if not found:
        return Reply(
            say("No team fits “{words}”.", words=words[:30]),
            buttons=(TEAMS, Button(say("By interest"), FilterTeams("interest")), EVENTS),
        )
    shown = {team.id: team for team in teams.browse(chat.session, among=found)}
    ordered = [shown[team_id] for team_id in found if team_id in shown]
    return Reply(
        say("These fit “{words}”:", words=words[:30]), choices_of(chat, ordered), (TEAMS, MINE)
    )


def choices_of(chat: Chat, found: Sequence[Team]) -> tuple[Choice, ...]:
    """Teams under their own numbers."""
    return tuple(
        Choice(team.id, team_name(team), OpenTeam(team.id), _line(chat, team))
        for team in found
        if team.id is not None
    )


def _line(chat: Chat, team: Team) -> Lines:
    station = stations.get(chat.session, team.station_id)
    return lines(team_name(team), station_name(station), _size(team), between=DOT)


def _size(team: Team) -> Text:
    if not team.members:
        return say("be the first")
    return say_n("{n} member", "{n} members", team.members)


@router.button(ListTeams)
def browse(chat: Chat, press: ListTeams) -> Reply:
    """A page of teams: one's own interests first where nothing else is asked for."""
    found = teams.browse(
        chat.session,
        interest=press.interest,
        station_id=press.station_id or None,
        skip=press.skip,
        limit=PAGE + 1,
    )
    filters: tuple[Button, ...] = (
        Button(say("By interest"), FilterTeams("interest")),
        Button(say("By town"), FilterTeams("town")),
    )
    if not found:
        return Reply(say("No team there yet."), buttons=(TEAMS, *filters))
    if len(found) > PAGE:
        following = ListTeams(press.interest, press.station_id, press.skip + PAGE)
        filters = (Button(say("More"), following), *filters)
    heading = lines(
        say("Teams"),
        INTERESTS[Interest(press.interest)] if press.interest in set(Interest) else None,
        station_name(stations.get(chat.session, press.station_id or None)),
        between=DOT,
    )
    return Reply(
        lines(heading, say("Send a number or tap one:")),
        choices_of(chat, found[:PAGE]),
        filters,
        edit=press.skip > 0,
    )


@router.button(FilterTeams)
def filter_teams(chat: Chat, press: FilterTeams) -> Reply:
    if press.by == "town":
        return Reply(
            say("Which town?"),
            tuple(
                Choice(number, station_name(town), ListTeams(station_id=town.id or 0))
                for number, town in enumerate(stations.towns(chat.session), start=1)
            ),
        )
    mine = members.interests_of(chat.session, chat.member.id)
    ordered = [*mine, *(each for each in Interest if each not in mine)]
    return Reply(
        say("What do you like doing?"),
        tuple(
            Choice(number, INTERESTS[interest], ListTeams(interest=interest))
            for number, interest in enumerate(ordered, start=1)
        ),
    )


@router.button(OpenTeam)
def open_team(chat: Chat, press: OpenTeam) -> Reply:
    team = teams.get(chat.session, press.team_id)
    return card(chat, team) if team is not None else _no_such_team()


def follow(chat: Chat, rest: str) -> Reply:
    """A deep link or a poster's code: the team's number."""
    team = teams.get(chat.session, int(rest)) if rest.isdecimal() and len(rest) < 10 else None
    return card(chat, team) if team is not None else _no_such_team()


def _no_such_team() -> Reply:
    return Reply(say("There is no such team any more."), buttons=(TEAMS, MINE))


def card(chat: Chat, team: Team) -> Reply:
    assert team.id is not None
    is_in = teams.is_member(chat.session, team.id, chat.member.id)
    station = stations.get(chat.session, team.station_id)
    meets = Bilingual(team.meets, team.meets_en)
    text = lines(
        team_name(team),
        lines(station_name(station), _size(team), between=DOT),
        say("Meets: {when}", when=meets) if meets else None,
        Bilingual(team.about, team.about_en),
    )
    act = Button(say("Leave"), Leave(team.id)) if is_in else Button(say("Join"), Join(team.id))
    events = Button(say("Team events"), ListEvents(team_id=team.id))
    return Reply(text, buttons=(events, TEAMS, act) if is_in else (act, events, TEAMS))


@router.command("join", zh="加入", also=("我要加入",), about=say("Join a team"))
def join_by_words(chat: Chat, words: str) -> Reply:
    """``加入 7`` joins; a name shows the team, or the teams it may mean."""
    team = _named(chat, words)
    if team is not None and words.isdecimal():
        return join(chat, Join(team.id or 0))
    if team is not None:
        return card(chat, team)
    return list_teams(chat, words)


@router.button(Join)
def join(chat: Chat, press: Join) -> Reply:
    team = teams.get(chat.session, press.team_id)
    if team is None:
        return _no_such_team()
    is_new = teams.join(chat.session, team, chat.member.id, chat.now)
    said = (
        say_n(
            "✅ You're in {team}. You're its first member.",
            "✅ You're in {team}, {n} people now.",
            team.members,
            team=team_name(team),
        )
        if is_new
        else say("You're in {team} already.", team=team_name(team))
    )
    events = Button(say("Team events"), ListEvents(team_id=press.team_id))
    return Reply(said, buttons=(events, TEAMS, MINE))


@router.command("leave", zh="退出", also=("退队",), about=say("Leave a team"))
def leave_by_words(chat: Chat, words: str) -> Reply:
    """``退出 7``, a name, or nothing: then it is asked which."""
    if words.isdecimal() and len(words) < 10:
        return leave(chat, Leave(int(words)))
    mine = teams.of_member(chat.session, chat.member.id)
    if words:
        wanted = set(teams.matching(chat.session, words))
        mine = [team for team in mine if team.id in wanted] or mine
    if not mine:
        return Reply(say("You're in no team yet."), buttons=(TEAMS, EVENTS))
    return Reply(
        say("Which team do you want to leave?"),
        tuple(
            Choice(team.id, team_name(team), Leave(team.id), _line(chat, team))
            for team in mine[:PAGE]
            if team.id is not None
        ),
    )


@router.button(Leave)
def leave(chat: Chat, press: Leave) -> Reply:
    team = teams.get(chat.session, press.team_id)
    if team is None:
        return _no_such_team()
    was_in = teams.leave(chat.session, team, chat.member.id)
    said = (
        say("You've left {team}.", team=team_name(team))
        if was_in
        else say("You're not in {team}.", team=team_name(team))
    )
    return Reply(said, buttons=(Button(say("Join again"), Join(press.team_id)), TEAMS, MINE))


def _named(chat: Chat, words: str) -> Team | None:
    if words.isdecimal():
        return teams.get(chat.session, int(words)) if len(words) < 10 else None
    found = teams.matching(chat.session, words, 2) if words else []
    return teams.get(chat.session, found[0]) if len(found) == 1 else None
