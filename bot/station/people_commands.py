"""Commands on people and their rights: ``invite``, ``console``, ``token``, ``codes``, ``erase``."""

from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from bot.station.addresses import shown
from bot.station.opening import (
    MISUSED,
    Config,
    end,
    need_current_tables,
    now,
    open_store,
    settings_of,
)
from bot.station.settings import Settings
from models.network import consoles, stations
from models.network.stations import Station, StationKind
from models.rules.network.permissions import Role
from models.rules.network.scopes import Scope
from models.store import Store

NEAR = 3
"""How many names are suggested for one that is unknown."""

INVITED = ("district", "town", "contact_point", "core_member")

people = typer.Typer()


@people.command()
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

    read = settings_of(config, only_store=True)
    need_current_tables(read)
    if role not in INVITED:
        end(f"The role is one of {', '.join(INVITED)}.", MISUSED)
    store = open_store(read)
    try:
        row = _station(store, station)
        if role != Role.CORE_MEMBER and role != LEVELS[row.kind]:
            end(f"{row.name} is a {row.kind}: its organizer is {LEVELS[row.kind]}.", MISUSED)
        making = partial(invites.invite, role_until=end_of(until, read))
        code = store.write_now(making, Role(role), row, now())
    finally:
        store.close()
    typer.echo(code)
    typer.echo(
        f"The first to send “绑定 {code}” or “/claim {code}” to the bot gets the role.", err=True
    )


@people.command()
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

    read = settings_of(config, only_store=True)
    need_current_tables(read)
    store = open_store(read)
    try:
        row = _station(store, station)
        who = store.write_now(desks.keeper, row, member, now())
        if who is None:
            end(f"{row.name} has no organizer called {member!r}.", MISUSED)
        if forget:
            store.write_now(desks.forget, who, now())
        if password:
            typed = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
            if len(typed) < desks.SHORTEST_PASSWORD:
                end(f"A password has {desks.SHORTEST_PASSWORD} characters at least.", MISUSED)
            store.write_now(desks.set_password, who, typed, now())
        token = store.write_now(consoles.make_link, who, now())
    finally:
        store.close()
    here = read.server.public_url or f"http://{shown(read.server.host)}:{read.server.port}"
    typer.echo(f"{here}/console/enter/{token}")
    typer.echo(f"The desk of {row.name}: the link works once, for five minutes.", err=True)
    if password:
        typer.echo(f"With the password the number is {who}.", err=True)


@people.command()
def token(
    station: Annotated[str, typer.Argument(help="A station's code or name", metavar="STATION")],
    name: Annotated[str, typer.Option(help="Make one: for which program it is.")] = "",
    may: Annotated[
        list[Scope] | None,
        typer.Option(help="What the program may do; may be given again.", metavar="SCOPE"),
    ] = None,
    days: Annotated[int, typer.Option(help="How long it lasts: 30, 90 or 365.")] = 30,
    member: Annotated[str, typer.Option(help="The organizer's name, of several.")] = "",
    ended: Annotated[int | None, typer.Option("--end", help="End the one of this number.")] = None,
    config: Config = None,
) -> None:
    """List the tokens of a station and all below it; make one for a program, or end one.

    A token is its organizer's: what the program does by it is their act.
    """
    from bot.station import token_command
    from models.network.tokens import LASTS

    read = settings_of(config, only_store=True)
    need_current_tables(read)
    if days not in {each.days for each in LASTS}:
        end("--days is 30, 90 or 365.", MISUSED)
    store = open_store(read)
    try:
        row = _station(store, station)
        if ended is not None:
            if not store.write_now(token_command.end, row, ended, now()):
                end(f"{row.name} has no token of the number {ended}.", MISUSED)
        elif name or may:
            asked = (row, member, name, may or (), timedelta(days=days), now())
            made = store.write_now(token_command.make, *asked)
            if isinstance(made, str):
                end(made, MISUSED)
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
        end(f"There is no station {words!r}: {say}", MISUSED)
    return row


@people.command()
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

    read = settings_of(config, only_store=True)
    need_current_tables(read)
    if out is not None and (out.suffix.lower() != ".xlsx" or out.exists()):
        end(f"{out}: the list needs a new name ending in .xlsx.", MISUSED)
    store = open_store(read)
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


def end_of(day: datetime | None, read: Settings) -> datetime | None:
    """The first moment after a day, in the station's zone; a day that is past ends the command."""
    if day is None:
        return None
    zone = read.care().zone
    if day.date() < now().astimezone(zone).date():
        end(f"--until {day:%Y-%m-%d}: this day is past.", MISUSED)
    if day.date() == date.max:
        end(f"--until {day:%Y-%m-%d}: no day comes after it; leave --until out.", MISUSED)
    return (day + timedelta(days=1)).replace(tzinfo=zone)


@people.command()
def erase(
    numbers: Annotated[
        list[int],
        typer.Argument(help="As the log says it: member erased", metavar="NUMBER..."),
    ],
    config: Config = None,
) -> None:
    """Erase members by number: those who were erased since a backup that was restored."""
    from models.members import privacy

    read = settings_of(config, only_store=True)
    need_current_tables(read)
    store = open_store(read)
    try:
        for number in numbers:
            was_there = store.write_now(privacy.erase_by_number, number, read.care(), now())
            typer.echo(f"{number}: {'erased' if was_there else 'not there'}")
    finally:
        store.close()
