"""What some tests need from the machine beyond Python and pip.

Where it is missing these tests are skipped, and the run ends with how to get it. Where CI is "true"
they fail. ``python -m tests.needs`` prints the Debian packages of what is missing.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from tests import databases

LACK = "needs "
"""How the reason of a skipped test begins."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something to be found on the machine. ``find`` returns where it is, or None.

    What ``is_demanded`` makes tests fail in continuous integration where it is missing.
    """

    name: str
    find: Callable[[], str | None]
    how_to_get_it: str
    packages: tuple[str, ...] = ()
    is_demanded: bool = True

    @property
    def lack(self) -> str:
        return f"{LACK}{self.name}: {self.how_to_get_it}"


def _chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return shutil.which("chromium") or shutil.which("google-chrome")


def _chinese_font() -> str | None:
    if sys.platform != "linux":
        return "comes with the system"
    program = shutil.which("fc-list")
    if program is None:
        return None
    listed = subprocess.run(
        [program, ":lang=zh", "file"], capture_output=True, text=True, check=True
    )
    return listed.stdout.partition("\n")[0] or None


CHROMIUM = Need(
    "Chromium",
    _chromium,
    "apt-get install chromium, or name yours with CHROMIUM=/path/to/chromium",
    ("chromium",),
)
CHINESE_FONT = Need(
    "a Chinese font",
    _chinese_font,
    "apt-get install fontconfig fonts-wqy-microhei",
    ("fontconfig", "fonts-wqy-microhei"),
)
POSTGRESQL = Need(
    "PostgreSQL",
    databases.programs,
    f"apt-get install postgresql, or set {databases.GIVEN} to a server's address",
    ("postgresql",),
)
SYSTEMD = Need(
    "systemd-analyze",
    lambda: shutil.which("systemd-analyze"),
    "apt-get install systemd",
    ("systemd",),
)
NGINX = Need(
    "nginx",
    lambda: shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"),
    "apt-get install nginx-light",
    ("nginx-light",),
)
MOUNTING = Need(
    "the right to mount a file system",
    lambda: None,
    "run as root, and not in a container without that right",
    is_demanded=False,
)
NEEDS = (CHROMIUM, CHINESE_FONT, POSTGRESQL, SYSTEMD, NGINX)


def demand(need: Need) -> str:
    """Where it is. Skips the test without it, and fails it in continuous integration."""
    return need.find() or lack(need)


def lack(need: Need) -> NoReturn:
    """Skip a test, or fail it in continuous integration."""
    if need.is_demanded and os.environ.get("CI", "").lower() == "true":
        pytest.fail(need.lack, pytrace=False)
    pytest.skip(need.lack)


def main() -> None:
    missing = [package for need in NEEDS if not need.find() for package in need.packages]
    sys.stdout.write(" ".join(missing) + "\n")


if __name__ == "__main__":
    main()
