"""The links of the evening's streams: named, and planned so that everybody has them in time."""

from typing import Any

from bot.conversation.messages import Text, say
from console.desk import Desk
from console.pages.events.section import section
from console.pages.gala.place import PATH, back, evening, here, named
from console.routing import Asked, Done, Missing, Page, Wrong
from handlers.announcements import streams as words
from handlers.announcements.audiences import own_draft
from handlers.announcements.streams import Looked
from handlers.permission import sees_reach
from handlers.words import people as people_in_words
from models.announcements import streams as kept
from models.announcements.announcements import AnnouncementState
from models.rules.announcements import streaming
from models.rules.network.permissions import Act

HERE = f"{PATH}/streams"


@section.page(HERE, needs=Act.RUN_EVENT)
def streams(desk: Desk, asked: Asked) -> Page:
    event, session = evening(desk, asked), desk.session
    rows = kept.of_event(session, event.id)
    row = kept.announcement_of(session, event.id)
    facts: dict[str, Any] = {
        "event": event,
        "here": here(event, "streams"),
        "text": streaming.written([streaming.Stream(each.name, each.url) for each in rows]),
        "most": streaming.MOST,
        "row": row,
        "words": words.words_of(desk.chat, event) if row is None else row.text_of("text"),
        "is_draft": row is None or row.state is AnnouncementState.DRAFT,
        "may_plan": row is None or own_draft(desk.chat, row.id) is not None,
        "not_yours": words.NOT_YOURS,
    }
    if rows:
        found, sees = words.look(desk.chat, event), sees_reach(desk.chat, event.station_id)
        facts |= {
            "people": people_in_words(found.people),
            "shares": [(Text(each.platform), each) for each in found.reach.shares if sees],
            "minutes": words.minutes,
            "told": words.facts(desk.chat, event, found)[1:],
            "standing": words.standing(desk.chat, row, found.reach) if row is not None else "",
        }
    return Page("gala/streams.html", named(say("Streams"), event), facts)


@section.act(HERE, again=streams, needs=Act.RUN_EVENT)
def name(desk: Desk, asked: Asked) -> Done | Wrong:
    """Put the lines that were written in place of the streams before."""
    event = evening(desk, asked)
    read = streaming.read(asked.word("streams"))
    if isinstance(read, int):
        return Wrong(words.unreadable(read), "streams")
    kept.name(desk.session, event.id, read, desk.member.id, desk.now)
    return back(event, say("✅ Noted."), "streams")


@section.act(f"{HERE}/write", again=streams, needs=Act.RUN_EVENT)
def write(desk: Desk, asked: Asked) -> Done | Wrong:
    """Make a draft, to be changed as any other announcement."""
    row = words.drafted(desk.chat, evening(desk, asked))
    if own_draft(desk.chat, row.id) is None:
        return Wrong(words.NOT_YOURS)
    return Done(f"/console/announcements/{row.id}/write")


def looked_at(desk: Desk, asked: Asked) -> Looked | None:
    """Who would get it, counted exactly; of a million that takes seconds."""
    event = evening(desk, asked)
    return words.look(desk.chat, event) if kept.of_event(desk.session, event.id) else None


@section.act(f"{HERE}/plan", again=streams, needs=Act.RUN_EVENT, looks=looked_at)
def plan(desk: Desk, asked: Asked) -> Done | Wrong:
    event, found = evening(desk, asked), asked.looked
    if found is None:
        raise Missing
    said, is_done = words.planned(desk.chat, event, found)
    return back(event, said, "streams") if is_done else Wrong(said)
