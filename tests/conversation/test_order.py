"""What was meant: the order in which it is found out is the one that the documents promise."""

import re
from pathlib import Path

from bot.conversation.finding import STEPS

ARCHITECTURE = Path(__file__).parents[2] / "docs" / "architecture.md"


def test_the_steps_stand_in_the_documented_order() -> None:
    section = ARCHITECTURE.read_text().partition("## What was meant\n")[2].partition("\n## ")[0]
    documented = re.findall(r"^\d+\. `(\w+)`", section, re.MULTILINE)
    assert documented == [step.__name__ for step in STEPS]
