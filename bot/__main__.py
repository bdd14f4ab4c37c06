"""``python -m bot`` is the ``yizhan`` command."""

from bot.station.commands import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
