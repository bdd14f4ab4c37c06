"""Announcements: what was sent from the places of a token's member, and their own drafts."""

from typing import Annotated

from pydantic import BaseModel, Field

from console.api.program import Program
from console.api.routing import Call, Subject, missing
from console.api.schemas import At, Page, Paged, Place, number_in
from handlers.announcements import audiences as choosing
from handlers.permission import sees_reach
from models.announcements import announcements, lifecycle, progress
from models.announcements.announcements import Announcement, AnnouncementState, Repeat
from models.network.stations import Station
from models.rules.network.scopes import Scope

subject = Subject(
    "announcements",
    "Announcements",
    "Texts to many. Writing one needs one scope and sending it another; a wide one waits for a "
    "second organizer, as at the desk.",
)


class Numbers(BaseModel):
    """How far an announcement is, of its latest run."""

    planned: int
    sent: int
    pending: int = Field(description="Sent at the accounts' pace.")
    waiting: int = Field(description="Sent when their member writes next.")
    in_doubt: int
    muted: int
    stopped: int
    unreachable: int
    not_sent: int
    delivered: int = Field(description="At least so many arrived.")
    opened: int = Field(description="At least so many pressed its button.")


class AnnouncementTold(BaseModel):
    """An announcement. `numbers` is null for a draft, and for who sees no exact numbers."""

    number: int
    state: AnnouncementState
    text: str
    texts: dict[str, str] = Field(description="The text in further languages, by their codes.")
    audience: str = Field(description="Whom it is for, in words.")
    place: Place
    team: int | None
    link: str = Field(description="What its button opens: `event:12`, `team:3`, or nothing.")
    urgent: str = Field(description="Why it overrides quiet hours; empty where it doesn't.")
    first_at: At | None
    is_weekly: bool
    reason: str = Field(description="Why it was sent back.")
    created_at: At
    started_at: At | None
    ended_at: At | None
    numbers: Numbers | None


class AnnouncementQuery(Paged):
    drafts: Annotated[
        bool, Field(description="Own drafts instead of what was sent; they have one page.")
    ] = False


@subject.read(
    "/announcements",
    scope=Scope.ANNOUNCEMENTS_READ,
    answers=Page[AnnouncementTold],
    query=AnnouncementQuery,
)
def list_announcements(program: Program, call: Call) -> Page[AnnouncementTold]:
    """List announcements, the newest first.

    Numbers of an announcement are told where it alone is read.
    """
    asked = call.read(AnnouncementQuery)
    session, mine, limit = program.session, program.member.id, asked.limit
    if asked.drafts:
        rows = announcements.drafts(session, mine, limit)
        return Page[AnnouncementTold](items=[_told(program, each) for each in rows])
    after = number_in(asked.after) or None
    rows = announcements.before(session, mine, program.now, after, limit + 1)
    following = str(rows[limit - 1].id) if len(rows) > limit else None
    items = [_told(program, each) for each in rows[:limit]]
    return Page[AnnouncementTold](items=items, next=following)


@subject.read(
    "/announcements/{announcement}", scope=Scope.ANNOUNCEMENTS_READ, answers=AnnouncementTold
)
def read_announcement(program: Program, call: Call) -> AnnouncementTold:
    """Tell of one announcement, and how far it is."""
    return shown(program, call.number("announcement"))


def shown(program: Program, number: int) -> AnnouncementTold:
    """An announcement of this number, with its numbers; of drafts only own ones."""
    row = announcements.get(program.session, number)
    if row is None:
        raise missing()
    if row.state is AnnouncementState.DRAFT:
        if row.by_member_id != program.member.id:
            raise missing()
        return _told(program, row)
    if not lifecycle.may_manage(program.session, row, program.member.id, program.now):
        raise missing()
    if not sees_reach(program.chat, row.station_id):
        return _told(program, row)
    found = progress.of(program.session, row.id, program.now)
    numbers = Numbers(
        planned=found.planned,
        sent=found.sent,
        pending=found.pending,
        waiting=found.waiting,
        in_doubt=found.in_doubt,
        muted=found.muted,
        stopped=found.stopped,
        unreachable=sum(found.unreachable.values()),
        not_sent=sum(found.not_sent.values()),
        delivered=found.delivered,
        opened=found.opened,
    )
    return _told(program, row, numbers)


def _told(program: Program, row: Announcement, numbers: Numbers | None = None) -> AnnouncementTold:
    local = program.local
    return AnnouncementTold(
        number=row.id,
        state=row.state,
        text=row.text,
        texts=dict(row.text_of("text").translations),
        audience=program.in_words(choosing.describe(program.session, row.aim)),
        place=Place.of(program.session.get_one(Station, row.station_id)),
        team=row.team_id,
        link=row.link,
        urgent=row.urgent,
        first_at=local(row.first_at) if row.first_at is not None else None,
        is_weekly=row.repeat is Repeat.WEEKLY,
        reason=row.reason,
        created_at=local(row.created_at),
        started_at=local(row.started_at) if row.started_at is not None else None,
        ended_at=local(row.ended_at) if row.ended_at is not None else None,
        numbers=numbers,
    )
