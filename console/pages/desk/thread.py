"""One letter: its lines beside the answers that are known, and what is done with it."""

from bot.conversation.dialogs import Wrong as Unfit
from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.pages.desk.section import ANSWERS, HERE, section
from console.routing import Asked, Done, Missing, Page, Wrong
from handlers.desk import answering as words
from handlers.desk import letters
from handlers.desk.answers import within
from handlers.words import person, station_name
from models.desk import answering, keeping, known, threads
from models.desk.answering import Meanwhile
from models.desk.known import KnownAnswer
from models.desk.threads import Thread, ThreadLine
from models.events import pictures
from models.network import members, stations
from models.rules.desk.likeness import LONGEST_QUESTION

AT = "/desk/{thread:int}"


def _theirs(desk: Desk, asked: Asked) -> Thread:
    """The thread of the path. Raises Missing where this member may not read it."""
    number = asked.number("thread")
    thread = threads.for_organizer(desk.session, number, desk.member.id, desk.now)
    if thread is None:
        raise Missing
    return thread


@section.page(AT)
def shows_thread(desk: Desk, asked: Asked) -> Page:
    session, mine, thread = desk.session, desk.member.id, _theirs(desk, asked)
    shown = threads.lines_of(session, thread.id, until=desk.now)
    read = [each for each in shown if not each.is_answer][-1]
    last = answering.last_answer(session, thread.id)
    taker = answering.taker(session, thread, desk.now)
    is_kept = last is not None and last.by_member_id == mine
    keeps = keeping.suggested(session, last.id, mine, desk.now) if last and is_kept else None
    used = _known(desk, thread, asked.number("use", 0)) if asked.word("use") else None
    facts = {
        "thread": thread,
        "rows": shown,
        "pictures": {each.id: pictures.name(session, each.picture_id) for each in shown},
        "read": read.id,
        "seen": last.id if last is not None else 0,
        "event": letters.event_of(desk.chat, thread),
        "place": stations.get(session, thread.station_id),
        "kind": letters.KINDS[thread.kind],
        "waits": threads.is_waiting(thread, desk.now),
        "outcome": words.outcome(thread),
        "by": _by(desk, thread),
        "taker": taker,
        "mine": mine,
        "taken_by": words.taken_by,
        "person": person,
        "readers": [
            (each.id, person(each.name, each.id))
            for each in answering.readers(session, thread, desk.now)
            if each.id != mine and (taker is None or each.id != taker.id)
        ],
        "targets": [
            (each.id, station_name(each)) for each in answering.targets(session, thread, desk.now)
        ],
        "known": _like(desk, thread, read),
        "draft": _for_member(desk, thread, used) if used is not None else "",
        "keeps": last.id if last is not None and keeps is not None else 0,
    }
    return Page("letter.html", letters.short(shown[0].text), facts)


def _by(desk: Desk, thread: Thread) -> Sayable | None:
    """Who wrote it, where they chose to say and that it was opened is recorded; else None."""
    if not thread.with_name:
        return say("without a name")
    if thread.member_id is None or not answering.is_open_to(
        desk.session, thread, desk.member.id, desk.now
    ):
        return None
    member = members.get(desk.session, thread.member_id)
    return person(member.name, member.id)


def _like(desk: Desk, thread: Thread, line: ThreadLine) -> list[KnownAnswer]:
    """The answers that may fit a line, at the place that has the thread: never its member's."""
    found = desk.house.recall.find(
        desk.session,
        thread.station_id,
        desk.now,
        desk.care.zone,
        line.text,
        event_id=thread.event_id,
    )
    certain = (found.certain,) if found.certain is not None else ()
    numbers = dict.fromkeys((*certain, *found.likely, *found.near))
    rows = (known.get(desk.session, each) for each in numbers)
    return [each for each in rows if each is not None]


def _known(desk: Desk, thread: Thread, number: int) -> KnownAnswer | None:
    """One of the answers that the page of this thread offers."""
    read = answering.last_of_member(desk.session, thread.id, desk.now)
    return next((each for each in _like(desk, thread, read) if each.id == number), None)


def _for_member(desk: Desk, thread: Thread, row: KnownAnswer) -> str:
    """The answer in its member's language; in each one where that would tell who they are."""
    answer = row.text_of("answer")
    if thread.with_name and thread.member_id is not None:
        return answer.to(members.get(desk.session, thread.member_id).language)
    return "\n\n".join(dict.fromkeys(answer.versions()))


# Acts


def _here(thread: Thread) -> str:
    return f"{HERE}/{thread.id}"


@section.act(f"{AT}/who", again=shows_thread)
def show_who(desk: Desk, asked: Asked) -> Done:
    """Show the name for an hour; that it was opened is recorded, as in the chat."""
    thread = _theirs(desk, asked)
    if thread.with_name:
        answering.record_view(desk.session, thread, desk.member.id, desk.now)
    return Done(_here(thread))


