"""Whom an announcement would reach: counted where that is quick, judged by a sample where not.

Counting a million people by platform and reason takes the better part of a minute, and a form asks
anew whenever something in it changes. What is sent is counted exactly (``audiences.count_for``).
"""

from dataclasses import dataclass, field

from sqlalchemy import CTE, func, literal, select
from sqlmodel import Session

from models.announcements import audiences
from models.announcements.audiences import Preview
from models.announcements.conditions import MEMBER_ID
from models.rules.announcements import sampling
from models.rules.network.audience import Audience
from models.rules.network.floors import Count
from models.store import Moment

SAMPLE = 10_000
"""How many of all members are asked about, at most about twice as many."""

QUICK = 20_000
"""People who are counted one by one."""

_SCATTER, _TURN = 40503, 65536
"""Steps of the golden section around a circle: they fall evenly, and with no period of the data."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """``preview``, and by how many ``people`` it may be wrong; 0 where it was counted."""

    preview: Preview = field(default_factory=Preview)
    margin: int = 0


def of(
    session: Session, audience: Audience, now: Moment, *, sees_reach: bool, sample: int = SAMPLE
) -> Forecast:
    """Whom it would reach, as exactly as this organizer may know (``audiences.preview_for``)."""
    newest = session.execute(select(func.max(MEMBER_ID))).scalar() or 0
    step = newest // sample
    if step <= 1 or not sees_reach:
        return Forecast(audiences.preview_for(session, audience, now, sees_reach=sees_reach))
    some = audiences.preview(session, audience, now, among=_scattered(newest, step))
    found = some.people.number
    if (found + sum(some.not_reached.values())) * step <= QUICK:
        return Forecast(audiences.preview(session, audience, now))
    wrong_by = sampling.margin(found, newest // step, step)

    def all_of(number: int) -> int:
        return sampling.rounded(number * step, wrong_by)

    reached = {platform: all_of(number) for platform, number in some.reached.items()}
    not_reached = {reason: all_of(number) for reason, number in some.not_reached.items()}
    people = Count(all_of(found))
    return Forecast(Preview(people, reached, all_of(some.wait), not_reached), wrong_by)


def _scattered(newest: int, step: int) -> CTE:
    """One number of every ``step`` up to the ``newest``, each at another place among its own."""
    turns = select(literal(0).label("turn")).cte("turns", recursive=True)
    turns = turns.union_all(
        select(turns.c.turn + 1).where(turns.c.turn < literal(newest // step - 1))
    )
    within = ((turns.c.turn * _SCATTER) % _TURN) * step // _TURN
    place = turns.c.turn * step + within + 1
    return select(place.label("number")).cte("scattered")
