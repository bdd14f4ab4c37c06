"""The wheel: an application in one package, with everything that it needs, built offline."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

import pytest
from pyroma import projectdata, ratings

from bot import __version__

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
WHEEL = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
FOLDERS: dict[str, str] = WHEEL["sources"]
FILES: dict[str, str] = WHEEL["force-include"]
"""Folders and files of the repository, and where each lies in the wheel."""

ELSEWHERE = {"colorama"}
"""What the lock has for another system."""

LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")
NOTICE = (ROOT / "NOTICE.md").read_text("utf-8")
PERMISSIVE = re.compile(r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a copy of the sources: building leaves files beside them."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in FOLDERS:
        shutil.copytree(ROOT / name, source / name, ignore=LEFT_OUT)
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE.md", *FILES):
        shutil.copy(ROOT / name, source)
    offline = ("--no-build-isolation", "--no-deps", "--no-index", "--disable-pip-version-check")
    command = [sys.executable, "-m", "pip", "wheel", *offline, "-w", str(folder), "."]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    assert wheel.name == f"yizhan-{__version__}-py3-none-any.whl"
    return wheel


@pytest.fixture
def wheel(built: Path) -> Iterator[ZipFile]:
    with ZipFile(built) as opened:
        yield opened


def test_the_wheel_holds_every_file_of_the_program(wheel: ZipFile) -> None:
    wanted = {
        f"{inside}/{path.relative_to(ROOT / name)}"
        for name, inside in FOLDERS.items()
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == wanted | set(FILES.values())


def test_every_room_of_the_program_is_in_the_wheel() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert set(FOLDERS) == rooms - {"tests", "benchmarks"} | {"deploy/wheel"}


def test_the_wheel_takes_one_name_of_an_environment(wheel: ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert tops == {"yizhan", f"yizhan-{__version__}.dist-info"}


def test_the_wheel_has_one_command(wheel: ZipFile) -> None:
    (entry_points,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert wheel.read(entry_points).decode() == "[console_scripts]\nyizhan = yizhan:main\n"


def test_the_wheel_is_as_indexes_want_it(built: Path) -> None:
    checker = Path(sys.executable).with_name("check-wheel-contents")
    command = [str(checker), "--config", str(ROOT / "pyproject.toml"), str(built)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip().endswith(": OK"), done.stdout


def test_the_package_describes_itself() -> None:
    rating, missing = ratings.rate(projectdata.get_data(str(ROOT)))
    assert rating >= 9, missing


def test_the_command_runs_from_the_wheel_alone(wheel: ZipFile, tmp_path: Path) -> None:
    """Unpacked elsewhere, with the libraries of this environment and other packages called so."""
    site = tmp_path / "site"
    wheel.extractall(site)
    (site / "models.py").write_text("raise RuntimeError('the models of another program')", "utf-8")
    work = tmp_path / "work"
    work.mkdir()
    # Insert before the checkout, which this environment has on its path.
    program = f"import sys; sys.path.insert(0, {str(site)!r}); import yizhan; yizhan.main()"

    def run(*arguments: str) -> str:
        command = [sys.executable, "-P", "-c", program, *arguments]
        done = subprocess.run(
            command, cwd=work, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert run("--version") == f"yizhan {__version__}\n"
    assert run("config") == (ROOT / "config.example.toml").read_text("utf-8")
    assert "now." in run("migrate")
    nanhai = site / "yizhan" / "program" / "demo" / "nanhai.toml"
    assert "stations: 50 new" in run("load", str(nanhai))
    assert run("check").startswith(f"version: {__version__}\n")


# What it is installed with


def locked() -> set[str]:
    return set(re.findall(r"(?m)^(\S+?)==", (ROOT / "requirements.lock").read_text("utf-8")))


def licence(package: str) -> str:
    told = metadata.metadata(package).json
    classifiers = [each for each in told.get("classifier", ()) if each.startswith("License")]
    return str(told.get("license_expression") or classifiers or told.get("license"))


def test_the_notice_names_what_is_not_under_a_permissive_licence() -> None:
    found = locked() - ELSEWHERE
    other = {each for each in found if not PERMISSIVE.search(licence(each))}
    listed = re.findall(r"(?m)^\| ([a-z][\w, -]+) \| \S*(?:MPL|LGPL|OFL)", NOTICE)
    named = {name for row in listed for name in row.split(", ")}
    # Orjson's is both.
    assert named - {"orjson"} == other


def test_the_bill_of_materials_lists_every_package(tmp_path: Path) -> None:
    """As ``make sbom`` does, of this environment, which holds more."""
    target = tmp_path / "sbom.json"
    program = Path(sys.executable).with_name("cyclonedx-py")
    options = ("--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible", "--of", "JSON")
    command = [str(program), "environment", *options, "-o", str(target), sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(target.read_text("utf-8"))
    assert told["metadata"]["component"]["name"] == "yizhan"
    listed = {each["name"].lower().replace("_", "-") for each in told["components"]}
    assert locked() - ELSEWHERE <= listed
