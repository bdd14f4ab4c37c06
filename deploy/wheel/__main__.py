"""``python -m yizhan`` is the command ``yizhan``."""

from yizhan import main

main()
