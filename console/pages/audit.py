"""What was done by virtue of a role, at the places of whoever reads it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.conversation.messages import Sayable, When, lines, say
from console.desk import Desk
from console.routing import Asked, Page, Section
from handlers.members import audit as words
from handlers.permission import WHAT
from handlers.words import person
from models.network import audit
from models.network.audit import Filter
from models.rules.network.permissions import Act

section = Section("audit", label=say("Audit"), path="/audit", needs=Act.READ_AUDIT)

PAGE = 25
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Row:
    when: Sayable
    who: Sayable
    what: Sayable
    about: Sayable


@section.page("/audit")
def shows_audit(desk: Desk, asked: Asked) -> Page:
    places, act = desk.places(Act.READ_AUDIT), asked.word("act")
    by, name = asked.number("by", 0) or None, asked.word("name")[:LONGEST_NAME]
    found = audit.actors_at(desk.session, places, name, PAGE) if name else []
    if len(found) == 1:
        by = found[0].id
    since, until = _day(asked.word("since")), _day(asked.word("until"))
    wanted = Filter(
        act=act if act in set(Act) else "",
        by=by,
        since=_midnight(desk, since) if since is not None else None,
        until=_midnight(desk, until + timedelta(days=1)) if until is not None else None,
    )
    after = asked.number("after", 0) or None
    is_shown = not name or len(found) == 1
    rows = (
        audit.at_places(desk.session, places, wanted, after=after, limit=PAGE + 1)
        if is_shown
        else []
    )
    following = asked.query(after=rows[PAGE - 1].id) if len(rows) > PAGE else ""
    nobody = say("Nobody called “{name}” did anything here.", name=name)
    # Who did nothing here is not named, whatever number is asked for.
    shown = words.actor(desk.chat, by) if by is not None and rows else None
    facts = {
        "rows": [
            Row(
                When(each.at),
                lines(*words.who(desk.chat, each), between=" · "),
                words.what(each),
                lines(*words.about(desk.chat, each), between=" · "),
            )
            for each in rows[:PAGE]
        ],
        "following": following,
        "acts": [("", say("Everything")), *((str(each), WHAT[each]) for each in Act)],
        "found": [(each.id, person(each.name, each.id)) for each in found]
        if len(found) > 1
        else [],
        "by": shown,
        "nobody": nobody if name and not found else None,
    }
    return Page("audit.html", say("Audit"), facts)


def _day(words: str) -> date | None:
    """A day of a form; None for what is none, which filters nothing."""
    try:
        day = date.fromisoformat(words)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None


def _midnight(desk: Desk, day: date) -> datetime:
    return datetime.combine(day, time(), desk.care.zone).astimezone(UTC)
