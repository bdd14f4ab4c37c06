"""The buttons of judges: what each carries, under a tag that outlives the code."""

from dataclasses import dataclass

from bot.conversation.messages import Action


@dataclass(frozen=True, slots=True)
class AnswerJudge(Action, tag="judge-answer"):
    judge_id: int
    yes: int


@dataclass(frozen=True, slots=True)
class DeclareTie(Action, tag="judge-tie"):
    """Asks for a company that the judge has a tie to, or keeps the one that was found."""

    judge_id: int
    enterprise_id: int = 0


@dataclass(frozen=True, slots=True)
class GoOnJudging(Action, tag="judge-on"):
    """The next entry without marks, after another one that is left for later."""

    judge_id: int
    after: int = 0


@dataclass(frozen=True, slots=True)
class ListMarked(Action, tag="judge-list"):
    judge_id: int
    skip: int = 0


@dataclass(frozen=True, slots=True)
class MarkEntry(Action, tag="mark"):
    """An entry with the question for a criterion: the one at this place, of those there are."""

    assignment_id: int
    at: int = 0
    part: int = 0


@dataclass(frozen=True, slots=True)
class GivePoints(Action, tag="points"):
    assignment_id: int
    criterion_id: int
    points: int


@dataclass(frozen=True, slots=True)
class WriteNote(Action, tag="judge-note"):
    assignment_id: int


@dataclass(frozen=True, slots=True)
class HaveConflict(Action, tag="judge-conflict"):
    assignment_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class DropOut(Action, tag="judge-leave"):
    judge_id: int
    sure: int = 0
