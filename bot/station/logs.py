"""One log for the station and its libraries, without names or texts of people."""

import logging
import re
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "***"

# Names under which personal data or secrets might come; what they hold is never written.
PRIVATE = frozenset(
    (
        "address",
        "answer",
        "authorization",
        "body",
        "chat_id",
        "content",
        "cookie",
        "external",
        "incoming",
        "link",
        "message",
        "name",
        "openid",
        "password",
        "payload",
        "phone",
        "reply",
        "secret",
        "text",
        "to",
        "token",
        "update",
        "url",
        "user",
    )
)

# A bot's token, and what stands behind a secret's name in an address.
SECRETS = re.compile(
    r"\d{5,}:[A-Za-z0-9_-]{20,}"
    r"|(?<=token=)[^&\s\"']+|(?<=secret=)[^&\s\"']+|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
)

PLACES = 6
"""How many calls are named of where an error came from, the innermost last."""


def set_up(level: str, style: Literal["console", "json"], stream: TextIO | None = None) -> None:
    """Send everything that is logged, by us or by a library, to ``stream`` in one form."""
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper("iso", utc=True),
        hide,
        pass_on,
        place_errors,
        quote_controls,
    ]
    render: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=(stream or sys.stderr).isatty())
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_without_arguments, *before],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for ours in ("bot", "handlers", "models", "scheduler", "yizhan"):
        logging.getLogger(ours).setLevel(level.upper())
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=_logger_of,
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    sys.excepthook = _log_uncaught


def say(line: str) -> None:
    """Log what else is printed at the start, where every line is read by a machine."""
    structlog.get_logger("yizhan").info("says", line=line)


def _logger_of(*names: Any) -> logging.Logger:
    return logging.getLogger(names[0] if names else "yizhan")


Tell = Callable[[str, BaseException | None, EventDict], None]
"""Is told of each error that is logged: the line, what was raised, and the line's facts."""

_told: list[Tell] = []


def tell_errors_to(tell: Tell | None) -> None:
    """Tell of errors somewhere else as well; None ends it."""
    _told[:] = [tell] if tell is not None else []


def pass_on(_logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Tell of an error; behind ``hide``, so that no name and no secret goes along."""
    if _told and method in ("error", "exception", "critical"):
        # Whoever logs an error has trouble enough: what cannot be told stays in the log.
        with suppress(Exception):
            _told[0](str(event.get("event", "")), _raised(event.get("exc_info")), event)
    return event


def hide(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Remove names and texts of people, and mask secrets."""
    return {key: _covered(key, value) for key, value in event.items()}


def _covered(key: str, value: Any) -> Any:
    if key in PRIVATE:
        return HIDDEN
    return SECRETS.sub(HIDDEN, value) if isinstance(value, str) else value


def quote_controls(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Write control and other unprintable characters as escapes: a terminal would obey them."""
    return {key: _printable(value) for key, value in event.items()}


def _printable(value: Any) -> Any:
    if not isinstance(value, str) or value.isprintable():
        return value
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in value)


def place_errors(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Name an error by its type and place: its message may hold a member's text."""
    problem = _raised(event.pop("exc_info", None))
    if problem is not None:
        event["error"] = _types(problem)
        event["at"] = _places(problem.__traceback__)
    return event


def _raised(info: Any) -> BaseException | None:
    """What ``exc_info`` of a line means: an exception, a triple, or the one that is handled now."""
    if not info:
        return None
    if isinstance(info, BaseException):
        return info
    problem: BaseException | None = info[1] if isinstance(info, tuple) else sys.exc_info()[1]
    return problem


def _types(problem: BaseException) -> str:
    """``ValueError < KeyError``: what was raised, and what it was raised because of."""
    names: list[str] = []
    cause: BaseException | None = problem
    while cause is not None and len(names) < PLACES:
        names.append(type(cause).__qualname__)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return " < ".join(names)


def _places(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)[-PLACES:]
    return " > ".join(f"{_short(each.filename)}:{each.lineno} {each.name}" for each in frames)


def _short(filename: str) -> str:
    """The file with the two folders above it."""
    return "/".join(filename.rsplit("/", 3)[-3:])


def _without_arguments(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    # A library that logs an error puts its words into the line as well; only the first line stays.
    event["event"] = str(event.get("event", "")).partition("\n")[0]
    return event


def _log_uncaught(
    kind: type[BaseException], problem: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    log: Callable[..., Any] = structlog.get_logger("yizhan").critical
    log("ended by an error", exc_info=(kind, problem, trace))
