"""What organizers do with entries: looked at, sent back for repair, hidden, shown again.

Each act raises ``roles.NotAllowed`` when ``by`` may not run the contest, and is audited.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from models.contests import contests, entries
from models.contests.contests import Changed, Contest, TooLate
from models.contests.entries import Entry, EntryAuthor
from models.network import roles
from models.network.members import Member
from models.network.stations import Station
from models.rules.contests.entering import Lack
from models.rules.contests.states import ContestState, EntryState, Form, Phase, phase_of
from models.rules.network import permissions
from models.rules.network.permissions import Act
from models.sending import deliveries
from models.sending.deliveries import A_WEEK, Plan
from models.store import Moment

RETURNED, HIDDEN, SHOWN, CALLED_OFF = (
    "entry-returned",
    "entry-hidden",
    "entry-shown",
    "contest-cancelled",
)
"""Topics of the notices to the authors."""

AGREED = (EntryState.HANDED_IN, EntryState.HIDDEN)
"""The states of a nomination whose nominee agreed: taken into account, or left out."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry on the list of its organizers, with what it lacks and who hands it in."""

    entry: Entry
    lacks: tuple[Lack, ...]
    author: Member | None


def send_back(
    session: Session, entry_id: int, reason: str, until: Moment | None, by: int | None, now: Moment
) -> Entry | None:
    """Send an entry back for repair, with words; its authors may change it until a time.

    ``until`` None: until the deadline. None where it was not handed in, or the result is known.
    """
    entry, contest = _locked(session, entry_id, by, now)
    if entry.state is not EntryState.HANDED_IN or contest.state is ContestState.DECIDED:
        return None
    if until is None and phase_of(contest, now) is not Phase.ENTERING:
        until = contest.repairs_until
    entry.repair_until = until
    return _put(session, entry, contest, EntryState.RETURNED, reason, RETURNED, by, now)


def hide(session: Session, entry_id: int, reason: str, by: int | None, now: Moment) -> Entry | None:
    """Show an entry to nobody any more, with a reason for its authors; it does not take part."""
    entry, contest = _locked(session, entry_id, by, now)
    if entry.state not in (EntryState.HANDED_IN, EntryState.RETURNED):
        return None
    return _put(session, entry, contest, EntryState.HIDDEN, reason, HIDDEN, by, now)


def show(session: Session, entry_id: int, by: int, now: Moment) -> Entry | None:
    """Let a hidden entry take part again."""
    entry, contest = _locked(session, entry_id, by, now)
    if entry.state is not EntryState.HIDDEN:
        return None
    return _put(session, entry, contest, EntryState.HANDED_IN, "", SHOWN, by, now)


def cancel(
    session: Session, contest_id: int, reason: str, by: int | None, now: Moment
) -> Changed | TooLate:
    """Cancel a contest, with a notice to everybody who has an entry. ``reason`` is a sentence."""
    contest = contests.locked(session, contest_id, by, now)
    phase = phase_of(contest, now)
    if phase in (Phase.DECIDED, Phase.CANCELLED):
        return TooLate(contest, phase)
    contest.state, contest.reason = ContestState.CANCELLED, reason
    contest.remind_at, contest.changed_at = None, now
    session.add(contest)
    session.flush()
    told = _tell_cancelled(session, contest, now)
    contests.record(session, contest, by, now, "cancelled", told=told)
    return Changed(contest)


def _tell_cancelled(session: Session, contest: Contest, now: Moment) -> int:
    """Tell everybody who has an entry; return how many."""
    rows = session.exec(
        select(Entry).where(Entry.contest_id == contest.id, Entry.state != EntryState.WITHDRAWN)
    ).all()
    told = {each for row in rows for each in _authors(session, row.id)}
    plans = [
        Plan(
            key=f"{CALLED_OFF}:{contest.id}:{each}",
            member_id=each,
            topic=CALLED_OFF,
            facts={"contest": contest.id},
            due_at=now,
            expires_at=now + A_WEEK,
        )
        for each in sorted(told)
    ]
    deliveries.plan_all(session, plans, now)
    return len(told)


def _locked(session: Session, entry_id: int, by: int | None, now: Moment) -> tuple[Entry, Contest]:
    entry = session.get_one(Entry, entry_id, with_for_update=True, populate_existing=True)
    contest = session.get_one(Contest, entry.contest_id)
    roles.require(session, by, Act.RUN_CONTEST, contest.station_id, now)
    if contest.form is Form.AWARD:
        # A nomination is put on the shortlist or left out, by a verb of its own.
        raise roles.NotAllowed(Act.RUN_CONTEST)
    return entry, contest


