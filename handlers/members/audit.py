"""The audit as organizers read it for their places, and members about themselves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.conversation.chat import Chat
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    say,
)
from bot.conversation.routing import Router
from handlers.actions import MENU, ShowPrivacy
from handlers.members.roles import ROLES
from handlers.permission import WHAT, denied
from handlers.words import DOT, person, person_apart, station_name, team_name, title
from models.announcements import announcements
from models.desk import known
from models.events import events
from models.members import views
from models.network import aliases, audit, names, roles, stations
from models.network.audit import Audit, Filter
from models.network.members import Member
from models.network.roles import Grant
from models.network.stations import Station
from models.rules.network import permissions
from models.rules.network.permissions import Act, Role
from models.teams import teams

router = Router()

PAGE = 5
SHOWN = 20
ACTORS = 10
"""How many people of a name are shown: that many hardly ever hold roles at one's places."""

DAYS: Mapping[int, Sayable] = {
    1: say("Today"),
    2: say("Since yesterday"),
    7: say("Last 7 days"),
}


@dataclass(frozen=True, slots=True)
class ShowAudit(Action, tag="audit"):
    """What was done by virtue of a role: of one act, in the last days, by one member."""

    act: str = ""
    days: int = 0
    by: int = 0
    skip: int = 0


@dataclass(frozen=True, slots=True)
class FilterAudit(Action, tag="audit-filter"):
    by: int = 0


@dataclass(frozen=True, slots=True)
class ShowViews(Action, tag="seen"):
    """Who opened a list with this member's name."""

    skip: int = 0


# For organizers


@router.command("audit", zh="审计")
def audit_by_words(chat: Chat, words: str) -> Reply:
    """``审计`` shows everything at one's places, ``审计 NAME`` what somebody of that name did."""
    places = _places(chat)
    if not words or not places:
        return show_audit(chat, ShowAudit())
    found = audit.actors_at(chat.session, places, words, ACTORS)
    if not found:
        whole = Button(say("Whole audit"), ShowAudit())
        return Reply(
            say("Nobody called “{name}” did anything here.", name=words[:SHOWN]),
            buttons=(whole, MENU),
        )
    if len(found) > 1:
        return _ask_whom(chat, places, found)
    return show_audit(chat, ShowAudit(by=found[0].id))


def _ask_whom(chat: Chat, places: Sequence[Station], found: Sequence[Member]) -> Reply:
    """Which of several is meant: told apart by the roles in which they act."""
    shared = names.namesakes_of(chat.session, [each.id for each in found])
    choices = []
    for number, member in enumerate(found, start=1):
        name = person_apart(member, None, shared, sees_places=False)
        held = [
            _in_role(grant, station)
            for grant, station in roles.held_then(chat.session, member.id, chat.now)
            if any(station.path.startswith(place.path) for place in places)
        ]
        label = lines(name, *held[:1], between=DOT)
        choices.append(Choice(number, label, ShowAudit(by=member.id), label))
    whole = Button(say("Whole audit"), ShowAudit())
    return Reply(say("Who of them?"), tuple(choices), (whole, MENU))


def _in_role(grant: Grant, station: Station) -> Sayable:
    return lines(station_name(station), ROLES[Role(grant.role)], between=" ")


def _places(chat: Chat) -> list[Station]:
    """The stations whose audit this member may read."""
    allowed = permissions.roles_for(Act.READ_AUDIT)
    mine = roles.grants_of(chat.session, chat.member.id, chat.now)
    return [station for grant, station in mine if grant.role in allowed]


def _refused(chat: Chat) -> Reply:
    desk = stations.desk_of(chat.session, chat.member.station_id)
    refusal = denied(chat, Act.READ_AUDIT, desk)
    return refusal or Reply(say("That's for the station's organizers."), buttons=(MENU,))


@router.button(ShowAudit)
def show_audit(chat: Chat, press: ShowAudit) -> Reply:
    places = _places(chat)
    if not places:
        return _refused(chat)
    wanted = Filter(
        act=press.act if press.act in set(Act) else "",
        by=press.by or None,
        since=_since(chat, press.days) if press.days in DAYS else None,
    )
    skip = max(press.skip, 0)
    rows = audit.at_places(chat.session, places, wanted, skip=skip, limit=PAGE + 1)
    choose = Button(say("Filter"), FilterAudit(press.by))
    if not rows:
        return Reply(say("Nothing was done there."), buttons=(choose, MENU))
    following = ShowAudit(press.act, press.days, press.by, skip + PAGE)
    more = (Button(say("More"), following),) if len(rows) > PAGE else ()
    return Reply(
        lines(say("Who did what, newest first:"), *(_line(chat, row) for row in rows[:PAGE])),
        buttons=(*more, choose, MENU),
        edit=skip > 0,
    )


def _since(chat: Chat, days: int) -> datetime:
    """The midnight, in the station's zone, with which the last ``days`` days began."""
    today = chat.now.astimezone(chat.care.zone).date()
    first = datetime.combine(today - timedelta(days=days - 1), time(), chat.care.zone)
    return first.astimezone(chat.now.tzinfo)


