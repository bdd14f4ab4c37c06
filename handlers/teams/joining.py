"""Finding, joining and leaving teams."""

from collections.abc import Mapping, Sequence

from bot.conversation.chat import Chat
from bot.conversation.messages import (
    Button,
    Choice,
    Lines,
    Reply,
    Sayable,
    Text,
    When,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Router
from handlers.actions import (
    EVENTS,
    MINE,
    TEAMS,
    Change,
    FilterTeams,
    FoundTeam,
    Join,
    Leave,
    ListEvents,
    ListTeams,
    ManageTeam,
    OpenTeam,
    PostToTeam,
    Support,
    TakeBack,
)
from handlers.repeats import meets
from handlers.words import DOT, INTERESTS, how_to_pick, station_name, team_name, why_mine
from models.members import for_me
from models.members.profile import interests_of
from models.network import roles, stations
from models.network.stations import Station, StationKind
from models.rules.members.interests import Interest
from models.rules.network.permissions import Act, Role
from models.rules.teams.joining import SUPPORTERS, JoinMode, JoinOutcome, TeamState
from models.teams import founding, joining, leading, sessions, teams
from models.teams.teams import Team

router = Router()

PAGE = 5
FOUND = Button(say("Found a team"), FoundTeam())


@router.command("teams", zh="队伍", also=("team", "找队伍"), about=say("Find teams"))
def list_teams(chat: Chat, words: str) -> Reply:
    """``/teams``, alone or with words in Chinese, pinyin, initials or English."""
    if words:
        return search(chat, words)
    return browse(chat, ListTeams())


def search(chat: Chat, words: str) -> Reply:
    ids = teams.matching(chat.session, words, PAGE)
    if not ids:
        return Reply(
            say("No team fits “{words}”.", words=words[:30]),
            buttons=(TEAMS, Button(say("By interest"), FilterTeams("interest")), FOUND),
        )
    shown = {team.id: team for team in teams.browse(chat.session, among=ids)}
    ordered = [shown[team_id] for team_id in ids if team_id in shown]
    return Reply(
        say("These fit “{words}”:", words=words[:30]), choices_of(chat, ordered), (TEAMS, MINE)
    )


def choices_of(
    chat: Chat, rows: Sequence[Team], why: Mapping[int, Sayable | None] | None = None
) -> tuple[Choice, ...]:
    """Teams under their own numbers, with why they are the member's own."""
    return tuple(
        Choice(
            team.id,
            team_name(team),
            OpenTeam(team.id),
            _line(chat, team, (why or {}).get(team.id)),
        )
        for team in rows
    )


def _line(chat: Chat, team: Team, why: Sayable | None = None) -> Lines:
    station = stations.get(chat.session, team.station_id)
    return lines(team_name(team), station_name(station), _size(team), why, between=DOT)


def _size(team: Team) -> Text:
    if not team.members:
        return say("new team")
    return say_n("{n} member", "{n} members", team.members)


@router.button(ListTeams)
def browse(chat: Chat, press: ListTeams) -> Reply:
    """A page of teams: those of one's own town, company and interests first."""
    interest = press.interest if press.interest in set(Interest) else ""
    station_id, skip = press.station_id or None, max(press.skip, 0)
    own = for_me.teams_in_order(chat.session, chat.member, interest, station_id)
    page = own[skip : skip + PAGE + 1] if own is not None else None
    among = [each.number for each in page] if page is not None else None
    rows = teams.browse(
        chat.session,
        interest=interest,
        station_id=station_id,
        among=among,
        skip=skip if among is None else 0,
        limit=PAGE + 1,
    )
    if among is not None:
        rows = sorted(rows, key=lambda each: among.index(each.id))
    filters: tuple[Button, ...] = (
        Button(say("By interest"), FilterTeams("interest")),
        Button(say("By town"), FilterTeams("town")),
    )
    if not rows:
        return Reply(say("No team there yet."), buttons=(FOUND, *filters))
    if len(rows) > PAGE:
        following = ListTeams(press.interest, press.station_id, press.skip + PAGE)
        filters = (Button(say("More"), following), *filters)
    heading = lines(
        say("Teams"),
        INTERESTS[Interest(press.interest)] if press.interest in set(Interest) else None,
        station_name(stations.get(chat.session, press.station_id or None)),
        between=DOT,
    )
    return Reply(
        lines(heading, how_to_pick(chat)),
        choices_of(chat, rows[:PAGE], {each.number: why_mine(each) for each in page or ()}),
        (*filters, FOUND)[:3],
        edit=press.skip > 0,
    )


@router.button(FilterTeams)
def filter_teams(chat: Chat, press: FilterTeams) -> Reply:
    if press.by == "town":
        return Reply(
            say("Which town?"),
            tuple(
                Choice(number, station_name(town), ListTeams(station_id=town.id))
                for number, town in enumerate(stations.towns(chat.session), start=1)
            ),
        )
    mine = interests_of(chat.session, chat.member.id)
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
    """A team in full, with what this member can do about it now."""
    if team.state is not TeamState.ACTIVE:
        return proposal(chat, team)
    is_in = teams.is_member(chat.session, team.id, chat.member.id)
    station = stations.get(chat.session, team.station_id)
    when_met = meets(chat, team)
    coming = sessions.next_of(chat.session, team.id, chat.now)
    text = lines(
        team_name(team),
        lines(
            station_name(station),
            _size(team),
            _way_in(team, station),
            None if is_in else _who_sees(station),
            between=DOT,
        ),
        say("Register number {number}", number=team.register_number)
        if team.register_number
        else None,
        say("Meets: {when}", when=when_met) if when_met else None,
        say("Next: {when}", when=When(coming.starts_at, coming.ends_at, near=True))
        if coming is not None
        else None,
        team.text_of("about"),
    )
    return Reply(text, buttons=_acts(chat, team, station, is_in=is_in))


def _who_sees(station: Station | None) -> Sayable | None:
    """That a company sees who is in its club, before somebody joins."""
    if station is None or station.kind is not StationKind.CONTACT_POINT:
        return None
    return say("{place} sees who is in it", place=station_name(station))


def _way_in(team: Team, station: Station | None) -> Sayable | None:
    match team.join_mode:
        case JoinMode.APPROVAL:
            return say("its captain lets people in")
        case JoinMode.OWN:
            return say("for {place}'s own people", place=station_name(station))
        case _:
            return None


def _acts(chat: Chat, team: Team, station: Station | None, *, is_in: bool) -> tuple[Button, ...]:
    events = Button(say("Team events"), ListEvents(team_id=team.id))
    join_it = Button(say("Join"), Join(team.id))
    if station is not None and roles.may(
        chat.session, chat.member.id, Act.RUN_TEAM, station, chat.now, team_id=team.id
    ):
        post = Button(say("Write to team"), PostToTeam(team.id))
        manage = Button(say("Manage"), ManageTeam(team.id))
        return (events if is_in else join_it, post, manage)
    leave_it = Button(say("Leave"), Leave(team.id))
    return (events, TEAMS, leave_it) if is_in else (join_it, events, TEAMS)


def proposal(chat: Chat, team: Team) -> Reply:
    """A team that is not one yet: how far it has come, and a tap to support it."""
    is_founder = team.founder_id == chat.member.id
    station = stations.get(chat.session, team.station_id)
    about = lines(
        team_name(team),
        lines(station_name(station), INTERESTS[team.interest], between=DOT),
        team.about,
    )
    take_back = Button(say("Take it back"), TakeBack(team.id))
    match team.state:
        case TeamState.PROPOSED:
            count = len(founding.supporters(chat.session, team.id))
            text = say("{n} of {needed} supporters so far.", n=count, needed=SUPPORTERS)
            if is_founder:
                how = say("Others write “support {number}” here, or tap Support.", number=team.id)
                return Reply(lines(about, text, how), buttons=(TEAMS, MINE, take_back))
            support = Button(say("Support"), Support(team.id))
            return Reply(lines(about, text), buttons=(support, TEAMS, MINE))
        case TeamState.WAITING:
            text = say("⏳ Waits for the answer of {place}.", place=station_name(station))
            last = (take_back,) if is_founder else ()
            return Reply(lines(about, text), buttons=(TEAMS, MINE, *last))
        case TeamState.REFUSED if is_founder:
            why = say("Why: {reason}", reason=team.reason) if team.reason else None
            text = say("{team} was sent back.", team=team_name(team))
            return Reply(lines(text, why), buttons=(FOUND, TEAMS))
        case _:
            return _no_such_team()


@router.command("join", zh="加入", also=("我要加入",), about=say("Join a team"))
def join_by_words(chat: Chat, words: str) -> Reply:
    """``加入 7`` joins; a name shows the team, or the teams it may mean."""
    team = _named(chat, words)
    if team is not None and words.isdecimal():
        return join(chat, Join(team.id))
    if team is not None:
        return card(chat, team)
    return list_teams(chat, words)


@router.button(Join)
def join(chat: Chat, press: Join) -> Reply:
    """Join, or ask those in charge, as the team wants it."""
    team = teams.get(chat.session, press.team_id)
    if team is None:
        return _no_such_team()
    station = stations.get(chat.session, chat.member.station_id)
    done = joining.request_to_join(chat.session, team, chat.member.id, station, chat.now)
    events = Button(say("Team events"), ListEvents(team_id=press.team_id))
    match done.entry:
        case JoinOutcome.NOT_YET:
            return proposal(chat, team)
        case JoinOutcome.ELSEWHERE:
            own = stations.get(chat.session, team.station_id)
            return Reply(
                say(
                    "{team} is for {place}'s own people. Is that your place? Tell us first.",
                    team=team_name(team),
                    place=station_name(own),
                ),
                buttons=(Button(say("My place"), Change("place")), TEAMS, MINE),
            )
        case JoinOutcome.ASKED if done.again:
            return Reply(
                say("You've asked {team} already. We'll tell you.", team=team_name(team)),
                buttons=(events, TEAMS, MINE),
            )
        case JoinOutcome.ASKED:
            return Reply(
                say("⏳ Asked. {team} answers you here.", team=team_name(team)),
                buttons=(events, TEAMS, MINE),
            )
        case JoinOutcome.IN if done.again:
            text: Text = say("You're in {team} already.", team=team_name(team))
        case _:
            text = say_n(
                "✅ You're in {team}. You're its first member.",
                "✅ You're in {team}, {n} people now.",
                team.members,
                team=team_name(team),
            )
    return Reply(text, buttons=(events, TEAMS, MINE))


@router.command("leave", zh="退出", also=("退队",), about=say("Leave a team"))
def leave_by_words(chat: Chat, words: str) -> Reply:
    """``退出 7``, a name, or nothing: then it is asked which."""
    if words.isdecimal() and len(words) < 10:
        return leave(chat, Leave(int(words)))
    mine = teams.of_member(chat.session, chat.member.id)
    if words:
        ids = set(teams.matching(chat.session, words))
        mine = [team for team in mine if team.id in ids] or mine
    if not mine:
        return Reply(say("You're in no team yet."), buttons=(TEAMS, EVENTS))
    return Reply(
        say("Which team do you want to leave?"),
        tuple(
            Choice(team.id, team_name(team), Leave(team.id), _line(chat, team))
            for team in mine[:PAGE]
        ),
    )


@router.button(Leave)
def leave(chat: Chat, press: Leave) -> Reply:
    """Leave a team; a captain is asked once, with what will become of it."""
    team = teams.get(chat.session, press.team_id)
    if team is None:
        return _no_such_team()
    role = leading.role_of(chat.session, press.team_id, chat.member.id, chat.now)
    if role is Role.CAPTAIN and not press.sure:
        return Reply(
            say(
                "You're the captain of {team}. If you leave, a deputy takes over, "
                "or its station looks for somebody.",
                team=team_name(team),
            ),
            buttons=(
                Button(say("Manage"), ManageTeam(press.team_id)),
                Button(say("Leave"), Leave(press.team_id, 1)),
            ),
        )
    was_in = leading.leave(chat.session, team, chat.member.id, chat.now)
    text = (
        say("You've left {team}.", team=team_name(team))
        if was_in
        else say("You're not in {team}.", team=team_name(team))
    )
    return Reply(text, buttons=(Button(say("Join again"), Join(press.team_id)), TEAMS, MINE))


def _named(chat: Chat, words: str) -> Team | None:
    if words.isdecimal():
        return teams.get(chat.session, int(words)) if len(words) < 10 else None
    ids = teams.matching(chat.session, words, 2) if words else []
    return teams.get(chat.session, ids[0]) if len(ids) == 1 else None
