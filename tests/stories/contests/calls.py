"""How stories of calls begin: an open contest in the town, and who hands something in."""

from typing import Any

from models.contests.contests import Contest
from tests.miniature import contests as rows
from tests.miniature.rows import SHISHAN
from tests.stories.people import Person
from tests.stories.station import Nanhai


def call(town: Nanhai, **changed: Any) -> Contest:
    """An open call of Shishan until twelve days from now; ``named`` are its categories."""

    def make(session: Any) -> Contest:
        return rows.call(session, town.hands.now, **changed)

    contest: Contest = town.store.write_now(make)
    return contest


def entered(town: Nanhai, contest: Contest, number: int, station_id: int = SHISHAN) -> list[str]:
    """So many entries that people of a station handed in, by their codes."""

    def make(session: Any) -> list[str]:
        people = rows.entrants(session, number, town.hands.now, station_id)
        return [
            rows.entry(session, contest, each, town.hands.now, title=f"作品{n}").code
            for n, each in enumerate(people, start=1)
        ]

    codes: list[str] = town.store.write_now(make)
    return codes


async def begins(person: Person, contest: Contest) -> str:
    """Open the contest by its number and begin an entry."""
    await person.says(f"评选 {contest.id}")
    return await person.presses("交作品")
