"""How the public votes on a contest, set up in the chat by those who run it."""

from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import Reply, Sayable, When, lines, say, say_n
from bot.conversation.routing import Router
from handlers import dates
from handlers.contests import judging_words, jury, running
from handlers.contests.buttons import SetVoting
from models.contests import categories, judging, voting
from models.contests.contests import Contest
from models.contests.voting import BadPlan, ForAward, Frozen, NotJudged, Over, Plan, SetUp
from models.rules.contests.states import Phase, phase_of
from models.store import Moment

router = Router()

AT_ONCE, EACH = "now", "category"
LASTS = (timedelta(days=3), timedelta(days=7), timedelta(days=14))
VOTES, SHARES = (1, 3), (0, 50, 70)
"""Votes of each, and the judges' parts of the result in percent, that are offered."""

CEILING = 30
"""All votes of one company count as so many at most, unless the desk says otherwise."""

TAKES_ENTRIES = say("Voting begins at once only when no more entries are taken; name a time.")


@router.button(SetVoting)
def begin(chat: Chat, press: SetVoting) -> Reply:
    """Ask how the public votes; once it has begun its rules stay as they were published."""
    contest, refusal = running.to_run(chat, press.contest_id)
    if contest is None:
        return refusal
    refused = voting.why_not(chat.session, contest, chat.now)
    if refused is not None:
        return jury.card(chat, contest, before=judging_words.refused_voting(refused))
    row = voting.of_contest(chat.session, contest.id)
    return set_voting.begin(
        chat,
        contest_id=contest.id,
        now=chat.now.isoformat(),
        closes=contest.closes_at.isoformat() if contest.closes_at > chat.now else "",
        is_closed=_is_closed(contest, chat.now),
        has_categories=bool(categories.of_contest(chat.session, contest.id)),
        is_judged=judging.of_contest(chat.session, contest.id) is not None,
        percent=row.jury_percent if row is not None else 0,
    )


def _is_closed(contest: Contest, now: Moment) -> bool:
    """Whether nothing is handed in any more, so that all entries have the same time for votes."""
    return phase_of(contest, now) is Phase.CLOSED


@router.dialog("set-voting", draft=say("How the public votes"))
def set_voting(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    closing = [datetime.fromisoformat(start["closes"])] if start["closes"] else []
    opens = yield Question(
        "opens",
        say("From when does the public vote?"),
        options=(
            *((Option(AT_ONCE, say("At once")),) if start.get("is_closed") else ()),
            *(Option(dates.kept(at, None), lines(When(at))) for at in closing),
        ),
        read=dates.read,
    )
    begins = _moment(opens, datetime.fromisoformat(start["now"]))
    ends = [begins + each for each in LASTS]
    closes = yield Question(
        "closes",
        say("Until when?"),
        options=tuple(Option(dates.kept(at, None), lines(When(at))) for at in ends),
        read=partial(_later, begins),
    )
    votes = yield Question(
        "votes",
        say("How many votes has each member?"),
        options=(
            *(Option(str(n), say_n("{n} vote", "{n} votes", n)) for n in VOTES),
            *((Option(EACH, say("One in each category")),) if start["has_categories"] else ()),
        ),
    )
    percent = None
    if start["is_judged"]:
        percent = yield Question(
            "percent",
            say("What part of the result do the judges decide?"),
            options=tuple(Option(str(n), say("{n}%", n=n)) for n in _shares(start)),
        )
    return start["contest_id"], opens, closes, votes, percent


def _shares(start: Mapping[str, Any]) -> list[int]:
    """The judges' parts that are offered, with the one that is set."""
    return sorted({*SHARES, start.get("percent", 0)})


def _later(begins: Moment, words: str, now: Moment, zone: ZoneInfo) -> str | Wrong:
    """The time that the words name, if it comes after voting has begun."""
    said = dates.read(words, now, zone)
    if isinstance(said, Wrong) or _moment(said, now) > begins:
        return said
    return Wrong(say("Voting ends after it has begun; write a later time."))


def _moment(said: str, now: Moment) -> Moment:
    return now if said == AT_ONCE else dates.span(said, timedelta())[0]


@set_voting.done
def keep_voting(chat: Chat, form: tuple[int, str, str, str, str | None]) -> Reply:
    contest_id, opens, closes, votes, percent = form
    contest, refusal = running.to_run(chat, contest_id)
    if contest is None:
        return refusal
    if opens == AT_ONCE and not _is_closed(contest, chat.now):
        return jury.card(chat, contest, before=TAKES_ENTRIES)
    row = voting.of_contest(chat.session, contest_id)
    plan = Plan(
        _moment(opens, chat.now),
        _moment(closes, chat.now),
        1 if votes == EACH else int(votes),
        is_per_category=votes == EACH,
        ceiling=CEILING,
        jury_percent=int(percent or 0),
    )
    if row is not None:
        # What was not asked here stays as it was written, but the part of judges who are not there.
        plan = replace(plan, known_before=row.known_before, ceiling=row.ceiling)
    match voting.set_up(chat.session, contest_id, plan, chat.member.id, chat.now):
        case SetUp(row):
            return jury.card(chat, contest, before=_saved(row))
        case BadPlan() | NotJudged() | Frozen() | Over() | ForAward() as refused:
            return jury.card(chat, contest, before=judging_words.refused_voting(refused))
        case never:
            assert_never(never)


def _saved(row: voting.Voting) -> Sayable:
    if row.ceiling is None:
        return say("✅ Saved; it's frozen when voting opens.")
    return say(
        "✅ Saved; it's frozen when voting opens. All votes of one company count as {n} at most; "
        "the desk changes that.",
        n=row.ceiling,
    )
