"""The bots that are compared: how each is started, prepared and looked into afterwards."""

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
from benchmarks.places import Ground
from benchmarks.plan import Claims, Plan

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30
PTB = "benchmarks.peers.ptb_bot"
AIOGRAM = "benchmarks.peers.aiogram_bot"


@dataclass(frozen=True, slots=True)
class Contestant:
    name: str
    command: Callable[[Ground], list[str]]
    paths: tuple[str, ...]
    prepare: Callable[[Ground, Plan], None]
    claims: Callable[[str], Claims]


def _peer(name: str, module: str, *flags: str) -> Contestant:
    def command(ground: Ground) -> list[str]:
        return [
            *(sys.executable, "-m", module, "--store", ground.store, "--port", str(ground.port)),
            *("--api-base", ground.api_base, "--token", TOKEN, "--secret", SECRET, *flags),
        ]

    return Contestant(
        name=name,
        command=command,
        paths=("/telegram",),
        prepare=lambda ground, plan: tables.prepare(ground.store, plan),
        claims=tables.claims,
    )


def config_of(ground: Ground) -> Path:
    return ground.folder / "config.toml"


def write_config(
    ground: Ground, names: Sequence[str], *, pace: float = 1000, quiet: str = "22:00-08:00"
) -> None:
    """Write the settings of a station with these accounts."""
    bots = "".join(
        f"""
[telegram.{name}]
token = "{TOKEN}{name}"
api_base = "{ground.api_base}"
mode = "webhook"
webhook_secret = "{SECRET}"
messages_per_second = {pace}
"""
        for name in names
    )
    config_of(ground).write_text(
        f"""
[store]
url = "{ground.store}"

[server]
port = {ground.port}
public_url = "http://127.0.0.1:{ground.port}"

[station]
quiet_hours = "{quiet}"

[log]
level = "warning"
{bots}
""",
        "utf-8",
    )


def _ours(name: str, accounts: int) -> Contestant:
    names = [f"bench{number}" for number in range(accounts)]

    def prepare(ground: Ground, plan: Plan) -> None:
        write_config(ground, names)
        stations.prepare(ground.store, plan, [f"telegram.{each}" for each in names])

    return Contestant(
        name=name,
        command=lambda ground: [
            *(sys.executable, "-m", "bot", "serve", "--config", str(config_of(ground))),
        ],
        paths=tuple(f"/telegram/{each}" for each in names),
        prepare=prepare,
        claims=stations.claims,
    )


YIZHAN = _ours("yizhan", 1)
# Telegram takes 1,000 messages a second from an account at most. Above half of that the station
# sends its answers through the API, to hear of a refusal; below, they travel in the response.
YIZHAN_4 = _ours("yizhan-4-accounts", 4)

CONTESTANTS = {
    each.name: each
    for each in (
        YIZHAN,
        YIZHAN_4,
        # As frameworks for asyncio are meant to be used: nothing blocks the loop.
        _peer("ptb-async", PTB, "--session", "async"),
        _peer("aiogram-async", AIOGRAM, "--session", "async"),
        # A plain session in the handler: less work, and nobody else is answered meanwhile.
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
async def running(name: str, command: Sequence[str], ground: Ground) -> AsyncIterator[int]:
    """Start a bot, wait until it takes connections; give its process id; kill it at the end.

    It is killed and not asked to stop: what it has answered must be in the store by then.
    """
    log = ground.folder / f"{name}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        await _taking_connections(process, ground)
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


async def _taking_connections(process: asyncio.subprocess.Process, ground: Ground) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", ground.port)
        except OSError:
            if process.returncode is not None:
                raise AssertionError("the bot ended before it took a connection") from None
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
