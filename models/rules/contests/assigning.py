"""Which judges look at which entries: never with a conflict, and as evenly as that allows.

Entries are given to the least loaded judges first; then work moves from judges who have more to
judges who have at least two less, along chains of entries that both may judge, until no chain is
left. That is an optimal semi-matching: loads that no other assignment makes more even (Harvey,
Ladner, Lovász and Tamir, "Semi-matchings for bipartite graphs and load balancing", 2003).

Ties are broken by a seed that is made of the codes of all entries and judges, which are random:
nobody can choose it, and whoever has the codes comes to the same assignment.
"""

import hashlib
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

Pair = tuple[str, str]
"""The code of an entry, and that of a judge."""


class Conflict(StrEnum):
    """Why somebody does not judge an entry."""

    OWN = "own"
    COMPANY = "company"
    DECLARED = "declared"


@dataclass(frozen=True, slots=True)
class Ties:
    """To whom an entry or a judge belongs: members who made it, and companies."""

    people: frozenset[int]
    companies: frozenset[int]


@dataclass(frozen=True, slots=True)
class Short:
    """An entry that has fewer judges than it should: so many may judge it at all."""

    entry: str
    able: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who judges what: the codes of judges by entry, sorted; and which entries lack judges."""

    judges: Mapping[str, tuple[str, ...]]
    short: tuple[Short, ...]


def conflict(entry: Ties, judge: Ties, *, declared: bool = False) -> Conflict | None:
    """Return why this judge does not get this entry, or None."""
    if entry.people & judge.people:
        return Conflict.OWN
    if entry.companies & judge.companies:
        return Conflict.COMPANY
    return Conflict.DECLARED if declared else None


def seed_of(entries: Iterable[str], judges: Iterable[str]) -> str:
    """Return the seed, which lists the codes of all entries and judges."""
    return " ".join((*sorted(entries), "/", *sorted(judges)))


def assign(
    entries: Collection[str],
    judges: Collection[str],
    conflicts: Collection[Pair],
    per_entry: int,
    seed: str,
    kept: Collection[Pair] = (),
) -> Assignment:
    """Give each entry ``per_entry`` judges without a conflict, or as many as there are.

    What is ``kept`` stays, counts as load, and may name judges who get nothing more. Loads differ
    by at most one wherever conflicts and what is kept allow it.
    """
    return _Desk(entries, judges, conflicts, per_entry, seed, kept).assigned()


class _Desk:
    """One assignment in the making."""

    def __init__(
        self,
        entries: Collection[str],
        judges: Collection[str],
        conflicts: Collection[Pair],
        per_entry: int,
        seed: str,
        kept: Collection[Pair],
    ) -> None:
        self.entries, self.per_entry = sorted(entries), per_entry
        self.seed = hashlib.sha256(seed.encode()).hexdigest()
        self.judges, self.conflicts = sorted(judges), frozenset(conflicts)
        self.kept: dict[str, set[str]] = {each: set() for each in self.entries}
        self.given: dict[str, set[str]] = {each: set() for each in self.entries}
        self.of_judge: dict[str, set[str]] = {each: set() for each in self.judges}
        self.load = dict.fromkeys(self.judges, 0)
        for entry, judge in kept:
            self.kept[entry].add(judge)
            if judge in self.load:
                self.load[judge] += 1
        self.able = {
            entry: [judge for judge in self.judges if (entry, judge) not in self.conflicts]
            for entry in self.entries
        }

    def assigned(self) -> Assignment:
        for entry in sorted(self.entries, key=lambda each: (len(self.able[each]), self._lot(each))):
            self._give(entry)
        while self._levelled():
            pass
        return Assignment(
            {each: tuple(sorted(self.kept[each] | self.given[each])) for each in self.entries},
            tuple(
                Short(each, len(self.kept[each] | self.given[each]))
                for each in self.entries
                if len(self.kept[each] | self.given[each]) < self.per_entry
            ),
        )

    def _lot(self, words: str) -> bytes:
        return hashlib.sha256(f"{self.seed}/{words}".encode()).digest()

    def _give(self, entry: str) -> None:
        wanted = self.per_entry - len(self.kept[entry])
        free = [judge for judge in self.able[entry] if judge not in self.kept[entry]]
        free.sort(key=lambda judge: (self.load[judge], self._lot(f"{entry}/{judge}")))
        for judge in free[: max(0, wanted)]:
            self._move(entry, None, judge)

    def _move(self, entry: str, judge: str | None, other: str) -> None:
        if judge is not None:
            self.given[entry].remove(judge)
            self.of_judge[judge].remove(entry)
            self.load[judge] -= 1
        self.given[entry].add(other)
        self.of_judge[other].add(entry)
        self.load[other] += 1

    def _levelled(self) -> bool:
        """Move work along one chain that makes loads more even; return False if there is none."""
        for judge in sorted(self.judges, key=lambda each: (-self.load[each], each)):
            chain = self._chain(judge)
            if chain:
                for entry, one, other in chain:
                    self._move(entry, one, other)
                return True
        return False

    def _chain(self, start: str) -> list[tuple[str, str, str]]:
        """Return the shortest chain of moves to somebody with at least two entries less."""
        came: dict[str, tuple[str, str] | None] = {start: None}
        waiting = deque([start])
        while waiting:
            judge = waiting.popleft()
            for entry in sorted(self.of_judge[judge]):
                for other in self.able[entry]:
                    if other in came or other in self.given[entry] or other in self.kept[entry]:
                        continue
                    came[other] = (entry, judge)
                    if self.load[other] <= self.load[start] - 2:
                        return _back(came, other)
                    waiting.append(other)
        return []


def _back(came: Mapping[str, tuple[str, str] | None], end: str) -> list[tuple[str, str, str]]:
    moves = []
    while (step := came[end]) is not None:
        entry, judge = step
        moves.append((entry, judge, end))
        end = judge
    return moves
