"""The log says what happened and where, and never who or what was said."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.station import logs

TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz12345"


class Log(io.StringIO):
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    """The station's log in the form for machines; what was set up before is set up again after."""
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    configured = structlog.get_config()
    written = Log()
    # Otherwise the running test's own handlers would be closed.
    root.handlers.clear()
    logs.set_up("info", "json", written)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook = hook
    structlog.configure(**configured)


def fail(words: str) -> None:
    try:
        raise KeyError(words)
    except KeyError as problem:
        raise ValueError(f"cannot use {words}") from problem


def test_a_line_says_when_and_what_happened_in_which_part(log: Log) -> None:
    structlog.get_logger("bot.conversation").info("a station began", account="web.chat")
    (line,) = log.lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "a station began",
        "account": "web.chat",
        "level": "info",
        "logger": "bot.conversation",
    }


def test_what_people_are_called_and_say_is_left_out(log: Log) -> None:
    structlog.get_logger("bot.conversation").warning("odd", name="李小龙", text="我的电话", to="42")
    assert "李小龙" not in log.getvalue()
    (line,) = log.lines()
    assert (line["name"], line["text"], line["to"]) == (logs.HIDDEN,) * 3


def test_control_characters_are_written_as_escapes(log: Log) -> None:
    structlog.get_logger("bot.conversation").warning("odd", press="\x1b[2J\u202eабв\n驿站")
    assert "\x1b" not in log.getvalue()
    (line,) = log.lines()
    assert line["press"] == "\\x1b[2J\\u202eабв\\n驿站"


def test_an_error_is_named_by_type_and_place_without_its_words(log: Log) -> None:
    try:
        fail("13800138000")
    except ValueError:
        structlog.get_logger("bot.conversation").exception("handler failed")
    assert "13800138000" not in log.getvalue()
    (line,) = log.lines()
    assert line["error"] == "ValueError < KeyError"
    assert "station/test_logs.py:" in line["at"]
    assert line["at"].endswith(" fail")


def test_a_library_that_logs_an_error_does_not_repeat_its_words(log: Log) -> None:
    try:
        fail("13800138000")
    except ValueError:
        logging.getLogger("library.server").exception("Exception in ASGI application\n")
    assert "13800138000" not in log.getvalue()
    assert log.lines()[0]["error"] == "ValueError < KeyError"


def test_an_error_that_nobody_caught_is_said_in_the_same_way(log: Log) -> None:
    try:
        fail("13800138000")
    except ValueError as problem:
        sys.excepthook(ValueError, problem, problem.__traceback__)
    assert "13800138000" not in log.getvalue()
    assert log.lines()[0]["event"] == "ended by an error"


@pytest.mark.parametrize(
    "words",
    [
        f"POST https://api.telegram.org/bot{TOKEN}/sendMessage",
        f"https://api.weixin.qq.com/cgi-bin/token?secret={TOKEN}&appid=wx1",
        f"https://api.weixin.qq.com/cgi-bin/menu/get?access_token={TOKEN}",
        "postgresql://station:AAF-abcdefghijklmnopqrstuvwxyz12345@127.0.0.1/yizhan",
    ],
)
def test_a_secret_is_covered_wherever_it_stands(log: Log, words: str) -> None:
    logging.getLogger("library").warning("asking %s", words)
    structlog.get_logger("bot.channels").warning("refused", reason=words)
    assert "AAF-abcdef" not in log.getvalue()
    assert len(log.lines()) == 2


def test_libraries_are_heard_only_when_something_is_wrong(log: Log) -> None:
    logging.getLogger("library").info("chatting")
    structlog.get_logger("bot.conversation").debug("chatting")
    assert log.getvalue() == ""


def test_the_form_for_people_holds_no_secrets_either() -> None:
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    configured = structlog.get_config()
    root.handlers.clear()
    written = Log()
    try:
        logs.set_up("info", "console", written)
        structlog.get_logger("bot.conversation").warning("odd", text="我的电话", reason=TOKEN)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        sys.excepthook = hook
        structlog.configure(**configured)
    assert "odd" in written.getvalue()
    assert "我的电话" not in written.getvalue()
    assert TOKEN not in written.getvalue()
