"""Tournaments in the chat: their tables and brackets, entering, scores from both sides."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import (
    Action,
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
from handlers.events import looking
from handlers.permission import denied
from handlers.permission import reason as short_reason
from handlers.words import DOT, how_to_pick, station_name
from models.contests import matches, tournaments
from models.contests.matches import Disputed, Reported, Settled
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
from models.rules.contests import matches as rules
from models.rules.contests.matches import OPEN, MatchState, Stage
from models.rules.languages import Translated
from models.rules.network.permissions import Act
from models.teams import teams
from models.teams.teams import Team

router = Router()

PAGE = 5
ROWS = 4
"""How much of a table a chat shows; the page has all of it."""


@dataclass(frozen=True, slots=True)
class ListTournaments(Action, tag="tournaments"):
    skip: int = 0


@dataclass(frozen=True, slots=True)
class OpenTournament(Action, tag="tournament"):
    tournament_id: int


@dataclass(frozen=True, slots=True)
class ListMatches(Action, tag="matches"):
    """The matches of a tournament that are still to be played, or those that were."""

    tournament_id: int
    skip: int = 0
    played: int = 0


@dataclass(frozen=True, slots=True)
class EnterTournament(Action, tag="tournament-enter"):
    """Enters a team, or the company of a contact point; asks which where there are several."""

    tournament_id: int
    team_id: int = 0
    station_id: int = 0


@dataclass(frozen=True, slots=True)
class LeaveTournament(Action, tag="tournament-leave"):
    side_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class OpenMatch(Action, tag="match"):
    match_id: int


@dataclass(frozen=True, slots=True)
class TellScore(Action, tag="match-score"):
    match_id: int


@dataclass(frozen=True, slots=True)
class ConfirmScore(Action, tag="match-confirm"):
    """Confirms what the other side told; ``score`` is what was shown, as 3:1."""

    match_id: int
    score: str


@dataclass(frozen=True, slots=True)
class DecideScore(Action, tag="match-decide"):
    """Decides as an organizer."""

    match_id: int


TOURNAMENTS = Button(say("All matches"), ListTournaments())

REFUSALS: dict[WhyNot, Sayable] = {
    WhyNot.NOT_OPEN: say("Entries have closed: its order is drawn."),
    WhyNot.IS_IN: say("It's in already."),
    WhyNot.FULL: say("All places are taken."),
    WhyNot.TOO_FEW: say("Two sides are needed at least."),
    WhyNot.NOT_LEADING: say("That's for whoever leads one of the two sides."),
    WhyNot.SETTLED: say("That's settled already."),
    WhyNot.NOT_A_SCORE: say("A knock-out needs a winner; that can't be its score."),
    WhyNot.NOT_KNOWN: say("It isn't known yet who plays here."),
    WhyNot.PLAYED_ON: say("The next round has been played; the score stays."),
    WhyNot.NOT_YET: say("That's not possible yet."),
}


def refused(why: WhyNot, *more: Button) -> Reply:
    return Reply(REFUSALS[why], buttons=(*more, TOURNAMENTS, MENU)[:3])


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
    may = tournaments.may_enter(chat.session, row, chat.member.id, chat.now)
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
    played = matches.of_tournament(chat.session, row.id)
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
    table = matches.table(chat.session, row)
    shown = list(enumerate(table[:ROWS], start=1))
    own = mine.id if mine is not None else 0
    shown += [each for each in enumerate(table, start=1) if each[1].side == own]
    return [
        say(
            "{place}. {side}: {points} points, {won}-{drawn}-{lost}",
            place=place,
            side=names[each.side],
            points=each.points,
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
    every = matches.of_tournament(chat.session, row.id)
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
    able = tournaments.may_enter(chat.session, row, chat.member.id, chat.now)
    chosen = _chosen(chat, press) or (able[0] if len(able) == 1 else None)
    if chosen is None:
        if not able:
            return refused(WhyNot.NOT_LEADING)
        choices = tuple(
            Choice(number, each.text_of("name"), _entering_as(row, each))
            for number, each in enumerate(able, start=1)
        )
        return Reply(say("Which one shall play?"), choices)
    side = tournaments.enter(chat.session, row.id, chosen, chat.member.id, chat.now)
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
    return _match(chat, match) if match is not None else refused(WhyNot.NOT_KNOWN)


def _match(chat: Chat, match: Match) -> Reply:
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


# Scores


@router.dialog("match-score")
def score_asked(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    said = yield _ask_score(start)
    return start["match"], said, None


def _ask_score(start: Mapping[str, Any]) -> Question:
    home, away = (Translated.from_json(start[each]) for each in ("home", "away"))
    return Question(
        "score",
        say("{home} against {away}: the score? For instance 3:1.", home=home, away=away),
        check=_score,
    )


def _score(said: str) -> str | Wrong:
    score = rules.read_score(said)
    if score is None:
        return Wrong(say("Two numbers, like 3:1."))
    return f"{score[0]}:{score[1]}"


@router.dialog("match-decide")
def decision_asked(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    said = yield _ask_score(start)
    why = yield Question("reason", say("Why? Both sides will read it."), check=short_reason)
    return start["match"], said, why


def _start(chat: Chat, match: Match) -> dict[str, Any]:
    names = tournaments.names_of(chat.session, match.tournament_id)
    return {
        "match": match.id,
        "home": names[match.home_id or 0].to_json(),
        "away": names[match.away_id or 0].to_json(),
    }


@router.button(TellScore)
def tell_score(chat: Chat, press: TellScore) -> Reply:
    match = matches.get(chat.session, press.match_id)
    if match is None or not match.home_id or not match.away_id:
        return refused(WhyNot.NOT_KNOWN)
    return score_asked.begin(chat, **_start(chat, match))


@score_asked.done
def keep_score(chat: Chat, form: tuple[int, str, None]) -> Reply:
    home, away = (int(each) for each in form[1].split(":"))
    done = matches.report(chat.session, form[0], home, away, chat.member.id, chat.now)
    return _said(chat, form[0], done)


@router.button(ConfirmScore)
def confirm(chat: Chat, press: ConfirmScore) -> Reply:
    match = matches.get(chat.session, press.match_id)
    if match is None:
        return refused(WhyNot.NOT_KNOWN)
    # Another score than the one that was shown is confirmed by nobody.
    if match.state is MatchState.REPORTED and words.score(match) != press.score:
        return _match(chat, match)
    done = matches.confirm(chat.session, match.id, chat.member.id, chat.now)
    return _said(chat, match.id, done)


@router.button(DecideScore)
def decide(chat: Chat, press: DecideScore) -> Reply:
    match = matches.get(chat.session, press.match_id)
    if match is None or not match.home_id or not match.away_id:
        return refused(WhyNot.NOT_KNOWN)
    row = tournaments.get(chat.session, match.tournament_id)
    assert row is not None
    refusal = denied(chat, Act.RUN_CONTEST, stations.get(chat.session, row.station_id))
    return refusal or decision_asked.begin(chat, **_start(chat, match))


@decision_asked.done
def keep_decision(chat: Chat, form: tuple[int, str, str]) -> Reply:
    home, away = (int(each) for each in form[1].split(":"))
    done = matches.decide(chat.session, form[0], home, away, form[2], chat.member.id, chat.now)
    return _said(chat, form[0], done)


def _said(chat: Chat, match_id: int, done: Reported | Settled | Disputed | NotDone) -> Reply:
    see = Button(say("See the match"), OpenMatch(match_id))
    match done:
        case Reported():
            said = say("⏳ Kept. The other side is asked; it counts once they say so.")
        case Settled(found):
            row = tournaments.get(chat.session, found.tournament_id)
            assert row is not None
            names = tournaments.names_of(chat.session, row.id)
            return Reply(
                say("✅ It counts: {match}.", match=words.result(found, names)),
                buttons=(Button(say("Take a look"), OpenTournament(row.id)), TOURNAMENTS),
            )
        case Disputed():
            said = say("⏳ You say different things; the organizers decide, and tell both.")
        case NotDone(why):
            return refused(why, see)
        case never:
            assert_never(never)
    return Reply(said, buttons=(see, TOURNAMENTS))
