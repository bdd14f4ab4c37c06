"""Organizers' side of threads: the desk, answering, handing over, settling."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question
from bot.conversation.messages import Action, Button, Choice, Reply, Sayable, lines, say, say_n
from bot.conversation.routing import Drop, Router
from handlers.actions import MENU
from handlers.desk import keeping, letters
from handlers.desk.letters import KINDS, subject
from handlers.desk.telling import GONE, Letters, list_letters
from handlers.words import DOT, person, station_name, title
from models.desk import answering, listing, threads
from models.desk.answering import Meanwhile
from models.desk.threads import Thread, ThreadLine, ThreadState
from models.events import pictures
from models.network import members, roles, stations
from models.network.members import Member
from models.sending.reasons import Reason

router = Router()

PAGE = 5
MINE = "mine"


@dataclass(frozen=True, slots=True)
class Desk(Action, tag="desk", once=("wishes",)):
    """The threads that wait; with ``mine`` those that this organizer has answered."""

    skip: int = 0
    what: str = ""


@dataclass(frozen=True, slots=True)
class OpenThread(Action, tag="thread", once=("wish-open",)):
    thread_id: int


@dataclass(frozen=True, slots=True)
class AnswerThread(Action, tag="thread-answer", once=("wish-answer",)):
    thread_id: int


@dataclass(frozen=True, slots=True)
class HandOver(Action, tag="thread-hand"):
    """Hands a thread over to this station's organizers; with 0 asks to whose."""

    thread_id: int
    station_id: int = 0


@dataclass(frozen=True, slots=True)
class GiveThread(Action, tag="thread-give"):
    """Lets one of those who may read a thread take it; with 0 nobody takes it any more."""

    thread_id: int
    to: int = 0


@dataclass(frozen=True, slots=True)
class Settle(Action, tag="thread-settle"):
    """Settles what was read: up to this line of its member, or with 0 whatever there is."""

    thread_id: int
    line_id: int = 0


DESK = Button(say("Letters"), Desk())


# The desk


def _asked_often(chat: Chat, argument: object) -> list[listing.Group]:
    """What is asked often; comparing hundreds of threads takes a while."""
    return listing.asked_often(chat.session, chat.member.id, chat.now)


@router.command("desk", zh="来信", also=("wishes", "心愿箱"), looks=_asked_often)
def desk_by_words(chat: Chat, words: str, often: list[listing.Group]) -> Reply:
    return show_desk(chat, Desk(), often)


@router.button(Desk, looks=_asked_often)
def show_desk(chat: Chat, press: Desk, often: list[listing.Group]) -> Reply:
    """What waits for an answer, the oldest first, and what is asked often; or one's own."""
    if not roles.held_by(chat.session, chat.member.id, chat.now):
        return list_letters(chat, Letters())
    skip, is_mine = max(press.skip, 0), press.what == MINE
    read = listing.mine if is_mine else listing.waiting
    rows = read(chat.session, chat.member.id, chat.now, skip=skip, limit=PAGE + 1)
    other = Button(say("All letters"), Desk()) if is_mine else Button(say("Mine"), Desk(what=MINE))
    more = (Button(say("More"), Desk(skip + PAGE, press.what)),) if len(rows) > PAGE else ()
    return Reply(
        _heading(chat, rows, () if is_mine or skip else often, is_mine=is_mine),
        tuple(
            Choice(place, subject(chat, each), OpenThread(each.id), _in_a_line(chat, each))
            for place, each in enumerate(rows[:PAGE], start=skip + 1)
        ),
        (*more, other, MENU),
        edit=skip > 0,
    )


def _heading(
    chat: Chat, rows: Sequence[Thread], often: Sequence[listing.Group], *, is_mine: bool
) -> Sayable:
    if is_mine:
        return say("Letters that you answered:") if rows else say("You have answered none yet.")
    needs = (
        say_n(
            "Asked {n} time: {text}",
            "Asked {n} times: {text}",
            need.times,
            text=letters.short(need.text),
        )
        for need in often
    )
    number = listing.count_waiting(chat.session, chat.member.id, chat.now)
    waits = say_n("{n} letter waits for an answer:", "{n} letters wait for an answer:", number)
    return lines(*needs, waits if rows else say("No letter waits for an answer."))


def _in_a_line(chat: Chat, thread: Thread) -> Sayable:
    since = state(thread)
    if thread.waits_since is not None and threads.is_waiting(thread, chat.now):
        since = letters.age(thread.waits_since, chat.now)
    place = station_name(stations.get(chat.session, thread.station_id))
    return letters.in_a_line(chat, thread, place, since, *_taken(chat, thread))


def _taken(chat: Chat, thread: Thread) -> tuple[Sayable, ...]:
    """Who takes a thread; nothing where nobody does."""
    member = answering.taker(chat.session, thread, chat.now)
    return (taken_by(member),) if member is not None else ()


