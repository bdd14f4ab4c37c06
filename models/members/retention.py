"""What is long over: letters, who came to events, announcements, each after a declared time.

The pairs find some on a snapshot, and delete these in turns of the writer. What is kept, how long
and why stands in docs/retention.md.
"""

from collections.abc import Sequence

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.announcements.announcements import Announcement
from models.contests.deciding import AwardObjection
from models.desk.threads import Thread, ThreadLine, ThreadState
from models.events.checking_in import Repeat
from models.events.events import Event, Signup
from models.events.handovers import Handover
from models.events.posters import Arrival
from models.network.guesses import WrongCodes
from models.network.invites import Invite
from models.store import Moment

AT_ONCE = 500


def old_letters(session: Session, moment: Moment) -> Sequence[int]:
    """Return letters that wait for nobody, and in which nothing was written since a moment.

    One that is an objection to an award stands in its record, and stays.
    """
    return (
        session.execute(
            select(col(Thread.id))
            .where(
                col(Thread.state) != ThreadState.WAITING,
                col(Thread.last_at) < moment,
                exists().where(col(ThreadLine.thread_id) == col(Thread.id)),
                ~exists().where(col(AwardObjection.thread_id) == col(Thread.id)),
            )
            .order_by(col(Thread.id))
            .limit(AT_ONCE)
        )
        .scalars()
        .all()
    )


def forget_letters(session: Session, thread_ids: Sequence[int], _now: Moment) -> None:
    """Delete the lines of these letters and whose they were, but not of those that wait again.

    The rows stay and are counted, as after an erasure.
    """
    still = select(col(Thread.id)).where(
        col(Thread.id).in_(thread_ids), col(Thread.state) != ThreadState.WAITING
    )
    found = session.execute(still.with_for_update()).scalars().all()
    session.execute(delete(ThreadLine).where(col(ThreadLine.thread_id).in_(found)))
    session.execute(
        update(Thread)
        .where(col(Thread.id).in_(found))
        .values(member_id=None, assigned_to=None, state=ThreadState.SETTLED)
    )


def old_claims(session: Session, moment: Moment) -> Sequence[int]:
    """Return sign-ups that name somebody, for events that ended before a moment."""
    return (
        session.execute(
            select(col(Signup.id))
            .join(Event, col(Event.id) == col(Signup.event_id))
            .where(
                col(Event.ends_at) < moment,
                or_(
                    col(Signup.member_id).is_not(None),
                    col(Signup.by_member_id).is_not(None),
                    col(Signup.from_member_id).is_not(None),
                    col(Signup.name) != "",
                ),
            )
            .order_by(col(Signup.id))
            .limit(AT_ONCE)
        )
        .scalars()
        .all()
    )


def unname_claims(session: Session, signup_ids: Sequence[int], _now: Moment) -> None:
    """Take the people out of these sign-ups: what is counted stays, as after an erasure."""
    session.execute(
        update(Signup)
        .where(col(Signup.id).in_(signup_ids))
        .values(member_id=None, by_member_id=None, from_member_id=None, name="")
    )


def old_announcements(session: Session, moment: Moment) -> Sequence[int]:
    """Return announcements that ended before a moment and that no other one corrects."""
    correcting = aliased(Announcement)
    return (
        session.execute(
            select(col(Announcement.id))
            .where(
                col(Announcement.ended_at) < moment,
                ~exists().where(col(correcting.corrects_id) == col(Announcement.id)),
            )
            .order_by(col(Announcement.id))
            .limit(AT_ONCE)
        )
        .scalars()
        .all()
    )


def forget_announcements(session: Session, numbers: Sequence[int], _now: Moment) -> None:
    """Delete these announcements."""
    session.execute(delete(Announcement).where(col(Announcement.id).in_(numbers)))


def old_arrivals(session: Session, moment: Moment) -> Sequence[int]:
    """Return who came by a poster before a moment."""
    return (
        session.execute(
            select(col(Arrival.id))
            .where(col(Arrival.at) < moment, col(Arrival.member_id).is_not(None))
            .order_by(col(Arrival.id))
            .limit(AT_ONCE)
        )
        .scalars()
        .all()
    )


def unname_arrivals(session: Session, numbers: Sequence[int], _now: Moment) -> None:
    """Take the members out of these arrivals: how many came stays."""
    session.execute(update(Arrival).where(col(Arrival.id).in_(numbers)).values(member_id=None))


def forget_invites(session: Session, moment: Moment) -> None:
    """Delete codes that were not used and ended before a moment."""
    session.execute(
        delete(Invite).where(col(Invite.used_at).is_(None), col(Invite.expires_at) < moment)
    )


def forget_wrong_codes(session: Session, moment: Moment) -> None:
    """Delete the counts of wrong codes that began before a moment."""
    session.execute(delete(WrongCodes).where(col(WrongCodes.since) < moment))


def forget_repeats(session: Session, moment: Moment) -> None:
    """Delete by which device somebody was checked in, of events that ended before a moment."""
    over = select(col(Event.id)).where(col(Event.ends_at) < moment)
    session.execute(delete(Repeat).where(col(Repeat.event_id).in_(over)))


def forget_handovers(session: Session, moment: Moment) -> None:
    """Delete seats on their way that nobody took before a moment."""
    session.execute(delete(Handover).where(col(Handover.until) < moment))
