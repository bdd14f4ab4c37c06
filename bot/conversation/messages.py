"""Messages in the terms of no particular channel.

A handler returns a ``Reply`` of ``Text`` values; ``bot.conversation.language`` renders it in the
reader's language as a ``Message``, which is what a channel shows and what the store keeps.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar, Self

from models.rules import sentences
from models.rules.languages import DEFAULT, LanguageName, Translated
from models.rules.sending.reach import DIRECT, Way

QR, PICTURE = "qr", "picture"
"""Makers of attachments that need no subject: a path as a QR code, a kept picture by its name."""

WHOLE = re.compile(r"-?[0-9]{1,10}")
MAX_NUMBER = 2**31 - 1
"""What a column of whole numbers holds in PostgreSQL."""

MAX_PACKED = 64
"""Bytes in a button's data: Telegram's limit for ``callback_data``, the narrowest there is."""


# Texts


# They stand where models may use them, too: what is wrong with a file is said there.
Text = sentences.Text
say = sentences.say
say_n = sentences.say_n


@dataclass(frozen=True, slots=True)
class When:
    """A point in time or a span, said with weekday and, ``near``, how far away it is."""

    starts: datetime
    ends: datetime | None = None
    near: bool = False


@dataclass(frozen=True, slots=True)
class Days:
    """A day, or a stretch of days with the last one, without a time; ``near`` as with When."""

    first: date
    last: date | None = None
    near: bool = False


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time of day, with the day when it is not today's: for deadlines."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Lines:
    """Several texts, one below the other or joined by ``between``; empty ones are left out.

    A ``Text`` as ``between`` says how two of them are joined; its two values are their places.
    """

    parts: tuple[Any, ...]
    between: str | Text = "\n"


Sayable = Text | Lines | Translated | When | Days | TimeOfDay | LanguageName | str


def lines(*parts: Sayable | None, between: str | Text = "\n") -> Lines:
    return Lines(tuple(part for part in parts if part), between)


def listing(*parts: Sayable | None) -> Lines:
    """The parts of a list in a sentence: a, b, c."""
    return lines(*parts, between=say("{one}, {other}", one="", other=""))


def listing_and(*parts: Sayable | None) -> Lines:
    """The parts of a list that belong together: a and b."""
    return lines(*parts, between=say("{one} and {other}", one="", other=""))


def listing_or(*parts: Sayable | None) -> Lines:
    """The parts of a list of which any will do: a or b."""
    return lines(*parts, between=say("{one} or {other}", one="", other=""))


def clauses(*parts: Sayable | None) -> Lines:
    """Phrases of several words, one after the other: 3 came, 2 did not."""
    return lines(*parts, between=say("{phrase}, {next}", phrase="", next=""))


# Actions: what a press means


class Action:
    """What a button does, under a tag that outlives the code: ``class Join(Action, tag="join")``.

    A subclass is a frozen dataclass of ``int`` and ``str`` fields and packs into
    ``tag.field.field``, at most 64 bytes. A tag may be renamed by listing the old one in ``once``.
    """

    tag: ClassVar[str] = ""
    once: ClassVar[tuple[str, ...]] = ()
    _known: ClassVar[dict[str, type["Action"]]] = {}

    def __init_subclass__(cls, tag: str = "", once: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # A dataclass with slots is made twice; the second, which counts, comes without keywords.
        cls.tag = tag or cls.tag
        cls.once = tuple(once) or cls.once
        if not cls.tag:
            return
        for name in (cls.tag, *cls.once):
            known = Action._known.get(name)
            if known is not None and _named(known) != _named(cls):
                raise ValueError(f"two actions are tagged {name!r}")
            Action._known[name] = cls

    def pack(self) -> str:
        """``tag.1.two``; raises ValueError when it is longer than 64 bytes."""
        values = [str(getattr(self, each.name)) for each in _fields(type(self))]  # type: ignore[arg-type]
        packed = ".".join((self.tag, *(_escape(value) for value in values)))
        if len(packed.encode()) > MAX_PACKED:
            raise ValueError(f"{packed!r} is longer than {MAX_PACKED} bytes")
        return packed

    @classmethod
    def unpack(cls, packed: str) -> "Action | None":
        """Return the action that was packed; None if the tag or its fields are unknown."""
        tag, *values = packed.split(".")
        kind = Action._known.get(tag)
        if kind is None:
            return None
        wanted = _fields(kind)  # type: ignore[arg-type]
        required = sum(each.default is MISSING for each in wanted)
        if not required <= len(values) <= len(wanted):
            return None
        known: dict[str, Any] = {}
        for each, value in zip(wanted, values, strict=False):
            if each.type in (int, "int"):
                number = int(value) if WHOLE.fullmatch(value) else MAX_NUMBER + 1
                if abs(number) > MAX_NUMBER:
                    return None
                known[each.name] = number
            else:
                known[each.name] = _unescape(value)
        return kind(**known)


@cache
def _fields(kind: type[Action]) -> tuple[Field[Any], ...]:
    """Return the fields of a subclass, which ``fields`` would sort out anew for each button."""
    return fields(kind)  # type: ignore[arg-type]


def _named(kind: type[Action]) -> tuple[str, str]:
    return kind.__module__, kind.__qualname__


def _escape(value: str) -> str:
    return value.replace("%", "%25").replace(".", "%2E")


def _unescape(value: str) -> str:
    return value.replace("%2E", ".").replace("%25", "%")


# What a handler answers


@dataclass(frozen=True, slots=True)
class Button:
    """A verb under a message: does ``action``, or opens ``url`` (a path is this station's own)."""

    label: Sayable
    action: Action | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several things to pick, by its number or by a tap.

    ``line`` is shown in the text, after the number; without it the label says it all.
    """

    number: int
    label: Sayable
    action: Action
    line: Sayable | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file made after the commit by the function declared as ``maker``, from frozen arguments."""

    name: str
    media_type: str
    maker: str
    args: tuple[int | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A notice in its parts, for platforms that take it in the fields of a form only.

    ``text`` says in a few words what happens; ``at`` is when what it is about takes place.
    """

    title: Sayable
    text: Sayable
    at: datetime | None = None
    place: Sayable = ""


@dataclass(frozen=True, slots=True)
class Tells:
    """What a notice tells about the event of a claim, and what its member ``knew`` before it.

    Both are facts as ``models.rules.events.changes`` keeps them.
    """

    signup_id: int
    facts: Mapping[str, Any]
    knew: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler answers. ``edit`` asks to change the pressed message instead of adding one.

    ``forget`` tells a channel that keeps words of its own (the web page) to drop them.
    ``picture`` is the name of a kept one, as ``models.pictures`` gives it. A notice may be given as
    a ``card`` besides. Once a notice has been sent, its member knows what it ``tells``.
    ``offers_alerts``: the page may ask its browser to tell the person while it is closed.
    ``shown`` is a message that was put into words before, and is shown as it stands.
    """

    text: Sayable
    choices: tuple[Choice, ...] = ()
    buttons: tuple[Button, ...] = ()
    file: Attachment | None = None
    edit: bool = False
    forget: bool = False
    picture: str = ""
    card: Card | None = None
    tells: Tells | None = None
    offers_alerts: bool = False
    shown: "Message | None" = None

    def below(self, above: "Reply | None") -> "Reply":
        """This reply with the text of another one above its own."""
        if above is None:
            return self
        return replace(self, text=lines(above.text, self.text, between="\n\n"))


# What a channel shows


@dataclass(frozen=True, slots=True)
class ShownChoice:
    number: int
    label: str
    data: str
    in_text: bool = False


@dataclass(frozen=True, slots=True)
class ShownButton:
    """``data`` is a packed action, or empty when ``url`` opens something."""

    label: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ShownCard:
    """``at`` is in the reader's time zone."""

    title: str
    text: str
    at: datetime | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A reply in the reader's words. ``text`` holds the numbered lines of the choices already.

    ``name`` is never shown: by it a channel knows that it was given the same message before.
    ``way`` is how it travels. ``passing`` are the words that hold on ``day`` alone (a date of the
    reader's), each with those that stand in their place on any other: ``(tomorrow)`` and nothing.
    ``rest`` is what did not fit on this page of it (see ``paging``). ``notices`` waited for it and
    travel with it.
    """

    text: str
    choices: tuple[ShownChoice, ...] = ()
    buttons: tuple[ShownButton, ...] = ()
    file: Attachment | None = None
    edit: bool = False
    forget: bool = False
    language: str = DEFAULT
    picture: str = ""
    card: ShownCard | None = None
    tells: Tells | None = field(default=None, compare=False)
    offers_alerts: bool = False
    rest: "Message | None" = None
    notices: tuple["Message", ...] = ()
    passing: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    day: str = field(default="", compare=False)
    name: str = field(default="", compare=False)
    way: Way = field(default=DIRECT, compare=False)

    def followed_by(self, text: str) -> "Message":
        """Return the same message with more text below its own."""
        return replace(self, text=f"{self.text}\n\n{text}")

    def read_on(self, day: str) -> "Message":
        """Return the message as it is read on this day, which may be after its own."""
        if not self.passing or day == self.day:
            return self
        return replace(
            self,
            text=self._lasting(self.text),
            choices=tuple(replace(c, label=self._lasting(c.label)) for c in self.choices),
            passing=(),
            day="",
        )

    def _lasting(self, words: str) -> str:
        for said, lasting in self.passing:
            words = words.replace(said, lasting)
        return words

    def joined(self) -> "Message":
        """Return one message with all that the notices say and offer below its own."""
        if not self.notices:
            return self
        parts = (self, *self.notices)
        return replace(
            self,
            text="\n\n".join(each.text for each in parts),
            choices=next((each.choices for each in parts if each.choices), ()),
            buttons=tuple(dict.fromkeys(button for each in parts for button in each.buttons)),
            file=next((each.file for each in parts if each.file is not None), None),
            picture=next((each.picture for each in parts if each.picture), ""),
            passing=tuple(dict.fromkeys(pair for each in parts for pair in each.passing)),
            day=next((each.day for each in parts if each.day), ""),
            notices=(),
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, without what is empty."""
        kept: dict[str, Any] = {"text": self.text, "language": self.language}
        if self.choices:
            kept["choices"] = [[c.number, c.label, c.data, c.in_text] for c in self.choices]
        if self.buttons:
            kept["buttons"] = [[b.label, b.data, b.url] for b in self.buttons]
        if self.file:
            file = self.file
            kept["file"] = [file.name, file.media_type, file.maker, list(file.args)]
        if self.edit:
            kept["edit"] = True
        if self.forget:
            kept["forget"] = True
        if self.picture:
            kept["picture"] = self.picture
        if self.card:
            card = self.card
            at = card.at.isoformat() if card.at is not None else None
            kept["card"] = [card.title, card.text, at, card.place]
        if self.offers_alerts:
            kept["alerts"] = True
        if self.rest is not None:
            kept["rest"] = self.rest.to_json()
        if self.notices:
            kept["notices"] = [each.to_json() for each in self.notices]
        if self.tells:
            kept["knew"] = dict(self.tells.knew)
        if self.passing:
            kept["passing"] = [list(each) for each in self.passing]
            kept["day"] = self.day
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        file = kept.get("file")
        return cls(
            text=kept["text"],
            choices=tuple(ShownChoice(*each) for each in kept.get("choices", ())),
            buttons=tuple(ShownButton(*each) for each in kept.get("buttons", ())),
            file=Attachment(file[0], file[1], file[2], tuple(file[3])) if file else None,
            edit=kept.get("edit", False),
            forget=kept.get("forget", False),
            language=kept.get("language", DEFAULT),
            picture=kept.get("picture", ""),
            card=_card(kept["card"]) if kept.get("card") else None,
            offers_alerts=kept.get("alerts", False),
            rest=cls.from_json(kept["rest"]) if kept.get("rest") else None,
            notices=tuple(cls.from_json(each) for each in kept.get("notices", ())),
            passing=tuple((said, lasting) for said, lasting in kept.get("passing", ())),
            day=kept.get("day", ""),
        )


def _card(kept: Sequence[Any]) -> ShownCard:
    title, text, at, place = kept
    return ShownCard(title, text, datetime.fromisoformat(at) if at else None, place)