@router.button(FilterAudit)
def filter_audit(chat: Chat, press: FilterAudit) -> Reply:
    """Ways to look: by day, or by what was done. A name is written behind the command."""
    places = _places(chat)
    if not places:
        return _refused(chat)
    entries: list[tuple[Sayable, ShowAudit]] = [
        *((label, ShowAudit(days=days, by=press.by)) for days, label in DAYS.items()),
        *((WHAT[act], ShowAudit(act, by=press.by)) for act in audit.acts_at(chat.session, places)),
    ]
    return Reply(
        say("Choose; or write “audit” and somebody's name."),
        tuple(Choice(number, label, act) for number, (label, act) in enumerate(entries, start=1)),
        (Button(say("Whole audit"), ShowAudit()), MENU),
    )


def _line(chat: Chat, row: Audit) -> Sayable:
    return lines(When(row.at), *who(chat, row), what(row), *about(chat, row), between=DOT)


TAKEN: Mapping[str, Sayable] = {
    audit.CODES_TAKEN: say("take the personal codes"),
    audit.PEOPLE_TAKEN: say("take a list of people"),
}
"""Lists that are taken with a reason, by what the audit says of them."""


def what(row: Audit) -> Sayable:
    """What was done."""
    return TAKEN.get(row.details.get("what", "")) or WHAT[row.act]


def about(chat: Chat, row: Audit) -> Sequence[Sayable | None]:
    """What it was about, and the reason where one was given."""
    is_list = row.details.get("what") in TAKEN
    return _subject(chat, row), f"“{row.details.get('reason', '')}”" if is_list else None


def actor(chat: Chat, member_id: int) -> Sayable:
    """The name of somebody who did something."""
    member = chat.session.get(Member, aliases.now_of(chat.session, member_id))
    return person(member.name, member.id) if member is not None else say("somebody erased")


def who(chat: Chat, row: Audit) -> Sequence[Sayable]:
    """The name of whoever did it, and the role in which they did."""
    if row.member_id is None:
        return (say("the operator"),)
    member = chat.session.get(Member, aliases.now_of(chat.session, row.member_id))
    if member is None:
        return (say("somebody erased"),)
    name: Sayable = person(member.name, member.id)
    if audit.BY_TOKEN in row.details and row.act is not Act.LET_PROGRAMS:
        name = say("{name}, by a program", name=name)
    held = roles.held_then(chat.session, member.id, row.at)
    where = stations.get(chat.session, row.station_id)
    path = where.path if where is not None else ""
    fitting = [each for each in held if path.startswith(each[1].path)] or held
    if not fitting:
        return (name,)
    return (name, _in_role(*fitting[0]))


# What an act was about


def _subject(chat: Chat, row: Audit) -> Sayable | None:
    kind, _, rest = row.subject.partition(":")
    in_words = SUBJECTS.get(kind)
    return in_words(chat, rest) if in_words is not None else None


def _event(chat: Chat, number: str) -> Sayable | None:
    event = events.for_organizers(chat.session, int(number)) if number.isdecimal() else None
    return title(event) if event is not None else None


def _team(chat: Chat, number: str) -> Sayable | None:
    team = teams.get(chat.session, int(number)) if number.isdecimal() else None
    return team_name(team) if team is not None else None


def _announcement(chat: Chat, number: str) -> Sayable | None:
    row = announcements.get(chat.session, int(number)) if number.isdecimal() else None
    return f"“{row.text[:SHOWN]}”" if row is not None else None


def _member(chat: Chat, number: str) -> Sayable | None:
    number_now = aliases.now_of(chat.session, int(number)) if number.isdecimal() else 0
    member = chat.session.get(Member, number_now)
    return person(member.name, member.id) if member is not None else say("somebody erased")


def _role(chat: Chat, role: str) -> Sayable | None:
    return ROLES[Role(role)] if role in set(Role) else None


def _station(chat: Chat, number: str) -> Sayable | None:
    found = stations.get(chat.session, int(number)) if number.isdecimal() else None
    return station_name(found) if found is not None else None


def _thread(chat: Chat, number: str) -> Sayable | None:
    return say("letter {n}", n=number)


def _answer(chat: Chat, number: str) -> Sayable | None:
    row = known.get(chat.session, int(number)) if number.isdecimal() else None
    return f"“{row.question[:SHOWN]}”" if row is not None else None


def _word(chat: Chat, word: str) -> Sayable | None:
    return f"“{word[:SHOWN]}”"


SUBJECTS: Mapping[str, Callable[[Chat, str], Sayable | None]] = {
    "event": _event,
    "team": _team,
    "announcement": _announcement,
    "member": _member,
    "role": _role,
    "thread": _thread,
    "wish": _thread,
    "answer": _answer,
    "station": _station,
    "word": _word,
}


# For members, about themselves


@router.command("seen", zh="谁看过我", also=("谁看了我", "who saw me"))
@router.while_blocked
def views_by_words(chat: Chat, words: str) -> Reply:
    return show_views(chat, ShowViews())


@router.button(ShowViews)
@router.while_blocked
def show_views(chat: Chat, press: ShowViews) -> Reply:
    """Who opened a list with this member's name, when, and which."""
    skip = max(press.skip, 0)
    rows = views.of_member(chat.session, chat.member.id)[skip : skip + PAGE + 1]
    data = Button(say("My data"), ShowPrivacy())
    if not rows:
        nobody = say("Nobody has opened a list with your name yet.")
        return Reply(nobody, buttons=(data, MENU))
    more = (Button(say("More"), ShowViews(skip + PAGE)),) if len(rows) > PAGE else ()
    return Reply(
        lines(
            say("They opened a list with your name, newest first:"),
            *(_line(chat, row) for row in rows[:PAGE]),
        ),
        buttons=(*more, data, MENU),
        edit=skip > 0,
    )
