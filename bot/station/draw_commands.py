"""``yizhan draw``: the check of a published draw, which needs no store and no settings."""

import json
from pathlib import Path
from typing import Annotated

import typer

draw = typer.Typer(help="Draws of events.", no_args_is_help=True)

WRONG, MISUSED = 1, 2


@draw.callback()
def _options() -> None:
    """Draws of events."""


@draw.command()
def verify(
    file: Annotated[Path, typer.Argument(help="As /draws/N.json gives it.", metavar="FILE")],
) -> None:
    """Recompute a draw from its published record alone."""
    from models.rules.events import draw_records
    from models.rules.events.draw_records import Fault

    try:
        record = json.loads(file.read_bytes())
    except OSError as problem:
        typer.echo(f"{file}: cannot be read: {problem.strerror}.", err=True)
        raise typer.Exit(MISUSED) from None
    except (ValueError, RecursionError):
        record = None
    found = draw_records.verify(record)
    if isinstance(found, Fault):
        typer.echo(f"{file}: {found}.", err=True)
        raise typer.Exit(WRONG)
    for sentence in draw_records.in_words(found):
        typer.echo(sentence)
