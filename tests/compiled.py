"""Statements compiled once in a process, and not anew for every store that a test opens."""

from typing import Any

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.util import LRUCache

from models.store.blobs import folder_of

_dialects: dict[str, Dialect] = {}
_statements: dict[str, LRUCache[Any, Any]] = {}


def share() -> None:
    """Let every engine that connects from now on use what another has compiled.

    SQLAlchemy keeps compiled statements by the dialect's object, of which each engine makes one.
    The station opens one store and has it for days; a test opens one for a dozen messages.
    """
    event.listen(Engine, "engine_connect", _share)


def _share(connection: Connection) -> None:
    engine = connection.engine
    if folder_of(engine.dialect) is not None:
        # Its dialect knows where this store keeps its pictures.
        return
    # The first one has found out by now what its server is like.
    dialect = _dialects.setdefault(engine.dialect.name, engine.dialect)
    if "compiled_cache" in engine.get_execution_options():
        return
    statements = _statements.setdefault(dialect.name, LRUCache(2000))
    # A store reads through an engine with options of its own, made for each read.
    for each in {engine, getattr(engine, "_proxied", engine)}:
        each.dialect = dialect
        each.update_execution_options(compiled_cache=statements)
    connection.dialect = dialect
    connection.execution_options(compiled_cache=statements)
