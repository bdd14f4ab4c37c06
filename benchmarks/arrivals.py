"""What a platform saw: which message arrived when, and how evenly."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Messages in the order of their arrival. ``at`` is the machine's monotonic clock's time."""

    at: Sequence[float]
    chats: Sequence[int]
    accounts: Sequence[str]

    def __len__(self) -> int:
        return len(self.at)

    def of_account(self, account: str) -> "Arrivals":
        """Those that came through one account."""
        mine = [place for place, each in enumerate(self.accounts) if each == account]
        return self._at(mine)

    def to(self, chats: range) -> "Arrivals":
        """Those to some of the chats."""
        return self._at([place for place, chat in enumerate(self.chats) if chat in chats])

    def _at(self, places: Sequence[int]) -> "Arrivals":
        return Arrivals(
            [self.at[place] for place in places],
            [self.chats[place] for place in places],
            [self.accounts[place] for place in places],
        )

    @property
    def seconds(self) -> float:
        """From the first to the last."""
        return self.at[-1] - self.at[0] if self.at else 0.0

    @property
    def per_second(self) -> float:
        return (len(self) - 1) / self.seconds if len(self) > 1 else 0.0

    def by_second(self) -> list[int]:
        """How many came in each whole second since the first one."""
        if not self.at:
            return []
        counted = Counter(int(at - self.at[0]) for at in self.at)
        return [counted[second] for second in range(int(self.seconds))]

    def most_in_a_second(self) -> int:
        """The most in any second, whenever it begins."""
        return max(
            (bisect_left(self.at, at + 1, place) - place for place, at in enumerate(self.at)),
            default=0,
        )


def verify_once_each(seen: Arrivals, chats: Sequence[int]) -> None:
    """Raise AssertionError unless exactly these chats got one message each."""
    told = Counter(seen.chats)
    wanted = set(chats)
    missed, strangers = wanted - set(told), set(told) - wanted
    twice = sum(number > 1 for number in told.values())
    if missed or strangers or twice:
        raise AssertionError(
            f"{len(missed)} were not told, {twice} were told twice or more,"
            f" {len(strangers)} were none of those"
        )


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed; ``values`` need not be sorted."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
