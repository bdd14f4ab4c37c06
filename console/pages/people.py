"""The people of one's places: lists, what may be known of one, doubles, blocking, erasing."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.routing import Asked, Done, Missing, Page, Section, Wrong
from handlers.members.binding import ANSWERED
from handlers.members.roles import ROLES
from handlers.words import person as called
from models.events.events import SignupState
from models.members import at_once, binding, blocking, doubles, looking_up, removing, sheets
from models.members.blocking import NotBlocked
from models.members.doubles import NotMerged, Preview
from models.members.looking_up import After, Wanted
from models.members.removing import NotErased, WhyErased
from models.network import stations
from models.rules.network.permissions import Act, Role

section = Section("people", label=say("Workers"), path="/people", needs=Act.SEE_PERSON)

SHOWN = 30
FILTERS = ("words", "station", "role", "bound", "after", "from_key")
NOT_BLOCKED: Mapping[NotBlocked, Sayable] = {
    NotBlocked.NO_REASON: say("Say why: the audit keeps it."),
    NotBlocked.ROLE_ELSEWHERE: say("They hold a role that you cannot take away."),
    NotBlocked.PAST: say("That day is past."),
    NotBlocked.NOT_BLOCKED: say("They are not blocked."),
}
NOT_MERGED: Mapping[NotMerged, Sayable] = {
    NotMerged.THE_SAME: say("That's one and the same person."),
    NotMerged.GONE: say("One of the two isn't there any more."),
    NotMerged.BOTH_TALK: say(
        "Both have talked with the station: they join their chats themselves, by “link”."
    ),
    NotMerged.WITH_A_ROLE: say("The row of a file holds a role: withdraw it first."),
    NotMerged.NO_REASON: say("Say why: the audit keeps it."),
}
WHY_ERASED: Mapping[WhyErased, Sayable] = {
    WhyErased.ASKED: say("They asked for it"),
    WhyErased.LEFT: say("They have moved away"),
    WhyErased.WRONG_ROW: say("The row is wrong"),
    WhyErased.DIED: say("They have died"),
}
STATES: Mapping[SignupState, Sayable] = {
    SignupState.SEATED: say("has a seat"),
    SignupState.WAITING: say("in the queue"),
    SignupState.OFFERED: say("is offered a seat"),
    SignupState.ENTERED: say("in the draw"),
    SignupState.ASKED: say("asks to be let in"),
    SignupState.CANCELLED: say("cancelled"),
    SignupState.ATTENDED: say("came"),
    SignupState.NO_SHOW: say("did not come"),
}
BOUND: Mapping[str, bool | None] = {"": None, "yes": True, "no": False}


def wanted(asked: Asked) -> Wanted:
    """Whom the filters of the list mean."""
    role = asked.word("role")
    return Wanted(
        words=asked.word("words"),
        station_id=asked.number("station", 0) or None,
        role=Role(role) if role in set(Role) else None,
        is_bound=BOUND.get(asked.word("bound")),
    )


@section.page("/people")
def people(desk: Desk, asked: Asked) -> Page:
    """A page of a list; ``after`` and ``from_key`` of the query say where the one before ended."""
    after = asked.number("after", 0)
    page = looking_up.look_up(
        desk.session,
        desk.member.id,
        wanted(asked),
        desk.now,
        after=After(after, asked.word("from_key")) if after else None,
        limit=SHOWN,
    )
    following = (
        asked.query(after=page.after.member_id, from_key=page.after.key) if page.after else ""
    )
    facts = {
        "people": page.people,
        "following": following,
        "places": [
            (each.id, each.text_of("name"))
            for place in desk.places(Act.SEE_PERSON)
            for each in (place, *stations.contact_points(desk.session, place.id))
        ],
        "roles": ROLES,
        "filters": {name: asked.word(name) for name in FILTERS},
        "blocks": desk.holds(Act.BLOCK_MEMBER),
        "erases": desk.holds(Act.ERASE_MEMBER),
        "why_erased": WHY_ERASED,
        "most": at_once.MOST_IN_LIST,
    }
    return Page("people.html", say("Workers"), facts)


@section.page("/people/{member:int}")
def person(desk: Desk, asked: Asked) -> Page:
    """What may be known of a person, once it was opened; before that, the button that opens it."""
    number, by = asked.number("member"), desk.member.id
    sheet = sheets.opened(desk.session, number, by, desk.now)
    if sheet is None:
        if not sheets.may_open(desk.session, number, by, desk.now):
            raise Missing
        return Page("person_closed.html", say("Member {n}", n=number), {"number": number})
    doubled = asked.number("double", 0)
    facts = {
        "sheet": sheet,
        "roles": ROLES,
        "candidates": doubles.candidates(desk.session, sheet.id, by, desk.now),
        "preview": _preview(desk, sheet.id, doubled) if doubled else None,
        "not_merged": NOT_MERGED,
        "called": called,
        "proposals": binding.proposals_for(desk.session, sheet.id, by, desk.now),
        "why_erased": WHY_ERASED,
        "states": STATES,
    }
    return Page("person.html", sheet.name or say("Member {n}", n=sheet.id), facts)


def _preview(desk: Desk, one: int, other: int) -> Preview:
    found = doubles.preview(desk.session, one, other, desk.member.id, desk.now)
    if isinstance(found, NotMerged):
        raise Missing
    return found


@section.act("/people/{member:int}/open", again=person)
def open_person(desk: Desk, asked: Asked) -> Done:
    sheet = sheets.open_sheet(desk.session, asked.number("member"), desk.member.id, desk.now)
    if sheet is None:
        raise Missing
    return Done(_path(sheet.id))


def last_day(desk: Desk, asked: Asked) -> datetime | Wrong | None:
    """The end of the day that was typed; None where none was."""
    said = asked.word("until")
    try:
        last = datetime.strptime(said, "%Y-%m-%d").date() if said else None  # noqa: DTZ007
        day = timedelta(days=1)
        return datetime.combine(last + day, time(), desk.care.zone) if last is not None else None
    except (ValueError, OverflowError):
        return Wrong(say("That's no day."), "until")


@section.act("/people/{member:int}/block", needs=Act.BLOCK_MEMBER, again=person)
def block(desk: Desk, asked: Asked) -> Done | Wrong:
    number, until = _seen(desk, asked), last_day(desk, asked)
    if isinstance(until, Wrong):
        return until
    who = (desk.session, number, asked.word("reason"), desk.member.id, desk.care, desk.now)
    done = blocking.block(*who, until=until)
    if isinstance(done, NotBlocked):
        field = "until" if done is NotBlocked.PAST else "reason"
        return Wrong(NOT_BLOCKED[done], field)
    return Done(_path(number), say("Blocked. Seats given up: {n}.", n=done.given_up))


@section.act("/people/{member:int}/unblock", needs=Act.BLOCK_MEMBER, again=person)
def unblock(desk: Desk, asked: Asked) -> Done | Wrong:
    number = _seen(desk, asked)
    why = blocking.unblock(desk.session, number, asked.word("reason"), desk.member.id, desk.now)
    if why is not None:
        return Wrong(NOT_BLOCKED[why])
    return Done(_path(number), say("They can use the station again, and are told so."))


@section.act("/people/{member:int}/merge", needs=Act.MERGE_MEMBERS, again=person)
def merge(desk: Desk, asked: Asked) -> Done | Wrong:
    number, other = _seen(desk, asked), asked.number("double")
    done = doubles.merge_doubles(
        *(desk.session, number, other, asked.word("reason"), desk.member.id),
        *(desk.care, desk.now),
    )
    if isinstance(done, NotMerged):
        return Wrong(NOT_MERGED[done], "reason")
    return Done(_path(done), say("The two are one person now."))


@section.act("/people/{member:int}/bind", needs=Act.BIND_MEMBER, again=person)
def bind(desk: Desk, asked: Asked) -> Done | Wrong:
    """Decide whether a row of a file is the member who says so; the two are one person then."""
    yes, by = asked.word("is_them") == "yes", desk.member.id
    number, request = _seen(desk, asked), asked.number("request")
    proposals = binding.proposals_for(desk.session, number, by, desk.now)
    who = next((each.by.id for each in proposals if each.id == request), None)
    if who is None or binding.decide(
        desk.session, request, by, yes=yes, care=desk.care, now=desk.now
    ):
        return Wrong(ANSWERED["over"])
    return Done(_path(who if yes else number), ANSWERED["yes" if yes else "no"])


@section.act("/people/{member:int}/erase", needs=Act.ERASE_MEMBER, again=person)
def erase(desk: Desk, asked: Asked) -> Done | Wrong:
    number, why = _seen(desk, asked), asked.word("why")
    if why not in set(WhyErased):
        return Wrong(say("Say why: the audit keeps it."), "why")
    by = (desk.member.id, desk.care, desk.now)
    done = removing.ask(desk.session, number, WhyErased(why), *by)
    if isinstance(done, NotErased):
        return Wrong(say("That was asked already; it is done within a day."))
    if done.due_at <= desk.now:
        return Done("/console/people", say("Erased."))
    return Done(_path(number), say("They are told, and erased within a day unless they object."))


@section.act("/people/{member:int}/keep", needs=Act.ERASE_MEMBER, again=person)
def keep(desk: Desk, asked: Asked) -> Done | Wrong:
    """Take back that a person is erased, which somebody asked for by mistake."""
    number = _seen(desk, asked)
    if not removing.take_back(desk.session, number, desk.member.id, desk.now):
        return Wrong(say("Nothing waits to be erased."))
    return Done(_path(number), say("They stay, and are told so."))


def _seen(desk: Desk, asked: Asked) -> int:
    """The number of a person whom this member may see; the verb asks what they may do to them."""
    number = asked.number("member")
    if not sheets.may_open(desk.session, number, desk.member.id, desk.now):
        raise Missing
    return number


def _path(number: int) -> str:
    return f"/console/people/{number}"
