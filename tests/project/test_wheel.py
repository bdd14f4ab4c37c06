"""The wheel: an application with everything that it needs, built without a network."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from bot import __version__

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "demo", "handlers", "locales", "migrations", "models", "scheduler")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """The wheel of a copy of the sources: building leaves files beside them."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=LEFT_OUT)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    offline = ("--no-build-isolation", "--no-deps", "--no-index", "--disable-pip-version-check")
    command = [sys.executable, "-m", "pip", "wheel", *offline, "-w", str(folder), "."]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    assert built.name == f"yizhan-{__version__}-py3-none-any.whl"
    return ZipFile(built)


def test_the_wheel_holds_every_file_of_the_program(wheel: ZipFile) -> None:
    wanted = {
        str(path.relative_to(ROOT))
        for name in PACKAGES
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == wanted


def test_the_wheel_has_one_command(wheel: ZipFile) -> None:
    (entry_points,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert wheel.read(entry_points).decode().split("\n")[:2] == [
        "[console_scripts]",
        "yizhan = bot.__main__:main",
    ]


def test_the_command_runs_from_the_wheel_alone(wheel: ZipFile, tmp_path: Path) -> None:
    """Unpacked elsewhere, with the libraries of this environment and none of its sources."""
    site = tmp_path / "site"
    wheel.extractall(site)
    work = tmp_path / "work"
    work.mkdir()
    # Insert before the checkout, which this environment has on its path.
    program = f"import sys; sys.path.insert(0, {str(site)!r}); import bot.__main__ as m; m.main()"

    def run(*arguments: str) -> str:
        command = [sys.executable, "-P", "-c", program, *arguments]
        done = subprocess.run(
            command, cwd=work, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert run("--version") == f"yizhan {__version__}\n"
    assert "now." in run("migrate")
    assert "stations: 50 new" in run("load", str(site / "demo" / "nanhai.toml"))
    assert run("check").startswith(f"version: {__version__}\n")
