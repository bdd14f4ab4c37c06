"""``python -m migrations "what it does"`` generates a revision from the models.

With the name of a subject that is installed, ``python -m migrations "what it does" lunch``, it is
one of that subject's tables.
"""

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from migrations import OWN, Branch, alembic_config, revisions, upgrade
from models.store import open_engine


def write(title: str, branch: Branch = OWN) -> list[Path]:
    """Autogenerate a revision against an SQLite database at the newest one; return its files."""
    branch.folder.mkdir(exist_ok=True)
    before = set(branch.folder.glob("[0-9]*.py"))
    number = f"{int(revisions(branch)[-1]) + 1 if before else 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/store.db"
        for each in dict.fromkeys((OWN, branch)):
            if revisions(each):
                upgrade(url, branch=each)
        engine = open_engine(url)
        with engine.begin() as connection:
            config = alembic_config(connection, branch)
            command.revision(config, message=title, rev_id=number, autogenerate=True)
        engine.dispose()
    written = sorted(set(branch.folder.glob("[0-9]*.py")) - before)
    for path in written:
        _tidy(path)
    return written


def _tidy(path: Path) -> None:
    """Remove Alembic's marker comments and format the file."""
    kept = (line for line in path.read_text("utf-8").splitlines() if "# ### " not in line)
    path.write_text("\n".join(kept) + "\n", "utf-8")
    if importlib.util.find_spec("ruff") is None:
        return
    for command_line in (["format", "-q"], ["check", "-q", "--fix"], ["format", "-q"]):
        subprocess.run([sys.executable, "-m", "ruff", *command_line, path], check=True)  # noqa: S603


if __name__ == "__main__":
    title, *subject = sys.argv[1:] or [""]
    if not title.strip() or len(subject) > 1:
        sys.exit('Give a title: python -m migrations "what it does" [SUBJECT].')
    branch = OWN
    if subject:
        from bot.station.extending import branch_of

        branch = branch_of(subject[0])
    for path in write(title, branch):
        sys.stdout.write(f"{path}\n")
