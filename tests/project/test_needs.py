"""What happens where the machine lacks what a test needs."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = """
import pytest
from tests import needs

@pytest.mark.parametrize("number", range(3))
def test_in_a_browser(number):
    needs.demand(needs.CHROMIUM)

def test_at_a_desk():
    needs.lack(needs.Need("a desk", lambda: None, "ask a carpenter", is_demanded=False))
"""


def _run(folder: Path, ci: str, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PYTHONPATH": str(ROOT),
        "CHROMIUM": str(folder / "no-browser"),
        "CI": ci,
        "PATH": str(folder),
    }
    (folder / "test_needs.py").write_text(TESTS)
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("processes", ["0", "2"])
def test_what_is_missing_is_listed_at_the_end_with_how_to_get_it(
    tmp_path: Path, processes: str
) -> None:
    done = _run(tmp_path, "", "pytest", "-p", "tests.reporting", "-n", processes)
    assert done.returncode == 0, done.stdout
    assert "4 skipped" in done.stdout
    assert "Chromium: apt-get install chromium" in done.stdout
    assert "(skipped: 3)" in done.stdout
    assert "a desk: ask a carpenter (skipped: 1)" in done.stdout


def test_in_continuous_integration_it_is_a_failure(tmp_path: Path) -> None:
    done = _run(tmp_path, "true", "pytest", "-p", "tests.reporting")
    assert "3 failed, 1 skipped" in done.stdout


def test_the_packages_of_what_is_missing_are_named(tmp_path: Path) -> None:
    packages = _run(tmp_path, "", "tests.needs").stdout.split()
    assert packages[0] == "chromium"
    if sys.platform == "linux":
        assert packages[1:3] == ["fontconfig", "fonts-wqy-microhei"]
