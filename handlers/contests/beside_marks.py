"""What judges do besides marking: a note, a conflict that hands an entry on, dropping out."""

from collections.abc import Generator, Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question
from bot.conversation.messages import Button, Reply, lines, say
from bot.conversation.routing import Router
from handlers.contests.judging import card, named, next_entry, nothing, own, title_of
from handlers.contests.judging_buttons import (
    DropOut,
    GoOnJudging,
    HaveConflict,
    MarkEntry,
    WriteNote,
)
from models.contests import assignments, judges, scores

router = Router()


@router.dialog("judge-note")
def take_note(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    words = yield Question(
        "note",
        say("Your note on it, for the organizers:")
        if not start["shown"]
        else say("Your note on it, which its authors read as well:"),
        check=lambda words: words,
        many_lines=True,
    )
    return start["assignment_id"], words


@router.button(WriteNote)
def write(chat: Chat, press: WriteNote) -> Reply:
    found = own(chat, press.assignment_id)
    if found is None:
        return nothing()
    return take_note.begin(chat, assignment_id=press.assignment_id, shown=int(found[3].shows_notes))


@take_note.done
def took_note(chat: Chat, form: tuple[int, str]) -> Reply:
    found = own(chat, form[0])
    if found is None or not scores.note(chat.session, *form, chat.member.id, chat.now):
        return nothing()
    row, judge_row, contest, how = found
    kept = say("✅ The note is kept.")
    if row.done_at is None:
        return card(chat, row, contest, how, before=kept)
    return next_entry(chat, judge_row, contest, after=row.id, before=kept)


@router.button(HaveConflict)
def conflict(chat: Chat, press: HaveConflict) -> Reply:
    found = own(chat, press.assignment_id)
    if found is None:
        return nothing()
    row, judge_row, contest, how = found
    if not press.sure:
        return Reply(
            say(
                "You know who made {entry}, or have a part in it? Then somebody else judges it.",
                entry=named(how, scores.of_entry(chat.session, row)),
            ),
            buttons=(
                Button(say("Back"), MarkEntry(row.id)),
                Button(say("Hand it on"), HaveConflict(row.id, 1)),
            ),
        )
    assignments.decline(chat.session, row.id, chat.member.id, chat.now)
    return next_entry(chat, judge_row, contest, before=say("✅ Somebody else judges it."))


@router.button(DropOut)
def drop_out(chat: Chat, press: DropOut) -> Reply:
    found = judges.own(chat.session, press.judge_id, chat.member.id)
    if found is None:
        return nothing()
    row, contest = found
    if not press.sure:
        return Reply(
            lines(
                say("Stop judging {title}?", title=title_of(contest)),
                say("What you haven't marked goes to the others; your marks stay."),
            ),
            buttons=(
                Button(say("Back"), GoOnJudging(row.id)),
                Button(say("Stop judging"), DropOut(row.id, 1)),
            ),
        )
    assignments.leave(chat.session, row.id, chat.member.id, chat.now)
    return nothing(say("All right. Thank you for what you have marked."))
