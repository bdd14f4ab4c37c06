"""Words of judging and votes that chat, desk and public pages share."""

from collections.abc import Mapping

from bot.conversation.messages import Sayable, say
from models.contests import assignments, results
from models.rules.contests.bursts import Sign
from models.rules.contests.scoring import Method

METHODS: Mapping[Method, Sayable] = {
    Method.MEAN: say("Mean"),
    Method.TRIMMED: say("Mean without the highest and the lowest"),
    Method.MEDIAN: say("Median"),
}
LACKS: Mapping[str, Sayable] = {
    assignments.CRITERIA: say("First say how it is judged."),
    assignments.ENTRIES: say("Nobody has handed in an entry."),
    assignments.JUDGES: say("Nobody has agreed to judge yet."),
    assignments.CLOSING: say("Entries are assigned once the contest takes no more of them."),
    assignments.SEALED: say("The marks are final."),
    results.MARKS: say("Marks are not in yet."),
    results.VOTES: say("Voting goes on."),
    results.RULES: say("Nothing says how places come about: neither judges nor votes."),
    results.RESULT: say("The result is fixed already, or there is none."),
    results.AN_HOUR: say("Those who entered hear it first: it can be public an hour later."),
}
"""What has to be there before something is done with a judging or a result."""

SIGNS: Mapping[Sign, Sayable] = {
    Sign.NEW: say("new accounts"),
    Sign.AT_ONCE: say("many within a minute"),
    Sign.SOURCE: say("one way to the web"),
    Sign.UNIT: say("a whole unit within a minute"),
}
