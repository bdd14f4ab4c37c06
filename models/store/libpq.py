"""PostgreSQL below psycopg's cursor."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
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


class Libpq:
    """psycopg's connection, by its documented access to libpq and with its own adapters.

    Waiting for the answer happens inside libpq, in one piece: psycopg's cursor would let go of the
    interpreter and take it again several times for each statement.
    """

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self._libpq = driver.pgconn
        self._adapters = Transformer(driver)
        self._names: dict[tuple[bytes, tuple[int, ...] | None], bytes] = {}

    def do(self, *statements: str) -> None:
        self._begin()
        self._check(self._libpq.exec_("; ".join(statements).encode()))

    def rows(self, compiled: Compiled, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        self._begin()
        adapters = self._adapters
        bound = compiled.bind(values)
        given = adapters.dump_sequence(bound, [PyFormat.AUTO] * len(bound))
        name = self._names.get((compiled.query, adapters.types))
        if name is None:
            name = self._prepare(compiled.query, adapters.types)
        result = self._check(self._libpq.exec_prepared(name, given, adapters.formats))
        if not result.ntuples:
            return ()
        adapters.set_pgresult(result)
        return adapters.load_rows(0, result.ntuples, tuple)

    def many(self, compiled: Compiled, rows: Sequence[Mapping[str, Any]]) -> None:
        for row in rows:
            self.rows(compiled, row)

    def copy(self, compiled: Compiled, rows: Sequence[Mapping[str, Any]]) -> None:
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

    def _begin(self) -> None:
        # psycopg begins a transaction with its first statement, and it does not see these.
        if self._libpq.transaction_status == TransactionStatus.IDLE:
            self._check(self._libpq.exec_(b"BEGIN"))

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
