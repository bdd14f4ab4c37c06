"""Pages of the desk among a million people, ten thousand events and a million sign-ups.

python -m benchmarks.console                          on SQLite, beside sqladmin on the same tables
python -m benchmarks.console --store postgresql

Each program is a process of its own, asked over one kept connection by an organizer of the
district who is signed in. Told are the clock's time, the CPU's of the process, and the size of a
page before pictures. sqladmin shows the same rows of the same tables, 50 on a page, as its lists do
by default.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from re import search as find

import aiohttp

from benchmarks import district
from benchmarks.arrivals import quantile
from benchmarks.bots import config_of, running, write_config
from benchmarks.process import cpu_seconds, resident_megabytes
from benchmarks.report import show_machine, show_table
from benchmarks.workspaces import STORES, Workspace, workspaces
from models.network import consoles
from models.store import Store

OURS, PEER = "yizhan", "sqladmin"
COLUMNS = ("desk", "page", "p50 ms", "p99 ms", "CPU ms", "KB")
Pages = Sequence[tuple[str, str]]
"""What a page is called, and its path."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=STORES, default="sqlite")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--sign-ups", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=30)
    options = parser.parse_args()
    show_machine(options.store)
    with workspaces(options.store) as where:
        space = where.workspace("")
        started = time.perf_counter()
        district.fill(space.store, options.people, options.events, options.sign_ups)
        print(f"\nfilled in {time.perf_counter() - started:,.0f} s")
        rows = asyncio.run(_ours(space, options.people, options.events, options.times))
        rows += asyncio.run(_peer(space, options.times))
        show_table(COLUMNS, rows)


async def _ours(space: Workspace, people: int, events: int, times: int) -> list[tuple[str, ...]]:
    write_config(space, [])
    command = [sys.executable, "-m", "bot", "serve", "--config", str(config_of(space))]
    name = district.SURNAMES[0] + district.GIVEN[1] + district.GIVEN[0]
    pages = (
        ("today", "/console"),
        ("calendar", "/console/calendar"),
        ("events", "/console/events"),
        ("one event", f"/console/events/{events}"),
        (f"its {people // 10:,} sign-ups", f"/console/events/{events}/people"),
        ("people", "/console/people"),
        ("one person", f"/console/people/{people // 2}"),
        ("search: a name", f"/console/search?words={name}"),
        ("search: an event", f"/console/search?words={district.TITLES[0]}"),
        ("announcements", "/console/announcements"),
        ("letters", "/console/desk"),
        ("audit", "/console/audit"),
    )
    async with running(OURS, command, space) as pid, browsing() as browser:
        origin = f"http://127.0.0.1:{space.port}"
        key = await enter(browser, origin, space.store, events)
        draft = await _written_to_all(browser, origin, key)
        announcing = (
            ("an announcement to all, written", f"{draft}/write"),
            ("its preview", f"{draft}/preview"),
        )
        rows = await _timed(OURS, browser, origin, (*pages, *announcing), pid, times)
        print(f"{OURS}: {resident_megabytes(pid):,.0f} MB resident")
        return rows


async def enter(browser: aiohttp.ClientSession, origin: str, store_url: str, event: int) -> str:
    """Sign an organizer of the district in, and open the list of names of this event.

    Returns the key that acts of this session are sent with.
    """
    store = Store(store_url)
    try:
        link = await store.write(consoles.make_link, district.DISTRICT_HEAD, datetime.now(UTC))
    finally:
        store.close()
    entered = await browser.post(f"{origin}/console/enter/{link}", headers={"Origin": origin})
    assert entered.status == 200, entered.status
    list_of_names = f"{origin}/console/events/{event}/people"
    async with browser.get(list_of_names) as closed:
        key = find(r'name="key" value="([^"]+)"', await closed.text())
    assert key is not None
    said = {"key": key[1]}
    async with browser.post(list_of_names, data=said, headers={"Origin": origin}) as opened:
        assert opened.status == 200, opened.status
    return key[1]


async def _written_to_all(browser: aiohttp.ClientSession, origin: str, key: str) -> str:
    """Write an announcement to the whole district; return the path of its pages."""
    begin = f"{origin}/console/announcements/new"
    async with browser.post(begin, data={"key": key}, headers={"Origin": origin}) as begun:
        assert begun.status == 200, begun.status
        path = begun.url.path.removesuffix("/write")
    text = {"key": key, "text": "明天上午十点开始报名 🎤"}
    written = f"{origin}{path}/write"
    async with browser.post(written, data=text, headers={"Origin": origin}) as kept:
        assert kept.url.path == f"{path}/preview", kept.url
    return path


async def _peer(space: Workspace, times: int) -> list[tuple[str, ...]]:
    module = "benchmarks.peers.sqladmin_desk"
    command = [sys.executable, "-m", module, "--store", space.store, "--port", str(space.port)]
    pages = (
        ("events", "/admin/event/list"),
        ("people", "/admin/member/list"),
        ("people, page 100", "/admin/member/list?page=100"),
        ("sign-ups", "/admin/signup/list"),
    )
    async with running(PEER, command, space) as pid, browsing() as browser:
        rows = await _timed(PEER, browser, f"http://127.0.0.1:{space.port}", pages, pid, times)
        print(f"{PEER}: {resident_megabytes(pid):,.0f} MB resident")
        return rows


def browsing() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        cookie_jar=aiohttp.CookieJar(unsafe=True),
        headers={"Accept-Language": "zh-CN"},
        timeout=aiohttp.ClientTimeout(total=120),
    )


async def _timed(
    desk: str, browser: aiohttp.ClientSession, origin: str, pages: Pages, pid: int, times: int
) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for called, path in pages:
        await opens(browser, origin + path)
        began, taken, size = cpu_seconds(pid), [], 0
        for _ in range(times):
            # The desk answers a browser some twenty times a second.
            await asyncio.sleep(0.06)
            started = time.perf_counter()
            size = await opens(browser, origin + path)
            taken.append(time.perf_counter() - started)
        cpu = (cpu_seconds(pid) - began) / times
        rows.append(
            (
                *(desk, called, f"{quantile(taken, 0.5) * 1000:,.0f}"),
                *(f"{quantile(taken, 0.99) * 1000:,.0f}", f"{cpu * 1000:,.0f}"),
                f"{size / 1024:,.0f}",
            )
        )
    return rows


async def opens(browser: aiohttp.ClientSession, url: str) -> int:
    """Open a page; return its bytes. A page that is none, or asks to sign in, is a fault."""
    async with browser.get(url) as response:
        html = await response.text()
    if response.status != 200 or find(r"/console/enter", html) is not None:
        raise AssertionError(f"{url} answered {response.status}")
    return len(html.encode())


if __name__ == "__main__":
    main()
