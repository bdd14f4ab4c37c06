"""The form of a question of one's own, read as the question that it makes.

What cannot be taken raises NotTaken with why, in the words of the chat, and at which field.
"""

from collections.abc import Sequence

from bot.conversation import dialogs
from bot.conversation.messages import Sayable, lines, say
from console.desk import Desk
from console.routing import Asked, NotTaken
from handlers.events.asking import NO_ID_HERE
from handlers.events.question_words import KINDS, OF_CHOICES, check_choices
from models.events.questionnaire import NewQuestion
from models.events.questions import EventQuestion
from models.rules.events import questions as rules
from models.rules.events.questions import LONGEST, QuestionKind
from models.rules.languages import LANGUAGES, Translated

OFFERED = OF_CHOICES | KINDS
CONDITION = "condition"
Conditions = Sequence[tuple[EventQuestion, str]]
"""The answers on which a question may hang, as ``questionnaire.conditions`` tells them."""


def read(desk: Desk, asked: Asked, conditions: Conditions) -> NewQuestion:
    """Raises NotTaken at the first field that cannot be taken."""
    said = asked.word("kind")
    if said not in OFFERED:
        raise NotTaken(say("Pick one of these."), "kind")
    kind = QuestionKind(said)
    others = [code for code in LANGUAGES if code != desk.house.home]
    text, written = _text(asked, "text"), asked.word("choices")
    if not text:
        raise NotTaken(say("Write a few words."), "text")
    if kind in OF_CHOICES and not written:
        # As in the chat: “Will you eat with us? yes/no”.
        in_one = rules.read_question(text)
        if isinstance(in_one, rules.Written) and in_one.choices:
            text, written = in_one.text, "/".join(in_one.choices)
    if kind not in OF_CHOICES and written:
        why = say("There is something to choose from only with one answer or several.")
        raise NotTaken(why, "choices")
    if asked.is_on("asked_again") and kind not in rules.ASKED_AGAIN:
        raise NotTaken(say("A photo can't be asked for again at check-in."), "asked_again")
    translated = {code: _text(asked, f"text-{code}") for code in others}
    other, choice = condition_of(asked, conditions)
    return NewQuestion(
        kind,
        Translated(text, {code: words for code, words in translated.items() if words}),
        _choices(asked, written, others) if kind in OF_CHOICES else (),
        required=asked.is_on("required"),
        per_person=asked.is_on("per_person"),
        if_question=other.id if other is not None else None,
        if_choice=choice,
        at_check_in=asked.is_on("at_check_in"),
        asked_again=asked.is_on("asked_again"),
        keep_days=days_of(asked, kind),
    )


def _text(asked: Asked, field: str) -> str:
    words = " ".join(asked.word(field).split())
    if len(words) > LONGEST:
        raise NotTaken(say("That's too long: {n} characters at most.", n=LONGEST), field)
    if rules.holds_id_number(words):
        raise NotTaken(NO_ID_HERE, field)
    return words


def choices_of(words: str, field: str) -> list[str]:
    """What can be chosen: with / between them, or one a line."""
    checked = check_choices("/".join(words.splitlines()))
    if isinstance(checked, dialogs.Wrong):
        raise NotTaken(checked.why, field)
    return checked.split("/")


def _choices(asked: Asked, written: str, others: Sequence[str]) -> list[Translated]:
    said = choices_of(written, "choices")
    translated: dict[str, list[str]] = {}
    for code in others:
        field = f"choices-{code}"
        if not asked.word(field):
            continue
        translated[code] = choices_of(asked.word(field), field)
        if len(translated[code]) != len(said):
            why = say("Write as many as there are to choose from: {n}.", n=len(said))
            raise NotTaken(why, field)
    return [
        Translated(each, {code: words[place] for code, words in translated.items()})
        for place, each in enumerate(said)
    ]


def days_of(asked: Asked, kind: QuestionKind, now: int | None = None) -> int | None:
    """How many days the answers are kept, ``now`` so many; None: as answers of this kind are."""
    said = asked.word("keep_days")
    if not said:
        return None
    if said not in map(str, (*rules.days_for(kind), now)):
        raise NotTaken(say("Pick one of these."), "keep_days")
    return int(said)


def condition_of(asked: Asked, conditions: Conditions) -> tuple[EventQuestion | None, str]:
    """The answer on which the question shall hang; no question: it is always asked."""
    said = asked.word(CONDITION)
    if not said:
        return None, ""
    for each in conditions:
        if key_of(*each) == said:
            return each
    raise NotTaken(say("A question can hang on one with choices that is asked before it."))


def condition_now(question: EventQuestion, conditions: Conditions) -> str:
    """The answer on which a question hangs, as the form sends it; empty for none."""
    now = (question.if_question, question.if_choice)
    found = (key_of(*each) for each in conditions if (each[0].id, each[1]) == now)
    return next(found, "")


def key_of(question: EventQuestion, choice: str) -> str:
    return f"{question.id}-{question.choices.index(choice)}"


def offered(conditions: Conditions) -> list[tuple[str, Sayable]]:
    """The conditions as a form offers them: by key, with the question and the answer."""
    found: list[tuple[str, Sayable]] = [("", say("Always ask it"))]
    for question, choice in conditions:
        said = next(each for each in question.choices_said() if each.text == choice)
        found.append((key_of(question, choice), lines(question.text_of("text"), said, between=" ")))
    return found
