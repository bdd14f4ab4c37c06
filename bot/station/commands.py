"""The ``yizhan`` command line. What only some commands need is imported inside them."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from sqlmodel import Session

import migrations
from bot import __version__
from bot.station import logs, settings
from bot.station.addresses import shown
from bot.station.alone import claimed, lock_of
from bot.station.copy_command import Refused
from bot.station.parts import EVERYTHING, Part
from bot.station.record_commands import draw, protocol
from bot.station.settings import Misconfigured, Settings
from models.network import consoles, stations
from models.network.stations import Station, StationKind
from models.rules.network.permissions import Role
from models.rules.network.scopes import Scope
from models.store import Store, StoreDown

DEFAULT_CONFIG = Path("config.toml")
HERE = Path(__file__).parents[2]
NANHAI = HERE / "demo" / "nanhai.toml"
DEMO_DESK = "nanhai"

WRONG, MISUSED = 1, 2
"""Exit codes: the operation failed; the settings or arguments are invalid."""

NEAR = 3
"""How many names are suggested for one that is unknown."""

INVITED = ("district", "town", "contact_point", "core_member")

cli = typer.Typer(
    help="Yizhan, a workers' station in a chat window.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.add_typer(draw, name="draw")
cli.add_typer(protocol, name="protocol")

Config = Annotated[
    Path | None,
    typer.Option("--config", help="Settings; config.toml here, if there is one.", metavar="FILE"),
]


def main() -> None:
    """Run the command line; report an expected failure in one sentence on standard error."""
    # The store, its log and every file that is written hold what people told.
    os.umask(0o077)
    try:
        cli(prog_name="yizhan")
    except Misconfigured as problem:
        _end(str(problem), MISUSED)
    except StoreDown as problem:
        _end(f"The store cannot be used: {str(problem).splitlines()[0]}.", WRONG)
    except (migrations.MigrationFailed, Refused) as problem:
        _end(f"{problem}.", WRONG)


def now() -> datetime:
    """The current time in UTC; the only place where the program reads the clock."""
    return datetime.now(UTC)


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
def demo(config: Config = None) -> None:
    """Serve the demo station of Nanhai; what is kept stays from one start to the next."""
    read = _settings(config)
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
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="In place of [server] port.")
    ] = None,
) -> None:
    """Serve the station until it is stopped; its parts are web, telegram and worker."""
    read = _settings(config)
    if only and read.store.url.startswith("sqlite:"):
        _end("One process serves a store on SQLite: --only needs PostgreSQL.", MISUSED)
    if not migrations.is_current(read.store.url):
        if not read.store.url.startswith("sqlite:"):
            _need_current_tables(read)
        _in_a_process_of_its_own("migrate", config)
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
            _end(f"{file}: a template needs a new name ending in .xlsx.", MISUSED)
        try:
            load_command.template(file)
        except OSError as problem:
            _end(f"{file}: cannot be written: {problem.strerror}.", WRONG)
        return
    read = _settings(config)
    if with_people and not migrations.is_current(read.store.url):
        # In this process, for a first start of the demo would import everything once more.
        migrations.upgrade(read.store.url)
    _need_current_tables(read)
    sheets = load_command.read(file)
    if isinstance(sheets, str):
        _end(sheets, MISUSED)
    store = _store(read)
    try:
        run = load_command.check if check else load_command.load
        done = run(store, sheets, read.care(), now())
        if with_people and not isinstance(done, str):
            from demo.living import live

            store.write_now(live, read.care(), now())
    finally:
        store.close()
    if isinstance(done, str):
        _end(done, WRONG)
    if done:
        raise typer.Exit(WRONG)


@cli.command()
def invite(
    station: Annotated[str, typer.Argument(help="A station's code or name", metavar="STATION")],
    role: Annotated[str, typer.Argument(help="district, town, contact_point or core_member")],
    until: Annotated[
        datetime | None,
        typer.Option(help="The role's last day.", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD"),
    ] = None,
    config: Config = None,
) -> None:
    """Print a one-time code, which gives the role to the first member who sends it to the bot."""
    from models.network import invites
    from models.network.roles import LEVELS

    read = _settings(config)
    _need_current_tables(read)
    if role not in INVITED:
        _end(f"The role is one of {', '.join(INVITED)}.", MISUSED)
    store = _store(read)
    try:
        row = _station(store, station)
        if role != Role.CORE_MEMBER and role != LEVELS[row.kind]:
            _end(f"{row.name} is a {row.kind}: its organizer is {LEVELS[row.kind]}.", MISUSED)
        making = partial(invites.invite, role_until=_end_of(until, read))
        code = store.write_now(making, Role(role), row, now())
    finally:
        store.close()
    typer.echo(code)
    typer.echo(
        f"The first to send “绑定 {code}” or “/claim {code}” to the bot gets the role.", err=True
    )


@cli.command()
def console(
    station: Annotated[str, typer.Argument(help="A station's code or name", metavar="STATION")],
    member: Annotated[str, typer.Option(help="The organizer's name, of several.")] = "",
    password: Annotated[
        bool, typer.Option("--password", help="Set a password, which opens the desk as well.")
    ] = False,
    forget: Annotated[
        bool,
        typer.Option(
            "--forget", help="Take their codes and password away, end sessions and tokens."
        ),
    ] = False,
    config: Config = None,
) -> None:
    """Print a link that opens the desk once, within five minutes, for an organizer of a station.

    Where nobody organizes the station yet, a person of its name without a chat is made, who does.
    """
    from models.members import desks

    read = _settings(config)
    _need_current_tables(read)
    store = _store(read)
    try:
        row = _station(store, station)
        who = store.write_now(desks.keeper, row, member, now())
        if who is None:
            _end(f"{row.name} has no organizer called {member!r}.", MISUSED)
        if forget:
            store.write_now(desks.forget, who, now())
        if password:
            typed = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
            if len(typed) < desks.SHORTEST_PASSWORD:
                _end(f"A password has {desks.SHORTEST_PASSWORD} characters at least.", MISUSED)
            store.write_now(desks.set_password, who, typed, now())
        token = store.write_now(consoles.make_link, who, now())
    finally:
        store.close()
    here = read.server.public_url or f"http://{shown(read.server.host)}:{read.server.port}"
    typer.echo(f"{here}/console/enter/{token}")
    typer.echo(f"The desk of {row.name}: the link works once, for five minutes.", err=True)
    if password:
        typer.echo(f"With the password the number is {who}.", err=True)


@cli.command()
def token(
    station: Annotated[str, typer.Argument(help="A station's code or name", metavar="STATION")],
    name: Annotated[str, typer.Option(help="Make one: for which program it is.")] = "",
    may: Annotated[
        list[Scope] | None,
        typer.Option(help="What the program may do; may be given again.", metavar="SCOPE"),
    ] = None,
    days: Annotated[int, typer.Option(help="How long it lasts: 30, 90 or 365.")] = 30,
    member: Annotated[str, typer.Option(help="The organizer's name, of several.")] = "",
    end: Annotated[int | None, typer.Option(help="End the one of this number.")] = None,
    config: Config = None,
) -> None:
    """List the tokens of a station and all below it; make one for a program, or end one.

    A token is its organizer's: what the program does by it is their act.
    """
    from bot.station import token_command
    from models.network.tokens import LASTS

    read = _settings(config)
    _need_current_tables(read)
    if timedelta(days=days) not in LASTS:
        _end("--days is 30, 90 or 365.", MISUSED)
    store = _store(read)
    try:
        row = _station(store, station)
        if end is not None:
            if not store.write_now(token_command.end, row, end, now()):
                _end(f"{row.name} has no token of the number {end}.", MISUSED)
        elif name or may:
            asked = (row, member, name, may or (), timedelta(days=days), now())
            made = store.write_now(token_command.make, *asked)
            if isinstance(made, str):
                _end(made, MISUSED)
            typer.echo(made.secret)
            typer.echo("It is shown only once.", err=True)
        else:
            for line in store.read_now(token_command.listed, row, now()):
                typer.echo(line)
    finally:
        store.close()


def _station(store: Store, words: str) -> Station:
    """The station of a code or a name; ends the command where there is none."""
    row = store.read_now(stations.named, words)
    if row is None:
        near = store.read_now(_near, words)
        say = f"did you mean {near}?" if near else "give its code or its whole name."
        _end(f"There is no station {words!r}: {say}", MISUSED)
    return row


@cli.command()
def codes(
    station: Annotated[str, typer.Argument(help="A station's code or name", metavar="STATION")],
    out: Annotated[
        Path | None, typer.Option(help="A new .xlsx to write them to.", metavar="FILE")
    ] = None,
    config: Config = None,
) -> None:
    """Make a personal code for each row of a file that is bound to no chat, and list them."""
    from bot.station import code_lists
    from models.members import binding

    read = _settings(config)
    _need_current_tables(read)
    if out is not None and (out.suffix.lower() != ".xlsx" or out.exists()):
        _end(f"{out}: the list needs a new name ending in .xlsx.", MISUSED)
    store = _store(read)
    try:
        row = _station(store, station)
        rows = store.write_now(binding.new_codes, row, now())
    finally:
        store.close()
    listed = [(each.station, each.name, each.staff_number, each.shown) for each in rows]
    if out is not None:
        code_lists.write(out, listed)
        typer.echo(f"{len(listed)} codes in {out}.")
        return
    for line in listed:
        typer.echo("\t".join(line))


def _near(session: Session, words: str) -> str:
    """The stations whose names are nearest to these words, each with its code."""
    found = stations.matching(session, words, NEAR, kinds=tuple(StationKind))
    return " or ".join(f"{each.name} ({each.code})" for each in found)


def _end_of(day: datetime | None, read: Settings) -> datetime | None:
    """The first moment after a day, in the station's zone; a day that is past ends the command."""
    if day is None:
        return None
    zone = read.care().zone
    if day.date() < now().astimezone(zone).date():
        _end(f"--until {day:%Y-%m-%d}: this day is past.", MISUSED)
    if day.date() == date.max:
        _end(f"--until {day:%Y-%m-%d}: no day comes after it; leave --until out.", MISUSED)
    return (day + timedelta(days=1)).replace(tzinfo=zone)


