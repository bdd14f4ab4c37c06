"""The pictures and sounds of entries, for whoever may look at them in the chat."""

from datetime import datetime

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.messages import Attachment
from bot.conversation.routing import Router
from models.contests import entries, gallery, nominations, organizing, votes
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.parts import EntryPart
from models.contests.sounds import Sound
from models.events.pictures import StoredPicture
from models.network.members import Member

router = Router()

MAKER = "entry-file"


def file_of(chat: Chat, entry: Entry, part: EntryPart) -> Attachment | None:
    """The picture or the sound of a part, for whoever may look at it."""
    name, kind = "", ""
    if part.picture_id is not None:
        picture = chat.session.get(StoredPicture, part.picture_id)
        kind = picture.media_type if picture is not None and picture.content else ""
        name = f"{entry.code}-{part.position}.{kind.partition('/')[2]}"
    elif part.sound_id is not None:
        sound = chat.session.get(Sound, part.sound_id)
        kind = sound.copy_type if sound is not None else ""
        name = f"{entry.code}-{part.position}.mp3"
    return Attachment(name, kind, MAKER, (chat.member.id, entry.id, part.id)) if kind else None


def may_look(session: Session, now: datetime, by: int, entry: Entry) -> bool:
    contest = session.get_one(Contest, entry.contest_id)
    if organizing.may_run(session, contest, by, now) and organizing.is_told(contest, entry):
        return True
    if (nomination := nominations.of_entry(session, entry.id)) is not None:
        return nominations.concerns(nomination, by)
    if entries.is_author(session, entry.id, by) or gallery.is_shown(session, entry, now):
        return True
    return votes.reads(session, session.get_one(Member, by), entry, now)


def may_have_file(session: Session, now: datetime, by: int, entry_id: int, part_id: int) -> bool:
    """Whether this member may still look at the part."""
    entry = entries.get(session, entry_id)
    return entry is not None and may_look(session, now, by, entry)


@router.file(MAKER, may=may_have_file)
def make_file(session: Session, by: int, entry_id: int, part_id: int) -> bytes:
    entry = entries.get(session, entry_id)
    found = gallery.file_of(session, entry, part_id) if entry is not None else None
    return found.content if found is not None else b""
