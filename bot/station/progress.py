"""How far a command is: one line that moves on a terminal, else a few lines."""

import sys
from typing import Self

import typer

MANY = 2_000
"""From so many steps on a command that prints into a file says how far it is, ten times."""

WIDE = 30


class Bar:
    """Prints to standard error how much of ``total`` is done of what ``name`` says."""

    def __init__(self, total: int, name: str) -> None:
        self._total, self._name = total, name
        self._moves = sys.stderr.isatty()
        self._done = self._tenth = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        if self._moves and self._done:
            typer.echo("", err=True)

    def add(self, steps: int) -> None:
        self.show(self._done + steps, self._total)

    def show(self, done: int, total: int) -> None:
        self._done, self._total = done, total
        if self._moves:
            part = done * WIDE // max(total, 1)
            bar = "#" * part + "." * (WIDE - part)
            typer.echo(f"\r{self._name} [{bar}] {done:,} / {total:,}", nl=False, err=True)
        elif total >= MANY and done * 10 // total > self._tenth:
            self._tenth = done * 10 // total
            typer.echo(f"{self._name}: {done:,} / {total:,}", err=True)
