"""A draw that anybody can check: who gets scarce seats, from what was published and nothing else.

Before entries close the station publishes the **commitment** (the hash of a secret) and the name of
a public number that is drawn later, by somebody else. At closing it publishes the **list** and its
hash, afterwards secret and number. Both make the **seed**, and each entry draws its **lots** with
it: numbers by HMAC-SHA256, of which the smallest counts. Sorted by it the entries are in the drawn
order, as in RFC 3797. In this order each is seated whose people all have a seat, as ``seating``
counts seats and quotas, and the others wait. With whole lots there is nothing to round: an entry
with six is six times as likely to come before another one as with one, on every machine.
``docs/draws.md`` shows a stranger how to do the same.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.rules.events.seating import Party, Quota, Room
from models.rules.network import codes

FORMAT = "yizhan-draw-1"

SECRET_BYTES = 32

LOTS = {-3: 1, -2: 2, -1: 3, 0: 4, 1: 6, 2: 8, 3: 10, 4: 12}
"""How many lots somebody draws, by losses minus wins in the year before; beyond the ends as there.

They are drawn for all the same: with three times the lots of another one is three times as likely
to stand before them.
"""

MEMORY_DAYS = 365
"""For how many days a draw that was lost or won counts in the next ones."""

LEAST_DIGITS, LONGEST_NUMBER = 3, 80
"""A public number with fewer digits could be tried out by whoever knows the secret."""

SHORTEST, ONE_DAY = timedelta(hours=2), timedelta(days=1)
"""What lies at least between now and closing or closing and the event; and what usually does."""

LONGEST_NAME = 60
"""How long the name of a public number may be."""


@dataclass(frozen=True, slots=True)
class Entry:
    """People who are drawn together, under a random code that tells nothing of them."""

    code: str
    lots: int
    people: Party


@dataclass(frozen=True, slots=True)
class DrawList:
    """All that is fixed when entries close, and all that the draw is made of besides the seed.

    ``seats`` is None without a limit. The quotas are as they are then, with nobody in them.
    ``web_alone`` counts people who may be in it twice: nothing but a web chat knows them.
    """

    commitment: str
    number_name: str
    seats: int | None
    quotas: tuple[Quota, ...]
    entries: tuple[Entry, ...]
    web_alone: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the published form: entries by their codes, so that nothing tells who came when.

        An entry is ``[code, lots, [[quota, …] of each person, …]]``, a quota
        ``[number, kind, least, most]``.
        """
        entries = sorted(self.entries, key=lambda each: each.code)
        return {
            "commitment": self.commitment,
            "number_name": self.number_name,
            "seats": self.seats,
            "web_alone": self.web_alone,
            "lots": [[balance, lots] for balance, lots in LOTS.items()],
            "quotas": [[q.number, q.kind, q.least, q.most] for q in self.quotas],
            "entries": [[e.code, e.lots, [sorted(p) for p in e.people]] for e in entries],
        }

    @property
    def people(self) -> int:
        return sum(len(each.people) for each in self.entries)


Gone = Mapping[str, frozenset[int]]
"""Of entries on the list: who gave up after it was published, by their places in the entry."""


@dataclass(frozen=True, slots=True)
class Result:
    """The codes in the drawn order, and which of them have seats; the others wait in this order."""

    order: tuple[str, ...]
    seated: frozenset[str]


# When


