"""The command line of the station, in processes of its own."""

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[1]
YIZHAN = [sys.executable, "-P", "-m", "bot"]
PATIENCE = 60.0
"""After so many seconds a process hangs."""


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YIZHAN_")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, in a process forked from one that has its imports already."""
    with tempfile.TemporaryDirectory(prefix="yizhan-said-") as said:
        out, err = Path(said, "out"), Path(said, "err")
        with Started(folder, *arguments, out=out, err=err) as process:
            code = process.wait()
        told = (out.read_text("utf-8"), err.read_text("utf-8"))
        return subprocess.CompletedProcess(["yizhan", *arguments], code, *told)


def run_afresh(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as an operator does, with its imports."""
    return subprocess.run(
        [*YIZHAN, *arguments],
        cwd=folder,
        env=environment(),
        text=True,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )


@contextlib.contextmanager
def started_afresh(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start the command as an operator does; killed at the end of the block."""
    with subprocess.Popen(
        [*YIZHAN, *arguments],
        cwd=folder,
        env=environment(),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


class Started:
    """A process of the command, forked by ``tests.forking``; killed at the end of the block."""

    def __init__(
        self, folder: Path, *arguments: str, out: Path | None = None, err: Path | None = None
    ) -> None:
        """``out`` and ``err`` are files that it adds to; what has none comes from ``stdout``."""
        self.returncode: int | None = None
        reading, writing = os.pipe()
        self.stdout = os.fdopen(reading, encoding="utf-8")
        self._ended, told = os.pipe()
        with contextlib.ExitStack() as stack:
            stack.callback(os.close, writing)
            stack.callback(os.close, told)
            given = [
                writing if file is None else stack.enter_context(file.open("ab")).fileno()
                for file in (out, err)
            ]
            self.pid = _server().forks(folder, arguments, [*given, told])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def poll(self) -> int | None:
        """Its exit code, or the negative number of the signal that ended it; None while it runs."""
        return self._looks(0)

    def wait(self, patience: float = PATIENCE) -> int:
        if self._looks(patience) is None:
            self.close()
            raise subprocess.TimeoutExpired(YIZHAN, patience)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, how: signal.Signals) -> None:
        if self.poll() is None:
            # It may end between the two.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, how)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        self.kill()
        self._looks(PATIENCE)
        self.stdout.close()

    def _looks(self, patience: float) -> int | None:
        if self.returncode is not None:
            return self.returncode
        looking = select.poll()
        looking.register(self._ended, select.POLLIN)
        if looking.poll(patience * 1000):
            status = os.read(self._ended, 4)
            os.close(self._ended)
            assert status, "The fork server is gone."
            self.returncode = os.waitstatus_to_exitcode(int.from_bytes(status))
        return self.returncode


class _Server:
    """The other end of ``tests.forking``; threads may take turns."""

    def __init__(self) -> None:
        self._orders, theirs = socket.socketpair()
        self._turn = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "tests.forking", str(theirs.fileno())],
                cwd=ROOT,
                env=environment(),
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        atexit.register(self._ends)

    def forks(self, folder: Path, arguments: tuple[str, ...], files: list[int]) -> int:
        """Fork a process for these arguments; returns its number."""
        order = {"arguments": arguments, "folder": str(folder), "environment": environment()}
        with self._turn:
            line = json.dumps(order).encode() + b"\n"
            sent = socket.send_fds(self._orders, [line], files)
            self._orders.sendall(line[sent:])
            number = self._orders.recv(4)
        assert number, "The fork server is gone: it wrote to standard error why."
        return int.from_bytes(number)

    def _ends(self) -> None:
        self._orders.close()
        self._process.wait()


_server = cache(_Server)
