"""The stage in the chat: who is called, who judges live, what came out."""

from typing import assert_never

from bot.conversation.chat import Chat
from bot.conversation.messages import Button, Choice, Reply, When, lines, say
from bot.conversation.routing import Router
from handlers.actions import EVENTS, MENU, MINE, OpenEvent
from handlers.contests import stage_words as words
from handlers.contests.finding import found
from handlers.contests.result_pages import has_page, path_of
from handlers.contests.stage_buttons import (
    CallNext,
    CloseRound,
    GivePoints,
    JudgeLive,
    LeaveRound,
    MarkAbsent,
    OpenRound,
    refused,
)
from handlers.permission import denied
from models.contests import calling, judging, rounds, scores
from models.contests.calling import Called, Waiting
from models.contests.contests import Contest
from models.contests.promoting import Ended
from models.contests.rounds import (
    AHEAD,
    Appearance,
    AppearanceState,
    ContestRound,
    NotDone,
    RoundState,
    WhyNot,
)
from models.contests.scores import Assignment, Given
from models.network import roles, stations
from models.network.stations import Station
from models.rules.network.permissions import Act

router = Router()

SHOWN = 10
"""How many places a message shows, and how many steps of points a judge picks from."""

LISTED = 5


# Rounds


@router.command("stage", zh="出场", also=("上台",), about=say("Rounds of singing contests"))
def stage_by_words(chat: Chat, said: str) -> Reply:
    """The rounds that go on or come next, for those who run them, perform or watch."""
    rows = [each for each in rounds.to_come(chat.session) if found(chat, each.contest_id)]
    drawn = [each for each in rows if each.state is RoundState.DRAWN]
    # Of those that are over only the last one is told.
    rows = drawn[:LISTED] or rows[:1]
    if len(rows) == 1:
        return open_round(chat, OpenRound(rows[0].id))
    if not rows:
        runs = roles.where(chat.session, chat.member.id, Act.RUN_CONTEST, chat.now) is not None
        none = lines(
            say("No round is drawn now. Contests on a stage stand among the events."),
            say("Its order is drawn at the desk, under “Stage”.") if runs else None,
        )
        return Reply(none, buttons=(EVENTS, MENU))
    choices = tuple(
        Choice(number, each.text_of("name"), OpenRound(each.id), words.heading(chat.session, each))
        for number, each in enumerate(rows, start=1)
    )
    return Reply(say("Which round?"), choices, (MENU,))


@router.button(OpenRound)
def open_round(chat: Chat, press: OpenRound) -> Reply:
    row = rounds.get(chat.session, press.round_id)
    if row is None or row.state is RoundState.PLANNED or found(chat, row.contest_id) is None:
        return refused(WhyNot.NOT_DRAWN)
    return _over(chat, row) if row.state is RoundState.OVER else _running(chat, row)


def _running(chat: Chat, row: ContestRound) -> Reply:
    """Who is on the stage and who comes next; with the buttons of those who call."""
    every = rounds.of_round(chat.session, row.id)
    on = next((each for each in every if each.state is AppearanceState.ON_STAGE), None)
    ahead = [each for each in every if each.state in AHEAD]
    own = _own(chat, row)
    buttons = list[Button]()
    if _may_run(chat, row):
        after = on.id if on is not None else 0
        if ahead or on is not None:
            label = say("Call the next") if ahead else say("Clear the stage")
            buttons.append(Button(label, CallNext(row.id, after)))
        if on is not None:
            buttons.append(Button(say("Didn't come"), MarkAbsent(on.id)))
        else:
            buttons.append(Button(say("Close the round"), CloseRound(row.id)))
    elif own is not None and own.state in (*AHEAD, AppearanceState.STANDBY):
        buttons.append(Button(say("Pull out"), LeaveRound(own.id)))
    lacks = calling.lacking(chat.session, row.id) if _may_run(chat, row) else 0
    event = rounds.event_of(chat.session, row)
    if event is not None and len(buttons) < 2:
        buttons.append(Button(say("See event"), OpenEvent(event.id)))
    return Reply(
        lines(
            words.heading(chat.session, row),
            When(event.starts_at, near=True) if event is not None and on is None else None,
            say("On the stage: {who}", who=words.performer(chat.session, on)) if on else None,
            *(
                say("Next: {who}", who=words.performer(chat.session, each))
                for each in ahead[: calling.AHEAD_TOLD]
            ),
            words.own_line(own),
            say("Judges who haven't finished: {n}.", n=lacks) if lacks else None,
        ),
        buttons=(*buttons, MENU)[:3],
    )


