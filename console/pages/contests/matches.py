"""Matches at the desk: a tournament is opened, drawn, played to its end; scores are decided."""

from collections.abc import Mapping
from typing import Any, assert_never

from bot.conversation.messages import Sayable, lines, say
from console.desk import Desk
from console.pages.events.forms import moment, typed
from console.pages.network.roles import named_place
from console.routing import Asked, Done, Missing, NotTaken, Page, Section, Wrong
from handlers.contests import match_words as words
from handlers.contests.match_buttons import REFUSALS
from handlers.permission import LONGEST_REASON
from handlers.words import DOT
from models.contests import fixtures, matches, sides, tournaments
from models.contests.matches import Set
from models.contests.settling import Settled
from models.contests.tournaments import (
    LONGEST_ABOUT,
    LONGEST_PLACE,
    LONGEST_TITLE,
    Match,
    NotDone,
    Side,
    Told,
    Tournament,
    TournamentState,
)
from models.network import stations
from models.network.stations import Station, StationKind
from models.rules.contests import matches as rules
from models.rules.contests.matches import Mode, Points
from models.rules.events import draws
from models.rules.languages import LANGUAGES, LanguageName, Translated
from models.rules.network.permissions import Act
from models.rules.texts import one_line
from models.teams import teams

NEEDS = Act.RUN_CONTEST
PATH = "/matches"
ONE = f"{PATH}/{{tournament:int}}"
HERE = f"/console{PATH}"
SHOWN = 30
MOST_POINTS = 20
OTHERS = [code for code in LANGUAGES if code != "zh"]

section = Section("matches", label=say("Matches"), path=PATH, needs=NEEDS)


@section.page(PATH)
def shows_all(desk: Desk, asked: Asked) -> Page:
    skip = max(asked.number("skip", 0), 0)
    below = [each.path for each in desk.places(NEEDS)]
    rows = tournaments.below(desk.session, below, skip=skip, limit=SHOWN + 1)
    facts = {
        "here": HERE,
        "rows": rows[:SHOWN],
        "states": words.STATES,
        "following": asked.query(skip=skip + SHOWN) if len(rows) > SHOWN else "",
    }
    return Page("contests/tournaments.html", say("Matches"), facts)


@section.page(f"{PATH}/new")
def shows_new(desk: Desk, asked: Asked) -> Page:
    own = desk.places(NEEDS)
    facts = {
        "here": f"{HERE}/new",
        "others": [(f"title-{code}", LanguageName(code)) for code in OTHERS],
        "modes": [(str(mode), label) for mode, label in words.MODES.items()],
        "who": [("", say("Teams and clubs")), ("1", say("Companies"))],
        "place": own[0].text_of("name") if own else "",
        "most": (LONGEST_TITLE, LONGEST_ABOUT),
        "points": Points(),
    }
    return Page("contests/tournament_new.html", say("New tournament"), facts)


@section.act(f"{PATH}/new", again=shows_new)
def add(desk: Desk, asked: Asked) -> Done | Wrong:
    station = named_place(desk, asked.word("place"), NEEDS)
    if isinstance(station, Wrong):
        return station
    row = tournaments.open_one(desk.session, _told(asked), station.id, desk.member.id, desk.now)
    return Done(f"{HERE}/{row.id}", say("Opened: {title}", title=row.text_of("title")))


def _told(asked: Asked) -> Told:
    """What the form tells. Raises NotTaken for what is missing or too long."""
    said = {"title": short(asked, "title", LONGEST_TITLE)}
    if not said["title"]:
        raise NotTaken(say("It needs a title."), "title")
    others = {code: short(asked, f"title-{code}", LONGEST_TITLE) for code in OTHERS}
    mode = asked.word("mode")
    if mode not in set(Mode):
        raise NotTaken(say("Pick how it's played."), "mode")
    return Told(
        Translated(said["title"], others),
        short(asked, "about", LONGEST_ABOUT),
        Mode(mode),
        asked.is_on("companies"),
        Points(*(_few(asked, each, MOST_POINTS) for each in ("win", "draw", "loss"))),
        _few(asked, "promotes", rules.MOST_SIDES),
    )


def short(asked: Asked, name: str, most: int) -> str:
    said = one_line(asked.word(name))
    if len(said) > most:
        raise NotTaken(say("That's long; {n} characters at most.", n=most), name)
    return said


