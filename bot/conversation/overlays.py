"""An operator's own texts: catalogues whose words go before the station's.

A folder holds a file for each language, called as the language's folder below ``locales``:
``zh_CN.po``, and ``en.po``, where the English originals are said otherwise.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from gettext import NullTranslations
from pathlib import Path
from string import Formatter

from bot.conversation.language import compiled, folders, say_before
from models.rules.languages import LANGUAGES

_LINE = re.compile(r'(#.*)?|((msg(id|id_plural|ctxt|str(\[\d\])?) ?)?"([^"\\]|\\.)*")')


class Unusable(Exception):
    """A catalogue is wrong; the message is one sentence with its file and line, no full stop."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What was read: translations by language, how many texts, and which of them nobody says.

    ``unsaid`` are originals, each as ``file:line``, which this version does not have: perhaps they
    were changed by an upgrade.
    """

    translations: dict[str, NullTranslations]
    texts: int
    unsaid: tuple[str, ...]


def lay_over(folder: Path) -> Overlay:
    """Have this process say the texts of the catalogues in a folder before its own.

    Raises Unusable; nothing is changed then.
    """
    overlay = read(folder)
    say_before(overlay.translations)
    return overlay


def read(folder: Path) -> Overlay:
    """Read and check the catalogues of a folder. Raises Unusable."""
    if not folder.is_dir():
        raise Unusable(f"{folder}: there is no such folder")
    known = {f"{each.locale}.po": code for code, each in LANGUAGES.items()}
    found: dict[str, NullTranslations] = {}
    texts, unsaid = 0, []
    for path in sorted(folder.glob("*.po")):
        if path.name not in known:
            raise Unusable(f"{path}: a catalogue is called {' or '.join(known)}")
        found[known[path.name]], number, unknown = _catalogue(path)
        texts += number
        unsaid += unknown
    return Overlay(found, texts, tuple(unsaid))


def _catalogue(path: Path) -> tuple[NullTranslations, int, list[str]]:
    # Babel is heavy, and needed where there are such texts only.
    from babel.messages.pofile import PoFileError, read_po

    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise Unusable(f"{path}: cannot be read: {problem}") from problem
    for number, line in enumerate(text.splitlines(), 1):
        # Babel takes a line whose quote is left open for a shorter text.
        if not _LINE.fullmatch(line.strip()):
            raise Unusable(f'{path}:{number}: is not as msgid "…" and msgstr "…" are written')
    try:
        catalogue = read_po(text.splitlines(), locale=path.stem, abort_invalid=True)
    except PoFileError as problem:
        raise Unusable(f"{path}:{problem.lineno + 1}: is no catalogue") from problem
    said, number, unknown = _originals(), 0, []
    for message in catalogue:
        strings, originals = _forms(message.string), _forms(message.id)
        if not any(originals) or not any(strings):
            continue
        number += 1
        for string in strings:
            _compare(f"{path}:{message.lineno}", originals, string)
        if originals[0] not in said:
            unknown.append(f"{path}:{message.lineno}")
    return compiled(catalogue), number, unknown


def _forms(written: str | Sequence[str] | None) -> list[str]:
    """The forms of a text: one, or one for each number that a language tells apart."""
    return [written] if isinstance(written, str) else [*(written or ())]


def _originals() -> set[str]:
    """Every text of this version: each stands in any of our own catalogues."""
    from babel.messages.pofile import read_po

    said = set()
    for path in (path for each in folders() for path in each.glob("*/LC_MESSAGES/*.po")):
        with path.open("rb") as source:
            for message in read_po(source):
                said.add(_forms(message.id)[0])
    return said


def _compare(place: str, originals: list[str], string: str) -> None:
    """Raise Unusable unless a text fills in what its original does."""
    try:
        given = _fields(string)
    except ValueError as problem:
        raise Unusable(f"{place}: “{string}” has a brace too many or too few") from problem
    wanted = set().union(*map(_fields, originals))
    if too_many := given - wanted:
        raise Unusable(
            f"{place}: {{{min(too_many)}}} is nothing that this text can fill in; "
            f"it knows {_listed(wanted)}"
        )
    # A first form may leave its number out: "You're next in the queue."
    if missing := wanted - given - {"n"}:
        raise Unusable(f"{place}: {{{min(missing)}}} of the original is missing")


def _fields(text: str) -> set[str]:
    """What stands in braces, with whatever stands there beside the name."""
    return {
        f"{name}{'!' + conversion if conversion else ''}{':' + form if form else ''}"
        for _, name, form, conversion in Formatter().parse(text)
        if name is not None
    }


def _listed(fields: set[str]) -> str:
    return ", ".join(f"{{{each}}}" for each in sorted(fields)) or "none"
