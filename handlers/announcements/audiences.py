"""Choosing by taps whom an announcement goes to: any within a group, all across groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Days,
    Reply,
    Sayable,
    When,
    lines,
    say,
)
from bot.conversation.routing import Router
from handlers.actions import MENU
from handlers.permission import sees_reach
from handlers.words import DOT, INTERESTS, KINDS, SHIFTS, station_name, team_name, title
from handlers.words import people as people_in_words
from models.announcements import announcements, audiences, lifecycle
from models.announcements.announcements import Announcement, AnnouncementState
from models.events import events, lookup
from models.events.events import Event, Kind
from models.network import stations
from models.network.stations import Station
from models.rules.members.interests import Interest
from models.rules.members.shifts import Shift
from models.rules.network.audience import FILTERS, LISTS, Audience, Came
from models.rules.network.floors import NOBODY, Count
from models.teams import teams

router = Router()

PAGE = 8
SHOWN = 24
"""Characters of a draft's first line that tell which one it is."""

PAST = timedelta(days=7)
A_YEAR = timedelta(days=365)

GROUPS = {
    "stations": say("Places"),
    "enterprises": say("Companies"),
    "teams": say("Team members"),
    "seated": say("Signed up for"),
    "waiting": say("In line for"),
    "came": say("Came to"),
    "history": say("Came in the last year"),
    "interests": say("Interests"),
    "shifts": say("Shifts"),
}
ANY_OF, ALL_OF = " / ", " + "


# Actions


@dataclass(frozen=True, slots=True)
class Aim(Action, tag="bc-aim"):
    """Chooses the audience of a draft; with a group, its parts from the ``skip``-th on."""

    announcement_id: int
    group: str = ""
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Toggle(Action, tag="bc-toggle"):
    """Takes a part into the audience, or out of it."""

    announcement_id: int
    group: str
    value: str
    skip: int = 0


@dataclass(frozen=True, slots=True)
class WriteWords(Action, tag="bc-words"):
    """Asks for the text, in this language or in the station's own."""

    announcement_id: int
    language: str = ""


@dataclass(frozen=True, slots=True)
class ShowPreview(Action, tag="bc-preview"):
    announcement_id: int


@dataclass(frozen=True, slots=True)
class EditDraft(Action, tag="bc-edit"):
    announcement_id: int


@dataclass(frozen=True, slots=True)
class Discard(Action, tag="bc-discard"):
    announcement_id: int


@dataclass(frozen=True, slots=True)
class Announce(Action, tag="announce"):
    """Begins an announcement; ``fresh`` though there is one that was not sent."""

    fresh: int = 0


# Drafts


def own_draft(chat: Chat, announcement_id: int) -> Announcement | None:
    """The draft, if it is this member's, has not been sent, and they may still announce there."""
    row = announcements.get(chat.session, announcement_id)
    if row is None or row.by_member_id != chat.member.id or row.state != AnnouncementState.DRAFT:
        return None
    return row if lifecycle.may_write(chat.session, row, chat.member.id, chat.now) else None


def unsent(chat: Chat) -> Announcement | None:
    """The newest draft with words that this member can still go on with."""
    row = announcements.unsent(chat.session, chat.member.id)
    return own_draft(chat, row.id) if row is not None else None


def go_on(row: Announcement) -> Button:
    return Button(say("Go on writing"), ShowPreview(row.id))


def unsent_card(row: Announcement) -> Reply:
    """A draft that was left before it was sent: it is kept, and one tap away."""
    return Reply(
        say("You have one that isn't sent: “{words}”", words=row.text.splitlines()[0][:SHOWN]),
        buttons=(
            go_on(row),
            Button(say("Write another"), Announce(1)),
            Button(say("Drop it"), Discard(row.id)),
        ),
    )


def gone() -> Reply:
    return Reply(say("This draft is not open any more. Write “announce”."), buttons=(MENU,))


# Choosing


def count(chat: Chat, station_id: int, audience: Audience) -> Count:
    """How many people of an audience this member may know of; slow for a whole district."""
    sees = sees_reach(chat, station_id)
    return audiences.count_for(chat.session, audience, sees_reach=sees)


