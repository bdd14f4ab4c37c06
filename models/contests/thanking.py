"""Thanks to everybody who entered a contest, with their own result before it is public."""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from models.contests import contests
from models.contests.entries import Entry, EntryAuthor
from models.rules.contests.states import EntryState
from models.sending import deliveries
from models.sending.deliveries import A_WEEK, Plan
from models.store import Moment

THANKS = "contest-thanks"


def thank(
    session: Session, contest_id: int, places: Mapping[int, int], by: int | None, now: Moment
) -> int:
    """Plan a notice to each author of what was handed in, with their own result; return how many.

    ``places`` are the entries that won something, with their place, the first being 1; who is in
    none is thanked alone. Everybody gets one notice, however many entries they have: that of the
    best. Twice is harmless. Raises NotAllowed when ``by`` may not run the contest.
    """
    contest = contests.locked(session, contest_id, by, now)
    rows = session.exec(
        select(EntryAuthor.member_id, Entry.id)
        .join(Entry, col(Entry.id) == col(EntryAuthor.entry_id))
        .where(
            Entry.contest_id == contest_id,
            Entry.state == EntryState.HANDED_IN,
            col(EntryAuthor.agreed_at).is_not(None),
        )
        .order_by(col(Entry.id))
    ).all()
    best: dict[int, int] = {}
    for member_id, entry_id in rows:
        known = best.get(member_id)
        if known is None or places.get(entry_id, 10**9) < places.get(known, 10**9):
            best[member_id] = entry_id
    plans = [
        Plan(
            key=f"{THANKS}:{contest_id}:{member_id}",
            member_id=member_id,
            topic=THANKS,
            facts={"contest": contest_id, "entry": entry_id, "place": places.get(entry_id, 0)},
            due_at=now,
            expires_at=now + A_WEEK,
        )
        for member_id, entry_id in sorted(best.items())
    ]
    deliveries.plan_all(session, plans, now)
    contests.record(session, contest, by, now, "thanked", told=len(plans))
    return len(plans)
