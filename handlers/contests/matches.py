"""Tournaments in the chat: their lists, tables and brackets, entering, and one match."""

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.messages import (
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    say,
    say_n,
)
from bot.conversation.routing import Router
from handlers.actions import MENU, MINE, TEAMS
from handlers.contests import match_words as words
from handlers.contests.match_buttons import (
    TOURNAMENTS,
    ConfirmScore,
    DecideScore,
    EnterTournament,
    LeaveTournament,
    ListMatches,
    ListTournaments,
    OpenMatch,
    OpenTournament,
    TellScore,
    refused,
)
from handlers.events import looking
from handlers.words import DOT, how_to_pick, station_name
from models.contests import fixtures, matches, sides, tournaments
from models.contests.tournaments import (
    Match,
    NotDone,
    Side,
    Tournament,
    TournamentState,
    WhyNot,
)
from models.network import roles, stations
from models.network.stations import Station
from models.rules.contests.matches import OPEN, MatchState, Stage
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.teams import teams
from models.teams.teams import Team

router = Router()

PAGE = 5
ROWS = 4
"""How much of a table a chat shows; the page has all of it."""


# Lists


@router.command("matches", zh="比赛", also=("赛程", "积分榜"), about=say("Matches and tables"))
def matches_by_words(chat: Chat, said: str) -> Reply:
    found = tournaments.listed(chat.session, said, limit=PAGE + 1) if said else ()
    if len(found) == 1:
        return open_one(chat, OpenTournament(found[0].id))
    if said and not found:
        none = say("No matches fit “{words}”.", words=said[:30])
        return looking.instead(chat, Reply(none, buttons=(TOURNAMENTS, MENU)))
    if said:
        return Reply(
            say("These fit “{words}”:", words=said[:30]), _choices(chat, found), (TOURNAMENTS,)
        )
    return list_all(chat, ListTournaments())


@router.button(ListTournaments)
def list_all(chat: Chat, press: ListTournaments) -> Reply:
    skip = max(press.skip, 0)
    rows = tournaments.listed(chat.session, skip=skip, limit=PAGE + 1)
    if not rows:
        none = say("No matches yet. Organizers open them; teams and companies enter.")
        return looking.instead(chat, Reply(none, buttons=(TEAMS, MENU)))
    more = (Button(say("More"), ListTournaments(skip + PAGE)),) if len(rows) > PAGE else ()
    return Reply(
        lines(say("Matches"), how_to_pick(chat)),
        _choices(chat, rows[:PAGE]),
        (*more, MENU),
        edit=skip > 0,
    )


def _choices(chat: Chat, rows: Any) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            row.id,
            row.text_of("title"),
            OpenTournament(row.id),
            lines(
                row.text_of("title"),
                station_name(stations.get(chat.session, row.station_id)),
                words.STATES[row.state],
                between=DOT,
            ),
        )
        for row in rows
    )


@router.link("m", typed=True)
def followed(chat: Chat, number: str) -> Reply:
    return open_one(chat, OpenTournament(int(number) if number.isdecimal() else 0))


@router.button(OpenTournament)
def open_one(chat: Chat, press: OpenTournament) -> Reply:
    row = tournaments.get(chat.session, press.tournament_id)
    if row is None:
        return Reply(say("There are no such matches."), buttons=(TOURNAMENTS, MENU))
    mine = tournaments.side_of(chat.session, row.id, chat.member.id, chat.now)
    match row.state:
        case TournamentState.ENTERING:
            return _entering(chat, row, mine)
        case TournamentState.CANCELLED:
            why = say("Why: {reason}", reason=row.reason) if row.reason else None
            return Reply(
                lines(say("❌ {title} is cancelled.", title=row.text_of("title")), why),
                buttons=(TOURNAMENTS, MENU),
            )
        case TournamentState.PLAYING | TournamentState.OVER:
            return _standing(chat, row, mine)
        case never:
            assert_never(never)


def _entering(chat: Chat, row: Tournament, mine: Side | None) -> Reply:
    inside = len(tournaments.sides_of(chat.session, row.id))
    may = sides.may_enter(chat.session, row, chat.member.id, chat.now)
    buttons = list[Button]()
    if may:
        label = say("Enter company") if row.of_companies else say("Enter my team")
        buttons.append(Button(label, EnterTournament(row.id)))
    if mine is not None:
        buttons.append(Button(say("Pull out"), LeaveTournament(mine.id)))
    return Reply(
        lines(
            _heading(chat, row),
            row.text_of("about"),
            words.rules_of(row),
            say_n("{n} side is in.", "{n} sides are in.", inside),
            say("Yours is in.") if mine is not None else None,
        ),
        buttons=(*buttons, TOURNAMENTS, MENU)[:3],
    )


