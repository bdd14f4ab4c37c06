"""评审: how a contest is judged, by whom, its start and its result; for those who run it."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Option, Question, Wrong
from bot.conversation.messages import (
    Action,
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    listing,
    say,
)
from bot.conversation.routing import Router
from handlers import dates
from handlers.contests import running, wording
from handlers.contests.buttons import AskToJudge, RunContest, RunJudging, SetVoting
from handlers.contests.judging_words import (
    JUDGED_LIVE,
    LACKS,
    criteria_in,
    due,
    looked_at,
    published_words,
    voted_on,
    with_their_judges,
)
from handlers.words import person
from models.contests import assignments, judges, judging, results, scores, voting
from models.contests.assignments import NotReady
from models.contests.contests import Contest
from models.contests.judges import Invited, Over
from models.contests.judging import Assigned, BadCriteria, Plan, SetUp, TooLate
from models.contests.results import NotYet, Published, Settled
from models.members import looking_up, seeing
from models.members.looking_up import Colleague, Nobody, Several

router = Router()

NAMED = 6
"""Judges who are named in the message."""

LATER = (timedelta(days=7), timedelta(days=14), timedelta(days=28))
NOBODY = say("Nobody in your places has this name or number.")
A_LINE = say("A line for each criterion: name, weight, most points.")


@router.button(RunJudging)
def run_judging(chat: Chat, press: RunJudging) -> Reply:
    contest, refusal = running.to_run(chat, press.contest_id)
    if contest is None:
        return refusal
    match press.what:
        case "set":
            return _begin(chat, contest)
        case "ask":
            return who.begin(chat, contest_id=contest.id)
        case "code":
            return _code(chat, contest)
        case "assign":
            return _assign(chat, contest)
        case "fix":
            return Reply(
                say("Fix the result? Marks and votes are final then."),
                buttons=(_back(contest), Button(say("Fix it"), RunJudging(contest.id, "fix-now"))),
            )
        case "fix-now":
            done = results.settle(chat.session, contest.id, chat.member.id, chat.now)
            return _told(chat, contest, done, say("✅ It is fixed. It can be public in an hour."))
        case "publish":
            published = results.publish(chat.session, contest.id, chat.member.id, chat.now)
            return _told(chat, contest, published, published_words(contest))
        case _:
            return card(chat, contest)


def _told(chat: Chat, contest: Contest, done: Settled | Published | NotYet, said: Sayable) -> Reply:
    match done:
        case NotYet(lacks=lacks):
            return card(chat, contest, before=LACKS[lacks])
        case Settled() | Published():
            return card(chat, contest, before=said)
        case never:
            assert_never(never)


def _back(contest: Contest) -> Button:
    return Button(say("Back"), RunJudging(contest.id))


def card(chat: Chat, contest: Contest, *, before: Sayable | None = None) -> Reply:
    """How it is judged and how far it is, with what comes next."""
    how = judging.of_contest(chat.session, contest.id)
    vote = voting.of_contest(chat.session, contest.id)
    rows = judging.criteria_of(chat.session, contest.id)
    steps = list(_steps(chat, contest))
    return Reply(
        lines(
            before,
            say("Judging: {title}", title=wording.title_of(contest)),
            looked_at(rows) if rows else say("Nothing says how it is judged yet."),
            due(contest, how),
            voted_on(vote) if vote is not None else None,
            _jury(chat, contest),
        ),
        tuple(
            Choice(number, label, action) for number, (label, action) in enumerate(steps, start=1)
        ),
        (Button(say("The contest"), RunContest(contest.id)),),
    )


def _steps(chat: Chat, contest: Contest) -> Iterator[tuple[Sayable, Action]]:
    """What can be done now, by labels."""
    how = judging.of_contest(chat.session, contest.id)
    is_over = judges.is_over(chat.session, contest)
    if not is_over:
        yield say("How it is judged"), RunJudging(contest.id, "set")
        yield say("Ask somebody to judge"), RunJudging(contest.id, "ask")
    # On a stage entries go to their judges as they are called.
    is_ahead = judging.has_deadline(contest)
    if how is not None and not is_over and how.assigned_at is None and is_ahead:
        yield say("Assign entries"), RunJudging(contest.id, "assign")
    is_settled = results.settled(chat.session, contest.id) is not None
    if not is_settled and voting.why_not(chat.session, contest, chat.now) is None:
        yield say("How the public votes"), SetVoting(contest.id)
    if not is_settled:
        yield say("Fix the result"), RunJudging(contest.id, "fix")
    elif contest.decided_at is None:
        yield say("Make it public"), RunJudging(contest.id, "publish")


def _jury(chat: Chat, contest: Contest) -> Sayable:
    """The judges with how far each is; never what they gave."""
    found: list[Sayable] = []
    for each in scores.progress(chat.session, contest.id):
        if each.judge.left_at is not None or each.judge.refused_at is not None:
            continue
        name = (
            person(each.member.name, each.member.id)
            if each.member is not None
            else say("a code, unused")
        )
        if each.judge.accepted_at is None:
            found.append(say("{name} (asked)", name=name) if each.member is not None else name)
        elif each.given:
            found.append(say("{name} ({n}/{all})", name=name, n=each.done, all=each.given))
        else:
            found.append(name)
    if not found:
        return say("Nobody is asked to judge yet.")
    more = say("and {n} more", n=len(found) - NAMED) if len(found) > NAMED else None
    return say("Judges: {names}", names=listing(*found[:NAMED], more))


# How it is judged


def _begin(chat: Chat, contest: Contest) -> Reply:
    """Ask how it is judged; once entries are assigned only by when, and on a stage nothing."""
    how = judging.of_contest(chat.session, contest.id)
    is_assigned = how is not None and how.assigned_at is not None
    is_live = not judging.has_deadline(contest)
    if is_assigned and is_live:
        return card(chat, contest, before=JUDGED_LIVE)
    return set_judging.begin(
        chat,
        contest_id=contest.id,
        after=max(chat.now, contest.closes_at).isoformat(),
        has=bool(judging.criteria_of(chat.session, contest.id)),
        only_until=is_assigned,
        is_live=is_live,
    )


@router.dialog("set-judging", draft=say("How it is judged"))
def set_judging(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    criteria, judges_each, blind = None, None, None
    if not start["only_until"]:
        criteria = yield Question(
            "criteria",
            lines(say("What do judges look at?"), A_LINE, say("For example: Idea 60 10")),
            check=_lines,
            many_lines=True,
            skip=say("Leave it as it is") if start["has"] else None,
        )
    # What was begun before 0.4.0 does not know of stages.
    if start.get("is_live"):
        return start["contest_id"], criteria, None, None, None
    after = datetime.fromisoformat(start["after"])
    until = yield Question(
        "until",
        say("By when are marks due?"),
        options=tuple(
            Option(dates.kept(at, None), lines(When(at))) for at in (after + each for each in LATER)
        ),
        read=dates.read,
    )
    if not start["only_until"]:
        judges_each = yield Question(
            "judges",
            say("How many judges mark each entry?"),
            options=tuple(Option(str(n), str(n)) for n in (1, 2, 3, 5, 7)),
        )
        blind = yield Question(
            "blind",
            say("May judges read who made an entry?"),
            options=(Option("", say("Yes, they may")), Option("blind", say("No, only its code"))),
        )
    return start["contest_id"], criteria, until, judges_each, blind


def _lines(words: str) -> str | Wrong:
    return words if criteria_in(words) else Wrong(say("I can't read that line."))


@set_judging.done
def keep_judging(
    chat: Chat, form: tuple[int, str | None, str | None, str | None, str | None]
) -> Reply:
    contest_id, said, until, judges_each, blind = form
    contest, refusal = running.to_run(chat, contest_id)
    if contest is None:
        return refusal
    plan = judging.plan_of(chat.session, contest_id)
    if until is not None:
        plan = replace(plan, until=dates.span(until, timedelta())[0])
    if said is not None:
        plan = replace(plan, criteria=tuple(criteria_in(said)))
    if judges_each is not None:
        plan = replace(plan, per_entry=int(judges_each), is_blind=bool(blind))
    match judging.set_up(chat.session, contest_id, plan, chat.member.id, chat.now):
        case SetUp():
            return card(chat, contest, before=say("✅ Saved."))
        case Assigned():
            return _put_off(chat, contest, plan)
        case TooLate():
            late = say("Marks are due after the contest has closed, and later.")
            return card(chat, contest, before=late)
        case BadCriteria():
            return card(chat, contest, before=A_LINE)
        case never:
            assert_never(never)


def _put_off(chat: Chat, contest: Contest, plan: Plan) -> Reply:
    if not judging.has_deadline(contest):
        return card(chat, contest, before=JUDGED_LIVE)
    done = judging.put_off(chat.session, contest.id, plan.until, chat.member.id, chat.now)
    if not isinstance(done, SetUp):
        return card(chat, contest, before=LACKS[assignments.SEALED])
    moved = say("The deadline is moved; all else stays as it was assigned.")
    return card(chat, contest, before=moved)


# Judges


@router.dialog("who-judges")
def who(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    words = yield Question(
        "who",
        say("Who shall judge? Write a name or a number. Somebody else gets a one-time code."),
        check=lambda words: words,
        skip=say("One-time code"),
    )
    return start["contest_id"], words


@who.done
def took_name(chat: Chat, form: tuple[int, str | None]) -> Reply:
    contest, refusal = running.to_run(chat, form[0])
    if contest is None:
        return refusal
    if form[1] is None:
        return _code(chat, contest)
    found = looking_up.meant(chat.session, chat.member.id, form[1], chat.now)
    again = Button(say("Another name"), RunJudging(contest.id, "ask"))
    code = Button(say("One-time code"), RunJudging(contest.id, "code"))
    match found:
        case Colleague(member_id):
            return _invite(chat, contest, member_id, form[1])
        case Nobody():
            nobody = say("I find nobody called “{words}” in your places.", words=form[1])
            return Reply(nobody, buttons=(again, code, _back(contest)))
        case Several(people):
            return Reply(
                say("Who is meant?"),
                tuple(
                    Choice(
                        number,
                        person(each.name, each.id),
                        AskToJudge(contest.id, each.id),
                        lines(person(each.name, each.id), each.place, between=" · "),
                    )
                    for number, each in enumerate(people, start=1)
                ),
                (again, code, _back(contest)),
            )
        case never:
            assert_never(never)


@router.button(AskToJudge)
def ask_to_judge(chat: Chat, press: AskToJudge) -> Reply:
    contest, refusal = running.to_run(chat, press.contest_id)
    if contest is None:
        return refusal
    # A press is as good as words: only whom this organizer may see is asked, and named.
    seen = seeing.find(chat.session, chat.member.id, press.member_id, chat.now)
    if seen is None:
        return card(chat, contest, before=NOBODY)
    return _invite(chat, contest, seen.id, seen.name)


def _invite(chat: Chat, contest: Contest, member_id: int, called: str) -> Reply:
    done = judges.invite(chat.session, contest.id, member_id, chat.member.id, chat.now)
    name = person(called, member_id)
    match done:
        case Invited(again=True):
            said: Sayable = say("{name} was asked before.", name=name)
        case Invited():
            said = say("✅ {name} is asked.", name=name)
        case Over():
            said = LACKS[assignments.SEALED]
        case None:
            said = NOBODY
        case never:
            assert_never(never)
    return card(chat, contest, before=said)


def _code(chat: Chat, contest: Contest) -> Reply:
    """A code for somebody who is no worker here: an expert from elsewhere."""
    code = judges.make_code(chat.session, contest.id, chat.member.id, chat.now)
    if not isinstance(code, str):
        return card(chat, contest, before=LACKS[assignments.SEALED])
    return Reply(
        lines(
            say("Send this to whoever shall judge {title}:", title=wording.title_of(contest)),
            say("Write “claim {code}” here.", code=code),
            say("It works once, for 30 days."),
        ),
        buttons=(_back(contest), Button(say("Another code"), RunJudging(contest.id, "code"))),
    )


def _assign(chat: Chat, contest: Contest) -> Reply:
    done = assignments.assign(chat.session, contest.id, chat.member.id, chat.now)
    if isinstance(done, NotReady):
        return card(chat, contest, before=LACKS[done.lacks])
    said = with_their_judges(done.entries)
    return card(chat, contest, before=said)
