"""The one way to the database: a funnel for writes, snapshots for reads, and what rows are made of.

What is imported here may be used anywhere. ``statements``, ``ticks`` and ``keys`` are modules of
their own; the others serve this package only.
"""

from models.store.blobs import Blob
from models.store.engines import open_engine
from models.store.failures import StoreDown, store_failures
from models.store.funnel import Store, ping
from models.store.sessions import cached, insert_once, keep_loaded_rows, memory_of
from models.store.tables import Link, Moment, Words, one_of, table_of

__all__ = [
    "Blob",
    "Link",
    "Moment",
    "Store",
    "StoreDown",
    "Words",
    "cached",
    "insert_once",
    "keep_loaded_rows",
    "memory_of",
    "one_of",
    "open_engine",
    "ping",
    "store_failures",
    "table_of",
]
