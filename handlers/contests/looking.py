"""Entries as they are shown: part by part to their authors and organizers, as a whole to others."""

from collections.abc import Sequence

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Reply, Sayable, lines, listing, say
from bot.conversation.routing import Router
from handlers.actions import MENU
from handlers.contests import entry_files, gathering, voting, wording
from handlers.contests.buttons import (
    CONTESTS,
    MY_ENTRIES,
    AddPart,
    MovePart,
    OpenContest,
    OpenEntry,
    ReadNotes,
    RunEntry,
    ShowPart,
    TakeOut,
)
from handlers.contests.finding import found, gone
from handlers.words import DOT
from models.contests import authors, entries, gallery, notes, organizing, parts, votes
from models.contests import gathering as verbs
from models.contests.contests import Contest
from models.contests.entries import Entry, Shut
from models.contests.parts import EntryPart
from models.rules.contests.states import PartKind

router = Router()


@router.button(ShowPart)
def show_part(chat: Chat, press: ShowPart) -> Reply:
    """A part of an entry, for its authors and for those who run the contest."""
    entry = entries.get(chat.session, press.entry_id)
    if entry is None or not entry_files.may_look(chat.session, chat.now, chat.member.id, entry):
        return gathering.not_theirs()
    there = parts.of_entry(chat.session, entry.id)
    is_own = gathering.own(chat, entry.id) is not None
    contest = chat.session.get_one(Contest, entry.contest_id)
    runs = organizing.may_run(chat.session, contest, chat.member.id, chat.now)
    back = (
        Button(say("My entry"), OpenEntry(entry.id))
        if is_own
        else Button(say("Back"), RunEntry(entry.id) if runs else voting.ReadEntry(entry.id))
    )
    if not there:
        add = (Button(say("Add to it"), AddPart(entry.id)),) if is_own else ()
        return Reply(lines(wording.named(entry), say("nothing yet")), buttons=(*add, back))
    at = next((n for n, each in enumerate(there) if each.id == press.part_id), 0)
    heading = say(
        "{entry}, part {n} of {all}", entry=wording.named(entry), n=at + 1, all=len(there)
    )
    if not (is_own or runs):
        return _read_on(chat, entry, there, at, press.piece, heading, back)
    return Reply(
        lines(heading, *_said(there[at], wording.folded(there[at].text))),
        buttons=_around(chat, entry, contest, there, at, back, is_own=is_own),
        file=entry_files.file_of(chat, entry, there[at]),
    )


def _read_on(
    chat: Chat,
    entry: Entry,
    there: Sequence[EntryPart],
    at: int,
    piece: int,
    heading: Sayable,
    back: Button,
) -> Reply:
    """A part for whoever votes: a long text goes on in the next message, and there is no page."""
    pieces = wording.pieces(chat, there[at].text)
    piece = piece if 0 <= piece < len(pieces) else 0
    on: tuple[Button, ...] = ()
    if piece + 1 < len(pieces):
        on = (Button(say("Read on"), ShowPart(entry.id, there[at].id, piece + 1)),)
    elif at + 1 < len(there):
        on = (Button(say("Next part"), ShowPart(entry.id, there[at + 1].id)),)
    is_voted_on = votes.is_open(chat.session, entry.contest_id, chat.now)
    ways = voting.with_choice(chat, entry, back) if is_voted_on else (back,)
    return Reply(
        lines(heading, *_said(there[at], pieces[piece])),
        buttons=(*on, *ways),
        file=entry_files.file_of(chat, entry, there[at]) if not piece else None,
    )


def _around(
    chat: Chat,
    entry: Entry,
    contest: Contest,
    there: Sequence[EntryPart],
    at: int,
    back: Button,
    *,
    is_own: bool,
) -> tuple[Button, ...]:
    """On to the next part, and what can be done with this one; the whole page where it is last."""
    part, is_last = there[at], at + 1 == len(there)
    if is_last:
        on = Button(say("Its page"), url=page_of(chat.session, entry))
    else:
        on = Button(say("Next part"), ShowPart(entry.id, there[at + 1].id))
    if not is_own or not gathering.may_change(chat, entry, contest):
        return (on, back)
    if at:
        return (
            on,
            Button(say("Move it up"), MovePart(entry.id, part.id)),
            Button(say("Take it out"), TakeOut(entry.id, part.id)),
        )
    return (on, back, Button(say("Take it out"), TakeOut(entry.id, part.id)))


