"""Commands by their words: ``/signup 3``, ``signup``, ``报名 3``, ``报名3``."""

from dataclasses import dataclass

from bot.conversation.routing import CommandWords, Handler
from bot.conversation.typed import plain
from models.rules.network import codes
from models.rules.understanding.understanding import asks


@dataclass(frozen=True, slots=True)
class Called:
    """A command that was written out, and the words after it.

    ``link`` is the deep link that does the same, for a command with a one-time code.
    """

    fn: Handler
    words: str
    is_slashed: bool
    link: str

    @property
    def is_clear(self) -> bool:
        """Whether it cannot be an answer: a slash, its word alone, ``报名 3``, ``绑定 CODE``."""
        return self.is_slashed or not self.words or self.words.isdecimal() or bool(self.link)

    @property
    def is_spelled_out(self) -> bool:
        """Whether it cannot be the label of a button: it has a slash, or words after it."""
        return self.is_slashed or bool(self.words)


class Commands:
    """Every command under each of its words. Raises ValueError when two have the same."""

    def __init__(self) -> None:
        self._named: dict[str, tuple[CommandWords, Handler]] = {}
        self._longest_first: dict[str, list[str]] = {}
        """Words that others may follow without a space, by the character that they begin with."""

    def add(self, words: CommandWords, fn: Handler) -> None:
        for name in map(str.casefold, words.names):
            if name in self._named:
                raise ValueError(f"{name!r} is declared twice")
            self._named[name] = words, fn
            if not name.isascii() or " " in name:
                alike = self._longest_first.setdefault(name[0], [])
                alike.append(name)
                # 取消报名 must not be taken for 取消.
                alike.sort(key=len, reverse=True)

    def find(self, typed: str) -> Called | None:
        """A command that is spelt out: ``/signup 3``, ``signup``, ``报名 3``, ``报名3``.

        Other words after a name count only where the command keeps them for itself (``绑定 CODE``):
        ``取消订阅`` and ``stop texting me`` are read for what they mean.
        """
        text, is_one_line = plain(typed), "\n" not in typed.strip()
        is_slashed = text.startswith("/")
        said = text.casefold()
        if (known := self._named.get(said)) is not None:
            return _called(known, "", is_slashed)
        first, _, rest = text.partition(" ")
        rest = rest.strip()
        known = self._named.get(first.removeprefix("/").casefold())
        if known is not None and (is_slashed or _is_clear(known[0], rest, is_one_line=is_one_line)):
            return _called(known, rest, is_slashed)
        for prefix in self._longest_first.get(said[:1], ()):
            if not said.startswith(prefix):
                continue
            rest = text[len(prefix) :]
            if not prefix.isascii() or rest.startswith(" "):
                known = self._named[prefix]
                if known[0].spaced and not rest.startswith(" ") and not rest.strip().isdecimal():
                    return None
                rest = rest.strip()
                is_clear = _is_clear(known[0], rest, is_one_line=is_one_line)
                return _called(known, rest, is_slashed) if is_clear else None
        return None


def _called(known: tuple[CommandWords, Handler], rest: str, is_slashed: bool) -> Called:
    words, fn = known
    link = words.code + codes.plain(rest) if words.code and codes.is_code(rest) else ""
    return Called(fn, rest, is_slashed, link)


def _is_clear(words: CommandWords, rest: str, *, is_one_line: bool) -> bool:
    if not rest or rest.isdecimal():
        return True
    return words.keeps_words and (is_one_line or not words.one_line) and not asks(rest)
