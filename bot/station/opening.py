"""What every command begins and ends with: its settings, the store, one sentence on a failure."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import structlog
import typer

import migrations
from bot.station import logs, schema, settings
from bot.station.erased import noting
from bot.station.extending import found
from bot.station.settings import Settings
from bot.station.variables import Misconfigured
from models.store import Store

log = structlog.get_logger(__name__)

DEFAULT_CONFIG = Path("config.toml")

WRONG, MISUSED, UNFIT = 1, 2, 3
"""Exit codes: the operation failed; the settings, arguments or extensions are invalid, or name a
port that is another's; the tables are not those of this program. Units of systemd start a service
again after the first alone.
"""

Config = Annotated[
    Path | None,
    typer.Option("--config", help="Settings; config.toml here, if there is one.", metavar="FILE"),
]


class Refused(Exception):
    """A command was not carried out; the message is one sentence without a full stop."""


def now() -> datetime:
    """The current time in UTC; the only place where the program reads the clock."""
    return datetime.now(UTC)


def settings_of(config: Path | None, *, only_store: bool = False) -> Settings:
    """Read the settings; ``only_store`` is for commands that need nothing of an account."""
    # The sections of the channels that are installed must be known.
    found()
    path = config or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)
    read = settings.read(path, only_store=only_store)
    logs.set_up(read.log.level, read.log.format)
    if read.station.texts:
        try:
            _lay_texts_over(Path(read.station.texts))
        except Misconfigured as problem:
            # A slip in a text is no reason to have no backup tonight, or no report on it.
            if not only_store:
                raise
            log.warning("texts of your own are left out", problem=str(problem))
    return read


def _lay_texts_over(folder: Path) -> None:
    from bot.conversation.overlays import Unusable, lay_over

    try:
        overlay = lay_over(folder)
    except Unusable as problem:
        raise Misconfigured(f"[station] texts: {problem}.") from problem
    for place in overlay.unsaid:
        log.warning("a text of your own is said nowhere in this version", place=place)


def open_store(read: Settings, url: str = "") -> Store:
    """Open the store with every table known: a foreign key is resolved by its table's name.

    ``url`` is where it stands until it has its place.
    """
    migrations.import_models()
    note = noting(read.store.url, read.store.erased, now)
    return Store(url or read.store.url, pictures=read.store.folder, on_erased=note)


def need_tables(read: Settings) -> None:
    """Require tables of this version or of one that this program can upgrade."""
    at = migrations.current(read.store.url)
    if not migrations.is_known(at):
        raise migrations.unknown(at)
    if at is None:
        end("The tables are missing: run yizhan migrate.", UNFIT)


def need_current_tables(read: Settings) -> None:
    at, wanted = migrations.current(read.store.url), migrations.head()
    if not migrations.is_known(at):
        raise migrations.unknown(at)
    if at != wanted:
        state = f"are of version {at}, not {wanted}" if at else "are missing"
        end(f"The tables {state}: run yizhan migrate.", UNFIT)
    if lack := schema.lacking(read.store.url):
        end(f"{lack}.", UNFIT)


def end(sentence: str, code: int) -> NoReturn:
    typer.echo(sentence, err=True)
    sys.exit(code)
