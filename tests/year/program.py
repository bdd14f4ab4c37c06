"""The program of the year: who does what, and when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random

from sqlmodel import Session, col, select

from handlers.actions import Bring, Erase, GiveUp
from models.announcements import announcements, audiences, holding, lifecycle
from models.announcements.announcements import AnnouncementState
from models.announcements.lifecycle import AwaitingApproval
from models.desk import answering
from models.desk.threads import Thread, ThreadState
from models.events import checking_in, draws, feedback, publishing, repeating, running
from models.events.events import Category, Event, Kind, Signup, SignupState
from models.events.publishing import Draft, Published
from models.events.quotas import Share
from models.network.stations import Care, Station
from models.rules.dates import repeats
from models.rules.events.companions import Along
from models.rules.languages import Translated
from models.rules.network.audience import Audience
from models.rules.teams.weekly import WeeklySession
from models.teams import sessions, teams
from tests.year.agenda import ZONE, Agenda, awake, local
from tests.year.residents import (
    DEPUTY,
    DISTRICT,
    FIRST_COMPANY,
    FIRST_TOWN,
    HEAD,
    TOWNS,
    Person,
    captain_of,
    organizer_of,
    person,
    team_of,
)
from tests.year.station import Year
from tests.year.volumes import Volumes

A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
BEGUN = timedelta(minutes=15)
"""How long after the start people are checked in."""

AFTERWARDS = 4
"""How much more seldom the station's clock looks when nothing happens any more."""

TO_THE_END = timedelta(days=12)
"""After the last act, until everything that is owed has ended: a delivery is of use for a week."""

ANNOUNCED, URGENT = "【公告】", "【紧急公告】"
"""What stands in the texts of announcements."""

SEATED = "✅ 报上了"
CAME = 0.85
GAVE_UP, RATED, BROUGHT = 0.08, 0.3, 0.2
WANTED_MUCH = 10
"""Every tenth event is wanted six times as much as others."""

KINDS = (Kind.LECTURE, Kind.TOUR, Kind.SOCIAL, Kind.TRAINING)
CATEGORIES = tuple(Category)


@dataclass
class Told:
    """What the program knows was promised: the checker holds the store against it.

    ``seats`` were confirmed to people by event and member, unless they gave them up. ``erased``
    asked to be forgotten. ``drawn`` are events whose seats are drawn, ``failed`` acts in words.
    """

    seats: set[tuple[int, int]] = field(default_factory=set)
    erased: list[Person] = field(default_factory=list)
    drawn: set[int] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)


