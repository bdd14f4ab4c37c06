"""Handing in over days: begun with a tap, gathered part by part, each kept as it comes."""

import re
from collections.abc import Generator, Mapping
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import Button, Choice, Reply, Sayable, When, lines, say, say_n
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MENU
from handlers.contests import wording
from handlers.contests.buttons import (
    CONTESTS,
    MY_ENTRIES,
    AddPart,
    ChangeEntry,
    EnterContest,
    HandIn,
    MyEntries,
    OpenContest,
    OpenEntry,
    ReadNotes,
    ShowPart,
)
from handlers.contests.finding import found, gone
from handlers.events.audiences import ways_in
from handlers.words import DOT
from models.contests import entries, notes, parts
from models.contests import gathering as verbs
from models.contests.contests import Contest
from models.contests.entries import Done, Enough, Entry, NotForThem, Shut
from models.contests.gathering import Added, Given, NotTaken, WhyNot
from models.rules.contests import entering, states
from models.rules.contests.states import EntryState, PartKind, Phase

router = Router()

ADDRESS = re.compile(r"https?://[^\s]{4,500}")
SCHEME = re.compile(r"\bhttps?://")


def begin(chat: Chat, press: EnterContest) -> Reply:
    """Begin an entry and ask for its first part; whoever has one goes on with it."""
    if found(chat, press.contest_id) is None:
        return gone()
    theirs = entries.of_member_in(chat.session, press.contest_id, chat.member.id)
    if theirs and not press.another:
        return card(chat, theirs[-1])
    match entries.begin(chat.session, press.contest_id, chat.member.id, chat.now):
        case Done(entry):
            contest = chat.session.get_one(Contest, entry.contest_id)
            return _ask(
                chat,
                entry,
                contest,
                lines(
                    say("Your entry to {title} is begun.", title=wording.title_of(contest)),
                    say(
                        "Send {kinds}, one after the other: each is kept at once.",
                        kinds=wording.kinds_of(contest),
                    ),
                    say(
                        "Stop whenever you like; “my entries” goes on, until {when}.",
                        when=When(contest.closes_at, near=True),
                    ),
                ),
            )
        case Enough(entry):
            return card(chat, entry, before=say("That's as many as one can hand in there."))
        case Shut(contest, phase):
            return shut(contest, phase)
        case NotForThem(contest):
            return Reply(
                say("{title} is for others, by your profile.", title=wording.title_of(contest)),
                buttons=(*ways_in(chat, contest.aim), CONTESTS)[:3],
            )
        case never:
            assert_never(never)


def shut(contest: Contest, phase: Phase) -> Reply:
    """Why nothing is handed in or changed any more."""
    title = wording.title_of(contest)
    back = Button(say("The contest"), OpenContest(contest.id))
    match phase:
        case Phase.UPCOMING:
            text = say(
                "{title} takes entries from {when}.", title=title, when=When(contest.opens_at)
            )
        case Phase.CANCELLED:
            text = say("❌ {title} was cancelled.", title=title)
        case Phase.DECIDED:
            text = say("{title} is over, its result is known.", title=title)
        case Phase.ENTERING:
            text = say("This entry takes no part in {title} any more.", title=title)
        case Phase.DRAFT | Phase.CLOSED:
            text = say("{title} takes no more entries or changes.", title=title)
        case never:
            assert_never(never)
    return Reply(text, buttons=(back, MY_ENTRIES, MENU))


def not_theirs() -> Reply:
    return Reply(say("That entry isn't yours, or is gone."), buttons=(MY_ENTRIES, CONTESTS))


# One's own entries


@router.command(
    "entries",
    zh="我的作品",
    also=("继续我的作品", "my entries", "go on with my entry"),
    about=say("My entries to contests"),
)
def mine_by_words(chat: Chat, words: str) -> Reply:
    return mine(chat, MyEntries())


@router.button(MyEntries)
def mine(chat: Chat, press: MyEntries) -> Reply:
    """All entries of a member; the only one that can be changed is opened at once."""
    rows = entries.of_author(chat.session, chat.member.id)
    if not rows:
        return Reply(
            say("You have handed nothing in yet. Contests list what is asked for."),
            buttons=(CONTESTS, EVENTS, MENU),
        )
    open_ = [entry for entry, contest in rows if may_change(chat, entry, contest)]
    if len(open_) == 1 or len(rows) == 1:
        return card(chat, (open_ or [rows[0][0]])[0])
    return Reply(
        say("Your entries:"),
        tuple(
            Choice(
                number,
                wording.named(entry),
                OpenEntry(entry.id),
                lines(
                    wording.named(entry),
                    wording.title_of(contest),
                    wording.STATES[entry.state],
                    between=DOT,
                ),
            )
            for number, (entry, contest) in enumerate(rows[:8], start=1)
        ),
        (CONTESTS, MENU),
    )


def may_change(chat: Chat, entry: Entry, contest: Contest) -> bool:
    phase = states.phase_of(contest, chat.now)
    return entering.may_change(entry.state, phase, entry.repair_until, chat.now)


@router.button(OpenEntry)
def open_entry(chat: Chat, press: OpenEntry) -> Reply:
    entry = own(chat, press.entry_id)
    return card(chat, entry) if entry is not None else not_theirs()


def own(chat: Chat, entry_id: int) -> Entry | None:
    """The entry, for one of its authors."""
    entry = entries.get(chat.session, entry_id)
    is_author = entry is not None and entries.is_author(chat.session, entry_id, chat.member.id)
    return entry if is_author else None


