"""The one way to the database: a funnel for writes, snapshots for reads, and what rows are made of.

Call what is imported here from anywhere; statements, ticks and keys are modules of their own.
"""

from models.store.funnel import (
    Moment,
    Store,
    StoreDown,
    Words,
    hold,
    insert_once,
    once,
    one_of,
    open_engine,
    ping,
    store_failures,
)
from models.store.tables import table_of

__all__ = [
    "Moment",
    "Store",
    "StoreDown",
    "Words",
    "hold",
    "insert_once",
    "once",
    "one_of",
    "open_engine",
    "ping",
    "store_failures",
    "table_of",
]