def people_of_draft(chat: Chat, press: Aim) -> Count:
    row = own_draft(chat, press.announcement_id)
    return count(chat, row.station_id, row.aim) if row is not None else NOBODY


@router.button(Aim, looks=people_of_draft)
def aim(chat: Chat, press: Aim, people: Count) -> Reply:
    row = own_draft(chat, press.announcement_id)
    if row is None or row.team_id is not None or row.corrects_id is not None:
        return gone()
    if press.group in GROUPS:
        return group_of(chat, row, press.group, press.skip, people)
    return card(chat, row, people)


def card(chat: Chat, row: Announcement, people: Count, *, edit: bool = True) -> Reply:
    """The audience so far, how many people it is, and the groups to choose from."""
    choices = tuple(
        Choice(number, label, Aim(row.id, group))
        for number, (group, label) in enumerate(GROUPS.items(), start=1)
    )
    following = (
        Button(say("Preview"), ShowPreview(row.id))
        if row.text
        else Button(say("Write it"), WriteWords(row.id))
    )
    return Reply(
        lines(say("Who shall get it?"), reach(chat, row.aim, people)),
        choices,
        (following, Button(say("Drop it"), Discard(row.id))),
        edit=edit,
    )


def reach(chat: Chat, audience: Audience, people: Count) -> Sayable:
    """The audience in words, and how many people it is."""
    who = describe(chat.session, audience) if audience else say("Nobody chosen yet.")
    return lines(who, people_in_words(people))


def group_of(chat: Chat, row: Announcement, group: str, skip: int, people: Count) -> Reply:
    """The parts of one group, those chosen ticked."""
    found = parts(chat, row, group, skip)
    choices = tuple(
        Choice(
            number,
            lines("✓", label, between=" ") if row.aim.has(group, value) else label,
            Toggle(row.id, group, str(value), skip),
        )
        for number, (value, label) in enumerate(found[:PAGE], start=1)
    )
    buttons = [Button(say("Done"), Aim(row.id))]
    if len(found) > PAGE:
        buttons.insert(0, Button(say("More"), Aim(row.id, group, skip + PAGE)))
    ask = say("Tap to choose, tap again to leave out.") if found else say("There is nothing here.")
    return Reply(
        lines(lines(GROUPS[group], ask, between=" · "), reach(chat, row.aim, people)),
        choices,
        tuple(buttons),
        edit=True,
    )


def _people_after(chat: Chat, press: Toggle) -> Count:
    found = _after(chat, press)
    return count(chat, found[0].station_id, found[1]) if found is not None else NOBODY


@router.button(Toggle, looks=_people_after)
def toggle(chat: Chat, press: Toggle, people: Count) -> Reply:
    found = _after(chat, press)
    if found is None:
        return gone()
    row, changed = found
    announcements.change(chat.session, row, audience=changed.to_json())
    return group_of(chat, row, press.group, press.skip, people)


def _after(chat: Chat, press: Toggle) -> tuple[Announcement, Audience] | None:
    """The draft, and its audience as the tap changes it; None where there is nothing to tap."""
    row = own_draft(chat, press.announcement_id)
    if row is None or row.team_id is not None or press.group not in GROUPS:
        return None
    named_by_words = press.group in ("history", "interests", "shifts")
    if not named_by_words and not press.value.isdecimal():
        return None
    value = press.value if named_by_words else int(press.value)
    if value not in {part for part, _label in parts(chat, row, press.group, press.skip)}:
        return None
    sees = sees_reach(chat, row.station_id)
    return row, toggled(row.aim, press.group, value, row.station_id, sees_reach=sees)


def toggled(
    audience: Audience, group: str, value: int | str, own: int, *, sees_reach: bool
) -> Audience:
    """The audience as a tap changes it.

    A narrower place, a team or an event takes the place of everybody of the ``own`` station.
    """
    changed = _narrowed(audience, group, value, own)
    if changed.has(group, value) and not sees_reach:
        # A filter within a list of names would tell who of them meets it.
        changed = changed.without(FILTERS if group in LISTS else LISTS)
    return changed