@cli.command()
def erase(
    numbers: Annotated[
        list[int],
        typer.Argument(help="As the log says it: member erased", metavar="NUMBER..."),
    ],
    config: Config = None,
) -> None:
    """Erase members by number: those who were erased since a backup that was restored."""
    from models.members import privacy
    from models.network.members import Member

    read = _settings(config)
    _need_current_tables(read)
    store = _store(read)

    def erase_one(session: Session, number: int) -> bool:
        if session.get(Member, number) is None:
            return False
        privacy.erase_member(session, number, read.care(), now())
        return True

    try:
        for number in numbers:
            was_there = store.write_now(erase_one, number)
            typer.echo(f"{number}: {'erased' if was_there else 'not there'}")
    finally:
        store.close()


@cli.command()
def check(
    config: Config = None,
    online: Annotated[
        bool, typer.Option("--online", help="Ask the platforms whether the accounts work.")
    ] = False,
) -> None:
    """Check settings, store and tables, and list which process speaks for which account."""
    from bot.station.asking import ask
    from models.desk import listing
    from models.sending import speakers

    typer.echo(f"version: {__version__}")
    read = _settings(config)
    typer.echo("settings: fine")
    at = migrations.current(read.store.url)
    typer.echo(f"store: reached, tables of version {at or 'none'}")
    asked = asyncio.run(ask(read, now)) if online else {}
    for line in read.accounts_in_words():
        account, is_on, _ = line.partition(": on")
        problem = asked.get(account)
        fate = "not asked" if problem is None else problem or "works"
        typer.echo(f"{line} ({fate})" if is_on else line)
    if any(asked.values()):
        raise typer.Exit(WRONG)
    _need_current_tables(read)
    store = _store(read)
    try:
        for speaker in store.read_now(speakers.listed):
            typer.echo(_who_speaks(speaker.name, speaker.holder, speaker.until))
        letters = store.read_now(listing.unheard, now()).in_words()
        typer.echo(f"letters: {letters or 'somebody can read each of them'}")
    finally:
        store.close()


