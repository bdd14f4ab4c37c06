"""Becoming an organizer by a code; inviting others; withdrawing roles and open codes."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    listing,
    say,
)
from bot.conversation.routing import Drop, Router
from handlers import dates
from handlers.actions import MENU, ShowHelp
from handlers.members import linking
from handlers.words import DOT, person, station_name
from models.contests import judges
from models.events import handing, helping
from models.events.helping import Helps
from models.network import invites, members, roles, stations
from models.network.invites import BadRoleCode, Invite
from models.network.members import Member
from models.network.roles import RoleGiven
from models.network.stations import Station, StationKind
from models.rules.dates.pieces import Why
from models.rules.network import codes, permissions
from models.rules.network.permissions import Place, Role
from models.sending.reasons import Reason
from models.teams import dismissing, teams
from models.teams.teams import Team

router = Router()

A_MINUTE = timedelta(minutes=1)
PAGE, CODES = 8, 20

ROLES = {
    Role.DISTRICT: say("district organizer"),
    Role.TOWN: say("town organizer"),
    Role.CONTACT_POINT: say("contact point organizer"),
    Role.CORE_MEMBER: say("core member"),
    Role.CAPTAIN: say("captain"),
    Role.DEPUTY: say("deputy captain"),
}
BAD_CODES = {
    BadRoleCode.UNKNOWN: say("I don't know this code. Check it letter by letter."),
    BadRoleCode.USED: say("This code has been used already. Ask for a new one."),
    BadRoleCode.WITHDRAWN: say("This code doesn't hold any more. Ask for a new one."),
    BadRoleCode.EXPIRED: say("This code has expired. Ask for a new one."),
}


@dataclass(frozen=True, slots=True)
class ShowRoles(Action, tag="roles"):
    """One's own roles, and from the ``skip``-th on those below that one may withdraw."""

    station_id: int = 0
    skip: int = 0


@dataclass(frozen=True, slots=True)
class InviteSomebody(Action, tag="invite"):
    pass


@dataclass(frozen=True, slots=True)
class Withdraw(Action, tag="withdraw"):
    """Takes a role away; asks once."""

    grant_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class ShowCodes(Action, tag="codes"):
    """The codes for roles that nobody has used yet."""


@dataclass(frozen=True, slots=True)
class WithdrawCode(Action, tag="withdraw-code"):
    """Makes a code give nothing any more; asks once."""

    invite_id: int
    sure: int = 0


@router.command("claim", zh="绑定", code="b")
@router.link("b")
def claim(chat: Chat, words: str) -> Reply:
    """``绑定 CODE``, or its link, links a chat, binds a row or gives a role, as it was made for."""
    if not words:
        return Reply(say("Write “claim” and the code you were given."), buttons=(MENU,))
    if not codes.is_code(words):
        return Reply(
            say("That is no code. To use another chat as well, press Link a chat."),
            buttons=(Button(say("Link a chat"), linking.Link()), MENU),
        )
    if (taken := linking.take(chat, words)) is not None:
        return taken
    done: RoleGiven | BadRoleCode | Helps = invites.claim(
        chat.session, chat.member, words, chat.now
    )
    if done is BadRoleCode.UNKNOWN:
        done = helping.claim(chat.session, chat.member, words, chat.now)
    match done:
        case BadRoleCode() as why:
            if why is BadRoleCode.UNKNOWN and (seat := _seat(chat, words)) is not None:
                return seat
            if why is BadRoleCode.UNKNOWN and (asked := _judging(chat, words)) is not None:
                return asked
            if why is BadRoleCode.UNKNOWN:
                linking.note_wrong(chat)
            return Reply(BAD_CODES[why], buttons=(MENU,))
        case Helps(event):
            # Whoever is named for it reads the same, as a notice.
            told = chat.notices["helps"](chat, {"event_id": event.id})
            assert isinstance(told, Reply)
            return told
        case RoleGiven(grant, station, team_id):
            what = _held(chat, grant.role, station, team_id)
            return Reply(
                say("✅ You're now: {role}. Write “help” to see what you can do.", role=what),
                buttons=(Button(say("Help"), ShowHelp()), MENU),
            )