@section.act(f"{AT}/answer", again=shows_thread)
def answer(desk: Desk, asked: Asked) -> Done | Wrong:
    thread, text = _theirs(desk, asked), asked.word("text")
    fit = letters.long_enough(text)
    return Wrong(fit.why, "text") if isinstance(fit, Unfit) else _answered(desk, asked, thread, fit)


@section.act(f"{AT}/known", again=shows_thread)
def answer_with_known(desk: Desk, asked: Asked) -> Done | Wrong:
    thread = _theirs(desk, asked)
    row = _known(desk, thread, asked.number("answer"))
    if row is None:
        return Wrong(say("This answer isn't there any more."))
    return _answered(desk, asked, thread, _for_member(desk, thread, row))


def _answered(desk: Desk, asked: Asked, thread: Thread, text: str) -> Done | Wrong:
    done = answering.answer(
        desk.session,
        thread.id,
        text,
        desk.member.id,
        desk.care,
        desk.now,
        seen=asked.number("seen", 0),
        read=asked.number("read"),
    )
    if isinstance(done, Meanwhile):
        return Wrong(say("Somebody has answered already: {answer}", answer=done.line.text))
    return Done(_here(thread), say("✅ Answered. It arrives in their chat."))


@section.act(f"{AT}/settle", again=shows_thread)
def settle(desk: Desk, asked: Asked) -> Done | Wrong:
    thread, read = _theirs(desk, asked), asked.number("read")
    if read < answering.last_of_member(desk.session, thread.id, desk.now).id:
        return Wrong(say("They have written more. Read it before you settle it."))
    by = desk.member.id
    if not answering.settle(desk.session, thread.id, by, desk.care, desk.now, read=read):
        return Wrong(say("That's settled already."))
    return Done(HERE, say("✅ Settled. They are told, and can still add a word."))


@section.act(f"{AT}/hand", again=shows_thread)
def hand_over(desk: Desk, asked: Asked) -> Done | Wrong:
    thread, to = _theirs(desk, asked), asked.number("station", 0)
    by = desk.member.id
    done = answering.hand_over(desk.session, thread.id, to, by, desk.care, desk.now)
    if done is None:
        return Wrong(say("Choose whose organizers shall have it."), "station")
    place = station_name(done)
    return Done(HERE, say("✅ {place}'s organizers have it now, and they are told.", place=place))


@section.act(f"{AT}/give", again=shows_thread)
def give(desk: Desk, asked: Asked) -> Done | Wrong:
    """Let somebody take it: oneself, or another who may read it; with 0 nobody."""
    thread, to = _theirs(desk, asked), asked.number("to", 0)
    if not to:
        answering.put_back(desk.session, thread.id, desk.member.id, desk.now)
        return Done(_here(thread), say("✅ Whoever comes first answers it."))
    member = answering.give(desk.session, thread.id, to, desk.member.id, desk.now)
    if member is None:
        return Wrong(say("They may not read it any more."), "to")
    return Done(_here(thread), words.given(member, desk.member.id))


# Kept for whoever asks alike

KEEP = f"{AT}/keep/{{line:int}}"


@section.page(KEEP)
def keep(desk: Desk, asked: Asked) -> Page:
    thread = _theirs(desk, asked)
    found = keeping.suggested(desk.session, asked.number("line"), desk.member.id, desk.now)
    if found is None:
        raise Missing
    event_id = found.event.id if found.event is not None else None
    same = known.to_question(desk.session, found.station.id, found.question, event_id=event_id)
    place = (
        found.event.text_of("title") if found.event is not None else found.station.text_of("name")
    )
    facts = {"thread": thread, "found": found, "place": place, "until_now": same}
    return Page("keep.html", say("Answer so always"), facts)


@section.act(KEEP, again=keep)
def keep_for_all(desk: Desk, asked: Asked) -> Done | Wrong:
    _theirs(desk, asked)
    line = asked.number("line")
    found = keeping.suggested(desk.session, line, desk.member.id, desk.now)
    if found is None:
        return Wrong(say("This answer can't be kept for all."))
    question = within(LONGEST_QUESTION)(" ".join(asked.word("question").split()))
    if isinstance(question, Unfit):
        return Wrong(question.why, "question")
    event_id = found.event.id if found.event is not None else None
    by, place = desk.member.id, found.station.id
    row = known.keep(desk.session, place, question, found.answer, by, desk.now, event_id=event_id)
    said = say("✅ Kept. Whoever asks alike reads it within ten seconds.")
    return Done(f"{ANSWERS}/{row.id}", said)
