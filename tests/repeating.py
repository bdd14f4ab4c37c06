"""The command that repeats what failed, printed at the end of a run."""

import shlex
from collections.abc import Generator, Iterable

import pytest

MOST = 40
"""Failures that are named one by one; of more, pytest's own memory of the last run is asked."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Generator[None, None, None]:
    """Print the command below everything else, if anything has failed."""
    yield
    reports = [
        report for how in ("failed", "error") for report in terminalreporter.stats.get(how, [])
    ]
    # A test that fails and whose fixtures fail as well has two reports.
    failed = list(dict.fromkeys(report.nodeid for report in reports if report.nodeid))
    if failed:
        terminalreporter.section("to repeat the failures", sep="-")
        terminalreporter.write_line(command(failed))


def command(failed: Iterable[str]) -> str:
    """The command line for a shell. ``--everywhere`` finds a story's run in any spread."""
    ids = list(failed)
    chosen = [shlex.quote(each) for each in ids] if len(ids) <= MOST else ["--last-failed"]
    arguments = " ".join(["--everywhere", *chosen])
    # The shell takes a sign out of the double quotes, and make takes the dollar once more.
    for sign, written in (("\\", r"\\"), ('"', r"\""), ("`", r"\`"), ("$", r"\$\$")):
        arguments = arguments.replace(sign, written)
    return f'make test PYTEST="{arguments}"'