def _seat(chat: Chat, words: str) -> Reply | None:
    """The seat that a code hands over, as whoever is named for it reads it in a notice."""
    row = handing.by_code(chat.session, chat.member, words, chat.now)
    if row is None:
        return None
    told = chat.notices["seat-handed"](chat, {"event_id": row.event_id, "handover": row.id})
    return told if isinstance(told, Reply) else None


def _judging(chat: Chat, words: str) -> Reply | None:
    """The question whether one judges, by a code that its organizers passed on."""
    row = judges.claim(chat.session, chat.member.id, words, chat.now)
    if row is None:
        return None
    told = chat.notices[judges.ASKED](chat, {"judge": row.id})
    already = Reply(say("You judge there already. Write “judge” to go on."), buttons=(MENU,))
    return told if isinstance(told, Reply) else already


def _place(station: Station, team: Team | None) -> Sayable:
    return team.text_of("name") if team is not None else station_name(station)


def _held(chat: Chat, role: Role, station: Station | None, team_id: int | None) -> Sayable:
    """A role with its place, which is the team where it is a team's."""
    team = teams.get(chat.session, team_id) if team_id is not None else None
    where = _place(station, team) if station is not None else None
    return lines(where, ROLES[role], between=DOT)


@router.command("roles", zh="组织者", also=("角色",))
def show_roles_by_words(chat: Chat, words: str) -> Reply:
    return show_roles(chat, ShowRoles())


@router.button(ShowRoles)
def show_roles(chat: Chat, press: ShowRoles) -> Reply:
    """One's own roles, and those below that one may withdraw."""
    mine = roles.grants_of(chat.session, chat.member.id, chat.now)
    if not mine:
        return Reply(
            say("You're no organizer. Have you got a code? Write “claim” and the code."),
            buttons=(MENU,),
        )
    own = [_held(chat, grant.role, station, grant.team_id) for grant, station in mine]
    below = _below(chat, [station for _grant, station in mine])
    page = list(below.items())[press.skip : press.skip + PAGE]
    choices = tuple(
        Choice(number, line, Withdraw(grant_id), line)
        for number, (grant_id, line) in enumerate(page, start=press.skip + 1)
    )
    rest = ShowRoles(press.station_id, press.skip + PAGE)
    more = (Button(say("More"), rest),) if len(below) > press.skip + PAGE else ()
    has_codes = bool(invites.open_invites(chat.session, chat.member.id, chat.now))
    # A list that goes on has them on its last page: three buttons, of which the menu is one.
    codes = (Button(say("Open codes"), ShowCodes()),) if has_codes and not more else ()
    text = lines(
        say("You are: {roles}", roles=listing(*own)),
        say("Tap somebody to withdraw their role:") if below else None,
    )
    buttons = (*more, Button(say("Invite"), InviteSomebody()), *codes, MENU)
    return Reply(text, choices, buttons, edit=press.skip > 0)


def _below(chat: Chat, mine: Sequence[Station]) -> dict[int, Sayable]:
    """The roles that this member may withdraw: who holds them, of which place or team."""
    held = roles.held_by(chat.session, chat.member.id, chat.now)
    below: dict[int, Sayable] = {}
    for own in mine:
        for other, member in roles.of_station(chat.session, own, chat.now):
            where = stations.get(chat.session, other.station_id)
            if where is None or member.id == chat.member.id or other.id in below:
                continue
            if permissions.may_grant(other.role, held, Place(where.path, other.team_id), chat.now):
                role = _held(chat, other.role, where, other.team_id)
                below[other.id] = lines(person(member.name, member.id), role, between=DOT)
    return below


