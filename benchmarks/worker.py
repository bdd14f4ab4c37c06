"""A station as ``yizhan serve`` runs it, at a pace that its settings would not take.

Telegram takes 1,000 messages a second from an account at most, and the settings no more.
What a process could send is measured beyond that.
"""

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from benchmarks.bots import config_of
from benchmarks.workspaces import Workspace
from bot.station import settings
from bot.station.parts import EVERYTHING, Part
from bot.station.serving import run
from bot.station.settings import Settings
from bot.station.webapp import listen_on


def command(workspace: Workspace, pace: float, *more: str) -> list[str]:
    """The command that starts a worker on this workspace, at ``pace`` messages a second."""
    config = str(config_of(workspace))
    return [sys.executable, "-m", __name__, "--config", config, "--pace", str(pace), *more]


def at_pace(read: Settings, per_second: float) -> Settings:
    """The settings with another pace for each account, not checked."""
    pace = {"messages_per_second": per_second}
    bots = {name: bot.model_copy(update=pace) for name, bot in read.telegram.items()}
    return read.model_copy(update={"telegram": bots})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--pace", type=float, required=True, help="messages a second")
    parser.add_argument("--only", type=Part, action="append", help="as `yizhan serve --only`")
    parser.add_argument("--port", type=int, help="in place of the settings' one")
    options = parser.parse_args()
    read = at_pace(settings.read(options.config), options.pace)
    port = read.server.port if options.port is None else options.port
    parts = frozenset(options.only) if options.only else EVERYTHING
    listening = listen_on(read.server.host, port)
    with listening, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(read, listening, lambda: datetime.now(UTC), print, parts))


if __name__ == "__main__":
    main()
