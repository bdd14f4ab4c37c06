"""A platform or a database that fails under load: all has one end, and nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import migrations
from tests import databases, needs
from tests.chaos.run import begun

SEED = 20261122
RECIPIENTS = 400
PEOPLE = 40
A_WHILE = 1.0


async def test_storms_errors_and_an_outage_of_the_platform_lose_and_double_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with begun(
        sqlite_url, tmp_path, seed=SEED, recipients=RECIPIENTS, people=PEOPLE, reminders_within=3
    ) as run:
        run.weather.errors = 0.2
        run.weather.busy = {run.town.crowd[5]: 2, run.town.crowd[300]: 1}
        await run.announces(RECIPIENTS // 8)
        run.weather.storm(A_WHILE)
        await run.announces(RECIPIENTS // 4)
        await run.goes_without_the_platform(answers=PEOPLE)
        found = await run.settles(waits=True)
        assert not found.wrong, run.tells(found)
        assert {each.told for each in run.record} >= {"200", "429", "403", "500", "drop", "reset"}
        assert found.in_doubt
        assert not found.left_by_the_dead


async def test_a_platform_that_answers_nothing_leaves_few_in_doubt_and_people_are_answered(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with begun(
        sqlite_url, tmp_path, seed=SEED, recipients=RECIPIENTS, people=PEOPLE, reminders_within=3
    ) as run:
        await run.announces(RECIPIENTS // 4)
        silence = await run.goes_without_answers(answers=2 * PEOPLE)
        found = await run.settles(waits=True)
        assert not found.wrong, run.tells(found)
        assert silence.unanswered(run.record, run.town.crowd)
        assert found.in_doubt
        assert found.states["sent"] > RECIPIENTS / 2


@pytest.fixture
def restartable() -> Iterator[databases.Server]:
    """A PostgreSQL server that is this story's alone, and keeps what it commits."""
    try:
        with databases.own_server() as server:
            yield server
    except databases.NoPostgreSQL:
        needs.lack(needs.POSTGRESQL)


async def test_a_database_that_restarts_and_one_that_crashes_lose_nothing_that_was_answered(
    restartable: databases.Server, tmp_path: Path
) -> None:
    url = databases.create_database(restartable.address, "restarted")
    migrations.upgrade(url)
    async with begun(
        url, tmp_path, seed=SEED, recipients=RECIPIENTS, people=PEOPLE, reminders_within=3
    ) as run:
        for mode in ("fast", "immediate"):
            await run.announces(RECIPIENTS // 4)
            await run.gets(PEOPLE)
            await run.goes_without_the_database(restartable, mode)
            await run.gets(PEOPLE)
        found = await run.settles()
        assert not found.wrong, run.tells(found)
        assert found.states["sent"] > RECIPIENTS / 2
