"""Every form of every page, filled in as no browser does: nothing of it is a fault of ours."""

import re
from collections.abc import Awaitable
from datetime import datetime, timedelta
from html.parser import HTMLParser
from itertools import cycle
from typing import Any

from models.network.sealing import Sealing
from models.store import Store
from tests.browser.furnished import Furnished, furnish
from tests.console.browsing import SEALING_KEY, Nanhai, Seen, nanhai
from tests.console.declared import PAGES, PARAMETER

ODD = (
    *("", "-1", "0", "1e9", "1000000000", "2147483648", "9" * 30, "٣", "1.5", "NaN"),
    *("x" * 3000, "🙂" * 400, "\0", "a\r\nSet-Cookie: b=c", "<script>alert(1)</script>", "%s%n"),
    *("0001-01-01T00:00", "9999-12-31T23:59", "9999-12-31T23:59:59Z", "2026-02-30", "0000-00"),
    *("[]", "../..", "' OR 1=1 --", "a/b／c、d", "1-2", "s1/s2"),
)
"""What fields are filled in with; the number of these shares no factor with that of rounds."""

ROUNDS = 1

QUERIES = cycle(
    (
        "after=-1&words=%00",
        f"after={'9' * 30}&place=1e9&role=x&kind=x",
        f"month=0000-00&period=x&words={'x' * 200}",
    )
)


class Forms(HTMLParser):
    """The forms of a page: by address the names of their fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._open: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("method") == "post":
            self._open = self.found.setdefault(said.get("action", ""), [])
        elif self._open is not None and said.get("name") not in (None, "key", *self._open):
            self._open.append(said["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


async def test_no_form_that_is_filled_in_oddly_is_a_fault(store: Store, now: datetime) -> None:
    rows: list[Furnished] = []
    sealing = Sealing((SEALING_KEY,))
    filled = nanhai(store, now, lambda session: rows.append(furnish(session, now)), sealing=sealing)
    async with filled as desks:
        (known,) = rows
        browser = await desks.signed_in(known.boss)
        odd, sent = cycle(ODD), set[str]()
        # Whoever ends the roles that they hold sees nothing of what is left.
        for path in sorted(_paths(known), key=lambda path: path.endswith("/roles")):
            page = await _sees(desks, browser.opens(path))
            assert page.status < 500, path
            for said, names in Forms(page.html).found.items():
                action = said or path
                if action in sent or "/account" in action:
                    continue
                sent.add(action)
                # Number after number in all fields first: what reads one may compute with it.
                rounds = [dict.fromkeys(names, "2147483647")]
                rounds += [{name: next(odd) for name in names} for _ in range(ROUNDS)]
                for fields in rounds:
                    seen = await _sees(desks, browser.sends(action, **dict[str, Any](fields)))
                    assert seen.status < 500, (action, fields)
                    # The key of the page is wanted once more.
                    browser.last = page
        assert len(sent) > 100
        # Nothing that was taken spoils a page, whatever its address says besides.
        for path in _paths(known):
            seen = await _sees(desks, browser.opens(f"{path}?{next(QUERIES)}"))
            assert seen.status < 500, seen.path


def _paths(known: Furnished) -> list[str]:
    def row(found: re.Match[str]) -> str:
        name = found[0].strip("{}").partition(":")[0]
        return str(known.by_parameter.get(name, 1))

    return [f"/console{PARAMETER.sub(row, each.path)}".removesuffix("/") for each in PAGES]


async def _sees(desks: Nanhai, asking: Awaitable[Seen]) -> Seen:
    # A browser may ask some twenty times a second.
    desks.now += timedelta(seconds=0.2)
    return await asking
