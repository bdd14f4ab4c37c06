"""Where runs keep their data: a fresh SQLite file or PostgreSQL database for each."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import postgres
from benchmarks.process import cpu_seconds

STORES = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder, store URL, port and API address of one run."""

    folder: Path
    store: str
    port: int
    api_base: str

    def delete_store(self) -> None:
        """Delete a SQLite file; a PostgreSQL database is deleted with its server."""
        for left in self.folder.glob("store.db*"):
            left.unlink()


class Workspaces:
    """Creates a workspace for each run, on one kind of store."""

    def __init__(self, folder: Path, server: postgres.Server | None) -> None:
        self._folder = folder
        self._server = server
        self._runs = 0

    def workspace(self, api_base: str) -> Workspace:
        self._runs += 1
        folder = self._folder / str(self._runs)
        folder.mkdir()
        if self._server is None:
            store = f"sqlite:///{folder}/store.db"
        else:
            store = self._server.fresh(f"run_{self._runs}")
        return Workspace(folder, store, postgres.free_port(), api_base)

    def server_cpu(self) -> float:
        return cpu_seconds(self._server.pid) if self._server else 0.0


@contextmanager
def workspaces(kind: str) -> Iterator[Workspaces]:
    """Workspaces on ``sqlite`` or on a temporary ``postgresql`` server, deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="yizhan-bench-") as name:
        if kind == "sqlite":
            yield Workspaces(Path(name), None)
        else:
            with postgres.server() as server:
                yield Workspaces(Path(name), server)
