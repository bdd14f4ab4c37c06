"""The authors of an entry in the chat: asked by name or by a code, agreeing or refusing."""

from collections.abc import Generator, Mapping
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question
from bot.conversation.messages import Button, Choice, Reply, Sayable, lines, listing, say
from bot.conversation.routing import Drop, Router
from handlers.contests import gathering, wording
from handlers.contests.buttons import (
    CONTESTS,
    MY_ENTRIES,
    AddAuthor,
    AnswerAuthor,
    LeaveOutAuthor,
    OpenEntry,
    ShowAuthors,
)
from handlers.words import person
from models.contests import authors, entries
from models.contests.authors import Asked, Full, Unknown
from models.contests.contests import Contest
from models.contests.entries import Entry, EntryAuthor, Shut
from models.network import members
from models.network.members import Member
from models.sending.reasons import Reason

router = Router()


@router.button(ShowAuthors)
def show(chat: Chat, press: ShowAuthors) -> Reply:
    entry = gathering.own(chat, press.entry_id)
    return _list(chat, entry) if entry is not None else gathering.not_theirs()


def _list(chat: Chat, entry: Entry, *, before: Sayable | None = None) -> Reply:
    contest = chat.session.get_one(Contest, entry.contest_id)
    people = authors.people_of(chat.session, entry.id)
    others = [each for each in people if each[0].member_id != chat.member.id]
    leads = entry.member_id == chat.member.id
    add = (Button(say("Add an author"), AddAuthor(entry.id)),)
    has_room = leads and len(people) < contest.most_authors
    return Reply(
        lines(
            before,
            say("Authors of {title}:", title=wording.named(entry)),
            listing(*(_line(row, member) for row, member in people)),
            say("Tap one to leave them out.") if leads and others else None,
        ),
        tuple(
            Choice(n, person(member.name, member.id), LeaveOutAuthor(entry.id, row.id))
            for n, (row, member) in enumerate(others, start=1)
        )
        if leads
        else (),
        (*(add if has_room else ()), Button(say("My entry"), OpenEntry(entry.id))),
    )


def _line(row: EntryAuthor, member: Member) -> Sayable:
    name = person(member.name, member.id)
    return name if row.agreed_at is not None else say("{name} (asked)", name=name)