def taken_by(member: Member) -> Sayable:
    return say("{who} takes it", who=person(member.name, member.id))


def state(thread: Thread) -> Sayable:
    return say("✅ settled") if thread.state == ThreadState.SETTLED else say("answered")


# One thread


@router.notice("thread")
def new_line(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    """Tell an organizer what a member wrote, or what nobody below has answered."""
    thread = threads.get(chat.session, facts["thread_id"])
    if thread is None:
        return Drop(Reason.GONE)
    if thread.state != ThreadState.WAITING:
        return Drop(Reason.ANSWERED)
    if threads.for_organizer(chat.session, thread.id, chat.member.id, chat.now) is None:
        return Drop(Reason.NOT_THEIRS)
    first = threads.first_line(chat.session, thread.id)
    number = facts.get("line_id", first.id)
    line = first if number == first.id else chat.session.get_one(ThreadLine, number)
    return Reply(
        lines(
            say("🔔 {kind} from {who}:", kind=KINDS[thread.kind], who=_who(chat, thread)),
            say("Nobody there has answered it.") if facts.get("is_late") else None,
            say("Another organizer asks you to take it.") if facts.get("is_given") else None,
            say("About “{words}”:", words=letters.short(first.text)) if line is not first else None,
            letters.in_a_notice(line.text),
        ),
        buttons=_whole(thread, line)
        if len(line.text) > letters.IN_A_NOTICE
        else _acts(thread, line),
        picture=pictures.name(chat.session, line.picture_id),
    )


def _acts(thread: Thread, read: ThreadLine) -> tuple[Button, ...]:
    return (
        Button(say("Answer"), AnswerThread(thread.id)),
        Button(say("Hand over"), HandOver(thread.id)),
        Button(say("Settled"), Settle(thread.id, read.id)),
    )


def _whole(thread: Thread, read: ThreadLine) -> tuple[Button, ...]:
    """The acts where the letter is too long for its notice: first it is read."""
    return (Button(say("Read it all"), OpenThread(thread.id)), *_acts(thread, read)[:2])


def _who(chat: Chat, thread: Thread) -> Sayable:
    """To whom it is, about what, and from whom where they chose to say; never where they work."""
    place = station_name(stations.get(chat.session, thread.station_id))
    event = letters.event_of(chat, thread)
    by: Sayable = say("without a name")
    if thread.with_name and thread.member_id is not None:
        member = members.get(chat.session, thread.member_id)
        by = person(member.name, member.id)
    return lines(place, title(event) if event is not None else None, by, between=DOT)


def _theirs(chat: Chat, thread_id: int) -> Thread | None:
    return threads.for_organizer(chat.session, thread_id, chat.member.id, chat.now)


def _gone() -> Reply:
    return Reply(GONE, buttons=(DESK, MENU))


@router.button(OpenThread)
def open_thread(chat: Chat, press: OpenThread) -> Reply:
    thread = _theirs(chat, press.thread_id)
    if thread is None:
        return _gone()
    if thread.with_name:
        answering.record_view(chat.session, thread, chat.member.id, chat.now)
    shown = threads.lines_of(chat.session, thread.id, until=chat.now)
    is_open = thread.state != ThreadState.SETTLED
    answer = Button(say("Answer"), AnswerThread(thread.id))
    return Reply(
        lines(
            lines(KINDS[thread.kind], _who(chat, thread), *_taken(chat, thread), between=DOT),
            letters.said(shown, say("They"), say("Organizers")),
            None if threads.is_waiting(thread, chat.now) else outcome(thread),
        ),
        buttons=_acts(thread, _last_of_member(shown)) if is_open else (answer, DESK, MENU),
        picture=pictures.name(chat.session, shown[-1].picture_id),
    )


def _last_of_member(shown: Sequence[ThreadLine]) -> ThreadLine:
    return [each for each in shown if not each.is_answer][-1]


def outcome(thread: Thread) -> Sayable:
    """Whether it helped, but for threads without a name: it would tell when their member came."""
    if thread.helped is None or not thread.with_name:
        return state(thread)
    return say("It helped.") if thread.helped else say("It didn't help.")


@router.dialog("wish-answer")
def answer(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    """Those that were begun before there were threads know their number as ``wish_id``."""
    asked = say("Write the answer in one message.")
    text = yield letters.ask_for_words("text", asked, pictures=False)
    thread_id = start.get("thread_id") or start["wish_id"]
    return thread_id, start.get("seen", 0), start.get("read"), text


@router.button(AnswerThread)
def begin_answer(chat: Chat, press: AnswerThread) -> Reply:
    thread = _theirs(chat, press.thread_id)
    if thread is None:
        return _gone()
    shown = threads.lines_of(chat.session, thread.id, until=chat.now)
    last = answering.last_answer(chat.session, thread.id)
    read = _last_of_member(shown)
    seen = last.id if last is not None else 0
    return answer.begin(chat, before=read.text, thread_id=thread.id, seen=seen, read=read.id)


@answer.done
def keep_answer(chat: Chat, form: tuple[int, int, int | None, str | None]) -> Reply:
    thread_id, seen, read, text = form
    thread = _theirs(chat, thread_id)
    if thread is None or text is None:
        left = say("All right, it stays open.") if thread is not None else GONE
        return Reply(left, buttons=(DESK, MENU))
    by, care = chat.member.id, chat.care
    done = answering.answer(chat.session, thread_id, text, by, care, chat.now, seen=seen, read=read)
    if isinstance(done, Meanwhile):
        return Reply(
            say("Somebody has answered already: {answer}", answer=done.line.text),
            buttons=(Button(say("Answer too"), AnswerThread(thread_id)), DESK, MENU),
        )
    return Reply(
        say("✅ Answered. It arrives in their chat."),
        buttons=(*keeping.button(chat, done), DESK, MENU),
    )


@router.button(HandOver)
def hand_over(chat: Chat, press: HandOver) -> Reply:
    """Ask to whom, then do it: it can be handed back, and its member is told."""
    thread = _theirs(chat, press.thread_id)
    if thread is None:
        return _gone()
    if not press.station_id:
        return _ask_to_whom(chat, thread)
    done = answering.hand_over(
        chat.session, thread.id, press.station_id, chat.member.id, chat.care, chat.now
    )
    if done is None:
        return _ask_to_whom(chat, thread)
    return Reply(
        say("✅ {place}'s organizers have it now, and they are told.", place=station_name(done)),
        buttons=(DESK, MENU),
    )


def _ask_to_whom(chat: Chat, thread: Thread) -> Reply:
    able = answering.targets(chat.session, thread, chat.now)
    ways: list[tuple[Sayable, Action]] = [
        *((station_name(each), HandOver(thread.id, each.id)) for each in able),
        *_to_one(chat, thread),
    ]
    choices = tuple(Choice(number, *each) for number, each in enumerate(ways, start=1))
    if not able:
        return Reply(
            say("There are no other organizers yet. It stays with you."),
            choices,
            (Button(say("Answer"), AnswerThread(thread.id)), DESK, MENU),
        )
    return Reply(
        say("Whose organizers shall have it?"),
        choices,
        (Button(say("Keep it here"), OpenThread(thread.id)),),
    )


def _to_one(chat: Chat, thread: Thread) -> Iterator[tuple[Sayable, Action]]:
    """Who of those who have a thread may take it: oneself first."""
    mine, taker = chat.member.id, answering.taker(chat.session, thread, chat.now)
    if taker is None or taker.id != mine:
        yield say("I take it"), GiveThread(thread.id, mine)
    if taker is not None:
        yield say("For all of us again"), GiveThread(thread.id)
    for member in answering.readers(chat.session, thread, chat.now):
        if member.id != mine and (taker is None or member.id != taker.id):
            name = person(member.name, member.id)
            yield say("{who} takes it", who=name), GiveThread(thread.id, member.id)


@router.button(GiveThread)
def give(chat: Chat, press: GiveThread) -> Reply:
    thread = _theirs(chat, press.thread_id)
    if thread is None:
        return _gone()
    mine, answer = chat.member.id, Button(say("Answer"), AnswerThread(thread.id))
    if not press.to:
        answering.put_back(chat.session, thread.id, mine, chat.now)
        return Reply(say("✅ Whoever comes first answers it."), buttons=(answer, DESK, MENU))
    member = answering.give(chat.session, thread.id, press.to, mine, chat.now)
    if member is None:
        return _ask_to_whom(chat, thread)
    return Reply(given(member, mine), buttons=(answer, DESK, MENU))


def given(member: Member, by: int) -> Sayable:
    """That somebody takes a thread from now on."""
    if member.id == by:
        return say("✅ It's yours; the others see it.")
    return say("✅ {who} takes it, and is told.", who=person(member.name, member.id))


@router.button(Settle)
def settle(chat: Chat, press: Settle) -> Reply:
    thread = _theirs(chat, press.thread_id)
    if thread is None:
        return _gone()
    read, last = press.line_id or None, answering.last_of_member(chat.session, thread.id, chat.now)
    if read is not None and read < last.id:
        # They have written more since this button was shown.
        return open_thread(chat, OpenThread(thread.id))
    by, care = chat.member.id, chat.care
    if not answering.settle(chat.session, thread.id, by, care, chat.now, read=read):
        return Reply(say("That's settled already."), buttons=(DESK, MENU))
    return Reply(
        say("✅ Settled. They are told, and can still add a word."),
        buttons=(Button(say("Answer"), AnswerThread(thread.id)), DESK, MENU),
    )
