"""Who organizes what: roles given by a code, ended, and the codes that nobody has used yet."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.conversation.messages import Sayable, When, lines, say
from console.desk import Desk
from console.pages.network.section import CODES, ROLES_OF, section, tabs
from console.routing import Asked, Done, File, Missing, Page, Wrong
from handlers.members import row_codes
from handlers.members.roles import A_MINUTE, ROLES
from handlers.words import station_name
from models.members import binding, holders
from models.members.binding import NoCodes
from models.members.holders import Wanted
from models.network import invites, roles, stations
from models.network.roles import LEVELS
from models.network.stations import Station, StationKind
from models.rules.network import permissions
from models.rules.network.permissions import Act, Place, Role
from models.rules.texts import file_name, one_line
from models.teams import dismissing
from papers.facts import Order

NEEDS = Act.INVITE_CORE_MEMBER
SHOWN, OPEN, MOST = 30, 50, 50
GIVEN = (Role.TOWN, Role.CONTACT_POINT, Role.CORE_MEMBER)
SPREADSHEET, PDF = row_codes.SHEET, "application/pdf"


@section.page(ROLES_OF, needs=NEEDS)
def shows_roles(desk: Desk, asked: Asked) -> Page:
    role = asked.word("role")
    wanted = Wanted(
        words=asked.word("words"),
        role=Role(role) if role in set(Role) else None,
        station_id=asked.number("station", 0) or None,
    )
    found, following = holders.holders(
        *(desk.session, desk.member.id, wanted, desk.now),
        before=asked.number("before", 0) or None,
        limit=SHOWN,
    )
    opened = invites.open_invites(desk.session, desk.member.id, desk.now)
    facts = {
        "tabs": tabs(desk),
        "open": "roles",
        "here": f"/console{ROLES_OF}",
        "holders": found,
        "following": asked.query(before=following) if following else "",
        "roles": ROLES,
        "givable": [(str(each), ROLES[each]) for each in _givable(desk)],
        "places": places(desk, NEEDS),
        "codes": [(each, station_name(station)) for each, station in opened[:OPEN]],
        "more_codes": max(len(opened) - OPEN, 0),
        "last": lambda until: When(until - A_MINUTE),
    }
    return Page("network/roles.html", say("Roles and codes"), facts)


def places(desk: Desk, act: Act) -> list[tuple[int, Sayable]]:
    """The member's places for this, and those right below them, as a form chooses among them."""
    return [
        (each.id, each.text_of("name"))
        for place in desk.places(act)
        for each in (place, *stations.contact_points(desk.session, place.id))
    ]


def _givable(desk: Desk) -> list[Role]:
    """The roles that this member may give somewhere."""
    paths = [each.path for each in desk.places(NEEDS)]
    return [
        role
        for role in GIVEN
        if any(permissions.may_grant(role, desk.held, Place(path), desk.now) for path in paths)
    ]


@section.act(f"{ROLES_OF}/give", needs=NEEDS, again=shows_roles)
def give(desk: Desk, asked: Asked) -> Done | Wrong | File:
    """One code is shown once; several go into a list."""
    said, many = asked.word("what"), asked.word("many", "1")
    if said not in map(str, _givable(desk)):
        return Wrong(say("Choose what they shall be."), "what")
    role, station = Role(said), _place(desk, asked.word("place"), Role(said))
    if isinstance(station, Wrong):
        return station
    if not many.isdecimal() or not 0 < int(many) <= MOST:
        return Wrong(say("Write a number from 1 to {n}.", n=MOST), "many")
    until = None
    if day := asked.word("until"):
        try:
            last = datetime.strptime(day, "%Y-%m-%d").date()  # noqa: DTZ007
            until = datetime.combine(last + timedelta(days=1), time(), desk.care.zone)
        except (ValueError, OverflowError):
            return Wrong(say("That's no day."), "until")
        if until <= desk.now:
            return Wrong(say("That day is past."), "until")
    made = [
        invites.invite(
            *(desk.session, role, station, desk.now), by=desk.member.id, role_until=until
        )
        for _each in range(int(many))
    ]
    place = station_name(station)
    if len(made) > 1:
        name = file_name(desk.in_words(place), desk.in_words(ROLES[role]))
        cells = (desk.in_words(place), desk.in_words(ROLES[role]))
        heads = (say("Place"), say("Role"), say("Send this: claim and the code"))
        table = [[*map(desk.in_words, heads)], *([*cells, code] for code in made)]
        return File(f"{name}.xlsx", SPREADSHEET, lambda: row_codes.workbook(name, table))
    holds = say("The role holds until {when}.", when=When(until - A_MINUTE)) if until else None
    one = say("One code for one {role} at {place}:", role=ROLES[role], place=place)
    how = say("They write “claim {code}” here. It works once, for 7 days.", code=made[0])
    return Done(f"/console{ROLES_OF}", lines(one, made[0], how, holds))


