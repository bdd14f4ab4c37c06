"""Play a year on a store, and look at what is left of it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text

from models.store import open_engine
from tests.year.agenda import local
from tests.year.checking import Checker, Found
from tests.year.evenings import Evenings
from tests.year.program import Program
from tests.year.residents import fill
from tests.year.station import A_DAY, Year
from tests.year.volumes import Volumes
from tests.year.watching import Listener

BEGINS = datetime(2026, 12, 31, 22, tzinfo=UTC)
"""Early in the morning of New Year's Day in Nanhai."""

MB = 2**20


@dataclass(frozen=True, slots=True)
class Played:
    """What was found after a year; ``spent`` and ``times`` by kind of act and month, in us of CPU.

    ``sizes`` are bytes of the store at the end of each month.
    """

    found: list[Found]
    spent: Mapping[str, Counter[str]]
    times: Mapping[str, Counter[str]]
    sizes: Mapping[str, int]

    @property
    def wrong(self) -> list[str]:
        """All that is wrong."""
        return [one for each in self.found for one in each.wrong]

    def costs_in_words(self) -> str:
        """A table: each kind of act, how often, and what one costs in each month."""
        months = sorted({month for each in self.times.values() for month in each})
        lines = [["act", "times", *months]]
        for what in sorted(self.times, key=lambda each: -sum(self.spent[each].values())):
            number = sum(self.times[what].values())
            cells = [self._cost(what, month) for month in months]
            lines.append([what, f"{number:,}", *cells])
        widths = [max(len(line[n]) for line in lines) for n in range(len(lines[0]))]
        rows = ("  ".join(c.rjust(w) for c, w in zip(line, widths, strict=True)) for line in lines)
        return "Milliseconds of the CPU an act:\n" + "\n".join(rows)

    def _cost(self, what: str, month: str) -> str:
        times = self.times[what][month]
        return f"{self.spent[what][month] / times / 1000:.2f}" if times else ""

    def sizes_in_words(self) -> str:
        """What the store takes at the end of each month."""
        said = (f"{month} {size / MB:,.0f} MB" for month, size in sorted(self.sizes.items()))
        return "The store: " + ", ".join(said)


async def play(
    url: str, volumes: Volumes, seed: int, each_month: Callable[[str], None] = lambda words: None
) -> Played:
    """Fill an empty store, let a year pass on it, and check what must hold."""
    fill(url, volumes, BEGINS)
    year, listener = Year(url, BEGINS), Listener(volumes)
    for platform in year.platforms.values():
        platform.tells = listener.hear
    program = Program(year, volumes, seed)
    evenings = Evenings(program)
    program.plan()
    evenings.plan()
    sizes = dict[str, int]()

    def note(day: datetime) -> None:
        month = f"{day:%Y-%m}"
        if month not in sizes:
            each_month(f"\r{month}: {listener.heard.messages:,} messages ")
        sizes[month] = size_of(url)

    await program.play(note)
    # The night after: whoever was erased last is in no unused part of a SQLite file from then on.
    year.time.turn_to(local(year.time() + A_DAY, 3, 30))
    await year.works()
    year.store.close()
    found = Checker(url, program, evenings, listener).look()
    return Played(found, defaultdict(Counter, year.spent), year.times, sizes)


def size_of(url: str) -> int:
    """Return how many bytes a store takes."""
    engine = open_engine(url)
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            query = "SELECT pg_database_size(current_database())"
        else:
            query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        size: int = connection.execute(text(query)).scalar_one()
    engine.dispose()
    return size
