"""Errors for a Sentry server, where the operator names one: what failed and where, not for whom.

An event is made here of what the log holds, so that nothing else of the SDK's gathering goes along:
no values of variables, no words of an error, no request, no host.
"""

import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from bot import __version__
from bot.station.variables import Misconfigured

EXTRA = "pip install 'yizhan[sentry]'"
TAGS = ("account", "duty", "tick", "part")
"""What of a line of the log goes along: names of accounts, duties and ticks, which are ours."""

HERE = Path(__file__).parents[2]
STOPPING_SECONDS = 1.0


class Troubles:
    """Sends each error that is logged to the server of ``dsn``, on a thread of its own.

    Raises Misconfigured where the package is missing or the DSN is none.
    """

    def __init__(self, dsn: str) -> None:
        try:
            import sentry_sdk
            from sentry_sdk.utils import BadDsn
        except ImportError as problem:
            raise Misconfigured(
                f"[sentry] dsn needs a package that is missing: {EXTRA}."
            ) from problem
        try:
            self._client: Any = sentry_sdk.Client(
                dsn=dsn,
                release=f"yizhan@{__version__}",
                default_integrations=False,
                auto_enabling_integrations=False,
                auto_session_tracking=False,
                send_client_reports=False,
                max_breadcrumbs=0,
                server_name="",
            )
        except BadDsn as problem:
            raise Misconfigured("[sentry] dsn is not the address of a project.") from problem

    def tell(self, what: str, problem: BaseException | None, about: Mapping[str, Any]) -> None:
        """Send an error: its line of the log, the types and places of its causes, and some tags."""
        event: dict[str, Any] = {
            "level": "error",
            "message": what,
            "tags": {tag: str(about[tag]) for tag in TAGS if tag in about},
            "fingerprint": [what, *(type(each).__qualname__ for each in _causes(problem))],
        }
        if problem is not None:
            values = [
                {
                    "type": type(each).__qualname__,
                    "value": "",
                    "stacktrace": {"frames": list(_frames(each.__traceback__))},
                }
                for each in _causes(problem)
            ]
            event["exception"] = {"values": values[::-1]}
        self._client.capture_event(event)

    def close(self) -> None:
        """Send what is left, for a second at most."""
        self._client.close(timeout=STOPPING_SECONDS)


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    # Nothing keeps two errors from naming each other as their cause.
    while problem is not None and id(problem) not in seen:
        seen.add(id(problem))
        yield problem
        problem = problem.__cause__ or (
            None if problem.__suppress_context__ else problem.__context__
        )


def _frames(trace: TracebackType | None) -> Iterator[dict[str, Any]]:
    for each in traceback.extract_tb(trace):
        path = Path(each.filename)
        is_ours = path.is_relative_to(HERE) and ".venv" not in path.parts
        yield {
            "filename": str(path.relative_to(HERE)) if is_ours else "/".join(path.parts[-3:]),
            "function": each.name,
            "lineno": each.lineno,
            "in_app": is_ours,
        }


def opened(dsn: str) -> Troubles | None:
    """Return what sends errors, or None where no server is named."""
    return Troubles(dsn) if dsn else None
