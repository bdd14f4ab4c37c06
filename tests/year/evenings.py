"""Two contests and a gala of the year."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from handlers.contests.voting import CastVote
from handlers.gala.evenings import CastVote as AnswerPoll
from models.contests import (
    assignments,
    contests,
    entries,
    judges,
    judging,
    parts,
    results,
    scores,
    voting,
)
from models.contests.contests import Draft
from models.contests.judging import Asked
from models.events import publishing
from models.events.events import Category, Kind
from models.events.publishing import Published
from models.gala import lines, polls, screens
from models.gala.polls import Poll
from models.network import members
from models.network.members import Member
from models.rules.contests.entering import Limits
from models.rules.contests.scoring import Method
from models.rules.contests.states import Form, PartKind
from models.rules.gala import polls as rules
from models.rules.gala.polls import Drafted
from models.rules.languages import Translated
from tests.year.agenda import awake, local
from tests.year.program import A_DAY, AN_HOUR, Program
from tests.year.residents import DISTRICT, HEAD, Person, organizer_of

CRITERIA = (Asked(Translated("立意")), Asked(Translated("文字")))
JUDGES, PER_ENTRY = 5, 3
POLL = "最想看的节目", "你最想看哪个节目？\n- 开场舞\n- 合唱\n- 小品\n明年还来吗？\n- 来\n- 看情况"


class Evenings:
    """Plans the contests and the gala into a program; ``contests`` are those that were decided."""

    def __init__(self, program: Program) -> None:
        self.program, self.year, self.dice = program, program.year, program.dice
        self.contests: list[int] = []
        self.gala_id = 0
        self._entered: dict[int, list[int]] = {}

    def plan(self) -> None:
        """A contest in each half of the year, and the gala towards its end."""
        days = self.program.volumes.days
        for half in (0, 1):
            opens = local(self.program.begins + int((0.05 + 0.45 * half) * days) * A_DAY, 9)
            self.program.agenda.at(opens, partial(self._call, half, opens, int(0.15 * days)))
        evening = local(self.program.begins + int(0.9 * days) * A_DAY, 19, 30)
        self.program.agenda.at(evening - 5 * A_DAY, partial(self._announce_gala, evening))

    # Contests

    async def _call(self, half: int, opens: datetime, lasts: int) -> None:
        """Entries come for some days, then judges and everybody decide."""
        closes = local(opens + lasts * A_DAY, 20)
        contest_id = await self.year.does("opens a contest", _open, half, opens, closes)
        volumes = self.program.volumes
        for _one in range(volumes.entries):
            who = self.program.somebody()
            at = awake(self.dice, who.shift, opens, closes - AN_HOUR)
            self.program.agenda.at(at, partial(self._enter, who, contest_id))
        self.program.agenda.at(closes + AN_HOUR, partial(self._assign, contest_id))
        first, last = closes + 2 * AN_HOUR, closes + 3 * A_DAY
        for _one in range(volumes.votes):
            who = self.program.somebody()
            at = awake(self.dice, who.shift, first, last)
            self.program.agenda.at(at, partial(self._vote, who, contest_id))
        self.program.agenda.at(local(last, 10), partial(self._judge, contest_id))
        self.program.agenda.at(local(last + A_DAY, 11), partial(self._settle, contest_id))
        self.program.agenda.at(local(last + A_DAY, 14), partial(self._publish, contest_id))

    async def _enter(self, who: Person, contest_id: int) -> None:
        if self.program.is_there(who):
            await self.year.does("enters", _enter, contest_id, who.id, self.year.time())

    async def _assign(self, contest_id: int) -> None:
        given = contest_id, self.program.volumes.companies, self.year.time()
        await self.year.does("assigns", _assign, *given)
        found = self.year.store.read_now(entries.handed_in, contest_id)
        self._entered[contest_id] = [each.id for each in found]

    async def _vote(self, who: Person, contest_id: int) -> None:
        if self.program.is_there(who) and (entered := self._entered[contest_id]):
            best = min(int(self.dice.expovariate(0.05)), len(entered) - 1)
            await self.year.presses(who.chat, CastVote(entered[best]).pack())

    async def _judge(self, contest_id: int) -> None:
        await self.year.does("judges", _judge, contest_id, self.dice.randrange(9), self.year.time())

    async def _settle(self, contest_id: int) -> None:
        done = await self.year.does("decides", results.settle, contest_id, HEAD, self.year.time())
        if not isinstance(done, results.Settled):
            self.program.told.failed.append(f"contest {contest_id} was not decided: {done}")

    async def _publish(self, contest_id: int) -> None:
        now = self.year.time()
        done = await self.year.does("publishes", results.publish, contest_id, HEAD, now)
        if isinstance(done, results.Published):
            self.contests.append(contest_id)
        else:
            self.program.told.failed.append(f"contest {contest_id} was not published: {done}")

    # The gala

    async def _announce_gala(self, evening: datetime) -> None:
        draft = publishing.Draft(
            station_id=DISTRICT,
            title="年度汇报会",
            starts_at=evening,
            ends_at=evening + 2 * AN_HOUR,
            category=Category.THOUGHT,
            kind=Kind.GALA,
            place="文化中心",
        )
        done = await self.year.does("publishes", publishing.publish, draft, HEAD, self.year.time())
        assert isinstance(done, Published)
        self.gala_id = done.event.id
        self.program.agenda.at(evening + AN_HOUR / 2, self._watch)

    async def _watch(self) -> None:
        """Everybody who watches answers the poll within a quarter of an hour; some write lines."""
        choices = await self.year.does("opens a poll", _open_poll, self.gala_id, self.year.time())
        begins = self.year.time()
        for _one in range(self.program.volumes.watchers):
            who = self.program.somebody()
            at = begins + timedelta(seconds=self.dice.random() * 840)
            self.program.agenda.at(at, partial(self._answer, who, choices))

    async def _answer(self, who: Person, choices: Sequence[int]) -> None:
        if not self.program.is_there(who):
            return
        choice = self.dice.choice(choices)
        await self.year.presses(who.chat, AnswerPoll(self.gala_id, choice).pack())
        if self.dice.random() < 0.1:
            now = self.year.time()
            await self.year.does("writes a line", _write, self.gala_id, who.id, "加油", now)


def _open(session: Session, half: int, opens: datetime, closes: datetime) -> int:
    title = Translated(f"第{half + 1}届文案征集")
    limits = Limits(entries=2, authors=2)
    draft = Draft(DISTRICT, title, opens, closes, form=Form.CALL, limits=limits)
    contest = contests.create(session, draft, HEAD, opens)
    contests.publish(session, contest.id, HEAD, opens)
    first, last = closes + 2 * AN_HOUR, closes + 3 * A_DAY
    plan = judging.Plan(CRITERIA, last, per_entry=PER_ENTRY, method=Method.MEAN, is_normalised=True)
    judging.set_up(session, contest.id, plan, HEAD, opens)
    vote = voting.Plan(first, last, known_before=opens, ceiling=20, jury_percent=60)
    voting.set_up(session, contest.id, vote, HEAD, opens)
    return contest.id


def _enter(session: Session, contest_id: int, member_id: int, now: datetime) -> None:
    begun = entries.begin(session, contest_id, member_id, now, title=f"作品{member_id:08}")
    if isinstance(begun, entries.Done):
        parts.add(session, begun.entry.id, PartKind.TEXT, member_id, text="拧紧每一颗螺丝。")
        entries.declare(session, begun.entry.id, now)
        entries.hand_in(session, begun.entry.id, now)


def _assign(session: Session, contest_id: int, companies: int, now: datetime) -> None:
    """Organizers of companies judge, so that some entries are of people of their own."""
    for number in range(JUDGES):
        member_id = organizer_of(9 + number % companies)
        asked = judges.invite(session, contest_id, member_id, HEAD, now)
        if isinstance(asked, judges.Invited):
            judges.answer(session, asked.judge.id, member_id, now, yes=True)
    assignments.assign(session, contest_id, HEAD, now)


def _judge(session: Session, contest_id: int, mood: int, now: datetime) -> None:
    """Every judge marks what is theirs."""
    for judge, _member in judges.of_contest(session, contest_id):
        assert judge.member_id is not None
        for given in scores.of_judge(session, judge.id):
            for criterion in judging.criteria_of(session, contest_id):
                points = 1 + (given.entry_id * 7 + judge.id + mood) % criterion.most
                scores.give(session, given.id, criterion.id, points, judge.member_id, now)


def _open_poll(session: Session, event_id: int, now: datetime) -> list[int]:
    screens.open_one(session, event_id, HEAD, now)
    drafted = rules.read(*POLL)
    assert isinstance(drafted, Drafted)
    poll = polls.write(session, event_id, drafted, HEAD, now)
    assert isinstance(poll, Poll)
    polls.open_one(session, event_id, poll.id, HEAD, now)
    asked = polls.counted(session, poll.id)
    return [each.choice.id for question in asked for each in question.choices]


def _write(session: Session, event_id: int, member_id: int, words: str, now: datetime) -> None:
    who = session.get(Member, member_id)
    if who is not None:
        lines.write(session, event_id, members.without_address(who), words, now)
