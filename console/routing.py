"""What a subject declares: pages, which are read, and acts, which are sent by a form.

Both are plain functions of a Desk and of what was Asked, run on the store's own threads. Each names
the right without which it is refused before it is called; at which place it is held the verbs ask.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from bot.conversation.messages import MAX_NUMBER, WHOLE, Sayable
from console.desk import Desk
from models.rules.network.permissions import Act
from papers.facts import Order


class Missing(Exception):
    """What was asked for is not there, or not for this member: 404."""


class BadForm(Exception):
    """A form lacks what its page sends, or holds what no browser sends: 400."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent by a form; ``name`` is what the browser calls it.

    ``picture`` is its media type and content made anew, of a field ``picture``; None for none.
    """

    name: str
    content: bytes
    picture: tuple[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """``path`` are the values out of the path, ``words`` those of the query and of the form.

    ``part`` names the block of the template that is asked for, empty for the whole page. ``wrong``
    is why the form with these words was not taken, where its page is shown again. ``looked`` is
    what the act's ``looks`` read before.
    """

    path: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)
    part: str = ""
    wrong: "Wrong | None" = None
    looked: Any = None

    def word(self, name: str, default: str = "") -> str:
        """The first value of a field, without the spaces around it."""
        values = self.words.get(name)
        return values[0].strip() if values else default

    def every(self, name: str) -> list[str]:
        return [each.strip() for each in self.words.get(name, ())]

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number out of the path, the query or the form.

        Raises Missing for a path without it, BadForm for anything else that is none.
        """
        if name in self.path:
            number = int(self.path[name])
            if number > MAX_NUMBER:
                raise Missing
            return number
        said = self.word(name)
        if not said and default is not None:
            return default
        if WHOLE.fullmatch(said) is None or abs(int(said)) > MAX_NUMBER:
            raise BadForm(name)
        return int(said)

    def is_on(self, name: str) -> bool:
        """Whether a box of the form is ticked."""
        return bool(self.word(name))

    def query(self, **changed: Any) -> str:
        """The query as it was, with some of its words changed or, by None, left out."""
        words = {name: values[0] for name, values in self.words.items() if values}
        kept = {**words, **changed}
        return urlencode({name: said for name, said in kept.items() if said not in (None, "")})


@dataclass(frozen=True, slots=True)
class Page:
    """A template with its facts."""

    template: str
    title: Sayable
    facts: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Wrong:
    """A form was not taken: why, and which field it is about. What the act changed is undone."""

    said: Sayable
    field: str = ""


class NotTaken(Exception):
    """A form was not taken, as by Wrong: for where an act is deep in what it calls."""

    def __init__(self, said: Sayable, field: str = "") -> None:
        super().__init__(field)
        self.wrong = Wrong(said, field)


@dataclass(frozen=True, slots=True)
class Done:
    """An act was done: the browser goes on to the page ``to``, which says what was."""

    to: str
    said: Sayable = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file to be kept. ``make`` is called when the transaction is over, on its own thread."""

    name: str
    media_type: str
    make: Callable[[], bytes] | Order


Shows = Callable[[Desk, Asked], Page | File]
Does = Callable[[Desk, Asked], Done | Wrong | File]
Looks = Callable[[Desk, Asked], Any]


@dataclass(frozen=True, slots=True)
class Declared:
    """A path with what answers there: ``shows`` a page, or ``does`` what a form asks.

    ``shows`` of an act is the page of its form, which is shown again with what is wrong. ``looks``
    reads what takes long before the act writes, as for the chat's handlers.
    """

    path: str
    needs: Act | None
    shows: Shows
    does: Does | None = None
    looks: Looks | None = None


class Section:
    """What one subject declares; ``label`` and ``path`` are its place in the menu, if any.

    The menu shows it to whoever holds the right ``needs`` anywhere; so do its pages and acts,
    unless they name another.
    """

    def __init__(
        self, name: str, *, label: Sayable = "", path: str = "", needs: Act | None = None
    ) -> None:
        self.name = name
        self.label = label
        self.path = path
        self.needs = needs
        self.declared: list[Declared] = []

    def page(self, path: str, *, needs: Act | None = None) -> Callable[[Shows], Shows]:
        """Declare a page, which changes nothing."""

        def declare(shows: Shows) -> Shows:
            self.declared.append(Declared(path, needs or self.needs, shows))
            return shows

        return declare

    def act(
        self, path: str, *, again: Shows, needs: Act | None = None, looks: Looks | None = None
    ) -> Callable[[Does], Does]:
        """Declare what a form sends; ``again`` is the page of the form."""

        def declare(does: Does) -> Does:
            self.declared.append(Declared(path, needs or self.needs, again, does, looks))
            return does

        return declare