def _narrowed(audience: Audience, group: str, value: int | str, own: int) -> Audience:
    changed = audience.toggled(group, value)
    if not changed.has(group, value) or own not in audience.stations:
        return changed
    if group in ("stations", "enterprises", "teams", "seated", "waiting", "came"):
        return changed.toggled("stations", own)
    return changed


# What there is to choose


def parts(
    chat: Chat, row: Announcement, group: str, skip: int = 0, *, page: int = PAGE
) -> Sequence[tuple[int | str, Sayable]]:
    """A page of a group's parts, and one more where there is another page."""
    session, here = chat.session, row.station_id
    found: list[tuple[int | str, Sayable]]
    match group:
        case "stations":
            own = stations.get(session, here)
            below = stations.contact_points(session, here)
            places = [each for each in (own, *below) if each is not None]
            found = [(each.id, station_name(each)) for each in places]
        case "enterprises":
            found = [*stations.enterprises_below(session, here)]
        case "teams":
            rows = teams.browse(session, station_id=here, skip=skip, limit=page + 1)
            return [(each.id, team_name(each)) for each in rows]
        case "seated" | "waiting":
            coming = lookup.upcoming(
                session, chat.now - PAST, station_id=here, skip=skip, limit=page + 1
            )
            return [(each.id, title(each)) for each in coming]
        case "came":
            over = lookup.past(session, chat.now, here, skip=skip, limit=page + 1)
            return [(each.id, _with_day(each)) for each in over]
        case "history":
            found = [(str(each), _came_in_words(each.kind)) for each in _histories(chat, row)]
        case "interests":
            found = [(str(each), INTERESTS[each]) for each in Interest]
        case _:
            found = [(str(each), SHIFTS[each]) for each in Shift]
    return found[skip : skip + page + 1]


def _with_day(event: Event) -> Sayable:
    return lines(title(event), When(event.starts_at), between=DOT)


def _histories(chat: Chat, row: Announcement) -> list[Came]:
    """What people may have come to in the last year; what was chosen before keeps its days."""
    today = chat.now.astimezone(chat.care.zone).date()
    chosen = {each.kind: each for each in map(Came.parse, row.aim.history)}
    return [chosen.get(kind, Came(kind, today - A_YEAR, today)) for kind in ("", *map(str, KINDS))]


def _came_in_words(kind: str) -> Sayable:
    return KINDS[Kind(kind)] if kind else say("Anything")


# In words


def describe(session: Session, audience: Audience) -> Sayable:
    """Who is meant, in a line."""
    places = [_place(session, number) for number in audience.stations]
    places += [name for _number, name in stations.enterprises(session, audience.enterprises)]
    claims: list[Sayable] = [
        say("signed up for {title}", title=_title(session, number)) for number in audience.seated
    ]
    claims += [
        say("in line for {title}", title=_title(session, number)) for number in audience.waiting
    ]
    claims += [say("came to {title}", title=_title(session, number)) for number in audience.came]
    groups: list[list[Sayable]] = [
        places,
        [_team(session, number) for number in audience.teams],
        claims,
        [_history(Came.parse(each)) for each in audience.history],
        [INTERESTS[Interest(each)] for each in audience.interests],
        [SHIFTS[Shift(each)] for each in audience.shifts],
        [say("those who got the wrong one") for _number in audience.got],
    ]
    return lines(*(lines(*group, between=ANY_OF) for group in groups if group), between=ALL_OF)


def _history(came: Came) -> Sayable:
    days = Days(came.since, came.until)
    return say("came between {days}: {what}", days=days, what=_came_in_words(came.kind))


def _place(session: Session, number: int) -> Sayable:
    station = session.get(Station, number)
    if station is None:
        return ""
    if not stations.contact_points(session, number):
        return station_name(station)
    return say("{place} and below", place=station_name(station))


def _team(session: Session, number: int) -> Sayable:
    team = teams.get(session, number)
    return team_name(team) if team is not None else ""


def _title(session: Session, number: int) -> Sayable:
    event = events.get(session, number)
    return title(event) if event is not None else ""
