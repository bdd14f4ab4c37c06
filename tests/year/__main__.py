"""The long form: ``make year``, with STORE= (sqlite, postgresql or both), SEED= and ONE_IN=.

ONE_IN=5 plays the year of a fifth of the people, for a slower machine.
"""

import argparse
import asyncio
import logging
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from tests import databases
from tests.year.run import Played, play
from tests.year.volumes import FULL, SMALL, fraction, scaled_down


@contextmanager
def _place(store: str, folder: Path) -> Iterator[str]:
    if store == "sqlite":
        yield f"sqlite:///{folder}/yizhan.db"
        return
    with databases.own_server() as server:
        yield databases.create_database(server.address, "station")


def _say(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


def _tell(store: str, played: Played, seconds: float) -> None:
    _say(f"\n{store}: the year took {seconds / 60:.1f} minutes.\n")
    for each in played.found:
        _say(
            f"  {each.number:>12,}  {each.what}"
            + (f": {len(each.wrong)} WRONG" if each.wrong else "")
            + "\n"
        )
        for one in each.wrong[:20]:
            _say(f"{'':16}{one}\n")
    _say(f"\n{played.costs_in_words()}\n\n{played.sizes_in_words()}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--small", action="store_true", help="the year of the tests")
    parser.add_argument("--one-in", type=int, default=1, help="a fraction of the people")
    options = parser.parse_args()
    volumes = SMALL if options.small else fraction(FULL, max(1, options.one_in))
    _say(f"The seed is {options.seed}. Scaled down: {'; '.join(scaled_down(volumes))}.\n")
    # What is logged of one act among a million is looked up with its seed.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    stores = ("sqlite", "postgresql") if options.store == "both" else (options.store,)
    wrong = 0
    for store in stores:
        folder = Path(tempfile.mkdtemp(prefix="yizhan-year-"))
        try:
            with _place(store, folder) as url:
                began = time.monotonic()
                played = asyncio.run(play(url, volumes, options.seed, each_month=_say))
                _tell(store, played, time.monotonic() - began)
                wrong += sum(len(each.wrong) for each in played.found)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
