"""The stage in the chat: who is called, who judges live, what came out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.messages import Action, Button, Choice, Reply, Sayable, Text, When, lines, say
from bot.conversation.routing import Drop, Router
from handlers.actions import EVENTS, MENU, MINE, OpenEvent
from handlers.contests import stage_words as words
from handlers.contests.result_pages import path_of
from handlers.permission import denied
from handlers.words import DOT, title
from models.contests import calling, contests, judging, protocols, rounds, scores
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
from models.sending.reasons import Reason

router = Router()

SHOWN = 10
"""How many places a message shows, and how many steps of points a judge picks from."""


@dataclass(frozen=True, slots=True)
class OpenRound(Action, tag="round"):
    round_id: int


@dataclass(frozen=True, slots=True)
class CallNext(Action, tag="round-next"):
    """Calls the next; ``after`` is who was on the stage when it was shown, so that two presses
    call one."""

    round_id: int
    after: int = 0


@dataclass(frozen=True, slots=True)
class MarkAbsent(Action, tag="round-absent"):
    appearance_id: int


@dataclass(frozen=True, slots=True)
class CloseRound(Action, tag="round-close"):
    round_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class LeaveRound(Action, tag="round-leave"):
    appearance_id: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class JudgeLive(Action, tag="live-judge"):
    """Asks a judge for the points of somebody on the stage, from the first criterion on."""

    assignment_id: int
    again: int = 0


@dataclass(frozen=True, slots=True)
class GivePoints(Action, tag="live-points"):
    assignment_id: int
    criterion_id: int
    points: int


REFUSALS: dict[WhyNot, Sayable] = {
    WhyNot.NOT_A_STAGE: say("That contest isn't held on a stage."),
    WhyNot.ENTERING: say("Entries are still taken; the order is drawn afterwards."),
    WhyNot.IS_DRAWN: say("The order is drawn already."),
    WhyNot.NOT_DRAWN: say("The order isn't drawn yet."),
    WhyNot.EMPTY: say("There is nobody to draw."),
    WhyNot.TOO_MANY: say("That's many rounds; no more fit."),
    WhyNot.NOT_JUDGED: say("There are no such points."),
    WhyNot.NOBODY_LEFT: say("Everybody has performed."),
    WhyNot.SCORES_LACK: say("Somebody hasn't performed yet."),
    WhyNot.OVER: say("That's over already."),
}


def refused(why: WhyNot) -> Reply:
    return Reply(REFUSALS[why], buttons=(MINE, MENU))


# Rounds


@router.command("stage", zh="出场", also=("上台",), about=say("Rounds of singing contests"))
def stage_by_words(chat: Chat, said: str) -> Reply:
    """The rounds that go on or come next, for those who run them, perform or watch."""
    found = rounds.to_come(chat.session)
    if len(found) == 1:
        return open_round(chat, OpenRound(found[0].id))
    if not found:
        none = say("No round is drawn now. Contests on a stage stand among the events.")
        return Reply(none, buttons=(EVENTS, MENU))
    choices = tuple(
        Choice(number, each.text_of("name"), OpenRound(each.id), _heading(chat, each))
        for number, each in enumerate(found, start=1)
    )
    return Reply(say("Which round?"), choices, (MENU,))


@router.button(OpenRound)
def open_round(chat: Chat, press: OpenRound) -> Reply:
    row = rounds.get(chat.session, press.round_id)
    if row is None or row.state is RoundState.PLANNED:
        return refused(WhyNot.NOT_DRAWN)
    return _over(chat, row) if row.state is RoundState.OVER else _running(chat, row)


def _heading(chat: Chat, row: ContestRound) -> Sayable:
    contest = chat.session.get_one(Contest, row.contest_id)
    return lines(contest.text_of("title"), row.text_of("name"), between=DOT)


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
    event = rounds.event_of(chat.session, row)
    if event is not None and len(buttons) < 2:
        buttons.append(Button(say("See event"), OpenEvent(event.id)))
    return Reply(
        lines(
            _heading(chat, row),
            When(event.starts_at, near=True) if event is not None and on is None else None,
            say("On the stage: {who}", who=words.performer(chat.session, on)) if on else None,
            *(
                say("Next: {who}", who=words.performer(chat.session, each))
                for each in ahead[: calling.AHEAD_TOLD]
            ),
            _own_line(own),
        ),
        buttons=(*buttons, MENU)[:3],
    )


def _own(chat: Chat, row: ContestRound) -> Appearance | None:
    found = rounds.of_member(chat.session, row.contest_id, chat.member.id)
    return next((each for each in found if each.round_id == row.id), None)


def _own_line(own: Appearance | None) -> Sayable | None:
    if own is None:
        return None
    if own.state is AppearanceState.STANDBY:
        return say("You're standby number {n}.", n=own.position)
    return say("You're number {n} in the order.", n=own.position)


def _over(chat: Chat, row: ContestRound) -> Reply:
    how = Button(say("How it came about"), url=path_of(row.contest_id, row.id))
    is_recorded = protocols.published(chat.session, row.contest_id, row.id) is not None
    return Reply(
        lines(_heading(chat, row), *words.places(chat.session, row, SHOWN)),
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
    return _ask_points(chat, found[0], found[2], again=bool(press.again))


def _ask_points(chat: Chat, given: Assignment, contest: Contest, *, again: bool = False) -> Reply:
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
    return _ask_points(chat, done.assignment, found[2])


# Notices


Found = tuple[Appearance, ContestRound, Contest]


def _told(chat: Chat, facts: Mapping[str, Any]) -> Found | None:
    """The appearance that a notice is about, of one who performs it."""
    each = chat.session.get(Appearance, facts["appearance_id"])
    if each is None or chat.member.id not in rounds.performers(chat.session, each.entry_id):
        return None
    row = chat.session.get_one(ContestRound, each.round_id)
    contest = contests.get(chat.session, row.contest_id)
    return (each, row, contest) if contest is not None else None


@router.notice("stage-order")
def order(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _told(chat, facts)
    if found is None or found[1].state is not RoundState.DRAWN:
        return Drop(Reason.OUTDATED)
    each, row, _contest = found
    event = rounds.event_of(chat.session, row)
    return Reply(
        lines(
            say("🔔 The order is drawn."),
            _heading(chat, row),
            _own_line(each),
            lines(title(event), When(event.starts_at, near=True), between=DOT) if event else None,
            event.text_of("place") if event is not None else None,
        ),
        buttons=(Button(say("Take a look"), OpenRound(row.id)), MINE),
    )


@router.notice("stage-soon")
def soon(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _told(chat, facts)
    if found is None or found[0].state is not AppearanceState.CALLED:
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(say("🔔 Get ready: it's your turn soon."), _heading(chat, found[1])),
        buttons=(Button(say("Take a look"), OpenRound(found[1].id)), MENU),
    )


@router.notice("stage-now")
def now_on(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _told(chat, facts)
    if found is None or found[0].state is not AppearanceState.ON_STAGE:
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(say("🔔 It's your turn: to the stage."), _heading(chat, found[1])), buttons=(MENU,)
    )


@router.notice("stage-moved-up")
def moved_up(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _told(chat, facts)
    if found is None:
        return Drop(Reason.GONE)
    each, row, _contest = found
    if each.goes_on:
        return Reply(
            lines(say("🔔 You move up: you're in the next round."), _heading(chat, row)),
            buttons=(Button(say("Take a look"), OpenRound(row.id)), MINE),
        )
    if each.state is not AppearanceState.WAITING:
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(say("🔔 You move up: you perform."), _heading(chat, row), _own_line(each)),
        buttons=(Button(say("Take a look"), OpenRound(row.id)), MINE),
    )


@router.notice("stage-result")
def result(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    return _result(chat, facts, say("🔔 The points are in: place {place}, {score}."))


@router.notice("stage-corrected")
def corrected(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    return _result(chat, facts, say("⚠️ Points were corrected: place {place}, {score}."))


def _result(chat: Chat, facts: Mapping[str, Any], said: Text) -> Reply | Drop:
    found = _told(chat, facts)
    if found is None or found[0].place is None:
        return Drop(Reason.OUTDATED)
    each, row, _contest = found
    on: Sayable | None = None
    if each.goes_on:
        on = say("You go on to the next round.")
    elif each.standby_turn is not None:
        on = say("You're standby number {n} for the next round.", n=each.standby_turn)
    return Reply(
        lines(
            replace(said, values={"place": each.place, "score": each.score}),
            on,
            _heading(chat, row),
        ),
        buttons=(Button(say("All places"), OpenRound(row.id)), MINE),
    )


@router.notice("stage-results")
def results(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    row = rounds.get(chat.session, facts["round_id"])
    if row is None or row.state is not RoundState.OVER:
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(say("🔔 The result:"), _heading(chat, row), *words.places(chat.session, row, 3)),
        buttons=(Button(say("All places"), OpenRound(row.id)), MENU),
    )


@router.notice("stage-judge")
def to_judge(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = scores.own(chat.session, facts["assignment_id"], chat.member.id)
    if found is None or found[0].done_at is not None:
        return Drop(Reason.ANSWERED)
    return _ask_points(chat, found[0], found[2])
