"""The lock files: every package by its hash, and from no particular host."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host(name: str) -> None:
    assert "://" not in (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_a_hash_for_every_package(name: str) -> None:
    packages = re.split(r"(?m)^(?=\S)", (ROOT / name).read_text("utf-8"))
    wanted = [each for each in packages if each.strip()]
    assert len(wanted) > 5
    assert all("==" in each and "--hash=sha256:" in each for each in wanted)


def test_the_checks_run_with_what_the_station_runs_with() -> None:
    versions = {
        name: dict(re.findall(r"(?m)^(\S+?)==(\S+)", (ROOT / name).read_text("utf-8")))
        for name in ("requirements.lock", "requirements-dev.lock")
    }
    used, checked = versions["requirements.lock"], versions["requirements-dev.lock"]
    assert {name: checked.get(name) for name in used} == used
