"""The dossier of a nomination: texts and photos that its nominator and its nominee gather."""

from sqlalchemy import delete
from sqlmodel import Session, col

from models.contests import nominations, parts
from models.contests.awards import NotDone, WhyNot
from models.contests.contests import Contest
from models.contests.nominations import Nomination
from models.contests.parts import EntryPart
from models.rules.contests.states import PartKind, Phase, phase_of
from models.store import Moment

LONGEST_TEXT = 500


def add_text(
    session: Session, nomination_id: int, text: str, member_id: int, now: Moment
) -> EntryPart | NotDone:
    """Add words: by the nominator before the nominee was asked, by the nominee from then on."""
    found = _open(session, nomination_id, member_id, now)
    if isinstance(found, NotDone):
        return found
    return parts.add(session, found, PartKind.TEXT, member_id, text=text)


def add_picture(
    session: Session, nomination_id: int, picture_id: int, caption: str, member_id: int, now: Moment
) -> EntryPart | NotDone:
    """Add a photo as ``add_text`` adds words; ``caption`` may be empty."""
    found = _open(session, nomination_id, member_id, now)
    if isinstance(found, NotDone):
        return found
    return parts.add(
        *(session, found, PartKind.PICTURE, member_id), text=caption, picture_id=picture_id
    )


def _open(session: Session, nomination_id: int, member_id: int, now: Moment) -> int | NotDone:
    """Return the entry to which this member may add; or why not."""
    row, entry, contest = nominations.locked(session, nomination_id)
    if not _may_gather(row, contest, member_id, now):
        return NotDone(WhyNot.NOT_THEIRS)
    if len(parts.of_entry(session, entry.id)) >= contest.most_parts:
        return NotDone(WhyNot.TOO_MANY)
    return entry.id


def take_out(
    session: Session, nomination_id: int, part_id: int, member_id: int, now: Moment
) -> bool:
    """Take a part out of the dossier; False where it is not theirs to change."""
    row, entry, contest = nominations.locked(session, nomination_id)
    part = session.get(EntryPart, part_id)
    is_theirs = part is not None and part.entry_id == entry.id
    if not is_theirs or not _may_gather(row, contest, member_id, now):
        return False
    session.execute(delete(EntryPart).where(col(EntryPart.id) == part_id))
    return True


def _may_gather(row: Nomination, contest: Contest, member_id: int, now: Moment) -> bool:
    if row.refused_at is not None or phase_of(contest, now) not in (Phase.ENTERING, Phase.CLOSED):
        return False
    is_nominator = member_id == row.by_member_id and row.asked_at is None
    is_nominee = member_id == row.asked_member_id and row.is_shortlisted is None
    return is_nominator or (is_nominee and row.asked_at is not None)
