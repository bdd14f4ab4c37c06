"""The fixtures of a tournament: the draw of the order, and the matches that follow from it."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from models.contests.tournaments import (
    Match,
    NotDone,
    Side,
    Tournament,
    TournamentState,
    WhyNot,
    get,
    lock,
    names_of,
    record,
    require,
    sides_of,
    tell,
)
from models.rules.contests import matches as rules
from models.rules.contests import orders
from models.rules.contests.matches import MatchState, Mode, Played, Row, Stage
from models.store import Moment


def draw(
    session: Session, number: int, public: str, by: int | None, now: Moment
) -> Tournament | NotDone:
    """Draw the order of the sides and make the matches that follow from it; once.

    ``public`` is a number that was drawn by somebody else after entries closed; empty without one.
    """
    row = lock(session, number)
    require(session, row, by, now)
    sides = sides_of(session, row.id)
    if row.state is not TournamentState.ENTERING:
        return NotDone(WhyNot.NOT_OPEN)
    if len(sides) < rules.FEWEST_SIDES:
        return NotDone(WhyNot.TOO_FEW)
    drawn = orders.draw([each.code for each in sides], row.secret, public)
    row.listed, row.drawn, row.number = drawn.listed, list(drawn.order), public
    row.state, row.drawn_at = TournamentState.PLAYING, now
    places = {code: place for place, code in enumerate(drawn.order)}
    for side in sides:
        side.position = places[side.code]
    session.add_all((row, *sides))
    session.flush()
    record(session, row, by, now, "drawn", number=public)
    in_order = sorted(sides, key=lambda each: places[each.code])
    if row.mode is Mode.ROUND_ROBIN:
        _make_table(session, row, in_order)
    else:
        make_cup(session, row, in_order)
    for side in sides:
        tell(session, side, "tournament-drawn", {"tournament_id": row.id}, now)
    return row


def _make_table(session: Session, row: Tournament, sides: Sequence[Side]) -> None:
    for number, pairs in enumerate(rules.rounds_of(len(sides)), start=1):
        for place, (home, away) in enumerate(pairs):
            session.add(
                Match(
                    tournament_id=row.id,
                    stage=Stage.TABLE,
                    round=number,
                    place_in_round=place,
                    home_id=sides[home].id,
                    away_id=sides[away].id,
                )
            )
    session.flush()


def make_cup(session: Session, row: Tournament, sides: Sequence[Side]) -> None:
    """Make the knock-out of these sides, the first the strongest; who rests stands in round 2."""
    slots = rules.slots_of(len(sides))
    known: list[int | None] = [sides[each].id if each is not None else None for each in slots]
    for number in range(1, rules.cup_rounds(len(sides)) + 1):
        following = list[int | None]()
        for place in range(len(known) // 2):
            home, away = known[2 * place], known[2 * place + 1]
            rests = number == 1 and (home is None or away is None)
            following.append((home or away) if rests else None)
            session.add(
                Match(
                    tournament_id=row.id,
                    stage=Stage.CUP,
                    round=number,
                    place_in_round=place,
                    home_id=home,
                    away_id=away,
                    state=MatchState.SETTLED if rests else MatchState.PLANNED,
                    winner_id=(home or away) if rests else None,
                )
            )
        known = following
    session.flush()


def record_of(session: Session, number: int) -> dict[str, Any] | None:
    """What is published of the draw, and whose each code is; None before it."""
    row = get(session, number)
    if row is None or row.listed is None or row.drawn is None:
        return None
    names = names_of(session, number)
    return {
        **orders.record_of(row.secret, row.number, row.listed, row.drawn),
        "tournament": number,
        "sides": {each.code: names[each.id].text for each in sides_of(session, number)},
    }


# Reading


def of_tournament(session: Session, number: int) -> Sequence[Match]:
    """Return the matches of a tournament: the table's first, by rounds."""
    rows = session.exec(
        select(Match)
        .where(Match.tournament_id == number)
        .order_by(col(Match.round), col(Match.place_in_round))
    ).all()
    return sorted(rows, key=lambda each: each.stage is Stage.CUP)


def table(session: Session, row: Tournament) -> list[Row]:
    """Return the table of a tournament; ``side`` of its rows is the id of a side."""
    sides = [each for each in sides_of(session, row.id) if each.position is not None]
    order = [each.id for each in sorted(sides, key=lambda each: each.position or 0)]
    played = [
        Played(each.home_id, each.away_id, each.home_score, each.away_score)
        for each in of_tournament(session, row.id)
        if each.stage is Stage.TABLE
        and each.state is MatchState.SETTLED
        and each.home_id is not None
        and each.away_id is not None
        and each.home_score is not None
        and each.away_score is not None
    ]
    return rules.table_of(order, played, row.points)
