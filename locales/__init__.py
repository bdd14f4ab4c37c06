"""The station's words in its languages. English is the original and stands in the code.

An extension keeps its catalogues in ``locales`` of its own package, its ``house``.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePath

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from models.rules.languages import LANGUAGES

HOUSE = Path(__file__).resolve().parent.parent
ORIGINAL = "en"
TRANSLATED = tuple(each.locale for code, each in LANGUAGES.items() if code != ORIGINAL)
SPEAKERS = ("handlers", "bot", "console", "models/loading")
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"say": None, "say_n": (1, 2)}

BEGUN = datetime(2026, 11, 22, tzinfo=UTC)

MessageId = str | tuple[str, ...]


def catalogue_of(locale: str, house: Path = HOUSE) -> Path:
    return house / "locales" / locale / "LC_MESSAGES" / "yizhan.po"


def originals(house: Path = HOUSE) -> dict[MessageId, list[str]]:
    """Every text the code of a house can say, with the files that say it."""
    found: dict[MessageId, list[str]] = {}
    for file, message in sorted(_extracted(house), key=lambda each: each[0]):
        files = found.setdefault(message, [])
        if file not in files:
            files.append(file)
    return found


def _extracted(house: Path) -> Iterator[tuple[str, MessageId]]:
    for speaker in SPEAKERS if house == HOUSE else (".",):
        for file, _line, message, _comments, _context in extract_from_dir(
            house / speaker, method_map=METHODS, keywords=KEYWORDS
        ):
            yield str(PurePath(speaker, file)), message


def translations(locale: str, house: Path = HOUSE) -> dict[MessageId, str]:
    """What a catalogue says, by original; empty where a translator has not been yet."""
    path = catalogue_of(locale, house)
    if not path.exists():
        return {}
    with path.open("rb") as source:
        catalogue = read_po(source, locale=locale)
    return {_id(each.id): _first(each.string) for each in catalogue if each.id}


def update(locale: str, house: Path = HOUSE) -> list[MessageId]:
    """Write the catalogue anew: what is said now, with what is translated; return what is not.

    What the station itself says needs no entry in a catalogue of an extension.
    """
    known = translations(locale, house)
    ours = translations(locale) if house != HOUSE else {}
    catalogue = Catalog(
        locale=locale,
        project="Yizhan",
        version="1",
        header_comment="# The station's words. The English originals stand in the code.",
        # A date would change with every run and tell nothing.
        creation_date=BEGUN,
        fuzzy=False,
    )
    untranslated = []
    for original, files in originals(house).items():
        if original in ours:
            continue
        said = known.get(original, "")
        if not said:
            untranslated.append(original)
        string = (said,) if isinstance(original, tuple) else said
        catalogue.add(original, string, locations=[(file, 0) for file in files])
    path = catalogue_of(locale, house)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        write_po(target, catalogue, width=100, include_lineno=False)
    return untranslated


def _id(message: str | list[str] | tuple[str, ...]) -> MessageId:
    return message if isinstance(message, str) else tuple(message)


def _first(string: str | list[str] | tuple[str, ...] | None) -> str:
    if string is None or isinstance(string, str):
        return string or ""
    return string[0]
