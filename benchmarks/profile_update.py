"""Where the time of one sign-up goes, from the webhook's body to its response, without a socket.

python -m benchmarks.profile_update                 what the writer's thread does
python -m benchmarks.profile_update --of loop       what the event loop does
python -m benchmarks.profile_update --of nothing    figures alone, undisturbed
python -m benchmarks.profile_update --tour          the last answers of a rush: ``benchmarks.crowd``
"""

import argparse
import asyncio
import cProfile
import pstats
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import uvloop
from starlette.applications import Starlette

from benchmarks import crowd, stations
from benchmarks.driver import CONNECTIONS, SECRET, TOKEN, update
from benchmarks.plan import Plan, make_plan, make_wide_plan, verify
from bot.channels import File
from bot.channels.telegram.channel import Telegram
from bot.conversation.dispatch import Dispatcher
from bot.conversation.language import Phrasebook
from bot.conversation.messages import Attachment
from handlers import subjects
from models.network.stations import Care
from models.rules.languages import Translated
from models.store import Store

Side = Literal["writer", "loop", "nothing"]

ACCOUNT = "telegram.bench"
WARM_UP = 240
UNPACED = 1_000_000_000
"""Messages a second: so that every answer travels in the response."""


class ProfiledStore(Store):
    """A store that profiles its writing thread, waiting included."""

    def __init__(self, url: str, profile: cProfile.Profile) -> None:
        self._profile = profile
        super().__init__(url)

    def _serve(self) -> None:
        self._profile.runcall(super()._serve)


async def drive(
    store: Store, plan: Plan, measured: Callable[[], None], *, is_tour: bool = False
) -> tuple[float, float]:
    """Answer every update of the plan; return CPU and wall seconds after the warm-up."""
    dispatcher = Dispatcher(
        store,
        subjects.routes(),
        Phrasebook(),
        Care(ZoneInfo("Asia/Shanghai"), "22:00-08:00"),
        lambda: datetime.now(UTC),
        station=Translated("驿站", {"en": "Yizhan"}),
    )
    channel = Telegram(
        account=ACCOUNT,
        token=TOKEN,
        listen=dispatcher.listen,
        make_file=_no_files,
        link_to=lambda path: f"http://127.0.0.1{path}",
        mode="webhook",
        webhook_secret=SECRET,
        messages_per_second=UNPACED,
    )
    app = Starlette(routes=channel.routes())
    bodies = [update(number, ask) for number, ask in enumerate(plan.asks)]
    if is_tour:
        steps = [[body for _, body in crowd.updates(plan, step)] for step in range(crowd.STEPS)]
        for before in steps[:-1]:
            await _answer(app, channel.path, before)
        bodies = steps[-1]
    await _answer(app, channel.path, bodies[:WARM_UP])
    measured()
    cpu, wall = time.process_time(), time.perf_counter()
    await _answer(app, channel.path, bodies[WARM_UP:])
    return time.process_time() - cpu, time.perf_counter() - wall


async def _answer(app: Starlette, path: str, bodies: Sequence[bytes]) -> None:
    waiting = iter(bodies)

    async def work() -> None:
        for body in waiting:
            await _post(app, path, body)

    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(work())


async def _post(app: Starlette, path: str, body: bytes) -> None:
    """One request, as a server would hand it to the application."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "root_path": "",
        "query_string": b"",
        "headers": [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"x-telegram-bot-api-secret-token", SECRET.encode()),
        ],
    }
    said: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    await app(scope, receive, send)
    if said[0]["status"] != 200 or b"sendMessage" not in said[1]["body"]:
        raise AssertionError(f"answered {said}")


async def _no_files(attachment: Attachment) -> File:
    raise AssertionError(f"a sign-up carries no file, and this asked for {attachment.name}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--of", choices=("writer", "loop", "nothing"), default="writer")
    parser.add_argument("--updates", type=int, default=3000)
    parser.add_argument("--members", type=int, default=0, help="default: one per update")
    parser.add_argument("--store", default="", help="an empty store; default: a new SQLite file")
    parser.add_argument("--tour", action="store_true", help="quotas, parties, three questions")
    parser.add_argument("--sort", default="tottime", help="or cumtime, ncalls")
    parser.add_argument("--top", type=int, default=40)
    options = parser.parse_args()
    asks = WARM_UP + options.updates
    plan = make_wide_plan(asks, options.members) if options.members else make_plan(asks)
    if options.tour:
        plan = crowd.make_crowd_plan(asks)
    with tempfile.TemporaryDirectory(prefix="yizhan-profile-") as folder:
        url = options.store or f"sqlite:///{Path(folder)}/store.db"
        profile = measure(url, plan, options.of, is_tour=options.tour)
    if profile is not None:
        pstats.Stats(profile).strip_dirs().sort_stats(options.sort).print_stats(options.top)


def measure(url: str, plan: Plan, of: Side, *, is_tour: bool = False) -> cProfile.Profile | None:
    """Run the plan and print what an update cost; return the profile, if one was asked for."""
    stations.prepare(url, plan, [ACCOUNT])
    if is_tour:
        crowd.prepare(url, plan)
    profile = cProfile.Profile()
    store = ProfiledStore(url, profile) if of == "writer" else Store(url)
    try:
        start = profile.enable if of == "loop" else _nothing
        cpu, wall = uvloop.run(drive(store, plan, start, is_tour=is_tour))
        profile.disable()
    finally:
        store.close()
    if not is_tour:
        verify(plan, stations.claims(url))
    updates = len(plan.asks) - WARM_UP
    print(
        f"{updates} updates: {cpu / updates * 1e6:,.0f} us of CPU each, {updates / cpu:,.0f} a"
        f" CPU-second, {updates / wall:,.0f} a second" + (", profiled" if of != "nothing" else "")
    )
    return None if of == "nothing" else profile


def _nothing() -> None:
    """Profile nothing."""


if __name__ == "__main__":
    main()
