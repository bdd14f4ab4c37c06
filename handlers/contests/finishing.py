"""What an entry needs before it is handed in, asked for one after the other; and its end."""

from collections.abc import Generator, Mapping
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Button, Choice, Reply, Sayable, When, lines, say
from bot.conversation.routing import Router
from handlers.actions import TEAMS
from handlers.contests import gathering, wording
from handlers.contests.buttons import (
    CONTESTS,
    MY_ENTRIES,
    AddPart,
    ChangeEntry,
    EnterContest,
    HandIn,
    OpenContest,
    OpenEntry,
    ShowAuthors,
    ShowPart,
    WithdrawEntry,
)
from models.contests import authors, categories, contests, entries
from models.contests import gathering as verbs
from models.contests.contests import Contest
from models.contests.entries import Done, Entry, Incomplete, Shut
from models.network import stations
from models.rules.contests import states
from models.rules.contests.entering import Lack
from models.rules.contests.states import Enters, EntryState, Form, Named, Phase

router = Router()

LONGEST_TITLE, LONGEST_NICKNAME = 40, 20
TITLE, CATEGORY, HOST, NAMED = "title", "category", "host", "named"


@router.button(HandIn)
def hand_in(chat: Chat, press: HandIn) -> Reply:
    entry = gathering.own(chat, press.entry_id)
    if entry is None:
        return gathering.not_theirs()
    if press.own:
        entries.declare(chat.session, entry.id, chat.now)
    return go_on(chat, entry)


def go_on(chat: Chat, entry: Entry) -> Reply:
    """Ask for the first thing that is missing; hand it in where nothing is."""
    match entries.hand_in(chat.session, entry.id, chat.now):
        case Done(done):
            return _handed_in(chat, done)
        case Shut(contest, phase):
            return gathering.shut(contest, phase)
        case Incomplete(found, lacks):
            return _ask_for(chat, found, lacks[0])
        case never:
            assert_never(never)


def _ask_for(chat: Chat, entry: Entry, lack: Lack) -> Reply:
    match lack:
        case Lack.PARTS:
            return gathering.add_part(chat, AddPart(entry.id))
        case Lack.TITLE:
            return title.begin(chat, entry_id=entry.id, then=1)
        case Lack.CATEGORY:
            return _ask_category(chat, entry, then=1)
        case Lack.HOST:
            return _ask_host(chat, entry, then=1)
        case Lack.AGREEMENT:
            return Reply(
                say("An author hasn't said yes yet. Hand it in once they have, or leave them out."),
                buttons=(Button(say("Authors"), ShowAuthors(entry.id)), _back(entry)),
            )
        case Lack.DECLARATION:
            return _ask_declaration(chat, entry)
        case never:
            assert_never(never)


def _ask_declaration(chat: Chat, entry: Entry) -> Reply:
    """Ask whether it is their own; what is performed may be anybody's, and is only announced."""
    almost = say("Almost there: {title}", title=wording.named(entry))
    yes = HandIn(entry.id, own=1)
    if chat.session.get_one(Contest, entry.contest_id).form is Form.STAGE:
        asked = say("Do you perform it yourself, and may the station announce it in this contest?")
        return Reply(lines(almost, asked), buttons=(Button(say("Yes, I do"), yes), _back(entry)))
    return Reply(
        lines(
            almost,
            say("Is it your own work, and may the station show it in this contest?"),
            say("Whoever is in a picture or can be heard has to agree, too."),
        ),
        buttons=(Button(say("Yes, it's ours"), yes), _back(entry)),
    )


def _handed_in(chat: Chat, entry: Entry) -> Reply:
    contest = chat.session.get_one(Contest, entry.contest_id)
    mine = authors.own(chat.session, entry.id, chat.member.id)
    is_open = states.phase_of(contest, chat.now) is Phase.ENTERING
    return Reply(
        lines(
            say(
                "✅ Handed in: {title}. Its code is {code}.",
                title=wording.named(entry),
                code=entry.code,
            ),
            say("You can change it until {when}.", when=When(contest.closes_at, near=True))
            if is_open
            else None,
            say("Your name isn't shown beside it.")
            if mine is not None and mine.named is Named.NOBODY
            else None,
        ),
        buttons=(
            Button(say("Look at it"), ShowPart(entry.id)),
            Button(say("Name shown"), ChangeEntry(entry.id, NAMED)),
            _back(entry),
        ),
    )


