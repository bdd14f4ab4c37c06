"""Define the metrics of sending."""

import re

from prometheus_client import Counter, Gauge, Histogram

from models.sending.reasons import Reason

DELIVERIES = Counter(
    "yizhan_deliveries", "Deliveries by what became of them.", ["account", "topic", "state"]
)
REASONS = Counter(
    "yizhan_delivery_reasons",
    "Deliveries that were not sent, or not at once, by the reason or the platform's error code.",
    ["account", "reason"],
)
LATENESS = Histogram(
    "yizhan_delivery_lateness_seconds",
    "Between the time a message was due and the time it was sent.",
    ["account"],
    buckets=(0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14400),
)
PACE = Gauge("yizhan_pace_messages_per_second", "How fast an account may speak.", ["account"])
SILENT_PLATFORMS = Gauge(
    "yizhan_platform_silent", "Whether the account's platform does not answer.", ["account"]
)
HALTS = Counter("yizhan_halts", "How often a platform told a whole account to wait.", ["account"])
QUEUE = Gauge("yizhan_deliveries_due", "Deliveries due and not yet claimed.", ["account"])

LETTERS_UNHEARD = Gauge(
    "yizhan_letters_unheard", "Letters that wait where nobody holds a role to read them."
)
LETTERS_UNHEARD_SECONDS = Gauge(
    "yizhan_letters_unheard_oldest_seconds", "For how long the oldest of these waits."
)

TICKED = Gauge(
    "yizhan_last_tick_timestamp_seconds", "When this process last struck a tick.", ["tick"]
)
MEMBERS = Gauge("yizhan_members", "Members who have agreed to the privacy notice.")
SIGN_UPS = Gauge("yizhan_sign_ups", "Sign-ups that are kept, by state.", ["state"])

MOST_REASONS = 60
"""The most labels taken from platforms' errors: new ones must not fill the memory."""

OTHER = "other"
_CODE = re.compile(r"(?<!\d)\d{5,7}(?!\d)")
_known: set[str] = set()


def label_of(reason: str) -> str:
    """Return a reason as a metric's label: our own, the platform's error code, or its words."""
    known = Reason.of(reason)
    if known is not Reason.PLATFORM:
        return known
    code = _CODE.search(reason)
    label = code.group() if code else reason.partition(":")[0].strip()[:40]
    if label not in _known and len(_known) >= MOST_REASONS:
        return OTHER
    _known.add(label)
    return label
