"""Who goes on from a round to the next: the first of each heat, the best others, and standbys."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Rule:
    """``first`` of each heat go on, then the ``others`` best of all, then ``standby`` wait.

    Of one company at most ``per_company`` go on; 0 sets no limit.
    """

    first: int
    others: int = 0
    standby: int = 0
    per_company: int = 0


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entry of a heat with its company, if any; ``key`` is greater for the better."""

    code: str
    company: int | None
    key: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Promoted:
    """Codes that go on and that wait, the best first; ``over`` the limit of their company."""

    on: tuple[str, ...]
    standby: tuple[str, ...]
    over: tuple[str, ...]


@dataclass(slots=True)
class _Going:
    """Who goes on so far."""

    per_company: int
    on: list[str] = field(default_factory=list)
    over: list[str] = field(default_factory=list)
    taken: Counter[int] = field(default_factory=Counter)

    def takes(self, each: Ranked) -> bool:
        """Let one go on; False where they do already, or their company has its number."""
        if each.code in self.on or each.code in self.over:
            return False
        if each.company is not None and self.per_company:
            if self.taken[each.company] >= self.per_company:
                self.over.append(each.code)
                return False
            self.taken[each.company] += 1
        self.on.append(each.code)
        return True


def promote(heats: Sequence[Sequence[Ranked]], rule: Rule) -> Promoted:
    """Apply the rule to heats, each with the best first: place by place, then over all of them.

    Who is over the limit of their company is passed, and the next one goes on instead. They are
    no standby either: the limit would be broken by whoever moves up.
    """
    going = _Going(rule.per_company)
    for _place in range(rule.first):
        for heat in heats:
            any(going.takes(each) for each in heat)
    rest = sorted((each for heat in heats for each in heat), key=lambda each: each.key)[::-1]
    for _place in range(rule.others):
        any(going.takes(each) for each in rest)
    on, over = tuple(going.on), tuple(going.over)
    waiting = [each.code for each in rest if each.code not in on and each.code not in over]
    return Promoted(on, tuple(waiting[: rule.standby]), over)


def within_quota(
    entries: Iterable[tuple[str, int | None]], most: int
) -> tuple[list[str], list[str]]:
    """Return the codes within the quota of ``most`` a company, and those beyond it.

    Entries come in the order in which they were handed in; 0 sets no quota.
    """
    taken, inside, beyond = Counter[int](), list[str](), list[str]()
    for code, company in entries:
        is_beyond = company is not None and most > 0 and taken[company] >= most
        (beyond if is_beyond else inside).append(code)
        if company is not None:
            taken[company] += 1
    return inside, beyond
