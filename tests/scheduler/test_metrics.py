"""What is measured: reasons by their codes, and no more of them than can be kept."""

import pytest

from scheduler import metrics
from scheduler.metrics import MOST_REASONS, OTHER, label_of


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_known", set())


@pytest.mark.parametrize(
    ("reason", "label"),
    [
        ("blocked", "blocked"),
        ("45015: response out of time limit or subscription is canceled", "45015"),
        ("part 2 of 3: 45047", "45047"),
        ("cannot be put into words: KeyError", "cannot be put into words"),
        ("quiet hours", "quiet hours"),
    ],
)
def test_a_reason_is_counted_by_the_platforms_code_or_by_its_words(reason: str, label: str) -> None:
    assert label_of(reason) == label


def test_a_platform_with_ever_new_reasons_does_not_fill_the_memory() -> None:
    labels = {label_of(f"a reason called {number}") for number in range(10 * MOST_REASONS)}
    assert len(labels) == MOST_REASONS + 1
    assert OTHER in labels
    # What was known before is counted still.
    assert label_of("a reason called 0") == "a reason called 0"