def _who_speaks(account: str, holder: str, until: datetime) -> str:
    process = ":".join(holder.split(":")[:2])
    if until > now():
        return f"{account}: process {process}"
    return f"{account}: last process {process}, {until:%Y-%m-%d %H:%M:%S} UTC"


@cli.command()
def status(config: Config = None) -> None:
    """Print the version and how many rows of each kind are in the store."""
    from models import census

    read = _settings(config)
    _need_current_tables(read)
    store = _store(read)
    try:
        counts = store.read_now(census.count, now())
    finally:
        store.close()
    width = max(map(len, ("version", *counts)))
    typer.echo(f"{'version':{width}}  {__version__}")
    for name, number in counts.items():
        typer.echo(f"{name:{width}}  {number}")


@cli.command()
def migrate(config: Config = None) -> None:
    """Upgrade the store's tables to this program's version; safe to run in parallel."""
    read = _settings(config)
    if migrations.is_current(read.store.url):
        return
    migrations.upgrade(read.store.url)
    typer.echo(f"The tables are of version {migrations.head()} now.")


@cli.command()
def copy(
    source: Annotated[
        str, typer.Argument(help="A store's URL, or a file of settings", metavar="FROM")
    ],
    target: Annotated[str, typer.Argument(help="The same, of an empty store", metavar="TO")],
) -> None:
    """Copy a stopped station's store to an empty one, of either kind; if killed, run it again."""
    from bot.station import copy_command

    logs.set_up("info", "console")
    if not copy_command.copy(copy_command.store_of(source), copy_command.store_of(target)):
        raise typer.Exit(WRONG)


