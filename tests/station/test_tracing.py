"""Traces and errors that leave the house tell what was slow and what failed, and of nobody."""

import gzip
import json
import logging
import signal
import socket
import sys
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
import structlog

from bot.station import logs, tracing, troubles
from bot.station.variables import Misconfigured
from tests.commands import PATIENCE, Started

SECRET = "我叫李小龙，电话13800138000"
SETTINGS = """
[store]
url = "{store}"
[server]
port = 0
[traces]
endpoint = "{collector}/v1/traces"
"""


@dataclass
class Collector:
    """A server that takes what is posted to it, as a collector or Sentry does."""

    address: str = ""
    bodies: list[tuple[str, bytes]] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def collector() -> Iterator[Collector]:
    taken = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            taken.bodies.append((self.path, body))
            self.send_response(200)
            self.end_headers()
            taken.came.set()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        taken.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield taken
        server.shutdown()
        thread.join()


def test_a_trace_leads_from_the_request_to_the_commit_and_names_nobody(
    sqlite_url: str, tmp_path: Path, collector: Collector
) -> None:
    proto = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
    settings = SETTINGS.format(store=sqlite_url, collector=collector.address)
    (tmp_path / "config.toml").write_text(settings, "utf-8")
    with Started(tmp_path, "serve") as process:
        origin = ""
        for line in process.stdout:
            if line.startswith("Chat at "):
                origin = line.removeprefix("Chat at ").strip().removesuffix("/chat")
            if line.startswith("WeCom"):
                break
        for number, said in enumerate((SECRET, f"/wish {SECRET}")):
            told = json.dumps({"id": f"message-{number}", "text": said}).encode()
            request = urllib.request.Request(f"{origin}/chat/messages", told)
            request.add_header("Content-Type", "application/json")
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0

    spans: list[Any] = []
    everything = b""
    for path, body in collector.bodies:
        assert path == "/v1/traces"
        everything += body
        sent = proto.ExportTraceServiceRequest.FromString(body)
        for resource in sent.resource_spans:
            spans += [span for scope in resource.scope_spans for span in scope.spans]
    by_id = {span.span_id: span for span in spans}
    (request, *_) = [span for span in spans if span.name == "POST /chat"]
    (answer,) = [span for span in spans if span.parent_span_id == request.span_id]
    (write,) = [span for span in spans if span.parent_span_id == answer.span_id]
    assert (answer.name, write.name) == ("answer web", "write Dispatcher._answer")
    assert {span.trace_id for span in (request, answer, write)} == {request.trace_id}
    assert answer.start_time_unix_nano <= write.start_time_unix_nano
    assert write.end_time_unix_nano <= request.end_time_unix_nano
    assert len(by_id) >= 6
    for words in ("李小龙", "13800138000", "message-0", "web.chat", "wish"):
        assert words.encode() not in everything


def test_a_collector_that_is_silent_keeps_no_station_from_stopping(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("opentelemetry.sdk")
    monkeypatch.setattr(tracing, "STOPPING_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        traces = tracing.Traces(f"http://127.0.0.1:{silent.getsockname()[1]}/v1/traces", 1.0)
        with traces.span("POST /chat"):
            pass
        began = perf_counter()
        traces.close()
    # By itself it would wait for the ten seconds that a collector may take.
    assert perf_counter() - began < 5


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """The station's log; what was set up before is set up again after."""
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    configured = structlog.get_config()
    written = StringIO()
    root.handlers.clear()
    logs.set_up("info", "json", written)
    yield written
    logs.tell_errors_to(None)
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook = hook
    structlog.configure(**configured)


def test_an_error_goes_to_sentry_by_its_type_and_place(
    collector: Collector, logged: StringIO
) -> None:
    pytest.importorskip("sentry_sdk")
    told = troubles.Troubles(f"{collector.address.replace('//', '//key@')}/1")
    logs.tell_errors_to(told.tell)

    def fail(words: str) -> None:
        try:
            known: dict[str, str] = {}
            known[words]
        except KeyError as problem:
            raise ValueError(f"cannot use {words}") from problem

    log = structlog.get_logger("bot.conversation")
    log.warning("nobody hears of this", text=SECRET)
    try:
        fail(SECRET)
    except ValueError as problem:
        log.error("handler failed", account="web.chat", name=SECRET, exc_info=problem)
    told.close()
    ((path, body),) = collector.bodies
    assert path == "/api/1/envelope/"
    event = json.loads(body.splitlines()[2])
    assert event["message"] == "handler failed"
    assert event["tags"] == {"account": "web.chat"}
    cause, raised = event["exception"]["values"]
    assert (cause["type"], raised["type"]) == ("KeyError", "ValueError")
    assert raised["stacktrace"]["frames"][-1]["function"] == "fail"
    assert raised["stacktrace"]["frames"][-1]["filename"] == "tests/station/test_tracing.py"
    assert not {"request", "user", "breadcrumbs", "modules", "extra"} & {
        name for name, value in event.items() if value
    }
    assert not event.get("server_name")
    for words in ("李小龙", "13800138000", "cannot use"):
        assert words not in json.dumps(event, ensure_ascii=False)
    assert "ValueError < KeyError" in logged.getvalue()


def test_what_is_missing_is_said_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tracing.opened("", 1) is None
    assert troubles.opened("") is None
    for name in ("opentelemetry.sdk.resources", "sentry_sdk"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(Misconfigured, match=r"yizhan\[traces\]"):
        tracing.opened("http://127.0.0.1:4318/v1/traces", 1)
    with pytest.raises(Misconfigured, match=r"yizhan\[sentry\]"):
        troubles.opened("http://key@127.0.0.1/1")
