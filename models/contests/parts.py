"""The parts of an entry: texts, pictures, sounds and links, in their order."""

from collections.abc import Sequence

from sqlmodel import Field, Session, SQLModel, col, select

from models.rules.contests.states import PartKind
from models.store import one_of


class EntryPart(SQLModel, table=True):
    """A part of an entry. ``text`` is that of a text or the address of a link, else a caption.

    ``by_member_id`` is the author who gave it: it goes with them.
    """

    __tablename__ = "entry_part"

    id: int = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="entry.id", index=True)
    position: int
    kind: PartKind = Field(sa_type=one_of(PartKind))
    text: str = ""
    picture_id: int | None = Field(default=None, foreign_key="picture.id", index=True)
    sound_id: int | None = Field(default=None, foreign_key="sound.id", index=True)
    by_member_id: int | None = Field(default=None, foreign_key="member.id", index=True)


def of_entry(session: Session, entry_id: int) -> Sequence[EntryPart]:
    """Return the parts of an entry in their order."""
    query = select(EntryPart).where(EntryPart.entry_id == entry_id)
    return session.exec(query.order_by(col(EntryPart.position), col(EntryPart.id))).all()


def add(
    session: Session,
    entry_id: int,
    kind: PartKind,
    by: int,
    *,
    text: str = "",
    picture_id: int | None = None,
    sound_id: int | None = None,
) -> EntryPart:
    """Add a part at the end of an entry, which an author gave."""
    last = max((each.position for each in of_entry(session, entry_id)), default=0)
    part = EntryPart(
        entry_id=entry_id,
        position=last + 1,
        kind=kind,
        text=text,
        picture_id=picture_id,
        sound_id=sound_id,
        by_member_id=by,
    )
    session.add(part)
    session.flush()
    return part
