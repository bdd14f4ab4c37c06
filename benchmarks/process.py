"""What a process and its children have used, as the kernel counts it."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def cpu_seconds(pid: int) -> float:
    """User and system seconds of the process, its living children and those already reaped."""
    total = 0
    for each in _tree(pid):
        fields = _stat(each)
        if fields:
            # After the name: state is field 0, so utime, stime, cutime, cstime are 11 to 14.
            total += sum(int(field) for field in fields[11:15])
    return total / TICKS


def resident_megabytes(pid: int) -> float:
    """Resident memory (VmRSS) of the process and its children."""
    kilobytes = 0
    for each in _tree(pid):
        status = (PROC / str(each) / "status").read_text()
        for line in status.splitlines():
            if line.startswith("VmRSS:"):
                kilobytes += int(line.split()[1])
    return kilobytes / 1024


def _tree(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdecimal():
            fields = _stat(int(entry.name))
            if fields:
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [root]
    for pid in found:
        found.extend(children.get(pid, ()))
    return found


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name; nothing when the process is gone."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()