def _few(asked: Asked, name: str, most: int) -> int:
    number = asked.number(name, 0)
    if not 0 <= number <= most:
        raise NotTaken(say("A number from 0 to {n}.", n=most), name)
    return number


# One tournament


def _found(desk: Desk, asked: Asked) -> Tournament:
    """The tournament of the path. Raises Missing where it is none of the member's places."""
    row = tournaments.get(desk.session, asked.number("tournament"))
    if row is None or not desk.may(NEEDS, stations.get(desk.session, row.station_id)):
        raise Missing
    return row


@section.page(ONE)
def shows_one(desk: Desk, asked: Asked) -> Page:
    row = _found(desk, asked)
    names = tournaments.names_of(desk.session, row.id)
    inside = tournaments.sides_of(desk.session, row.id)
    played = fixtures.of_tournament(desk.session, row.id)
    won = matches.first_of(desk.session, row)
    is_entering = row.state is TournamentState.ENTERING
    facts = {
        "row": row,
        "here": f"{HERE}/{row.id}",
        "host": stations.get(desk.session, row.station_id),
        "state": words.STATES[row.state],
        "rules": words.rules_of(row),
        "names": names,
        "sides": inside,
        "is_entering": is_entering,
        "is_playing": row.state is TournamentState.PLAYING,
        "won": names[won] if won is not None else None,
        "table": fixtures.table(desk.session, row)
        if row.mode is Mode.ROUND_ROBIN and not is_entering
        else [],
        "rounds": [
            (words.round_of(found[0]), [_shown(desk, each, names) for each in found])
            for found in matches.rounds(played).values()
        ],
        "commitment": draws.commitment_of(row.secret),
        "public": desk.house.link_to(f"/m/{row.id}"),
        "addable": _addable(desk, row) if is_entering else [],
        "most": (LONGEST_PLACE, LONGEST_REASON),
    }
    return Page("contests/tournament.html", row.text_of("title"), facts)


def _shown(desk: Desk, match: Match, names: Mapping[int, Translated]) -> dict[str, Any]:
    return {
        "match": match,
        "line": words.match_line(match, names),
        "standing": words.standing(match, names),
        "can_change": match.home_id is not None and match.away_id is not None,
        "starts": typed(desk, match.starts_at) if match.starts_at is not None else "",
        "sides": [
            (each, names[each]) for each in (match.home_id, match.away_id) if each is not None
        ],
        "said": [
            lines(f"{each.home_score}:{each.away_score}", SAID[each.kind], each.reason, between=DOT)
            for each in matches.results_of(desk.session, match.id)
        ],
    }


SAID: dict[tournaments.ResultKind, Sayable] = {
    tournaments.ResultKind.REPORTED: say("told by one side"),
    tournaments.ResultKind.CONFIRMED: say("confirmed by the other"),
    tournaments.ResultKind.DISPUTED: say("told differently by the other"),
    tournaments.ResultKind.DECIDED: say("decided by organizers"),
    tournaments.ResultKind.WALK_OVER: say("walk-over"),
}


def _addable(desk: Desk, row: Tournament) -> list[tuple[str, Sayable]]:
    """The teams or the companies of its place and below that are not in it yet."""
    inside = tournaments.sides_of(desk.session, row.id)
    station = desk.session.get_one(Station, row.station_id)
    if row.of_companies:
        had = {each.enterprise_id for each in inside}
        points = [
            each
            for each in stations.everything(desk.session)
            if each.kind is StationKind.CONTACT_POINT and each.path.startswith(station.path)
        ]
        return [
            (f"s{each.id}", each.text_of("name"))
            for each in points
            if each.enterprise_id is not None and each.enterprise_id not in had
        ]
    own = {each.team_id for each in inside}
    found = teams.browse(desk.session, station_id=station.id, limit=200)
    return [(f"t{each.id}", each.text_of("name")) for each in found if each.id not in own]


