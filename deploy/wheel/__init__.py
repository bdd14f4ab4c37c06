"""Yizhan, a workers' station in a chat window: the program as its wheel installs it.

The rooms of the repository (``bot``, ``models`` and the others) lie in ``program`` beside this
file, which is on nobody's path before the command runs.
"""

import sys
from pathlib import Path

PROGRAM = Path(__file__).parent / "program"


def main() -> None:
    """Run the command ``yizhan`` with its own rooms before packages of the same names."""
    sys.path.insert(0, str(PROGRAM))
    from bot.station.commands import main as run

    run()
