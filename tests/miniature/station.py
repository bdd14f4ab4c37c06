"""What every station of the stories has: a store with the network in it, and a clock."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlmodel import Session, SQLModel, func, select

from models.store import Store
from tests.miniature.rows import network

Row = TypeVar("Row", bound=SQLModel)


class Hands:
    """The time, turned by the story."""

    def __init__(self, now: datetime) -> None:
        self.now = self._began = now
        self._slept = 0.0

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return (self.now - self._began).total_seconds() + self._slept

    async def sleep(self, seconds: float) -> None:
        """Let the loop's time pass, and not the day's."""
        self._slept += seconds
        await asyncio.sleep(0)


class Miniature:
    """A store with the network in it and a clock turned by hand."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.hands = store, Hands(now)
        store.write_now(network)

    def save(self, row: Row) -> Row:
        """Keep a row and return it, its number filled in."""

        def add(session: Session) -> Row:
            session.add(row)
            session.flush()
            session.refresh(row)
            session.expunge(row)
            return row

        return self.store.write_now(add)

    def change(self, kind: type[SQLModel], key: int, **values: Any) -> None:
        def do(session: Session) -> None:
            row = session.get_one(kind, key)
            for name, value in values.items():
                setattr(row, name, value)

        self.store.write_now(do)

    def look(self, fn: Callable[..., Any], *args: Any) -> Any:
        return self.store.read_now(fn, *args)

    def rows(self, kind: type[Row], **where: Any) -> Sequence[Row]:
        """The rows of a kind with these values, in the order of their keys."""

        def look(session: Session) -> Sequence[Row]:
            chosen = select(kind).filter_by(**where).order_by(*inspect(kind).primary_key)
            return session.exec(chosen).all()

        return self.store.read_now(look)

    def get(self, kind: type[Row], **where: Any) -> Row:
        [row] = self.rows(kind, **where)
        return row

    def count(self, kind: type[SQLModel], **where: Any) -> int:
        def look(session: Session) -> int:
            counted = select(func.count()).select_from(kind).filter_by(**where)
            return session.exec(counted).one()

        return self.store.read_now(look)
