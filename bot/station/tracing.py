"""Traces of updates for a collector of OpenTelemetry, where the operator names one.

A trace leads from the platform's request over the answer to the commit. Spans have names and times:
no words, no address, no path below its first part.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from bot import __version__
from bot.station.variables import Misconfigured

EXTRA = "pip install 'yizhan[traces]'"
STOPPING_SECONDS = 1.0
"""How long the last spans may take to go out at a stop."""


class Traces:
    """Makes spans and sends them, in batches on a thread of their own, to ``endpoint``.

    ``share`` of the traces is kept, between 0 and 1. Raises Misconfigured where the packages are
    missing.
    """

    def __init__(self, endpoint: str, share: float) -> None:
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
            from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
        except ImportError as problem:
            raise Misconfigured(
                f"[traces] endpoint needs packages that are missing: {EXTRA}."
            ) from problem
        about = {"service.name": "yizhan", "service.version": __version__}
        self._provider: Any = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(share)),
            resource=Resource(about),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint)))
        self._tracer: Any = self._provider.get_tracer("yizhan")

    @contextmanager
    def span(self, name: str) -> Iterator[None]:
        """Open a span below the current one; of an error it holds the type alone."""
        with self._tracer.start_as_current_span(
            name, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except BaseException as problem:
                # Its words may be somebody's.
                span.set_attribute("error.type", type(problem).__qualname__)
                raise

    def close(self) -> None:
        """Send what is left, for a second at most."""
        # The SDK takes a time for it and does not keep to it where the collector is silent:
        # https://github.com/open-telemetry/opentelemetry-python/issues/4568
        ending = threading.Thread(target=self._provider.shutdown, daemon=True)
        ending.start()
        ending.join(STOPPING_SECONDS)


class TracedRequests:
    """ASGI middleware: a span for each POST, which is how messages come in."""

    def __init__(self, app: ASGIApp, traces: Traces) -> None:
        self._app = app
        self._traces = traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        # What follows in a path may be a token.
        first = scope["path"].strip("/").partition("/")[0]
        with self._traces.span(f"POST /{first}"):
            await self._app(scope, receive, send)


def opened(endpoint: str, share: float) -> Traces | None:
    """Return what makes traces, or None where no collector is named."""
    return Traces(endpoint, share) if endpoint else None
