"""Two calls of the demo whose entries are in: one is judged and voted on, one is decided.

Everybody in it is invented. Each step was taken by the verbs that people use, at its time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

from sqlmodel import Session, select

from models.contests import (
    assignments,
    contests,
    entries,
    judges,
    judging,
    parts,
    results,
    scores,
    unsealing,
    votes,
    voting,
)
from models.contests.contests import Contest, Draft
from models.contests.judging import Asked
from models.events import pictures
from models.network import stations
from models.network.members import Member
from models.network.stations import Care
from models.rules.contests.scoring import Method
from models.rules.contests.states import PartKind
from models.rules.languages import Translated

WORKS = Path(__file__).parent / "works"
A_DAY = timedelta(days=1)
NOW_ON = Translated("我的工位·镜头里", {"en": "My workplace in a picture"})
DECIDED = Translated("下班路上", {"en": "On the way home"})
SHOTS = (
    ("拧紧的那一下", "screw", "手套磨破三副，螺丝没松过一颗。"),
    ("四点的灯", "lamp", "夜班最亮的不是灯，是交班的人。"),
    ("桥上的风", "bridge", "骑过这座桥，一天就算翻篇了。"),
    ("半壶凉茶", "tea", "谁先下班谁烧水，这壶从没空过。"),
)
WAYS = (
    ("公交末班", "司机认得我，等我跑完最后十米。"),
    ("菜市收档", "最后一把青菜总是便宜一块钱。"),
    ("球场的灯", "打到关灯，走回宿舍还在笑。"),
    ("电话里的儿子", "他说作业写完了，我说那我也下班了。"),
)
CRITERIA = tuple(
    Asked(Translated(zh, {"en": en}), weight)
    for zh, en, weight in (("立意", "Idea", 50), ("画面", "Picture", 30), ("文字", "Words", 20))
)
JURY = ("邝老师", "冼老师", "区老师")


@dataclass(frozen=True, slots=True)
class Times:
    """When a call opened, closed, was voted on from, and until when."""

    opened: datetime
    closed: datetime
    votes: datetime
    ends: datetime


def vote(session: Session, people: Sequence[Member], care: Care, now: datetime) -> None:
    """Tell of both, where they are not there yet."""
    if session.exec(select(Contest).where(Contest.title == NOW_ON.text)).first() is not None:
        return
    # At noon of Greenwich it is eight in the evening here: nothing is closed at 3:47.
    today = now.replace(hour=12, minute=0, second=0, microsecond=0)
    before = today - 50 * A_DAY
    _decided(session, people, care, Times(before, *(before + n * A_DAY for n in (20, 21, 35))))
    times = Times(*(today + n * A_DAY for n in (-25, -4, -2, 9)))
    _now_on(session, people, times, now)


def _decided(session: Session, people: Sequence[Member], care: Care, times: Times) -> None:
    """Judged, voted on and public: its result stands at /protocols/N."""
    contest = _call(session, DECIDED, WAYS, people[3:], times, "")
    jury = _jury(session, contest, times, per_entry=3)
    for turn, judge in enumerate(jury):
        _mark(session, contest, judge, (9 - turn, 7, 8 + turn % 2, 6), times.votes + A_DAY)
    unsealing.work(session, times.ends, care)
    _vote(session, contest, people, times, (0, 2, 1, 0, 3, 0, 2))
    results.settle(session, contest.id, None, times.ends)
    results.publish(session, contest.id, None, times.ends + results.AHEAD)


def _now_on(session: Session, people: Sequence[Member], times: Times, now: datetime) -> None:
    """A judge is done, one amid it, one has not begun; the public votes."""
    drawn = [(title, words) for title, _picture, words in SHOTS]
    contest = _call(session, NOW_ON, drawn, people, times, "pictures")
    jury = _jury(session, contest, times, per_entry=2)
    _mark(session, contest, jury[0], (8, 9, 7, 9), now - A_DAY)
    _mark(session, contest, jury[1], (7,), now - A_DAY)
    _vote(session, contest, people, times, (3, 1, 0, 3, 1, 2, 3))


def _call(
    session: Session,
    title: Translated,
    work: Sequence[tuple[str, str]],
    people: Sequence[Member],
    times: Times,
    kind: str,
) -> Contest:
    district = stations.district(session)
    assert district is not None
    kinds = (PartKind.TEXT, PartKind.PICTURE) if kind else (PartKind.TEXT,)
    draft = Draft(district.id, title, times.opened, times.closed, kinds=kinds, is_gallery_open=True)
    contest = contests.create(session, draft, None, times.opened)
    contests.publish(session, contest.id, None, times.opened)
    pictured = {name: picture for name, picture, _words in SHOTS} if kind else {}
    for turn, (member, (name, words)) in enumerate(zip(people, work, strict=False)):
        at = times.opened + (turn + 1) * A_DAY
        begun = entries.begin(session, contest.id, member.id, at, title=name)
        assert isinstance(begun, entries.Done), begun
        number = begun.entry.id
        if name in pictured:
            content = (WORKS / f"{pictured[name]}.png").read_bytes()
            kept = pictures.keep(session, content, "image/png", member.id, at, is_private=True)
            parts.add(session, number, PartKind.PICTURE, member.id, picture_id=kept)
        parts.add(session, number, PartKind.TEXT, member.id, text=words)
        entries.declare(session, number, at)
        entries.hand_in(session, number, at)
    contests.close(session, contest.id, None, times.closed - timedelta(minutes=1))
    return contest


def _jury(
    session: Session, contest: Contest, times: Times, *, per_entry: int
) -> list[judges.Judge]:
    """Judges who have agreed, with entries to mark."""
    plan = judging.Plan(CRITERIA, times.ends, per_entry, Method.MEAN, is_blind=True)
    judging.set_up(session, contest.id, plan, None, times.opened)
    found = []
    for name in JURY:
        member = Member(name=name, consented_at=times.opened, created_at=times.opened)
        session.add(member)
        session.flush()
        asked = judges.invite(session, contest.id, member.id, None, times.opened)
        assert isinstance(asked, judges.Invited)
        judges.answer(session, asked.judge.id, member.id, times.opened, yes=True)
        found.append(asked.judge)
    assigned = assignments.assign(session, contest.id, None, times.closed)
    assert isinstance(assigned, assignments.Assigned), assigned
    return found


def _mark(
    session: Session, contest: Contest, judge: judges.Judge, points: Sequence[int], at: datetime
) -> None:
    """Let a judge mark so many of the entries that they were given."""
    assert judge.member_id is not None
    for given, got in zip(scores.of_judge(session, judge.id), points, strict=False):
        for more, criterion in enumerate(judging.criteria_of(session, contest.id)):
            number = min(got + more % 2, criterion.most)
            scores.give(session, given.id, criterion.id, number, judge.member_id, at)


def _vote(
    session: Session,
    contest: Contest,
    people: Sequence[Member],
    times: Times,
    likes: Sequence[int],
) -> None:
    """Open voting, and let people vote for what they like, some minutes after each other."""
    plan = voting.Plan(times.votes, times.ends, ceiling=30, jury_percent=60)
    done = voting.set_up(session, contest.id, plan, None, times.votes)
    assert isinstance(done, voting.SetUp), done
    there = entries.handed_in(session, contest.id)
    for turn, (who, like) in enumerate(zip(people, islice(cycle(likes), len(people)), strict=True)):
        at = times.votes + timedelta(minutes=13 * turn)
        votes.cast(session, who, there[like % len(there)].id, at)
