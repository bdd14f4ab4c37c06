"""What anybody may read of a tournament, on its page ``/m/N``: sides, scores and rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.conversation.messages import When, lines, say
from handlers.contests import match_words as words
from handlers.events.posters import ways
from handlers.events.printing import Words
from handlers.words import DOT, station_name
from models.contests import fixtures, matches, tournaments
from models.contests.tournaments import Match, Tournament, TournamentState
from models.network import stations
from models.rules.contests.matches import MatchState, Mode, Stage
from models.rules.languages import Translated


@dataclass(frozen=True, slots=True)
class Shown:
    """A match on the page; the score is empty before it, ``won`` 0 or 1 for the side that won."""

    home: str
    away: str
    score: str
    note: str
    won: int | None = None


@dataclass(frozen=True, slots=True)
class Round:
    title: str
    matches: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A tournament in a reader's words; ``head`` labels the columns of ``rows``."""

    title: str
    path: str
    station: str
    state: str
    about: str
    rules: tuple[str, ...]
    won: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cup: tuple[Round, ...]
    rounds: tuple[Round, ...]
    sides: tuple[str, ...]
    draw: str
    call: str
    ways: tuple[tuple[str, str], ...]


def page(
    session: Session, number: int, language: str, zone: ZoneInfo, now: datetime
) -> Page | None:
    """The page of a tournament; None where there is none."""
    row = tournaments.get(session, number)
    if row is None:
        return None
    in_words = Words(language, zone, now)
    names = tournaments.names_of(session, number)
    won = matches.first_of(session, row)
    played = matches.rounds(fixtures.of_tournament(session, number))
    shown = {
        key: Round(
            in_words(words.round_of(found[0])),
            tuple(_shown(each, names, in_words) for each in found),
        )
        for key, found in played.items()
    }
    has_table = row.mode is Mode.ROUND_ROBIN and row.state is not TournamentState.ENTERING
    return Page(
        title=in_words(row.text_of("title")),
        path=f"/m/{row.id}",
        station=in_words(station_name(stations.get(session, row.station_id))),
        state=in_words(words.STATES[row.state]),
        about=in_words(row.text_of("about")),
        rules=tuple(
            in_words(each)
            for each in (
                words.rules_of(row),
                words.EQUAL_POINTS if row.mode is Mode.ROUND_ROBIN else "",
            )
            if each
        ),
        won=in_words(say("✅ Won by {side}.", side=names[won])) if won is not None else "",
        head=tuple(
            in_words(each)
            for each in (
                say("Side"),
                say("played"),
                say("won"),
                say("drawn"),
                say("lost"),
                say("score"),
                say("points"),
            )
        ),
        rows=_rows(session, row, names, in_words) if has_table else (),
        cup=tuple(each for (stage, _n), each in shown.items() if stage is Stage.CUP),
        rounds=tuple(each for (stage, _n), each in shown.items() if stage is Stage.TABLE),
        sides=()
        if row.state is not TournamentState.ENTERING
        else tuple(in_words(each) for each in names.values()),
        draw=in_words(say("How the order was drawn, as data")) if row.drawn else "",
        call=in_words(say("Open it in a chat")),
        ways=tuple(ways(session, f"m{row.id}", in_words)),
    )


def _rows(
    session: Session, row: Tournament, names: Mapping[int, Translated], in_words: Words
) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            in_words(names[each.side]),
            *map(str, (each.played, each.won, each.drawn, each.lost)),
            f"{each.scored}:{each.against}",
            str(each.points),
        )
        for each in fixtures.table(session, row)
    )


def _shown(match: Match, names: Mapping[int, Translated], in_words: Words) -> Shown:
    is_over = match.state is MatchState.SETTLED
    rests = is_over and (match.home_id is None or match.away_id is None)
    when = When(match.starts_at) if match.starts_at is not None and not is_over else None
    note = lines(
        when,
        match.place if not is_over else None,
        say("walk-over") if match.is_walk_over else None,
        say("rests") if rests else None,
        between=DOT,
    )
    won = {match.home_id: 0, match.away_id: 1}.get(match.winner_id)
    return Shown(
        in_words(words.name(match.home_id, names)) if match.home_id or not rests else "",
        in_words(words.name(match.away_id, names)) if match.away_id or not rests else "",
        words.score(match) if is_over else "",
        in_words(note),
        won if match.winner_id is not None else None,
    )


def record(session: Session, number: int) -> Mapping[str, object] | None:
    """What is published of the draw of its order."""
    return fixtures.record_of(session, number)
