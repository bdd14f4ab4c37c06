"""The order of a stage or a tournament is checked as the draw of an event is."""

from models.rules.contests import orders
from models.rules.events import draw_records
from models.rules.events.draw_records import Fault, Proven

SECRET = "ab" * orders.SECRET_BYTES
CODES = ("K7QM-22XA", "B3ZT-90PL", "M8RW-11CD", "T2HN-47EF")


def test_an_order_is_recomputed_from_its_record_by_the_command_for_draws() -> None:
    drawn = orders.draw(CODES, SECRET, "03 09 14")
    assert sorted(drawn.order) == sorted(CODES)
    assert orders.draw(reversed(CODES), SECRET, "03 09 14") == drawn
    record = orders.record_of(SECRET, "03 09 14", drawn.listed, drawn.order)
    assert isinstance(draw_records.verify(record), Proven)
    turned = orders.record_of(SECRET, "03 09 14", drawn.listed, reversed(drawn.order))
    assert draw_records.verify(turned) is Fault.ORDER