def _heading(chat: Chat, row: Tournament) -> Sayable:
    station = stations.get(chat.session, row.station_id)
    return lines(row.text_of("title"), station_name(station), words.STATES[row.state], between=DOT)


def _standing(chat: Chat, row: Tournament, mine: Side | None) -> Reply:
    """The first of the table, and one's own place; or who won; with the matches to come."""
    names = tournaments.names_of(chat.session, row.id)
    played = fixtures.of_tournament(chat.session, row.id)
    won = matches.first_of(chat.session, row)
    first = say("✅ Won by {side}.", side=names[won]) if won is not None else None
    if any(each.stage is Stage.CUP for each in played):
        body: list[Sayable] = [words.match_line(each, names) for each in _next(played, mine)[:ROWS]]
    else:
        body = _rows(chat, row, names, mine)
    return Reply(
        lines(_heading(chat, row), first, *body),
        buttons=(
            Button(say("To be played"), ListMatches(row.id)),
            Button(say("Played"), ListMatches(row.id, played=1)),
            _page(chat, row) or TOURNAMENTS,
        ),
    )


def _page(chat: Chat, row: Tournament) -> Button | None:
    return Button(say("Whole table"), url=f"/m/{row.id}") if chat.link_to("/") else None


def _rows(
    chat: Chat, row: Tournament, names: Mapping[int, Translated], mine: Side | None
) -> list[Sayable]:
    table = fixtures.table(chat.session, row)
    shown = list(enumerate(table[:ROWS], start=1))
    own = mine.id if mine is not None else 0
    shown += [each for each in enumerate(table, start=1) if each[1].side == own]
    return [
        say_n(
            "{place}. {side}: {n} point, {won}-{drawn}-{lost}",
            "{place}. {side}: {n} points, {won}-{drawn}-{lost}",
            each.points,
            place=place,
            side=names[each.side],
            won=each.won,
            drawn=each.drawn,
            lost=each.lost,
        )
        for place, each in dict(shown).items()
    ]


def _next(played: Sequence[Match], mine: Side | None) -> list[Match]:
    """The matches that are to be played with both sides known, one's own first."""
    own = mine.id if mine is not None else 0
    ready = [each for each in played if each.state in OPEN and each.home_id and each.away_id]
    return sorted(ready, key=lambda each: own not in (each.home_id, each.away_id))


@router.button(ListMatches)
def list_matches(chat: Chat, press: ListMatches) -> Reply:
    row = tournaments.get(chat.session, press.tournament_id)
    if row is None:
        return Reply(say("There are no such matches."), buttons=(TOURNAMENTS, MENU))
    mine = tournaments.side_of(chat.session, row.id, chat.member.id, chat.now)
    every = fixtures.of_tournament(chat.session, row.id)
    found = (
        [each for each in reversed(every) if each.state is MatchState.SETTLED and each.away_id]
        if press.played
        else _next(every, mine)
    )
    skip, names = max(press.skip, 0), tournaments.names_of(chat.session, row.id)
    back = Button(say("Back"), OpenTournament(row.id))
    if not found:
        none = say("Nothing played yet.") if press.played else say("Nothing is left to be played.")
        return Reply(none, buttons=(back, TOURNAMENTS))
    following = ListMatches(row.id, skip + PAGE, press.played)
    more = (Button(say("More"), following),) if len(found) > skip + PAGE else ()
    choices = tuple(
        Choice(
            number,
            words.sides(each, names),
            OpenMatch(each.id),
            words.match_line(each, names),
        )
        for number, each in enumerate(found[skip : skip + PAGE], start=skip + 1)
    )
    heading = say("Played") if press.played else say("To be played")
    return Reply(
        lines(row.text_of("title"), heading, between=DOT), choices, (*more, back), edit=skip > 0
    )


# Entering


