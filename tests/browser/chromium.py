"""Where a Chromium is, and a loud word where there is none."""

import os
import shutil
from pathlib import Path

import pytest

HOW_TO_GET_ONE = (
    "NO CHROMIUM: the stories of the web chat did not run. Get one with "
    "`apt-get install chromium fonts-wqy-microhei`, or name yours: CHROMIUM=/path/to/chromium"
)


def find() -> str | None:
    """The browser named by CHROMIUM, Debian's, or the first one on the PATH."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    if Path("/usr/bin/chromium").exists():
        return "/usr/bin/chromium"
    return shutil.which("chromium") or shutil.which("google-chrome")


def say_what_did_not_run(reporter: pytest.TerminalReporter) -> None:
    """End the report with what was skipped for want of a browser, where anything was."""
    skipped = reporter.stats.get("skipped", [])
    if any(HOW_TO_GET_ONE in str(report.longrepr) for report in skipped):
        reporter.section("web chat", sep="!", red=True, bold=True)
        reporter.write_line(HOW_TO_GET_ONE, red=True, bold=True)