def page_of(session: Session, entry: Entry) -> str:
    """The path of an entry's page, with the key that opens it before everybody may."""
    return f"/w/{entry.contest_id}/{entry.code}?see={gallery.key_of(session, entry.id)}"


def _said(part: EntryPart, text: str) -> list[Sayable]:
    match part.kind:
        case PartKind.TEXT:
            return [text]
        case PartKind.PICTURE:
            return [part.text or say("A picture, attached.")]
        case PartKind.AUDIO:
            return [say("A recording, attached.")]
        case PartKind.LINK:
            return [part.text]


@router.button(MovePart)
def move_part(chat: Chat, press: MovePart) -> Reply:
    entry = gathering.own(chat, press.entry_id)
    if entry is None:
        return gathering.not_theirs()
    by = chat.member.id
    done = verbs.move_up(chat.session, entry.id, press.part_id, by, chat.now)
    if isinstance(done, Shut):
        return gathering.shut(done.contest, done.phase)
    return show_part(chat, ShowPart(entry.id, press.part_id))


@router.button(TakeOut)
def take_out(chat: Chat, press: TakeOut) -> Reply:
    entry = gathering.own(chat, press.entry_id)
    if entry is None:
        return gathering.not_theirs()
    if not press.sure:
        return Reply(
            say("Take this part out of {title} for good?", title=wording.named(entry)),
            buttons=(
                Button(say("Keep it"), ShowPart(entry.id, press.part_id)),
                Button(say("Take it out"), TakeOut(entry.id, press.part_id, 1)),
            ),
        )
    done = verbs.take_out(chat.session, entry.id, press.part_id, chat.member.id, chat.now)
    if isinstance(done, Shut):
        return gathering.shut(done.contest, done.phase)
    return gathering.card(chat, entry, before=say("✅ Taken out."))


@router.button(ReadNotes)
def read_notes(chat: Chat, press: ReadNotes) -> Reply:
    """A note on one's own entry, one a message: each may be long."""
    entry = gathering.own(chat, press.entry_id)
    if entry is None:
        return gathering.not_theirs()
    written = notes.for_authors(chat.session, entry)
    if not 0 <= press.at < len(written):
        return gathering.card(chat, entry)
    back = Button(say("My entry"), OpenEntry(entry.id))
    more = Button(say("Next note"), ReadNotes(entry.id, press.at + 1))
    return Reply(
        lines(
            say(
                "{entry}, note {n} of {all} by its judges:",
                entry=wording.named(entry),
                n=press.at + 1,
                all=len(written),
            ),
            written[press.at],
        ),
        buttons=(more, back) if press.at + 1 < len(written) else (back,),
    )


def shown_to_all(chat: Chat, entry: Entry) -> Reply:
    """An entry for somebody who came by its link."""
    if gathering.own(chat, entry.id) is not None:
        return gathering.card(chat, entry)
    contest = found(chat, entry.contest_id)
    if contest is None:
        return gone()
    back = Button(say("The contest"), OpenContest(contest.id))
    if not voting.may_read(chat, entry):
        return Reply(say("This entry isn't shown."), buttons=(back, CONTESTS, MENU))
    shown = gallery.one(chat.session, entry)
    first = next((each.text for each in shown.parts if each.kind is PartKind.TEXT), "")
    names = authors.names_of(chat.session, entry.id)
    is_voted_on = votes.is_open(chat.session, contest.id, chat.now)
    return Reply(
        lines(
            lines(wording.named(entry), wording.title_of(contest), between=DOT),
            listing(*names) if names else None,
            " ".join(wording.folded(first).split()) or None,
        ),
        buttons=voting.below(chat, entry)
        if is_voted_on
        else (voting.whole(chat, entry), back, MY_ENTRIES),
    )