def _back(entry: Entry) -> Button:
    return Button(say("My entry"), OpenEntry(entry.id))


# What can be changed


@router.button(ChangeEntry)
def change(chat: Chat, press: ChangeEntry) -> Reply:
    entry = gathering.own(chat, press.entry_id)
    if entry is None:
        return gathering.not_theirs()
    match press.what:
        case "title":
            return title.begin(chat, entry_id=entry.id, then=0)
        case "category":
            return _ask_category(chat, entry, then=0)
        case "host":
            return _ask_host(chat, entry, then=0)
        case "named":
            return shown_name.begin(chat, entry_id=entry.id)
        case _:
            return _all(chat, entry)


def _all(chat: Chat, entry: Entry) -> Reply:
    contest = chat.session.get_one(Contest, entry.contest_id)
    may = gathering.may_change(chat, entry, contest)
    rows: list[tuple[Sayable, Any]] = [(say("See it as it's shown"), ShowPart(entry.id))]
    if may:
        rows.append((say("Its title"), ChangeEntry(entry.id, TITLE)))
        if categories.of_contest(chat.session, contest.id):
            rows.append((say("Category"), ChangeEntry(entry.id, CATEGORY)))
        if contest.enters is not Enters.PERSON:
            rows.append((say("Whom it stands for"), ChangeEntry(entry.id, HOST)))
        if contest.most_authors > 1:
            rows.append((say("Authors"), ShowAuthors(entry.id)))
    rows.append((say("Name shown"), ChangeEntry(entry.id, NAMED)))
    theirs = entries.of_member_in(chat.session, contest.id, chat.member.id)
    is_entering = states.phase_of(contest, chat.now) is Phase.ENTERING
    if is_entering and len(theirs) < contest.most_entries:
        rows.append((say("Hand in another one"), EnterContest(contest.id, another=1)))
    if entry.member_id == chat.member.id and entry.state is not EntryState.WITHDRAWN:
        rows.append((say("Withdraw my entry"), WithdrawEntry(entry.id)))
    return Reply(
        lines(wording.named(entry), say("What would you like?")),
        tuple(Choice(n, label, action) for n, (label, action) in enumerate(rows, start=1)),
        (_back(entry), Button(say("The contest"), OpenContest(contest.id))),
    )


def _kept(chat: Chat, entry_id: int, outcome: Done | Shut | None, then: int) -> Reply:
    """Go on after an answer: to what is still missing, or back to the entry."""
    match outcome:
        case None:
            return gathering.not_theirs()
        case Shut(contest, phase):
            return gathering.shut(contest, phase)
        case Done(entry):
            return go_on(chat, entry) if then else gathering.card(chat, entry)
        case never:
            assert_never(never)


