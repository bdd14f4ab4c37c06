"""What ``yizhan report`` gathers for whoever helps: how the station is, and nothing of people."""

import json
import platform
import re
import sys
import urllib.error
import urllib.request
import zipfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from sqlalchemy import func, inspect, text
from sqlmodel import Session, col, select

import migrations
from bot import __version__
from bot.station.addresses import shown
from bot.station.alone import SQLITE
from bot.station.logs import HIDDEN, SECRETS
from bot.station.opening import Refused
from bot.station.settings import Settings
from models.sending import speakers
from models.sending.deliveries import Delivery, DeliveryState
from models.store import Store, copying
from models.store.ticks import TakenSlot

LINES = 2_000
"""How many of a log's last lines are taken along."""

PATIENCE = 3.0
"""Seconds to wait for the process that serves."""

_TOKENS = re.compile(r"(?<=/enter/)\S+|(?<=/calendar/)\S+|(?<=/screen/)\S+|(?<=/id/)\S+")
"""What stands in a link that opens something to whoever has it."""

_URL = re.compile(r"^[a-z+]+://")


def write(
    read: Settings, file: Path, now: datetime, *, log: Path | None = None, wrong: str = ""
) -> list[str]:
    """Write the report as a zip; return the names of its files.

    ``wrong`` is what is wrong with the settings, where only those of the store could be read. A
    part that cannot be had says why. Raises Refused when the file cannot be written.
    """
    parts: dict[str, Callable[[], Any]] = {
        "version.json": _versions,
        "settings.json": lambda: {"wrong": wrong, **masked(read)},
        "store.json": lambda: _of_store(read, now),
        "ready.json": lambda: json.loads(_asked(read, "/readyz")),
        "metrics.txt": lambda: _asked(read, "/metrics"),
    }
    if log is not None:
        parts["log.txt"] = lambda: _end_of(log)
    try:
        with zipfile.ZipFile(file, "x", zipfile.ZIP_DEFLATED) as bundle:
            for name, part in parts.items():
                bundle.writestr(name, _written(part))
    except FileExistsError:
        raise Refused(f"{file} is there already") from None
    except OSError as problem:
        raise Refused(f"{file}: cannot be written: {problem.strerror}") from problem
    return list(parts)


def _written(part: Callable[[], Any]) -> str:
    try:
        found = part()
    except Exception as problem:
        # What is broken is what the report is for. An error's words may hold a row's values.
        found = {"cannot be had": _kind(problem)}
    if isinstance(found, str):
        return found
    return json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n"


def _kind(problem: Exception) -> str:
    if isinstance(problem, urllib.error.HTTPError):
        return f"HTTP {problem.code}"
    return type(problem).__qualname__


def masked(section: BaseModel) -> dict[str, Any]:
    """The settings of a section and of those in it: of a secret only whether it is set."""
    return {name: _mask(value) for name, value in section}


def _mask(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return masked(value)
    if isinstance(value, SecretStr):
        return HIDDEN if value.get_secret_value() else ""
    if isinstance(value, Mapping):
        return {key: _mask(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_mask(each) for each in value]
    if isinstance(value, str) and _URL.match(value) and not value.startswith(SQLITE):
        return f"{value.partition('://')[0]}://{HIDDEN}"
    return value


def _versions() -> dict[str, Any]:
    return {
        "yizhan": __version__,
        "tables": migrations.head(),
        "python": sys.version,
        "system": platform.platform(),
        "packages": dict(sorted((each.name, each.version) for each in distributions())),
    }


# The store


def _of_store(read: Settings, now: datetime) -> dict[str, Any]:
    url = read.store.url
    found: dict[str, Any] = {"kind": url.partition(":")[0], "tables": migrations.current(url)}
    if found["tables"] != migrations.head():
        return found
    migrations.import_models()
    with _opened(url) as store:
        return found | store.read_now(_counts, now)


@contextmanager
def _opened(url: str) -> Iterator[Store]:
    store = Store(url)
    try:
        yield store
    finally:
        store.close()


def _counts(session: Session, now: datetime) -> dict[str, Any]:
    """Rows of each table, what is owed, who works, and what the database says of itself."""
    state = select(
        Delivery.account, Delivery.state, func.count(), func.min(Delivery.due_at)
    ).group_by(col(Delivery.account), col(Delivery.state))
    ticks = select(TakenSlot.name, func.max(TakenSlot.at)).group_by(col(TakenSlot.name))
    late = (
        select(func.count())
        .select_from(Delivery)
        .where(Delivery.state == DeliveryState.PLANNED, Delivery.due_at < now)
    )
    return {
        "rows": copying.count(session),
        "deliveries": [
            {"account": account, "state": state, "number": number, "first due": due}
            for account, state, number, due in session.exec(state).all()
        ],
        "due and not taken up": session.exec(late).one(),
        "speakers": [
            {"name": each.name, "until": each.until, "halted": each.halted_until}
            for each in speakers.listed(session)
        ],
        "last ticks": dict(session.exec(ticks).all()),
        "database": _of_database(session),
    }


def _of_database(session: Session) -> dict[str, Any]:
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        names = ("page_count", "freelist_count", "page_size", "journal_mode", "auto_vacuum")
        told = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in names}
        return told | {"version": session.execute(text("SELECT sqlite_version()")).scalar()}
    tables = session.execute(
        text(
            "SELECT relname, pg_total_relation_size(relid) AS bytes, n_live_tup, n_dead_tup,"
            " seq_scan, idx_scan, last_autovacuum, last_autoanalyze FROM pg_stat_user_tables"
            " ORDER BY bytes DESC LIMIT 30"
        )
    )
    # Statements are left out: who wrote them by hand may have put values into them.
    long = session.execute(
        text(
            "SELECT state, wait_event_type, wait_event, extract(epoch FROM now() - xact_start)::int"
            " AS seconds FROM pg_stat_activity WHERE datname = current_database()"
            " AND xact_start < now() - interval '1 second' AND pid <> pg_backend_pid()"
        )
    )
    return {
        "version": ".".join(map(str, inspect(connection).dialect.server_version_info or ())),
        "largest tables": [dict(row) for row in tables.mappings()],
        "long transactions": [dict(row) for row in long.mappings()],
    }


# The process that serves, and its log


def _asked(read: Settings, path: str) -> str:
    server = read.server
    request = urllib.request.Request(f"http://{shown(server.host)}:{server.port}{path}")
    token = server.metrics_token.get_secret_value()
    request.add_header("Authorization", f"Bearer {token}")
    # No proxy of the environment is asked: it would be handed the token.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        answer = opener.open(request, timeout=PATIENCE)
    except urllib.error.HTTPError as refusal:
        # A process that is not ready says in the body of a 503 what is wrong.
        if refusal.code != HTTPStatus.SERVICE_UNAVAILABLE:
            raise
        answer = refusal
    with answer:
        said: str = answer.read().decode()
    return said


def _end_of(log: Path) -> str:
    """The last lines of a log. It names nobody already; what looks like a secret is masked anew."""
    with log.open(encoding="utf-8", errors="replace") as written:
        lines = deque(written, LINES)
    hidden = (_TOKENS.sub(HIDDEN, SECRETS.sub(HIDDEN, each.rstrip("\n"))) for each in lines)
    return "".join(f"{each}\n" for each in hidden)
