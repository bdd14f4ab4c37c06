"""What a subject declares for programs: operations, with their schemas and the scope they need.

An operation is a plain function of a Program and of a Call, run on the store's own threads. One
that writes returns the numbers of what it made or changed, and ``shows`` answers with that: so a
request that comes twice is answered twice, and nothing about people is kept for it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from bot.conversation.messages import MAX_NUMBER, say
from console.api.problems import Problem
from console.api.program import Program
from models.rules.network.scopes import Scope

NUMBERS = re.compile(r"\{([a-z_]+)\}")
"""Every parameter of a path is a number."""

Body = TypeVar("Body", bound=BaseModel)


class Nothing(BaseModel):
    """No query and no body."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked: the numbers in the path, and the query or the body as its schema read it.

    ``looked`` is what the operation's ``looks`` read before.
    """

    path: Mapping[str, int]
    sent: BaseModel
    looked: Any = None

    def number(self, name: str) -> int:
        """A number of the path. Raises Problem for one that nothing can have."""
        number = self.path[name]
        if not 0 < number <= MAX_NUMBER:
            raise missing()
        return number

    def read(self, schema: type[Body]) -> Body:
        """The query or the body, of which the operation knows the schema."""
        assert isinstance(self.sent, schema)
        return self.sent


Reads = Callable[[Program, Call], BaseModel]
Writes = Callable[[Program, Call], tuple[int, ...]]
Shows = Callable[..., BaseModel]


@dataclass(frozen=True, slots=True)
class Operation:
    """``does`` reads or writes; what was written is answered by ``shows``, of its numbers.

    ``records`` says of one that reads that it notes in the audit who looked. ``looks`` reads what
    takes long before the operation writes.
    """

    name: str
    method: str
    path: str
    scope: Scope | None
    summary: str
    about: str
    answers: type[BaseModel]
    does: Callable[[Program, Call], Any]
    sent: type[BaseModel] = Nothing
    shows: Shows | None = None
    status: int = 200
    records: bool = False
    looks: Callable[[Program, Call], Any] | None = None

    @property
    def writes(self) -> bool:
        return self.shows is not None

    @property
    def route(self) -> str:
        """The path as Starlette takes it."""
        return NUMBERS.sub(r"{\1:int}", self.path)

    @property
    def numbers(self) -> list[str]:
        return NUMBERS.findall(self.path)


class Subject:
    """What one module declares; ``title`` heads it in the description."""

    def __init__(self, name: str, title: str, about: str) -> None:
        self.name = name
        self.title = title
        self.about = about
        self.operations: list[Operation] = []

    def read(
        self,
        path: str,
        *,
        scope: Scope | None,
        answers: type[BaseModel],
        query: type[BaseModel] = Nothing,
        records: bool = False,
    ) -> Callable[[Reads], Reads]:
        """Declare a GET; its function's docstring is its description."""

        def declare(does: Reads) -> Reads:
            summary, about = _told(does)
            made = Operation(
                *(does.__name__, "GET", path, scope, summary, about, answers, does, query),
                records=records,
            )
            self.operations.append(made)
            return does

        return declare

    def write(
        self,
        path: str,
        *,
        scope: Scope,
        answers: type[BaseModel],
        shows: Shows,
        body: type[BaseModel] = Nothing,
        method: str = "POST",
        status: int = 200,
        looks: Callable[[Program, Call], Any] | None = None,
    ) -> Callable[[Writes], Writes]:
        """Declare what changes something; its function's docstring is its description."""

        def declare(does: Writes) -> Writes:
            summary, about = _told(does)
            made = Operation(
                *(does.__name__, method, path, scope, summary, about, answers, does, body),
                *(shows, status),
                looks=looks,
            )
            self.operations.append(made)
            return does

        return declare


def _told(does: Callable[..., object]) -> tuple[str, str]:
    summary, _, about = (does.__doc__ or "").strip().partition("\n")
    return summary.removesuffix("."), " ".join(about.split())


def missing() -> Problem:
    """What was asked for is not there, or not for this token's member."""
    return Problem(404, say("There is nothing here, or nothing that this token may see."))
