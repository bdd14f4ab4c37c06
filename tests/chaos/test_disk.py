"""A disk that is full: people are told, and nothing needs repair once there is space again."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psycopg
import pytest

import migrations
from tests import databases, needs
from tests.chaos.run import LOOK, WITHIN, Run, begun, until

SEED = 20261122
RECIPIENTS = 200
PEOPLE = 40
MEGABYTES = 24


@dataclass(frozen=True, slots=True)
class Disk:
    """A small file system of its own."""

    path: Path

    @property
    def _ballast(self) -> Path:
        return self.path / "ballast"

    def fills_up(self) -> None:
        """Leave not a byte."""
        with self._ballast.open("ab", buffering=0) as ballast:
            for size in (65536, 4096, 1):
                try:
                    while ballast.write(b"x" * size):
                        pass
                except OSError:
                    continue

    def has_space_again(self) -> None:
        self._ballast.unlink()


@pytest.fixture
def disk() -> Iterator[Disk]:
    # Not below pytest's own folder, which the database's user may not enter.
    path = Path(tempfile.mkdtemp(prefix="yizhan-disk-"))
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(path)]
    program = shutil.which("mount")
    if program is None or subprocess.run(mounting, capture_output=True, check=False).returncode:
        path.rmdir()
        needs.lack(needs.MOUNTING)
    try:
        yield Disk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)
        path.rmdir()


async def _goes_through_it(run: Run, disk: Disk, *, why: str = "") -> None:
    """``why`` is what the log says of it."""
    await run.announces(RECIPIENTS // 4)
    before = len(run.telegram.updates.attempts)
    disk.fills_up()
    await run.is_refused(since=before)
    # PostgreSQL has some room in its tables still, for this message or the next.
    await _is_answered(run, 503)
    await until(lambda: why in run.station.logs())
    disk.has_space_again()
    await run.gets(2 * PEOPLE)
    await _is_answered(run, 200)
    assert await _readiness(run) == 200
    found = await run.settles()
    assert not found.wrong, run.tells(found)
    assert found.states["sent"] > RECIPIENTS / 2


async def _is_answered(run: Run, status: int) -> None:
    """Write on the page until it is answered so; who writes too much is asked to wait."""
    async with asyncio.timeout(WITHIN):
        while True:
            if await _says_on_the_page(run) == status:
                return
            await asyncio.sleep(LOOK)


async def _readiness(run: Run) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{run.station.front.url}/readyz") as response,
    ):
        return response.status


async def _says_on_the_page(run: Run) -> int:
    origin = run.station.front.url
    async with aiohttp.ClientSession(headers={"Origin": origin}) as session:
        said = {"id": os.urandom(8).hex(), "text": "你好"}
        async with session.post(f"{origin}/chat/messages", json=said) as response:
            return response.status


async def test_a_station_whose_disk_is_full_says_so_and_goes_on_once_there_is_space(
    disk: Disk, migrated_sqlite: Path, tmp_path: Path
) -> None:
    shutil.copyfile(migrated_sqlite, disk.path / "yizhan.db")
    async with begun(
        f"sqlite:///{disk.path}/yizhan.db",
        tmp_path,
        seed=SEED,
        recipients=RECIPIENTS,
        people=PEOPLE,
        web=True,
        reminders_within=3,
    ) as run:
        await _goes_through_it(run, disk, why="database or disk is full")


@pytest.fixture
def database_on(disk: Disk) -> Iterator[str]:
    """A PostgreSQL database whose tables are on the small disk."""
    try:
        with databases.own_server() as server:
            tables = disk.path / "tables"
            tables.mkdir()
            if server.user:
                shutil.chown(tables, server.user)
            with psycopg.connect(f"{server.address}/postgres", autocommit=True) as connection:
                connection.execute(f"CREATE TABLESPACE small LOCATION '{tables}'".encode())
                connection.execute(b"CREATE DATABASE station TABLESPACE small")
            migrations.upgrade(f"{server.address}/station")
            yield f"{server.address}/station"
    except databases.NoPostgreSQL:
        needs.lack(needs.POSTGRESQL)


async def test_a_database_whose_disk_is_full_is_as_good_as_new_once_there_is_space(
    database_on: str, disk: Disk, tmp_path: Path
) -> None:
    async with begun(
        database_on,
        tmp_path,
        seed=SEED,
        recipients=RECIPIENTS,
        people=PEOPLE,
        web=True,
        reminders_within=3,
    ) as run:
        await _goes_through_it(run, disk)
