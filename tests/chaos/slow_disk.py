"""A disk on which every sync takes long: what a worn card, a full array or a noisy neighbour does.

The calls by which SQLite and PostgreSQL wait for the disk, fsync(2) and fdatasync(2), are replaced
in all processes that are started (LD_PRELOAD, ld.so(8)): they wait, and then do what they did. How
long they wait stands in a file, so that a disk can become slow, and quick again, under a process.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void wait_for_the_disk(void) {
    const char *path = getenv("SLOW_SYNC");
    FILE *file = path ? fopen(path, "r") : NULL;
    long milliseconds = 0;
    if (file == NULL)
        return;
    if (fscanf(file, "%ld", &milliseconds) != 1)
        milliseconds = 0;
    fclose(file);
    struct timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&left, NULL);
}

int fsync(int file) {
    wait_for_the_disk();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
}

int fdatasync(int file) {
    wait_for_the_disk();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
}
"""


@dataclass(frozen=True, slots=True)
class SlowDisk:
    """``file`` says how many milliseconds each sync waits before it begins."""

    file: Path

    def takes(self, milliseconds: int) -> None:
        """From now on every sync takes so much longer."""
        # Another process reads it at any moment, so it is never seen half written.
        written = self.file.with_suffix(".new")
        written.write_text(f"{milliseconds}\n", "ascii")
        written.chmod(0o644)
        written.replace(self.file)


@contextmanager
def slow_disk(folder: Path) -> Iterator[SlowDisk | None]:
    """A disk for all processes that are started within; None where nothing can compile C.

    It is quick at first. PostgreSQL's user must be able to read the folder.
    """
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        yield None
        return
    source, library = folder / "slow_sync.c", folder / "slow_sync.so"
    source.write_text(SOURCE, "ascii")
    made = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"]
    subprocess.run(made, check=True)
    library.chmod(0o755)
    disk = SlowDisk(folder / "milliseconds")
    disk.takes(0)
    before = {name: os.environ.get(name) for name in ("LD_PRELOAD", "SLOW_SYNC")}
    os.environ.update(LD_PRELOAD=str(library), SLOW_SYNC=str(disk.file))
    try:
        yield disk
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
