"""A gala: thousands look at its screen every second while they vote and write lines.

python -m benchmarks.gala                                  5,000 readers, five minutes
python -m benchmarks.gala --readers 20000 --minutes 1
python -m benchmarks.gala --store postgresql --votes 500 --lines 200

The readers read through nginx where it is installed, from many loopback addresses. Ten questions
are open; 500 answers and 200 lines a second come in. What was acknowledged is held against the
store of a station that was killed at the end: every vote is there, once, and counted. Then each
part alone: nginx, the station without a cache, and a plain Starlette stream of events.
"""

import argparse
import asyncio
import resource
import secrets
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import orjson
import uvloop
from sqlmodel import Session, select

from benchmarks import gala_proxy
from benchmarks.arrivals import quantile
from benchmarks.bots import YIZHAN, running
from benchmarks.driver import telegram
from benchmarks.gala_clients import Readers, as_many_as_it_takes, at_a_rate, crowd, post
from benchmarks.plan import make_rush_plan
from benchmarks.postgres import free_port
from benchmarks.process import cpu_seconds, resident_megabytes
from benchmarks.report import milliseconds, show_machine, show_table
from benchmarks.workspaces import STORES, Workspace, Workspaces, workspaces
from models.gala import polls, screens
from models.gala.lines import ScreenLine
from models.gala.polls import Poll, PollTally, PollVote
from models.gala.screens import Moderation
from models.rules.gala import polls as rules
from models.rules.gala.polls import Drafted
from models.store import Store

EVENT = 1
QUESTIONS, CHOICES = 10, 4
WATCHED = 100
"""Readers in the process of those who vote, where what they read is held against the votes."""
WRITERS_A_LINE = 8
"""How many people take turns with a line a second: each waits some seconds between two."""


@dataclass(slots=True)
class Evening:
    """The link of a screen, and the choices of each question of its poll."""

    token: str
    choices: list[list[int]]


@dataclass(slots=True)
class Heard:
    """What the crowd was told: answers that count by question and person, lines, and how long."""

    votes: dict[tuple[int, int], int] = field(default_factory=dict)
    voted_at: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    lines: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    behind: list[float] = field(default_factory=list)

    def read(self, body: bytes) -> None:
        """Note how old what a reader just got was: the first vote that it does not count."""
        told = sum(each["votes"] for each in orjson.loads(body)["poll"]["questions"])
        at = time.monotonic()
        self.behind.append(at - self.voted_at[told] if told < len(self.voted_at) else 0.0)


def prepare(workspace: Workspace) -> Evening:
    """An event with a screen and a poll of ten open questions."""
    YIZHAN.prepare(workspace, make_rush_plan(1))
    store = Store(workspace.store)
    now = datetime.now(UTC) - timedelta(seconds=1)
    text = "\n".join(
        f"第{n}题？\n" + "\n".join(f"- 选项{each}" for each in range(CHOICES))
        for n in range(QUESTIONS)
    )
    drafted = rules.read("汇报会", text)
    assert isinstance(drafted, Drafted)

    def make(session: Session) -> Evening:
        opened = screens.open_one(session, EVENT, None, now)
        screens.set_up(
            *(session, EVENT, None, now),
            lines=Moderation.AFTER,
            seconds=1,
            banned="傻瓜\n骗子",
            questions=True,
        )
        poll = polls.write(session, EVENT, drafted, None, now)
        assert isinstance(poll, Poll)
        number = poll.id
        polls.open_one(session, EVENT, number, None, now)
        asked = polls.counted(session, number)
        return Evening(opened.token, [[one.choice.id for one in each.choices] for each in asked])

    evening = store.write_now(make)
    store.close()
    return evening


