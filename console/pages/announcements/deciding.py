"""What is done about one that was sent: approved, sent back, stopped, resumed, corrected."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.conversation.dialogs import Wrong as NoReason
from bot.conversation.messages import Sayable, When, lines, say
from console.desk import Desk
from console.pages.announcements.section import PATH, followed, held_fast, here, section
from console.pages.announcements.showing import MOVING, one
from console.routing import Asked, Done, File, Wrong
from handlers import permission
from handlers.announcements import approvals
from handlers.announcements.progress import SPREADSHEET, book_of_missed
from handlers.announcements.sent import beginning
from handlers.dates import UNCLEAR
from models.announcements import announcements, holding, lifecycle, progress
from models.announcements.announcements import Announcement, AnnouncementState, HeldFor
from models.announcements.progress import UnreachedMember
from models.network.stations import Station
from models.rules.dates.pieces import Why
from models.rules.events import undated
from models.rules.network.permissions import Act

NOT_HELD = say("It is not held any more.")


# A second organizer decides


def _not_asked(desk: Desk, row: Announcement) -> Wrong:
    """Why nothing was decided."""
    if row.state is AnnouncementState.ASKED and row.by_member_id == desk.member.id:
        return Wrong(say("It's your own; another organizer approves it."))
    return Wrong(say("It has been answered already."))


@section.act(f"{PATH}/approve", again=one, needs=Act.APPROVE_ANNOUNCEMENT)
def approve(desk: Desk, asked: Asked) -> Done | Wrong:
    row = held_fast(desk, asked)
    desk.require(Act.APPROVE_ANNOUNCEMENT, desk.session.get_one(Station, row.station_id))
    if lifecycle.approve(desk.session, row, desk.member.id, desk.now) is None:
        return _not_asked(desk, row)
    approvals.tell_verdict(desk.chat, row, "approved")
    name = approvals.author(desk.chat, row)
    return Done(here(row.id), say("✅ Approved. {name} has been told.", name=name))


@section.act(f"{PATH}/send-back", again=one, needs=Act.APPROVE_ANNOUNCEMENT)
def send_back(desk: Desk, asked: Asked) -> Done | Wrong:
    row = held_fast(desk, asked)
    desk.require(Act.APPROVE_ANNOUNCEMENT, desk.session.get_one(Station, row.station_id))
    reason = permission.reason(asked.word("reason"))
    if isinstance(reason, NoReason):
        return Wrong(reason.why, "reason")
    if not lifecycle.refuse(desk.session, row, desk.member.id, reason, desk.now):
        return _not_asked(desk, row)
    approvals.tell_verdict(desk.chat, row, "refused")
    name = approvals.author(desk.chat, row)
    return Done("/console/announcements", say("✅ Sent back. {name} has been told.", name=name))


# Stopping, and going on


@section.act(f"{PATH}/stop", again=one)
def stop(desk: Desk, asked: Asked) -> Done | Wrong:
    row = held_fast(desk, asked)
    was_moving = row.state in MOVING and row.run > 0
    if not lifecycle.stop(desk.session, row, desk.member.id, desk.now):
        return Wrong(say("It has ended already."))
    said = lines(
        say("❌ Stopped: “{words}”", words=beginning(row)),
        say("What was on its way in this very second may still arrive.") if was_moving else None,
    )
    return Done(here(row.id), said)


@section.act(f"{PATH}/resume", again=one)
def resume(desk: Desk, asked: Asked) -> Done | Wrong:
    row = held_fast(desk, asked)
    after_trial = row.held_for is HeldFor.TRIAL
    if not holding.resume(desk.session, row, desk.member.id, desk.now, desk.care.zone):
        return Wrong(NOT_HELD)
    rest = say("✅ The rest is going out.")
    return Done(here(row.id), rest if after_trial else say("✅ It's going out."))


@section.act(f"{PATH}/put-off", again=one)
def put_off(desk: Desk, asked: Asked) -> Done | Wrong:
    row = held_fast(desk, asked)
    at = time_in(desk, asked.word("at"))
    if isinstance(at, Wrong):
        return at
    if at is None:
        return Wrong(UNCLEAR[Why.NO_DATE], "at")
    if not holding.put_off(desk.session, row, at, desk.member.id, desk.now):
        return Wrong(NOT_HELD)
    return Done(here(row.id), say("✅ It goes out {when}.", when=When(at, near=True)))


def time_in(desk: Desk, words: str, name: str = "at") -> datetime | Wrong | None:
    """The time that a field holds, in the station's zone; None where it is empty."""
    if not words:
        return None
    try:
        at = datetime.fromisoformat(words).replace(tzinfo=desk.care.zone)
    except ValueError:
        return Wrong(UNCLEAR[Why.NO_DATE], name)
    if at >= undated.BEGINS:
        return Wrong(UNCLEAR[Why.NO_DATE], name)
    if at <= desk.now:
        return Wrong(UNCLEAR[Why.IN_THE_PAST], name)
    return at


@section.act(f"{PATH}/skip-week", again=one)
def skip_week(desk: Desk, asked: Asked) -> Done | Wrong:
    row = held_fast(desk, asked)
    if not holding.skip_week(desk.session, row, desk.member.id, desk.now, desk.care.zone):
        return Wrong(NOT_HELD)
    assert row.due_at is not None
    return Done(here(row.id), say("✅ It goes out {when}.", when=When(row.due_at, near=True)))


@section.act(f"{PATH}/take-back", again=one)
def take_back(desk: Desk, asked: Asked) -> Done | Wrong:
    row = held_fast(desk, asked)
    if not holding.take_back(desk.session, row, desk.member.id, desk.now):
        return Wrong(say("It has gone out already."))
    said: Sayable = say("✅ Taken back: “{words}”. It's your draft again.", words=beginning(row))
    return Done(here(row.id, "/write"), said)


@section.act(f"{PATH}/correct", again=one)
def correct(desk: Desk, asked: Asked) -> Done:
    """A correction, to exactly those who got the wrong one."""
    wrong = held_fast(desk, asked)
    station = desk.session.get_one(Station, wrong.station_id)
    desk.require(lifecycle.act_of(wrong), station, team_id=wrong.team_id)
    row = announcements.correct(desk.session, wrong, desk.member.id, desk.now)
    return Done(here(row.id, "/write"))


# Who was not reached


def _who_was_missed(desk: Desk, asked: Asked) -> Sequence[UnreachedMember]:
    row = followed(desk, asked)
    desk.require(Act.SEE_REACH, desk.session.get_one(Station, row.station_id))
    return progress.not_reached(desk.session, row)


@section.act(f"{PATH}/missed", again=one, needs=Act.SEE_REACH, looks=_who_was_missed)
def missed(desk: Desk, asked: Asked) -> File | Wrong:
    """The list of those who were not reached, for who wants to tell them in another way."""
    row = followed(desk, asked)
    desk.require(Act.SEE_REACH, desk.session.get_one(Station, row.station_id))
    people: Sequence[UnreachedMember] = asked.looked
    if not people:
        return Wrong(say("Everybody got it."))
    progress.record_view(desk.session, row, desk.member.id, desk.now)
    name = desk.in_words(say("Not reached")) + ".xlsx"
    return File(name, SPREADSHEET, partial(book_of_missed, people, desk.reader.language))