@router.dialog("entry-title")
def title(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    words = yield Question("title", say("What is it called?"), check=_title)
    return start["entry_id"], words, start["then"]


def _title(words: str) -> str | Wrong:
    if len(words) > LONGEST_TITLE:
        return Wrong(say("That's long; {n} characters at most.", n=LONGEST_TITLE))
    return words


@title.done
def keep_title(chat: Chat, form: tuple[int, str, int]) -> Reply:
    entry_id, words, then = form
    done = verbs.name(chat.session, entry_id, words, chat.member.id, chat.now)
    return _kept(chat, entry_id, done, then)


@router.dialog("entry-category")
def category(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    picked = yield Question(
        "category",
        say("Which category?"),
        offer=lambda session: [
            Option(str(each.id), each.text_of("title"))
            for each in categories.of_contest(session, start["contest_id"])
        ],
    )
    return start["entry_id"], int(picked), start["then"]


def _ask_category(chat: Chat, entry: Entry, then: int) -> Reply:
    return category.begin(chat, entry_id=entry.id, contest_id=entry.contest_id, then=then)


@category.done
def keep_category(chat: Chat, form: tuple[int, int, int]) -> Reply:
    entry_id, picked, then = form
    done = verbs.sort(chat.session, entry_id, picked, chat.member.id, chat.now)
    return _kept(chat, entry_id, done, then)


@router.dialog("entry-host")
def host(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    picked = yield Question(
        "host",
        say("For whom is it?"),
        options=tuple(Option(value, label) for value, label in start["hosts"]),
    )
    return start["entry_id"], picked, start["then"]


def _ask_host(chat: Chat, entry: Entry, then: int) -> Reply:
    contest = chat.session.get_one(Contest, entry.contest_id)
    by = chat.member.id
    if contest.enters is Enters.TEAM:
        hosts = [
            (f"t{each.id}", each.text_of("name").to(chat.language))
            for each in verbs.teams_of(chat.session, by, chat.now)
        ]
        none = say("Teams enter here, by their captain or deputy. You lead none.")
    else:
        numbers = verbs.companies_of(chat.session, by, chat.now)
        hosts = [
            (f"c{number}", name.to(chat.language))
            for number, name in stations.enterprises(chat.session, numbers)
        ]
        none = say("Companies enter here, by the organizers of their contact point.")
    if not hosts:
        return Reply(none, buttons=(TEAMS, _back(entry), CONTESTS))
    return host.begin(chat, entry_id=entry.id, hosts=hosts, then=then)


@host.done
def keep_host(chat: Chat, form: tuple[int, str, int]) -> Reply:
    entry_id, picked, then = form
    enter = verbs.enter_for_team if picked[0] == "t" else verbs.enter_for_company
    done = enter(chat.session, entry_id, int(picked[1:]), chat.member.id, chat.now)
    return _kept(chat, entry_id, done, then)


# What everybody may read of an author


@router.dialog("entry-named")
def shown_name(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    picked = yield Question(
        "named",
        say("What shall everybody read beside it, where the entries are shown?"),
        options=(
            Option(Named.NOBODY, say("No name")),
            Option(Named.NICKNAME, say("A nickname")),
            Option(Named.NAME, say("My name")),
        ),
    )
    nickname = ""
    if picked == Named.NICKNAME:
        nickname = yield Question("nickname", say("Which nickname?"), check=_nickname)
    return start["entry_id"], picked, nickname


def _nickname(words: str) -> str | Wrong:
    if len(words) > LONGEST_NICKNAME:
        return Wrong(say("That's long; {n} characters at most.", n=LONGEST_NICKNAME))
    return words


@shown_name.done
def keep_name(chat: Chat, form: tuple[int, str, str]) -> Reply:
    entry_id, picked, nickname = form
    done = authors.show_as(
        chat.session, entry_id, chat.member.id, Named(picked), nickname, chat.now
    )
    entry = entries.get(chat.session, entry_id)
    if done is None or entry is None:
        return gathering.not_theirs()
    said = {
        Named.NOBODY: say("✅ Nobody's name is shown for you."),
        Named.NICKNAME: say("✅ Shown as: {name}", name=nickname),
        Named.NAME: say("✅ Your name is shown: {name}", name=chat.member.name)
        if chat.member.name
        else say("✅ Your name is shown, once you have told it under Profile."),
    }
    return gathering.card(chat, entry, before=said[done.named])


# Out of it


@router.button(WithdrawEntry)
def withdraw(chat: Chat, press: WithdrawEntry) -> Reply:
    entry = gathering.own(chat, press.entry_id)
    if entry is None:
        return gathering.not_theirs()
    if not press.sure:
        return Reply(
            say(
                "Withdraw {title}? It takes no part then, and isn't shown.",
                title=wording.named(entry),
            ),
            buttons=(_back(entry), Button(say("Withdraw my entry"), WithdrawEntry(entry.id, 1))),
        )
    if entries.withdraw(chat.session, entry.id, chat.member.id, chat.now) is None:
        contest = contests.get(chat.session, entry.contest_id)
        late = say("That's not possible any more.")
        back = Button(say("The contest"), OpenContest(contest.id)) if contest else CONTESTS
        return Reply(late, buttons=(back, MY_ENTRIES))
    return Reply(
        say("✅ {title} is withdrawn.", title=wording.named(entry)), buttons=(MY_ENTRIES, CONTESTS)
    )
