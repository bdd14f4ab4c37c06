"""What a search found."""

from dataclasses import dataclass
from enum import StrEnum

from models.rules.languages import Translated
from models.store import Moment


class HitKind(StrEnum):
    PERSON = "person"
    EVENT = "event"
    TEAM = "team"
    CLUB = "club"
    STATION = "station"
    COMPANY = "company"
    THREAD = "thread"
    ANNOUNCEMENT = "announcement"


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that fits the words.

    ``line`` says in a few words of its own which one it is: where somebody works, the words of a
    letter. ``at`` is when it begins or was written. ``score`` is 1 for what was asked for exactly.
    """

    kind: HitKind
    id: int
    title: Translated
    line: Translated | None = None
    at: Moment | None = None
    score: float = 1.0


Hits = tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of each kind, the best first."""

    people: Hits = ()
    events: Hits = ()
    teams: Hits = ()
    clubs: Hits = ()
    stations: Hits = ()
    companies: Hits = ()
    threads: Hits = ()
    announcements: Hits = ()

    def best(self, limit: int) -> Hits:
        """The best of all kinds together; of equal ones in the order of the kinds."""
        together = (
            *self.people,
            *self.events,
            *self.teams,
            *self.clubs,
            *self.stations,
            *self.companies,
            *self.threads,
            *self.announcements,
        )
        return tuple(sorted(together, key=lambda hit: -hit.score)[:limit])
