"""打分: members are asked to judge a contest, accept or refuse, and name what they are tied to."""

from collections.abc import Generator, Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question
from bot.conversation.messages import Button, Choice, Reply, lines, listing, say
from bot.conversation.routing import Drop, Router
from handlers.actions import MENU
from handlers.contests.judging import PAGE, next_entry, nothing, title_of
from handlers.contests.judging_buttons import AnswerJudge, DeclareTie, GoOnJudging
from handlers.contests.judging_words import due
from handlers.words import person
from models.contests import judges, judging, unsealing
from models.contests.contests import Contest
from models.contests.judges import Judge
from models.network.members import Member
from models.sending.reasons import Reason

router = Router()


@router.command("judge", zh="打分")
def judge(chat: Chat, words: str) -> Reply:
    rows = judges.open_for(chat.session, chat.member.id)
    if not rows:
        return nothing(say("Nothing is waiting for your marks."))
    asked = next((row for row in rows if row[0].accepted_at is None), None)
    if asked is not None:
        return _asked(chat, *asked)
    if len(rows) == 1:
        return next_entry(chat, *rows[0])
    return Reply(
        say("Which contest do you want to judge?"),
        tuple(
            Choice(number, title_of(contest), GoOnJudging(row.id))
            for number, (row, contest) in enumerate(rows[:PAGE], start=1)
        ),
        (MENU,),
    )


def _asked(chat: Chat, row: Judge, contest: Contest) -> Reply:
    how = judging.of_contest(chat.session, contest.id)
    names = [each.text_of("title") for each in judging.criteria_of(chat.session, contest.id)]
    is_live = not judging.has_deadline(contest)
    return Reply(
        lines(
            say("🔔 Would you judge {title}, on the evening itself?", title=title_of(contest))
            if is_live
            else say("🔔 Would you judge entries of {title}?", title=title_of(contest)),
            say("Looked at: {criteria}", criteria=listing(*names)) if names else None,
            say("You mark whoever is on the stage, by taps in this chat.")
            if is_live
            else due(contest, how),
            say("Entries of your own and of your company go to others."),
        ),
        buttons=(
            Button(say("I'll judge"), AnswerJudge(row.id, 1)),
            Button(say("No, thanks"), AnswerJudge(row.id, 0)),
        ),
    )


@router.notice(judges.ASKED)
def asked(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = judges.own(chat.session, facts["judge"], chat.member.id)
    if found is None or found[0].accepted_at is not None:
        return Drop(Reason.OUTDATED)
    return _asked(chat, *found)


@router.button(AnswerJudge)
def answer(chat: Chat, press: AnswerJudge) -> Reply:
    row = judges.answer(chat.session, press.judge_id, chat.member.id, chat.now, yes=bool(press.yes))
    if row is None:
        return nothing()
    if not press.yes and row.accepted_at is None:
        return nothing(say("All right. Thank you for saying so."))
    is_live = not judging.has_deadline(chat.session.get_one(Contest, row.contest_id))
    return Reply(
        lines(
            say("✅ You judge. The points to tap come as each is called to the stage.")
            if is_live
            else say("✅ You judge. You get word when entries are yours to mark."),
            say("Do you have a tie to a company besides your own? Then its entries go to others."),
        ),
        buttons=(
            Button(say("Name a company"), DeclareTie(row.id)),
            Button(say("None"), GoOnJudging(row.id)),
        ),
    )


@router.dialog("judge-tie")
def take_tie(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    words = yield Question(
        "company", say("Which company? A part of its name will do."), check=lambda words: words
    )
    return start["judge_id"], words


@router.button(DeclareTie)
def declare(chat: Chat, press: DeclareTie) -> Reply:
    if judges.own(chat.session, press.judge_id, chat.member.id) is None:
        return nothing()
    if not press.enterprise_id:
        return take_tie.begin(chat, judge_id=press.judge_id)
    judges.declare(chat.session, press.judge_id, chat.member.id, press.enterprise_id)
    return Reply(
        say("✅ Its entries go to others."),
        buttons=(
            Button(say("Another one"), DeclareTie(press.judge_id)),
            Button(say("Go on"), GoOnJudging(press.judge_id)),
        ),
    )


@take_tie.done
def took_tie(chat: Chat, form: tuple[int, str]) -> Reply:
    judge_id, words = form
    found = judges.companies_called(chat.session, words)
    on = Button(say("Go on"), GoOnJudging(judge_id))
    again = Button(say("Another name"), DeclareTie(judge_id))
    if not found:
        return Reply(say("No company here is called “{words}”.", words=words), buttons=(again, on))
    return Reply(
        say("Which one do you mean?"),
        tuple(
            Choice(number, each.text_of("name"), DeclareTie(judge_id, each.id))
            for number, each in enumerate(found, start=1)
        ),
        (again, on),
    )


@router.notice(judges.ANSWERED)
def answered(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    row = chat.session.get(Judge, facts["judge"])
    if row is None or row.member_id is None:
        return Drop(Reason.GONE)
    contest = chat.session.get_one(Contest, row.contest_id)
    member = chat.session.get_one(Member, row.member_id)
    name = person(member.name, member.id)
    said = (
        say("✅ {name} judges {title}.", name=name, title=title_of(contest))
        if row.accepted_at is not None
        else say("❌ {name} can't judge {title}.", name=name, title=title_of(contest))
    )
    return Reply(said, buttons=(MENU,))


@router.notice(unsealing.UNSEALED)
def unsealed(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    contest = chat.session.get(Contest, facts["contest"])
    how = judging.of_contest(chat.session, facts["contest"])
    if contest is None or how is None or how.unsealed_at is None:
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(
            say("✅ The marks of {title} are in, and final.", title=title_of(contest)),
            say("Places and record stand at the desk. Nobody else sees them yet."),
        ),
        buttons=(MENU,),
    )
