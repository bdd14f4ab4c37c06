"""Commands that move, keep and explain a station: ``copy``, ``backup``, ``restore``, ``report``."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.station import logs
from bot.station.erased import ErasedList, erased_list
from bot.station.opening import (
    WRONG,
    Config,
    need_tables,
    now,
    open_store,
    settings_of,
)
from bot.station.variables import Misconfigured

keeping = typer.Typer()


@keeping.command()
def copy(
    source: Annotated[
        str, typer.Argument(help="A store's URL, or a file of settings", metavar="FROM")
    ],
    target: Annotated[str, typer.Argument(help="The same, of an empty store", metavar="TO")],
) -> None:
    """Copy a stopped station's store to an empty one, of either kind; if killed, run it again."""
    from bot.station import copy_command

    logs.set_up("info", "console")
    if not copy_command.copy(copy_command.place_of(source), copy_command.place_of(target)):
        raise typer.Exit(WRONG)


@keeping.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="Where backups are kept", metavar="FOLDER")],
    config: Config = None,
    keep_days: Annotated[
        int, typer.Option("--keep-days", min=1, help="Remove backups that are older.")
    ] = 30,
    through: Annotated[
        str, typer.Option(help="A command that encrypts, such as 'age -r age1...'.")
    ] = "",
) -> None:
    """Back the store up into a new file, while the station serves, and remove old ones."""
    from bot.station import backup_command

    read = settings_of(config, only_store=True)
    # Also of the version before an upgrade, which is when most need one.
    need_tables(read)
    at = now()
    made = [backup_command.backup(read.store.url, folder, at, through=through)]
    if read.store.folder is not None:
        # After the store, so that every picture that it names is among them.
        made += [backup_command.pictures(read.store.folder, folder, at, through=through)]
    for path in made:
        typer.echo(f"{path}: {path.stat().st_size:,} bytes")
    for old in backup_command.rotate(folder, timedelta(days=keep_days), at):
        typer.echo(f"{old}: older than {keep_days} days, removed")


@keeping.command()
def restore(
    file: Annotated[Path, typer.Argument(help="As yizhan backup wrote it", metavar="FILE")],
    config: Config = None,
    erased: Annotated[
        list[Path] | None,
        typer.Option(help="One more list of who was erased: each machine has one.", metavar="FILE"),
    ] = None,
) -> None:
    """Put a backup into an empty store, and erase again who was erased since."""
    from bot.station import backup_command

    read = settings_of(config, only_store=True)
    usual = erased_list(read.store.url, read.store.erased)
    lists = [ErasedList(path) for path in erased or ()]
    if usual is not None and usual.path.exists():
        lists.append(usual)
    # Read first: a store is not left with people in it whose list turned out to be unreadable.
    listed = backup_command.erased_by(lists)

    def erase(url: str) -> int:
        with closing(open_store(read, url)) as store:
            return backup_command.erase_again(store, listed, read.care(), now())

    again = backup_command.restore(read.store.url, file, read.store.folder, erase)
    typer.echo(
        f"{file} is restored; {again} of {len(listed)} members of the list are erased again."
    )
    if not lists:
        typer.echo(
            "No list of erased members was found: the log of the station says who was erased "
            "since; run yizhan erase NUMBER...",
            err=True,
        )


@keeping.command()
def report(
    file: Annotated[
        Path | None, typer.Argument(help="A new .zip; named by the time if left out.")
    ] = None,
    config: Config = None,
    log: Annotated[
        Path | None, typer.Option(help="A file of the log, of which the end is taken along.")
    ] = None,
) -> None:
    """Write a zip to send to whoever helps you: settings without secrets, counts, health.

    No name, text or address of a member is in it. It is not the account of what was done in a year
    (年报), which organizers get in the chat and at the desk.
    """
    from bot.station import report_command

    at, wrong = now(), ""
    try:
        read = settings_of(config)
    except Misconfigured as problem:
        read, wrong = settings_of(config, only_store=True), str(problem)
    path = file or Path(f"yizhan-report-{at:%Y%m%dT%H%M%SZ}.zip")
    parts = report_command.write(read, path, at, log=log, wrong=wrong)
    typer.echo(f"{path}: {', '.join(parts)}. It names no member; look through it before you send.")
