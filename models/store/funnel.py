"""The one way to the database: a funnel for writes, threads of their own for reads."""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Concatenate, TypeVar

import structlog
from sqlalchemy import Connection, text
from sqlmodel import Session

from models.store import rewriting
from models.store.blobs import folder_of
from models.store.connections import do, expect_no_more, forget, settle
from models.store.engines import open_engine
from models.store.failures import (
    LOCK_TIMEOUT,
    StoreDown,
    is_conflict,
    is_database_error,
    state_of,
    store_failures,
)
from models.store.outages import Outages
from models.store.rewriting import Rewritten
from models.store.sessions import memory_of, open_session

log = structlog.get_logger(__name__)

Result = TypeVar("Result")
Verb = Callable[Concatenate[Session, ...], Result]

# A batch keeps later calls waiting, so it stays short: 64 updates take some 40 ms.
BATCH = 64
RETRIES = 3

# A batch that holds rows waits so long for those of another, in milliseconds. PostgreSQL looks for
# a deadlock after a second only (deadlock_timeout), and two batches would soon be in one.
BATCH_LOCK_TIMEOUT_MS = 20

# PostgreSQL keeps the plan that it made for a table of few rows, for foreign keys as well: to read
# it through. It does so until it analyzes the table, a minute later, while a rush fills it.
BY_INDEX = "SET LOCAL enable_seqscan = off"

# Most calls succeed, and a savepoint costs a twentieth of one. So calls run in savepoints only once
# one has failed: its batch again, and so many after it, because failures come in runs.
CAREFUL_BATCHES = 16


@dataclass(slots=True)
class _Call:
    """A function that waits for its turn; one ``apart`` runs between two transactions.

    That one gets no session, and is not run once nobody waits for it any more.
    """

    fn: Callable[..., Any]
    args: tuple[Any, ...]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    apart: bool = False
    outcome: Any = None
    error: BaseException | None = None


