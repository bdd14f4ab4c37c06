"""Who publishes at once, who asks first, and what one message says about an event."""

from datetime import UTC, datetime, timedelta

import pytest

from models.rules.events.publishing import (
    PublishRight,
    guess_category,
    guess_kind,
    publish_right,
    read_seats,
)
from models.rules.network.permissions import Held, Place, Role

NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("held", "place", "expected"),
    [
        (Held(Role.CONTACT_POINT, "/1/3/4/"), Place("/1/3/4/"), PublishRight.AT_ONCE),
        (Held(Role.TOWN, "/1/3/"), Place("/1/3/4/"), PublishRight.AT_ONCE),
        (Held(Role.DISTRICT, "/1/"), Place("/1/3/"), PublishRight.AT_ONCE),
        (Held(Role.CONTACT_POINT, "/1/3/4/"), Place("/1/3/"), PublishRight.ASKS),
        (Held(Role.CONTACT_POINT, "/1/3/4/"), Place("/1/"), PublishRight.ASKS),
        (Held(Role.CORE_MEMBER, "/1/3/4/"), Place("/1/3/4/"), PublishRight.ASKS),
        (Held(Role.CORE_MEMBER, "/1/3/4/"), Place("/1/3/"), PublishRight.ASKS),
        (Held(Role.CONTACT_POINT, "/1/3/4/"), Place("/1/3/5/"), PublishRight.NO),
        (Held(Role.CONTACT_POINT, "/1/3/4/"), Place("/1/2/"), PublishRight.NO),
        (Held(Role.CAPTAIN, "/1/3/", 7), Place("/1/3/", 7), PublishRight.ASKS),
        (Held(Role.DEPUTY, "/1/3/", 7), Place("/1/3/", 7), PublishRight.ASKS),
        (Held(Role.CAPTAIN, "/1/3/", 7), Place("/1/3/", 8), PublishRight.NO),
        (Held(Role.CAPTAIN, "/1/3/", 7), Place("/1/3/"), PublishRight.NO),
        (Held(Role.TOWN, "/1/3/", until=NOW), Place("/1/3/"), PublishRight.NO),
        (Held(Role.CORE_MEMBER, "/1/3/", until=NOW), Place("/1/"), PublishRight.NO),
        (
            Held(Role.TOWN, "/1/3/", until=NOW + timedelta(seconds=1)),
            Place("/1/3/"),
            PublishRight.AT_ONCE,
        ),
    ],
)
def test_organizers_of_a_place_publish_there_and_others_ask(
    held: Held, place: Place, expected: PublishRight
) -> None:
    assert publish_right([held], place, NOW) == expected


def test_whoever_has_no_role_publishes_nothing() -> None:
    assert publish_right([], Place("/1/"), NOW) == PublishRight.NO


@pytest.mark.parametrize(
    ("words", "seats"),
    [("20", 20), ("20人", 20), ("限 20 名", 20), ("不限", 0), ("unlimited", 0), ("12 seats", 12)],
)
def test_a_number_of_seats_is_read(words: str, seats: int) -> None:
    assert read_seats(words) == seats


@pytest.mark.parametrize("words", ["", "0", "-3", "很多", "1000001", "二十来个", "3.5"])
def test_what_is_no_number_of_seats_is_refused(words: str) -> None:
    assert read_seats(words) is None


@pytest.mark.parametrize(
    ("title", "kind", "category"),
    [
        ("羽毛球友谊赛", "contest", "culture"),
        ("电工培训班", "training", "career"),
        ("相亲联谊会", "social", "life"),
        ("走进灯具厂", "tour", "career"),
        ("理论宣讲", "lecture", "thought"),
        ("年终汇报演出", "gala", "culture"),
        ("广场舞队", "session", "culture"),
        ("Badminton match", "contest", "culture"),
    ],
)
def test_a_title_names_kind_and_category(title: str, kind: str, category: str) -> None:
    assert guess_kind(title) == kind
    assert guess_category(title, kind) == category


def test_a_title_that_names_no_kind_leaves_it_open() -> None:
    assert guess_kind("包饺子") == ""
    # Games and swimming are written with the character of a tour.
    assert guess_kind("桌游夜") == guess_kind("游泳") == ""