def _put(
    session: Session,
    entry: Entry,
    contest: Contest,
    state: EntryState,
    reason: str,
    topic: str,
    by: int | None,
    now: Moment,
) -> Entry:
    entry.state, entry.reason, entry.changed_at = state, reason, now
    session.add(entry)
    session.flush()
    for each in _authors(session, entry.id):
        deliveries.plan_for_member(
            session,
            each,
            key=f"{topic}:{entry.id}:{int(now.timestamp())}:{each}",
            topic=topic,
            facts={"entry": entry.id},
            due_at=now,
            expires_at=now + A_WEEK,
            now=now,
        )
    contests.record(session, contest, by, now, topic, entry=entry.code)
    return entry


def _authors(session: Session, entry_id: int) -> list[int]:
    return [
        each.member_id
        for each in entries.authors_of(session, entry_id)
        if each.agreed_at is not None
    ]


# Reading


def is_told(contest: Contest, entry: Entry) -> bool:
    """Whether organizers may read an entry: a nomination only once its nominee agreed."""
    return contest.form is not Form.AWARD or entry.state in AGREED


def may_run(session: Session, contest: Contest, member_id: int, now: Moment) -> bool:
    station = session.get_one(Station, contest.station_id)
    return roles.may(session, member_id, Act.RUN_CONTEST, station, now)


def run_by(
    session: Session,
    member_id: int,
    now: Moment,
    *,
    state: ContestState | None = None,
    before: int = 0,
    limit: int = 50,
) -> Sequence[Contest]:
    """Return the contests that a member may run, the newest first; from below a number on."""
    query = select(Contest).join(Station, col(Station.id) == col(Contest.station_id))
    query = query.where(_is_run_by(session, member_id, now)).order_by(col(Contest.id).desc())
    if state is not None:
        query = query.where(Contest.state == state)
    if before:
        query = query.where(col(Contest.id) < before)
    return session.exec(query.limit(limit)).all()


def _is_run_by(session: Session, member_id: int, now: Moment) -> ColumnElement[bool]:
    able = permissions.roles_for(Act.RUN_CONTEST)
    paths = [
        held.path
        for held in roles.held_by(session, member_id, now)
        if held.role in able and held.path
    ]
    below = [col(Station.path).startswith(path) for path in paths]
    return or_(*below) if below else col(Station.id).is_(None)


def page(
    session: Session,
    contest: Contest,
    *,
    state: EntryState | None = None,
    category_id: int | None = None,
    after: int = 0,
    limit: int = 20,
) -> list[Listed]:
    """Return the entries of a contest from above a number on, with what each lacks."""
    query = (
        select(Entry, Member)
        .join(Member, col(Member.id) == col(Entry.member_id), isouter=True)
        .where(Entry.contest_id == contest.id, col(Entry.id) > after)
        .order_by(col(Entry.id))
        .limit(limit)
    )
    if contest.form is Form.AWARD:
        query = query.where(col(Entry.state).in_(AGREED))
    if state is not None:
        query = query.where(Entry.state == state)
    if category_id is not None:
        query = query.where(Entry.category_id == category_id)
    return [
        Listed(entry, entries.lacks_of(session, entry, contest), member)
        for entry, member in session.exec(query)
    ]


def counts(session: Session, contest_id: int) -> dict[EntryState, int]:
    """Return how many entries of a contest are in each state, those that are none left out."""
    rows = session.exec(
        select(Entry.state, func.count())
        .where(Entry.contest_id == contest_id)
        .group_by(col(Entry.state))
    )
    return {EntryState(state): number for state, number in rows}


def authors(session: Session, entry_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the names of the authors who agreed, by entry: for a list of organizers."""
    rows = session.exec(
        select(EntryAuthor.entry_id, Member.name, Member.id)
        .join(Member, col(Member.id) == col(EntryAuthor.member_id))
        .where(col(EntryAuthor.entry_id).in_(entry_ids), col(EntryAuthor.agreed_at).is_not(None))
        .order_by(col(EntryAuthor.id))
    )
    found: dict[int, list[str]] = {}
    for entry_id, name, number in rows:
        found.setdefault(entry_id, []).append(name or str(number))
    return found