def _place(desk: Desk, words: str, role: Role) -> Station | Wrong:
    """The place that the words name, where this member may give the role."""
    level = tuple(kind for kind in StationKind if LEVELS[kind] == role) or tuple(StationKind)
    found = named_place(desk, words, NEEDS, kinds=level)
    if isinstance(found, Wrong):
        return found
    if not permissions.may_grant(role, desk.held, Place(found.path), desk.now):
        return Wrong(say("You can't make a {role} there.", role=ROLES[role]), "place")
    return found


def named_place(
    desk: Desk, words: str, act: Act, *, kinds: tuple[StationKind, ...] = tuple(StationKind)
) -> Station | Wrong:
    """The one of the member's places for this act that the words mean, whole or in part."""
    below = [each.path for each in desk.places(act)]
    if not words:
        return Wrong(say("Write the name of a place."), "place")
    exact = stations.named(desk.session, words)
    if exact is not None and exact.kind in kinds and exact.path.startswith(tuple(below)):
        return exact
    found = stations.matching(desk.session, words, 6, kinds=kinds, below=below)
    if len(found) > 1:
        several = lines(*(station_name(each) for each in found), between=" · ")
        return Wrong(say("Several are called so: {places}", places=several), "place")
    if not found:
        return Wrong(
            say("None of your places of that level is called “{name}”.", name=words), "place"
        )
    return found[0]


@section.act(f"{ROLES_OF}/{{grant:int}}/end", needs=NEEDS, again=shows_roles)
def end(desk: Desk, asked: Asked) -> Done:
    grant = roles.grant_in_force(desk.session, asked.number("grant"), desk.now)
    station = stations.get(desk.session, grant.station_id) if grant is not None else None
    if grant is None or station is None:
        raise Missing
    dismissing.dismiss(desk.session, grant.id, desk.member.id, desk.now)
    own = say("The role has ended.")
    told = say("The role has ended, and they are told.")
    return Done(f"/console{ROLES_OF}", own if grant.member_id == desk.member.id else told)


@section.act(f"{ROLES_OF}/codes/{{code:int}}/cancel", needs=NEEDS, again=shows_roles)
def cancel_code(desk: Desk, asked: Asked) -> Done:
    mine = invites.open_invites(desk.session, desk.member.id, desk.now)
    if asked.number("code") not in [each.id for each, _station in mine]:
        raise Missing
    invites.withdraw_invite(desk.session, asked.number("code"), desk.member.id, desk.now)
    return Done(f"/console{ROLES_OF}", say("The code gives nothing any more."))


# Personal codes


@section.page(CODES, needs=Act.BIND_MEMBER)
def personal(desk: Desk, asked: Asked) -> Page:
    """How many people of a place's lists have no chat yet, and the form that gives their codes."""
    station, wrong = _place_of_codes(desk, asked), asked.wrong
    if isinstance(station, Wrong):
        station, wrong = None, wrong or station
    number = binding.how_many(desk.session, station, desk.now) if station is not None else 0
    facts = {
        "tabs": tabs(desk),
        "open": "codes",
        "here": f"/console{CODES}",
        "asked": replace(asked, wrong=wrong),
        "place": station,
        "number": number,
        "most": binding.MOST_CODES,
    }
    return Page("network/codes.html", say("Personal codes"), facts)


def _place_of_codes(desk: Desk, asked: Asked) -> Station | Wrong | None:
    """The place of the form, or that of the words; without any the member's own.

    Raises Missing for one that is not theirs: how many people wait there is not theirs to know.
    """
    if asked.word("of"):
        return _own_place(desk, asked)
    if asked.word("place"):
        return named_place(desk, asked.word("place"), Act.BIND_MEMBER)
    return next(iter(desk.places(Act.BIND_MEMBER)), None)


def _own_place(desk: Desk, asked: Asked) -> Station:
    station = stations.get(desk.session, asked.number("of"))
    if station is None or not desk.may(Act.BIND_MEMBER, station):
        raise Missing
    return station


@section.act(CODES, needs=Act.BIND_MEMBER, again=personal)
def take(desk: Desk, asked: Asked) -> Wrong | File:
    station = _own_place(desk, asked)
    why = one_line(asked.word("reason"))
    if not why:
        return Wrong(
            say("Say what for: the audit keeps it, and those on the list read it."), "reason"
        )
    done = binding.take_codes(desk.session, station, desk.member.id, why, desk.now)
    if done is NoCodes.NOBODY:
        return Wrong(say("Nobody of a list waits for a code there."))
    if isinstance(done, NoCodes):
        return Wrong(say("More than {n} at once: choose a company there.", n=binding.MOST_CODES))
    rows = binding.codes_of_list(desk.session, station, done.seed)
    called = desk.in_words(say("personal codes"))
    name = file_name(desk.in_words(station_name(station)), called)
    if asked.word("as") == "pdf":
        slips = row_codes.slips(rows, desk.member.language, desk.in_words)
        return File(f"{name}.pdf", PDF, Order(slips))
    table = row_codes.table(rows, desk.in_words)
    return File(f"{name}.xlsx", SPREADSHEET, lambda: row_codes.workbook(called, table))
