"""Words that depend on the day are those of the day on which a message is read."""

import re
from datetime import datetime, timedelta

import pytest

from bot.conversation.language import phrasebook, render
from bot.conversation.messages import Choice, Message, Reply, TimeOfDay, When, lines, say
from handlers.actions import OpenEvent
from tests.miniature.rows import ZONE, local

OF_A_DAY = re.compile(r"今天|明天|后天|天后|今晚|明晚|today|tonight|tomorrow|\(in \d+ day")


def shown(at: datetime, now: datetime, language: str) -> Message:
    """A message that says when something is, in all the ways there are."""
    reply = Reply(
        lines(
            say("🔔 {title}, {when}.", title="羽毛球", when=When(at, near=True)),
            say("It's yours until {until}.", until=TimeOfDay(at)),
        ),
        (Choice(1, When(at, near=True), OpenEvent(1), TimeOfDay(at)),),
    )
    message = render(reply, phrasebook().reader(language, ZONE, now))
    return Message.from_json(message.to_json())


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("hour", [9, 21])
@pytest.mark.parametrize("days", range(16))
def test_another_day_reads_the_date_alone(language: str, hour: int, days: int) -> None:
    now = local(3, 8)
    at = local(3, hour) + timedelta(days=days)
    message = shown(at, now, language)
    words = f"{message.text} {message.choices[0].label}"
    assert bool(OF_A_DAY.search(words)) == (days <= 7)
    assert message.read_on("2026-12-03") == message
    later = message.read_on("2026-12-04")
    words = f"{later.text} {later.choices[0].label}"
    assert OF_A_DAY.search(words) is None
    local_day = at.astimezone(ZONE)
    date = f"12月{local_day.day}日" if language == "zh" else f"{local_day.day} Dec"
    assert words.count(date) == 4
    assert words.count(f"{hour}:00") == 4


def test_a_bracket_behind_a_time_has_no_space_and_those_of_titles_stay_as_they_are() -> None:
    until = say(
        "🔔 {title}: until {when} your entry can be handed in.",
        title="看展（二期） 免费",
        when=When(local(5, 20), near=True),
    )
    reader = phrasebook().reader("zh", ZONE, local(3, 8))
    said = render(Reply(until), reader).text
    assert said == "🔔 看展（二期） 免费：你的作品还没交，12月5日 周六 20:00（后天）截止。"
