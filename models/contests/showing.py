"""What a screen shows of a stage: who is on it, who comes next, and the places at the end."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from models.contests import rounds
from models.contests.rounds import AHEAD, Appearance, AppearanceState, ContestRound, RoundState

MOST_AHEAD, MOST_PLACES = 2, 10
"""How many who come next are shown, and how many places."""


@dataclass(frozen=True, slots=True)
class NowNext:
    """What a screen shows of a round: who is on the stage and who comes next, or its ``places``.

    Those are there once it is over: each place with who has it, and the score.
    """

    round: ContestRound
    now: rounds.Performer | None
    next: tuple[rounds.Performer, ...]
    places: tuple[tuple[int, rounds.Performer, str], ...] = ()


def now_next(session: Session, event_id: int) -> NowNext | None:
    """Return what a screen shows of the round that is on at an event; None where there is none.

    A round that is over is shown until somebody of the next one is called.
    """
    every = rounds.of_event(session, event_id)
    drawn = next((each for each in every if each.state is RoundState.DRAWN), None)
    over = max(
        (each for each in every if each.ended_at is not None),
        key=lambda each: (each.ended_at, each.id),
        default=None,
    )
    there = rounds.of_round(session, drawn.id) if drawn is not None else []
    if drawn is not None and (over is None or any(each.called_at is not None for each in there)):
        return _running(session, drawn, there)
    return _ended(session, over) if over is not None else None


def _running(session: Session, row: ContestRound, every: Sequence[Appearance]) -> NowNext:
    on = next((each for each in every if each.state is AppearanceState.ON_STAGE), None)
    ahead = [each for each in every if each.state in AHEAD][:MOST_AHEAD]
    return NowNext(
        row,
        rounds.performer(session, on.entry_id) if on is not None else None,
        tuple(rounds.performer(session, each.entry_id) for each in ahead),
    )


def _ended(session: Session, row: ContestRound) -> NowNext:
    placed = sorted(
        (each.place, each.position, each)
        for each in rounds.of_round(session, row.id)
        if each.place is not None
    )
    return NowNext(
        row,
        None,
        (),
        tuple(
            (place, rounds.performer(session, each.entry_id), each.score)
            for place, _position, each in placed[:MOST_PLACES]
        ),
    )
