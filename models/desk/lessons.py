"""What organizers taught: texts with their intents, found as they stand and by likeness."""

from collections import defaultdict
from collections.abc import Mapping

from models.rules.desk.likeness import Index
from models.rules.understanding.intents import Intent


class Lessons:
    """Texts that were taught, as ``understanding.tidy`` leaves them, by their intents."""

    def __init__(self, taught: Mapping[str, Intent]) -> None:
        self._taught = taught
        texts: dict[int, list[str]] = defaultdict(list)
        self._intents = tuple(dict.fromkeys(taught.values()))
        for text, intent in taught.items():
            texts[self._intents.index(intent)].append(text)
        self._index = Index(texts)

    def exactly(self, tidied: str) -> Intent | None:
        return self._taught.get(tidied)

    def alike(self, tidied: str) -> Intent | None:
        """The intent of texts that are like this one beyond doubt; None where there is none."""
        found = self._index.find(tidied).certain
        return self._intents[found] if found is not None else None
