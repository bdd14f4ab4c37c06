"""The ready-made questions that an organizer adds in two taps."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversation.language import phrasebook
from bot.conversation.messages import (
    Text,
    say,
)
from models.events.questionnaire import NewQuestion
from models.rules.events.questions import QuestionKind
from models.rules.languages import DEFAULT, LANGUAGES, Translated


@dataclass(frozen=True, slots=True)
class Ready:
    """A ready-made question; one of a choice without ``choices`` asks the organizer for them."""

    label: Text
    text: Text
    kind: QuestionKind
    choices: tuple[Text, ...] = ()
    required: bool = True
    per_person: bool = True
    at_check_in: bool = False


READY = {
    "meal": Ready(
        say("Meal"),
        say("Would you like a meal?"),
        QuestionKind.CHOICE,
        (say("A meal"), say("No meal")),
    ),
    "size": Ready(say("Size"), say("What size do you wear?"), QuestionKind.SIZE),
    "stop": Ready(
        say("Stop"),
        say("Where do you get on?"),
        QuestionKind.CHOICE,
        per_person=False,
        at_check_in=True,
    ),
    "phone": Ready(
        say("Phone"),
        say("On which phone number can you be reached?"),
        QuestionKind.PHONE,
        per_person=False,
    ),
    "id-name": Ready(
        say("Name on the ID"), say("What's the name on your ID card?"), QuestionKind.TEXT
    ),
    "id-number": Ready(
        say("ID number"), say("What's your ID card number?"), QuestionKind.ID_NUMBER
    ),
    "certificate-photo": Ready(
        say("Photo of a certificate"),
        say("Send a photo of your certificate or licence."),
        QuestionKind.PHOTO,
    ),
    "allergies": Ready(
        say("Allergies"),
        say("Is there anything you must not eat, or are allergic to?"),
        QuestionKind.TEXT,
        required=False,
    ),
    "gender": Ready(
        say("Man or woman"),
        say("Are you a man or a woman?"),
        QuestionKind.CHOICE,
        (say("Man"), say("Woman")),
    ),
}


def of_ready(key: str, choices: Sequence[Translated]) -> NewQuestion:
    ready = READY[key]
    return NewQuestion(
        ready.kind,
        everywhere(ready.text),
        choices,
        required=ready.required,
        per_person=ready.per_person,
        at_check_in=ready.at_check_in,
        ready=key,
    )


def everywhere(text: Text) -> Translated:
    """The station's own words in every language, as a row keeps them."""
    said = {code: phrasebook().into(code)(text) for code in LANGUAGES}
    return Translated(said.pop(DEFAULT), said)
