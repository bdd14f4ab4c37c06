"""The entries of a contest at the desk: what each lacks, as it is shown, sent back or hidden."""

from bot.conversation.messages import listing, say
from console.desk import Desk
from console.pages.contests.section import ENTRIES, ENTRY, found, found_entry, path_of, section
from console.pages.events import forms
from console.routing import Asked, Done, File, Missing, Page, Wrong
from handlers.contests import wording
from handlers.contests.checking import FILTERS
from handlers.permission import LONGEST_REASON
from models.contests import authors, categories, entries, gallery, organizing, parts
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.rules.contests import states
from models.rules.contests.states import EntryState, Form, Phase
from models.rules.texts import one_line

PAGE = 30
CLASSES = {
    EntryState.HANDED_IN: "good",
    EntryState.RETURNED: "care",
    EntryState.HIDDEN: "bad",
    EntryState.WITHDRAWN: "bad",
}


@section.page(ENTRIES)
def shows_entries(desk: Desk, asked: Asked) -> Page:
    contest, _station = found(desk, asked)
    said, category = asked.word("state"), asked.number("category", 0)
    state = EntryState(said) if said in set(EntryState) else None
    rows = organizing.page(
        desk.session,
        contest,
        state=state,
        category_id=category or None,
        after=asked.number("after", 0),
        limit=PAGE + 1,
    )
    shown = rows[:PAGE]
    names = organizing.authors(desk.session, [each.entry.id for each in shown])
    kinds = categories.of_contest(desk.session, contest.id)
    by_id = {each.id: each.text_of("title") for each in kinds}
    facts = {
        "contest": contest,
        "here": path_of(contest, "entries"),
        "back": path_of(contest),
        "rows": [
            (
                each.entry,
                wording.named(each.entry),
                by_id.get(each.entry.category_id or 0, ""),
                listing(*names.get(each.entry.id, ())),
                wording.TAGS[each.entry.state],
                CLASSES.get(each.entry.state, ""),
                wording.lacking(each.lacks)
                if each.entry.state in (EntryState.GATHERING, EntryState.RETURNED)
                else None,
            )
            for each in shown
        ],
        "following": asked.query(after=rows[PAGE - 1].entry.id) if len(rows) > PAGE else "",
        "state": said,
        "states": [
            (each, label, asked.query(state=each or None, after=None))
            for each, label in FILTERS.items()
        ],
        "categories": [("", say("All")), *((each.id, by_id[each.id]) for each in kinds)],
    }
    title = say("Entries: {title}", title=wording.title_of(contest))
    return Page("contests/entries.html", title, facts)


@section.page(ENTRY)
def shows_entry(desk: Desk, asked: Asked) -> Page:
    entry, contest = found_entry(desk, asked)
    here = path_of(contest, f"entries/{entry.id}")
    is_entering = states.phase_of(contest, desk.now) is Phase.ENTERING
    facts = {
        "entry": entry,
        "is_nomination": contest.form is Form.AWARD,
        "here": here,
        "back": path_of(contest, "entries"),
        "state": (wording.TAGS[entry.state], CLASSES.get(entry.state, "")),
        "parts": parts.of_entry(desk.session, entry.id),
        "lacks": wording.lacking(entries.lacks_of(desk.session, entry, contest)),
        "about": _facts(desk, entry, contest),
        "asks_until": not is_entering,
        "repairs": forms.typed(desk, contest.repairs_until) if contest.repairs_until else "",
        "public": desk.house.link_to(f"/w/{contest.id}/{entry.code}")
        if gallery.is_shown(desk.session, entry, desk.now)
        else "",
        "most": LONGEST_REASON,
    }
    return Page("contests/entry.html", wording.named(entry), facts)


def _facts(desk: Desk, entry: Entry, contest: Contest) -> list[tuple[object, object]]:
    names = organizing.authors(desk.session, [entry.id]).get(entry.id, [])
    shown = authors.names_of(desk.session, entry.id)
    by_id = {
        each.id: each.text_of("title") for each in categories.of_contest(desk.session, contest.id)
    }
    rows: list[tuple[object, object]] = [
        (say("Code"), entry.code),
        (say("Authors"), listing(*names) if names else None),
        (say("Name shown"), listing(*shown) if shown else say("No name")),
        (say("Category"), by_id.get(entry.category_id or 0)),
        (say("Whom it stands for"), wording.host_of(desk.session, entry)),
        (say("Why"), entry.reason or None),
    ]
    return [(label, said) for label, said in rows if said is not None]


@section.page(f"{ENTRY}/files/{{part:int}}")
def part_file(desk: Desk, asked: Asked) -> File:
    entry, _contest = found_entry(desk, asked)
    kept = gallery.file_of(desk.session, entry, asked.number("part"))
    if kept is None:
        raise Missing
    return File(f"{entry.code}-{asked.number('part')}", kept.media_type, lambda: kept.content)


@section.act(f"{ENTRY}/back", again=shows_entry)
def send_back(desk: Desk, asked: Asked) -> Done | Wrong:
    entry, contest = found_entry(desk, asked)
    reason = one_line(asked.word("reason"))[:LONGEST_REASON]
    if not reason:
        return Wrong(say("Say in a few words what shall be mended."), "reason")
    until = forms.moment(desk, asked, "until")
    if states.phase_of(contest, desk.now) is not Phase.ENTERING:
        until = until or contest.repairs_until
        if until is None or until <= desk.now:
            return Wrong(say("Until when can they mend it?"), "until")
    by = desk.member.id
    if organizing.send_back(desk.session, entry.id, reason, until, by, desk.now) is None:
        return Wrong(say("That's not possible any more."))
    said = say("✅ Sent back. The author is told, with your words.")
    return Done(path_of(contest, f"entries/{entry.id}"), said)


@section.act(f"{ENTRY}/hide", again=shows_entry)
def hide(desk: Desk, asked: Asked) -> Done | Wrong:
    entry, contest = found_entry(desk, asked)
    reason = one_line(asked.word("reason"))[:LONGEST_REASON]
    if not reason:
        return Wrong(say("Say why in a few words: the author will read it."), "reason")
    if organizing.hide(desk.session, entry.id, reason, desk.member.id, desk.now) is None:
        return Wrong(say("That's not possible any more."))
    said = say("✅ Hidden. It takes no part; the author is told why.")
    return Done(path_of(contest, f"entries/{entry.id}"), said)


@section.act(f"{ENTRY}/show", again=shows_entry)
def show(desk: Desk, asked: Asked) -> Done | Wrong:
    entry, contest = found_entry(desk, asked)
    if organizing.show(desk.session, entry.id, desk.member.id, desk.now) is None:
        return Wrong(say("That's settled already."))
    return Done(path_of(contest, f"entries/{entry.id}"), say("✅ It takes part again."))
