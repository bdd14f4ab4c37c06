"""PostgreSQL below psycopg's cursor."""

import re
import select
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import Any

from psycopg import OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from models.store.compiled import Compiled, Convert

_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _escaped(words: str) -> str:
    return words.translate(_ESCAPES)


_PLAIN: dict[type, Callable[[Any], str]] = {
    str: _escaped,
    int: str,
    bool: str,
    datetime: datetime.isoformat,
    type(None): lambda _nothing: "\\N",
}
"""How what most columns hold is written in a COPY in text."""

MOST_WAITING = 64
"""Statements that wait to be sent. Their answers, of some bytes each, must fit into a socket."""

SLOW = 0.005
"""Seconds of a statement; one that finds its rows by an index takes less than a tenth of that."""

PLANS_LAST = (2.0, 60.0)
"""Seconds between planning anew and the next time: at first, and at most, twice as long each time.

It takes a millisecond for each statement in use, and a busy machine makes all of them slow. Within
the longest time PostgreSQL analyzes a table that has grown, and plans anew by itself.
"""

_Asked = tuple[bytes, Any, Any]
"""A prepared statement's name, its values, and their formats."""


@dataclass(slots=True)
class _Expected:
    """The values that a statement will be asked with, and the answer, once it is there."""

    bound: Sequence[Any]
    answer: PGresult | None = None


