"""The lists of letters: those that wait by age, one's own, those answered, all to be read."""

from console.desk import Desk
from console.pages.desk.section import from_key, section, tabs, to_key
from console.routing import Asked, Missing, Page
from handlers.desk import answering as words
from handlers.desk import letters
from models.desk import listing, threads
from models.desk.listing import Which

PAGE = 25


@section.page("/desk")
def shows_list(desk: Desk, asked: Asked) -> Page:
    which = asked.word("which", Which.WAITING)
    if which not in set(Which):
        raise Missing
    after = from_key(asked.word("after"))
    rows = listing.page(
        desk.session, desk.member.id, desk.now, Which(which), after=after, limit=PAGE + 1
    )
    last = rows[PAGE - 1].thread if len(rows) > PAGE else None
    key = to_key(last.waits_since, last.id) if last is not None else ""
    facts = {
        "rows": rows[:PAGE],
        "following": asked.query(after=key) if key else "",
        "tabs": tabs(desk),
        "open": which,
        "kinds": letters.KINDS,
        "short": letters.short,
        "state": words.state,
        "taken_by": words.taken_by,
        "waits": lambda thread: threads.is_waiting(thread, desk.now),
        "age": lambda thread: letters.age(thread.waits_since, desk.now),
    }
    return Page("letters.html", section.label, facts)


@section.page("/desk/often")
def often(desk: Desk, asked: Asked) -> Page:
    """What several members asked alike: a page of its own, since many threads are compared."""
    groups = listing.asked_often(desk.session, desk.member.id, desk.now, PAGE)
    title = {name: label for name, _path, label in tabs(desk)}["often"]
    facts = {"groups": groups, "tabs": tabs(desk), "open": "often", "short": letters.short}
    return Page("often.html", title, facts)
