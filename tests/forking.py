"""A fork server: it imports the station once, and forks for every process that a test starts.

Importing takes a second of work, and a test starts many processes. A forked one has its own number,
signals, working directory, environment and output, and ends as any other; it only has its imports
and the catalogues already. ``tests.commands`` is what tests call.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import threading

FILES = 3
"""What comes with an order: where it writes, where it complains, and where its end is told."""

IMPORTED = (
    "alembic.command",
    "bot.station.asking",
    "bot.station.code_lists",
    "bot.station.commands",
    "bot.station.serving",
    "models.census",
    "models.loading.network",
    "openpyxl",
    "pypinyin",
    "uvloop",
)


def main() -> None:
    """Fork as ordered until the other end closes. In each forked process, run the command."""
    import migrations

    code: int | None = None

    def leave() -> None:
        """Take nothing apart, which would copy every page; what else is to be done, is done."""
        if code is not None:
            os._exit(code)

    # The first that is registered is the last that runs.
    atexit.register(leave)
    migrations.import_models()
    for name in IMPORTED:
        importlib.import_module(name)
    _reads_files()
    # What is there stays in pages that all of them share.
    gc.collect()
    gc.freeze()
    # A fork copies the calling thread alone, with the locks that another may hold.
    assert threading.active_count() == 1
    with socket.socket(fileno=int(sys.argv[1])) as orders:
        is_forked = _fork_as_ordered(orders)
    if is_forked:
        from bot.__main__ import main as run_the_command

        try:
            run_the_command()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else None
            raise


def _reads_files() -> None:
    """Read what every process of the station reads once, and which takes as long as importing."""
    from bot.conversation.language import phrasebook
    from models.rules.understanding import classifier

    phrasebook()
    classifier.weights()


def _fork_as_ordered(orders: socket.socket) -> bool:
    """Return True in each forked process, and False here, once nobody can order any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ended, ends = os.pipe()
    os.set_blocking(ends, False)
    signal.set_wakeup_fd(ends, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    told: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([orders.fileno(), ended], [], [])
        if ended in ready:
            os.read(ended, 4096)
            _tell_ends(told)
        if orders.fileno() not in ready:
            continue
        order, files = _next(orders)
        if not order:
            return False
        forked = os.fork()
        if not forked:
            signal.set_wakeup_fd(-1)
            for each in (ended, ends, files[2], *told.values()):
                os.close(each)
            _become(json.loads(order), *files[:2])
            return True
        told[forked] = files[2]
        for each in files[:2]:
            os.close(each)
        orders.sendall(forked.to_bytes(4))


def _next(orders: socket.socket) -> tuple[bytes, list[int]]:
    """One order, a line of JSON, and its files; an empty one at the end."""
    order, files, _, _ = socket.recv_fds(orders, 65536, FILES)
    while order and not order.endswith(b"\n"):
        order += orders.recv(65536)
    return order, files


def _tell_ends(told: dict[int, int]) -> None:
    """Write down how each process that ended did, as ``os.waitpid`` has it."""
    while told:
        process, status = os.waitpid(-1, os.WNOHANG)
        if not process:
            return
        file = told.pop(process)
        # Whoever does not listen has not waited for it.
        with contextlib.suppress(BrokenPipeError):
            os.write(file, status.to_bytes(4))
        os.close(file)


def _become(order: dict[str, object], out: int, err: int) -> None:
    """Be as a process that was just started with these arguments."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for given, own in ((out, 1), (err, 2)):
        os.dup2(given, own)
        os.close(given)
    arguments, folder, environment = order["arguments"], order["folder"], order["environment"]
    assert isinstance(arguments, list)
    assert isinstance(environment, dict)
    os.chdir(str(folder))
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments


if __name__ == "__main__":
    main()
