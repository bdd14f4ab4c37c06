"""What is measured about sending."""

from prometheus_client import Counter, Gauge, Histogram

DELIVERIES = Counter(
    "yizhan_deliveries", "Deliveries by what became of them.", ["account", "topic", "state"]
)
LATENESS = Histogram(
    "yizhan_delivery_lateness_seconds",
    "Between the time a message was due and the time it was sent.",
    ["account"],
    buckets=(0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14400),
)
PACE = Gauge("yizhan_pace_messages_per_second", "How fast an account may speak.", ["account"])
HALTS = Counter("yizhan_halts", "How often a platform told a whole account to wait.", ["account"])
QUEUE = Gauge("yizhan_deliveries_due", "Deliveries due and not yet claimed.", ["account"])
