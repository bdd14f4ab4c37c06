import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from scheduler.jobs import Jobs
from tests import databases


@pytest.fixture(params=["memory", "postgresql"])
def url(request: pytest.FixtureRequest, worker_id: str) -> str:
    """Where the engine keeps its jobs: nowhere, or in a database that has no tables yet."""
    if request.param == "memory":
        return ""
    server = request.getfixturevalue("postgresql_server")
    return databases.create_database(server, f"yizhan_jobs_{worker_id}")


@pytest.fixture
async def jobs(url: str) -> AsyncIterator[Jobs]:
    jobs = Jobs(url)
    yield jobs
    await jobs.stop()
    await jobs.close()


class Desk:
    """Keeps what was done, and lets a story wait for it."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.at_once = self.most_at_once = 0
        self._news = asyncio.Event()

    async def work(self, payload: str) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        self.done.append(payload)
        self._news.set()

    async def has_done(self, many: int) -> list[str]:
        async with asyncio.timeout(20):
            while len(self.done) < many:
                await self._news.wait()
                self._news.clear()
        return self.done


async def test_a_job_runs_as_soon_as_it_is_asked_for(jobs: Jobs) -> None:
    desk = Desk()
    jobs.register("send.telegram.nanhai", desk.work)
    running = asyncio.create_task(jobs.run())
    assert await jobs.enqueue("send.telegram.nanhai", "7", dedupe_key="one")
    assert await desk.has_done(1) == ["7"]
    await jobs.stop()
    async with asyncio.timeout(1):
        await running


async def test_what_is_asked_for_twice_is_done_once(jobs: Jobs) -> None:
    desk = Desk()
    jobs.register("send.telegram.nanhai", desk.work)
    assert await jobs.enqueue("send.telegram.nanhai", dedupe_key="look")
    assert not await jobs.enqueue("send.telegram.nanhai", dedupe_key="look")
    assert await jobs.enqueue("send.telegram.nanhai", "other", dedupe_key="another")
    running = asyncio.create_task(jobs.run())
    assert await desk.has_done(2) == ["", "other"]
    await jobs.stop()
    await running


async def test_jobs_of_one_account_are_never_done_at_the_same_time(jobs: Jobs, url: str) -> None:
    desk = Desk()
    jobs.register("send.telegram.nanhai", desk.work)
    # In memory there is one process; on PostgreSQL another one takes jobs as well.
    others = [Jobs(url)] if url else []
    for other in others:
        other.register("send.telegram.nanhai", desk.work)
    for number in range(12):
        await jobs.enqueue("send.telegram.nanhai", str(number), dedupe_key=str(number))
    running = [asyncio.create_task(each.run()) for each in (jobs, *others)]
    assert sorted(await desk.has_done(12)) == sorted(str(number) for number in range(12))
    assert desk.most_at_once == 1
    for each in (jobs, *others):
        await each.stop()
    await asyncio.gather(*running)
    for other in others:
        await other.close()


async def test_a_job_that_fails_does_not_stop_the_next(
    jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk()

    async def work(payload: str) -> None:
        if payload == "bad":
            raise ZeroDivisionError
        await desk.work(payload)

    jobs.register("send.telegram.nanhai", work)
    running = asyncio.create_task(jobs.run())
    await jobs.enqueue("send.telegram.nanhai", "bad", dedupe_key="1")
    await jobs.enqueue("send.telegram.nanhai", "good", dedupe_key="2")
    assert await desk.has_done(1) == ["good"]
    assert "ZeroDivisionError" in caplog.text
    await jobs.stop()
    await running


async def test_the_engine_stops_at_once_when_it_has_nothing_to_do(jobs: Jobs) -> None:
    desk = Desk()
    jobs.register("send.telegram.nanhai", desk.work)
    running = asyncio.create_task(jobs.run())
    await jobs.enqueue("send.telegram.nanhai", dedupe_key="1")
    await desk.has_done(1)
    await jobs.tidy()
    async with asyncio.timeout(1):
        await jobs.stop()
        await running


async def test_the_engine_comes_back_after_its_database_was_away(
    postgresql_server: str, worker_id: str
) -> None:
    url = databases.create_database(postgresql_server, f"yizhan_jobs_{worker_id}")
    jobs = Jobs(url)
    desk = Desk()
    jobs.register("send.telegram.nanhai", desk.work)
    running = asyncio.create_task(jobs.run())
    await jobs.enqueue("send.telegram.nanhai", "before", dedupe_key="1")
    await desk.has_done(1)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    # The first attempts may meet connections that are gone, and one may be cut after it was heard.
    for _ in range(20):
        await jobs.enqueue("send.telegram.nanhai", "after", dedupe_key="2")
    assert (await desk.has_done(2))[:2] == ["before", "after"]
    await jobs.stop()
    await running
    await jobs.close()


def test_a_name_is_given_once() -> None:
    jobs = Jobs()
    jobs.register("send.telegram.nanhai", Desk().work)
    with pytest.raises(ValueError, match=r"send\.telegram\.nanhai"):
        jobs.register("send.telegram.nanhai", Desk().work)
