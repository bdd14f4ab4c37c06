"""The command at the end of a failed run repeats the failures, and nothing else."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reporting import MOST, command

ROOT = Path(__file__).parents[2]
MAKEFILE = f'test:\n\t@"{sys.executable}" -m pytest -p tests.reporting -p everywhere $(PYTEST)\n'
EVERYWHERE = (
    "def pytest_addoption(parser):\n    parser.addoption('--everywhere', action='store_true')\n"
)
TESTS = """
import pytest

@pytest.fixture
def broken():
    raise OSError

@pytest.mark.parametrize("sign", ["plain", "a b", "$HOME", "it's", '"', "`", "\\\\n", "活动"])
def test_signs(sign):
    assert sign == "-"

def test_good():
    pass

def test_with_a_broken_fixture(broken):
    pass
"""


def _run(folder: Path, line: str) -> str:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"}
    # What make and pytest hand down to their children would be heard by those started here.
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTEST_ADDOPTS", "CI"):
        environment.pop(name, None)
    done = subprocess.run(
        ["sh", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def _failed(output: str) -> list[str]:
    return sorted(re.findall(r"(?m)^(?:FAILED|ERROR) (.+?)(?: - .*)?$", output))


def test_the_command_repeats_every_failure_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text(MAKEFILE)
    (tmp_path / "everywhere.py").write_text(EVERYWHERE)
    (tmp_path / "test_signs.py").write_text(TESTS, "utf-8")
    first = _run(tmp_path, "make test")
    assert "8 failed, 1 passed, 1 error" in first
    [line] = re.findall(r"(?m)^make test PYTEST=.+$", first)
    second = _run(tmp_path, line)
    assert "8 failed, 1 error" in second
    assert "passed" not in second
    assert _failed(second) == _failed(first)


def test_a_run_without_failures_prints_no_command(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text(MAKEFILE)
    (tmp_path / "everywhere.py").write_text(EVERYWHERE)
    (tmp_path / "test_signs.py").write_text(TESTS, "utf-8")
    good = _run(tmp_path, 'make test PYTEST="-k good"')
    assert "1 passed" in good
    assert "make test PYTEST" not in good


@pytest.mark.parametrize(("number", "end"), [(MOST, "'"), (MOST + 1, "--last-failed")])
def test_a_command_stays_short_enough_for_a_shell(number: int, end: str) -> None:
    found = command(f"tests/test_a.py::test_{each}[a]" for each in range(number))
    assert found.endswith(f'{end}"')