def votes(
    evening: Evening, number: int, heard: Heard
) -> Iterator[tuple[bytes, Callable[[int, bytes, float], None]]]:
    """So many votes: each person answers all questions, some of them twice."""
    path = f"/screen/{evening.token}/votes"
    people = [secrets.token_urlsafe(32) for _ in range(-(-number // QUESTIONS))]
    for each in range(number):
        question, person = divmod(each, len(people))
        choice = evening.choices[question % QUESTIONS][each % CHOICES]

        def told(
            status: int, body: bytes, seconds: float, key: tuple[int, int] = (question, person)
        ) -> None:
            heard.waited.append(seconds)
            answer = orjson.loads(body)
            if status != 200 or answer["why"]:
                heard.refused[answer.get("why") or str(status)] += 1
                return
            if key not in heard.votes:
                heard.voted_at.append(time.monotonic())
            [heard.votes[key]] = answer["answers"].values()

        yield post(path, people[person], {"choices": [choice]}), told


def lines(
    evening: Evening, rate: float, number: int, heard: Heard
) -> Iterator[tuple[bytes, Callable[[int, bytes, float], None]]]:
    path = f"/screen/{evening.token}/lines"
    people = [secrets.token_urlsafe(32) for _ in range(int(rate * WRITERS_A_LINE))]

    def told(status: int, body: bytes, seconds: float) -> None:
        answer = orjson.loads(body)
        if status == 200 and not answer["why"]:
            heard.lines += 1
        else:
            heard.refused[f"line: {answer.get('why') or status}"] += 1

    for each in range(number):
        person = people[each % len(people)]
        yield post(path, person, {"words": f"加油 {each}"}), told


def verify(store_url: str, heard: Heard) -> None:
    """Raise AssertionError unless what was acknowledged is kept once, and counted."""
    store = Store(store_url)

    def look(session: Session) -> tuple[Counter[int], Counter[int], int, int]:
        kept = Counter(session.exec(select(PollVote.choice_id)).all())
        counted: Counter[int] = Counter()
        for each in session.exec(select(PollTally)):
            counted[each.choice_id] += each.votes
        pairs = session.exec(select(PollVote.question_id, PollVote.member_id)).all()
        shown = len(session.exec(select(ScreenLine.id)).all())
        return kept, counted, len(pairs) - len(set(pairs)), shown

    kept, counted, twice, shown = store.read_now(look)
    store.close()
    told = Counter(heard.votes.values())
    if twice or kept != told or +counted != told or shown != heard.lines:
        raise AssertionError(
            f"{told.total()} votes were acknowledged, {kept.total()} are kept, {counted.total()}"
            f" counted, {twice} twice; {heard.lines} lines, {shown} kept"
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """One evening: ``cpu`` of the station and ``proxy_cpu`` of nginx, in seconds."""

    readers: int
    seconds: float
    answers: int
    lost: int
    asked: float
    heard: Heard
    cpu: float
    proxy_cpu: float
    memory: tuple[float, float]


async def evening(where: Workspaces, options: argparse.Namespace) -> tuple[Taken, list[list[str]]]:
    seconds, heard = options.minutes * 60, Heard()
    async with telegram() as standin:
        workspace = where.workspace(standin.base)
        made = prepare(workspace)
        path = f"/screen/{made.token}/now"
        async with running(YIZHAN.name, YIZHAN.command(workspace), workspace) as pid:
            if gala_proxy.NGINX is None:
                taken = await _crowd(made, workspace.port, pid, None, workspace, options, heard)
                parts = [await _without_cache(workspace.port, path, pid, options)]
            else:
                front = free_port()
                async with gala_proxy.nginx(workspace.folder, workspace.port, front) as proxy:
                    taken = await _crowd(made, front, pid, proxy, workspace, options, heard)
                    parts = [await _alone("nginx alone", front, path, proxy, options)]
                parts.append(await _without_cache(workspace.port, path, pid, options))
        verify(workspace.store, heard)
    assert seconds
    return taken, parts


async def _crowd(
    made: Evening,
    front: int,
    pid: int,
    proxy: int | None,
    workspace: Workspace,
    options: argparse.Namespace,
    heard: Heard,
) -> Taken:
    """Readers through the proxy, votes and lines to the station; until the time is over."""
    seconds = options.minutes * 60
    path = f"/screen/{made.token}/now"
    readers = Readers(front, path, WATCHED, heard.read)
    memory = resident_megabytes(pid)
    cpu, proxy_cpu = cpu_seconds(pid), cpu_seconds(proxy) if proxy else 0.0
    began, at = time.monotonic(), time.time()
    number = int(options.votes * seconds)
    written = int(options.lines * seconds)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(readers.look(began + seconds + 1))
        others = tasks.create_task(crowd(front, path, options.readers - WATCHED, seconds + 1))
        tasks.create_task(at_a_rate([*votes(made, number, heard)], workspace.port, options.votes))
        tasks.create_task(
            at_a_rate(
                [*lines(made, options.lines, written, heard)],
                workspace.port,
                options.lines,
            )
        )
    took = time.monotonic() - began
    asks = gala_proxy.asked_of_station(workspace.folder, path) if proxy else []
    asked = len([each for each in asks if each >= at]) / took
    return Taken(
        options.readers,
        took,
        readers.answers + others.result()[0],
        readers.lost + others.result()[1],
        asked,
        heard,
        cpu_seconds(pid) - cpu,
        (cpu_seconds(proxy) - proxy_cpu) if proxy else 0.0,
        (memory, resident_megabytes(pid)),
    )


async def _alone(
    name: str, port: int, path: str, pid: int, options: argparse.Namespace
) -> list[str]:
    """How many documents a second come of one process, and a CPU-second of it."""
    cpu, began = cpu_seconds(pid), time.monotonic()
    done = await as_many_as_it_takes(port, path, options.seconds)
    took, used = time.monotonic() - began, cpu_seconds(pid) - cpu
    return [name, f"{done / took:,.0f}", f"{done / used:,.0f}" if used else "–", "–"]


async def _without_cache(port: int, path: str, pid: int, options: argparse.Namespace) -> list[str]:
    return await _alone("the station without a cache", port, path, pid, options)


async def streams(where: Workspaces, options: argparse.Namespace, ours: float) -> list[str]:
    """The CPU of a plain stream of events for the same readers, and over ours."""
    workspace = where.workspace("")
    command = [sys.executable, "-m", "benchmarks.peers.sse_screen", "--port", str(workspace.port)]
    number = options.readers
    async with running("sse", command, workspace) as pid:
        writers: list[asyncio.StreamWriter] = []

        async def drain(reader: asyncio.StreamReader) -> None:
            while await reader.read(65536):
                pass

        tasks = []
        for each in range(number):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", workspace.port, local_addr=(f"127.0.1.{1 + each // 200}", 0)
            )
            writer.write(b"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            writers.append(writer)
            tasks.append(asyncio.create_task(drain(reader)))
        await asyncio.sleep(2)
        cpu, began = cpu_seconds(pid), time.monotonic()
        await asyncio.sleep(options.seconds)
        used = (cpu_seconds(pid) - cpu) / (time.monotonic() - began)
        for task in tasks:
            task.cancel()
        for writer in writers:
            writer.close()
    name = f"Starlette, a stream of events to {number:,}"
    rate = f"{number:,.0f}"
    return [name, rate, f"{number / used:,.0f}" if used else "–", f"{used / ours:.1f}"]


async def compare(options: argparse.Namespace, where: Workspaces) -> None:
    taken, parts = await evening(where, options)
    heard = taken.heard
    show_table(
        [
            *("store", "readers", "documents read a second", "asked of the station a second"),
            *("votes a second", "vote p50 ms", "vote p99 ms", "lines a second", "refused"),
            *("behind p50 s", "behind p99 s", "behind most s", "CPU of a core", "nginx", "MB"),
        ],
        [
            [
                options.store,
                f"{taken.readers:,}",
                f"{taken.answers / taken.seconds:,.0f}",
                f"{taken.asked:.2f}",
                f"{len(heard.waited) / taken.seconds:,.0f}",
                milliseconds(quantile(heard.waited, 0.5)),
                milliseconds(quantile(heard.waited, 0.99)),
                f"{heard.lines / taken.seconds:,.0f}",
                f"{heard.refused.total()} {dict(heard.refused) or ''}".strip(),
                f"{quantile(heard.behind, 0.5):.2f}",
                f"{quantile(heard.behind, 0.99):.2f}",
                f"{max(heard.behind):.2f}",
                f"{taken.cpu / taken.seconds:.0%}",
                f"{taken.proxy_cpu / taken.seconds:.0%}",
                f"{taken.memory[0]:.0f} to {taken.memory[1]:.0f}",
            ]
        ],
    )
    readers_alone = taken.proxy_cpu / taken.seconds or taken.cpu / taken.seconds
    parts.append(await streams(where, options, readers_alone))
    show_table(
        ["alone", "documents a second", "documents a CPU-second", "CPU over nginx's above"], parts
    )


SPARE_FILES = 1000
"""Files that are open beside the readers: those who vote and write, the store, the program."""


def as_many_as_may_be(readers: int) -> int:
    """Let this process, and those that it starts, open a file a reader; return for how many."""
    files = readers + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= files:
        return readers
    try:
        # Who is root may raise the hard limit as well.
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, max(files, hard)))
    except (ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        readers = hard - SPARE_FILES
        print(f"{readers:,} readers: {hard:,} files may be open here (ulimit -n).")
    return readers


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=STORES, default="sqlite")
    parser.add_argument("--readers", type=int, default=5000)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--votes", type=float, default=500, help="a second")
    parser.add_argument("--lines", type=float, default=200, help="a second")
    parser.add_argument("--seconds", type=float, default=5, help="for each part alone")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    show_machine(options.store)
    options.readers = as_many_as_may_be(options.readers)
    with workspaces(options.store) as where:
        uvloop.run(compare(options, where))


if __name__ == "__main__":
    main()