class Libpq:
    """psycopg's connection, by its documented access to libpq and with its own adapters.

    Waiting for the answer happens inside libpq, in one piece: psycopg's cursor would let go of the
    interpreter and take it again several times for each statement.
    """

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self._libpq = driver.pgconn
        self._answered = select.poll()
        self._answered.register(self._libpq.socket, select.POLLIN)
        self._adapters = Transformer(driver)
        self._names: dict[tuple[bytes, tuple[int, ...] | None], bytes] = {}
        self._waiting: list[tuple[_Asked, _Expected | None]] = []
        self._expected: dict[bytes, _Expected] = {}
        self._is_slow = False
        self._plans_last, self._plan_again_at = PLANS_LAST[0], 0.0

    def do(self, *statements: str) -> None:
        self.settle()
        first = ("BEGIN",) if self._is_idle() else ()
        self._check(self._libpq.exec_("; ".join((*first, *statements)).encode()))

    def rows(self, compiled: Compiled, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        self._begin()
        bound = compiled.bind(values)
        expected = self._expected.pop(compiled.query, None) if self._expected else None
        if expected is not None and expected.bound == bound:
            self.settle()
            assert expected.answer is not None
            result = expected.answer
        elif self._waiting:
            self._waiting.append((self._ask(compiled, bound), None))
            result = self._run_together()
        else:
            asked, began = self._ask(compiled, bound), time.monotonic()
            result = self._check(self._libpq.exec_prepared(*asked))
            self._note(time.monotonic() - began)
        if not result.ntuples:
            return ()
        self._adapters.set_pgresult(result)
        return self._adapters.load_rows(0, result.ntuples, tuple)

    def later(self, compiled: Compiled, rows: Sequence[Mapping[str, Any]]) -> None:
        self._begin()
        for row in rows:
            self._waiting.append((self._ask(compiled, compiled.bind(row)), None))
            if len(self._waiting) >= MOST_WAITING:
                self.settle()

    def expect(self, compiled: Compiled, values: Mapping[str, Any]) -> None:
        self._begin()
        bound = compiled.bind(values)
        self._expected[compiled.query] = expected = _Expected(bound)
        self._waiting.append((self._ask(compiled, bound), expected))

    def expect_no_more(self) -> None:
        self._expected.clear()

    def settle(self) -> None:
        if self._waiting:
            self._run_together()

    def forget(self) -> None:
        self._waiting = []
        self._expected.clear()

    def copy(self, compiled: Compiled, rows: Sequence[Mapping[str, Any]]) -> None:
        self.settle()
        columns: list[Iterable[str]] = [repeat(self._text(each)) for each in compiled.bound]
        for place, name, convert in compiled.into:
            columns[place] = self._column([row[name] for row in rows], convert)
        with self._driver.cursor() as cursor, cursor.copy(compiled.copy) as copy:
            copy.write("".join(f"{each}\n" for each in map("\t".join, zip(*columns, strict=False))))

    def _column(self, values: list[Any], convert: Convert | None) -> Iterable[str]:
        """The values of a column as COPY reads them: often all are one, or plain words."""
        first = values[0] if values else None
        if all(each is first for each in values):
            return [self._text(first if convert is None else convert(first))] * len(values)
        if convert is not None:
            values = [convert(each) for each in values]
        kinds = set(map(type, values))
        if kinds == {int}:
            return map(str, values)
        if kinds == {str} and not _SPECIAL.search("".join(values)):
            return values
        return map(self._text, values)

    def _text(self, value: Any) -> str:
        """A value as COPY reads it. psycopg looks for an adapter of each, thrice as dear."""
        plain = _PLAIN.get(type(value))
        if plain is not None:
            return plain(value)
        dumped = self._adapters.get_dumper(value, PyFormat.TEXT).dump(value)
        return "\\N" if dumped is None else _escaped(bytes(dumped).decode())

    def _is_idle(self) -> bool:
        # psycopg begins a transaction with its first statement, and it does not see these.
        return bool(self._libpq.transaction_status == TransactionStatus.IDLE)

    def _begin(self) -> None:
        if self._is_idle():
            self._check(self._libpq.exec_(b"BEGIN"))
        if self._is_slow and not self._waiting:
            self._plan_anew()

    def _note(self, seconds: float) -> None:
        """Note how long a statement took, or several on average."""
        self._is_slow = self._is_slow or seconds > SLOW

    def _plan_anew(self) -> None:
        """Let the server forget its plans, those of foreign keys too, if they are old.

        It keeps them until the table is analyzed, a minute later: for a table of one row, to read
        the whole index of another. A hall that votes for the first time is thousands by then.
        """
        self._is_slow = False
        now = time.monotonic()
        if now >= self._plan_again_at:
            self._check(self._libpq.exec_(b"DISCARD PLANS"))
            self._plan_again_at = now + self._plans_last
            self._plans_last = min(2 * self._plans_last, PLANS_LAST[1])

    def _ask(self, compiled: Compiled, bound: Sequence[Any]) -> _Asked:
        adapters = self._adapters
        given = adapters.dump_sequence(bound, [PyFormat.AUTO] * len(bound))
        name = self._names.get((compiled.query, adapters.types))
        if name is None:
            name = self._prepare(compiled.query, adapters.types)
        return name, given, adapters.formats

    def _run_together(self) -> PGresult:
        """Run what waits in one round trip, by libpq's pipeline; return the last one's result.

        Once a statement has failed the server runs none behind it.
        """
        asked, self._waiting = self._waiting, []
        libpq, began = self._libpq, time.monotonic()
        libpq.enter_pipeline_mode()
        for statement, _ in asked:
            libpq.send_query_prepared(*statement)
        libpq.pipeline_sync()
        results: list[PGresult] = []
        # After each result libpq says once that it was the statement's last one.
        for _ in range(2 * len(asked) + 1):
            result = self._next_result()
            if result is None and libpq.status == ConnStatus.BAD:
                break
            if result is not None:
                results.append(result)
        if not results or results[-1].status != ExecStatus.PIPELINE_SYNC:
            raise OperationalError("the connection is lost")
        libpq.exit_pipeline_mode()
        *answers, _synced = results
        self._note((time.monotonic() - began) / len(asked))
        for answer, (_, expected) in zip(answers, asked, strict=True):
            self._check(answer)
            if expected is not None:
                expected.answer = answer
        return answers[-1]

    def _next_result(self) -> PGresult | None:
        # psycopg keeps the interpreter's lock while libpq itself waits for a result; whoever holds
        # the row that is waited for may be another thread of this process.
        while self._libpq.is_busy():
            self._answered.poll()
            self._libpq.consume_input()
        result: PGresult | None = self._libpq.get_result()
        return result

    def _prepare(self, query: bytes, types: tuple[int, ...] | None) -> bytes:
        name = b"yizhan_%d" % len(self._names)
        self._check(self._libpq.prepare(name, query, types))
        self._names[query, types] = name
        return name

    def _check(self, result: PGresult) -> PGresult:
        if result.status in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            return result
        if self._libpq.status == ConnStatus.BAD:
            raise OperationalError("the connection is lost")
        raise error_from_result(result)
