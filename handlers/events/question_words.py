"""The words about questions at sign-up, as their organizers read them in a chat and at the desk."""

from collections.abc import Mapping

from bot.conversation.dialogs import Wrong
from bot.conversation.messages import Sayable, clauses, lines, say, say_n
from handlers.events.answers import in_words
from models.events.course_questions import Spread
from models.events.questionnaire import HangsOn
from models.events.questions import EventQuestion
from models.rules.events import questions as rules
from models.rules.events.questions import QuestionKind

KINDS: dict[QuestionKind, Sayable] = {
    QuestionKind.TEXT: say("In any words"),
    QuestionKind.NUMBER: say("With a number"),
    QuestionKind.DATE: say("With a day"),
    QuestionKind.PHONE: say("With a phone number"),
    QuestionKind.CONSENT: say("By agreeing"),
    QuestionKind.PHOTO: say("With a photo"),
}
"""How a question without choices is answered."""

OF_CHOICES: dict[QuestionKind, Sayable] = {
    QuestionKind.CHOICE: say("One answer"),
    QuestionKind.CHOICES: say("Several answers"),
}
"""How one with choices is answered."""

ASKED_NOW = say("✅ Asked from now on.")
WRITE_CHOICES = say("Write what can be chosen, like “Guicheng / Shishan / Dali”.")
NO_KEY = lines(
    say("ID numbers can't be asked here yet: they are kept encrypted only."),
    say("Whoever operates the station can set a key for them."),
)
TOO_MANY = say(
    "{n} questions are asked already: more would keep people from signing up.",
    n=rules.MOST_QUESTIONS,
)
AT_ALL_DATES = say("At all dates to come")
"""A button below a question of one date of a course."""

ASK_AT_ALL_DATES = say("Ask at all dates")
"""A button that asks those who signed up for dates of a course before a question was added."""

SHARES = say("Seats are shared out by its answers. Share them out anew first, then delete it.")


def too_long() -> Sayable:
    return say(
        "That's too much: {n} choices of {characters} characters at most.",
        n=rules.MOST_CHOICES,
        characters=rules.LONGEST_CHOICE,
    )


def check_choices(words: str) -> str | Wrong:
    found = rules.read_choices(words)
    if len(found) < 2:
        return Wrong(say("Write at least two, with / between them."))
    if len(found) > rules.MOST_CHOICES or any(len(each) > rules.LONGEST_CHOICE for each in found):
        return Wrong(too_long())
    return "/".join(found)


def days(number: int) -> Sayable:
    return say_n("{n} day", "{n} days", number)


def delete_with_answers(question: EventQuestion) -> Sayable:
    """What is asked before a question is deleted that somebody has answered."""
    return say("Delete “{question}” with all answers?", question=question.text_of("text"))


def delete_with_answers_at(question: EventQuestion, dates: int) -> Sayable:
    """What is asked before it is deleted at several dates of which one has answers."""
    said = question.text_of("text")
    return say("Delete “{question}” with all answers at {n} dates?", question=said, n=dates)


def deleted(question: EventQuestion) -> Sayable:
    return say("Deleted: {question}", question=question.text_of("text"))


def hangs_on(found: HangsOn) -> Sayable:
    """Why a question cannot be asked before another one."""
    later, first = found.question.text_of("text"), found.other.text_of("text")
    return say("“{later}” hangs on “{first}”, so it comes after.", later=later, first=first)


def counted_in_words(question: EventQuestion, counted: Mapping[str, int]) -> Sayable | None:
    """How often each choice was picked; of other kinds how many have answered."""
    if question.kind in (*rules.WITH_CHOICES, QuestionKind.SIZE):
        known = question.choices if question.kind in rules.WITH_CHOICES else rules.SIZES
        parts = (
            say("{answer} {n}", answer=in_words(question, each), n=counted[each])
            for each in known
            if each in counted
        )
        return clauses(*parts) if counted else None
    number = sum(counted.values())
    return say_n("{n} has answered", "{n} have answered", number) if number else None


def spread_to(done: Spread) -> Sayable:
    """At how many dates of its course a question is asked now as at this one."""
    asked = say_n(
        "✅ Asked at {n} other date as well.", "✅ Asked at {n} other dates as well.", done.dates
    )
    left = say_n(
        "It can't be asked like this at {n} date: look at its questions.",
        "It can't be asked like this at {n} dates: look at their questions.",
        len(done.left),
    )
    return lines(asked if done.dates else None, left if done.left else None)


def not_asked(people: int) -> Sayable | None:
    """How many signed up before there was a question; None where nobody did."""
    if not people:
        return None
    return say_n(
        "{n} person signed up before and was not asked everything.",
        "{n} people signed up before and were not asked everything.",
        people,
    )


def deleted_at(done: Spread) -> Sayable:
    """At how many dates of its course a question was deleted."""
    gone = say_n("Deleted at {n} date.", "Deleted at {n} dates.", done.dates)
    left = say_n(
        "It can't be deleted at {n} date: seats are shared out by its answers there.",
        "It can't be deleted at {n} dates: seats are shared out by its answers there.",
        len(done.left),
    )
    return lines(gone if done.dates else None, left if done.left else None)


def delete_at_dates(question: EventQuestion, dates: int, *, is_answered: bool) -> Sayable:
    """What is asked before a question that several dates of a course ask is deleted."""
    return lines(
        say("“{question}” is asked at {n} dates.", question=question.text_of("text"), n=dates),
        say("Delete it here only, or at all of them?"),
        say("What was answered goes, too.") if is_answered else None,
    )
