"""How many people of the queue are offered a seat."""


def to_ask(seats: int | None, held: int, waiting: int) -> int:
    """The number of people at the head of the queue who are offered a seat now."""
    if seats is None:
        return waiting
    return max(0, min(seats - held, waiting))
