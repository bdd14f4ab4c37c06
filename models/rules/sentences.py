"""Sentences by their English original, to be said in the language of whoever reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.rules.languages import Translated


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence by its English original, to be said in the reader's language."""

    id: str
    values: Mapping[str, Any] = field(default_factory=dict)
    many: str | None = None
    n: int = 1

    def __str__(self) -> str:
        """The original, filled in: for logs and files that nobody reads in their own language."""
        pattern = self.id if self.many is None or self.n == 1 else self.many
        said = {
            name: value.to("en") if isinstance(value, Translated) else value
            for name, value in self.values.items()
        }
        return pattern.format_map(said) if said else pattern


def say(id: str, /, **values: Any) -> Text:
    """A sentence to be translated; ``{name}`` in it is filled from ``values``."""
    return Text(id, values)


def say_n(one: str, many: str, n: int, /, **values: Any) -> Text:
    """As ``say``, with a singular and a plural; ``{n}`` is the number."""
    return Text(one, {"n": n, **values}, many, n)
