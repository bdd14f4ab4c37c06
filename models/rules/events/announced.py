"""What an announcement of an event says, as it was pasted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models.rules.certainty import Certainty, Slot
from models.rules.dates.pieces import Why
from models.rules.dates.reading import FoundTime, UnclearTime
from models.rules.events.numbers import OfBoth

NOTHING = Slot("", Certainty.GUESSED)


@dataclass(frozen=True, slots=True)
class Pasted:
    """What an announcement says, as it is written; empty where it says nothing.

    Title and place were picked from what no label says, so each says how certain it is.

    ``when`` says why where no time was read; ``dates`` are the times to choose from where there are
    several. ``seats`` is None if not given and 0 for no limit; ``quota`` is what it says about who
    gets them, ``of_both`` the same where it is about men and women. ``closes`` is the end of
    sign-up, in UTC, ``opens`` when it begins; ``gates`` are its conditions as a column has them.
    ``names`` stand below a 接龙. ``labels`` says how many labels there were, ``changes`` that an
    event that was known is moved by it. ``unsaid`` are the words that are in none of these, and
    ``told`` the places of the lines that stand in them whole.
    """

    when: FoundTime | UnclearTime
    titled: Slot[str] = NOTHING
    placed: Slot[str] = NOTHING
    seats: int | None = None
    quota: str = ""
    of_both: OfBoth | None = None
    dates: Sequence[FoundTime] = ()
    closes: datetime | None = None
    opens: datetime | None = None
    gates: str = ""
    bring: str = ""
    cost: str = ""
    meet: str = ""
    contact: str = ""
    companions: str = ""
    names: Sequence[str] = field(default_factory=tuple)
    labels: int = 0
    changes: bool = False
    is_chain: bool = False
    unsaid: str = ""
    told: frozenset[int] = frozenset()

    @property
    def title(self) -> str:
        return self.titled.value

    @property
    def place(self) -> str:
        return self.placed.value

    @property
    def announces(self) -> bool:
        """Whether it plainly tells of an event: a time, and where, how many, or labels."""
        if not self.title or self.changes:
            return False
        when = self.when
        is_asked = isinstance(when, UnclearTime) and when.why == Why.SEVERAL
        has_time = is_asked or isinstance(when, FoundTime) or bool(self.dates)
        beside = [self.place, self.seats is not None, self.labels >= 2, self.meet]
        return has_time and any(beside)
