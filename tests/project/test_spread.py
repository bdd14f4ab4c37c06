"""Which runs of the stories are collected, asked of pytest itself."""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Set
from itertools import product
from pathlib import Path

import pytest

from tests.stories.spread import CHANNELS, EVERYWHERE, STORES

ROOT = Path(__file__).parents[2]
LIST_RUNS = """
import json, sys, pytest

class Lister:
    def pytest_collection_finish(self, session):
        runs = [
            (each.nodeid.partition("[")[0], params["channel"], params["store_url"])
            for each in session.items
            if "town" in each.fixturenames
            for params in [each.callspec.params]
        ]
        print("\\n" + json.dumps(runs))

sys.exit(pytest.main(sys.argv[1:], plugins=[Lister()]))
"""

Runs = Mapping[str, Set[tuple[str, str]]]
"""The (channel, store) pairs of each story, by its node id without parameters."""


def _collected(*options: str) -> Runs:
    command = [
        *(sys.executable, "-c", LIST_RUNS, "--collect-only", "-q", "-q", "tests/stories"),
        *("-p", "no:cacheprovider", *options),
    ]
    environment = {key: value for key, value in os.environ.items() if "PYTEST" not in key}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [line] = [each for each in done.stdout.splitlines() if each.startswith("[[")]
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for story, channel, store in json.loads(line):
        found[story].add((channel, store))
    return found


@pytest.fixture(scope="module")
def spread() -> Runs:
    return _collected()


@pytest.fixture(scope="module")
def everywhere() -> Runs:
    return _collected("--everywhere")


def _subject(story: str) -> str:
    return story.split("/")[2]


def _spread_stories(everywhere: Runs) -> set[str]:
    """The stories that do not name channels of their own."""
    return {story for story, met in everywhere.items() if met == set(EVERYWHERE)}


def test_every_subject_meets_every_channel(spread: Runs) -> None:
    met = {(_subject(story), channel) for story, runs in spread.items() for channel, _store in runs}
    missing = set(product({_subject(story) for story in spread}, CHANNELS)) - met
    assert not missing, (
        f"{sorted(missing)} are met by no story: let one of the subject run everywhere, with"
        ' @pytest.mark.parametrize("channel", CHANNELS)'
    )


def test_every_channel_meets_both_stores(spread: Runs) -> None:
    assert set(EVERYWHERE) <= {run for runs in spread.values() for run in runs}


def test_every_story_meets_the_web_and_both_stores(spread: Runs, everywhere: Runs) -> None:
    for story in _spread_stories(everywhere):
        assert {store for _channel, store in spread[story]} == set(STORES), story
        assert "web" in {channel for channel, _store in spread[story]}, story


def test_a_story_runs_twice_and_no_platform_is_preferred(spread: Runs, everywhere: Runs) -> None:
    stories = _spread_stories(everywhere)
    counts = Counter(len(spread[story]) for story in stories)
    assert counts[2] > 0.95 * len(stories)
    platforms = Counter(
        channel.partition("-")[0]
        for story in stories
        for channel, _store in spread[story]
        if channel != "web"
    )
    assert min(platforms.values()) > 0.6 * max(platforms.values()), platforms


def test_everywhere_leaves_nothing_out(spread: Runs, everywhere: Runs) -> None:
    assert everywhere.keys() == spread.keys()
    assert all(everywhere[story] >= spread[story] for story in spread)
    # The others are about what one platform alone has: groups, albums, windows, the chat page.
    assert len(_spread_stories(everywhere)) > 0.85 * len(everywhere)
