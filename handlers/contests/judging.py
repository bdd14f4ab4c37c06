"""Judges mark one entry after the other, a tap for each criterion."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from bot.conversation.chat import Chat
from bot.conversation.dialogs import Question, Wrong
from bot.conversation.messages import (
    Attachment,
    Button,
    Choice,
    Reply,
    Sayable,
    When,
    lines,
    listing,
    say,
    say_n,
)
from bot.conversation.routing import Drop, Router
from handlers.actions import MENU
from handlers.contests import wording
from handlers.contests.judging_buttons import (
    DropOut,
    GivePoints,
    GoOnJudging,
    HaveConflict,
    ListMarked,
    MarkEntry,
    WriteNote,
)
from handlers.words import DOT
from models.contests import assignments, judges, judging, parts, scores, unsealing
from models.contests.contests import Contest
from models.contests.entries import Entry
from models.contests.judges import Judge
from models.contests.judging import Criterion, Judging
from models.contests.parts import EntryPart
from models.contests.scores import Assignment, Given
from models.contests.sounds import Sound
from models.events import pictures
from models.sending.reasons import Reason

router = Router()

SOUND = "judged-sound"
MOST_TAPPED, PAGE = 10, 5
"""Points that have a button each; entries on a page."""


NOT_YOURS = say("That isn't yours to judge now.")


def nothing(text: Sayable = NOT_YOURS) -> Reply:
    return Reply(text, buttons=(MENU,))


def title_of(contest: Contest) -> Sayable:
    return contest.text_of("title")


# What is to be marked


@router.notice(assignments.TO_JUDGE)
def to_judge(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _sealed(chat, facts["judge"])
    if found is None:
        return Drop(Reason.OUTDATED)
    row, contest, how = found
    done, given = _count(chat.session, row.id)
    return Reply(
        lines(
            say_n(
                "🔔 {n} entry of {title} is yours to mark.",
                "🔔 {n} entries of {title} are yours to mark.",
                given - done,
                title=title_of(contest),
            ),
            say("Marks are due by {when}.", when=When(how.until, near=True)),
            say("Nobody sees them before all are in."),
        ),
        buttons=(Button(say("Begin"), GoOnJudging(row.id)), MENU),
    )


@router.notice(unsealing.LEFT)
def left(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    found = _sealed(chat, facts["judge"])
    if found is None:
        return Drop(Reason.OUTDATED)
    row, contest, how = found
    done, given = _count(chat.session, row.id)
    if done == given:
        return Drop(Reason.ANSWERED)
    return Reply(
        say_n(
            "🔔 {title}: your marks are still missing for {n} entry of {all}, due by {when}.",
            "🔔 {title}: your marks are still missing for {n} entries of {all}, due by {when}.",
            given - done,
            title=title_of(contest),
            all=given,
            when=When(how.until, near=True),
        ),
        buttons=(
            Button(say("Go on"), GoOnJudging(row.id)),
            Button(say("Drop out"), DropOut(row.id)),
        ),
    )


def _sealed(chat: Chat, judge_id: int) -> tuple[Judge, Contest, Judging] | None:
    """Where somebody judges now; None where it is not theirs or points are final."""
    found = judges.own(chat.session, judge_id, chat.member.id)
    if found is None or found[0].accepted_at is None:
        return None
    how = judging.of_contest(chat.session, found[1].id)
    if how is None or judges.is_over(chat.session, found[1]):
        return None
    if judging.has_deadline(found[1]) and chat.now >= how.until:
        return None
    return (*found, how)


def _count(session: Session, judge_id: int) -> tuple[int, int]:
    rows = scores.of_judge(session, judge_id)
    return sum(each.done_at is not None for each in rows), len(rows)


@router.button(GoOnJudging)
def go_on(chat: Chat, press: GoOnJudging) -> Reply:
    found = judges.own(chat.session, press.judge_id, chat.member.id)
    return next_entry(chat, *found, after=press.after) if found is not None else nothing()


def next_entry(
    chat: Chat, row: Judge, contest: Contest, *, after: int = 0, before: Sayable | None = None
) -> Reply:
    """The next entry that lacks marks; those that were skipped come last."""
    found = _sealed(chat, row.id)
    if found is None:
        return nothing(say("Marks of {title} are final.", title=title_of(contest)))
    rows = scores.of_judge(chat.session, row.id)
    if not rows:
        wait = (
            say("Entries of {title} come to you when they are in.", title=title_of(contest))
            if judging.has_deadline(contest)
            else say("{title}: you mark whoever is called to the stage.", title=title_of(contest))
        )
        return Reply(lines(before, wait), buttons=(MENU,))
    place = next((at for at, each in enumerate(rows) if each.id == after), -1) + 1
    waiting = [each for each in (*rows[place:], *rows[:place]) if each.done_at is None]
    if not after:
        # Who comes back goes on where they were.
        begun = scores.points_of(chat.session, [each.id for each in waiting])
        waiting.sort(key=lambda each: each.id not in begun)
    if not waiting:
        return _all_marked(chat, row, contest, found[2], before=before)
    return card(chat, waiting[0], contest, found[2], before=before)


def _all_marked(
    chat: Chat,
    row: Judge,
    contest: Contest,
    how: Judging,
    *,
    before: Sayable | None = None,
    skip: int = 0,
) -> Reply:
    rows = scores.of_judge(chat.session, row.id)
    points = scores.points_of(chat.session, [each.id for each in rows])
    page = rows[skip : skip + PAGE]
    until = how.unseals_at or how.until
    more = Button(say("More"), ListMarked(row.id, skip + PAGE))
    return Reply(
        lines(
            before,
            say(
                "{title}: {n} of {all} marked.",
                title=title_of(contest),
                n=_done(rows),
                all=len(rows),
            ),
            say("You can change marks until {when}.", when=When(until, near=True))
            if judging.has_deadline(contest)
            else None,
        ),
        tuple(
            Choice(
                number,
                named(how, scores.of_entry(chat.session, each)),
                MarkEntry(each.id),
                _marks_line(chat, how, each, points.get(each.id, {})),
            )
            for number, each in enumerate(page, start=skip + 1)
        ),
        (*((more,) if len(rows) > skip + PAGE else ()), MENU),
    )


def _done(rows: Sequence[Assignment]) -> int:
    return sum(each.done_at is not None for each in rows)


def _marks_line(
    chat: Chat, how: Judging, row: Assignment, given: Mapping[int, scores.Score]
) -> Sayable:
    entry = scores.of_entry(chat.session, row)
    marks = [str(each.points) for _number, each in sorted(given.items())]
    return lines(named(how, entry), listing(*marks) if marks else "—", between=DOT)


@router.button(ListMarked)
def list_marked(chat: Chat, press: ListMarked) -> Reply:
    found = _sealed(chat, press.judge_id)
    return _all_marked(chat, *found, skip=press.skip) if found is not None else nothing()


def named(how: Judging, entry: Entry) -> Sayable:
    if how.is_blind or not entry.title:
        return entry.code
    return say("“{title}”", title=entry.title)


@router.button(MarkEntry)
def mark(chat: Chat, press: MarkEntry) -> Reply:
    found = own(chat, press.assignment_id)
    if found is None:
        return nothing()
    row, _judge, contest, how = found
    return card(chat, row, contest, how, at=press.at, part=press.part, anew=True)


def own(chat: Chat, assignment_id: int) -> tuple[Assignment, Judge, Contest, Judging] | None:
    found = scores.own(chat.session, assignment_id, chat.member.id)
    sealed = _sealed(chat, found[1].id) if found is not None else None
    return (*found, sealed[2]) if found is not None and sealed is not None else None


@router.dialog("points")
def take_points(start: Mapping[str, Any]) -> Generator[Question, Any, Any]:
    most = int(start["most"])
    points = yield Question(
        "points",
        say("How many points, from 0 to {most}?", most=most),
        check=lambda words: _points(words, most),
    )
    return start["assignment_id"], start["criterion_id"], int(points)


def _points(words: str, most: int) -> str | Wrong:
    digits = words.strip().removesuffix("分").strip()
    if not digits.isdecimal() or len(digits) > 4 or int(digits) > most:
        return Wrong(say("A whole number from 0 to {most}.", most=most))
    return str(int(digits))


def card(
    chat: Chat,
    row: Assignment,
    contest: Contest,
    how: Judging,
    *,
    at: int = 0,
    part: int = 0,
    anew: bool = False,
    before: Sayable | None = None,
) -> Reply:
    """An entry with one of its parts, and the question for a criterion that lacks points."""
    entry = scores.of_entry(chat.session, row)
    criteria = judging.criteria_of(chat.session, contest.id)
    given = scores.points_of(chat.session, [row.id]).get(row.id, {})
    if not at and not (anew and row.done_at is not None):
        at = next((n for n, each in enumerate(criteria) if each.id not in given), 0)
    criterion = criteria[min(at, len(criteria) - 1)]
    there = _pages(chat, parts.of_entry(chat.session, entry.id))
    part = part if part < len(there) else 0
    rows = scores.of_judge(chat.session, row.judge_id)
    question = take_points.begin(
        chat, assignment_id=row.id, criterion_id=criterion.id, most=criterion.most
    )
    aside = (
        Button(say("Next part"), MarkEntry(row.id, at, part + 1))
        if part + 1 < len(there)
        else Button(say("Write a note"), WriteNote(row.id))
    )
    return replace(
        question,
        text=lines(
            before,
            lines(
                entry.title or None,
                entry.code,
                say("{n} of {all} marked", n=_done(rows), all=len(rows)),
                between=DOT,
            ),
            None if how.is_blind else listing(*scores.made_by(chat.session, entry.id)),
            *_said(there, part),
            _question(criterion, criteria),
        ),
        choices=_taps(row, criterion),
        buttons=(
            aside,
            Button(say("Skip it"), GoOnJudging(row.judge_id, row.id)),
            Button(say("A conflict"), HaveConflict(row.id)),
        ),
        picture=pictures.name(chat.session, there[part][0].picture_id) if there else "",
        file=_sound(chat.session, row, there[part][0]) if there else None,
    )


def _taps(row: Assignment, criterion: Criterion) -> tuple[Choice, ...]:
    if criterion.most > MOST_TAPPED:
        return ()
    return tuple(
        Choice(points, str(points), GivePoints(row.id, criterion.id, points))
        for points in range(1, criterion.most + 1)
    )


def _question(criterion: Criterion, criteria: Sequence[Criterion]) -> Sayable:
    weights = sum(each.weight for each in criteria)
    return say(
        "{criterion} ({percent}%): how many points, from 0 to {most}?",
        criterion=criterion.text_of("title"),
        percent=round(100 * criterion.weight / weights),
        most=criterion.most,
    )


def _pages(chat: Chat, there: Sequence[EntryPart]) -> list[tuple[EntryPart, str]]:
    """The parts, one a message; of a long text each piece, so that judges read all of it."""
    return [(part, piece) for part in there for piece in wording.pieces(chat, part.text)]


def _said(there: Sequence[tuple[EntryPart, str]], at: int) -> list[Sayable]:
    """What stands in a part, and which of several it is."""
    if not there:
        return [say("Nothing is left of this entry.")]
    _part, text = there[at]
    which = say("Part {n} of {all}", n=at + 1, all=len(there)) if len(there) > 1 else None
    return [each for each in (which, text) if each]


def _sound(session: Session, row: Assignment, part: EntryPart) -> Attachment | None:
    sound = session.get(Sound, part.sound_id) if part.sound_id is not None else None
    if sound is None or not sound.copy_content:
        return None
    kind = sound.copy_type.partition("/")[2].partition(";")[0]
    return Attachment(f"{part.position}.{kind}", sound.copy_type, SOUND, (row.id, part.id))


def _may_hear(session: Session, _now: object, assignment_id: int, part_id: int) -> bool:
    return scores.may_hear(session, assignment_id, part_id)


@router.file(SOUND, may=_may_hear)
def sound(session: Session, _assignment_id: int, part_id: int) -> bytes:
    part = session.get_one(EntryPart, part_id)
    return session.get_one(Sound, part.sound_id).copy_content


@router.button(GivePoints)
def give(chat: Chat, press: GivePoints) -> Reply:
    return _given(chat, press.assignment_id, press.criterion_id, press.points)


@take_points.done
def took_points(chat: Chat, form: tuple[int, int, int]) -> Reply:
    return _given(chat, *form)


def _given(chat: Chat, assignment_id: int, criterion_id: int, points: int) -> Reply:
    done = scores.give(chat.session, assignment_id, criterion_id, points, chat.member.id, chat.now)
    found = own(chat, assignment_id)
    if not isinstance(done, Given) or found is None:
        return nothing(say("These marks are final, or not yours."))
    row, judge_row, contest, how = found
    criteria = judging.criteria_of(chat.session, contest.id)
    at = next(n for n, each in enumerate(criteria) if each.id == criterion_id)
    if done.lacks:
        lacking = next(n for n, each in enumerate(criteria) if each.id == done.lacks[0].id)
        return card(chat, row, contest, how, at=lacking)
    if at + 1 < len(criteria):
        # Who changes a mark is asked for the next one as well.
        return card(chat, row, contest, how, at=at + 1, anew=True)
    entry = scores.of_entry(chat.session, row)
    given = scores.points_of(chat.session, [row.id])[row.id]
    marks = [
        say("{criterion} {points}", criterion=each.text_of("title"), points=given[each.id].points)
        for each in criteria
    ]
    said = say("✅ {entry}: {marks}.", entry=named(how, entry), marks=listing(*marks))
    return next_entry(chat, judge_row, contest, after=row.id, before=said)
