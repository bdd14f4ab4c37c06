"""The ``yizhan`` command line. What only some commands need is imported inside them."""

import asyncio
import errno
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

import migrations
from bot import __version__
from bot.station import logs, schema, variables
from bot.station.addresses import shown
from bot.station.alone import claimed, is_there, lock_of
from bot.station.extending import Broken, found
from bot.station.keeping_commands import keeping
from bot.station.opening import (
    MISUSED,
    UNFIT,
    WRONG,
    Config,
    Refused,
    end,
    need_current_tables,
    now,
    open_store,
    settings_of,
)
from bot.station.parts import EVERYTHING, Part
from bot.station.people_commands import people
from bot.station.record_commands import draw, protocol
from bot.station.settings import Settings
from bot.station.variables import Misconfigured
from models.store import StoreDown, blobs

HERE = Path(__file__).parents[2]
NANHAI = HERE / "demo" / "nanhai.toml"
EXAMPLE = HERE / "config.example.toml"
DEMO_DESK = "nanhai"

NOT_OURS = (errno.EADDRINUSE, errno.EACCES)
"""Why a port cannot be had until somebody names another: trying again and again does not help. An
address that the machine has not yet may come with its network.
"""

cli = typer.Typer(
    help="Yizhan, a workers' station in a chat window.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
cli.add_typer(people)
cli.add_typer(keeping)
cli.add_typer(draw, name="draw")
cli.add_typer(protocol, name="protocol")

Port = Annotated[int | None, typer.Option(min=0, max=65535, help="In place of the settings' port.")]


def main() -> None:
    """Run the command line; report an expected failure in one sentence on standard error."""
    # The store, its log and every file that is written hold what people told.
    os.umask(0o077)
    try:
        cli(prog_name="yizhan")
    except Misconfigured as problem:
        end(str(problem), MISUSED)
    except StoreDown as problem:
        end(f"The store cannot be used: {str(problem).splitlines()[0]}.", WRONG)
    except migrations.MigrationFailed as problem:
        end(f"{problem}.", UNFIT)
    except Refused as problem:
        end(f"{problem}.", WRONG)
    except Broken as problem:
        end(str(problem), MISUSED)
    except blobs.ForeignFolder as problem:
        end(f"{problem}.", MISUSED)


# Commands


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"yizhan {__version__}")
        raise typer.Exit


