"""Words of judging and votes that chat, desk and public pages share."""

import re
from collections.abc import Mapping, Sequence
from typing import assert_never

from bot.conversation.messages import Sayable, When, listing, say, say_n
from handlers.contests import wording
from models.contests import assignments, judging, results
from models.contests.contests import Contest
from models.contests.judging import Asked, Judging
from models.contests.voting import BadPlan, ForAward, Frozen, NotJudged, Over, Stays, Voting
from models.rules.contests.bursts import Sign
from models.rules.contests.scoring import FULL, Method

LINE = re.compile(
    r"(?P<title>.*?[^ ,，:：])[ ,，:：]+(?P<weight>\d{1,3})%?[ ,，/／]+(?P<most>\d{1,3})"
)

METHODS: Mapping[Method, Sayable] = {
    Method.MEAN: say("Mean"),
    Method.TRIMMED: say("Mean without the highest and the lowest"),
    Method.MEDIAN: say("Median"),
}
LACKS: Mapping[str, Sayable] = {
    results.AWARD: say("An award is decided on its own page, after the public notice."),
    assignments.CRITERIA: say("First say how it is judged."),
    assignments.ENTRIES: say("Nobody has handed in an entry."),
    assignments.JUDGES: say("Nobody has agreed to judge yet."),
    assignments.CLOSING: say("Entries are assigned once the contest takes no more of them."),
    assignments.SEALED: say("The marks are final."),
    assignments.CALLED: say("On a stage every judge marks whoever is called."),
    results.MARKS: say("Marks are not in yet."),
    results.VOTES: say("Voting goes on."),
    results.RULES: say("Nothing says how places come about: neither judges nor votes."),
    results.RESULT: say("The result is fixed already, or there is none."),
    results.AN_HOUR: say("Those who entered hear it first: it can be public an hour later."),
}
"""What has to be there before something is done with a judging or a result."""

JUDGED_LIVE = say("Somebody was on the stage already: how it is judged stays.")

SIGNS: Mapping[Sign, Sayable] = {
    Sign.NEW: say("new accounts"),
    Sign.AT_ONCE: say("many within a minute"),
    Sign.SOURCE: say("one way to the web"),
    Sign.UNIT: say("a whole unit within a minute"),
}


def criteria_in(words: str) -> list[Asked]:
    """Read criteria, a line each: ``立意 | Idea 60 10``; none where a line says something else."""
    found = []
    for each in filter(None, map(str.strip, words.splitlines())):
        read = LINE.fullmatch(each)
        if read is None:
            return []
        found.append(Asked(wording.in_both(read["title"]), int(read["weight"]), int(read["most"])))
    return found


def with_their_judges(entries: int) -> Sayable:
    return say_n(
        "✅ {n} entry is with its judges.", "✅ {n} entries are with their judges.", entries
    )


def counts_from(least: int) -> Sayable:
    """From how many votes on an entry counts."""
    return say_n("An entry counts from {n} vote on.", "An entry counts from {n} votes on.", least)


def looked_at(rows: Sequence[judging.Criterion]) -> Sayable:
    """What judges look at, each with its part of the whole."""
    whole = sum(each.weight for each in rows)
    said = [
        say("{name} {n}%", name=each.text_of("title"), n=round(100 * each.weight / whole))
        for each in rows
    ]
    return say("Looked at: {criteria}", criteria=listing(*said))


def due(contest: Contest, how: Judging | None) -> Sayable | None:
    """By when marks are due; None where nothing says it, and on a stage."""
    if how is None or not judging.has_deadline(contest):
        return None
    return say("Marks are due by {when}.", when=When(how.until, near=True))


def asks_to_publish(contest: Contest) -> Sayable:
    """What is asked before a result is published, with who reads it then."""
    if contest.is_for_all:
        return say("Show the result to everybody?")
    return say("Show the result to those whom the contest is for?")


def published_words(contest: Contest) -> Sayable:
    """What is said once a result was published, and who reads it."""
    if contest.is_for_all:
        return say("✅ The result is public, with its record.")
    return say("✅ Published: those whom the contest is for read the result in the chat.")


def refused_voting(refused: BadPlan | NotJudged | Stays) -> Sayable:
    """Why it stays as it is how the public votes."""
    match refused:
        case Frozen():
            return say("Voting has opened: its rules stay as they were published.")
        case BadPlan():
            return say("It opens from now on and closes later; a ceiling is 5 or more.")
        case NotJudged():
            return say("Say how it is judged first; without judges their part is 0.")
        case Over():
            return LACKS[results.RESULT]
        case ForAward():
            return say("Nobody votes on an award: it is decided after the public notice.")
        case never:
            assert_never(never)


def voted_on(row: Voting) -> Sayable:
    """When the public votes, and for how much of the result."""
    return say(
        "The public votes from {opens} until {closes}, for {n}% of the result.",
        opens=When(row.opens_at),
        closes=When(row.closes_at),
        n=FULL - row.jury_percent,
    )
