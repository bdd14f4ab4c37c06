"""A station as ``yizhan serve`` runs it, at a pace that its settings would not take.

Telegram takes 1,000 messages a second from an account at most, and the settings no more.
What a process could send is measured beyond that.
"""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from bot import settings
from bot.serving import run
from bot.settings import Settings
from bot.webapp import listen_on


def at_pace(read: Settings, per_second: float) -> Settings:
    """The settings with another pace for each account, not checked."""
    pace = {"messages_per_second": per_second}
    bots = {name: bot.model_copy(update=pace) for name, bot in read.telegram.items()}
    return read.model_copy(update={"telegram": bots})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--pace", type=float, required=True, help="messages a second")
    options = parser.parse_args()
    read = at_pace(settings.read(options.config), options.pace)
    serving = run(
        read, listen_on(read.server.host, read.server.port), lambda: datetime.now(UTC), say=print
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serving)


if __name__ == "__main__":
    main()