@section.act(f"{ONE}/enter", again=shows_one)
def enter(desk: Desk, asked: Asked) -> Done | Wrong:
    """Put a team or a company in, for those who lead it."""
    row, said = _found(desk, asked), asked.word("side")
    if said not in {value for value, _label in _addable(desk, row)}:
        return Wrong(say("Pick one of the list."), "side")
    what = teams.get(desk.session, int(said[1:])) if said[0] == "t" else None
    chosen = what or desk.session.get_one(Station, int(said[1:]))
    done = sides.put_in(desk.session, row.id, chosen, desk.member.id, desk.now)
    return _told_done(row, done, say("✅ It's in."))


@section.act(f"{ONE}/withdraw", again=shows_one)
def withdraw(desk: Desk, asked: Asked) -> Done | Wrong:
    row, why = _found(desk, asked), _reason(asked)
    _own_side(desk, row, asked.number("side"))
    done = matches.withdraw(desk.session, asked.number("side"), why, desk.member.id, desk.now)
    return _told_done(row, done, say("It's out; what it hasn't played goes to the others."))


@section.act(f"{ONE}/draw", again=shows_one)
def draw(desk: Desk, asked: Asked) -> Done | Wrong:
    """Draw the order, with the digits of a public number where there are any."""
    row, said = _found(desk, asked), asked.word("number")
    number = draws.number_of(said) if said else ""
    if number is None:
        return Wrong(say("Write the digits, three at least: 7 3 9."), "number")
    done = fixtures.draw(desk.session, row.id, number, desk.member.id, desk.now)
    return _told_done(row, done, say("✅ Drawn. Those who lead the sides are told."))


@section.act(f"{ONE}/cancel", again=shows_one)
def cancel(desk: Desk, asked: Asked) -> Done | Wrong:
    row = _found(desk, asked)
    done = tournaments.cancel(desk.session, row.id, _reason(asked), desk.member.id, desk.now)
    return _told_done(row, done, say("Cancelled. Those who lead the sides are told why."))


@section.act(f"{ONE}/time", again=shows_one)
def set_time(desk: Desk, asked: Asked) -> Done | Wrong:
    row, match = _found(desk, asked), asked.number("match")
    _own_match(desk, row, match)
    starts_at = moment(desk, asked, "starts")
    if starts_at is None:
        return Wrong(say("When is it played?"), "starts")
    place = short(asked, "place", LONGEST_PLACE)
    done = matches.set_time(desk.session, match, starts_at, place, desk.member.id, desk.now)
    return _told_done(row, done, say("✅ Set. Both sides are told, and reminded the day before."))


@section.act(f"{ONE}/decide", again=shows_one)
def decide(desk: Desk, asked: Asked) -> Done | Wrong:
    row, match = _found(desk, asked), asked.number("match")
    _own_match(desk, row, match)
    score = rules.read_score(asked.word("score"))
    if score is None:
        return Wrong(say("Two numbers, like 3:1."), "score")
    done = matches.decide(desk.session, match, *score, _reason(asked), desk.member.id, desk.now)
    return _told_done(row, done, say("✅ It counts; both sides are told."))


@section.act(f"{ONE}/walk-over", again=shows_one)
def walk_over(desk: Desk, asked: Asked) -> Done | Wrong:
    row, match = _found(desk, asked), asked.number("match")
    _own_match(desk, row, match)
    winner = asked.number("winner")
    done = matches.walk_over(desk.session, match, winner, _reason(asked), desk.member.id, desk.now)
    return _told_done(row, done, say("✅ It counts; both sides are told."))


def _own_match(desk: Desk, row: Tournament, match_id: int) -> None:
    match = matches.get(desk.session, match_id)
    if match is None or match.tournament_id != row.id:
        raise Missing


def _own_side(desk: Desk, row: Tournament, side_id: int) -> None:
    if side_id not in {each.id for each in tournaments.sides_of(desk.session, row.id)}:
        raise Missing


def _reason(asked: Asked) -> str:
    """The reason that a form gives. Raises NotTaken without one."""
    said = short(asked, "reason", LONGEST_REASON)
    if not said:
        raise NotTaken(say("Say why; those concerned will read it."), "reason")
    return said


def _told_done(
    row: Tournament, done: Side | Tournament | Set | Settled | NotDone, said: Sayable
) -> Done | Wrong:
    match done:
        case NotDone(why):
            return Wrong(REFUSALS[why])
        case Side() | Tournament() | Set() | Settled():
            return Done(f"{HERE}/{row.id}", said)
        case never:
            assert_never(never)