class Store:
    """Runs verbs on threads of its own: one that writes, and a few that read at the same time.

    ``url`` is ``sqlite:///path`` or ``postgresql://…``; ``readers`` the number of reading threads;
    ``pictures`` the folder of ``models.store.blobs``, None for the store itself.
    There is one writing connection: several would share the batches among them and wait for each
    other's rows. ``fails_to_write`` says how the last write ended, because a database on a full
    disk can still be read; ``outages`` says in the log when it goes away and when it is back.
    ``on_erased`` is called, on the writer's thread, with the numbers of
    members who were erased, once that is durable. ``holds_erased`` says that SQLite's write-ahead
    log may hold pages of before an erasure; ``truncate_log`` empties it. ``span`` opens a span of a
    trace around a write, from the moment it is queued until it is durable.
    """

    def __init__(
        self,
        url: str,
        *,
        readers: int = 2,
        pictures: Path | None = None,
        on_erased: Callable[[Sequence[int]], None] | None = None,
    ) -> None:
        self.engine = open_engine(url, pictures)
        self._on_erased = on_erased
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._reading = ThreadPoolExecutor(readers, thread_name_prefix="store-read")
        self._closed = False
        # How many of the next batches run in savepoints.
        self._careful = 0
        # Which call of the batch runs now; None before the first and behind the last.
        self._running: int | None = None
        self.fails_to_write = False
        self.outages = Outages()
        self.span: Callable[[str], AbstractContextManager[object]] | None = None
        # A process that was killed may have left a log behind.
        self.holds_erased = self.is_sqlite
        # Between asking whether the store is closed and queueing a call nobody may close it.
        self._closing = threading.Lock()
        self._writing = threading.Thread(target=self._serve, name="store-write", daemon=True)
        self._writing.start()

    async def write(self, fn: Verb[Result], *args: Any) -> Result:
        """Run ``fn(session, *args)`` in a transaction; return what it returned once durable.

        Calls that wait together are committed together, in the order in which they came. What one
        of them raises undoes that one alone; the others may be run again for it, and have no
        effect but in the database. Raises StoreDown when the database is away, and whatever ``fn``
        raised, after it was undone.
        """
        call = self._queue(fn, *args)
        result: Result
        if self.span is None:
            result = await call.future
        else:
            with self.span(f"write {getattr(fn, '__qualname__', 'partial')}"):
                result = await call.future
        return result

    def _queue(self, fn: Callable[..., Any], *args: Any, apart: bool = False) -> _Call:
        loop = asyncio.get_running_loop()
        call = _Call(fn, args, loop, loop.create_future(), apart)
        with self._closing:
            if self._closed:
                raise StoreDown("the store is closed")
            self._calls.put(call)
        return call

    async def read(self, fn: Verb[Result], *args: Any) -> Result:
        """Run ``fn(session, *args)`` on a read-only snapshot, while others write.

        Raises StoreDown when the database is away.
        """
        if self._closed:
            raise StoreDown("the store is closed")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reading, self._read, fn, *args)

    def _read(self, fn: Verb[Result], *args: Any) -> Result:
        try:
            result = self.read_now(fn, *args)
        except StoreDown as problem:
            self.outages.failed("read", problem)
            raise
        self.outages.went_well("read")
        return result

    def write_now(self, fn: Verb[Result], *args: Any) -> Result:
        """As ``write``, on the caller's own thread: for the command line."""
        with (
            store_failures(),
            self.engine.begin() as connection,
            open_session(connection) as session,
        ):
            result = fn(session, *args)
            session.flush()
            self._mark(session, connection)
        self._note_erased(memory_of(session).erased)
        return result

    def read_now(self, fn: Verb[Result], *args: Any) -> Result:
        """As ``read``, on the caller's own thread."""
        reader = self.engine.execution_options(read_only=True)
        with store_failures(), reader.connect() as connection, open_session(connection) as session:
            return fn(session, *args)

    async def keep_aside(self, contents: Sequence[bytes], are_taken: Verb[bool]) -> None:
        """Write contents that a row will refer to into the folder of pictures, if there is one.

        A call that keeps them then finds them there, and nobody's turn waits for the disk.
        ``are_taken`` reads whether a row will: of what is one too many nothing is written. Raises
        what it raises, and StoreDown.
        """
        folder = folder_of(self.engine.dialect)
        if folder is not None and contents and await self.read(are_taken):
            for content in contents:
                await asyncio.to_thread(folder.keep, content)

    async def truncate_log(self) -> None:
        """Empty SQLite's write-ahead log after an erasure, unless somebody is reading from it.

        It waits for nobody, so that nobody waits for it; ``holds_erased`` stays true until it is
        done. PostgreSQL recycles its log by itself.
        """
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._reading, self._truncate_log)

    def _truncate_log(self) -> None:
        if not self.is_sqlite:
            return
        # An erasure that is committed meanwhile sets it again.
        self.holds_erased = False
        is_empty = False
        try:
            is_empty = rewriting.truncate_log(self.engine)
        finally:
            self.holds_erased = self.holds_erased or not is_empty

    async def shrink(self) -> bool:
        """Give some freed pages of a SQLite file back to the system; return whether more are free.

        Some stay, for the next rows. PostgreSQL's autovacuum keeps its own house.
        """
        return self.is_sqlite and await self.write(rewriting.give_back)

    def size(self) -> int:
        """Return the bytes of a SQLite file, without its log."""
        return rewriting.size_of(self.engine)

    async def holds_copies(self, forgotten_since: date | None = None) -> bool:
        """Whether copies of erased rows may stand in unused parts of a SQLite file.

        With a day, also whether it was last written anew before it: rows go by their age each hour.
        """
        return self.is_sqlite and await self.read(rewriting.holds_copies, forgotten_since)

    def drop_left_over(self) -> None:
        """Remove the new SQLite file of a process that was killed amid ``rewrite``."""
        if self.is_sqlite:
            rewriting.drop_left_over(self.engine)

    async def rewrite(self, today: date, *, holding: bool = False) -> Rewritten:
        """Write a SQLite file anew, without copies of what was erased; it keeps the day of that.

        Others write meanwhile, but for the exchange at the end, which they wait for; nothing is
        done if they did. With ``holding`` they wait for all of it: some ten seconds for 1 GB.
        Needs three times the file's size on its disk. Raises StoreDown; then nothing is done.
        """
        self.drop_left_over()
        if not rewriting.has_room(self.engine):
            return Rewritten.NO_ROOM
        new = rewriting.NewFile(self.engine, today)
        try:
            if not holding:
                await asyncio.to_thread(new.write)
            await self._queue(self._exchange, new, holding, apart=True).future
        except rewriting.WrittenMeanwhile:
            return Rewritten.WRITTEN_MEANWHILE
        finally:
            await asyncio.to_thread(new.close)
        return Rewritten.DONE

    def _exchange(self, new: rewriting.NewFile, holding: bool) -> None:
        if holding:
            new.write()
        new.exchange()
        # Here nobody's commit has to write the whole log into the file. The file is written anew
        # whether that succeeds now or with the next tick.
        with suppress(StoreDown):
            self._truncate_log()

    def _mark(self, session: Session, connection: Connection) -> None:
        if self.is_sqlite and memory_of(session).erased:
            do(connection, rewriting.MARK_ERASED)

    def _note_erased(self, numbers: Sequence[int]) -> None:
        """Log who was erased, by number, to be erased again after a backup is restored."""
        for number in numbers:
            log.info("member erased", member=number)
            self.holds_erased = self.is_sqlite
        if numbers and self._on_erased is not None:
            try:
                self._on_erased(numbers)
            except Exception:
                # They are erased: a batch that is committed is never run again.
                log.exception("erased members are not noted")

    def close(self) -> None:
        """Finish what was asked, then close every connection."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._calls.put(None)
        self._writing.join()
        self._reading.shutdown()
        self.engine.dispose()

    # The funnel

    def _serve(self) -> None:
        while (call := self._calls.get()) is not None:
            batch: list[_Call] = []
            # What ends the batch: a call apart, or that there are no more.
            while call is not None and not call.apart:
                batch.append(call)
                if len(batch) == BATCH or self._calls.empty():
                    break
                call = self._calls.get()
            while batch:
                ended = self._commit(batch)
                self._note_outage(batch)
                _hand_back(batch[:ended])
                batch = batch[ended:]
            if call is None:
                return
            if call.apart:
                _run_apart(call)

    def _note_outage(self, batch: Iterable[_Call]) -> None:
        down = (each.error for each in batch if isinstance(each.error, StoreDown))
        problem = next(down, None)
        self.fails_to_write = problem is not None
        if problem is not None:
            self.outages.failed("write", problem)
        else:
            self.outages.went_well("write")

    def _commit(self, batch: list[_Call], attempt: int = 1) -> int:
        """Run the calls in one transaction; where one fails, again in savepoints, then without it.

        Returns how many have ended: the others begin the next batch. Those before a call that fails
        are committed without it, and it begins the next one; there it is run alone. A disk may be
        slow, and calls of which each has a transaction of its own wait for it one after the other.
        """
        ended, is_careful, self._running = len(batch), self._careful > 0, None
        try:
            connection = self._begin()
        except StoreDown as problem:
            # No call of the batch waits for the same time-out again.
            for call in batch:
                call.error = problem
            return ended
        try:
            # Leaving a connection that was lost fails in its own turn: that is a store down, too.
            with store_failures(), connection, open_session(connection) as session:
                if not self.is_sqlite:
                    do(connection, BY_INDEX)
                if is_careful and len(batch) > 1:
                    self._careful -= 1
                    ended = self._run_in_savepoints(session, connection, batch)
                else:
                    self._run(session, connection, batch)
                self._mark(session, connection)
                connection.commit()
            erased = memory_of(session).erased
        except BaseException as problem:
            return self._commit_without(problem, batch, attempt, is_careful=is_careful)
        self._note_erased(erased)
        return ended

    def _commit_without(
        self, problem: BaseException, batch: list[_Call], attempt: int, *, is_careful: bool
    ) -> int:
        """Go on after a transaction of the calls failed; returns how many have ended."""
        for call in batch:
            call.outcome = call.error = None
        first, is_first = batch[0], self._running == 0 or len(batch) == 1
        if is_first and is_conflict(problem):
            # It waited for the rows of another process. Those behind it wait with it: they would
            # want the same rows, and be the next who wait.
            if attempt < RETRIES:
                return self._commit(batch, attempt + 1)
            first.error = StoreDown(f"still in conflict after {RETRIES} attempts")
            return 1
        if len(batch) == 1:
            first.error = problem
            return 1
        self._careful = CAREFUL_BATCHES
        if not is_careful:
            return self._commit(batch)
        if is_first:
            return self._commit(batch[:1])
        # Where the commit itself fails, nobody knows for whom.
        return self._commit(batch[: self._running or len(batch) // 2])

    def _begin(self) -> Connection:
        with store_failures():
            connection = self.engine.connect()
            try:
                connection.begin()
            except BaseException:
                connection.close()
                raise
            return connection

    def _run(self, session: Session, connection: Connection, batch: list[_Call]) -> None:
        """Run the calls one after the other; what any of them raises undoes the transaction."""
        for number, call in enumerate(batch):
            self._running = number
            if number == 1:
                self._wait_briefly(connection)
            call.outcome = call.fn(session, *call.args)
            session.flush()
            session.expunge_all()
            if not self.is_sqlite:
                expect_no_more(connection)
        self._running = None

    def _run_in_savepoints(
        self, session: Session, connection: Connection, batch: list[_Call]
    ) -> int:
        """Run the calls up to the first that must wait for another batch; say how many ran."""
        for number, call in enumerate(batch):
            self._running = number
            if number == 1:
                self._wait_briefly(connection)
            released = ("RELEASE SAVEPOINT call",) if number else ()
            do(connection, *released, "SAVEPOINT call")
            erased = memory_of(session).erased
            before = len(erased)
            try:
                call.outcome = call.fn(session, *call.args)
                session.flush()
                settle(connection)
                expect_no_more(connection)
            except Exception as problem:
                self._careful = CAREFUL_BATCHES
                del erased[before:]
                forget(connection)
                if number and state_of(problem) == LOCK_TIMEOUT:
                    do(connection, "ROLLBACK TO SAVEPOINT call")
                    session.expunge_all()
                    return number
                if is_database_error(problem):
                    # The transaction may be broken as a whole: begin again, call by call.
                    raise
                call.error = problem
                do(connection, "ROLLBACK TO SAVEPOINT call")
            session.expunge_all()
        self._running = None
        return len(batch)

    def _wait_briefly(self, connection: Connection) -> None:
        """Let a batch wait for others' rows only briefly from its second call on: it holds some."""
        if not self.is_sqlite:
            do(connection, f"SET LOCAL lock_timeout = {BATCH_LOCK_TIMEOUT_MS}")


def _run_apart(call: _Call) -> None:
    if call.future.done():
        return
    try:
        call.outcome = call.fn(*call.args)
    except Exception as problem:
        call.error = problem
    _hand_back([call])


def _hand_back(batch: Iterable[_Call]) -> None:
    loops: dict[asyncio.AbstractEventLoop, list[_Call]] = {}
    for call in batch:
        loops.setdefault(call.loop, []).append(call)
    for loop, calls in loops.items():
        # The caller may have closed its loop: the work is done, and nothing waits for it.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, calls)


def _settle(calls: list[_Call]) -> None:
    for call in calls:
        if call.future.done():
            continue
        if call.error is not None:
            call.future.set_exception(call.error)
        else:
            call.future.set_result(call.outcome)


def ping(session: Session) -> None:
    """Ask the database for a sign of life."""
    session.execute(text("SELECT 1"))