def card(chat: Chat, entry: Entry, *, before: Sayable | None = None) -> Reply:
    """An entry as its author sees it: what is in it, what it lacks, what can be done."""
    contest = chat.session.get_one(Contest, entry.contest_id)
    there = parts.of_entry(chat.session, entry.id)
    lacks = entries.lacks_of(chat.session, entry, contest)
    may = may_change(chat, entry, contest)
    host = wording.host_of(chat.session, entry)
    until = entry.repair_until if entry.state is EntryState.RETURNED else None
    text = lines(
        before,
        lines(wording.named(entry), wording.title_of(contest), host, between=DOT),
        lines(
            wording.STATES[entry.state],
            say("can be changed until {when}", when=When(until or contest.closes_at, near=True))
            if may
            else None,
            between=DOT,
        ),
        say("Why: {reason}", reason=entry.reason) if entry.reason else None,
        say("In it: {what}", what=wording.inside(there)),
        wording.lacking(lacks) if may else None,
    )
    look = Button(say("Look at it"), ShowPart(entry.id))
    if not may:
        has_notes = bool(notes.for_authors(chat.session, entry))
        last = Button(say("Judges' notes"), ReadNotes(entry.id)) if has_notes else MY_ENTRIES
        return Reply(text, buttons=(look, Button(say("More"), ChangeEntry(entry.id)), last))
    more = Button(say("Change or more"), ChangeEntry(entry.id))
    add = Button(say("Add to it"), AddPart(entry.id))
    if entry.state is EntryState.HANDED_IN:
        return Reply(text, buttons=(add, look, more))
    return Reply(text, buttons=(add, Button(say("Hand it in"), HandIn(entry.id)), more))


# Part by part


@router.dialog("entry-part", draft=say("My entry"), worth=lambda _chat, _state: False)
def one_part(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    kinds = start["kinds"]
    given = yield Question(
        "part",
        say("Send the next part, or tap below."),
        check=_taker(kinds, start["left"]),
        pictures=PartKind.PICTURE in kinds,
        private=True,
        sounds=PartKind.AUDIO in kinds,
        many_lines=True,
        skip=say("That's it for now"),
    )
    return start["entry_id"], given


def _taker(kinds: list[str], left: int) -> Any:
    def take(words: str) -> str | Wrong:
        is_link = ADDRESS.fullmatch(words.strip()) is not None
        if SCHEME.search(words) and not is_link and PartKind.LINK in kinds:
            return Wrong(say("Send the link alone, and the words by themselves."))
        if is_link and PartKind.LINK not in kinds:
            return Wrong(say("Links are not taken here."))
        if not is_link and PartKind.TEXT not in kinds:
            return Wrong(say("Texts are not taken here."))
        if len(words) > left:
            return Wrong(
                say(
                    "That's {n} characters; this entry has room for {left}.",
                    n=len(words),
                    left=left,
                )
            )
        return words.strip()

    return take


def _ask(chat: Chat, entry: Entry, contest: Contest, before: Sayable) -> Reply:
    return one_part.begin(
        chat,
        before=before,
        entry_id=entry.id,
        kinds=[str(kind) for kind in contest.takes],
        left=verbs.letters_left(chat.session, entry, contest),
    )


@router.button(AddPart)
def add_part(chat: Chat, press: AddPart) -> Reply:
    entry = own(chat, press.entry_id)
    if entry is None:
        return not_theirs()
    contest = chat.session.get_one(Contest, entry.contest_id)
    if not may_change(chat, entry, contest):
        return shut(contest, states.phase_of(contest, chat.now))
    there = parts.of_entry(chat.session, entry.id)
    if len(there) >= contest.most_parts:
        return card(chat, entry, before=full(contest.most_parts))
    return _ask(chat, entry, contest, say("In it: {what}", what=wording.inside(there)))


def full(most: int) -> Sayable:
    return say_n(
        "It holds {n} part, as many as there can be. Take it out first.",
        "It holds {n} parts, as many as there can be. Take one out first.",
        most,
    )


@one_part.done
def keep_part(chat: Chat, form: tuple[int, Any]) -> Reply:
    """Keep what came, and ask for more; nothing came: show what there is."""
    entry_id, said = form
    entry = own(chat, entry_id)
    if entry is None:
        return not_theirs()
    if said is None:
        return card(chat, entry)
    match verbs.add(chat.session, entry_id, _given(said), chat.member.id, chat.now):
        case None:
            return not_theirs()
        case Shut(contest, phase):
            return shut(contest, phase)
        case NotTaken(contest, why, most):
            return _not_taken(chat, entry, contest, why, most)
        case Added(entry, contest, number):
            if number >= contest.most_parts:
                return card(chat, entry, before=say("✅ Kept."))
            kept = say("✅ Kept: {n} of at most {most}.", n=number, most=contest.most_parts)
            return _ask(chat, entry, contest, kept)
        case never:
            assert_never(never)


def _given(said: Any) -> Given:
    if isinstance(said, str):
        is_link = ADDRESS.fullmatch(said) is not None
        return Given(PartKind.LINK if is_link else PartKind.TEXT, said)
    if "sound" in said:
        return Given(PartKind.AUDIO, sound_id=said["sound"])
    return Given(PartKind.PICTURE, said["text"], picture_id=said["picture"])


def _not_taken(chat: Chat, entry: Entry, contest: Contest, why: WhyNot, most: int) -> Reply:
    match why:
        case WhyNot.TOO_MANY:
            return card(chat, entry, before=full(most))
        case WhyNot.TOO_LONG:
            words = say("That's too long: {n} characters in all fit an entry.", n=most)
        case WhyNot.KIND:
            words = say(
                "That isn't taken here. You can hand in: {kinds}", kinds=wording.kinds_of(contest)
            )
        case never:
            assert_never(never)
    return _ask(chat, entry, contest, words)
