"""Programs that act for an organizer: their tokens, made and ended here."""

from bot.conversation.messages import Sayable, say, say_n
from console.desk import Desk
from console.routing import Asked, BadForm, Done, Missing, Page, Section, Wrong
from models.network import tokens
from models.network.tokens import LASTS, LONGEST_NAME, NotMade
from models.rules.network import permissions
from models.rules.network.permissions import Act
from models.rules.network.scopes import Scope

PATH = "/programs"
HERE = f"/console{PATH}"

section = Section("programs", label=say("Programs"), path=PATH, needs=Act.LET_PROGRAMS)

SCOPES: dict[Scope, Sayable] = {
    Scope.EVENTS_READ: say("read events"),
    Scope.EVENTS_WRITE: say("publish, change and cancel events"),
    Scope.SIGN_UPS_READ: say("read who signed up, which is recorded"),
    Scope.SIGN_UPS_WRITE: say("sign people up and check them in"),
    Scope.TEAMS_READ: say("read teams and who is in them"),
    Scope.MEMBERS_READ: say("find and open people, which is recorded"),
    Scope.ANNOUNCEMENTS_READ: say("read announcements and how far they are"),
    Scope.ANNOUNCEMENTS_WRITE: say("write announcements, without sending them"),
    Scope.ANNOUNCEMENTS_SEND: say("send and stop announcements"),
}
NOT_MADE: dict[NotMade, tuple[Sayable, str]] = {
    NotMade.NO_NAME: (say("Call it by the program that will use it."), "name"),
    NotMade.NO_SCOPE: (say("Tick what the program may do."), "scope"),
    NotMade.TOO_MANY: (say("You have as many tokens as one can have; end one first."), "name"),
}


@section.page(PATH)
def programs(desk: Desk, asked: Asked) -> Page:
    grants = [
        (grant, station)
        for grant, station in desk.grants
        if grant.role in permissions.roles_for(Act.LET_PROGRAMS)
    ]
    scopes = {each for grant, _station in grants for each in tokens.scopes_of(grant)}
    facts = {
        "tokens": tokens.at_places(desk.session, desk.member.id, desk.now),
        "grants": [(grant.id, station.text_of("name")) for grant, station in grants],
        "scopes": [
            (each, said, each in asked.every("scope"))
            for each, said in SCOPES.items()
            if each in scopes
        ],
        "said_of": SCOPES,
        "lasts": [(each.days, say_n("{n} day", "{n} days", each.days)) for each in sorted(LASTS)],
        "longest": LONGEST_NAME,
        "description": desk.house.link_to("/api/v1") or "/api/v1",
    }
    return Page("programs.html", section.label, facts)


@section.act(PATH, again=programs)
def make(desk: Desk, asked: Asked) -> Done | Wrong:
    """Make a token, which is shown once."""
    known = set(Scope)
    wanted = [Scope(each) for each in asked.every("scope") if each in known]
    lasts = {each.days: each for each in LASTS}.get(asked.number("days"))
    if lasts is None:
        raise BadForm("days")
    made = tokens.make(
        *(desk.session, asked.number("grant"), asked.word("name"), wanted, lasts),
        *(desk.member.id, desk.now),
    )
    if isinstance(made, NotMade):
        return Wrong(*NOT_MADE[made])
    said = say("✅ Copy the token now, it is shown only once: {token}", token=made.secret)
    return Done(HERE, said)


@section.act(f"{PATH}/{{token:int}}/end", again=programs)
def end(desk: Desk, asked: Asked) -> Done:
    if not tokens.end(desk.session, asked.number("token"), desk.member.id, desk.now):
        raise Missing
    return Done(HERE, say("✅ The token has ended."))
