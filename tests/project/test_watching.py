"""Alert rules and the dashboard ask for metrics that there are."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

# What measures makes its metrics known when it is loaded.
import bot.channels.telegram.channel
import bot.conversation.watched
import bot.reading.asking
import bot.station.webapp  # noqa: F401
import scheduler.metrics  # noqa: F401

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = yaml.safe_load((DEPLOY / "alerts.yaml").read_text("utf-8"))
DASHBOARD = json.loads((DEPLOY / "grafana.json").read_text("utf-8"))
METRIC = re.compile(r"\b(?:yizhan|process)_[a-z_]+")
LABELS = re.compile(r"([a-z_]+)\{([^}]*)\}")
SAMPLES = {
    "counter": ("_total",),
    "histogram": ("_bucket", "_sum", "_count"),
    "info": ("_info",),
    "gauge": ("",),
}
ALL_HAVE = {"job", "instance"}
"""Labels that Prometheus gives to each series itself."""


def alerts() -> list[dict[str, Any]]:
    return [rule for group in RULES["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = DASHBOARD["panels"]
    return found


def queries() -> list[str]:
    asked = [rule["expr"] for rule in alerts()]
    return asked + [target["expr"] for panel in panels() for target in panel["targets"]]


def known() -> set[str]:
    return {
        family.name + ending
        for family in REGISTRY.collect()
        for ending in SAMPLES.get(family.type, ())
    }


def test_every_metric_that_is_asked_for_exists() -> None:
    asked = {name for query in queries() for name in METRIC.findall(query)}
    assert asked <= known()
    assert len(asked) > 15


def test_what_is_worth_an_alarm_has_one() -> None:
    """Each metric of ours is watched by a rule or shown; what goes wrong, by a rule."""
    asked = " ".join(queries())
    shown = {name for name in known() if name.startswith("yizhan_") and name in asked}
    apart = ("telegram_updates", "telegram_sends", "telegram_refusals", "reader_tokens")
    for family in REGISTRY.collect():
        if family.name.startswith("yizhan_") and not family.name.endswith(apart):
            assert any(name.startswith(family.name) for name in shown), family.name
    by_rules = " ".join(rule["expr"] for rule in alerts())
    for metric in ("store_up", "account_up", "last_tick", "deliveries_due", "handler_failures"):
        assert f"yizhan_{metric}" in by_rules


def test_a_query_is_whole_and_asks_for_labels_that_there_are() -> None:
    labels = {
        name: set(getattr(REGISTRY._names_to_collectors.get(name), "_labelnames", ()))
        for name in known()
    }
    for query in queries():
        for opened, closed in ("()", "{}", "[]"):
            assert query.count(opened) == query.count(closed), query
        for metric, given in LABELS.findall(query):
            names = set(re.findall(r"(\w+)\s*=", given))
            assert names <= labels.get(metric, set()) | ALL_HAVE, query


def test_an_alert_says_in_a_sentence_what_is_wrong() -> None:
    names = [rule["alert"] for rule in alerts()]
    assert len(names) == len(set(names))
    for rule in alerts():
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}
        assert rule["annotations"]["summary"].endswith((".", "?"))


def test_a_panel_stands_beside_the_others_and_not_on_them() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        at = panel["gridPos"]
        here = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert taken.isdisjoint(here), panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= here
    assert len({panel["id"] for panel in panels()}) == len(panels())


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_prometheus_itself_takes_the_rules() -> None:
    subprocess.run(["promtool", "check", "rules", DEPLOY / "alerts.yaml"], check=True)
