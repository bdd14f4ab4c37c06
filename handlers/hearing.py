"""Who hears a message, who does not and why: the same words wherever it is said."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bot.conversation.messages import Lines, Sayable, Text, clauses, lines, listing, say, say_n
from models.sending.hearing import Hearing
from models.sending.reasons import Reason

NAMED = 8
"""The most who are named, to be called by phone; above that the list of the event has them."""

REASONS = {
    Reason.MUTED: say("don't want announcements"),
    Reason.NO_ADDRESS: say("have no chat with us"),
    Reason.NOT_CONSENTED: say("haven't agreed to our notice"),
    Reason.BLOCKED: say("have blocked us"),
    Reason.DEACTIVATED: say("have closed their account"),
    Reason.TOO_LATE: say("couldn't be told in time"),
    Reason.STOPPED: say("stopped before"),
    Reason.IN_DOUBT: say("not sure whether it arrived"),
}
OTHER_REASON = say("can't be written to")
OF_CHANGES = {**REASONS, Reason.MUTED: say("don't want notices")}


def not_reached(by_reason: Mapping[Reason, int], words: Mapping[Reason, Text] = REASONS) -> Any:
    """How many are not reached, and why, those first who are most; None where all are."""
    if not by_reason:
        return None
    reasons = by_number(by_reason, words, OTHER_REASON)
    return say("Not reached: {n} ({reasons})", n=sum(by_reason.values()), reasons=reasons)


def _number_of(missed: Collection[object]) -> Text | None:
    return say("Not reached: {n}", n=len(missed)) if missed else None


def by_number(
    by_reason: Mapping[Reason, int], words_of: Mapping[Reason, Text], other: Text
) -> Sayable:
    """Numbers and reasons, those first that are most; reasons of the same words are one."""
    by_text: dict[str, list[Any]] = {}
    for reason, number in by_reason.items():
        words = words_of.get(reason, other)
        entry = by_text.setdefault(words.id, [words, 0])
        entry[1] += number
    ordered = sorted(by_text.values(), key=lambda each: (-each[1], each[0].id))
    parts = [say("{n} {reason}", n=number, reason=words) for words, number in ordered if number]
    return clauses(*parts)


def will_be_told(hearing: Hearing, missed: Sequence[Sayable], *, sees_why: bool) -> Lines:
    """Who will hear of a change that is asked about; ``missed`` are the names of the others.

    ``sees_why``: whether the reasons are said as well, which is for those with SEE_REACH.
    """
    people = say_n("{n} person will be told.", "{n} people will be told.", hearing.heard)
    if not hearing:
        return lines(say("Nobody needs to be told."))
    return _with_the_others(people, hearing, missed, sees_why=sees_why)


def are_told(hearing: Hearing, missed: Sequence[Sayable], *, sees_why: bool) -> Lines | None:
    """Who hears of a change that was made; None where there is nobody to tell."""
    if not hearing:
        return None
    people = say_n("{n} person is told.", "{n} people are told.", hearing.heard)
    return _with_the_others(people, hearing, missed, sees_why=sees_why)


def _with_the_others(
    people: Text, hearing: Hearing, missed: Sequence[Sayable], *, sees_why: bool
) -> Lines:
    some = listing(*missed[:NAMED])
    names = (
        say("Call them: {names} and others", names=some)
        if len(missed) > NAMED
        else say("Call them: {names}", names=some)
    )
    return lines(
        people,
        wait_for_a_word(hearing.wait),
        not_reached(hearing.reasons, OF_CHANGES) if sees_why else _number_of(hearing.missed),
        names if missed else None,
    )


def wait_for_a_word(people: int) -> Text | None:
    """How many of those who are reached see it only when they write next."""
    if not people:
        return None
    return say_n(
        "{n} of them sees it on writing next.", "{n} of them see it on writing next.", people
    )