@router.dialog("entry-author")
def colleague(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    words = yield Question(
        "name",
        say("Who else made it? Write the name of a colleague or somebody in a team of yours."),
        check=lambda words: words[:60],
    )
    return start["entry_id"], words


@router.button(AddAuthor)
def add(chat: Chat, press: AddAuthor) -> Reply:
    entry = gathering.own(chat, press.entry_id)
    if entry is None:
        return gathering.not_theirs()
    if press.by_code:
        return _code(chat, entry)
    return colleague.begin(chat, entry_id=entry.id)


def _code(chat: Chat, entry: Entry) -> Reply:
    code = authors.code_of(chat.session, entry.id).lower()
    return Reply(
        lines(
            say("Let them send this to the station:"),
            f"a{entry.id}-{code}",
            say("Whoever sends it becomes an author, so pass it on to them alone."),
        ),
        buttons=(
            Button(say("Authors"), ShowAuthors(entry.id)),
            Button(say("My entry"), OpenEntry(entry.id)),
        ),
    )


@colleague.done
def ask(chat: Chat, form: tuple[int, str]) -> Reply:
    entry_id, name = form
    entry = gathering.own(chat, entry_id)
    if entry is None:
        return gathering.not_theirs()
    match authors.ask(chat.session, entry_id, name, chat.member.id, chat.now):
        case None:
            return gathering.not_theirs()
        case Shut(contest, phase):
            return gathering.shut(contest, phase)
        case Full(most):
            return _list(chat, entry, before=say("There can be {n} authors, no more.", n=most))
        case Unknown():
            return Reply(
                say("I find nobody you know by that name. Pass a code on to them instead."),
                buttons=(
                    Button(say("Show the code"), AddAuthor(entry.id, 1)),
                    Button(say("Authors"), ShowAuthors(entry.id)),
                ),
            )
        case Asked():
            return _list(chat, entry, before=say("✅ {name} is asked and can say no.", name=name))
        case never:
            assert_never(never)


@router.button(LeaveOutAuthor)
def leave_out(chat: Chat, press: LeaveOutAuthor) -> Reply:
    by = chat.member.id
    done = authors.leave_out(chat.session, press.entry_id, press.author_id, by, chat.now)
    match done:
        case None:
            return gathering.not_theirs()
        case Shut(contest, phase):
            return gathering.shut(contest, phase)
        case Entry() as entry:
            return _list(chat, entry, before=say("✅ Left out."))
        case never:
            assert_never(never)


# Whoever is asked


@router.notice(authors.ASKED)
def asked(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    row = authors.of_one(chat.session, facts["author"], chat.member.id)
    entry = entries.get(chat.session, row.entry_id) if row is not None else None
    if row is None or entry is None or row.agreed_at is not None or row.refused_at is not None:
        return Drop(Reason.ANSWERED)
    contest = chat.session.get_one(Contest, entry.contest_id)
    leader = entry.member_id
    name = members.names_of(chat.session, [leader]).get(leader, "") if leader is not None else ""
    return Reply(
        lines(
            say(
                "🔔 {name} says that you made {entry} together, for {contest}.",
                name=name or say("Somebody"),
                entry=wording.named(entry),
                contest=wording.title_of(contest),
            ),
            say("With your yes it is handed in as the work of you both."),
        ),
        buttons=(
            Button(say("Yes, I agree"), AnswerAuthor(row.id, 1)),
            Button(say("No, not mine"), AnswerAuthor(row.id, 0)),
        ),
    )


@router.button(AnswerAuthor)
def answer(chat: Chat, press: AnswerAuthor) -> Reply:
    entry = authors.answer(
        chat.session, press.author_id, chat.member.id, chat.now, yes=bool(press.yes)
    )
    if entry is None:
        return gathering.not_theirs()
    if press.yes:
        return gathering.card(chat, entry, before=say("✅ You're an author now."))
    return Reply(
        say("All right, {title} is handed in without you.", title=wording.named(entry)),
        buttons=(MY_ENTRIES, CONTESTS),
    )


@router.notice(authors.ANSWERED)
def answered(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    row = chat.session.get(EntryAuthor, facts["author"])
    entry = entries.get(chat.session, facts["entry"])
    if row is None or entry is None or entry.member_id != chat.member.id:
        return Drop(Reason.OUTDATED)
    name = members.names_of(chat.session, [row.member_id]).get(row.member_id, "")
    told = {"name": name or say("Somebody"), "title": wording.named(entry)}
    said = (
        say("🔔 {name} is an author of {title} now.", **told)
        if row.agreed_at is not None
        else say("🔔 {name} says that {title} isn't theirs.", **told)
    )
    return Reply(said, buttons=(Button(say("My entry"), OpenEntry(entry.id)), MY_ENTRIES))


@router.link("a", typed=True)
def join(chat: Chat, rest: str) -> Reply:
    """The code that an author passed on: ``a12-abc234``."""
    number, _, code = rest.partition("-")
    entry_id = int(number) if number.isdecimal() and len(number) < 10 else 0
    match authors.join(chat.session, entry_id, code, chat.member.id, chat.now):
        case None:
            return Reply(
                say("That code isn't good any more. Ask for a new one."),
                buttons=(CONTESTS, MY_ENTRIES),
            )
        case Shut(contest, phase):
            return gathering.shut(contest, phase)
        case Full(most):
            return Reply(
                say("There can be {n} authors, no more.", n=most), buttons=(CONTESTS, MY_ENTRIES)
            )
        case Entry() as entry:
            return gathering.card(chat, entry, before=say("✅ You're an author now."))
        case never:
            assert_never(never)
