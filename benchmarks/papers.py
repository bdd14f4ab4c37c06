"""What is printed: a poster and a certificate, and a thousand certificates while people sign up.

python -m benchmarks.papers                          a thousand, while 50 a second sign up
python -m benchmarks.papers --store postgresql

The papers are drawn in this process, one after the other. The thousand are issued by an organizer's
tap and the clock's turns, whose steps are taken by themselves first. They go out as files by a
station that answers sign-ups meanwhile; the time until an answer is counted from when its update
should have been posted.
"""

import argparse
import asyncio
import os
import signal
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import uvloop
from sqlalchemy import Engine, func, insert, update
from sqlmodel import Session, col, select

from benchmarks.arrivals import quantile
from benchmarks.bots import YIZHAN, running, write_config
from benchmarks.driver import Telegram, deliver, telegram
from benchmarks.plan import FIRST_CHAT, make_plan, verify
from benchmarks.process import cpu_seconds, resident_megabytes
from benchmarks.report import milliseconds, show_machine, show_table
from benchmarks.workspaces import STORES, Workspace, Workspaces, workspaces
from models.events import certificates, issuing
from models.events.events import Category, Event, Kind, Signup, SignupState
from models.network.members import Member
from models.store import open_engine
from papers.facts import Certificate, Code, Format, Order, Paper, Poster, Row
from papers.press import draw

ZONE = ZoneInfo("Asia/Shanghai")
OVER = 10_000
"""The number of the event that is over; those that people sign up for come before it."""

WARM_UP = 2.0
PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """How long each drawing of a paper took, in seconds, what of it was work, and its bytes."""

    name: str
    format: Format
    took: list[float]
    cpu: list[float]
    size: int


@dataclass(slots=True)
class Taken:
    """``act`` is how long the organizer's tap took, ``issued`` all certificates.

    ``waited`` is how long people did for their answers.
    """

    act: float = 0.0
    issued: float = 0.0
    until_last: float = 0.0
    waited: list[float] = field(default_factory=list)
    cpu: float = 0.0
    resident: float = 0.0

    def note(self, chat_id: int, text: str, seconds: float) -> None:
        """Take down how long somebody waited."""
        self.waited.append(seconds)


# Drawing


def poster(number: int) -> Poster:
    link = f"https://station.example.org/go/web/e{number}-k7f2mq"
    return Poster(
        language="zh",
        title=f"企业体验游：走进灯具厂（第 {number} 期）",
        station="创思驿站 · 桂城",
        kind="职场提升",
        rows=(
            Row("时间", "12月5日 周六 9:00–12:00", leads=True),
            Row("地点", "灯湖西路 12 号", leads=True),
            Row("要带", "身份证、平底鞋"),
            Row("名额", "45 席"),
        ),
        about="看一盏灯从压铸、喷涂到装配的全过程，和老师傅聊聊手艺。",
        call="扫码报名",
        codes=(Code("微信", link), Code("Telegram", link + "t"), Code("网页", link + "w")),
        hint=f"群里可以写：报名 {number}",
        hangs="食堂",
    )


def certificate(number: int) -> Certificate:
    return Certificate(
        language="zh",
        heading="证书",
        name=f"张小兰{number}",
        said="参加了",
        title="焊工实训（第二期）",
        details="12月5日 周六 9:00–15:00 · 6 小时",
        station="创思驿站 · 桂城",
        issued="12月6日 周日",
        number=f"编号 GC-2026-{number:03}",
        check="扫码验真",
        leads_to=f"https://station.example.org/c/K7F2M9QX{number:04}",
    )


def draw_each(times: int) -> list[Drawn]:
    """Draw each paper so many times, every time with other facts, after the first that loads."""
    found = []
    for name, make in (("poster", poster), ("certificate", certificate)):
        for format in ("pdf", "png"):
            papers: Sequence[Paper] = [make(number) for number in range(times + 1)]
            orders = [Order(each, format) for each in papers]
            draw(orders[0])
            took, cpu, size = [], [], 0
            for order in orders[1:]:
                began, work = time.perf_counter(), time.process_time()
                size = len(draw(order))
                took.append(time.perf_counter() - began)
                cpu.append(time.process_time() - work)
            found.append(Drawn(name, format, took, cpu, size))
    return found


