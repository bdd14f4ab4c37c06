"""What the code host and a maintainer's machine run is what `make` runs."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PYTHONS = ["3.11", "3.12", "3.13"]
NOT_SEEN_YET = ["3.14"]
"""Versions on which the checks are to run, and have not been seen to pass."""


def _read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def test_every_python_that_is_promised_runs_the_checks() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    versions = re.findall(r"Python :: (3\.\d+)", " ".join(project["classifiers"]))
    job = _read(".github/workflows/checks.yml")["jobs"]["checks"]
    assert versions == PYTHONS
    assert job["strategy"]["matrix"]["python"] == PYTHONS + NOT_SEEN_YET
    assert project["requires-python"] == f">={PYTHONS[0]}"
    assert job["steps"][-1]["run"] == "bash .ci/run"


def test_before_a_commit_runs_what_lint_runs() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    recipe = re.search(r"(?m)^lint:.*\n((?:\t.*\n)+)", makefile)
    assert recipe is not None
    linted = re.findall(r"\$\(BIN\)/(.+)", recipe[1])
    hooks = {
        hook["entry"]
        for each in _read(".pre-commit-config.yaml")["repos"]
        for hook in each["hooks"]
    }
    # Before a commit the layout is mended instead of complained of, and files are named one by one.
    wanted = {each.replace(" --check", "").removesuffix(" .") for each in linted}
    assert wanted <= {each.removeprefix(".venv/bin/") for each in hooks}


@pytest.mark.parametrize("path", sorted(ROOT.glob(".github/**/*.yml")), ids=lambda each: each.name)
def test_what_the_code_host_reads_is_well_formed(path: Path) -> None:
    assert isinstance(_read(str(path.relative_to(ROOT))), dict)
