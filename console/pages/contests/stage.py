"""The stage at the desk: rounds are planned, drawn, called through, closed; points corrected."""

from typing import Any, assert_never

from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.pages.contests.matches import short
from console.routing import Asked, Done, Missing, NotTaken, Page, Section, Wrong
from handlers.contests import stage_words as words
from handlers.contests.stage_buttons import REFUSALS
from handlers.permission import LONGEST_REASON
from handlers.words import title
from models.contests import calling, judges, judging, rounds, scores
from models.contests.calling import Called, Waiting
from models.contests.contests import Contest
from models.contests.promoting import Ended
from models.contests.rounds import (
    LONGEST_NAME,
    Appearance,
    AppearanceState,
    ContestRound,
    Drawn,
    NotDone,
    RoundState,
    Told,
)
from models.events import events
from models.network import stations
from models.rules.contests.promotion import Rule
from models.rules.events import draws
from models.rules.languages import Translated
from models.rules.network.permissions import Act

NEEDS = Act.RUN_CONTEST
PATH = "/stage"
ONE = f"{PATH}/{{stage:int}}"
HERE = f"/console{PATH}"
MOST = 50

section = Section("stage", label=say("Stage"), path=PATH, needs=NEEDS)

STATES = {
    AppearanceState.STANDBY: say("standby"),
    AppearanceState.WAITING: say("waits"),
    AppearanceState.CALLED: say("called"),
    AppearanceState.ON_STAGE: say("on the stage"),
    AppearanceState.DONE: say("performed"),
    AppearanceState.ABSENT: say("absent"),
    AppearanceState.WITHDRAWN: say("withdrew"),
}


@section.page(PATH)
def shows_all(desk: Desk, asked: Asked) -> Page:
    below = [each.path for each in desk.places(NEEDS)]
    facts = {"here": HERE, "rows": rounds.stages_below(desk.session, below)}
    return Page("contests/stages.html", say("Stage"), facts)


def _found(desk: Desk, asked: Asked) -> Contest:
    """The contest of the path. Raises Missing where it is none of the member's places."""
    contest = desk.session.get(Contest, asked.number("stage"))
    if contest is None or not desk.may(NEEDS, stations.get(desk.session, contest.station_id)):
        raise Missing
    return contest


@section.page(ONE)
def shows_one(desk: Desk, asked: Asked) -> Page:
    contest = _found(desk, asked)
    every = rounds.of_contest(desk.session, contest.id)
    planned = [each for each in every if each.state is RoundState.PLANNED]
    facts = {
        "contest": contest,
        "here": f"{HERE}/{contest.id}",
        "rounds": [_shown(desk, each) for each in every],
        "levels": sorted({each.level for each in planned}),
        "next_level": max((each.level for each in every), default=0) or 1,
        "commitments": [
            (each.text_of("name"), draws.commitment_of(each.secret)) for each in planned
        ],
        "is_judged": judging.of_contest(desk.session, contest.id) is not None,
        "most": (LONGEST_NAME, MOST, LONGEST_REASON),
    }
    return Page("contests/stage.html", contest.text_of("title"), facts)


def _shown(desk: Desk, row: ContestRound) -> dict[str, Any]:
    every = rounds.of_round(desk.session, row.id)
    event = rounds.event_of(desk.session, row)
    return {
        "row": row,
        "event": title(event) if event is not None else None,
        "event_id": event.id if event is not None else None,
        "is_on": row.state is RoundState.DRAWN,
        "is_over": row.state is RoundState.OVER,
        "lacking": calling.lacking(desk.session, row.id),
        "appearances": [
            {
                "row": each,
                "who": words.on_stage(desk.session, each.entry_id),
                "state": STATES[each.state],
                "may_miss": each.state
                in (AppearanceState.CALLED, AppearanceState.WAITING, AppearanceState.ON_STAGE),
                "is_absent": each.state is AppearanceState.ABSENT,
            }
            for each in (sorted(every, key=_by_place) if row.state is RoundState.OVER else every)
        ],
        "points": _points(desk, row) if row.state is RoundState.OVER else [],
    }


def _by_place(each: Appearance) -> tuple[bool, int, int]:
    """Those who have a place first; those without one in the order in which they were drawn."""
    return each.place is None, each.place or 0, each.position


def _points(desk: Desk, row: ContestRound) -> list[tuple[Any, ...]]:
    """All points of a round that is over, each with what a correction of it names."""
    criteria = judging.criteria_of(desk.session, row.contest_id)
    codes = {judge.id: judge.code for judge, _ in judges.of_contest(desk.session, row.contest_id)}
    found = list[tuple[Any, ...]]()
    for each in rounds.of_round(desk.session, row.id):
        for given in calling.assigned(desk.session, row.id, each.entry_id):
            points = scores.points_of(desk.session, [given.id]).get(given.id, {})
            found += [
                (
                    words.on_stage(desk.session, each.entry_id),
                    codes.get(given.judge_id, ""),
                    criterion.text_of("title"),
                    points[criterion.id].points,
                    f"{given.id}.{criterion.id}",
                )
                for criterion in criteria
                if criterion.id in points
            ]
    return found


