"""Many values as one parameter: the statement stays the same however many there are.

An IN with a parameter for each of a hundred values is written, parsed and planned anew each time,
which costs several times what it finds.
"""

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import Boolean, Column, Integer, String, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class Among(FunctionElement[bool]):
    """Whether a column is one of the values of a list, which is bound as ``listed`` writes it."""

    name = "among"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> "Among":
        # SQLAlchemy would write "= 1" behind it on SQLite, which then finds nothing by an index.
        return self


def among(column: Column[Any], name: str) -> Among:
    """The condition that a column of texts or numbers is one of the list bound as ``name``."""
    return Among(column, bindparam(name, type_=String()))


def listed(values: Iterable[str] | Iterable[int]) -> str:
    """Values as one parameter of a statement."""
    return orjson.dumps(list(values)).decode()


@compiles(Among, "sqlite")
def _on_sqlite(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608


@compiles(Among, "postgresql")
def _on_postgresql(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    of, _values = element.clauses
    column, values = (compiler.process(each, **options) for each in element.clauses)
    kind = "INTEGER" if isinstance(of.type, Integer) else "TEXT"
    each = f"SELECT CAST(value AS {kind}) FROM json_array_elements_text(CAST({values} AS JSON))"  # noqa: S608
    # An array, once it is made, is looked up by an index value by value.
    return f"{column} = ANY (ARRAY({each}))"
