"""The steps of ``make release`` that are more than a command: ``check``, ``build`` and ``tag``.

Nothing is pushed: the last one says what to push. ``make freeze`` comes before them, which leaves
something to be committed.
"""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

from bot import __version__

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
SUMS = "SHA256SUMS"
SECTION = re.compile(r"(?m)^## \[([\w.]+)\](?: - (\d{4}-\d\d-\d\d))?$")


class NotReady(Exception):
    """What is missing, in a sentence."""


def check() -> None:
    """Raises NotReady where this version cannot be released as the tree stands."""
    if changed := _git("status", "--porcelain"):
        raise NotReady(f"The tree has changes that are not committed:\n{changed}")
    if _tag() in _git("tag", "--list").split():
        raise NotReady(f"{_tag()} is tagged already: set __version__ in bot/__init__.py.")
    sections = dict(SECTION.findall(_changelog()))
    newest = next((each for each in sections if each != "Unreleased"), "")
    if newest != __version__:
        raise NotReady(f"CHANGELOG.md: the newest version is {newest}, and not {__version__}.")
    if not sections[newest] or not notes():
        raise NotReady(f"CHANGELOG.md: [{newest}] needs its day and what is new in it.")
    if not _tables_are_stored():
        raise NotReady("The tables of this version are not stored: run make freeze, and commit.")


def _tables_are_stored() -> bool:
    # Imported here: most of what is wrong is told before it.
    import migrations
    from tests.migrations import releases

    recorded = releases.released()
    digests = {each: releases.digest(each) for each in migrations.revisions()}
    is_recorded = all(recorded.get(each, {}).get("sha256") == sha for each, sha in digests.items())
    return is_recorded and releases.sqlite_path(__version__).exists()


def notes() -> str:
    """What the changelog says of this version."""
    _, _, below = _changelog().partition(f"\n## [{__version__}]")
    return SECTION.split(below.partition("\n")[2])[0].strip()


def build() -> None:
    """Build the wheel and the source distribution of what is committed."""
    for old in DIST.glob("*"):
        old.unlink()
    line = [sys.executable, "-m", "hatchling", "build", "-d", str(DIST)]
    subprocess.run(line, cwd=ROOT, check=True)


def tag() -> None:
    """Write the sums of what was built, tag the commit, and say what to push."""
    built = sorted(each for each in DIST.iterdir() if each.name != SUMS)
    sums = (f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.name}\n" for each in built)
    (DIST / SUMS).write_text("".join(sums), "utf-8")
    # As it stands: git would leave out headings, which begin as its own comments do.
    said = f"Yizhan {__version__}\n\n{notes()}"
    _git("tag", "--annotate", _tag(), "--cleanup", "verbatim", "--message", said)
    _say(f"{_tag()} is tagged. To publish it:")
    _say(f"    git push origin main {_tag()}")
    _say(f"and hand out {', '.join(each.name for each in built)} and {SUMS} of dist/.")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _tag() -> str:
    return f"v{__version__}"


def _changelog() -> str:
    return (ROOT / "CHANGELOG.md").read_text("utf-8")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


STEPS = {"check": check, "build": build, "tag": tag}

if __name__ == "__main__":
    try:
        STEPS[sys.argv[1]]()
    except NotReady as lack:
        sys.exit(str(lack))
