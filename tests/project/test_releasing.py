"""A release, made in a clone: what stops it, what it builds, what it tags."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERSION = "99.0.0"


class Clone:
    """A clone of the repository, with this environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run(["git", "clone", "-q", "--depth", "1", ROOT.as_uri(), folder], check=True)
        for name, value in (("user.name", "A maintainer"), ("user.email", "m@example.org")):
            self.git("config", name, value)

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, capture_output=True, text=True, check=True
        )
        return done.stdout

    def put(self, name: str, was: str, shall_be: str) -> None:
        path = self.folder / name
        text = path.read_text("utf-8")
        assert was in text
        path.write_text(text.replace(was, shall_be, 1), "utf-8")

    def commit(self) -> None:
        self.git("commit", "-qam", "Get ready")

    def runs(self, *line: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-P", *line],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def steps(self, step: str) -> tuple[int, str]:
        return self.runs("-m", "tests.releasing", step)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    return Clone(tmp_path_factory.mktemp("release") / "clone")


def test_a_release_is_checked_built_and_tagged(clone: Clone) -> None:
    clone.git("config", "core.fileMode", "false")
    was = re.search(r'__version__ = "(.+)"', (clone.folder / "bot/__init__.py").read_text("utf-8"))
    assert was is not None
    clone.put("bot/__init__.py", was[0], f'__version__ = "{VERSION}"')
    code, said = clone.steps("check")
    assert code == 1
    assert said.startswith("The tree has changes that are not committed:\n")
    clone.commit()
    assert f"and not {VERSION}.\n" in clone.steps("check")[1]
    clone.put("CHANGELOG.md", "## [Unreleased]\n", f"## [Unreleased]\n\n## [{VERSION}]\n")
    clone.commit()
    assert clone.steps("check") == (
        1,
        f"CHANGELOG.md: [{VERSION}] needs its day and what is new in it.\n",
    )
    # Right after a release nothing is unreleased yet, and this very test is part of the release.
    dated = f"## [{VERSION}] - 2027-01-01\n\n### Added\n\n- A line.\n"
    clone.put("CHANGELOG.md", f"## [{VERSION}]\n", dated)
    clone.commit()
    lack = "The tables of this version are not stored: run make freeze, and commit.\n"
    assert clone.steps("check") == (1, lack)
    freeze = "from tests.migrations import releases as r; r.record('99.0.0'); r.store_sqlite"
    stored = "(r.sqlite_path('99.0.0'))"
    assert clone.runs("-c", freeze + stored) == (0, "")
    clone.git("add", "-A")
    clone.commit()
    assert clone.steps("check") == (0, "")
    assert clone.steps("build")[0] == 0
    code, said = clone.steps("tag")
    assert code == 0, said
    assert f"    git push origin main v{VERSION}\n" in said
    built = {each.name for each in (clone.folder / "dist").iterdir()}
    assert built == {f"yizhan-{VERSION}-py3-none-any.whl", f"yizhan-{VERSION}.tar.gz", "SHA256SUMS"}
    message = clone.git("tag", "--list", "--format=%(contents)", f"v{VERSION}")
    assert message.startswith(f"Yizhan {VERSION}\n\n### Added\n")
    # What was released is not released again.
    assert clone.steps("check")[1].startswith(f"v{VERSION} is tagged already")


def test_make_release_does_all_of_it_in_order() -> None:
    recipe = re.search(r"(?m)^release:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"))
    assert recipe is not None
    steps = re.findall(r"tests\.releasing (\w+)|\$\(MAKE\) .*?([a-z-]+)$", recipe[1], re.MULTILINE)
    assert [one or other for one, other in steps] == ["check", "test-all", "build", "sbom", "tag"]