def _settings(config: Path | None) -> Settings:
    path = config or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)
    read = settings.read(path)
    logs.set_up(read.log.level, read.log.format)
    return read


def _store(read: Settings) -> Store:
    """Open the store with every table known: a foreign key is resolved by its table's name."""
    migrations.import_models()
    return Store(read.store.url)


def _need_current_tables(read: Settings) -> None:
    at, wanted = migrations.current(read.store.url), migrations.head()
    if not migrations.is_known(at):
        raise migrations.unknown(at)
    if at != wanted:
        found = f"are of version {at}, not {wanted}" if at else "are missing"
        _end(f"The tables {found}: run yizhan migrate.", WRONG)


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


def _end(sentence: str, code: int) -> NoReturn:
    typer.echo(sentence, err=True)
    sys.exit(code)


def _serve(read: Settings, parts: frozenset[Part] = EVERYTHING, port: int | None = None) -> None:
    import uvloop

    from bot.station.serving import run
    from bot.station.webapp import listen_on

    serves_alone = claimed(read.store.url)
    if serves_alone is None:
        lock = lock_of(read.store.url)
        _end(f"Another process serves this store already ({lock}): SQLite is for one.", WRONG)
    host, port = read.server.host, read.server.port if port is None else port
    try:
        listening = listen_on(host, port)
    except OSError as problem:
        _end(f"Cannot listen on {host}:{port}: {problem.strerror}.", WRONG)
    with serves_alone, listening, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(read, listening, now, typer.echo, parts))
