"""The ready-made questions as an organizer taps them, and the station's own words as rows."""

from bot.conversation.language import phrasebook
from bot.conversation.messages import Text, say
from models.rules.languages import DEFAULT, LANGUAGES, Translated

LABELS = {
    "meal": say("Meal"),
    "size": say("Size"),
    "stop": say("Stop"),
    "phone": say("Phone"),
    "id-name": say("Name on the ID"),
    "id-number": say("ID number"),
    "certificate-photo": say("Photo of a certificate"),
    "allergies": say("Allergies"),
    "gender": say("Man or woman"),
}
"""What the button of each is called, in the order in which they are offered."""


def everywhere(text: Text) -> Translated:
    """The station's own words in every language, as a row keeps them."""
    said = {code: phrasebook().into(code)(text) for code in LANGUAGES}
    return Translated(said.pop(DEFAULT), said)
