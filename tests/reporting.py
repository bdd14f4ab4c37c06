"""The end of a run: what did not run for want of something, and how to repeat what failed."""

import shlex
from collections import Counter
from collections.abc import Generator, Iterable

import pytest

from tests.needs import LACK

MOST = 40
"""Failures that are named one by one; of more, pytest's own memory of the last run is asked."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Generator[None, None, None]:
    """Say below everything else what did not run, and how to repeat what failed."""
    yield
    _list_what_was_missing(terminalreporter)
    _show_how_to_repeat(terminalreporter)


def _list_what_was_missing(reporter: pytest.TerminalReporter) -> None:
    skipped = Counter(
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in reporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    lacks = {reason: number for reason, number in skipped.items() if reason.startswith(LACK)}
    if lacks:
        reporter.section("not run for want of", sep="-", yellow=True)
    for reason, number in sorted(lacks.items()):
        reporter.write_line(f"{reason.removeprefix(LACK)} (skipped: {number})")


def _show_how_to_repeat(reporter: pytest.TerminalReporter) -> None:
    reports = [report for how in ("failed", "error") for report in reporter.stats.get(how, [])]
    # A test that fails and whose fixtures fail as well has two reports.
    failed = list(dict.fromkeys(report.nodeid for report in reports if report.nodeid))
    if failed:
        reporter.section("to repeat the failures", sep="-")
        reporter.write_line(command(failed))


def command(failed: Iterable[str]) -> str:
    """The command line for a shell. ``--everywhere`` finds a story's run in any spread."""
    ids = list(failed)
    chosen = [shlex.quote(each) for each in ids] if len(ids) <= MOST else ["--last-failed"]
    arguments = " ".join(["--everywhere", *chosen])
    # The shell takes a sign out of the double quotes, and make takes the dollar once more.
    for sign, written in (("\\", r"\\"), ('"', r"\""), ("`", r"\`"), ("$", r"\$\$")):
        arguments = arguments.replace(sign, written)
    return f'make test PYTEST="{arguments}"'
