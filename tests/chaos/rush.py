"""People who sign up and cancel all the while, whatever becomes of the station."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.town import OPEN, SCARCE, TITLE
from tests.platforms.telegram.people import Person, Shown
from tests.platforms.telegram.server import TelegramServer

APOLOGY = "出了点问题"
PATIENCE = 240.0
READING = 1.3
"""How long somebody reads an answer: who writes faster for long is asked to wait."""


@dataclass
class Rush:
    """What was acknowledged holds: ``wanted`` is each person's last word about the open event."""

    telegram: TelegramServer
    is_over: bool = False
    people: list[Person] = field(default_factory=list)
    wanted: dict[int, bool] = field(default_factory=dict)
    in_line: set[int] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)
    apologies: list[str] = field(default_factory=list)
    _lives: list[asyncio.Task[None]] = field(default_factory=list)

    def begins(self, people: int) -> None:
        for number in range(people):
            person = self.telegram.person(name=f"p{number}")
            person.patience = PATIENCE
            self.people.append(person)
            self._lives.append(asyncio.create_task(self._lives_on(person)))

    async def ends(self) -> None:
        """Let everybody finish what they are at."""
        self.is_over = True
        await asyncio.gather(*self._lives)

    async def is_given_up(self) -> None:
        for life in self._lives:
            life.cancel()
        await asyncio.gather(*self._lives, return_exceptions=True)

    async def _lives_on(self, person: Person) -> None:
        """Ask for a scarce seat, then sign up for the other event and cancel, again and again."""
        await person.opens()
        while not any("同意" in label for label in person.labels):
            # The first answer may have got lost on its way.
            await person.opens()
        self._hears("开始", await person.presses("同意"))
        self._hears("报名", await person.says(f"报名 {SCARCE}"))
        self.in_line.add(person.chat_id)
        while not self.is_over:
            wants = not self.wanted.get(person.chat_id, False)
            words, label = ("报名", "重新报名") if wants else ("取消报名", "取消报名")
            shown = await self._wishes(person, words, label)
            # It was acknowledged, so it holds from now on.
            self.wanted[person.chat_id] = wants
            self._hears(words, shown)
            await asyncio.sleep(READING)

    async def _wishes(self, person: Person, words: str, label: str) -> list[Shown]:
        """Press the button under the last message where there is one, else write."""
        last = person.screen[-1]
        button = last.button(label)
        if button is not None and label in button["text"] and TITLE in last.text:
            return await person.presses_on(last, button)
        return await person.says(f"{words} {OPEN}")

    def _hears(self, words: str, shown: list[Shown]) -> None:
        self.answers[words] += 1
        self.apologies += [each.text for each in shown if APOLOGY in each.text]
