"""What was sent or may be managed, and how far one of them is."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversation.language import to_text
from bot.conversation.messages import Sayable, lines
from console.desk import Desk
from console.pages.announcements.section import PATH, followed, here, section
from console.routing import Asked, Page
from handlers.announcements import addressing, approvals, sent
from handlers.announcements import audiences as choosing
from handlers.announcements import progress as words
from handlers.permission import sees_reach
from handlers.words import DOT, team_name
from models.announcements import announcements, holding, lifecycle
from models.announcements.announcements import Announcement, AnnouncementState, HeldFor, Repeat
from models.announcements.progress import Progress
from models.events import pictures
from models.network import roles
from models.network.members import Member
from models.network.stations import Station
from models.rules.network.permissions import Act
from models.teams import teams

SHOWN = 20
DRAFTS = 10
NAMED = 8

MOVING = (
    AnnouncementState.APPROVED,
    AnnouncementState.TRIAL,
    AnnouncementState.PLANNING,
    AnnouncementState.RUNNING,
)
TAGS = {
    AnnouncementState.ASKED: "care",
    AnnouncementState.HELD: "care",
    AnnouncementState.LAPSED: "bad",
    AnnouncementState.STOPPED: "bad",
    AnnouncementState.DONE: "good",
}


@section.page("/announcements")
def listed(desk: Desk, asked: Asked) -> Page:
    """The newest first, own drafts above them."""
    session, chat, mine = desk.session, desk.chat, desk.member.id
    after = asked.number("before", 0) or None
    rows = announcements.before(session, mine, desk.now, after, SHOWN + 1)
    has_more = len(rows) > SHOWN
    rows = rows[:SHOWN]
    station, led = addressing.own(chat)
    own = [team for each in led if (team := teams.get(session, each)) is not None]
    facts = {
        "rows": [
            (row, *_state(desk, row), sent.speaker(chat, row), _numbers(desk, row)) for row in rows
        ],
        "drafts": announcements.drafts(session, mine, DRAFTS) if after is None else [],
        "following": asked.query(before=rows[-1].id) if has_more else "",
        "own_place": station,
        "teams": [(each.id, team_name(each)) for each in own],
        "beginning": sent.beginning,
    }
    return Page("announcements.html", section.label, facts)


def _state(desk: Desk, row: Announcement) -> tuple[Sayable, str]:
    """Its state in a word, and the look of that word."""
    state = sent.state_at(row, desk.now)
    return sent.STATES[state], TAGS.get(state, "")


def _numbers(desk: Desk, row: Announcement) -> Sayable:
    """How many got it: what was counted at its end, so that a list counts nothing itself."""
    if not row.counts or not sees_reach(desk.chat, row.station_id):
        return ""
    return lines(*words.in_numbers(desk.chat, row, Progress.from_json(row.counts)), between=DOT)


@dataclass(frozen=True, slots=True)
class Doable:
    """What this member can do with an announcement now."""

    decide: bool = False
    resume: bool = False
    put_off: bool = False
    skip_week: bool = False
    take_back: bool = False
    correct: bool = False
    list_missed: bool = False
    stop: bool = False


@section.page(PATH)
def one(desk: Desk, asked: Asked) -> Page:
    """Its words, its numbers, and what can be done; the numbers come anew while it goes out."""
    row = followed(desk, asked)
    session, chat = desk.session, desk.chat
    numbers = desk.house.watched.of(session, row, desk.now)
    state, tag = _state(desk, row)
    is_tried = row.state is AnnouncementState.HELD and row.held_for is HeldFor.TRIAL
    was_settled = numbers.planned - numbers.pending
    facts = {
        "row": row,
        "bodies": in_languages(desk, row),
        "label": sent.link_label(chat, row),
        "author": approvals.author(chat, row),
        "speaker": sent.speaker(chat, row),
        "who": choosing.describe(session, row.aim),
        "when": sent.when_sent(row),
        "by_night": sent.by_night(chat, row),
        "head": words.head(row, desk.now),
        "state": state,
        "tag": tag,
        "lines": [each for each in words.in_numbers(chat, row, numbers) if each],
        "trial": [each for each in words.trial(chat, row, numbers) if each] if is_tried else [],
        "settled": was_settled,
        "planned": numbers.planned if sees_reach(chat, row.station_id) else 0,
        "is_moving": row.state in MOVING,
        # What the page was opened for may have changed since: its buttons would no longer fit.
        "has_changed": asked.word("seen", row.state) != row.state,
        "can": doable(desk, row, numbers),
        "asked_of": _asked_of(desk, row),
        "path": here(row.id),
        "picture": picture_of(desk, row),
    }
    return Page("announcement.html", sent.beginning(row), facts)


def doable(desk: Desk, row: Announcement, numbers: Progress) -> Doable:
    """As the buttons below its progress in the chat."""
    session, chat, mine = desk.session, desk.chat, desk.member.id
    sees = sees_reach(chat, row.station_id)
    station = session.get_one(Station, row.station_id)
    is_held = row.state is AnnouncementState.HELD
    is_late = is_held and row.held_for is not HeldFor.TRIAL
    is_asked = row.state is AnnouncementState.ASKED
    can_stop = lifecycle.can_be_stopped(session, row)
    may_write = lifecycle.may_write(session, row, mine, desk.now)
    is_own = row.by_member_id == mine
    return Doable(
        decide=is_asked and not is_own and desk.may(Act.APPROVE_ANNOUNCEMENT, station),
        resume=is_held,
        put_off=is_late and row.repeat is Repeat.ONCE,
        skip_week=is_late and row.repeat is Repeat.WEEKLY,
        take_back=is_own and may_write and holding.can_be_taken_back(row),
        # To others it must not tell whether it reached anybody at all.
        correct=may_write and (words.reached_somebody(numbers) if sees else row.run > 0),
        list_missed=sees and not can_stop and bool(words.who_was_missed(numbers)),
        stop=can_stop,
    )


def _asked_of(desk: Desk, row: Announcement) -> Sequence[Member]:
    """Who can approve it, while it waits for that."""
    if row.state is not AnnouncementState.ASKED:
        return ()
    return approvers(desk, row)


def approvers(desk: Desk, row: Announcement) -> Sequence[Member]:
    """The organizers besides its author who may approve it; the first of them."""
    station = desk.session.get_one(Station, row.station_id)
    able = roles.who_can(
        desk.session, Act.APPROVE_ANNOUNCEMENT, station, desk.now, but=row.by_member_id
    )
    return able[:NAMED]


def in_languages(desk: Desk, row: Announcement) -> list[tuple[str, str]]:
    """What people read, in each language in which it was written."""
    house, body = desk.house, sent.body(desk.chat, row)
    readers = [
        house.phrasebook.reader(code, desk.care.zone, desk.now)
        for code in (house.home, *row.text_of("text").translations)
    ]
    return [(each.language, to_text(body, each)) for each in readers]


def picture_of(desk: Desk, row: Announcement) -> str:
    """The address of its picture; empty without one."""
    name = pictures.name(desk.session, row.picture_id)
    return f"/pictures/{name}" if name else ""
