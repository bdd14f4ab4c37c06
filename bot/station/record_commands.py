"""``yizhan draw`` and ``yizhan protocol`` check published records; neither needs a store."""

import json
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

draw = typer.Typer(help="Draws of events.", no_args_is_help=True)
protocol = typer.Typer(help="Judgings of contests.", no_args_is_help=True)

WRONG, MISUSED = 1, 2

Proven = TypeVar("Proven")


@draw.callback()
def _options_of_draws() -> None:
    """Draws of events."""


@draw.command("verify")
def verify_draw(
    file: Annotated[Path, typer.Argument(help="As /draws/N.json gives it.", metavar="FILE")],
) -> None:
    """Recompute a draw from its published record alone."""
    from models.rules.events import draw_records

    _check(file, draw_records.verify, draw_records.in_words)


@protocol.callback()
def _options_of_protocols() -> None:
    """Judgings of contests."""


@protocol.command("verify")
def verify_protocol(
    file: Annotated[Path, typer.Argument(help="As /protocols/N.json gives it.", metavar="FILE")],
) -> None:
    """Recompute a judging from its published record alone."""
    from models.rules.contests import protocols

    _check(file, protocols.verify, protocols.in_words)


def _check(
    file: Path,
    verify: Callable[[object], Proven | StrEnum],
    in_words: Callable[[Proven], Iterable[str]],
) -> None:
    try:
        record = json.loads(file.read_bytes())
    except OSError as problem:
        typer.echo(f"{file}: cannot be read: {problem.strerror}.", err=True)
        raise typer.Exit(MISUSED) from None
    except (ValueError, RecursionError):
        record = None
    found = verify(record)
    if isinstance(found, StrEnum):
        typer.echo(f"{file}: {found}.", err=True)
        raise typer.Exit(WRONG)
    for sentence in in_words(found):
        typer.echo(sentence)
