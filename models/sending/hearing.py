"""Tell who of some members would hear a notice now, and why the others would not."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from models.network.members import Member
from models.rules.sending.reach import may_write
from models.sending.deliveries import likeliest_addresses
from models.sending.reasons import Reason
from models.sending.topics import is_muted
from models.store import Moment

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Hearing:
    """How many members hear a notice, and the ids of the others with the reason for each.

    ``wait`` of the former see it only when they write next: their platform's window is closed.
    """

    heard: int = 0
    wait: int = 0
    missed: Mapping[int, Reason] = field(default_factory=dict)

    @property
    def reasons(self) -> dict[Reason, int]:
        """Return how many do not hear it by reason."""
        return dict(Counter(self.missed.values()))

    def __bool__(self) -> bool:
        return bool(self.heard or self.missed)


def who_hears(session: Session, member_ids: Collection[int], topic: str, now: Moment) -> Hearing:
    """Return who of these members a notice of this topic reaches if it is planned now."""
    heard = wait = 0
    missed: dict[int, Reason] = {}
    ordered = sorted(member_ids)
    for start in range(0, len(ordered), CHUNK):
        some = ordered[start : start + CHUNK]
        addresses = likeliest_addresses(session, some, now)
        wishes = session.exec(
            select(Member.id, Member.muted).where(col(Member.id).in_(some)).order_by(col(Member.id))
        )
        for member_id, muted in wishes:
            address = addresses.get(member_id)
            if is_muted(topic, muted):
                missed[member_id] = Reason.MUTED
            elif address is None:
                missed[member_id] = Reason.NO_ADDRESS
            elif address.unreachable:
                missed[member_id] = Reason.of(address.unreachable)
            else:
                heard += 1
                wait += not may_write(
                    address.is_windowed, address.window_until, address.allowance, now
                )
    return Hearing(heard, wait, missed)
