"""The texts of a team or a place as fields of a form, in each language."""

from collections.abc import Mapping

from bot.conversation.messages import Sayable, say
from console.routing import Asked, NotTaken
from models.network.translations import Translatable
from models.rules.languages import LANGUAGES, Translated
from models.rules.texts import one_line

OTHERS = [code for code in LANGUAGES if code != "zh"]


def rows_of(
    row: Translatable, texts: Mapping[str, int], labels: Mapping[str, Sayable]
) -> list[tuple[str, Sayable, int, str, list[tuple[str, str, str]]]]:
    """Of each text: its field, label, length and words, and those in further languages."""
    rows = []
    for name, most in texts.items():
        said = row.text_of(name)
        others = [(code, f"{name}-{code}", said.translations.get(code, "")) for code in OTHERS]
        rows.append((name, labels[name], most, said.text, others))
    return rows


def texts_in(
    asked: Asked, texts: Mapping[str, int], labels: Mapping[str, Sayable]
) -> dict[str, Translated]:
    """The texts that were typed. Raises NotTaken for one that is too long."""
    found = {}
    for name, most in texts.items():
        said = {field: one_line(asked.word(field)) for field in _fields(name)}
        for field, words in said.items():
            if len(words) > most:
                why = say("{label}: {n} characters at most.", label=labels[name], n=most)
                raise NotTaken(why, field)
        others = {code: said[f"{name}-{code}"] for code in OTHERS}
        found[name] = Translated(said[name], others)
    return found


def _fields(name: str) -> list[str]:
    return [name, *(f"{name}-{code}" for code in OTHERS)]