@router.button(Withdraw)
def withdraw(chat: Chat, press: Withdraw) -> Reply:
    """Name who loses which role, then end it; they are told."""
    grant = roles.grant_in_force(chat.session, press.grant_id, chat.now)
    station = stations.get(chat.session, grant.station_id) if grant is not None else None
    if grant is None or station is None:
        return Reply(say("That role has ended already."), buttons=(MENU,))
    by, team_id = chat.member.id, grant.team_id
    if not roles.may_grant(chat.session, by, grant.role, station, chat.now, team_id=team_id):
        return Reply(say("Only somebody of a higher level can withdraw it."), buttons=(MENU,))
    member = members.get(chat.session, grant.member_id)
    who, role = person(member.name, member.id), _held(chat, grant.role, station, team_id)
    if not press.sure:
        return Reply(
            say("Take this role from {name}: {role}? They will be told.", name=who, role=role),
            buttons=(
                Button(say("Keep it"), ShowRoles()),
                Button(say("Withdraw"), Withdraw(press.grant_id, 1)),
            ),
        )
    dismissing.dismiss(chat.session, press.grant_id, by, chat.now)
    return Reply(
        say("✅ Withdrawn: {name}, {role}. They are told.", name=who, role=role),
        buttons=(Button(say("Roles"), ShowRoles()), Button(say("Invite"), InviteSomebody()), MENU),
    )