def _own(chat: Chat, row: ContestRound) -> Appearance | None:
    found = rounds.of_member(chat.session, row.contest_id, chat.member.id)
    return next((each for each in found if each.round_id == row.id), None)


def _over(chat: Chat, row: ContestRound) -> Reply:
    how = Button(say("How it's counted"), url=path_of(row.contest_id, row.id))
    contest = chat.session.get_one(Contest, row.contest_id)
    is_recorded = has_page(chat.session, contest, row.id)
    return Reply(
        lines(words.heading(chat.session, row), *words.places(chat.session, row, SHOWN)),
        buttons=(*((how,) if is_recorded else ()), MINE, MENU),
    )


def _may_run(chat: Chat, row: ContestRound) -> bool:
    contest = chat.session.get_one(Contest, row.contest_id)
    station = chat.session.get_one(Station, contest.station_id)
    return roles.may(chat.session, chat.member.id, Act.RUN_CONTEST, station, chat.now)


def _denied(chat: Chat, row: ContestRound) -> Reply | None:
    contest = chat.session.get_one(Contest, row.contest_id)
    return denied(chat, Act.RUN_CONTEST, stations.get(chat.session, contest.station_id))


# Calling


@router.button(CallNext)
def call_next(chat: Chat, press: CallNext) -> Reply:
    row = rounds.get(chat.session, press.round_id)
    if row is None:
        return refused(WhyNot.NOT_DRAWN)
    if (refusal := _denied(chat, row)) is not None:
        return refusal
    every = rounds.of_round(chat.session, row.id)
    on = next((each for each in every if each.state is AppearanceState.ON_STAGE), None)
    # Somebody else called meanwhile, or the button was pressed twice.
    if (on.id if on is not None else 0) != press.after:
        return _running(chat, row)
    done = calling.call_next(chat.session, row.id, chat.member.id, chat.now)
    match done:
        case Called(None, _):
            ended = calling.after_score(chat.session, row.id, chat.now)
            if ended is not None:
                return _over(chat, ended.round)
            lacks = calling.lacking(chat.session, row.id)
            return Reply(
                lines(
                    say("The stage is empty; everybody has performed."),
                    say("Judges who haven't finished: {n}.", n=lacks),
                ),
                buttons=(Button(say("Close the round"), CloseRound(row.id)), MENU),
            )
        case Called():
            return _running(chat, row)
        case NotDone(why):
            return refused(why)
        case never:
            assert_never(never)


@router.button(MarkAbsent)
def mark_absent(chat: Chat, press: MarkAbsent) -> Reply:
    each = chat.session.get(Appearance, press.appearance_id)
    row = rounds.get(chat.session, each.round_id) if each is not None else None
    if each is None or row is None:
        return refused(WhyNot.OVER)
    if (refusal := _denied(chat, row)) is not None:
        return refusal
    done = calling.mark_absent(chat.session, each.id, chat.member.id, chat.now)
    return refused(done.why) if isinstance(done, NotDone) else _running(chat, row)


