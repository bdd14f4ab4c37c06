"""Entries for those who run a contest: complete or not, sent back, hidden, shown again."""

from collections.abc import Generator, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question
from bot.conversation.messages import Button, Choice, Reply, Sayable, When, lines, listing, say
from bot.conversation.routing import Router
from handlers import dates
from handlers.contests import running, wording
from handlers.contests.buttons import (
    RUN_CONTESTS,
    RunContest,
    RunEntries,
    RunEntry,
    ShowPart,
)
from handlers.permission import why_sent_back
from handlers.words import DOT, person
from models.contests import categories, entries, organizing, parts
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.organizing import Listed
from models.rules.contests import states
from models.rules.contests.states import EntryState, Phase

router = Router()

PAGE = 8
FILTERS: Mapping[str, Sayable] = {
    "": say("All"),
    **{state: said for state, said in wording.TAGS.items() if state is not EntryState.WITHDRAWN},
}
"""What a list of entries can be narrowed to; here and at the desk."""

REPAIR = timedelta(days=3)


@router.button(RunEntries)
def list_entries(chat: Chat, press: RunEntries) -> Reply:
    contest, refusal = running.to_run(chat, press.contest_id)
    if contest is None:
        return refusal
    state = EntryState(press.state) if press.state in set(EntryState) else None
    rows = organizing.page(chat.session, contest, state=state, after=press.after, limit=PAGE + 1)
    back = Button(say("Back"), RunContest(contest.id))
    is_unfinished = state is EntryState.GATHERING
    other = (
        Button(say("All"), RunEntries(contest.id))
        if is_unfinished
        else Button(say("Unfinished"), RunEntries(contest.id, EntryState.GATHERING))
    )
    if not rows:
        return Reply(
            lines(wording.title_of(contest), say("There is no entry here.")), buttons=(other, back)
        )
    more = (
        (Button(say("More"), RunEntries(contest.id, press.state, rows[PAGE - 1].entry.id)),)
        if len(rows) > PAGE
        else ()
    )
    return Reply(
        lines(wording.title_of(contest), say("Entries:")),
        tuple(
            Choice(n, wording.named(each.entry), RunEntry(each.entry.id), _line(each))
            for n, each in enumerate(rows[:PAGE], start=1)
        ),
        (*more, other, back),
    )


def _line(each: Listed) -> Sayable:
    is_draft = each.entry.state in (EntryState.GATHERING, EntryState.RETURNED)
    return lines(
        wording.named(each.entry),
        person(each.author.name, each.author.id) if each.author is not None else None,
        wording.STATES[each.entry.state],
        wording.lacking(each.lacks) if is_draft else None,
        between=DOT,
    )


def to_check(chat: Chat, entry_id: int) -> tuple[Entry | None, Reply]:
    entry = entries.get(chat.session, entry_id)
    contest, refusal = running.to_run(chat, entry.contest_id if entry is not None else 0)
    is_told = entry is not None and contest is not None and organizing.is_told(contest, entry)
    return (entry if is_told else None), refusal


@router.button(RunEntry)
def run_entry(chat: Chat, press: RunEntry) -> Reply:
    entry, refusal = to_check(chat, press.entry_id)
    if entry is None:
        return refusal
    match press.what:
        case "back":
            contest = chat.session.get_one(Contest, entry.contest_id)
            is_open = states.phase_of(contest, chat.now) is Phase.ENTERING
            return back_for_repair.begin(
                chat, entry_id=entry.id, is_open=is_open, now=chat.now.isoformat()
            )
        case "hide":
            return why_hidden.begin(chat, entry_id=entry.id)
        case "show":
            organizing.show(chat.session, entry.id, chat.member.id, chat.now)
            return _card(chat, entry, before=say("✅ It takes part again."))
        case _:
            return _card(chat, entry)


def _card(chat: Chat, entry: Entry, *, before: Sayable | None = None) -> Reply:
    contest = chat.session.get_one(Contest, entry.contest_id)
    names = organizing.authors(chat.session, [entry.id]).get(entry.id, [])
    category = next(
        (
            each.text_of("title")
            for each in categories.of_contest(chat.session, contest.id)
            if each.id == entry.category_id
        ),
        None,
    )
    there = parts.of_entry(chat.session, entry.id)
    lacks = entries.lacks_of(chat.session, entry, contest)
    return Reply(
        lines(
            before,
            lines(wording.named(entry), entry.code, category, between=DOT),
            lines(wording.STATES[entry.state], listing(*names) if names else None, between=DOT),
            say("Why: {reason}", reason=entry.reason) if entry.reason else None,
            say("In it: {what}", what=wording.inside(there)),
            wording.lacking(lacks),
        ),
        buttons=_buttons(entry),
    )


def _buttons(entry: Entry) -> tuple[Button, ...]:
    look = Button(say("Look at it"), ShowPart(entry.id))
    back = Button(say("Send it back"), RunEntry(entry.id, "back"))
    hide = Button(say("Hide it"), RunEntry(entry.id, "hide"))
    others = Button(say("Entries"), RunEntries(entry.contest_id))
    match entry.state:
        case EntryState.HANDED_IN:
            return (look, back, hide)
        case EntryState.RETURNED:
            return (look, hide, others)
        case EntryState.HIDDEN:
            return (look, Button(say("Show it again"), RunEntry(entry.id, "show")), others)
        case EntryState.GATHERING | EntryState.WITHDRAWN:
            return (look, others, RUN_CONTESTS)


@router.dialog("entry-back")
def back_for_repair(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    reason = yield why_sent_back(say("What shall be mended? The author will read it."))
    until = None
    if not start["is_open"]:
        until = yield until_when(start["now"])
    return start["entry_id"], reason or "", until


def until_when(now: str) -> Question:
    usual = datetime.fromisoformat(now) + REPAIR
    return Question(
        "until",
        say("Until when can they mend it?"),
        options=(Option(dates.kept(usual, None), lines(When(usual))),),
        read=dates.read,
    )


@back_for_repair.done
def send_back(chat: Chat, form: tuple[int, str, str | None]) -> Reply:
    entry, refusal = to_check(chat, form[0])
    if entry is None:
        return refusal
    until = dates.span(form[2], timedelta())[0] if form[2] else None
    done = organizing.send_back(chat.session, entry.id, form[1], until, chat.member.id, chat.now)
    said = (
        say("✅ Sent back. The author is told, with your words.")
        if done is not None
        else say("That's not possible any more.")
    )
    return _card(chat, entry, before=said)


@router.dialog("entry-hide")
def why_hidden(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    reason = yield why_sent_back(say("Why is it hidden? The author will read it."))
    return start["entry_id"], reason or ""


@why_hidden.done
def hide(chat: Chat, form: tuple[int, str]) -> Reply:
    entry, refusal = to_check(chat, form[0])
    if entry is None:
        return refusal
    done = organizing.hide(chat.session, entry.id, form[1], chat.member.id, chat.now)
    said = (
        say("✅ Hidden. It takes no part; the author is told why.")
        if done is not None
        else say("That's not possible any more.")
    )
    return _card(chat, entry, before=said)
