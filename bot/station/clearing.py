"""Take out of a database on PostgreSQL what was made in it since a moment, and nothing else."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from models.store import open_engine, store_failures


@dataclass(frozen=True, slots=True)
class Made:
    """Something in a database: the table of the catalogue that lists it, and its number there."""

    catalogue: str
    number: int


def everything(url: str) -> frozenset[Made]:
    """What there is in a database, whoever made it."""
    engine = open_engine(url)
    try:
        with store_failures(), engine.connect() as connection:
            return _everything(connection)
    finally:
        engine.dispose()


def clear(url: str, before: frozenset[Made]) -> None:
    """Drop what was not there before. What the operator has in the database stays."""
    engine = open_engine(url)
    try:
        with store_failures(), engine.begin() as connection:
            for made in _everything(connection) - before:
                # It may be gone with what it depended on.
                if dropping := connection.execute(DROPPING, _values(made)).scalar():
                    connection.execute(text(dropping))
    finally:
        engine.dispose()


def _everything(connection: Connection) -> frozenset[Made]:
    return frozenset(Made(*row) for row in connection.execute(EVERYTHING))


def _values(made: Made) -> dict[str, object]:
    return {"catalogue": made.catalogue, "number": made.number}


EVERYTHING = text("""
WITH found (catalogue, number, namespace) AS (
    SELECT 'pg_namespace', oid, oid FROM pg_namespace
    UNION ALL SELECT 'pg_extension', oid, extnamespace FROM pg_extension
    UNION ALL SELECT 'pg_class', oid, relnamespace FROM pg_class WHERE relkind NOT IN ('i', 'I')
    UNION ALL SELECT 'pg_proc', oid, pronamespace FROM pg_proc
    UNION ALL SELECT 'pg_type', oid, typnamespace FROM pg_type
    UNION ALL SELECT 'pg_collation', oid, collnamespace FROM pg_collation
)
SELECT catalogue, number FROM found
JOIN pg_namespace ON pg_namespace.oid = namespace AND nspname !~ '^pg_(temp|toast)'
WHERE NOT EXISTS (
    SELECT FROM pg_depend
    WHERE classid = catalogue::regclass AND objid = number AND deptype IN ('e', 'i')
)
""")
"""All but what is part of something else, as the type of a table's rows is, and what an extension
brought; sessions have schemas for their own use, which begin like this.
"""

DROPPING = text("""
SELECT format('DROP %s %s CASCADE', upper(type), identity)
FROM pg_identify_object(CAST(:catalogue AS regclass), :number, 0)
WHERE identity IS NOT NULL
""")
