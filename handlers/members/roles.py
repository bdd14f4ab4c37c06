"""Becoming an organizer by a code; inviting others; withdrawing a role in one tap."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question
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
from bot.conversation.routing import Router
from handlers import dates
from handlers.actions import MENU, ShowHelp
from handlers.words import DOT, person, station_name
from models.network import members, roles, stations
from models.network.roles import BadCode, RoleGiven
from models.network.stations import Station
from models.rules.languages import Translated
from models.rules.network import permissions
from models.rules.network.permissions import Place, Role
from models.teams import teams
from models.teams.teams import Team

router = Router()

A_MINUTE = timedelta(minutes=1)

ROLES = {
    Role.DISTRICT: say("district organizer"),
    Role.TOWN: say("town organizer"),
    Role.CONTACT_POINT: say("contact point organizer"),
    Role.CORE_MEMBER: say("core member"),
    Role.CAPTAIN: say("captain"),
    Role.DEPUTY: say("deputy captain"),
}
BAD_CODES = {
    BadCode.UNKNOWN: say("I don't know this code. Check it letter by letter."),
    BadCode.USED: say("This code has been used already. Ask for a new one."),
    BadCode.EXPIRED: say("This code has expired. Ask for a new one."),
}


@dataclass(frozen=True, slots=True)
class ShowRoles(Action, tag="roles"):
    """The roles at a station and below it."""

    station_id: int = 0


@dataclass(frozen=True, slots=True)
class InviteSomebody(Action, tag="invite"):
    pass


@dataclass(frozen=True, slots=True)
class Withdraw(Action, tag="withdraw"):
    grant_id: int


@router.command("claim", zh="绑定", code=True)
def claim(chat: Chat, words: str) -> Reply:
    """``绑定 CODE`` gives the role that the code was made for."""
    if not words:
        return Reply(say("Write “claim” and the code you were given."), buttons=(MENU,))
    match roles.claim(chat.session, chat.member, words, chat.now):
        case BadCode() as why:
            return Reply(BAD_CODES[why], buttons=(MENU,))
        case RoleGiven(grant, station, team_id):
            team = teams.get(chat.session, team_id) if team_id is not None else None
            what = lines(_place(station, team), ROLES[grant.role], between=DOT)
            return Reply(
                say("✅ You're now: {role}. Write “help” to see what you can do.", role=what),
                buttons=(Button(say("Help"), ShowHelp()), MENU),
            )


def _place(station: Station, team: Team | None) -> Sayable:
    return team.text_of("name") if team is not None else station_name(station)


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
    held = roles.held_by(chat.session, chat.member.id, chat.now)
    own = [lines(station_name(station), ROLES[grant.role], between=DOT) for grant, station in mine]
    below: list[Choice] = []
    for _grant, station in mine:
        for other, member in roles.of_station(chat.session, station, chat.now):
            where = stations.get(chat.session, other.station_id)
            if where is None or member.id == chat.member.id:
                continue
            place = Place(where.path, other.team_id)
            if not permissions.may_grant(other.role, held, place, chat.now):
                continue
            line = lines(
                person(member.name, member.id), station_name(where), ROLES[other.role], between=DOT
            )
            if all(choice.action != Withdraw(other.id) for choice in below):
                below.append(Choice(len(below) + 1, line, Withdraw(other.id), line))
    text = lines(
        say("You are: {roles}", roles=listing(*own)),
        say("Tap somebody to withdraw their role:") if below else None,
    )
    return Reply(text, tuple(below[:20]), (Button(say("Invite"), InviteSomebody()), MENU))


@router.button(Withdraw)
def withdraw(chat: Chat, press: Withdraw) -> Reply:
    """End a role at once; the invitation back is one tap away."""
    grant = chat.session.get(roles.Grant, press.grant_id)
    station = stations.get(chat.session, grant.station_id) if grant is not None else None
    held = roles.held_by(chat.session, chat.member.id, chat.now)
    if grant is None or station is None:
        return Reply(say("That role has ended already."), buttons=(MENU,))
    if not permissions.may_grant(grant.role, held, Place(station.path, grant.team_id), chat.now):
        return Reply(say("Only somebody of a higher level can withdraw it."), buttons=(MENU,))
    ended = roles.withdraw(chat.session, press.grant_id, chat.member.id, chat.now)
    if ended is None:
        return Reply(say("That role has ended already."), buttons=(MENU,))
    member = members.get(chat.session, grant.member_id)
    who = person(member.name, member.id)
    return Reply(
        say("✅ Withdrawn: {name}, {role}.", name=who, role=ROLES[grant.role]),
        buttons=(Button(say("Invite"), InviteSomebody()), MENU),
    )


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
        options=tuple(
            Option(str(number), Translated.from_json(name)) for number, name in start["places"]
        ),
        find=_find_station,
    )
    until = yield Question(
        "until",
        say("Until when? Write a day, like “30 Jun”; after it the role ends by itself."),
        read=dates.read_day,
        skip=say("No end"),
    )
    return role, station_id, until


def _find_station(session: Session, words: str) -> Sequence[Option]:
    ids = stations.matching(session, words, 6)
    return [Option(str(each.id), station_name(each)) for each in ids]


@router.button(InviteSomebody)
def begin_invite(chat: Chat, press: InviteSomebody) -> Reply:
    """Ask for role and place, out of those that this member may give."""
    held = roles.held_by(chat.session, chat.member.id, chat.now)
    mine = [station for _grant, station in roles.grants_of(chat.session, chat.member.id, chat.now)]
    givable = [
        role
        for role in (Role.TOWN, Role.CONTACT_POINT, Role.CORE_MEMBER)
        if any(permissions.may_grant(role, held, Place(station.path), chat.now) for station in mine)
    ]
    if not givable:
        return Reply(say("Your role can't invite others."), buttons=(MENU,))
    places = {station.id: station for station in mine}
    return invite.begin(
        chat,
        roles=[str(role) for role in givable],
        places=[[each.id, each.text_of("name").to_json()] for each in places.values()],
    )


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
    code = roles.invite(chat.session, role, station, chat.now, by=chat.member.id, role_until=until)
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