@section.act(f"{ONE}/round", again=shows_one)
def add_round(desk: Desk, asked: Asked) -> Done | Wrong:
    contest, name = _found(desk, asked), short(asked, "name", LONGEST_NAME)
    if not name:
        return Wrong(say("It needs a name, like semi-final."), "name")
    number = asked.number("event", 0)
    event = events.for_organizers(desk.session, number) if number else None
    if number and event is None:
        return Wrong(say("There is no event of this number."), "event")
    told = Told(
        Translated(name),
        max(_few(asked, "level"), 1),
        event.id if event is not None else None,
        Rule(*(_few(asked, each) for each in ("first", "others", "standby", "company"))),
    )
    done = rounds.add(desk.session, contest.id, told, desk.member.id, desk.now)
    return _told(contest, done, say("✅ Planned."))


def _few(asked: Asked, name: str) -> int:
    number = asked.number(name, 0)
    if not 0 <= number <= MOST:
        raise NotTaken(say("A number from 0 to {n}.", n=MOST), name)
    return number


@section.act(f"{ONE}/draw", again=shows_one)
def draw(desk: Desk, asked: Asked) -> Done | Wrong:
    contest, said = _found(desk, asked), asked.word("number")
    number = draws.number_of(said) if said else ""
    if number is None:
        return Wrong(say("Write the digits, three at least: 7 3 9."), "number")
    level = asked.number("level", 1)
    done = rounds.draw(desk.session, contest.id, level, number, desk.member.id, desk.now)
    if isinstance(done, NotDone):
        return Wrong(REFUSALS[done.why])
    if done.beyond:
        said_beyond = say(
            "✅ Drawn; who performs is told. Beyond the quota of their company: {codes}",
            codes=" · ".join(done.beyond),
        )
        return Done(f"{HERE}/{contest.id}", said_beyond)
    return _told(contest, done, say("✅ Drawn; who performs is told."))


@section.act(f"{ONE}/next", again=shows_one)
def call_next(desk: Desk, asked: Asked) -> Done | Wrong:
    contest, row = _round(desk, asked)
    done = calling.call_next(desk.session, row.id, desk.member.id, desk.now)
    if not isinstance(done, NotDone) and done.now is None:
        calling.after_score(desk.session, row.id, desk.now)
    return _told(contest, done, say("✅ Called."))


@section.act(f"{ONE}/absent", again=shows_one)
def absent(desk: Desk, asked: Asked) -> Done | Wrong:
    contest, each = _appearance(desk, asked)
    verb = calling.bring_back if asked.is_on("back") else calling.mark_absent
    return _told(contest, verb(desk.session, each.id, desk.member.id, desk.now), say("Kept."))


@section.act(f"{ONE}/withdraw", again=shows_one)
def withdraw(desk: Desk, asked: Asked) -> Done | Wrong:
    contest, each = _appearance(desk, asked)
    done = calling.withdraw(desk.session, each.id, desk.member.id, desk.now)
    return _told(contest, done, say("Withdrawn; a standby moves up where there is one."))


@section.act(f"{ONE}/close", again=shows_one)
def close(desk: Desk, asked: Asked) -> Done | Wrong:
    contest, row = _round(desk, asked)
    done = calling.close(desk.session, row.id, desk.member.id, desk.now, sure=asked.is_on("sure"))
    if isinstance(done, Waiting):
        return Wrong(say("Judges who haven't finished: {n}.", n=done.lacks))
    return _told(contest, done, say("✅ Closed; who performed is told now, the audience soon."))


@section.act(f"{ONE}/correct", again=shows_one)
def correct(desk: Desk, asked: Asked) -> Done | Wrong:
    contest, reason = _found(desk, asked), short(asked, "reason", LONGEST_REASON)
    if not reason:
        return Wrong(say("Say why; those concerned will read it."), "reason")
    given, _, criterion = asked.word("which").partition(".")
    known = {
        which
        for each in rounds.of_contest(desk.session, contest.id)
        for *_rest, which in _points(desk, each)
    }
    if f"{given}.{criterion}" not in known:
        raise Missing
    done = calling.correct(
        *(desk.session, int(given), int(criterion), asked.number("points")),
        *(reason, desk.member.id, desk.now),
    )
    return _told(contest, done, say("✅ Corrected; who performed is told."))


def _round(desk: Desk, asked: Asked) -> tuple[Contest, ContestRound]:
    contest, row = _found(desk, asked), rounds.get(desk.session, asked.number("round"))
    if row is None or row.contest_id != contest.id:
        raise Missing
    return contest, row


def _appearance(desk: Desk, asked: Asked) -> tuple[Contest, Appearance]:
    contest = _found(desk, asked)
    each = desk.session.get(Appearance, asked.number("appearance"))
    row = rounds.get(desk.session, each.round_id) if each is not None else None
    if each is None or row is None or row.contest_id != contest.id:
        raise Missing
    return contest, each


def _told(
    contest: Contest,
    done: ContestRound | Drawn | Called | Appearance | Ended | NotDone,
    said: Sayable,
) -> Done | Wrong:
    match done:
        case NotDone(why):
            return Wrong(REFUSALS[why])
        case ContestRound() | Drawn() | Called() | Appearance() | Ended():
            return Done(f"{HERE}/{contest.id}", said)
        case never:
            assert_never(never)
