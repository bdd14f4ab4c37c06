"""Run jobs through one small port: in memory for one process, on PostgreSQL for several.

Jobs are only pointers to rows: whatever is lost here, a sweep enqueues again.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from pgqueuer import PgQueuer
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.models import Job

if TYPE_CHECKING:
    import asyncpg

log = structlog.get_logger(__name__)

Work = Callable[[str], Awaitable[None]]

# Jobs of one entrypoint run 16 ms apart in batches of one, 0.1 s apart in larger batches.
BATCH = 1
# After this long another process takes over from one that died.
TAKE_OVER = timedelta(seconds=10)
# In memory every change is announced. On PostgreSQL an announcement is lost with its connection.
LOOK_IN_MEMORY = timedelta(seconds=30)
LOOK_ON_POSTGRESQL = timedelta(seconds=2)
TRY_AGAIN = 1.0
GRACE = 2.0
INSTALLING = 0x59495A48414E


class Jobs:
    """Runs registered functions for enqueued jobs, each entrypoint one at a time."""

    def __init__(self, postgresql: str = "") -> None:
        self._url = postgresql
        self._work: dict[str, Work] = {}
        self._pool: asyncpg.Pool[Any] | None = None
        self._engine = None if postgresql else PgQueuer.in_memory()
        self._opening = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._enqueued = 0
        self._is_lost = False

    def register(self, entrypoint: str, work: Work) -> None:
        """Call ``work`` with the payload of each job, one at a time across all processes."""
        if entrypoint in self._work:
            raise ValueError(f"two functions are registered as {entrypoint!r}")
        self._work[entrypoint] = work

    async def enqueue(self, entrypoint: str, payload: str = "", *, dedupe_key: str) -> bool:
        """Enqueue a job; return False if an equal one is queued, or the database is down."""
        try:
            engine = await self._ready()
            assert engine.queries is not None
            ids = await engine.queries.enqueue(
                entrypoint, payload.encode(), dedupe_key=dedupe_key, on_conflict="skip"
            )
        except _troubles() as problem:
            # The next sweep enqueues it again.
            warn = log.debug if self._is_lost else log.warning
            warn("a job could not be asked for", problem=type(problem).__name__)
            return False
        self._enqueued += 1
        if not self._url and self._enqueued % 1000 == 0:
            # The log in memory serves a dashboard, which this mode lacks, and grows without bound.
            await _forget(engine)
        return ids[0] is not None

    async def run(self) -> None:
        """Work until stopped; after a lost connection start again when the database is back."""
        while not self._stopping.is_set():
            try:
                engine = await self._ready()
                for entrypoint, work in self._work.items():
                    _bind(engine, entrypoint, work)
                if self._stopping.is_set():
                    return
                await engine.qm.run(
                    dequeue_timeout=LOOK_ON_POSTGRESQL if self._url else LOOK_IN_MEMORY,
                    batch_size=BATCH,
                    heartbeat_timeout=TAKE_OVER,
                    log_aggregation_interval=timedelta(seconds=30 if self._url else 0),
                )
            except Exception as problem:
                if not self._url:
                    raise
                # A cut connection leaves the engine in an unknown state, so a new one is built.
                is_known = isinstance(problem, _troubles())
                # Said once for each loss: it is tried again every second.
                warn = log.debug if is_known and self._is_lost else log.warning
                self._is_lost = True
                warn(
                    "the job engine lost its database",
                    problem=type(problem).__name__,
                    exc_info=None if is_known else problem,
                )
                await self._abandon()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), TRY_AGAIN)

    async def stop(self) -> None:
        """Take no more jobs; ``run`` returns when the running ones have ended."""
        self._stopping.set()
        if self._engine is not None:
            self._engine.shutdown.set()

    async def close(self) -> None:
        """Close the connections, after ``run`` has returned."""
        if self._pool is not None:
            try:
                await asyncio.wait_for(self._pool.close(), GRACE)
            except TimeoutError:
                self._pool.terminate()
            self._pool = None

    async def tidy(self) -> None:
        """Delete the engine's log of finished jobs."""
        await _forget(await self._ready())

    async def _ready(self) -> PgQueuer:
        async with self._opening:
            if self._engine is None:
                import asyncpg

                self._pool = await asyncpg.create_pool(self._url, min_size=2, max_size=4)
                await _install(self._pool)
                self._engine = PgQueuer.from_asyncpg_pool(self._pool)
                self._is_lost = False
                if self._stopping.is_set():
                    self._engine.shutdown.set()
            return self._engine

    async def _abandon(self) -> None:
        if self._pool is not None:
            self._pool.terminate()
        self._pool = self._engine = None


def _bind(engine: PgQueuer, entrypoint: str, work: Work) -> None:
    if entrypoint in engine.qm.entrypoint_registry:
        return

    @engine.entrypoint(entrypoint, concurrency_limit=1)
    async def call(job: Job) -> None:
        await work((job.payload or b"").decode())


async def _forget(engine: PgQueuer) -> None:
    # Both kinds of queries have these; the port that PgQueuer declares for them leaves them out.
    queries: Any = engine.queries
    await queries.clear_queue_log()
    await queries.clear_statistics_log()


async def _install(pool: "asyncpg.Pool[Any]") -> None:
    """Create the engine's tables unless they exist; one process at a time."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", INSTALLING)
        queries = Queries.from_asyncpg_connection(connection)
        if not await queries.has_table(queries.qbe.settings.queue_table):
            await queries.install()


def _troubles() -> tuple[type[Exception], ...]:
    import asyncpg

    return (
        OSError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
        # A connection that is lost between two of asyncpg's own steps has no protocol any more.
        AttributeError,
    )
