"""The network's place in the menu, and its pages beside each other."""

from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.routing import Section
from models.rules.network.permissions import Act

PATH = "/network"
TEAMS, STATIONS, COMPANIES = f"{PATH}/teams", f"{PATH}/places", f"{PATH}/companies"
PARTNERS = f"{PATH}/partners"
IMPORT, ROLES_OF, CODES = f"{PATH}/import", f"{PATH}/roles", f"{PATH}/codes"

section = Section("network", label=say("Network"), path=PATH, needs=Act.SEE_TEAM)


def tabs(desk: Desk) -> list[tuple[str, str, Sayable]]:
    """The pages that this member may open: name, path and label."""
    found: list[tuple[str, str, Sayable]] = [
        ("teams", f"/console{TEAMS}", say("Teams and clubs")),
    ]
    if desk.holds(Act.INVITE_CORE_MEMBER):
        found.append(("places", f"/console{STATIONS}", say("Stations and contact points")))
        found.append(("companies", f"/console{COMPANIES}", say("Companies")))
        found.append(("roles", f"/console{ROLES_OF}", say("Roles and codes")))
    if desk.holds(Act.KEEP_PARTNER):
        found.append(("partners", f"/console{PARTNERS}", say("Partners")))
    if desk.holds(Act.BIND_MEMBER):
        found.append(("codes", f"/console{CODES}", say("Personal codes")))
    if desk.holds(Act.LOAD):
        found.append(("import", f"/console{IMPORT}", say("Import")))
    return found
