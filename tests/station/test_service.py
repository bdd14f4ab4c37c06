"""What a service manager is told: by a process of the command, on a socket as systemd's."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.station.service import Service
from tests.commands import PATIENCE, YIZHAN, environment


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(PATIENCE)
        yield listening


def told(manager: socket.socket) -> list[str]:
    return manager.recv(4096).decode().splitlines()


def test_a_station_says_that_it_is_ready_lives_and_stops(
    manager: socket.socket, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text("[server]\nport = 0\n", "utf-8")
    by_manager = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}
    with subprocess.Popen(
        [*YIZHAN, "serve"],
        cwd=tmp_path,
        env=environment() | by_manager,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            assert told(manager) == ["READY=1"]
            for _ in range(2):
                assert told(manager) == ["WATCHDOG=1", "STATUS=Serving; store and accounts work"]
            process.send_signal(signal.SIGTERM)
            last = told(manager)
            while last[0] == "WATCHDOG=1":
                last = told(manager)
            assert last == ["STOPPING=1", "STATUS=Stopping"]
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()


async def test_the_status_names_accounts_that_do_not_work(
    manager: socket.socket, tmp_path: Path
) -> None:
    problems = {"telegram.a": "Telegram does not accept\nthe token"}
    service = Service(lambda: problems, {"NOTIFY_SOCKET": str(tmp_path / "notify")})
    service.ready()
    assert told(manager) == ["READY=1"]
    await asyncio.sleep(0)
    said = "STATUS=telegram.a: Telegram does not accept the token"
    assert told(manager) == ["WATCHDOG=1", said]
    service.stopping()


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux has abstract names.")
def test_the_manager_may_listen_under_an_abstract_name_or_not_at_all(tmp_path: Path) -> None:
    name = f"yizhan-{tmp_path.name}-{id(tmp_path)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        listening.settimeout(PATIENCE)
        Service(dict, {"NOTIFY_SOCKET": f"@{name}"}).stopping()
        assert told(listening)[0] == "STOPPING=1"
    Service(dict, {"NOTIFY_SOCKET": f"@{name}"}).stopping()
    Service(dict, {}).stopping()