@router.button(EnterTournament)
def enter(chat: Chat, press: EnterTournament) -> Reply:
    row = tournaments.get(chat.session, press.tournament_id)
    if row is None:
        return Reply(say("There are no such matches."), buttons=(TOURNAMENTS, MENU))
    able = sides.may_enter(chat.session, row, chat.member.id, chat.now)
    chosen = _chosen(chat, press) or (able[0] if len(able) == 1 else None)
    if chosen is None:
        if not able:
            return refused(WhyNot.NOT_LEADING)
        choices = tuple(
            Choice(number, each.text_of("name"), _entering_as(row, each))
            for number, each in enumerate(able, start=1)
        )
        return Reply(say("Which one shall play?"), choices)
    side = sides.enter(chat.session, row.id, chosen, chat.member.id, chat.now)
    if isinstance(side, NotDone):
        return refused(side.why)
    name = tournaments.names_of(chat.session, row.id)[side.id]
    return Reply(
        lines(
            say("✅ {side} is in: {title}.", side=name, title=row.text_of("title")),
            say("You'll be told here when the order is drawn."),
        ),
        buttons=(Button(say("Take a look"), OpenTournament(row.id)), MINE),
    )


def _chosen(chat: Chat, press: EnterTournament) -> Team | Station | None:
    if press.team_id:
        return teams.get(chat.session, press.team_id)
    return stations.get(chat.session, press.station_id or None)


def _entering_as(row: Tournament, what: Team | Station) -> EnterTournament:
    if isinstance(what, Team):
        return EnterTournament(row.id, team_id=what.id)
    return EnterTournament(row.id, station_id=what.id)


@router.button(LeaveTournament)
def leave(chat: Chat, press: LeaveTournament) -> Reply:
    side = chat.session.get(Side, press.side_id)
    if side is None or not tournaments.speaks_for(chat.session, side, chat.member.id, chat.now):
        return refused(WhyNot.NOT_LEADING)
    row = tournaments.get(chat.session, side.tournament_id)
    assert row is not None
    name, see = tournaments.names_of(chat.session, row.id)[side.id], OpenTournament(row.id)
    if not press.sure:
        lost = say("What it hasn't played goes to the others.")
        return Reply(
            lines(
                say("Take {side} out of {title}?", side=name, title=row.text_of("title")),
                lost if row.state is TournamentState.PLAYING else None,
            ),
            buttons=(
                Button(say("Keep it in"), see),
                Button(say("Pull out"), LeaveTournament(side.id, 1)),
            ),
        )
    done = matches.withdraw(chat.session, side.id, "", chat.member.id, chat.now)
    if isinstance(done, NotDone):
        return refused(done.why)
    return Reply(
        say("{side} is out of {title}.", side=name, title=row.text_of("title")),
        buttons=(Button(say("Take a look"), see), TOURNAMENTS),
    )


# One match


@router.button(OpenMatch)
def open_match(chat: Chat, press: OpenMatch) -> Reply:
    match = matches.get(chat.session, press.match_id)
    return card(chat, match) if match is not None else refused(WhyNot.NOT_KNOWN)


def card(chat: Chat, match: Match) -> Reply:
    row = tournaments.get(chat.session, match.tournament_id)
    assert row is not None
    names = tournaments.names_of(chat.session, row.id)
    return Reply(
        lines(
            words.sides(match, names),
            lines(row.text_of("title"), words.round_of(match), between=DOT),
            When(match.starts_at, near=True) if match.starts_at is not None else None,
            match.place,
            words.standing(match, names),
            say("Why: {reason}", reason=match.reason) if match.reason else None,
        ),
        buttons=(*_acts(chat, row, match), Button(say("Back"), OpenTournament(row.id)), MENU)[:3],
    )


def _acts(chat: Chat, row: Tournament, match: Match) -> list[Button]:
    found = list[Button]()
    mine = tournaments.side_of(chat.session, row.id, chat.member.id, chat.now)
    own = mine.id if mine is not None else None
    plays = own is not None and own in (match.home_id, match.away_id)
    if plays and match.state is MatchState.REPORTED and match.reported_by_side != own:
        found.append(Button(say("That's right"), ConfirmScore(match.id, words.score(match))))
        found.append(Button(say("Not so"), TellScore(match.id)))
    elif plays and match.state in OPEN and match.home_id and match.away_id:
        found.append(Button(say("Tell the score"), TellScore(match.id)))
    if _may_run(chat, row) and match.home_id and match.away_id:
        found.append(Button(say("Decide"), DecideScore(match.id)))
    return found


def _may_run(chat: Chat, row: Tournament) -> bool:
    station = chat.session.get_one(Station, row.station_id)
    return roles.may(chat.session, chat.member.id, Act.RUN_CONTEST, station, chat.now)