# A thousand


def prepare(workspace: Workspace, asks: int, people: int) -> None:
    """Members who will sign up, and others who came to an event that is over."""
    plan = make_plan(asks)
    YIZHAN.prepare(workspace, replace(plan, members=asks + people))
    write_config(workspace, ["bench0"], quiet="")
    now = datetime.now(UTC)
    event = Event(
        id=OVER,
        code="over",
        station_id=1,
        category=Category.CAREER,
        kind=Kind.TRAINING,
        title="焊工实训（第二期）",
        place="桂城站",
        starts_at=now - timedelta(hours=9),
        ends_at=now - timedelta(hours=3),
        closes_at=now - timedelta(hours=10),
        held=people,
        turns=people,
    )
    came = Signup(event_id=OVER, member_id=0, state=SignupState.ATTENDED, at=now).model_dump()
    del came["id"]
    engine = open_engine(workspace.store)
    with engine.begin() as connection:
        if not people:
            return
        connection.execute(insert(Event), [event.model_dump()])
        numbers = range(asks + 1, asks + people + 1)
        seats = [came | {"member_id": n, "turn": n - asks} for n in numbers]
        connection.execute(insert(Signup), seats)
        # Their names are known from a list, so that nobody is asked first.
        loaded = update(Member).where(col(Member.id) > asks).values(loaded_as="bench")
        connection.execute(loaded)
    engine.dispose()


def issue(store: str, people: int) -> tuple[float, float]:
    """Issue a certificate to everybody who came, by the act of an organizer and the clock's turns.

    Returns the seconds that the act takes, and those until all are issued.
    """
    engine = open_engine(store)
    now = datetime.now(UTC)
    with Session(engine) as session:
        # A station that has run for a while has compiled these statements before.
        issuing.issue(session, OVER, 360, None, ZONE, now, signup_id=1)
        session.rollback()
    began = time.perf_counter()
    with Session(engine) as session:
        done = issuing.issue(session, OVER, 360, None, ZONE, now)
        session.commit()
    act = time.perf_counter() - began
    assert (done.made + done.following, done.unnamed) == (people, 0)
    while _count(engine) < people:
        assert time.perf_counter() - began < PATIENCE, "certificates were never issued"
        time.sleep(0.05)
    took = time.perf_counter() - began
    engine.dispose()
    return act, took


def _count(engine: Engine) -> int:
    with Session(engine) as session:
        return session.exec(select(func.count()).select_from(certificates.Certificate)).one()


@dataclass(frozen=True, slots=True)
class Steps:
    """How long each step of issuing held the store, in seconds, and what of it was work."""

    took: list[float]
    cpu: list[float]


def steps_of(where: Workspaces, people: int) -> Steps:
    """Issue so many in this process, each step in a transaction of its own."""
    workspace = where.workspace("http://127.0.0.1:9")
    prepare(workspace, 120, people)
    engine = open_engine(workspace.store)
    now = datetime.now(UTC)
    with Session(engine) as session:
        issuing.issue(session, OVER, 360, None, ZONE, now)
        session.commit()
    found, more = Steps([], []), True
    while more:
        began, cpu = time.perf_counter(), time.thread_time()
        with Session(engine) as session:
            more = issuing.take(session, ZONE, now)
            session.commit()
        found.took.append(time.perf_counter() - began)
        found.cpu.append(time.thread_time() - cpu)
    assert _count(engine) == people
    engine.dispose()
    workspace.delete_store()
    return found


