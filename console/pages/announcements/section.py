"""What the pages of announcements share: their section, their addresses, which one is asked for."""

from bot.conversation.messages import say
from console.desk import Desk
from console.routing import Asked, Missing, Section
from models.announcements import announcements, lifecycle
from models.announcements.announcements import Announcement, AnnouncementState
from models.rules.network.permissions import Act

# Whoever leads a team writes to it.
section = Section(
    "announcements", label=say("Announcements"), path="/announcements", needs=Act.POST_TO_TEAM
)
PATH = "/announcements/{announcement:int}"


def here(announcement_id: int, below: str = "") -> str:
    """The address of an announcement's page, or of one below it."""
    return f"/console/announcements/{announcement_id}{below}"


def followed(desk: Desk, asked: Asked) -> Announcement:
    """The announcement that is asked for, sent and theirs to follow. Raises Missing."""
    row = announcements.get(desk.session, asked.number("announcement"))
    if row is None or row.state == AnnouncementState.DRAFT:
        raise Missing
    if not lifecycle.may_manage(desk.session, row, desk.member.id, desk.now):
        raise Missing
    return row


def held_fast(desk: Desk, asked: Asked) -> Announcement:
    """``followed``, and nobody changes it meanwhile."""
    announcements.locked(desk.session, asked.number("announcement"))
    return followed(desk, asked)


def draft_of(desk: Desk, asked: Asked) -> Announcement:
    """The member's own draft that is asked for, which they may go on with. Raises Missing."""
    row = announcements.get(desk.session, asked.number("announcement"))
    is_open = row is not None and row.state == AnnouncementState.DRAFT
    if row is None or not is_open or row.by_member_id != desk.member.id:
        raise Missing
    if not lifecycle.may_write(desk.session, row, desk.member.id, desk.now):
        raise Missing
    return row
