"""Words of matches: who against whom, the score, the round, how it stands."""

from collections.abc import Mapping

from bot.conversation.messages import Lines, Sayable, Text, When, lines, say
from handlers.words import DOT
from models.contests.tournaments import Match, Tournament, TournamentState
from models.rules.contests.matches import MatchState, Mode, Stage
from models.rules.languages import Translated

STATES: dict[TournamentState, Text] = {
    TournamentState.ENTERING: say("entries are open"),
    TournamentState.PLAYING: say("being played"),
    TournamentState.OVER: say("over"),
    TournamentState.CANCELLED: say("❌ cancelled"),
}
MODES: dict[Mode, Text] = {
    Mode.ROUND_ROBIN: say("Everybody meets everybody"),
    Mode.KNOCKOUT: say("Knock-out: who loses is out"),
}
NOBODY = say("still open")

Names = Mapping[int, Translated]


def rules_of(row: Tournament) -> Sayable:
    """The rules in a sentence or two, as they are published before the first match."""
    if row.mode is Mode.KNOCKOUT:
        return lines(MODES[row.mode], say("the order is drawn"), between=DOT)
    points = say(
        "points: win {win}, draw {draw}, loss {loss}", win=row.win, draw=row.draw, loss=row.loss
    )
    on = say("the first {n} go on to a knock-out", n=row.promotes) if row.promotes else None
    return lines(MODES[row.mode], points, on, between=DOT)


EQUAL_POINTS = say(
    "Where points are equal the difference counts, then the matches between the equals, "
    "then the drawn order."
)


def name(side_id: int | None, names: Names) -> Sayable:
    return names[side_id] if side_id is not None else NOBODY


def sides(match: Match, names: Names) -> Text:
    return say("{home} – {away}", home=name(match.home_id, names), away=name(match.away_id, names))


def score(match: Match) -> str:
    """The score as 3:1; empty where nothing was told."""
    if match.home_score is None or match.away_score is None:
        return ""
    return f"{match.home_score}:{match.away_score}"


def result(match: Match, names: Names) -> Lines:
    return lines(
        sides(match, names),
        score(match),
        say("walk-over") if match.is_walk_over else None,
        between=" ",
    )


def round_of(match: Match) -> Text:
    if match.stage is Stage.CUP:
        return say("knock-out, round {n}", n=match.round)
    return say("round {n}", n=match.round)


def match_line(match: Match, names: Names) -> Lines:
    """A match in a list: who, the score or when, and where."""
    said: Sayable | None = None
    if match.state is MatchState.SETTLED:
        return lines(result(match, names), round_of(match), between=DOT)
    if match.starts_at is not None:
        said = When(match.starts_at, near=True)
    waits = match.state is not MatchState.PLANNED
    return lines(
        sides(match, names),
        said or round_of(match),
        match.place,
        say("{score}, not confirmed", score=score(match)) if waits else None,
        between=DOT,
    )


def standing(match: Match, names: Names) -> Sayable | None:
    """How a match stands; None while nothing was told of it."""
    match match.state:
        case MatchState.SETTLED:
            return lines(
                say("✅ {score}", score=score(match)),
                say("walk-over") if match.is_walk_over else None,
                between=DOT,
            )
        case MatchState.REPORTED:
            return say(
                "⏳ {side} tells {score}; the other side hasn't confirmed it.",
                side=name(match.reported_by_side, names),
                score=score(match),
            )
        case MatchState.DISPUTED:
            return say("⏳ The sides tell different scores; the organizers decide.")
        case _:
            return None