@cli.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Options that stand before a command."""


@cli.command()
def demo(config: Config = None, port: Port = None) -> None:
    """Serve the demo station of Nanhai; what is kept stays from one start to the next."""
    if port is not None:
        # A variable goes before the file, for the commands below as well.
        os.environ[f"{variables.PREFIX}SERVER__PORT"] = str(port)
    read = settings_of(config)
    if read.server.port and not read.server.public_url:
        # Whoever tries it sits at this machine, where its links, codes and screens then open.
        here = f"http://{shown(read.server.host)}:{read.server.port}"
        os.environ[f"{variables.PREFIX}SERVER__PUBLIC_URL"] = here
        read = settings_of(config)
    _in_a_process_of_its_own("load", config, str(NANHAI), "--demo")
    _in_a_process_of_its_own("console", config, DEMO_DESK)
    _serve(read)


@cli.command()
def serve(
    config: Config = None,
    only: Annotated[
        list[Part] | None,
        typer.Option(help="Only this part of the station; may be given twice.", metavar="PART"),
    ] = None,
    port: Port = None,
) -> None:
    """Serve the station until it is stopped; its parts are web, telegram and worker."""
    read = settings_of(config)
    if only and read.store.url.startswith("sqlite:"):
        end("One process serves a store on SQLite: --only needs PostgreSQL.", MISUSED)
    if not schema.is_current(read.store.url):
        if not read.store.url.startswith("sqlite:"):
            need_current_tables(read)
        _in_a_process_of_its_own("migrate", config)
    need_current_tables(read)
    _serve(read, frozenset(only) if only else EVERYTHING, port)


@cli.command()
def load(
    file: Annotated[Path, typer.Argument(help=".toml, .xlsx or .csv", metavar="FILE")],
    config: Config = None,
    template: Annotated[
        bool, typer.Option("--template", help="Write an empty .xlsx to fill in instead.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Report only; save nothing.")] = False,
    with_people: Annotated[
        bool, typer.Option("--demo", hidden=True, help="Into a new store too, with its people.")
    ] = False,
) -> None:
    """Load stations, teams, members, roles, events and answers, or bring them up to date."""
    from bot.station import load_command

    if template:
        if file.suffix.lower() != ".xlsx" or file.exists():
            end(f"{file}: a template needs a new name ending in .xlsx.", MISUSED)
        try:
            load_command.template(file)
        except OSError as problem:
            end(f"{file}: cannot be written: {problem.strerror}.", WRONG)
        typer.echo(f"{file} is written: fill it in, then run yizhan load --check {file}.")
        return
    read = settings_of(config, only_store=True)
    if with_people and not schema.is_current(read.store.url):
        # In this process, for a first start of the demo would import everything once more.
        schema.upgrade(read.store.url)
    need_current_tables(read)
    sheets = load_command.read(file)
    if isinstance(sheets, str):
        end(sheets, MISUSED)
    store = open_store(read)
    try:
        load_command.warn(store, read.care())
        run = load_command.check if check else load_command.load
        done = run(store, sheets, read.care(), now())
        if with_people and not isinstance(done, str):
            from demo.living import live

            store.write_now(live, read.care(), now())
    finally:
        store.close()
    if isinstance(done, str):
        end(done, WRONG)
    if done:
        raise typer.Exit(WRONG)


@cli.command()
def check(
    config: Config = None,
    online: Annotated[
        bool, typer.Option("--online", help="Ask the platforms whether the accounts work.")
    ] = False,
) -> None:
    """Check settings, store and tables, and list which process speaks for which account."""
    from bot.station.asking import ask
    from models import census
    from models.desk import listing
    from models.sending import speakers
    from models.store import ticks

    typer.echo(f"version: {__version__}")
    read = settings_of(config)
    typer.echo("settings: fine")
    for extension in found().listed:
        typer.echo(extension)
    version = _tables(read.store.url)
    asked = asyncio.run(ask(read, now)) if online else {}
    for line in read.accounts_in_words():
        account, is_on, _ = line.partition(": on")
        problem = asked.get(account)
        fate = "not asked" if problem is None else problem or "works"
        typer.echo(f"{line} ({fate})" if is_on else line)
    if any(asked.values()):
        raise typer.Exit(WRONG)
    if version != migrations.head() and read.store.url.startswith("sqlite:"):
        return
    need_current_tables(read)
    store = open_store(read)
    try:
        at = now()
        # A database on a full disk can still be read.
        store.write_now(ticks.take, "check", int(at.timestamp()), at)
        for speaker in store.read_now(speakers.listed):
            typer.echo(_who_speaks(speaker.name, speaker.holder, speaker.until))
        letters = store.read_now(listing.unheard, at).in_words()
        typer.echo(f"letters: {letters or 'somebody can read each of them'}")
        if read.store.folder is not None:
            typer.echo(f"pictures: {_pictures(*store.read_now(census.lost_pictures))}")
            store.read_now(blobs.require)
    finally:
        store.close()


def _tables(url: str) -> str | None:
    """Say of which version the tables are, and return it; makes no file."""
    is_file = url.startswith("sqlite:")
    if is_file and not is_there(url):
        typer.echo("store: not there yet; yizhan serve makes it")
        return None
    at = migrations.current(url)
    typer.echo(f"store: reached, tables of version {at or 'none'}")
    if not migrations.is_known(at):
        raise migrations.unknown(at)
    if is_file and at != migrations.head():
        typer.echo(f"yizhan serve brings the tables to version {migrations.head()}")
    return at


def _pictures(lost: int, every: int, events: list[int]) -> str:
    if not lost:
        return f"each of {every} files is there"
    where = f", events {', '.join(map(str, events))} among what shows them" if events else ""
    return f"{lost} of {every} files are lost{where}: restore them from a backup"


def _who_speaks(account: str, holder: str, until: datetime) -> str:
    process = ":".join(holder.split(":")[:2])
    if until > now():
        return f"{account}: process {process}"
    return f"{account}: last process {process}, {until:%Y-%m-%d %H:%M:%S} UTC"


@cli.command(name="config")
def print_settings() -> None:
    """Print every setting with its default and what it does: yizhan config > config.toml."""
    typer.echo(EXAMPLE.read_text("utf-8"), nl=False)


@cli.command()
def status(config: Config = None) -> None:
    """Print the version and how many rows of each kind are in the store."""
    from models import census

    read = settings_of(config, only_store=True)
    need_current_tables(read)
    store = open_store(read)
    try:
        counts = store.read_now(census.count, now())
    finally:
        store.close()
    width = max(map(len, ("version", *counts)))
    typer.echo(f"{'version':{width}}  {__version__}")
    for name, number in counts.items():
        typer.echo(f"{name:{width}}  {number}")


@cli.command()
def migrate(
    config: Config = None,
    remove: Annotated[
        str,
        typer.Option(
            help="Drop the tables of a subject that was taken out, with all that is in them.",
            metavar="SUBJECT",
        ),
    ] = "",
) -> None:
    """Upgrade the store's tables to this program's version; safe to run in parallel."""
    read = settings_of(config, only_store=True)
    if not remove:
        for sentence in schema.upgrade(read.store.url):
            typer.echo(sentence)
        return
    if remove in found().subjects:
        end(f"{remove} is installed: take it out first.", MISUSED)
    try:
        migrations.remove(read.store.url, remove)
    except LookupError:
        end(f"The store has no tables of a subject called {remove}.", MISUSED)
    typer.echo(f"The tables of {remove} are gone.")


def _in_a_process_of_its_own(command: str, config: Path | None, *arguments: str) -> None:
    """Run a command in a child process, so that its imports do not stay in this one's memory."""
    options = ["--config", str(config)] if config else []
    line = [sys.executable, "-P", "-m", "bot", command, *arguments, *options]
    # -P leaves the working directory out of the path; a checkout is not in site-packages.
    paths = [str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    ended = subprocess.run(line, env=environment, check=False)  # noqa: S603
    if ended.returncode:
        raise typer.Exit(ended.returncode)


def _serve(read: Settings, parts: frozenset[Part] = EVERYTHING, port: int | None = None) -> None:
    import uvloop

    from bot.station.serving import run
    from bot.station.webapp import listen_on

    serves_alone = claimed(read.store.url)
    if serves_alone is None:
        lock = lock_of(read.store.url)
        end(f"Another process serves this store already ({lock}): SQLite is for one.", WRONG)
    host, port = read.server.host, read.server.port if port is None else port
    try:
        listening = listen_on(host, port)
    except OSError as problem:
        said = f"Cannot listen on {host}:{port}: {problem.strerror}"
        which = "host" if problem.errno == errno.EADDRNOTAVAIL else "port, or --port,"
        code = MISUSED if problem.errno in NOT_OURS else WRONG
        end(f"{said}; [server] {which} names another.", code)
    with serves_alone, listening, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(read, listening, now, _say(read), parts))


def _say(read: Settings) -> Callable[[str], None]:
    """How lines at the start are said: as lines of the log where machines read it."""
    if read.log.format == "console":
        return typer.echo
    return logs.say
