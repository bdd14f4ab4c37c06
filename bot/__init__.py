"""The machine that listens and answers; it knows no subject."""

import importlib
import sys

__version__ = "0.3.0"
"""The version of the whole program; pyproject.toml reads it from here."""


def _import_the_log_without_rich() -> None:
    """Keep 5.5 MB: structlog draws tracebacks with rich where it finds it, and ours have none."""
    if "rich" in sys.modules or "structlog" in sys.modules:
        return
    sys.modules["rich"] = None  # type: ignore[assignment]
    try:
        importlib.import_module("structlog")
    finally:
        del sys.modules["rich"]


_import_the_log_without_rich()
