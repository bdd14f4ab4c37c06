"""The bots that are compared: how each is prepared, started and checked afterwards."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import stations, tables
from benchmarks.driver import SECRET, TOKEN
from benchmarks.plan import Claims, Plan
from benchmarks.workspaces import Workspace

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30
PTB = "benchmarks.peers.ptb_bot"
AIOGRAM = "benchmarks.peers.aiogram_bot"


@dataclass(frozen=True, slots=True)
class Bot:
    name: str
    command: Callable[[Workspace], list[str]]
    paths: tuple[str, ...]
    prepare: Callable[[Workspace, Plan], None]
    claims: Callable[[str], Claims]


def _peer(name: str, module: str, *flags: str) -> Bot:
    def command(workspace: Workspace) -> list[str]:
        return [
            *(
                sys.executable,
                "-m",
                module,
                "--store",
                workspace.store,
                "--port",
                str(workspace.port),
            ),
            *("--api-base", workspace.api_base, "--token", TOKEN, "--secret", SECRET, *flags),
        ]

    return Bot(
        name=name,
        command=command,
        paths=("/telegram",),
        prepare=lambda workspace, plan: tables.prepare(workspace.store, plan),
        claims=tables.claims,
    )


def config_of(workspace: Workspace) -> Path:
    return workspace.folder / "config.toml"


def write_config(
    workspace: Workspace, names: Sequence[str], *, pace: float = 1000, quiet: str = "22:00-08:00"
) -> None:
    """Write the settings of a station with these accounts."""
    bots = "".join(
        f"""
[telegram.{name}]
token = "{TOKEN}{name}"
api_base = "{workspace.api_base}"
mode = "webhook"
webhook_secret = "{SECRET}"
messages_per_second = {pace}
"""
        for name in names
    )
    config_of(workspace).write_text(
        f"""
[store]
url = "{workspace.store}"

[server]
port = {workspace.port}
public_url = "http://127.0.0.1:{workspace.port}"

[station]
quiet_hours = "{quiet}"

[log]
level = "warning"
{bots}
""",
        "utf-8",
    )


def _ours(name: str, accounts: int) -> Bot:
    names = [f"bench{number}" for number in range(accounts)]

    def prepare(workspace: Workspace, plan: Plan) -> None:
        write_config(workspace, names)
        stations.prepare(workspace.store, plan, [f"telegram.{each}" for each in names])

    return Bot(
        name=name,
        command=lambda workspace: [
            *(sys.executable, "-m", "bot", "serve", "--config", str(config_of(workspace))),
        ],
        paths=tuple(f"/telegram/{each}" for each in names),
        prepare=prepare,
        claims=stations.claims,
    )


YIZHAN = _ours("yizhan", 1)
# Telegram takes 1,000 messages a second from an account at most. Above half of that the station
# sends its answers through the API, to hear of a refusal; below, they travel in the response.
YIZHAN_4 = _ours("yizhan-4-accounts", 4)

BOTS = {
    each.name: each
    for each in (
        YIZHAN,
        YIZHAN_4,
        # As frameworks for asyncio are meant to be used: nothing blocks the loop.
        _peer("ptb-async", PTB, "--session", "async"),
        _peer("aiogram-async", AIOGRAM, "--session", "async"),
        # A plain session in the handler: less work, and no other update is answered meanwhile.
        _peer("ptb-plain", PTB, "--session", "plain"),
        _peer("aiogram-plain", AIOGRAM, "--session", "plain"),
        # Other ways to write the same; none was faster.
        _peer("ptb-threads", PTB, "--session", "threads"),
        _peer("ptb-concurrent", PTB, "--session", "plain", "--concurrent-updates"),
        _peer("aiogram-threads", AIOGRAM, "--session", "threads"),
        _peer("aiogram-background", AIOGRAM, "--session", "plain", "--background"),
    )
}


@asynccontextmanager
async def running(name: str, command: Sequence[str], workspace: Workspace) -> AsyncIterator[int]:
    """Start a bot, wait until it takes connections; give its process id; kill it at the end.

    It is killed and not asked to stop: what it has answered must be in the store by then.
    """
    log = workspace.folder / f"{name}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        await _taking_connections(process, workspace)
        yield process.pid
        if process.returncode is not None:
            raise AssertionError(f"{name} ended by itself, with {process.returncode}")
    except BaseException:
        print(log.read_text("utf-8", "replace")[-4000:], file=sys.stderr)
        raise
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _taking_connections(process: asyncio.subprocess.Process, workspace: Workspace) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", workspace.port)
        except OSError:
            if process.returncode is not None:
                raise AssertionError("the bot ended before it took a connection") from None
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
