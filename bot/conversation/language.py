"""Render texts in the reader's language: translations, times with weekday, numbered lists."""

import io
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache, partial, reduce
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.conversation.messages import (
    Button,
    Card,
    Choice,
    Days,
    Lines,
    Message,
    Reply,
    Sayable,
    ShownButton,
    ShownCard,
    ShownChoice,
    Text,
    TimeOfDay,
    When,
    say,
    say_n,
)
from bot.conversation.setting import filled
from models.rules.events import undated
from models.rules.languages import DEFAULT, LANGUAGES, LanguageName, Translated

DOMAIN = "yizhan"
LOCALES = Path(__file__).resolve().parents[2] / "locales"
_ADDED: list[Path] = []
_OVER: dict[str, NullTranslations] = {}

WEEKDAYS = (
    say("Mon"),
    say("Tue"),
    say("Wed"),
    say("Thu"),
    say("Fri"),
    say("Sat"),
    say("Sun"),
)
MONTHS = (
    say("Jan"),
    say("Feb"),
    say("Mar"),
    say("Apr"),
    say("May"),
    say("Jun"),
    say("Jul"),
    say("Aug"),
    say("Sep"),
    say("Oct"),
    say("Nov"),
    say("Dec"),
)
MIDNIGHT = time()
FAR = 7
EVENING = 18


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, where and when: what a text needs to become words.

    ``passing`` collects the words that hold today alone, with those that hold on any other day.
    """

    language: str
    zone: ZoneInfo
    now: datetime
    translations: NullTranslations
    passing: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


class Phrasebook:
    """The catalogues of all languages, read once from ``locales/*/LC_MESSAGES/yizhan.po``.

    Of several folders the first one that knows a text translates it; what stands ``over`` a
    language goes before them all.
    """

    def __init__(self, *folders: Path, over: Mapping[str, NullTranslations] | None = None) -> None:
        self._catalogues: dict[str, NullTranslations] = {}
        for language, known in LANGUAGES.items():
            path = Path(known.locale) / "LC_MESSAGES" / f"{DOMAIN}.po"
            first, *others = (_read_catalogue(each / path) for each in folders or (LOCALES,))
            for other in others:
                first.add_fallback(other)
            if over and language in over:
                own = copy(over[language])
                own.add_fallback(first)
                first = own
            self._catalogues[language] = first

    def reader(self, language: str, zone: ZoneInfo, now: datetime) -> Reader:
        """A reader of this language; of the default where it is not one of ours."""
        known = language if language in self._catalogues else DEFAULT
        return Reader(known, zone, now, self._catalogues[known])

    def into(self, language: str) -> Callable[[Sayable], str]:
        """What puts a text without times into this language: for files."""
        reader = self.reader(language, ZoneInfo("UTC"), datetime.min.replace(tzinfo=UTC))
        return partial(to_text, reader=reader)


@cache
def phrasebook() -> Phrasebook:
    """The phrasebook of this process: for what makes files, and has no chat to ask."""
    return Phrasebook(*folders(), over=_OVER)


def folders() -> list[Path]:
    """Where the texts of this process are translated: our folder, then those of extensions."""
    return [LOCALES, *_ADDED]


def add_catalogues(folder: Path) -> None:
    """Let a folder of an extension translate what ours does not know, from now on."""
    _ADDED.append(folder)
    phrasebook.cache_clear()


def say_before(over: Mapping[str, NullTranslations]) -> None:
    """Let an operator's words, by language, go before all catalogues, from now on."""
    _OVER.update(over)
    phrasebook.cache_clear()


def _read_catalogue(path: Path) -> NullTranslations:
    if not path.exists():
        return NullTranslations()
    # Babel is heavy and needed for this moment only; the compiled form is the standard library's.
    from babel.messages.pofile import read_po

    with path.open("rb") as source:
        return compiled(read_po(source))


def compiled(catalogue: Any) -> NullTranslations:
    """A catalogue of Babel's in the form of the standard library."""
    from babel.messages.mofile import write_mo

    written = io.BytesIO()
    write_mo(written, catalogue)
    written.seek(0)
    return GNUTranslations(written)


def render(reply: Reply, reader: Reader) -> Message:
    """Render a reply as a message in the reader's language."""
    if reply.shown is not None:
        return reply.shown
    reader = replace(reader, passing={})
    parts = [to_text(reply.text, reader)]
    parts += [_numbered(choice, reader) for choice in reply.choices if choice.line is not None]
    choices = tuple(_shown_choice(choice, reader) for choice in reply.choices)
    # The longer first: "tomorrow 9:00" before what may be a part of it.
    passing = sorted(reader.passing.items(), key=lambda each: len(each[0]), reverse=True)
    return Message(
        text="\n".join(part for part in parts if part),
        choices=choices,
        buttons=tuple(_shown_button(button, reader) for button in reply.buttons),
        file=reply.file,
        edit=reply.edit,
        forget=reply.forget,
        language=reader.language,
        picture=reply.picture,
        card=_shown_card(reply.card, reader) if reply.card is not None else None,
        tells=reply.tells,
        offers_alerts=reply.offers_alerts,
        passing=tuple(passing),
        day=reader.today.isoformat() if passing else "",
    )


def _shown_card(card: Card, reader: Reader) -> ShownCard:
    return ShownCard(
        title=to_text(card.title, reader),
        text=to_text(card.text, reader),
        at=card.at.astimezone(reader.zone) if card.at is not None else None,
        place=to_text(card.place, reader),
    )


def _numbered(choice: Choice, reader: Reader) -> str:
    return f"{choice.number}. {to_text(choice.line, reader)}"


def _shown_choice(choice: Choice, reader: Reader) -> ShownChoice:
    label = to_text(choice.label, reader)
    return ShownChoice(choice.number, label, choice.action.pack(), choice.line is not None)


def _shown_button(button: Button, reader: Reader) -> ShownButton:
    data = button.action.pack() if button.action is not None else ""
    return ShownButton(to_text(button.label, reader), data, button.url)


def to_text(value: Any, reader: Reader) -> str:
    """Return any value that a text may hold, as the reader would write it."""
    match value:
        case str():
            return value
        case Text():
            return _sentence(value, reader)
        case Translated():
            return value.to(reader.language)
        case Lines(parts=parts, between=between):
            said = [said for part in parts if (said := to_text(part, reader))]
            return (
                between.join(said) if isinstance(between, str) else _joined(said, between, reader)
            )
        case When():
            return _when(value, reader)
        case Days():
            return _days(value, reader)
        case TimeOfDay(at=at):
            return _clock(at, reader)
        case LanguageName(code=code):
            return _language_name(code, reader.language)
        case None:
            return ""
        case _:
            return str(value)


def _joined(said: Sequence[str], between: Text, reader: Reader) -> str:
    """The parts of a list; ``between`` says how two of them stand together."""
    if not said:
        return ""
    pattern, (first, second) = reader.translations.gettext(between.id), between.values
    return reduce(lambda one, other: filled(pattern, {first: one, second: other}, str), said)


@cache
def _language_name(code: str, language: str) -> str:
    """By the Unicode CLDR, as Babel holds it; its speakers' name where there is none."""
    from babel import Locale, UnknownLocaleError

    named = LANGUAGES[code]
    try:
        found = Locale.parse(named.locale).get_language_name(LANGUAGES[language].locale)
    except (UnknownLocaleError, ValueError):
        return named.name
    return found or named.name


def _sentence(text: Text, reader: Reader) -> str:
    if text.many is None:
        pattern = reader.translations.gettext(text.id)
    else:
        pattern = reader.translations.ngettext(text.id, text.many, text.n)
    if not text.values:
        return pattern
    return filled(pattern, text.values, partial(to_text, reader=reader))


# Times


def _when(when: When, reader: Reader) -> str:
    if undated.is_to_come(when.starts):
        return to_text(say("date to come"), reader)
    starts = when.starts.astimezone(reader.zone)
    said = _moment(starts, reader)
    if when.ends is not None:
        ends = when.ends.astimezone(reader.zone)
        if ends.date() == starts.date():
            said += f"–{_time(ends)}"
        else:
            said += f" – {_moment(ends, reader)}"
    return _with_distance(said, starts, reader) if when.near else said


def _days(days: Days, reader: Reader) -> str:
    first = datetime.combine(days.first, MIDNIGHT)
    said = _day(first, reader)
    if days.last is not None:
        return f"{said} – {_day(datetime.combine(days.last, MIDNIGHT), reader)}"
    return _with_distance(said, first, reader) if days.near else said


def _moment(at: datetime, reader: Reader) -> str:
    return to_text(say("{day}, {time}", day=_day(at, reader), time=_time(at)), reader)


def _day(at: datetime, reader: Reader) -> str:
    is_this_year = at.year == reader.now.astimezone(reader.zone).year
    return _day_in(at.date(), is_this_year, reader.translations)


# A list names few days, and all its readers the same.
@lru_cache(maxsize=1024)
def _day_in(at: date, is_this_year: bool, translations: NullTranslations) -> str:
    day: dict[str, Any] = {
        "weekday": translations.gettext(WEEKDAYS[at.weekday()].id),
        "day": at.day,
        "month": translations.gettext(MONTHS[at.month - 1].id),
    }
    text = (
        say("{weekday} {day} {month}", **day)
        if is_this_year
        else say("{weekday} {day} {month} {year}", year=at.year, **day)
    )
    return translations.gettext(text.id).format_map(text.values)


def _time(at: datetime) -> str:
    return f"{at.hour}:{at.minute:02}"


def _with_distance(when: str, at: datetime, reader: Reader) -> str:
    days = (at.date() - reader.today).days
    if not 0 <= days <= FAR:
        return when
    match days:
        case 0:
            said = say("{when} (today)", when=when)
        case 1:
            said = say("{when} (tomorrow)", when=when)
        case 2:
            # Some languages have a word for it: 后天, übermorgen.
            said = say("{when} (in 2 days)", when=when)
        case _:
            said = say_n("{when} (in {n} day)", "{when} (in {n} days)", days, when=when)
    distance = to_text(replace(said, values={**said.values, "when": ""}), reader)
    reader.passing[distance] = ""
    return to_text(said, reader)


def _clock(moment: datetime, reader: Reader) -> str:
    if undated.is_to_come(moment):
        return to_text(say("date to come"), reader)
    at = moment.astimezone(reader.zone)
    today = reader.today
    time, is_evening = _time(at), at.hour >= EVENING
    if at.date() == today:
        said = say("tonight {time}", time=time) if is_evening else say("today {time}", time=time)
    elif at.date() == today + timedelta(days=1):
        # Some languages tell the two apart: 明晚, 明天.
        said = (
            say("tomorrow {evening}", evening=time)
            if is_evening
            else say("tomorrow {time}", time=time)
        )
    else:
        return f"{_day(at, reader)} {time}"
    words = to_text(said, reader)
    reader.passing[words] = f"{_day(at, reader)} {time}"
    return words