async def sign_ups_beside(where: Workspaces, people: int, rate: float, seconds: float) -> Taken:
    """Let people sign up at this rate, and issue certificates meanwhile, if any."""
    asks = max(120, round(rate * seconds / 120) * 120)
    plan, taken = make_plan(asks), Taken()
    async with telegram() as standin:
        standin.heard = taken.note
        workspace = where.workspace(standin.base)
        prepare(workspace, asks, people)
        os.sync()
        urls = [f"http://127.0.0.1:{workspace.port}{path}" for path in YIZHAN.paths]
        async with running(YIZHAN.name, YIZHAN.command(workspace), workspace) as pid:
            await asyncio.sleep(WARM_UP)
            cpu, began = cpu_seconds(pid), time.monotonic()
            asking = asyncio.create_task(deliver(standin, urls, plan.asks, first=0, rate=rate))
            if people:
                done = await asyncio.to_thread(issue, workspace.store, people)
                taken.act, taken.issued = done
                await _until_all_have_theirs(standin, people)
                taken.until_last = time.monotonic() - began
            await asking
            taken.cpu = cpu_seconds(pid) - cpu
            taken.resident = resident_megabytes(pid)
    _verify(standin, asks, people)
    claims = YIZHAN.claims(workspace.store)
    verify(plan, {key: claim for key, claim in claims.items() if key[0] != OVER})
    workspace.delete_store()
    return taken


async def _until_all_have_theirs(standin: Telegram, people: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(standin.documents) < people:
        if time.monotonic() > deadline:
            raise AssertionError(f"{people - len(standin.documents)} certificates never arrived")
        await asyncio.sleep(0.02)


def _verify(standin: Telegram, asks: int, people: int) -> None:
    """Raise AssertionError unless everybody has one certificate of their own."""
    wanted = set(range(FIRST_CHAT + asks, FIRST_CHAT + asks + people))
    if set(standin.documents) != wanted or standin.documents.total() != people:
        raise AssertionError(f"{len(standin.documents)} chats got {standin.documents.total()}")


# Showing


def show_drawn(drawn: list[Drawn]) -> None:
    columns = ["paper", "as", "p50 ms", "p99 ms", "CPU ms p50", "least", "KB"]
    rows = [
        [
            each.name,
            "PDF" if each.format == "pdf" else "picture",
            milliseconds(statistics.median(each.took)),
            milliseconds(quantile(each.took, 0.99)),
            milliseconds(statistics.median(each.cpu)),
            milliseconds(min(each.cpu)),
            f"{each.size / 1000:.0f}",
        ]
        for each in drawn
    ]
    show_table(columns, rows)


def show_steps(store: str, people: int, steps: Steps) -> None:
    columns = [
        *("store", "certificates", "steps", "CPU ms p50", "p99", "longest"),
        *("ms p50", "p99", "longest"),
    ]
    numbers = [
        milliseconds(each)
        for of in (steps.cpu, steps.took)
        for each in (statistics.median(of), quantile(of, 0.99), max(of))
    ]
    show_table(columns, [[store, f"{people:,}", str(len(steps.took)), *numbers]])


def show_taken(store: str, rate: float, runs: Sequence[tuple[int, Taken]]) -> None:
    columns = [
        *("store", "certificates", "tap ms", "issued s", "seconds until the last", "a second"),
        *("sign-ups a second beside", "p50 ms", "p99 ms", "longest ms", "CPU s", "MB after"),
    ]
    rows = []
    for people, taken in runs:
        waited = taken.waited
        rows.append(
            [
                store,
                f"{people:,}" if people else "none",
                milliseconds(taken.act) if people else "–",
                f"{taken.issued:.1f}" if people else "–",
                f"{taken.until_last:.1f}" if people else "–",
                f"{people / taken.until_last:.0f}" if people else "–",
                f"{rate:.0f}",
                milliseconds(quantile(waited, 0.5)),
                milliseconds(quantile(waited, 0.99)),
                milliseconds(max(waited)),
                f"{taken.cpu:.1f}",
                f"{taken.resident:.0f}",
            ]
        )
    show_table(columns, rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=STORES, default="sqlite")
    parser.add_argument("--times", type=int, default=100, help="of each paper")
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=50, help="sign-ups a second")
    parser.add_argument("--seconds", type=float, default=30, help="of sign-ups")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    show_machine(options.store)
    show_drawn(draw_each(options.times))
    with workspaces(options.store) as where:
        show_steps(options.store, options.people, steps_of(where, options.people))
        runs = []
        for people in (0, options.people):
            run = sign_ups_beside(where, people, options.rate, options.seconds)
            runs.append((people, uvloop.run(run)))
        show_taken(options.store, options.rate, runs)


if __name__ == "__main__":
    main()
