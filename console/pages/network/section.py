"""The network's place in the menu, and its pages beside each other."""

from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.routing import Section
from models.rules.network.permissions import Act

PATH = "/network"
HERE = f"/console{PATH}"
IMPORT = f"{PATH}/import"

section = Section("network", label=say("Network"), path=IMPORT, needs=Act.LOAD)


def tabs(desk: Desk) -> list[tuple[str, str, Sayable]]:
    """The pages that this member may open: name, path and label."""
    found: list[tuple[str, str, Sayable]] = []
    if desk.holds(Act.LOAD):
        found.append(("import", f"/console{IMPORT}", say("Import")))
    return found