def entries_close(closes_at: datetime, starts_at: datetime, now: datetime) -> datetime | None:
    """Return when entries close: as sign-up does, or a day before the event, or halfway to it.

    There must be time for the draw, and for those who win to hear of it; None: it is too late.
    """
    if now < closes_at <= starts_at - SHORTEST:
        return closes_at
    if starts_at - ONE_DAY >= now + SHORTEST:
        return starts_at - ONE_DAY
    if starts_at - now < 2 * SHORTEST:
        return None
    halfway = now + (starts_at - now) / 2
    return halfway.replace(minute=halfway.minute // 10 * 10, second=0, microsecond=0)


def waits_for_number_until(closed_at: datetime, starts_at: datetime) -> datetime:
    """Return when the station draws without the public number that nobody has entered."""
    return closed_at + max(timedelta(0), starts_at - closed_at) / 2


# What is published before


def make_code(choose: Callable[[str], str]) -> str:
    """A new entry code; ``choose`` picks a letter and must not be predictable."""
    return codes.in_groups(codes.make(choose, codes.LONG))


def commitment_of(secret: str) -> str:
    """Return the hash that is published of a secret, which is 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def lots_of(losses: int, wins: int) -> int:
    """Return how many lots somebody draws who lost and won so often within a year."""
    return LOTS[max(min(LOTS), min(max(LOTS), losses - wins))]


def lots_of_party(lots: Sequence[int]) -> int:
    """Return the lots of people who are drawn together: the mean, rounded down."""
    return max(1, sum(lots) // len(lots))


def canonical(kept: Mapping[str, Any]) -> str:
    """Return JSON as it is hashed: keys in order, no spaces, ASCII."""
    return json.dumps(kept, sort_keys=True, separators=(",", ":"))


def hash_of(kept: Mapping[str, Any]) -> str:
    """Return the published hash of a list's published form."""
    return hashlib.sha256(canonical(kept).encode()).hexdigest()


def number_of(words: str) -> str | None:
    """Return a public number as it is used: its digits, with a space where something else stood.

    ``03、09、14＋07`` is ``03 09 14 07``. None where there are too few digits to be one.
    """
    digits = re.findall(r"[0-9]+", unicodedata.normalize("NFKC", words))
    number = " ".join(digits)
    if sum(map(len, digits)) < LEAST_DIGITS or len(number) > LONGEST_NUMBER:
        return None
    return number


# The draw


def seed_of(secret: str, number: str) -> bytes:
    """Return the seed of a draw; ``number`` is empty without a public one."""
    return hashlib.sha256(f"{secret} {number}".encode()).digest()


class Lots:
    """The lots of one draw: HMAC-SHA256 of ``CODE/0``, ``CODE/1`` and so on under its seed."""

    def __init__(self, seed: bytes) -> None:
        # The standard library's function takes three times as long: it begins anew each time.
        block = seed.ljust(hashlib.sha256().block_size, b"\0")
        self._inner = hashlib.sha256(bytes(each ^ 0x36 for each in block))
        self._outer = hashlib.sha256(bytes(each ^ 0x5C for each in block))

    def smallest(self, entry: Entry) -> bytes:
        """Return the number that counts of an entry."""
        return min(self._lot(f"{entry.code}/{each}".encode()) for each in range(entry.lots))

    def _lot(self, message: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


def order_of(seed: bytes, entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return the codes in the drawn order."""
    lots = Lots(seed)
    drawn = sorted((lots.smallest(each), each.code) for each in entries)
    return tuple(code for _smallest, code in drawn)


def draw(drawn: DrawList, secret: str, number: str, gone: Gone) -> Result:
    """Draw; whoever is gone keeps a place in the order and gets no seat."""
    order = order_of(seed_of(secret, number), drawn.entries)
    parties = {each.code: each.people for each in drawn.entries}
    room = Room(drawn.seats, 0, drawn.quotas)
    seated, refused = set[str](), set[tuple[frozenset[int], ...]]()
    for code in order:
        party = _left(parties[code], gone.get(code))
        # Seats only become fewer: where nobody like them had room, they have none later.
        if not party or room.is_full or (alike := tuple(party)) in refused:
            continue
        if room.fits(party):
            room = room.seating(party)
            seated.add(code)
        else:
            refused.add(alike)
    return Result(order, frozenset(seated))


def _left(party: Party, gone: frozenset[int] | None) -> Party:
    return [each for place, each in enumerate(party) if place not in gone] if gone else party
