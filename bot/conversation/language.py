"""A text into the reader's words: translations, times with the weekday, numbered lists."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.conversation.messages import (
    Bilingual,
    Button,
    Card,
    Choice,
    Clock,
    Lines,
    Message,
    Reply,
    ShownButton,
    ShownCard,
    ShownChoice,
    Text,
    When,
)

LANGUAGES = {"zh": "zh_CN", "en": "en"}
"""The languages a reader can choose, and the locale whose catalogue has the words."""

DOMAIN = "yizhan"
LOCALES = Path(__file__).resolve().parents[2] / "locales"

WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FAR = 14
EVENING = 18


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, where and when: what a text needs to become words."""

    language: str
    zone: ZoneInfo
    now: datetime
    translations: NullTranslations


class Phrasebook:
    """The catalogues of all languages, read once from ``locales/*/LC_MESSAGES/yizhan.po``."""

    def __init__(self, folder: Path = LOCALES) -> None:
        self._catalogues = {
            language: _read_catalogue(folder / locale / "LC_MESSAGES" / f"{DOMAIN}.po")
            for language, locale in LANGUAGES.items()
        }

    def reader(self, language: str, zone: ZoneInfo, now: datetime) -> Reader:
        """A reader of this language; of Chinese where the language is not one of ours."""
        known = language if language in self._catalogues else "zh"
        return Reader(known, zone, now, self._catalogues[known])


def _read_catalogue(path: Path) -> NullTranslations:
    if not path.exists():
        return NullTranslations()
    # Babel is heavy and needed for this moment only; the compiled form is the standard library's.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return GNUTranslations(compiled)


def put(reply: Reply, reader: Reader) -> Message:
    """The reply as a message in the reader's words."""
    parts = [words(reply.text, reader)]
    parts += [_numbered(choice, reader) for choice in reply.choices if choice.line is not None]
    return Message(
        text="\n".join(part for part in parts if part),
        choices=tuple(_shown_choice(choice, reader) for choice in reply.choices),
        buttons=tuple(_shown_button(button, reader) for button in reply.buttons),
        file=reply.file,
        edit=reply.edit,
        forget=reply.forget,
        language=reader.language,
        picture=reply.picture,
        card=_shown_card(reply.card, reader) if reply.card is not None else None,
    )


def _shown_card(card: Card, reader: Reader) -> ShownCard:
    return ShownCard(
        title=words(card.title, reader),
        text=words(card.text, reader),
        at=card.at.astimezone(reader.zone) if card.at is not None else None,
        place=words(card.place, reader),
    )


def _numbered(choice: Choice, reader: Reader) -> str:
    return f"{choice.number}. {words(choice.line, reader)}"


def _shown_choice(choice: Choice, reader: Reader) -> ShownChoice:
    label = words(choice.label, reader)
    return ShownChoice(choice.number, label, choice.action.pack(), choice.line is not None)


def _shown_button(button: Button, reader: Reader) -> ShownButton:
    data = button.action.pack() if button.action is not None else ""
    return ShownButton(words(button.label, reader), data, button.url)


def words(value: Any, reader: Reader) -> str:
    """Any value a text may hold, as the reader would write it."""
    match value:
        case str():
            return value
        case Text():
            return _sentence(value, reader)
        case Bilingual(zh=zh, en=en):
            return (en or zh) if reader.language == "en" else (zh or en)
        case Lines(parts=parts, between=between):
            said = (words(part, reader) for part in parts)
            return between.join(part for part in said if part)
        case When():
            return _when(value, reader)
        case Clock(at=at):
            return _clock(at, reader)
        case None:
            return ""
        case _:
            return str(value)


def _sentence(text: Text, reader: Reader) -> str:
    if text.many is None:
        pattern = reader.translations.gettext(text.id)
    else:
        pattern = reader.translations.ngettext(text.id, text.many, text.n)
    if not text.values:
        return pattern
    return pattern.format_map(_Values(text.values, reader))


class _Values(dict[str, str]):
    """Puts a value into words when, and only if, the sentence asks for it."""

    def __init__(self, values: Mapping[str, Any], reader: Reader) -> None:
        super().__init__()
        self._values = values
        self._reader = reader

    def __missing__(self, name: str) -> str:
        return words(self._values[name], self._reader)


# Times


def _when(when: When, reader: Reader) -> str:
    starts = when.starts.astimezone(reader.zone)
    said = f"{_day(starts, reader)}{_comma(reader)}{_time(starts)}"
    if when.ends is not None:
        ends = when.ends.astimezone(reader.zone)
        if ends.date() == starts.date():
            said += f"–{_time(ends)}"
        else:
            said += f" – {_day(ends, reader)}{_comma(reader)}{_time(ends)}"
    if when.near:
        said += _distance(starts, reader)
    return said


def _comma(reader: Reader) -> str:
    return ", " if reader.language == "en" else " "


def _day(at: datetime, reader: Reader) -> str:
    this_year = at.year == reader.now.astimezone(reader.zone).year
    if reader.language == "en":
        day = f"{WEEKDAYS_EN[at.weekday()]} {at.day} {MONTHS_EN[at.month - 1]}"
        return day if this_year else f"{day} {at.year}"
    day = f"{at.month}月{at.day}日 {WEEKDAYS_ZH[at.weekday()]}"
    return day if this_year else f"{at.year}年{day}"


def _time(at: datetime) -> str:
    return f"{at.hour}:{at.minute:02}"


def _distance(at: datetime, reader: Reader) -> str:
    days = (at.date() - reader.now.astimezone(reader.zone).date()).days
    if not 0 <= days <= FAR:
        return ""
    if reader.language == "en":
        return f" ({('today', 'tomorrow')[days] if days < 2 else f'in {days} days'})"
    return f"（{('今天', '明天', '后天')[days] if days < 3 else f'{days} 天后'}）"


def _clock(moment: datetime, reader: Reader) -> str:
    at = moment.astimezone(reader.zone)
    today = reader.now.astimezone(reader.zone).date()
    evening = at.hour >= EVENING
    if reader.language == "en":
        near = {
            today: "tonight" if evening else "today",
            today + timedelta(days=1): "tomorrow",
        }
    else:
        near = {
            today: "今晚" if evening else "今天",
            today + timedelta(days=1): "明晚" if evening else "明天",
        }
    day = near.get(at.date()) or _day(at, reader)
    return f"{day} {_time(at)}"
