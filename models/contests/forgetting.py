"""What is kept about those who enter contests: told to them, erased with them, merged with them."""

from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, or_, select

from models.contests import entries, parts
from models.contests.awards import Award
from models.contests.contests import Contest
from models.contests.entries import Entry, EntryAuthor
from models.contests.laureates import Laureate
from models.contests.nominations import Nomination
from models.contests.parts import EntryPart
from models.contests.sounds import Sound
from models.rules.contests.states import EntryState


def entries_of(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the entries that a member hands in, as plain values."""
    rows = session.exec(
        select(Entry, Contest)
        .join(Contest, col(Contest.id) == col(Entry.contest_id))
        .where(Entry.member_id == member_id)
        .order_by(col(Entry.id))
    )
    return [
        {
            "contest": contest.title,
            "code": entry.code,
            "title": entry.title,
            "state": entry.state,
            "declared_as_own_at": entry.declared_at,
            "handed_in_at": entry.handed_in_at,
        }
        for entry, contest in rows
    ]


def parts_of(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the parts of entries that a member gave, as plain values."""
    rows = session.exec(
        select(EntryPart, Entry.code)
        .join(Entry, col(Entry.id) == col(EntryPart.entry_id))
        .where(EntryPart.by_member_id == member_id)
        .order_by(col(EntryPart.id))
    )
    return [{"entry": code, "kind": part.kind, "text": part.text} for part, code in rows]


def authorships_of(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the entries of which a member is an author or was asked, as plain values."""
    rows = session.exec(
        select(EntryAuthor, Entry)
        .join(Entry, col(Entry.id) == col(EntryAuthor.entry_id))
        .where(EntryAuthor.member_id == member_id)
        .order_by(col(EntryAuthor.id))
    )
    return [
        {
            "entry": entry.code,
            "title": entry.title,
            "shown_as": author.named,
            "nickname": author.nickname,
            "agreed_at": author.agreed_at,
            "refused_at": author.refused_at,
        }
        for author, entry in rows
    ]


def nominations_of(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Return the nominations that a member made, agreed to, or decided on, as plain values."""
    rows = session.exec(
        select(Nomination, Contest.title)
        .join(Entry, col(Entry.id) == col(Nomination.entry_id))
        .join(Contest, col(Contest.id) == col(Entry.contest_id))
        .where(
            (Nomination.by_member_id == member_id)
            | (Nomination.asked_member_id == member_id)
            | (Nomination.shortlisted_by == member_id)
        )
    ).all()
    decided = session.exec(
        select(Contest.title, Award.proposed_at, Award.decided_at)
        .join(Award, col(Award.contest_id) == col(Contest.id))
        .where((Award.proposed_by == member_id) | (Award.decided_by == member_id))
    ).all()
    return [
        {
            "award": title,
            "nominee": row.shown_name,
            "asked_at": row.asked_at,
            "agreed_at": row.consented_at,
            "refused_at": row.refused_at,
        }
        for row, title in rows
    ] + [{"award": title, "proposed_at": at, "decided_at": then} for title, at, then in decided]


def forget_member(session: Session, member_id: int) -> None:
    """Erase the parts that a member gave; their entries pass to another author, or to nobody.

    An entry that nobody is left of keeps its code, state and times, for the results need them.
    """
    theirs = or_(col(EntryPart.by_member_id) == member_id, col(Sound.by_member_id) == member_id)
    session.execute(
        delete(EntryPart).where(
            col(EntryPart.id).in_(
                select(EntryPart.id)
                .join(Sound, col(Sound.id) == col(EntryPart.sound_id), isouter=True)
                .where(theirs)
            )
        )
    )
    session.execute(delete(Sound).where(col(Sound.by_member_id) == member_id))
    for entry in session.exec(select(Entry).where(Entry.member_id == member_id)).all():
        others = entries.authors_of(session, entry.id)
        agreed = [
            each.member_id
            for each in others
            if each.agreed_at is not None and each.member_id != member_id
        ]
        entry.member_id = agreed[0] if agreed else None
        if not agreed:
            _empty(session, entry)
        session.add(entry)
    session.flush()


def _empty(session: Session, entry: Entry) -> None:
    """Take from an entry what its authors wrote; one that is not handed in is withdrawn."""
    entry.title, entry.reason = "", ""
    for part in parts.of_entry(session, entry.id):
        session.delete(part)
    if entry.state is not EntryState.HANDED_IN:
        entry.state = EntryState.WITHDRAWN


def forget_nominee(session: Session, member_id: int) -> None:
    """Erase what a nomination tells of an erased nominee; codes and states stay."""
    rows = session.exec(
        select(Nomination).where(
            Nomination.asked_member_id == member_id,
            col(Nomination.station_id).is_(None),
            col(Nomination.team_id).is_(None),
        )
    ).all()
    for row in rows:
        entry = session.get_one(Entry, row.entry_id)
        session.execute(delete(EntryPart).where(col(EntryPart.entry_id) == entry.id))
        row.shown_name, row.reason, entry.title = "", "", ""
        if entry.state is not EntryState.HANDED_IN:
            entry.state = EntryState.WITHDRAWN
        session.add_all((row, entry))
    session.flush()
    for won in session.exec(select(Laureate).where(Laureate.member_id == member_id)).all():
        won.name, won.member_id = "", None
        session.add(won)
    session.flush()


def unite(session: Session, stays: int, goes: int) -> None:
    """Give one member the authorship of another; of two of one entry that which agreed stays."""
    rows = session.exec(
        select(EntryAuthor)
        .where(col(EntryAuthor.member_id).in_((stays, goes)))
        .order_by(col(EntryAuthor.agreed_at).is_(None), col(EntryAuthor.id))
    ).all()
    kept: dict[int, EntryAuthor] = {}
    for each in rows:
        if each.entry_id in kept:
            session.delete(each)
        kept.setdefault(each.entry_id, each)
    session.flush()
    session.execute(
        update(EntryAuthor)
        .where(col(EntryAuthor.id).in_([each.id for each in kept.values()]))
        .values(member_id=stays)
    )