class Program:
    """Plays a year of these volumes; the same seed plays the same year."""

    def __init__(self, year: Year, volumes: Volumes, seed: int) -> None:
        self.year, self.volumes, self.dice = year, volumes, Random(seed)
        self.begins = year.time()
        self.ends = self.begins + volumes.days * A_DAY
        self.agenda = Agenda()
        self.told = Told()
        self._gone = set[int]()
        self._common = range(captain_of(volumes.teams, volumes) + 1, volumes.people + 1)

    # The days

    def plan(self) -> None:
        """Put everything into the agenda."""
        for number in range(self.volumes.events):
            self._plan_event(number)
        self._plan_sessions()
        self._plan_announcements()
        self._plan_threads()
        self._plan_erasures()

    async def play(self, each_day: Callable[[datetime], None] = lambda day: None) -> None:
        """Let the year pass, and some days more; ``each_day`` is called at each midnight."""
        slot, last, day = self.begins, self.ends + TO_THE_END, self.begins
        step = timedelta(minutes=self.volumes.minutes)
        while slot < last:
            slot += step if slot < self.ends else AFTERWARDS * step
            while (due := self.agenda.next_until(slot)) is not None:
                moment, act = due
                self.year.time.turn_to(moment)
                await act()
            self.year.time.turn_to(slot)
            await self.year.works()
            if slot - day >= A_DAY:
                day = slot
                each_day(day)

    def _day(self, share: float = 1.0, *, but: float = 0.0) -> datetime:
        """Return a random day in the first ``share`` of the year, behind the first ``but``."""
        days = max(1.0, self.volumes.days * share - but)
        return self.begins + (but + self.dice.random() * days) * A_DAY

    def somebody(self) -> Person:
        """Return a member who organizes nothing and is still there."""
        while True:
            number = self.dice.choice(self._common)
            if number not in self._gone:
                return person(number, self.volumes)

    def is_there(self, who: Person) -> bool:
        """Return whether somebody has not asked to be forgotten."""
        return who.id not in self._gone

    def _evening(self, day: datetime, hour: int = 19) -> datetime:
        return local(day, hour, 30)

    # Events

    def _plan_event(self, number: int) -> None:
        ahead = self.dice.randrange(5, min(21, self.volumes.days // 2))
        share = 1 - (ahead + 2) / self.volumes.days
        published = local(self._day(share), 10 + number % 9)
        starts_at = self._evening(published + ahead * A_DAY)
        self.agenda.at(published, partial(self._publish, number, starts_at))

    async def _publish(self, number: int, starts_at: datetime) -> None:
        """Publish one of four sorts: plain, with parties, with quotas, drawn."""
        sort = ("plain", "parties", "quotas", "drawn", "plain", "of a firm")[number % 6]
        company = FIRST_COMPANY + number % self.volumes.companies
        host, by = (company, organizer_of(company)) if sort == "of a firm" else (DISTRICT, HEAD)
        draft = Draft(
            station_id=host,
            title=f"第{number}次活动",
            starts_at=starts_at,
            ends_at=starts_at + 2 * AN_HOUR,
            category=CATEGORIES[number % len(CATEGORIES)],
            kind=KINDS[number % len(KINDS)],
            place="文体中心",
            seats=None if number % 13 == 12 else self.dice.randrange(15, 60),
            closes_at=starts_at - 6 * AN_HOUR,
            is_drawn=sort == "drawn" and number % 13 != 12,
            details={"along": Along.TWO} if sort == "parties" else {},
        )
        done = await self.year.does("publishes", publishing.publish, draft, by, self.year.time())
        if not isinstance(done, Published):
            self.told.failed.append(f"event {number} was not published: {done}")
            return
        event = done.event
        if sort == "quotas" and event.seats:
            await self._share_out(event)
        if draft.is_drawn:
            self.told.drawn.add(event.id)
            if number % 4 == 3:
                await self._name_number(event)
        await self._call(event, number, sort)

    async def _share_out(self, event: Event) -> None:
        assert event.seats is not None
        shares = [
            Share("/s2/", event.seats // 4, event.seats // 2),
            Share("/s3/", event.seats // 5),
        ]
        until = event.starts_at - A_DAY
        given = event.id, shares, until, HEAD, self.year.care, self.year.time()
        await self.year.does("shares out", running.share_out, *given)

    async def _name_number(self, event: Event) -> None:
        now, name = self.year.time(), f"排列3 第 {event.id:07} 期"
        await self.year.does("names a number", draws.name_number, event.id, name, HEAD, now)
        self.agenda.at(event.closes_at + 2 * AN_HOUR, partial(self._enter_number, event))

    async def _enter_number(self, event: Event) -> None:
        number, now = f"{self.dice.randrange(1000):03}", self.year.time()
        await self.year.does("enters a number", draws.enter_number, event.id, number, HEAD, now)

    async def _call(self, event: Event, number: int, sort: str) -> None:
        """Let people come to an event, some give up, and what belongs to its day."""
        wanted = self.volumes.wanted * (4 if number % WANTED_MUCH == 0 else 2 / 3)
        now = self.year.time()
        for _one in range(max(3, int(self.dice.gauss(wanted, wanted / 5)))):
            who = self.somebody()
            at = awake(self.dice, who.shift, now, event.closes_at)
            self.agenda.at(at, partial(self._sign_up, who, event.id, sort))
            if self.dice.random() < GAVE_UP:
                later = awake(self.dice, who.shift, at, event.starts_at)
                self.agenda.at(later, partial(self._give_up, who, event.id))
        if number % 12 == 7:
            self.agenda.at(event.starts_at - 2 * A_DAY, partial(self._move, event.id))
            return
        if number % 25 == 10:
            self.agenda.at(event.starts_at - A_DAY, partial(self._call_off, event.id))
            return
        self._plan_the_day(event.id, event.starts_at)

    def _plan_the_day(self, event_id: int, starts_at: datetime) -> None:
        self.agenda.at(starts_at + BEGUN, partial(self._check_in, event_id))
        self.agenda.at(local(starts_at, 24 + 18), partial(self._rate, event_id))

    async def _sign_up(self, who: Person, event_id: int, sort: str) -> None:
        if not self.is_there(who):
            return
        if sort == "parties" and self.dice.random() < BROUGHT:
            answer = await self.year.presses(who.chat, Bring(event_id, 1, 1).pack())
        else:
            answer = await self.year.says(who.chat, f"报名 {event_id}")
        if SEATED in answer:
            self.told.seats.add((event_id, who.id))

    async def _give_up(self, who: Person, event_id: int) -> None:
        if not self.is_there(who):
            return
        await self.year.presses(who.chat, GiveUp(event_id, 1).pack())
        self.told.seats.discard((event_id, who.id))

    async def _move(self, event_id: int) -> None:
        """Hold it a day later."""
        found = self.year.store.read_now(Session.get, Event, event_id)
        if found is None:
            return
        at = (event_id, found.starts_at + A_DAY, found.ends_at + A_DAY, HEAD, self.year.care)
        await self.year.does("moves", running.move, *at, self.year.time(), reason="台风")
        self._plan_the_day(event_id, found.starts_at + A_DAY)

    async def _call_off(self, event_id: int) -> None:
        now = self.year.time()
        await self.year.does("calls off", running.call_off, event_id, "人手不够", HEAD, now)

    async def _check_in(self, event_id: int) -> None:
        for signup_id in self.year.store.read_now(_seated, event_id):
            if self.dice.random() < CAME:
                given = event_id, signup_id, HEAD, self.year.time()
                await self.year.does("checks in", checking_in.from_list, *given)

    async def _rate(self, event_id: int) -> None:
        for member_id in self.year.store.read_now(_came, event_id):
            if self.dice.random() < RATED:
                given = event_id, member_id, self.dice.randrange(3, 6), self.year.time()
                await self.year.does("rates", feedback.rate, *given)

    # Teams

    def _plan_sessions(self) -> None:
        for team in range(1, self.volumes.weekly_teams + 1):
            first = self._evening(self.begins + (8 + team % 7) * A_DAY)
            self.agenda.at(local(self.begins, 9, team % 60), partial(self._repeat, team, first))
            week = first - 3 * A_DAY
            while week < self.ends:
                self.agenda.at(local(week, 9), partial(self._call_team, team))
                week += 7 * A_DAY

    async def _repeat(self, team: int, first: datetime) -> None:
        captain, now = captain_of(team, self.volumes), self.year.time()
        plan = WeeklySession(first, 2 * AN_HOUR, "体育馆", repeats.weekly(first, ZONE))
        await self.year.does("repeats", _meet, team, plan, captain, self.year.care, now)

    async def _call_team(self, team: int) -> None:
        """Let some of a team come to its next session."""
        event = self.year.store.read_now(repeating.next_session, team, self.year.time())
        if event is None:
            self.told.failed.append(f"team {team} has no session at {self.year.time()}")
            return
        members = [each for each in team_of(team, self.volumes) if each not in self._gone]
        for number in self.dice.sample(members, min(self.volumes.to_a_session, len(members))):
            who = person(number, self.volumes)
            at = awake(self.dice, who.shift, self.year.time(), event.closes_at)
            self.agenda.at(at, partial(self._sign_up, who, event.id, "plain"))
        self.agenda.at(event.starts_at + BEGUN, partial(self._check_in, event.id))

    # Announcements

    def _plan_announcements(self) -> None:
        for number in range(self.volumes.announcements):
            at = local(self._day(), (11, 15, 20, 21)[number % 4], 40)
            self.agenda.at(at, partial(self._announce, number, Audience(stations=(DISTRICT,)), ""))
        for number in range(self.volumes.town_announcements):
            town = Audience(stations=(FIRST_TOWN + number % len(TOWNS),))
            at = local(self._day(), 9 + number % 12, 10)
            self.agenda.at(at, partial(self._announce, number, town, ""))
        for quarter in range(max(1, self.volumes.days // 90)):
            at = local(self.begins + (10 + 90 * quarter) * A_DAY, 23, 30)
            town = Audience(stations=(FIRST_TOWN + quarter % len(TOWNS),))
            self.agenda.at(at, partial(self._announce, quarter, town, "今夜停水"))

    async def _announce(self, number: int, aim: Audience, urgent: str) -> None:
        started = await self.year.does("announces", _announce, number, aim, urgent, self.year)
        if isinstance(started, str):
            self.told.failed.append(f"announcement {number}: {started}")
            return
        self.agenda.at(self.year.time() + AN_HOUR, partial(self._let_go_on, started))

    async def _let_go_on(self, announcement_id: int) -> None:
        """Send the rest of an announcement that waits after its trial."""
        await self.year.does("goes on", _let_go_on, announcement_id, self.year.time())

    # Letters

    def _plan_threads(self) -> None:
        for _number in range(self.volumes.threads):
            who = self.somebody()
            day = self._day()
            self.agenda.at(awake(self.dice, who.shift, day, day + A_DAY), partial(self._wish, who))
        for number in range(1, self.volumes.days):
            self.agenda.at(local(self.begins + number * A_DAY, 10), self._answer_all)

    async def _wish(self, who: Person) -> None:
        if not self.is_there(who):
            return
        await self.year.says(who.chat, f"许愿 我是{who.name}，想在夜班后有热饭吃")
        await self.year.says(who.chat, "留名")

    async def _answer_all(self) -> None:
        """Answer three of four letters that wait; the rest goes up."""
        for thread_id in self.year.store.read_now(_waiting):
            if self.dice.random() < 0.75:
                given = thread_id, "谢谢，已经和食堂说了。", HEAD, self.year.care, self.year.time()
                await self.year.does("answers", answering.answer, *given)

    # Erasures

    def _plan_erasures(self) -> None:
        for _number in range(self.volumes.erased):
            self.agenda.at(self._day(0.95, but=5), self._erase)

    async def _erase(self) -> None:
        """Somebody asks to be forgotten; every third has just written."""
        who = self.somebody()
        if len(self.told.erased) % 3 == 0:
            await self._wish(who)
        self._gone.add(who.id)
        answer = await self.year.presses(who.chat, Erase(1).pack())
        if not answer:
            self.told.failed.append(f"{who.id} got no answer to an erasure")
        self.told.erased.append(who)
        self.told.seats = {each for each in self.told.seats if each[1] != who.id}


def _meet(
    session: Session,
    team_id: int,
    plan: WeeklySession,
    captain: int,
    care: Care,
    now: datetime,
) -> None:
    team = teams.lock(session, team_id)
    assert team is not None
    sessions.meet_weekly(session, team, plan, Translated("{team}每周一练"), captain, care, now)


def _seated(session: Session, event_id: int) -> Sequence[int]:
    query = select(Signup.id).where(Signup.event_id == event_id, Signup.state == SignupState.SEATED)
    return session.exec(query.order_by(col(Signup.id))).all()


def _came(session: Session, event_id: int) -> Sequence[int]:
    event = session.get(Event, event_id)
    return [] if event is None else feedback.came(session, event)


def _waiting(session: Session) -> Sequence[int]:
    query = select(Thread.id).where(Thread.state == ThreadState.WAITING).order_by(col(Thread.id))
    return session.exec(query).all()


def _announce(session: Session, number: int, aim: Audience, urgent: str, year: Year) -> int | str:
    """Write and start an announcement; the other organizer approves what is wide."""
    now, care = year.time(), year.care
    district = session.get_one(Station, DISTRICT)
    row = announcements.draft(session, district, HEAD, now, audience=aim)
    begins = URGENT if urgent else ANNOUNCED
    announcements.change(session, row, text=f"{begins}第 {number} 号：明晚有演出。", urgent=urgent)
    people = audiences.count_for(session, aim, sees_reach=True)
    limits = care.announcing.alone
    outcome = lifecycle.start(session, row, HEAD, now, people=people, limits=limits)
    if isinstance(outcome, AwaitingApproval):
        approved = lifecycle.approve(session, row, DEPUTY, now)
        if approved is None:
            return "it was not approved"
    elif not isinstance(outcome, lifecycle.Started):
        return str(outcome)
    return row.id


def _let_go_on(session: Session, announcement_id: int, now: datetime) -> None:
    row = announcements.locked(session, announcement_id)
    if row is not None and row.state == AnnouncementState.HELD:
        holding.resume(session, row, HEAD, now, ZONE)
