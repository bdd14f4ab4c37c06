"""The buttons of awards and nominations."""

from dataclasses import dataclass

from bot.conversation.messages import Action, Button, say


@dataclass(frozen=True, slots=True)
class ListAwards(Action, tag="awards"):
    pass


@dataclass(frozen=True, slots=True)
class OpenAward(Action, tag="award"):
    contest_id: int


@dataclass(frozen=True, slots=True)
class Nominate(Action, tag="nominate"):
    contest_id: int


@dataclass(frozen=True, slots=True)
class OpenNomination(Action, tag="nomination"):
    nomination_id: int


@dataclass(frozen=True, slots=True)
class AddToDossier(Action, tag="dossier-add"):
    nomination_id: int


@dataclass(frozen=True, slots=True)
class ShowDossier(Action, tag="dossier"):
    nomination_id: int
    part: int = 0


@dataclass(frozen=True, slots=True)
class TakeFromDossier(Action, tag="dossier-out"):
    nomination_id: int
    part_id: int


@dataclass(frozen=True, slots=True)
class AskNominee(Action, tag="nomination-ask"):
    nomination_id: int


@dataclass(frozen=True, slots=True)
class AnswerNomination(Action, tag="nomination-answer"):
    """Agrees or refuses; refusing asks once."""

    nomination_id: int
    yes: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class ObjectTo(Action, tag="award-object"):
    """Objects to somebody who is proposed; asks whom where there are several."""

    contest_id: int
    nomination_id: int = 0


AWARDS = Button(say("Awards"), ListAwards())