@router.notice("role-ended")
def role_ended(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    role, station = Role(facts["role"]), stations.get(chat.session, facts["station_id"])
    for held in roles.held_by(chat.session, chat.member.id, chat.now):
        is_same_place = station is not None and held.path == station.path
        if held.role is role and is_same_place and held.team_id == facts["team_id"]:
            return Drop(Reason.OUTDATED)
    return Reply(
        say("⚠️ Your role has ended: {role}.", role=_held(chat, role, station, facts["team_id"])),
        buttons=(MENU,),
    )


# Codes that nobody has used


@router.button(ShowCodes)
def show_codes(chat: Chat, press: ShowCodes) -> Reply:
    """Each open code's role and place, who made it, and until when it can be used."""
    found = invites.open_invites(chat.session, chat.member.id, chat.now)
    back = Button(say("Roles"), ShowRoles())
    if not found:
        return Reply(say("No code is open."), buttons=(back, MENU))
    listed = [(each.id, _code_line(chat, each, station)) for each, station in found[:CODES]]
    return Reply(
        say("Codes that nobody has used yet. Tap one to withdraw it:"),
        tuple(
            Choice(number, line, WithdrawCode(invite_id), line)
            for number, (invite_id, line) in enumerate(listed, start=1)
        ),
        (back, MENU),
    )


def _code_line(chat: Chat, invitation: Invite, station: Station) -> Sayable:
    by = invitation.by_member_id
    member = chat.session.get(Member, by) if by is not None else None
    maker = person(member.name, member.id) if member is not None else say("the operator")
    return lines(
        _held(chat, invitation.role, station, invitation.team_id),
        say("by {name}", name=maker),
        say("until {when}", when=When(invitation.expires_at)),
        between=DOT,
    )


@router.button(WithdrawCode)
def withdraw_code(chat: Chat, press: WithdrawCode) -> Reply:
    mine = invites.open_invites(chat.session, chat.member.id, chat.now)
    found = next((each for each in mine if each[0].id == press.invite_id), None)
    codes = Button(say("Open codes"), ShowCodes())
    if found is None:
        return Reply(say("That code is not open any more."), buttons=(codes, MENU))
    line = _code_line(chat, *found)
    if not press.sure:
        return Reply(
            say("Withdraw this code? {code}", code=line),
            buttons=(
                Button(say("Keep it"), ShowCodes()),
                Button(say("Withdraw"), WithdrawCode(press.invite_id, 1)),
            ),
        )
    invites.withdraw_invite(chat.session, press.invite_id, chat.member.id, chat.now)
    return Reply(say("✅ Withdrawn: {code}", code=line), buttons=(codes, MENU))


# Inviting


@router.dialog("invite")
def invite(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    role = yield Question(
        "role",
        say("What shall they be?"),
        options=tuple(Option(each, ROLES[Role(each)]) for each in start["roles"]),
    )
    station_id = yield Question(
        "station",
        say("Where? Write part of the town's or company's name."),
        offer=partial(_places, role, start["below"]),
        find=partial(_find_station, role, start["below"]),
    )
    until = yield Question(
        "until",
        say("Until when? Write a day, like “30 Jun”; after it the role ends by itself."),
        read=_last_day,
        skip=say("No end"),
    )
    return role, station_id, until


def _kinds_for(role: str) -> tuple[StationKind, ...]:
    """The kinds of station at which a role can be."""
    return tuple(kind for kind in StationKind if roles.LEVELS[kind] == role) or tuple(StationKind)


def _places(role: str, below: Sequence[str], session: Session) -> Sequence[Option]:
    """The places for a role; none where they are too many to show, for they can be searched."""
    found = stations.of_kinds(session, _kinds_for(role), below, PAGE + 1)
    if len(found) > PAGE:
        found = [each for each in found if each.path in below] if role == Role.CORE_MEMBER else []
    return [Option(str(each.id), station_name(each)) for each in found]


def _find_station(
    role: str, below: Sequence[str], session: Session, words: str
) -> Sequence[Option]:
    found = stations.matching(session, words, 6, kinds=_kinds_for(role), below=below)
    return [Option(str(each.id), station_name(each)) for each in found]


def _last_day(words: str, now: datetime, zone: ZoneInfo) -> str | Wrong:
    day = dates.read_day(words, now, zone)
    if isinstance(day, str) and dates.end_of(day, zone) <= now:
        return Wrong(dates.UNCLEAR[Why.IN_THE_PAST])
    return day


@router.button(InviteSomebody)
def begin_invite(chat: Chat, press: InviteSomebody) -> Reply:
    """Ask for role and place, out of those that this member may give."""
    held = roles.held_by(chat.session, chat.member.id, chat.now)
    paths = list(dict.fromkeys(each.path for each in held if each.role in permissions.ORGANIZERS))
    givable = [
        role
        for role in (Role.TOWN, Role.CONTACT_POINT, Role.CORE_MEMBER)
        if any(permissions.may_grant(role, held, Place(path), chat.now) for path in paths)
    ]
    if not givable:
        return Reply(say("Your role can't invite others."), buttons=(MENU,))
    return invite.begin(chat, roles=[str(role) for role in givable], below=paths)


@router.command("invite", zh="邀请")
def invite_by_words(chat: Chat, words: str) -> Reply:
    return begin_invite(chat, InviteSomebody())


@invite.done
def make_invite(chat: Chat, form: tuple[str, str, str | None]) -> Reply:
    role, station_id = Role(form[0]), int(form[1])
    station = stations.get(chat.session, station_id)
    held = roles.held_by(chat.session, chat.member.id, chat.now)
    if station is None or not permissions.may_grant(role, held, Place(station.path), chat.now):
        return Reply(say("That place is not below yours."), buttons=(MENU,))
    if role in permissions.ORGANIZERS and role != roles.LEVELS[station.kind]:
        return Reply(
            say(
                "{place} has no {role}; choose a place of that level.",
                place=station_name(station),
                role=ROLES[role],
            ),
            buttons=(Button(say("Invite"), InviteSomebody()), MENU),
        )
    until = dates.end_of(form[2], chat.care.zone) if form[2] else None
    code = invites.invite(
        chat.session, role, station, chat.now, by=chat.member.id, role_until=until
    )
    return Reply(
        lines(
            say(
                "One code for one {role} at {place}:",
                role=ROLES[role],
                place=station_name(station),
            ),
            code,
            say("They write “claim {code}” here. It works once, for 7 days.", code=code),
            say("The role holds until {when}.", when=When(until - A_MINUTE)) if until else None,
        ),
        buttons=(Button(say("Roles"), ShowRoles()), MENU),
    )
