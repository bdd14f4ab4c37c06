"""The buttons of the stage: what each carries, under a tag that outlives the code; refusals."""

from dataclasses import dataclass

from bot.conversation.messages import Action, Reply, Sayable, say
from handlers.actions import MENU, MINE
from models.contests.rounds import WhyNot


@dataclass(frozen=True, slots=True)
class OpenRound(Action, tag="round"):
    round_id: int


@dataclass(frozen=True, slots=True)
class CallNext(Action, tag="round-next"):
    """Calls the next; ``after`` is who was on the stage when it was shown, so that two presses
    call one."""

    round_id: int
    after: int = 0


@dataclass(frozen=True, slots=True)
class MarkAbsent(Action, tag="round-absent"):
    appearance_id: int


@dataclass(frozen=True, slots=True)
class CloseRound(Action, tag="round-close"):
    round_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class LeaveRound(Action, tag="round-leave"):
    appearance_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class JudgeLive(Action, tag="live-judge"):
    """Asks a judge for the points of somebody on the stage, from the first criterion on."""

    assignment_id: int
    again: int = 0


@dataclass(frozen=True, slots=True)
class GivePoints(Action, tag="live-points"):
    assignment_id: int
    criterion_id: int
    points: int


REFUSALS: dict[WhyNot, Sayable] = {
    WhyNot.NOT_A_STAGE: say("That contest isn't held on a stage."),
    WhyNot.ENTERING: say("Entries are still taken; the order is drawn afterwards."),
    WhyNot.IS_DRAWN: say("The order is drawn already."),
    WhyNot.NOT_DRAWN: say("The order isn't drawn yet."),
    WhyNot.EMPTY: say("There is nobody to draw."),
    WhyNot.TOO_MANY: say("That's many rounds; no more fit."),
    WhyNot.NOT_JUDGED: say("There are no such points."),
    WhyNot.NOBODY_LEFT: say("Everybody has performed."),
    WhyNot.SCORES_LACK: say("Somebody hasn't performed yet."),
    WhyNot.OVER: say("That's over already."),
}


def refused(why: WhyNot) -> Reply:
    return Reply(REFUSALS[why], buttons=(MINE, MENU))
