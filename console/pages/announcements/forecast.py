"""Whom a draft would reach, and how, in the words of the chat; what people see on each platform."""

from collections.abc import Mapping
from typing import Any

from bot.conversation.messages import Reply, Sayable, Text, say_n
from console import previews
from console.desk import Desk
from console.previews import Shown
from handlers.announcements import sent
from handlers.announcements import writing as words
from handlers.hearing import OTHER_REASON, REASONS
from handlers.permission import sees_reach
from handlers.words import people as people_in_words
from models.announcements import forecasts
from models.announcements.announcements import Announcement
from models.announcements.audiences import Preview
from models.announcements.forecasts import Forecast
from models.sending import accounts
from models.sending.reasons import Reason


def facts(desk: Desk, row: Announcement) -> dict[str, Any]:
    """What is said about a draft as it is now, kept or not."""
    sees = sees_reach(desk.chat, row.station_id)
    found = forecasts.of(desk.session, row.aim, desk.now, sees_reach=sees)
    shown = found.preview
    # The numbers have a table of their own here.
    known = words.facts(desk.chat, row, Preview(shown.people))
    said = [each for each in (known[0], *known[2:]) if each]
    return {
        "people": _people(found),
        "at_most": shown.people.at_most,
        "margin": found.margin,
        "reached": [(Text(name), number) for name, number in sorted(shown.reached.items())],
        "not_reached": by_words(shown.not_reached),
        "wait": shown.wait,
        "whole": sum(shown.reached.values()) + sum(shown.not_reached.values()),
        "notes": said,
    }


def _people(found: Forecast) -> Sayable:
    count = found.preview.people
    if found.margin:
        return say_n("about {n} person", "about {n} people", count.number)
    return people_in_words(count)


def by_words(not_reached: Mapping[Reason, int]) -> list[tuple[Text, int]]:
    """Numbers by the words of their reasons; reasons of the same words are one."""
    numbers: dict[str, tuple[Text, int]] = {}
    for reason, number in not_reached.items():
        said = REASONS.get(reason, OTHER_REASON)
        numbers[said.id] = said, number + numbers.get(said.id, (said, 0))[1]
    return sorted(numbers.values(), key=lambda each: (-each[1], each[0].id))


def on_platforms(desk: Desk, row: Announcement) -> list[Shown]:
    """The announcement as each platform of the station shows it, in each of its languages."""
    reply = sent.announced(desk.chat, row.id, None)
    assert isinstance(reply, Reply)
    known = sorted({each.platform for each in accounts.everyone(desk.session)})
    codes = (desk.house.home, *row.text_of("text").translations)
    return previews.shown(desk, reply, known, codes)
