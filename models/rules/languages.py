"""The languages of the station, a line each, and a text that is written in several of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Language:
    """A language that a reader can choose.

    ``locale`` is the catalogue's folder in ``locales/``; ``name`` is what its speakers call it and
    ``also`` other words by which it is asked for, in small letters. ``header`` is what stands
    before a column's Chinese name in a sheet (``英文`` in ``英文标题``). ``fallbacks`` are the
    languages that its reader is shown where a text is not translated into it; then comes the text
    as it was written.
    """

    locale: str
    name: str
    also: tuple[str, ...] = ()
    header: str = ""
    fallbacks: tuple[str, ...] = ("en",)


LANGUAGES = {
    "zh": Language("zh_CN", "中文", ("chinese", "汉语"), "中文", fallbacks=()),
    "en": Language("en", "English", ("英文", "英语"), "英文", fallbacks=()),
}
"""Every language by its code. English is the original of all the station's own words."""

DEFAULT = "zh"
"""The language of a station whose settings name none."""
ABROAD = "en"
"""What a person is answered in whose platform names a language that is not one of these."""


def of_platform(code: str) -> str:
    """The language of a platform's code (``zh-hans``, ``en_GB``); "" where it names none.

    BCP 47 (RFC 5646): the language stands first, in two or three letters.
    """
    first = code.replace("_", "-").partition("-")[0].casefold()
    return "" if not first else first if first in LANGUAGES else ABROAD


def asked_for(words: str) -> str | None:
    """The code of the language of this name or code; None when it is none of ours."""
    wanted = words.strip().casefold()
    for code, language in LANGUAGES.items():
        if wanted in (code, language.name.casefold(), *language.also):
            return code
    return None


@dataclass(frozen=True, slots=True)
class LanguageName:
    """What the reader calls the language of a code: English, 英语, tiếng Anh."""

    code: str


@dataclass(frozen=True, slots=True)
class Translated:
    """Words written by people: as they were written, and in other languages by their codes."""

    text: str
    translations: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.text or any(self.translations.values()))

    def to(self, language: str) -> str:
        """The words in this language, else in the nearest one in which they are written."""
        if not self.translations:
            return self.text
        if said := self.translations.get(language):
            return said
        known = LANGUAGES.get(language)
        for other in known.fallbacks if known is not None else ():
            if said := self.translations.get(other):
                return said
        return self.text or next(filter(None, self.translations.values()), "")

    def versions(self) -> tuple[str, ...]:
        """The words in every language in which they are written, the original first."""
        return tuple(each for each in (self.text, *self.translations.values()) if each)

    def to_json(self) -> list[Any]:
        """As plain JSON values: ``["标题", {"en": "Title"}]``."""
        return [self.text, dict(self.translations)]

    @classmethod
    def from_json(cls, kept: Any) -> Self:
        text, translations = kept
        return cls(text, translations)
