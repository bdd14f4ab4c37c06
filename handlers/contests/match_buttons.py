"""The buttons of tournaments: what each carries, under a tag that outlives the code; refusals."""

from dataclasses import dataclass

from bot.conversation.messages import Action, Button, Reply, Sayable, say
from handlers.actions import MENU
from models.contests.tournaments import WhyNot


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
