"""``python -m migrations "what it does"`` generates a revision from the models."""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from migrations import VERSIONS, alembic_config, head, upgrade
from models.store import open_engine


def write(title: str) -> list[Path]:
    """Autogenerate a revision against an SQLite database at the newest one; return its files."""
    before = set(VERSIONS.glob("[0-9]*.py"))
    number = f"{int(head()) + 1 if before else 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/store.db"
        if before:
            upgrade(url)
        engine = open_engine(url)
        with engine.begin() as connection:
            command.revision(
                alembic_config(connection), message=title, rev_id=number, autogenerate=True
            )
        engine.dispose()
    written = sorted(set(VERSIONS.glob("[0-9]*.py")) - before)
    for path in written:
        _tidy(path)
    return written


def _tidy(path: Path) -> None:
    """Remove Alembic's marker comments and format the file."""
    kept = (line for line in path.read_text("utf-8").splitlines() if "# ### " not in line)
    path.write_text("\n".join(kept) + "\n", "utf-8")
    for command_line in (["format", "-q"], ["check", "-q", "--fix"], ["format", "-q"]):
        subprocess.run([sys.executable, "-m", "ruff", *command_line, path], check=True)  # noqa: S603


if __name__ == "__main__":
    title = " ".join(sys.argv[1:]).strip()
    if not title:
        sys.exit('The title is missing: python -m migrations "what it does".')
    for path in write(title):
        sys.stdout.write(f"{path}\n")
