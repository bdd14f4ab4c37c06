"""The partners of an event, chosen beside its texts."""

from bot.conversation.messages import say
from console.desk import Desk
from console.pages.events.editing import edit
from console.pages.events.section import ONE, path_of, section, to_do
from console.routing import Asked, Done, Wrong
from models.events import partnering
from models.network.partners import Part
from models.rules.network.permissions import Act


@section.act(f"{ONE}/partners", again=edit, needs=Act.RUN_EVENT)
def choose(desk: Desk, asked: Asked) -> Done | Wrong:
    """Keep what is ticked: each box is a partner with its part."""
    event, _station = to_do(desk, asked)
    offered = {
        f"{row.id}-{part}": (row.id, part)
        for row, parts in partnering.offered(desk.session, event)
        for part in parts
    }
    ticked = asked.every("with")
    if not offered.keys() >= set(ticked):
        return Wrong(say("One of them is no partner any more."), "with")
    wanted: list[tuple[int, Part]] = [offered[each] for each in ticked]
    partnering.choose(desk.session, event.id, wanted, desk.member.id, desk.now)
    return Done(path_of(event, "edit"), say("Saved."))
