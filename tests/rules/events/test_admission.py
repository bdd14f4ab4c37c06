"""Who gets a seat, and who of the queue is asked."""

from hypothesis import given
from hypothesis import strategies as st

from models.rules.events.admission import Seated, Waiting, admit
from models.rules.events.waitlist import to_ask

seats = st.none() | st.integers(0, 50)
few = st.integers(0, 60)


def ask(seats: int | None, held: int, waiting: int) -> Seated | Waiting:
    return admit(seats=seats, held=held, waiting=waiting)


def test_the_last_seat_is_taken_and_the_next_one_waits() -> None:
    assert ask(2, 1, 0) == Seated()
    assert ask(2, 2, 0) == Waiting(1)
    assert ask(2, 2, 4) == Waiting(5)


def test_a_seat_that_is_free_for_the_queue_is_not_taken_by_who_comes_now() -> None:
    assert ask(2, 1, 3) == Waiting(4)


@given(seats, few, few)
def test_nobody_is_seated_beyond_the_seats_or_before_the_queue(
    seats: int | None, held: int, waiting: int
) -> None:
    match ask(seats, held, waiting):
        case Seated():
            assert seats is None or (held < seats and waiting == 0)
        case Waiting(position):
            assert seats is not None
            assert position == waiting + 1
            assert held >= seats or waiting > 0


@given(seats, few, few)
def test_exactly_as_many_are_asked_as_there_are_free_seats_and_people(
    seats: int | None, held: int, waiting: int
) -> None:
    asked = to_ask(seats, held, waiting)
    assert 0 <= asked <= waiting
    if seats is None:
        assert asked == waiting
        return
    assert asked == 0 or held + asked <= seats
    # Nobody is left waiting beside a free seat.
    assert asked == waiting or held + asked >= seats
