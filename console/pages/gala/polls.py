"""Polls and quizzes of an evening: written before, opened and closed while people look on."""

from collections.abc import Sequence
from typing import assert_never

from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.pages.events.section import section
from console.pages.gala.place import PATH, back, evening, here, named
from console.routing import Asked, Done, Missing, Page, Wrong
from handlers.gala import shown
from models.gala import polls as kept
from models.gala import ranking
from models.gala.polls import NotDone, Poll
from models.rules.gala import polls as rules
from models.rules.gala.polls import Drafted, Question, Unclear
from models.rules.network.permissions import Act

HERE = f"{PATH}/polls"
ONE = f"{HERE}/{{poll:int}}"

UNCLEAR: dict[Unclear, tuple[Sayable, str]] = {
    Unclear.NO_TITLE: (say("Give it a name."), "title"),
    Unclear.NO_QUESTION: (say("Begin with a question, its answers below it."), "text"),
    Unclear.TOO_MANY_QUESTIONS: (
        say("{n} questions at most.", n=rules.MOST_QUESTIONS),
        "text",
    ),
    Unclear.FEW_CHOICES: (say("Each question needs two answers at least."), "text"),
    Unclear.TOO_MANY_CHOICES: (say("{n} answers at most.", n=rules.MOST_CHOICES), "text"),
    Unclear.TOO_LONG: (
        say(
            "That's long: {n} characters for a question, {m} for an answer.",
            n=rules.LONGEST_QUESTION,
            m=rules.LONGEST_CHOICE,
        ),
        "text",
    ),
    Unclear.SOME_RIGHT: (say("In a quiz every question needs a right answer."), "text"),
}
NOT_DONE: dict[NotDone, Sayable] = {
    NotDone.TOO_MANY: say("There are as many polls as one evening can have."),
    NotDone.NOT_A_DRAFT: say("That poll was opened before and stays as it is."),
    NotDone.NOT_OPEN: say("That poll is not open."),
    NotDone.ANOTHER_IS_OPEN: say("Another poll is open: close it first."),
}


@section.page(HERE, needs=Act.RUN_EVENT)
def polls(desk: Desk, asked: Asked) -> Page:
    event = evening(desk, asked)
    rows = kept.of_event(desk.session, event.id)
    facts = {
        "event": event,
        "here": here(event, "polls"),
        "polls": [(each, kept.counted(desk.session, each.id)) for each in rows],
        "rules": rules,
    }
    return Page("gala/polls.html", named(say("Polls"), event), facts)


@section.act(HERE, again=polls, needs=Act.RUN_EVENT)
def write(desk: Desk, asked: Asked) -> Done | Wrong:
    return _write(desk, asked, None)


@section.page(ONE, needs=Act.RUN_EVENT)
def poll(desk: Desk, asked: Asked) -> Page:
    """One poll: a draft to be written anew, or what was answered."""
    event, row = evening(desk, asked), _row(desk, asked)
    questions = kept.counted(desk.session, row.id)
    open_one = next((each.question.id for each in questions if each.question.is_open), None)
    facts = {
        "event": event,
        "here": here(event, f"polls/{row.id}"),
        "up": here(event, "polls"),
        "poll": row,
        "asked_now": questions,
        "open_one": open_one,
        "to_come": sum(each.question.opened_at is None for each in questions),
        "places": ranking.places_of(desk.session, row.id),
        "code_of": shown.code_of,
        "text": rules.written(_drafted(row, questions)),
        "rules": rules,
    }
    heading = say("Quiz: {title}", title=row.title)
    if not row.is_quiz:
        heading = say("Poll: {title}", title=row.title)
    return Page("gala/poll.html", heading, facts)


@section.act(ONE, again=poll, needs=Act.RUN_EVENT)
def change(desk: Desk, asked: Asked) -> Done | Wrong:
    return _write(desk, asked, _row(desk, asked).id)


@section.act(f"{ONE}/remove", again=poll, needs=Act.RUN_EVENT)
def remove(desk: Desk, asked: Asked) -> Done | Wrong:
    event, row = evening(desk, asked), _row(desk, asked)
    done = kept.remove(desk.session, event.id, row.id, desk.member.id, desk.now)
    return Wrong(NOT_DONE[done]) if done is not None else back(event, say("✅ Gone."), "polls")


@section.act(f"{ONE}/open", again=poll, needs=Act.RUN_EVENT)
def open_poll(desk: Desk, asked: Asked) -> Done | Wrong:
    event, row = evening(desk, asked), _row(desk, asked)
    return _told(
        desk,
        asked,
        kept.open_one(desk.session, event.id, row.id, desk.member.id, desk.now),
        say("✅ It is open, and on the wall."),
    )


@section.act(f"{ONE}/next", again=poll, needs=Act.RUN_EVENT)
def go_on(desk: Desk, asked: Asked) -> Done | Wrong:
    """End the open question of a quiz, or open the next one."""
    event, row, seen = evening(desk, asked), _row(desk, asked), asked.number("seen", 0) or None
    by, now = desk.member.id, desk.now
    return _told(desk, asked, kept.go_on(desk.session, event.id, row.id, by, now, seen=seen), "")


@section.act(f"{ONE}/close", again=poll, needs=Act.RUN_EVENT)
def close(desk: Desk, asked: Asked) -> Done | Wrong:
    event, row = evening(desk, asked), _row(desk, asked)
    done = kept.close(desk.session, event.id, row.id, desk.member.id, desk.now)
    return _told(desk, asked, done, say("✅ Closed: everybody sees the result."))


def _told(desk: Desk, asked: Asked, done: Poll | NotDone, said: Sayable) -> Done | Wrong:
    if isinstance(done, NotDone):
        return Wrong(NOT_DONE[done])
    return back(evening(desk, asked), said, f"polls/{done.id}")


def _write(desk: Desk, asked: Asked, poll_id: int | None) -> Done | Wrong:
    event = evening(desk, asked)
    match rules.read(asked.word("title"), asked.word("text")):
        case Unclear() as unclear:
            return Wrong(*UNCLEAR[unclear])
        case Drafted() as drafted:
            done = kept.write(
                *(desk.session, event.id, drafted, desk.member.id, desk.now),
                is_hidden=asked.is_on("hidden"),
                may_change=asked.is_on("change"),
                poll_id=poll_id,
            )
            return _told(desk, asked, done, say("✅ Noted."))
        case never:
            assert_never(never)


def _row(desk: Desk, asked: Asked) -> Poll:
    row = kept.get(desk.session, evening(desk, asked).id, asked.number("poll"))
    if row is None:
        raise Missing
    return row


def _drafted(row: Poll, questions: Sequence[kept.Asked]) -> Drafted:
    return Drafted(
        row.title,
        tuple(
            Question(
                each.question.text,
                tuple(one.choice.text for one in each.choices),
                frozenset(n for n, one in enumerate(each.choices, 1) if one.choice.is_right),
            )
            for each in questions
        ),
    )