@router.button(CloseRound)
def close(chat: Chat, press: CloseRound) -> Reply:
    row = rounds.get(chat.session, press.round_id)
    if row is None:
        return refused(WhyNot.NOT_DRAWN)
    if (refusal := _denied(chat, row)) is not None:
        return refusal
    sure = bool(press.sure)
    done = calling.close(chat.session, row.id, chat.member.id, chat.now, sure=sure)
    anyway = (
        Button(say("Keep it open"), OpenRound(row.id)),
        Button(say("Close anyway"), CloseRound(row.id, 1)),
    )
    match done:
        case Ended(found, _):
            return _over(chat, found)
        case Waiting(lacks):
            text = say("Judges who haven't finished: {n}. Their points would be left out.", n=lacks)
            return Reply(text, buttons=anyway)
        case NotDone(WhyNot.SCORES_LACK):
            return Reply(say("Not everybody has performed. Close it?"), buttons=anyway)
        case NotDone(why):
            return refused(why)
        case never:
            assert_never(never)


@router.button(LeaveRound)
def leave(chat: Chat, press: LeaveRound) -> Reply:
    each = chat.session.get(Appearance, press.appearance_id)
    if each is None or chat.member.id not in rounds.performers(chat.session, each.entry_id):
        return refused(WhyNot.OVER)
    if not press.sure:
        return Reply(
            say("Withdraw from this round? A standby moves up at once."),
            buttons=(
                Button(say("Stay in"), OpenRound(each.round_id)),
                Button(say("Pull out"), LeaveRound(each.id, 1)),
            ),
        )
    done = calling.withdraw(chat.session, each.id, chat.member.id, chat.now)
    if isinstance(done, NotDone):
        return refused(done.why)
    return Reply(say("You've withdrawn. Thank you for telling us."), buttons=(EVENTS, MENU))


# Judging live


@router.button(JudgeLive)
def judge_live(chat: Chat, press: JudgeLive) -> Reply:
    found = scores.own(chat.session, press.assignment_id, chat.member.id)
    if found is None:
        return Reply(say("That's not yours to judge any more."), buttons=(MENU,))
    return ask_points(chat, found[0], found[2], again=bool(press.again))


def ask_points(chat: Chat, given: Assignment, contest: Contest, *, again: bool = False) -> Reply:
    """The next criterion without points, one tap each; or all points that were given."""
    criteria = judging.criteria_of(chat.session, contest.id)
    there = scores.points_of(chat.session, [given.id]).get(given.id, {})
    lacks = [each for each in criteria if again or each.id not in there]
    who = words.on_stage(chat.session, given.entry_id, contest)
    if not lacks:
        said = lines(
            *(
                say("{title}: {points}", title=each.text_of("title"), points=there[each.id].points)
                for each in criteria
            )
        )
        return Reply(
            lines(say("✅ Points for {who}:", who=who), said),
            buttons=(Button(say("Change"), JudgeLive(given.id, 1)), MENU),
        )
    asked = lacks[0]
    number = criteria.index(asked) + 1
    step = max(asked.most // SHOWN, 1)
    offered = [asked.most - step * each for each in range(SHOWN) if asked.most >= step * each]
    choices = tuple(
        Choice(points, str(points), GivePoints(given.id, asked.id, points)) for points in offered
    )
    return Reply(
        lines(
            who,
            say(
                "{title} ({n} of {all}): how many points?",
                title=asked.text_of("title"),
                n=number,
                all=len(criteria),
            ),
        ),
        choices,
    )


@router.button(GivePoints)
def give_points(chat: Chat, press: GivePoints) -> Reply:
    found = scores.own(chat.session, press.assignment_id, chat.member.id)
    given = found[0] if found is not None else None
    row = rounds.get(chat.session, given.round_id or 0) if given is not None else None
    if found is None or row is None or row.state is not RoundState.DRAWN:
        return Reply(say("The round is over; points stay as they are."), buttons=(MENU,))
    done = scores.give(
        *(chat.session, press.assignment_id, press.criterion_id, press.points),
        *(chat.member.id, chat.now),
    )
    if not isinstance(done, Given):
        return Reply(say("That's not possible any more."), buttons=(MENU,))
    if not done.lacks:
        calling.after_score(chat.session, row.id, chat.now)
    return ask_points(chat, done.assignment, found[2])
