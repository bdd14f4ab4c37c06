"""Asks models elsewhere, where the operator named one, what the station itself does not understand.

``Models`` is all that is called from outside. What a model says is only ever a choice among what
was offered, or the words of a voice message that its member sees first; nothing is done by it.
What speaks HTTP takes 8 MB, so it is imported where there is a model.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.reading.hearer import ModelHearer
    from bot.reading.reader import ModelReader


class Models:
    """The models of one server: one that ``reads`` and one that ``hears``, either may be missing.

    ``read`` and ``hear`` are as the dispatcher takes them, None without a model.
    """

    def __init__(self, base_url: str, key: str, *, reads: str, hears: str) -> None:
        self._reader = _reader(base_url, reads, key) if reads else None
        self._hearer = _hearer(base_url, hears, key) if hears else None
        self.read = self._reader.read if self._reader else None
        self.hear = self._hearer.hear if self._hearer else None

    async def close(self) -> None:
        for each in (self._reader, self._hearer):
            if each is not None:
                await each.close()

    async def trouble(self) -> str:
        """Ask about samples and close; return what is wrong, empty for nothing."""
        said = [await each.trouble() for each in (self._reader, self._hearer) if each is not None]
        return "; ".join(filter(None, said))


def _reader(base_url: str, model: str, key: str) -> "ModelReader":
    from bot.reading.reader import ModelReader

    return ModelReader(base_url, model, key)


def _hearer(base_url: str, model: str, key: str) -> "ModelHearer":
    from bot.reading.hearer import ModelHearer

    return ModelHearer(base_url, model, key)
