"""Changing a draft: its button, its time, every week or once, at night; dropping it."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Action, Button, Choice, Reply, Sayable, say
from bot.conversation.routing import Router
from handlers import dates
from handlers.actions import MENU
from handlers.announcements.audiences import (
    Aim,
    Announce,
    Discard,
    EditDraft,
    ShowPreview,
    WriteWords,
    gone,
    own_draft,
)
from handlers.announcements.writing import preview, reached_by
from handlers.permission import denied
from handlers.words import team_name, title
from models.announcements import announcements
from models.announcements.announcements import Announcement, Repeat
from models.announcements.audiences import Preview
from models.events import lookup
from models.network import roles
from models.network.stations import Station
from models.rules.languages import LANGUAGES, LanguageName
from models.rules.network.permissions import Act
from models.teams import teams

router = Router()

NOW = "now"
LINKS = 8
SHORTEST_REASON, LONGEST_REASON = 4, 200


@dataclass(frozen=True, slots=True)
class ChooseLink(Action, tag="bc-links"):
    announcement_id: int


@dataclass(frozen=True, slots=True)
class SetLink(Action, tag="bc-link"):
    announcement_id: int
    link: str = ""


@dataclass(frozen=True, slots=True)
class ChooseTime(Action, tag="bc-time"):
    announcement_id: int


@dataclass(frozen=True, slots=True)
class SetRepeat(Action, tag="bc-weekly"):
    """Repeats it every week, or only once again."""

    announcement_id: int


@dataclass(frozen=True, slots=True)
class Urgent(Action, tag="bc-urgent"):
    """Makes it urgent for a recorded reason, or ends that."""

    announcement_id: int


@router.button(EditDraft)
def edit(chat: Chat, press: EditDraft) -> Reply:
    row = own_draft(chat, press.announcement_id)
    if row is None:
        return gone()
    entries: list[tuple[Sayable, Action]] = [
        (say("Words and picture"), WriteWords(row.id)),
        *(
            (say("In {language}", language=LanguageName(code)), WriteWords(row.id, code))
            for code in LANGUAGES
            if code != chat.home
        ),
        (say("Button"), ChooseLink(row.id)),
        (say("Time"), ChooseTime(row.id)),
    ]
    if not row.urgent:
        entries.append((say("Only once") if row.repeat else say("Every week"), SetRepeat(row.id)))
    if may_be_urgent(chat, row):
        entries.append((say("Not urgent") if row.urgent else say("Urgent"), Urgent(row.id)))
    if row.team_id is None and row.corrects_id is None:
        entries.append((say("Who gets it"), Aim(row.id)))
    choices = tuple(
        Choice(number, label, action) for number, (label, action) in enumerate(entries, start=1)
    )
    return Reply(
        say("What shall change?"),
        choices,
        (Button(say("Preview"), ShowPreview(row.id)), Button(say("Drop it"), Discard(row.id))),
    )


@router.button(ChooseLink)
def choose_link(chat: Chat, press: ChooseLink) -> Reply:
    """The coming events and the teams that a button may lead to."""
    row = own_draft(chat, press.announcement_id)
    if row is None:
        return gone()
    coming = lookup.upcoming(
        chat.session, chat.now, station_id=row.station_id, team_id=row.team_id, limit=LINKS
    )
    linkable = teams.browse(
        chat.session,
        station_id=row.station_id,
        among=None if row.team_id is None else [row.team_id],
        limit=LINKS,
    )
    entries: list[tuple[Sayable, str]] = [(title(each), f"event:{each.id}") for each in coming]
    entries += [(team_name(each), f"team:{each.id}") for each in linkable]
    choices = tuple(
        Choice(number, label, SetLink(row.id, link))
        for number, (label, link) in enumerate(entries, start=1)
    )
    none = Button(say("No button"), SetLink(row.id))
    return Reply(
        say("What shall the button open?"),
        choices,
        (none, Button(say("Preview"), ShowPreview(row.id))),
    )


@router.button(SetLink, looks=reached_by)
def set_link(chat: Chat, press: SetLink, reached: Preview) -> Reply:
    row = own_draft(chat, press.announcement_id)
    kind, _, number = press.link.partition(":")
    if row is None or (press.link and (kind not in ("event", "team") or not number.isdecimal())):
        return gone()
    announcements.change(chat.session, row, link=press.link)
    return preview(chat, row, reached)


@router.dialog("announce-time")
def time(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    answer = yield Question(
        "when",
        say("When shall it go out? Write something like “Sat 3pm”, or choose:"),
        options=(Option(NOW, say("Now")),),
        read=dates.read,
    )
    return start["id"], answer


@router.button(ChooseTime)
def choose_time(chat: Chat, press: ChooseTime) -> Reply:
    if own_draft(chat, press.announcement_id) is None:
        return gone()
    return time.begin(chat, id=press.announcement_id)


@time.done_after(reached_by)
def keep_time(chat: Chat, form: tuple[int, str], reached: Preview) -> Reply:
    row = own_draft(chat, form[0])
    if row is None:
        return gone()
    first_at = None if form[1] == NOW else datetime.fromisoformat(form[1].partition("/")[0])
    announcements.change(chat.session, row, first_at=first_at)
    return preview(chat, row, reached)


@router.button(SetRepeat, looks=reached_by)
def weekly(chat: Chat, press: SetRepeat, reached: Preview) -> Reply:
    row = own_draft(chat, press.announcement_id)
    if row is None or row.urgent:
        return gone()
    repeat = Repeat.ONCE if row.repeat == Repeat.WEEKLY else Repeat.WEEKLY
    announcements.change(chat.session, row, repeat=repeat)
    return preview(chat, row, reached)


# At night


def may_be_urgent(chat: Chat, row: Announcement) -> bool:
    """Whether this member may send it at night as well."""
    station = chat.session.get_one(Station, row.station_id)
    return roles.may(chat.session, chat.member.id, Act.SEND_URGENT, station, chat.now)


@router.dialog("announce-urgent")
def why_urgent(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    reason = yield Question(
        "reason",
        say("It will go out at night, too. Why can't it wait? Your reason is kept on record."),
        check=urgent_reason,
    )
    return start["id"], reason


def urgent_reason(words: str) -> str | Wrong:
    """The reason as it is kept, or why it is none."""
    if len(words) < SHORTEST_REASON:
        return Wrong(say("A few more words: what happens if people read it in the morning?"))
    return words[:LONGEST_REASON]


@router.button(Urgent, looks=reached_by)
def urgent(chat: Chat, press: Urgent, reached: Preview) -> Reply:
    row = own_draft(chat, press.announcement_id)
    if row is None:
        return gone()
    station = chat.session.get_one(Station, row.station_id)
    refusal = denied(chat, Act.SEND_URGENT, station, subject=f"announcement:{row.id}")
    if refusal is not None:
        return refusal
    if row.urgent:
        announcements.change(chat.session, row, urgent="")
        return preview(chat, row, reached)
    return why_urgent.begin(chat, id=press.announcement_id)


@why_urgent.done_after(reached_by)
def keep_urgent(chat: Chat, form: tuple[int, str], reached: Preview) -> Reply:
    row = own_draft(chat, form[0])
    if row is None or not may_be_urgent(chat, row):
        return gone()
    # Nothing is urgent every week.
    announcements.change(chat.session, row, urgent=form[1], repeat=Repeat.ONCE)
    return preview(chat, row, reached)


@router.button(Discard)
def discard(chat: Chat, press: Discard) -> Reply:
    row = own_draft(chat, press.announcement_id)
    if row is None:
        return gone()
    announcements.discard(chat.session, row)
    again = Button(say("Write another"), Announce())
    return Reply(say("Dropped; nobody got anything."), buttons=(again, MENU))
