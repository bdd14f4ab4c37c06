"""A station that is killed amid a rush: what was answered is kept, and nothing twice."""

import asyncio
import socket
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sqlmodel import Session, select

from models import signups
from models.events import Event, Signup, SignupState
from models.inbox import Inbox
from models.reminders import Reminder
from models.store import Store
from tests.platforms.telegram import TelegramServer
from tests.platforms.telegram_people import Person
from tests.platforms.telegram_queue import Webhook
from tests.stories.station import event, network
from tests.test_command_line import YIZHAN, environment

KILLS = 3
PEOPLE = 6
SEATS = 3
SCARCE, OPEN = 1, 2
"""Two events by number: one with fewer seats than people, and one with room for everybody."""

WITHIN = 60.0
SETTINGS = """
[store]
url = "{store}"
[server]
port = {port}
public_url = "http://127.0.0.1:{port}"
[web]
enabled = false
[telegram.nanhai]
token = "{token}"
api_base = "{api_base}"
mode = "webhook"
messages_per_second = 1000
"""


@dataclass
class Serving:
    """A process of its own, and where it wants to be told of updates."""

    process: asyncio.subprocess.Process
    url: str

    async def dies(self) -> None:
        self.process.kill()
        await self.process.wait()


@dataclass
class Rush:
    """People who sign up and cancel all the while, at one of several processes."""

    folder: Path
    store: str
    telegram: TelegramServer
    is_over: bool = False
    wanted: dict[int, bool] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    opened: list[Serving] = field(default_factory=list)

    async def opens(self) -> Serving:
        """A process that serves."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        telegram = self.telegram
        config = self.folder / f"{port}.toml"
        settings = SETTINGS.format(
            store=self.store, port=port, token=telegram.token, api_base=telegram.api_base
        )
        config.write_text(settings, "utf-8")
        process = await asyncio.create_subprocess_exec(
            *YIZHAN,
            *("serve", "--config", str(config)),
            cwd=self.folder,
            env=environment(),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        serving = Serving(process, f"http://127.0.0.1:{port}/telegram/nanhai")
        self.opened.append(serving)
        return serving

    async def ends(self) -> None:
        for each in self.opened:
            if each.process.returncode is None:
                await each.dies()

    async def all_open(self, number: int) -> list[Serving]:
        """So many processes, each of which has told Telegram where it is."""
        opened = [await self.opens() for _ in range(number)]
        async with asyncio.timeout(WITHIN):
            while self._told() < number:
                assert all(each.process.returncode is None for each in opened)
                await asyncio.sleep(0.01)
        return opened

    def _told(self) -> int:
        return sum(method.lower() == "setwebhook" for method, _ in self.telegram.calls)

    def goes_to(self, serving: Serving) -> None:
        known = self.telegram.updates.webhook
        self.telegram.updates.set_webhook(Webhook(serving.url, known.secret, 40))

    async def gets(self, answers: int) -> None:
        """Wait for so many answers more."""
        wanted = self.answers.total() + answers
        async with asyncio.timeout(WITHIN):
            while self.answers.total() < wanted:
                self.news.clear()
                await self.news.wait()

    async def lives(self, person: Person) -> None:
        """Ask for a scarce seat, then sign up for the other event and cancel, again and again."""
        await person.opens()
        await person.presses("同意")
        await self.says(person, f"报名 {SCARCE}")
        while not self.is_over:
            wants = not self.wanted.get(person.chat_id, False)
            await self.says(person, f"{'报名' if wants else '取消报名'} {OPEN}")
            # It was answered, so it holds from now on.
            self.wanted[person.chat_id] = wants

    async def says(self, person: Person, words: str) -> None:
        shown = await person.says(words)
        assert len(shown) == 1, f"{words} was answered {len(shown)} times"
        assert "出了点问题" not in shown[0].text
        self.answers[words.partition(" ")[0]] += 1
        self.news.set()


def programme(session: Session) -> None:
    network(session)
    on_friday = datetime.now(UTC) + timedelta(days=3)
    session.add(event("scarce", "走进灯具厂", on_friday, seats=SEATS))
    session.flush()
    session.add(event("open", "羽毛球友谊赛", on_friday))


def held_and_waiting(session: Session, event_id: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """What the event's row counts, and what its sign-ups say."""
    states = session.exec(select(Signup.state).where(Signup.event_id == event_id)).all()
    row = session.get_one(Event, event_id)
    held = sum(state in signups.HOLDING for state in states)
    return (row.held, row.waiting), (held, states.count(SignupState.WAITING))


def reminded(session: Session) -> tuple[set[int | None], set[int | None]]:
    """The sign-ups that reminders are owed to, and those that have a seat."""
    owed = session.exec(select(Reminder.signup_id)).all()
    seated = session.exec(select(Signup.id).where(Signup.state == SignupState.SEATED)).all()
    return set(owed), set(seated)


def live(session: Session, event_id: int) -> int:
    states = session.exec(select(Signup.state).where(Signup.event_id == event_id)).all()
    return sum(state in signups.LIVE for state in states)


def kept_twice(session: Session) -> int:
    keys = session.exec(select(Inbox.key)).all()
    return len(keys) - len(set(keys))


async def test_a_station_killed_amid_a_rush_keeps_what_it_answered(
    store_url: str, tmp_path: Path
) -> None:
    """Several processes serve one store; those that people talk with are killed one by one."""
    store = Store(store_url)
    store.write_now(programme)
    async with TelegramServer(hurry=20) as telegram:
        rush = Rush(tmp_path, store_url, telegram)
        try:
            await _rush_through(rush)
        finally:
            await rush.ends()
    for event_id in (SCARCE, OPEN):
        counted, there = store.read_now(held_and_waiting, event_id)
        assert counted == there
    assert store.read_now(held_and_waiting, SCARCE)[0] == (SEATS, PEOPLE - SEATS)
    assert store.read_now(live, OPEN) == sum(rush.wanted.values())
    owed, seated = store.read_now(reminded)
    assert owed == seated
    assert store.read_now(kept_twice) == 0
    store.close()


async def _rush_through(rush: Rush) -> None:
    opened = await rush.all_open(KILLS + 1)
    rush.goes_to(opened[0])
    people = [rush.telegram.person(name=f"p{n}") for n in range(PEOPLE)]
    lives = [asyncio.create_task(rush.lives(person)) for person in people]
    for dying, following in pairwise(opened):
        await rush.gets(answers=2 * PEOPLE)
        await dying.dies()
        rush.goes_to(following)
    await rush.gets(answers=2 * PEOPLE)
    rush.is_over = True
    await asyncio.gather(*lives)
